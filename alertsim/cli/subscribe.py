"""`alertsim subscribe`: a phone of an exercise."""

import asyncio
import re
import secrets
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Annotated

import structlog
import typer
from rich.console import Console
from rich.live import Live
from rich.text import Text

from alertsim import areas, logs
from alertsim.broker import ANONYMOUS, Access, Broker, Target, open_broker, parse_target
from alertsim.cli.options import BrokerUrl, Ca, Cert, Key, Lang, Language, PasswordFile, read_access
from alertsim.cli.run import read_exercise_id
from alertsim.clock import unix_us
from alertsim.errors import BrokerError, InputError
from alertsim.subscriber import BANNER, Phone, Received, Receiver, Tone, as_json_lines, as_lines, filters, screen
from alertsim.times import SECOND, parse_duration

_CLIENT = re.compile(r"[a-z0-9][a-z0-9-]{0,39}", re.ASCII)
_STYLES: dict[Tone, str] = {
    "mark": "bold black on bright_yellow",
    "real": "bold white on red",
    "alarm": "bold red",
    "warning": "yellow",
    "plain": "",
    "quiet": "dim",
}


@dataclass(frozen=True)
class Wish:
    """What somebody asked to listen to, and how to show it."""

    target: Target
    filters: tuple[str, ...]
    watched: tuple[str, ...]
    identifier: str
    acknowledges: bool
    lang: Language
    as_json: bool
    duration_s: float | None
    access: Access = ANONYMOUS

    @property
    def drawn(self) -> bool:
        """Whether it is shown as a screen, not as lines."""
        return sys.stdout.isatty() and not self.as_json


def subscribe(
    lang: Lang,
    broker: BrokerUrl = "mqtt://127.0.0.1:21883",
    exercise_id: Annotated[
        str | None, typer.Option("--exercise", help="Listen to this exercise only; default: every one.")
    ] = None,
    area: Annotated[
        list[str] | None, typer.Option(help="An area by name or id; may be repeated. Default: all areas.")
    ] = None,
    client: Annotated[str | None, typer.Option(help="Name of this phone; default: random.")] = None,
    no_ack: Annotated[bool, typer.Option("--no-ack", help="Do not acknowledge.")] = False,  # noqa: FBT002 — a flag
    as_json: Annotated[bool, typer.Option("--json", help="A JSON object a line, for scripts.")] = False,  # noqa: FBT002 — a flag
    duration: Annotated[str | None, typer.Option(help="End after this time, like 30s or 15m.")] = None,
    ca: Ca = None,
    cert: Cert = None,
    key: Key = None,
    password_file: PasswordFile = None,
) -> None:
    """Be a phone in an exercise: show which areas are under exercise alert and what to do, and acknowledge."""
    target = read_external(broker)
    exercise, watched = read_exercise_id(exercise_id), tuple(areas.find(text).id for text in area or ())
    wish = Wish(
        target=target,
        filters=filters(exercise, watched),
        watched=watched,
        identifier=f"exercise-subscriber-{read_client(client)}",
        acknowledges=not no_ack,
        lang=lang,
        as_json=as_json,
        duration_s=read_duration(duration),
        access=read_access(target, ca, cert, key, password_file),
    )
    logs.configure(quiet=wish.drawn)
    try:
        asyncio.run(attend(wish))
    except asyncio.CancelledError:
        raise typer.Exit(130) from None


def read_external(text: str) -> Target:
    """A broker that already runs; those `run` starts are found where they listen first."""
    target = parse_target(text)
    return target if target.kind == "external" else Target("external", target.port)


def read_client(text: str | None) -> str:
    """The name of a phone; a random one where none was given."""
    name = secrets.token_hex(4) if text is None else text
    if not _CLIENT.fullmatch(name):
        raise InputError(f"--client {name!r}: expected 1 to 40 lower-case letters, digits and hyphens")
    return name


def read_duration(text: str | None) -> float | None:
    """Seconds; None where nothing was asked."""
    try:
        return None if text is None else parse_duration(text) / SECOND
    except ValueError as error:
        raise InputError(f"--duration: {error}") from None


def _write(*lines: str) -> None:
    for line in lines:
        sys.stdout.write(line + "\n")
    sys.stdout.flush()


async def attend(wish: Wish, write: Callable[..., None] = _write) -> None:
    """Listen until the time is over, or Ctrl-C cancels it; BrokerError where the broker is not there in the end.

    `write` takes the lines that are told where no screen is drawn.
    """
    attending = asyncio.current_task()
    for number in (signal.SIGINT, signal.SIGTERM):
        if attending:
            asyncio.get_running_loop().add_signal_handler(number, attending.cancel)
    async with open_broker(wish.target, log=structlog.get_logger(), access=wish.access) as broker:
        show = _Show(wish, broker, write)
        receiver = Receiver(
            broker.host,
            broker.port,
            identifier=wish.identifier,
            filters=wish.filters,
            acknowledges=wish.acknowledges,
            told=show.told,
            connect=broker.client,
        )
        with show.drawn(receiver), suppress(TimeoutError):
            async with asyncio.timeout(wish.duration_s):
                await receiver.run()
    if not receiver.phone.connected:
        raise BrokerError(f"the connection to {broker.url} was lost and did not come back: {receiver.phone.reason}")


class _Show:
    """How a phone is shown: a screen drawn by a thread of its own, or lines as things change."""

    def __init__(self, wish: Wish, broker: Broker, write: Callable[..., None]) -> None:
        self._wish, self._about, self._write = wish, f"{broker.url} · {wish.identifier}", write
        if not wish.drawn and not wish.as_json:
            write(f"{BANNER} · {self._about}")

    def told(self, before: Phone, phone: Phone, received: Received | None) -> None:
        """Write what changed, where no screen shows it."""
        wish, now_us = self._wish, unix_us()
        if wish.as_json:
            self._write(*as_json_lines(before, phone, received, now_us, wish.watched))
        elif not wish.drawn:
            self._write(*as_lines(before, phone, now_us, wish.lang.value, wish.watched))

    @contextmanager
    def drawn(self, receiver: Receiver) -> Iterator[None]:
        """A screen as long as the context lasts, where there is a terminal; its last state stays behind."""
        if not self._wish.drawn:
            yield
            return
        console = Console(highlight=False)
        try:
            with Live(console=console, screen=True, get_renderable=lambda: self._screen(receiver.phone, console)):
                yield
        finally:
            console.print(self._screen(receiver.phone, console))

    def _screen(self, phone: Phone, console: Console) -> Text:
        width, height = console.size
        wish = self._wish
        lines = screen(phone, unix_us(), wish.lang.value, watched=wish.watched, width=width, height=height - 1)
        styled = [Text(line.text, _STYLES[line.tone]) for line in lines]
        return Text("\n").join([*styled, Text(self._about[:width], "dim")])
