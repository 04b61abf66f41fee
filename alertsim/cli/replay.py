"""`alertsim replay`: play a recording again, as an exercise of its own, and go back and forth in it."""

import math
import sys
from pathlib import Path
from typing import Annotated

import typer

from alertsim import exercise, story
from alertsim.broker import parse_target
from alertsim.cli.consent import confirming
from alertsim.cli.options import (
    Broker,
    Ca,
    Cert,
    Key,
    Lang,
    Out,
    PasswordFile,
    read_access,
    read_instant,
    read_rate,
    runs_folder,
)
from alertsim.cli.recording import opened, watched
from alertsim.cli.run import Proxies, Subscribers, perform, read_exercise_id, read_subscribers
from alertsim.commands import Command, Pause, Step
from alertsim.crowd import People
from alertsim.errors import InputError
from alertsim.recording.retell import MOST_EVENTS, Retold, retell
from alertsim.recording.select import remapped, selection

_MOST_AT_ONCE = 100_000
_EVER = sys.maxsize

Recording = Annotated[str, typer.Argument(metavar="RECORDING", help="A run's folder, or a recording in MCAP.")]


def replay(
    asked: Recording,
    lang: Lang,
    rate: Annotated[
        str | None, typer.Option(help="Scenario seconds a real second, or max; default: as played.")
    ] = None,
    loop: Annotated[int, typer.Option(min=0, help="Play it so many times; 0 is until it is ended.")] = 1,
    start: Annotated[str | None, typer.Option("--from", help="Begin at this scenario time, or +00:12:30.")] = None,
    until: Annotated[str | None, typer.Option(help="End at this scenario time, or +00:12:30.")] = None,
    topic: Annotated[
        list[str] | None, typer.Option(help="Only these topics below the root, like public/alert/#. May be repeated.")
    ] = None,
    area: Annotated[list[str] | None, typer.Option(help="Only what concerns this area. May be repeated.")] = None,
    remap: Annotated[
        list[str] | None, typer.Option(help="OLD=NEW: a branch of topics below the root elsewhere. May be repeated.")
    ] = None,
    pause: Annotated[bool, typer.Option("--pause", help="Begin paused.")] = False,  # noqa: FBT002 — a flag
    step: Annotated[bool, typer.Option("--step", help="Begin paused after the first event; n plays the next.")] = False,  # noqa: FBT002 — a flag
    burst: Annotated[int, typer.Option(min=0, max=_MOST_AT_ONCE, help="Play the first N events at once.")] = 0,
    of: Annotated[str | None, typer.Option(help="Of a capture: the exercise to play.")] = None,
    large: Annotated[bool, typer.Option("--large", help=f"Allow more than {MOST_EVENTS:,} events.")] = False,  # noqa: FBT002 — a flag
    subscribers: Subscribers = None,
    proxies: Proxies = False,  # noqa: FBT002 — a flag
    control: Annotated[
        int | None, typer.Option(min=1, max=65_535, help="With --proxies: the port of Toxiproxy's HTTP API.")
    ] = None,
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
    """Play a recording again as a new exercise: restamped, marked anew, each message with replay_of and original_us.

    While it runs: space pauses, + and - change the pace, arrows go back and forth (10 s; with shift 5 min), n plays the
    next event, b the next ten; :seek 03:12 goes to that time of day (as the screen shows it), :seek +00:10:00 counts
    from the beginning, :next 10 plays ten.
    """
    target = parse_target(broker)
    access = read_access(target, ca, cert, key, password_file)
    if control is not None and not proxies:
        raise InputError("--control is of proxies: add --proxies")
    pace, chosen, moved = read_rate(rate), selection(topic or (), area or ()), remapped(remap or ())
    opening, named = read_opening(pause=pause, step=step, burst=burst), read_exercise_id(exercise_id)
    recording = opened(asked)
    told = retell(recording.metadata, watched(recording), of=of, most=_EVER if large else MOST_EVENTS)
    first = told.segments[0].start
    again = story.of_recording(
        recording,
        told,
        chosen,
        rate=pace,
        start=read_instant("--from", start, first),
        until=read_instant("--until", until, first),
        remap=moved,
    )
    _say(told, recording.damage)
    name = named or exercise.exercise_id(again.name)
    order = exercise.Order(
        story=again,
        target=target,
        out=runs_folder(out),
        exercise=name,
        access=access,
        confirm=confirming(name),
        people=People(read_subscribers(subscribers, target), population, brands=again.historical),
        proxies=proxies,
        control=control,
        laps=loop or math.inf,
        opening=opening,
    )
    perform(order, lang, as_json=as_json, plain=plain)


def read_opening(*, pause: bool, step: bool, burst: int) -> tuple[Command, ...]:
    """What is asked for in the first moment; InputError where nobody could let it go on."""
    if (pause or step) and not sys.stdin.isatty():
        raise InputError("--pause and --step need a terminal: nobody could let it go on")
    paused: tuple[Command, ...] = (Pause(),) if pause or step else ()
    at_once = burst or int(step)
    return (*paused, Step(n=at_once)) if at_once else paused


def _say(told: Retold, damage: str | None) -> None:
    """What of the recording is not played, on stderr."""
    if damage:
        sys.stderr.write(f"the recording is damaged ({damage}); what could be read is played\n")
    for why in ("too large", "unreadable"):
        if count := told.left_out.get(why):
            sys.stderr.write(f"left out: {count} messages, {why}\n")
