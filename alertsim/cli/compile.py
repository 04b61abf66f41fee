"""`alertsim compile`: the timeline as NDJSON, or what it comes to, before any clock starts."""

import json
import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from alertsim import areas, library
from alertsim.cli.options import ScenarioName, Seed, read_seed
from alertsim.cli.run import Tracks, read_tracks
from alertsim.errors import InputError
from alertsim.picture import DryRun, dry_run
from alertsim.picture.words import length
from alertsim.timeline import compile_scenario, lines, pace
from alertsim.times import Millis, duration_text, rfc3339

_NAMED = 12
"""So many areas are named."""


def compile_(
    scenario: ScenarioName,
    seed: Seed = None,
    track: Tracks = None,
    summary: Annotated[bool, typer.Option("--summary", help="Count what a run would come to.")] = False,  # noqa: FBT002 — a flag
    as_json: Annotated[bool, typer.Option("--json", help="The summary as one JSON object.")] = False,  # noqa: FBT002 — a flag
) -> None:
    """Compile a scenario to its timeline: one JSON object a line, the same bytes everywhere for the same seed."""
    if as_json and not summary:
        raise InputError("--json belongs to --summary: the timeline is JSON already, an object a line")
    loaded, tracks = library.load(scenario).scenario, read_tracks(track)
    timeline = compile_scenario(loaded, read_seed(seed, loaded), library.catalogue(), tracks)
    if not summary:
        for line in lines(timeline):
            sys.stdout.write(line + "\n")
        sys.stdout.flush()
        return
    counted = dry_run(loaded, timeline, pace(loaded, timeline.until), tracks)
    if as_json:
        typer.echo(json.dumps(counted.as_json(timeline.offset), ensure_ascii=False))
    else:
        _print(counted, timeline.offset)


def _print(counted: DryRun, offset: int) -> None:
    """The summary as three plain tables."""
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 100)
    for table in (_figures(counted, offset), _parts(counted, offset), _kinds(counted)):
        console.print(table)
        console.print()


def _figures(counted: DryRun, offset: int) -> Table:
    """What it comes to, a figure a row."""
    table = Table("", "", box=None, show_header=False, pad_edge=False)
    published = sum(counted.published.values())
    peak = counted.peak
    for name, figure in (
        ("scenario", counted.scenario),
        ("seed", str(counted.seed)),
        ("events planned", f"{sum(counted.planned.values())}"),
        ("events published", f"{published}: those played, said again where play begins, running, ended, cancels"),
        (
            "messages",
            f"{counted.messages}: these and {counted.farewell} of the farewell; clock ticks and leases not counted",
        ),
        ("passed over", f"{counted.passed_over} before or between what is played; {counted.not_reached} after it"),
        ("peak", f"{peak.events} a second, from {rfc3339(peak.at, offset)} on, chapter {peak.chapter}"),
        ("retained topics", f"{counted.retained} at most"),
        ("areas alerted", f"{len(counted.areas)}{_named(counted.areas)}"),
        ("standing alerts", f"{len(counted.standing)}{_named(counted.standing)}"),
        ("tracks", _shares(counted)),
        ("tracks left out", _listed(counted.left_out, " entries") or "none"),
    ):
        table.add_row(name, figure)
    return table


def _named(ids: tuple[str, ...]) -> str:
    """The first areas by name."""
    names = [areas.by_id(area).name_en for area in ids[:_NAMED]]
    more = [f"{len(ids) - _NAMED} more"] if len(ids) > _NAMED else []
    return f": {', '.join(names + more)}" if names else ""


def _shares(counted: DryRun) -> str:
    total = sum(counted.tracks.values())
    return ", ".join(f"{track} {count} ({count / total:.0%})" for track, count in counted.tracks.items()) or "none"


def _listed(counts: dict[str, int], unit: str) -> str:
    return ", ".join(f"{name} {count}{unit}" for name, count in counts.items())


def _parts(counted: DryRun, offset: int) -> Table:
    """How long each chapter lasts in the story and in real time."""
    table = Table("chapter", "from", "until", "story", "pace", "real", "events", box=None, pad_edge=False)
    for part in counted.parts:
        start, until = (rfc3339(at, offset)[:19].replace("T", " ") for at in (part.start, part.until))
        told = duration_text(Millis(part.until - part.start))
        table.add_row(part.name, start, until, told, f"×{part.rate:g}", _real(part.real_s), str(part.events))
    table.add_row(
        "together", "", "", duration_text(Millis(round(counted.scenario_s * 1000))), "", _real(counted.real_s)
    )
    for name in counted.not_played:
        table.add_row(name, "not played", style="dim")
    return table


def _real(seconds: float) -> str:
    return length(seconds * 1000, "en")


def _kinds(counted: DryRun) -> Table:
    """Events by kind."""
    table = Table("kind", "planned", "published", box=None, pad_edge=False)
    for kind in sorted({*counted.planned, *counted.published}):
        table.add_row(kind, str(counted.planned.get(kind, 0)), str(counted.published.get(kind, 0)))
    return table
