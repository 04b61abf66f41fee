"""`alertsim record`: keep everything a broker says, to look into it, compare it or play it again."""

import asyncio
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from alertsim import logs
from alertsim.capture import Progress, Wish, capture
from alertsim.cli.options import BrokerUrl, Ca, Cert, Key, PasswordFile, read_access
from alertsim.cli.subscribe import read_duration, read_external
from alertsim.clock import monotonic_s, unix_us
from alertsim.errors import InputError
from alertsim.mqtt.filters import filter_fault


def record(
    broker: BrokerUrl = "mqtt://127.0.0.1:21883",
    topic: Annotated[list[str] | None, typer.Option(help="A topic filter; may be repeated. Default: #.")] = None,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="A new file; default: capture-<time>.mcap here.")
    ] = None,
    duration: Annotated[str | None, typer.Option("--for", help="End after this time, like 30s or 10m.")] = None,
    retain_as_published: Annotated[  # noqa: FBT002 — a flag
        bool, typer.Option("--retain-as-published/--retain-as-forwarded", help="Which flag of retention is kept.")
    ] = True,
    ca: Ca = None,
    cert: Cert = None,
    key: Key = None,
    password_file: PasswordFile = None,
) -> None:
    """Record what a broker says, every message with all its MQTT 5 properties; Ctrl-C ends it properly.

    The file opens like the recording of a run. What was no exercise of ours can be played again only inside one.
    """
    target = read_external(broker)
    wish = Wish(
        target=target,
        access=read_access(target, ca, cert, key, password_file),
        topics=read_filters(topic or ["#"]),
        path=read_new(out),
        retain_as_published=retain_as_published,
        duration_s=read_duration(duration),
    )
    console = Console(stderr=True, highlight=False)
    logs.configure(quiet=console.is_terminal)
    try:
        asyncio.run(_capture(wish, console))
    except asyncio.CancelledError:
        raise typer.Exit(130) from None


def read_filters(topics: list[str]) -> tuple[str, ...]:
    """Topic filters; InputError says what is wrong with one."""
    for topic in topics:
        if fault := filter_fault(topic):
            raise InputError(f"--topic {topic!r} {fault}; expected a topic filter, like # or exercise/+/public/#")
    return tuple(topics)


def read_new(out: Path | None) -> Path:
    """Where to write; InputError where something is already."""
    now = datetime.fromtimestamp(unix_us() / 1e6, UTC).strftime("%Y%m%dt%H%M%Sz")
    path = out or Path(f"capture-{now}.mcap")
    if path.exists():
        raise InputError(f"{path} exists already; a recording is never overwritten, choose another name")
    if not path.parent.is_dir():
        raise InputError(f"{path}: there is no folder {path.parent}")
    return path


async def _capture(wish: Wish, console: Console) -> None:
    """Capture under Ctrl-C, with a line that tells how far it is where somebody looks."""
    capturing = asyncio.current_task()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if capturing:
            asyncio.get_running_loop().add_signal_handler(number, capturing.cancel)
    begun_s, last = monotonic_s(), Progress()
    with console.status("…") as status:

        def told(progress: Progress) -> None:
            nonlocal last
            last = progress
            if console.is_terminal:
                status.update(_line(progress, monotonic_s() - begun_s))

        try:
            await capture(wish, told)
        finally:
            status.stop()
            if last.messages or wish.path.exists():
                sys.stdout.write(f"{wish.path}: {last.messages:,} messages on {len(last.topics):,} topics\n")


def _line(progress: Progress, elapsed_s: float) -> str:
    """Messages, pace, topics, time; and what is wrong."""
    seconds = int(elapsed_s)
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    told = f"{progress.messages:,} messages · {progress.messages / max(elapsed_s, 0.1):,.0f}/s"
    lost = f" · [red]no broker: {escape(progress.lost)}[/red]" if progress.lost else ""
    return f"{clock} · {told} · {len(progress.topics):,} topics{lost}"
