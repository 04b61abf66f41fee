"""`alertsim load`: many real subscribers, and how long until the last of them has the message."""

import asyncio
import gc
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from alertsim import load_test, logs
from alertsim.broker import Target, parse_target
from alertsim.cli.consent import confirming
from alertsim.cli.load_order import Asked
from alertsim.cli.load_texts import (
    read_filter,
    read_flash,
    read_length,
    read_moment,
    read_outages,
    read_rate,
    read_stages,
    read_version,
)
from alertsim.cli.load_view import drawn
from alertsim.cli.options import Ca, Cert, Key, Lang, Language, PasswordFile, read_access
from alertsim.errors import AlertSimError, InputError
from alertsim.load_test import Order, Storms
from alertsim.swarm.dialling import allow_sockets
from alertsim.swarm.findings import Findings, as_json, as_junit, as_lines, compared
from alertsim.swarm.thresholds import read_threshold

MOST = 999_999
_HINTS = {
    "-h": "write --broker mqtt://HOST:PORT",
    "-p": "write --broker mqtt://HOST:PORT",
    "-u": "write --broker mqtt://USER@HOST:PORT",
    "-P": "put the password in $ALERTSIM_PASSWORD or in a file for --password-file",
    "-I": "it is a client id in mqttx and an interval in emqtt-bench; write --publish-rate 10/s",
}


def _refuse(option: str) -> Any:
    """A short flag of other tools that means something else in each, or has another form here."""

    def told(value: str | None) -> None:
        if value is not None:
            raise InputError(f"{option} is not an option of load: {_HINTS[option]}")

    return typer.Option(option, hidden=True, callback=told)


def load(
    lang: Lang,
    scenario: Annotated[
        str | None, typer.Argument(help="Publish this scenario at its pace; without: one message after the other.")
    ] = None,
    count: Annotated[int, typer.Option("-c", "--count", min=1, max=MOST, help="Subscribers.")] = 1_000,
    broker: Annotated[
        list[str] | None,
        typer.Option(
            envvar="ALERTSIM_BROKER",
            help="embedded, mosquitto, or mqtt(s)://[USER@]HOST:PORT. Repeated: they share the subscribers.",
        ),
    ] = None,
    population: Annotated[
        str | None, typer.Option(help="A file that says who subscribes; `uniform`: all alike. Default: Ukraine's mix.")
    ] = None,
    publish_rate: Annotated[str | None, typer.Option(help="Messages, like 10/s, 30/m or 0.5/s.")] = None,
    rate: Annotated[str | None, typer.Option(help="Of a scenario: seconds of it in a real one, or max.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, max=2**53, help="Of a scenario: which draws.")] = None,
    qos: Annotated[int | None, typer.Option("-q", "--qos", min=0, max=2, help="Of publishing and subscribing.")] = None,
    duration: Annotated[str | None, typer.Option(help="How long to publish, like 30s or 5m; default 10s.")] = None,
    warm_up: Annotated[str, typer.Option(help="How much of it counts apart, like 2s.")] = "0s",
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
    ramp: Annotated[str | None, typer.Option(help="Connects in stages, like 1000@50/s,5000@max.")] = None,
    source: Annotated[list[str] | None, typer.Option(help="An address to call from; repeated: in turn.")] = None,
    topic: Annotated[str | None, typer.Option("-t", "--topic", help="With --listen-only: the filter.")] = None,
    listen_only: Annotated[bool, typer.Option("--listen-only", help="Measure what somebody else publishes.")] = False,  # noqa: FBT002 — a flag
    persistent: Annotated[bool, typer.Option("--persistent", help="All sessions outlive connections.")] = False,  # noqa: FBT002 — a flag
    keep_alive: Annotated[int | None, typer.Option(min=5, max=65_535, help="Seconds, for all.")] = None,
    back_off: Annotated[str, typer.Option(help="How long who was cut waits first; then twice as long.")] = "1s",
    fixed: Annotated[bool, typer.Option("--fixed-back-off", help="Do not spread it by chance.")] = False,  # noqa: FBT002 — a flag
    compare: Annotated[bool, typer.Option("--compare-back-off", help="Run twice: spread, then fixed.")] = False,  # noqa: FBT002 — a flag
    outage: Annotated[
        list[str] | None, typer.Option(help="Coverage lost, like all@5s+3s or operator-a:0.4@5s+10s.")
    ] = None,
    churn: Annotated[str | None, typer.Option(help="So many connections break, like 50/s.")] = None,
    flash: Annotated[str | None, typer.Option(help="So many subscribers come only then, like 2000@10s.")] = None,
    threshold: Annotated[list[str] | None, typer.Option(help="Like 'p99<500ms' or 'missing==0'; exit 3.")] = None,
    as_json_: Annotated[bool, typer.Option("--json", help="One object on stdout.")] = False,  # noqa: FBT002 — a flag
    junit: Annotated[Path | None, typer.Option(help="Write a JUnit XML file.")] = None,
    html: Annotated[Path | None, typer.Option(help="Write a page with curves.")] = None,
    ca: Ca = None,
    cert: Cert = None,
    key: Key = None,
    password_file: PasswordFile = None,
    _h: Annotated[str | None, _refuse("-h")] = None,
    _p: Annotated[str | None, _refuse("-p")] = None,
    _u: Annotated[str | None, _refuse("-u")] = None,
    _pw: Annotated[str | None, _refuse("-P")] = None,
    _id: Annotated[str | None, _refuse("-I")] = None,
) -> None:
    """Load a broker with subscribers, publish marked test messages, and say exactly what reached them and when."""
    if persistent and version == "4":
        raise InputError("--persistent with -V 4: a 3.1.1 session never ends by itself; write -V 5")
    asked = Asked(
        scenario=scenario,
        count=count,
        population=population,
        publish_rate=publish_rate,
        rate=rate,
        seed=seed,
        qos=qos,
        duration=duration,
        limit=limit,
        size=size,
        version=read_version(version),
        filter=read_filter(topic, listen_only=listen_only),
        persistent=persistent,
        keep_alive_s=keep_alive,
    )
    targets = read_targets(broker)
    music = asked.music()
    cohorts, groups = asked.people(music)
    warm_up_s = read_moment("--warm-up", warm_up)
    lasts_s, operators = music.schedule.duration_s, {cohort.operator for cohort in cohorts} - {""}
    if 0 < warm_up_s >= lasts_s:
        raise InputError(
            f"--warm-up {warm_up!r}: nothing is left of the test, which lasts {lasts_s:g} s; see --duration"
        )
    for turn in music.schedule.turns:
        if any(text.startswith((f"{turn.operator}:", f"{turn.operator}@")) for text in outage or ()):
            raise InputError(f"--outage of {turn.operator}: the scenario says when it fails; write all@… instead")
    flashing, arrival = read_flash(flash, count, lasts_s)
    turns = (*music.schedule.turns, *read_outages(outage or (), operators, lasts_s), *arrival)
    order = Order(
        name=asked.name,
        targets=targets,
        access=read_access(targets[0], ca, cert, key, password_file),
        cohorts=cohorts,
        groups=groups,
        schedule=replace(music.schedule, warm_up_s=warm_up_s, turns=tuple(sorted(turns, key=lambda turn: turn.at_s))),
        version=asked.version,
        stages=read_stages(count, connect_rate, interval, ramp),
        sources=tuple(source or ()),
        storms=Storms(
            back_off_s=read_length("--back-off", back_off),
            jittered=not fixed,
            churn_per_s=read_rate("--churn", churn) if churn else 0.0,
            flash=flashing,
        ),
        listen_only=listen_only,
        thresholds=tuple(read_threshold(text) for text in threshold or ()),
    )
    allow_sockets(count)
    logs.configure(quiet=sys.stderr.isatty())
    gc.freeze()
    sys.setswitchinterval(0.0005)  # drawing must not keep the publisher waiting
    ways = (True, False) if compare else (not fixed,)
    trials = [replace(order, storms=replace(order.storms, jittered=jittered)) for jittered in ways]
    found, interrupted = asyncio.run(_conduct(trials))
    _tell(found, as_json_=as_json_)
    _keep("--junit", junit, lambda: as_junit(found[0]))
    _keep("--html", html, lambda: _page(found[0], lang))
    raise typer.Exit(130 if interrupted else max(each.exit_code for each in found))


def read_targets(texts: Sequence[str] | None) -> tuple[Target, ...]:
    """The brokers, each once; a broker of ours is started as often as it is named."""
    targets = tuple(parse_target(text) for text in texts or ("mosquitto",))
    for target in targets:
        if target.scheme in {"ws", "wss"}:
            raise InputError(f"--broker {target.url}: load speaks MQTT over TCP and TLS: write mqtt:// or mqtts://")
        if target.kind == "external" and targets.count(target) > 1:
            raise InputError(f"--broker {target.url} is named twice")
    return targets


async def _conduct(trials: Sequence[Order]) -> tuple[list[Findings], bool]:
    """The tests one after the other, at brokers we may use; whether they were interrupted."""
    interrupted = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, interrupted.set)
    found = list[Findings]()
    for order in trials:
        if found and interrupted.is_set():
            break
        with drawn(order.subscribers) as view:
            found.append(await load_test.conduct(order, view, interrupted, confirming(order.name)))
    return found, interrupted.is_set()


def _tell(found: Sequence[Findings], *, as_json_: bool) -> None:
    if as_json_:
        typer.echo(as_json(found[0]) if len(found) == 1 else f"[{', '.join(map(as_json, found))}]")
        return
    for each in found:
        typer.echo("\n".join(as_lines(each)))
    if len(found) > 1:
        typer.echo("\n".join(compared(*found)))


def _page(found: Findings, lang: Language) -> bytes:
    from alertsim.swarm.page import page  # noqa: PLC0415 — only who wants a page loads what draws it

    return page(found, lang.value).encode()


def _keep(option: str, file: Path | None, made: Callable[[], bytes]) -> None:
    if file:
        try:
            file.write_bytes(made())
        except OSError as error:
            raise AlertSimError(f"{option} {file}: {error.strerror}") from None
