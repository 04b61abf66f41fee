"""`alertsim proxies`: ports in front of a broker that behave as badly as one likes, driven as Toxiproxy is."""

import asyncio
import re
import signal
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from typing import Annotated

import structlog
import typer

from alertsim import library, logs
from alertsim.broker import Target, open_broker, parse_target
from alertsim.broker.target import is_loopback
from alertsim.cli.load_texts import read_length
from alertsim.cli.options import Broker
from alertsim.clock import pause
from alertsim.errors import AlertSimError, InputError
from alertsim.operators.profiles import Profile, find_profile
from alertsim.proxy.control import PORT, serve_control
from alertsim.proxy.door import Door
from alertsim.proxy.process import Proxies, open_proxies
from alertsim.proxy.rule_text import read_rule

_LOOK_S = 0.5
_NAMED_PORT = re.compile(r"([a-z][a-z0-9-]{0,40}):([0-9]{1,5})", re.ASCII)


@dataclass(frozen=True)
class Order:
    """What was asked for."""

    target: Target
    names: tuple[tuple[str, int], ...]
    profile: Profile | None
    rules: tuple[str, ...]
    control: int | None
    lasts_s: float | None
    max_inflight: int | None = None


def proxies(
    broker: Broker = "mosquitto",
    listen: Annotated[
        list[str] | None, typer.Option(help="A name and its port, like kyivstar:22883; repeated. Default: any:22883.")
    ] = None,
    profile: Annotated[str | None, typer.Option(help="How all of them behave, like 3g or satellite.")] = None,
    rule: Annotated[list[str] | None, typer.Option(help="A packet rule, like 'drop puback every 3 up'.")] = None,
    control: Annotated[int, typer.Option(min=0, max=65_535, help="Port of Toxiproxy's HTTP API; 0: none.")] = PORT,
    max_inflight: Annotated[
        int | None,
        typer.Option(min=1, max=65_535, help="Messages the broker sends before an answer; default: mosquitto's 20."),
    ] = None,
    duration: Annotated[str | None, typer.Option(help="End after this time; default: at Ctrl-C.")] = None,
) -> None:
    """Open ports in front of a broker on this machine, and let Toxiproxy's clients decide how they behave."""
    order = Order(
        target=parse_target(broker),
        names=read_names(listen or ("any:22883",)),
        profile=find_profile(library.profiles(), profile) if profile else None,
        rules=tuple(rule or ()),
        control=control or None,
        lasts_s=None if duration is None else read_length("--duration", duration),
        max_inflight=max_inflight,
    )
    for text in order.rules:
        read_rule(text)
    logs.configure(quiet=False)
    asyncio.run(_serve(order))


def read_names(texts: Sequence[str]) -> tuple[tuple[str, int], ...]:
    """Names and ports, each once."""
    names = []
    for text in texts:
        found = _NAMED_PORT.fullmatch(text)
        if not found or not 0 < int(found[2]) < 65_536:
            raise InputError(f"--listen {text!r}: expected a name and a port, like kyivstar:22883")
        names.append((found[1], int(found[2])))
    if len(dict(names)) < len(names) or len({port for _, port in names}) < len(names):
        raise InputError("--listen: each name and each port once")
    return tuple(names)


async def _serve(order: Order) -> None:
    """Until somebody interrupts, the time is over, or the proxies have died."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with AsyncExitStack() as stack:
        broker = await stack.enter_async_context(open_broker(order.target, log=structlog.get_logger()))
        if not is_loopback(broker.host):
            raise InputError(f"--broker {broker.url}: proxies go in front of a broker on this machine only")
        doors = [
            Door(
                name,
                port,
                broker.host,
                broker.port,
                exact=True,
                translates=broker.kind == "embedded",
                packets=bool(order.rules),
                max_inflight=order.max_inflight or broker.max_inflight,
            )
            for name, port in order.names
        ]
        opened = stack.enter_context(open_proxies(doors))
        _shape(opened, order)
        for name, wanted in order.names:
            typer.echo(f"{name}: mqtt://127.0.0.1:{wanted} → {broker.url}")
        if order.control is not None:
            port = await stack.enter_async_context(serve_control(opened, order.control, doors=doors))
            typer.echo(f"control: http://127.0.0.1:{port} (Toxiproxy's API)")
        await _until(stop, opened, order.lasts_s)


def _shape(opened: Proxies, order: Order) -> None:
    for name, _ in order.names:
        if order.rules:
            opened.rule(name, order.rules)
        if order.profile:
            opened.assign(name, order.profile.upstream, order.profile.downstream)
            if order.profile.up < 1:
                opened.cut(name, order.profile.up)


async def _name_stalls(opened: Proxies) -> None:
    """Say once of each client that a packet rule has stopped the flow to it, until cancelled."""
    told = set[str]()
    while True:
        await pause(_LOOK_S)
        rows = opened.progress.get("operators", {})
        said = [f"{name}: stalled: {stall}" for name, row in rows.items() for stall in row["stalls"]]
        for line in said:
            if line not in told:
                typer.echo(line)
        told.update(said)


async def _until(stop: asyncio.Event, opened: Proxies, lasts_s: float | None) -> None:
    ended = asyncio.create_task(asyncio.to_thread(opened.over.wait), name="proxies: their process")
    stopped = asyncio.create_task(stop.wait(), name="proxies: signals")
    naming = asyncio.create_task(_name_stalls(opened), name="proxies: who gets nothing more")
    await asyncio.wait({ended, stopped, naming}, timeout=lasts_s, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    naming.cancel()
    if ended.done():
        raise AlertSimError("the proxies' process has ended by itself")
    ended.cancel()
    with suppress(asyncio.CancelledError):
        opened.over.set()  # whoever waits for it in a thread shall not keep us
        await ended
