"""`alertsim load`: many real subscribers, and how long until the last of them has the message."""

import asyncio
import gc
import re
import signal
import sys
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, Literal

import structlog
import typer
from rich.console import Console
from rich.live import Live
from rich.text import Text

from alertsim import exercise, logs
from alertsim.broker import Access, Target, open_broker, parse_target
from alertsim.broker import Broker as OpenBroker
from alertsim.cli.consent import confirming
from alertsim.cli.options import Broker, PasswordFile, read_access
from alertsim.clock import unix_us
from alertsim.errors import AlertSimError, InputError
from alertsim.mqtt.codes import Version
from alertsim.mqtt.filters import filter_fault
from alertsim.swarm.bulletins import Bulletins
from alertsim.swarm.conduct import Conductor, Phase, Schedule, View
from alertsim.swarm.dialling import allow_sockets
from alertsim.swarm.findings import Findings, as_json, as_junit, as_lines
from alertsim.swarm.histogram import Histogram
from alertsim.swarm.plan import Plan
from alertsim.swarm.process import open_swarm
from alertsim.swarm.thresholds import Threshold, read_threshold
from alertsim.swarm.ticks import monotonic_ns
from alertsim.times import parse_duration
from alertsim.wire import Mark

MOST = 999_999
_RATE = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,3})?)(?:/(s|m|h))?", re.ASCII)
_PER: dict[str | None, float] = {None: 1.0, "s": 1.0, "m": 60.0, "h": 3600.0}
_HINTS = {
    "-h": "write --broker mqtt://HOST:PORT",
    "-p": "write --broker mqtt://HOST:PORT",
    "-u": "write --broker mqtt://USER@HOST:PORT",
    "-P": "put the password in $ALERTSIM_PASSWORD or in a file for --password-file",
    "-I": "it is a client id in mqttx and an interval in emqtt-bench; write --publish-rate 10/s",
}


@dataclass(frozen=True)
class Order:
    """What was asked: the plan still lacks address, consent's rate and clock."""

    target: Target
    access: Access
    plan: Plan
    schedule: Schedule
    exercise: str
    thresholds: tuple[Threshold, ...]


def _refuse(option: str) -> Any:
    """A short flag of other tools that means something else in each, or has another form here."""

    def told(value: str | None) -> None:
        if value is not None:
            raise InputError(f"{option} is not an option of load: {_HINTS[option]}")

    return typer.Option(option, hidden=True, callback=told)


def load(
    count: Annotated[int, typer.Option("-c", "--count", min=1, max=MOST, help="Subscribers.")] = 1_000,
    broker: Broker = "mosquitto",
    publish_rate: Annotated[str, typer.Option(help="Messages, like 10/s, 30/m or 0.5/s.")] = "10/s",
    qos: Annotated[int, typer.Option("-q", "--qos", min=0, max=2, help="Of publishing and of subscribing.")] = 1,
    duration: Annotated[str, typer.Option(help="How long to publish, like 30s or 5m.")] = "10s",
    limit: Annotated[int | None, typer.Option("-L", "--limit", min=1, help="Publish so many at most.")] = None,
    size: Annotated[int, typer.Option("-s", "--size", help="Bytes of each payload.")] = 500,
    version: Annotated[str, typer.Option("-V", "--mqtt-version", help="5, or 4 for MQTT 3.1.1.")] = "5",
    connect_rate: Annotated[
        float | None,
        typer.Option("-R", "--connect-rate", min=0.1, help="Connects a second; default: all one can."),
    ] = None,
    interval: Annotated[
        float | None, typer.Option("-i", "--interval", min=0.001, help="Milliseconds between connects, instead of -R.")
    ] = None,
    topic: Annotated[str | None, typer.Option("-t", "--topic", help="With --listen-only: the filter.")] = None,
    listen_only: Annotated[bool, typer.Option("--listen-only", help="Measure what somebody else publishes.")] = False,  # noqa: FBT002 — a flag
    persistent: Annotated[bool, typer.Option("--persistent", help="Sessions outlive connections.")] = False,  # noqa: FBT002 — a flag
    keep_alive: Annotated[int, typer.Option(min=5, max=65_535, help="Seconds.")] = 60,
    back_off: Annotated[str, typer.Option(help="How long who was cut waits first; then twice as long.")] = "1s",
    fixed: Annotated[bool, typer.Option("--fixed-back-off", help="Do not spread it by chance.")] = False,  # noqa: FBT002 — a flag
    threshold: Annotated[list[str] | None, typer.Option(help="Like 'p99<500ms' or 'missing==0'; exit 3.")] = None,
    as_json_: Annotated[bool, typer.Option("--json", help="One object on stdout.")] = False,  # noqa: FBT002 — a flag
    junit: Annotated[Path | None, typer.Option(help="Write a JUnit XML file.")] = None,
    password_file: PasswordFile = None,
    _h: Annotated[str | None, _refuse("-h")] = None,
    _p: Annotated[str | None, _refuse("-p")] = None,
    _u: Annotated[str | None, _refuse("-u")] = None,
    _pw: Annotated[str | None, _refuse("-P")] = None,
    _id: Annotated[str | None, _refuse("-I")] = None,
) -> None:
    """Load a broker with subscribers, publish marked test messages, and say exactly what reached them and when."""
    target, level = parse_target(broker), read_version(version)
    access = read_access(target, None, None, None, password_file)
    name = exercise.exercise_id("load")
    if target.scheme != "mqtt":
        raise InputError(f"--broker {target.url}: load speaks plain MQTT only as yet: write mqtt://")
    if persistent and level == 4:
        raise InputError("--persistent with -V 4: a 3.1.1 session never ends by itself; write -V 5")
    length_s = read_length("--duration", duration)
    bulletins = None
    if not listen_only:
        by = Mark(name, "load test", status="Test")
        bulletins = Bulletins(by, size=size, qos=qos, version=Version(level))
    per_s = read_rate(publish_rate)
    schedule = Schedule(bulletins, per_s, length_s if limit is None else min(length_s, limit / per_s))
    plan = Plan(
        host=target.host,
        port=target.port,
        name=f"test-{name}",
        subscribers=count,
        filter=read_filter(topic, bulletins),
        offset_us=0,
        qos=qos,
        version=level,
        connects_per_s=read_connects(connect_rate, interval),
        keep_alive_s=keep_alive,
        persistent=persistent,
        back_off_s=read_length("--back-off", back_off),
        jittered=not fixed,
        listen_only=listen_only,
        username=target.user or None,
        password=access.password if target.user else None,
    )
    order = Order(target, access, plan, schedule, name, tuple(read_threshold(text) for text in threshold or ()))
    allow_sockets(count)
    logs.configure(quiet=sys.stderr.isatty())
    gc.freeze()
    sys.setswitchinterval(0.0005)  # drawing must not keep the publisher waiting
    found, interrupted = asyncio.run(_conduct(order))
    _tell(found, as_json_=as_json_, junit=junit)
    raise typer.Exit(130 if interrupted else found.exit_code)


def read_version(text: str) -> Literal[4, 5]:
    """MQTT's protocol level, as emqtt-bench writes it."""
    match text:
        case "4":
            return 4
        case "5":
            return 5
        case "3.1.1" | "5.0":
            raise InputError(f"-V {text} is mqttx's way; write -V {4 if text == '3.1.1' else 5} (4 is MQTT 3.1.1)")
        case _:
            raise InputError(f"-V {text!r}: expected 5, or 4 for MQTT 3.1.1")


def read_rate(text: str) -> float:
    """Messages a second."""
    found = _RATE.fullmatch(text)
    if not found or not float(found[1]):
        raise InputError(f"--publish-rate {text!r}: expected like 10/s, 30/m or 0.5/s")
    return float(found[1]) / _PER[found[2]]


def read_length(option: str, text: str) -> float:
    """Seconds of a duration above 0."""
    try:
        length = parse_duration(text)
    except ValueError as error:
        raise InputError(f"{option} {text!r}: {error}") from None
    if not length:
        raise InputError(f"{option} {text!r}: expected more than nothing, like 30s")
    return length / 1000


def read_connects(per_s: float | None, interval_ms: float | None) -> float | None:
    """Connects a second; None for as many as the broker admits."""
    if per_s is not None and interval_ms is not None:
        raise InputError("-R and -i both say how fast to connect; give one of them")
    return 1000 / interval_ms if interval_ms is not None else per_s


def read_filter(topic: str | None, bulletins: Bulletins | None) -> str:
    """What to subscribe to: our own topic, or what was asked for where somebody else publishes."""
    if bulletins:
        if topic is not None:
            raise InputError(f"-t {topic!r}: a test publishes on its own topic only; -t goes with --listen-only")
        return bulletins.topic
    if topic is None:
        raise InputError("--listen-only needs to know what to listen to, like -t 'exercise/+/public/#'")
    if fault := filter_fault(topic):
        raise InputError(f"-t {topic!r}: the filter {fault}")
    return topic


async def _conduct(order: Order) -> tuple[Findings, bool]:
    """The test, at a broker we may use; whether it was interrupted."""
    log, clients = structlog.get_logger(), order.plan.subscribers + 1
    interrupted = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, interrupted.set)
    async with open_broker(
        order.target, log=log, access=order.access, clients=clients, confirm=confirming(order.exercise)
    ) as broker:
        return await _test(order, broker, interrupted), interrupted.is_set()


async def _test(order: Order, broker: OpenBroker, interrupted: asyncio.Event) -> Findings:
    with open_swarm() as swarm, _drawn(order.plan) as view:
        await broker.permit.pass_through(swarm)
        conductor = Conductor(_addressed(order.plan, broker), order.schedule, swarm, view)
        watches = [
            asyncio.create_task(_stop_after(interrupted.wait(), conductor), name="load: signals"),
            asyncio.create_task(_stop_after(broker.permit.over(), conductor), name="load: consent"),
        ]
        try:
            result, published = await conductor.conduct()
        finally:
            for watch in watches:
                watch.cancel()
    return Findings(order.exercise, broker.url, order.plan.qos, result, published, order.thresholds)


def _addressed(plan: Plan, broker: OpenBroker) -> Plan:
    """The plan with the address that was opened, within what its owner consents to."""
    consent, wished = broker.permit.consent, plan.connects_per_s
    allowed = None if consent is None else consent.max_connects_per_s
    rate = min((each for each in (wished, allowed) if each is not None), default=None)
    offset_us = unix_us() - monotonic_ns() // 1_000
    return replace(plan, host=broker.host, port=broker.port, connects_per_s=rate, offset_us=offset_us)


async def _stop_after(end: Coroutine[Any, Any, object], conductor: Conductor) -> None:
    await end
    conductor.stop()


def _tell(found: Findings, *, as_json_: bool, junit: Path | None) -> None:
    typer.echo(as_json(found) if as_json_ else "\n".join(as_lines(found)))
    if junit:
        try:
            junit.write_bytes(as_junit(found))
        except OSError as error:
            raise AlertSimError(f"--junit {junit}: {error.strerror}") from None


@contextmanager
def _drawn(plan: Plan) -> Iterator[View]:
    """A line of progress on the terminal, drawn in this process, which is not the subscribers'."""
    console = Console(stderr=True, highlight=False)
    if not console.is_terminal:
        yield lambda _phase, _progress: None
        return
    with Live(console=console, auto_refresh=False, transient=True) as live:

        def draw(phase: Phase, progress: dict[str, Any]) -> None:
            live.update(_line(plan, phase, progress), refresh=True)

        yield draw


def _line(plan: Plan, phase: Phase, progress: dict[str, Any]) -> Text:
    latency = Histogram.from_sparse(progress.get("latency", {}))
    p50, p99 = (latency.percentile(percent) for percent in (50, 99))
    parts: list[str | tuple[str, str]] = [
        (" TEST ", "bold black on bright_yellow"),
        f" {phase}  {progress.get('subscribed', 0):,} of {plan.subscribers:,} connected  ",
        f"{progress.get('messages', 0):,} messages, {progress.get('waiting', 0)} on their way  ",
        f"{progress.get('deliveries', 0):,} deliveries",
    ]
    if p50 is not None and p99 is not None:
        parts.append(f"  p50 {p50 / 1000:.1f} ms  p99 {p99 / 1000:.1f} ms")
    failures = sum(progress.get("causes", {}).values())
    return Text.assemble(*parts, (f"  {failures:,} failures" if failures else "", "red"))
