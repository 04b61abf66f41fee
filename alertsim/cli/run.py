"""`alertsim run`: conduct a scenario as an exercise."""

import asyncio
import json
import os
import re
import signal
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from alertsim import areas, exercise, library, logs, story
from alertsim.broker import Target, parse_target
from alertsim.broker.target import is_loopback
from alertsim.cli.consent import confirming
from alertsim.cli.options import (
    Broker,
    Ca,
    Cert,
    Key,
    Lang,
    Language,
    Out,
    PasswordFile,
    ScenarioName,
    Seed,
    read_access,
    read_instant,
    read_rate,
    read_seed,
    runs_folder,
)
from alertsim.cli.screen import Screen, open_screen
from alertsim.commands import Terminate
from alertsim.contradiction import contradictions
from alertsim.crowd import USUAL, People
from alertsim.errors import InputError
from alertsim.events import Track
from alertsim.operators.coverage import EVERYWHERE
from alertsim.report import sentences
from alertsim.timeline import DEFAULT_TRACKS

Tracks = Annotated[
    list[Track] | None, typer.Option(help="Play this track too (information: politics). May be repeated.")
]
Subscribers = Annotated[
    int | None,
    typer.Option(
        min=0, max=999_999, help=f"Phones, sirens and others of our own that listen; default {USUAL} on this machine."
    ),
]
Proxies = Annotated[
    bool, typer.Option("--proxies", help="A port of this machine for each operator; it fails as that does.")
]
_CHAIN = {
    "uk": "Його ланцюг (recording verify --head)",
    "en": "Its chain (recording verify --head)",
}
NoExpiry = Annotated[
    bool,
    typer.Option("--no-expiry", help="On this machine only: alerts arrive however late, to compare with a usual run."),
]
EXERCISE_ID = re.compile(r"[a-z0-9][a-z0-9-]{2,63}")


def run(
    scenario: ScenarioName,
    lang: Lang,
    rate: Annotated[
        str | None, typer.Option(help="Scenario seconds a real second, or max; default: the chapters'.")
    ] = None,
    seed: Seed = None,
    start: Annotated[str | None, typer.Option("--from", help="Begin at this scenario time.")] = None,
    until: Annotated[str | None, typer.Option(help="End at this scenario time.")] = None,
    chapter: Annotated[str | None, typer.Option(help="Play this chapter only.")] = None,
    track: Tracks = None,
    subscribers: Subscribers = None,
    proxies: Proxies = False,  # noqa: FBT002 — a flag
    control: Annotated[
        int | None, typer.Option(min=1, max=65_535, help="With --proxies: the port of Toxiproxy's HTTP API.")
    ] = None,
    proxies_in: Annotated[
        str | None,
        typer.Option(help="With --proxies: the area their clients are in, like UA-21; default: the country."),
    ] = None,
    no_expiry: NoExpiry = False,  # noqa: FBT002 — a flag
    population: Annotated[
        Path | None, typer.Option(help="A file that says who they are; default: Ukraine's mix.")
    ] = None,
    broker: Broker = "embedded",
    exercise_id: Annotated[str | None, typer.Option("--exercise", help="Name this exercise.")] = None,
    out: Out = None,
    ca: Ca = None,
    cert: Cert = None,
    key: Key = None,
    password_file: PasswordFile = None,
    as_json: Annotated[bool, typer.Option("--json", help="One summary object on stdout.")] = False,  # noqa: FBT002 — a flag
    plain: Annotated[bool, typer.Option("--plain", help="Printed lines instead of the live view.")] = False,  # noqa: FBT002 — a flag
) -> None:
    """Conduct a scenario: play it by the clock over MQTT, every message marked as an exercise, and record it."""
    target = parse_target(broker)
    access = read_access(target, ca, cert, key, password_file)
    if not proxies and (control is not None or proxies_in is not None):
        raise InputError(f"--{'proxies-in' if control is None else 'control'} is of proxies: add --proxies")
    if no_expiry and not is_near(target):
        raise InputError(
            f"--no-expiry at {target.url}: only at a broker of this machine, for people would get alerts that are over"
        )
    pace = read_rate(rate)
    loaded = library.load(scenario)
    name = read_exercise_id(exercise_id) or exercise.exercise_id(loaded.scenario.name)
    played = story.of_scenario(
        loaded,
        read_seed(seed, loaded.scenario),
        rate=pace,
        start=read_instant("--from", start, loaded.scenario.start),
        until=read_instant("--until", until, loaded.scenario.start),
        chapter=chapter,
        tracks=read_tracks(track),
    )
    order = exercise.Order(
        story=played,
        target=target,
        out=runs_folder(out),
        exercise=name,
        access=access,
        confirm=confirming(name),
        people=People(read_subscribers(subscribers, target), population, brands=played.historical),
        proxies=proxies,
        control=control,
        place=areas.find(proxies_in).id if proxies_in else EVERYWHERE,
        no_expiry=no_expiry,
    )
    perform(order, lang, as_json=as_json, plain=plain)


def perform(order: exercise.Order, lang: Language, *, as_json: bool, plain: bool) -> NoReturn:
    """Conduct it before whoever watches, tell how it went, and end this process with the exit code that says so."""
    screen = open_screen(lang, as_json=as_json, plain=plain)
    logs.configure(quiet=screen.watched)
    outcome, interrupted = asyncio.run(_conduct(order, screen))
    if as_json:
        typer.echo(json.dumps(exercise.as_json(outcome), ensure_ascii=False))
    else:
        _tell(outcome, lang)
    for failure in outcome.failures:
        sys.stderr.write(f"{failure}\n")
    raise typer.Exit(130 if interrupted else 1 if outcome.failures else 0)


def read_tracks(asked: list[Track] | None) -> frozenset[Track]:
    """The default tracks and those asked for."""
    return DEFAULT_TRACKS | frozenset(asked or ())


def read_exercise_id(text: str | None) -> str | None:
    """An exercise id as design allows it; InputError says what that is."""
    if text is not None and not EXERCISE_ID.fullmatch(text):
        raise InputError(
            f"--exercise {text!r}: expected 3 to 64 lower-case letters, digits and hyphens, not beginning with a hyphen"
        )
    for contradiction in contradictions(text or ""):
        raise InputError(f"--exercise {text!r}: {contradiction}")
    return text


def read_subscribers(asked: int | None, target: Target) -> int:
    """How many listen: those asked for; else the usual number, but nobody at somebody else's broker."""
    if target.scheme in {"ws", "wss"}:
        if asked:
            raise InputError(
                f"--subscribers at {target.url}: ours speak MQTT over TCP and TLS; write mqtt:// or mqtts://"
            )
        return 0
    if asked is not None:
        return asked
    return USUAL if is_near(target) else 0


def is_near(target: Target) -> bool:
    """Whether it is a broker of this machine."""
    return target.kind != "external" or target.host == "localhost" or is_loopback(target.host)


async def _conduct(order: exercise.Order, screen: Screen) -> tuple[exercise.Outcome, bool]:
    """Conduct it under Ctrl-C: once ends it properly, twice at once. Returns whether it was interrupted."""
    signals: list[int] = []

    async def view(stage: exercise.Stage) -> None:
        def end(number: int) -> None:
            signals.append(number)
            if len(signals) == 1:
                stage.conductor.ask(Terminate(reason="interrupted"))
            else:
                _at_once(screen)

        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, end, number)
        await screen.show(stage)

    # nothing was said yet, so there is nothing to take back
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, os._exit, 130)
    return await exercise.conduct(order, view), bool(signals)


def _at_once(screen: Screen) -> None:
    screen.close()
    sys.stderr.write("ended at once; what the broker retains expires by itself within 180 s\n")
    os._exit(130)


def _tell(outcome: exercise.Outcome, lang: Language) -> None:
    """How it went, in a few sentences, and where the recording is."""
    for sentence in sentences(outcome.summary, lang.value):
        typer.echo(sentence)
    word = {"uk": "Запис", "en": "Recording"}[lang]
    typer.echo(f"{word}: {outcome.recording or '—'}")
    if outcome.summary.chain:
        typer.echo(f"{_CHAIN[lang]}: {outcome.summary.chain.head}")
