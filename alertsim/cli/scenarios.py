"""`alertsim scenarios`: what comes with alertsim."""

import json
import math
import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from alertsim import library
from alertsim.cli.options import Lang, Language
from alertsim.scenario import AlertEntry, Scenario, StrikeEntry
from alertsim.timeline import compile_scenario, pace
from alertsim.times import SECOND, Millis, duration_text, rfc3339

_WORDS = {
    Language.EN: {"plays": "plays", "alerts": "alerts", "strikes": "strikes"},
    Language.UK: {"historical": "історія", "fictional": "вигадка"}
    | {"plays": "триває", "alerts": "тривог", "strikes": "ударів"},
}


def scenarios(
    lang: Lang,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON array.")] = False,  # noqa: FBT002 — a flag
) -> None:
    """List the scenarios that come with alertsim: what, when, and how long each plays."""
    known = [library.load(name).scenario for name in library.scenario_names()]
    if as_json:
        typer.echo(json.dumps([_as_json(one) for one in known], ensure_ascii=False))
        return
    console = Console(highlight=False, soft_wrap=not sys.stdout.isatty())
    for one in known:
        console.print(Text(one.name, "bold"))
        console.print(Padding(Text(getattr(one.title, lang)), (0, 0, 0, 2)))
        console.print(Padding(Text(_figures(one, lang), "dim"), (0, 0, 0, 2)))


def _figures(one: Scenario, lang: Language) -> str:
    """What it rests on, when play begins, how long that lasts, and how much happens."""
    words, (alerts, strikes) = _WORDS[lang], _counts(one)
    begins, lasts = _played(one)
    when = rfc3339(begins, one.offset)[:16].replace("T", " ")
    told = (
        words.get(one.basis, one.basis),
        when,
        f"{words['plays']} {duration_text(Millis(round(lasts / SECOND) * SECOND))}",
    )
    return " · ".join([*told, f"{words['alerts']} {alerts}", f"{words['strikes']} {strikes}"])


def _as_json(one: Scenario) -> dict[str, object]:
    alerts, strikes = _counts(one)
    begins, lasts = _played(one)
    return {
        "name": one.name,
        "title": one.title.model_dump(),
        "basis": one.basis,
        "start": rfc3339(one.start, one.offset),
        "plays_from": rfc3339(begins, one.offset),
        "plays_s": round(lasts / SECOND, 3),
        "alerts": alerts,
        "strikes": strikes,
    }


def plays(one: Scenario, lang: Language) -> str:
    """From when until when it plays when nothing else is said: the day and the hours."""
    segments = pace(one, compile_scenario(one, one.seed or 1, library.catalogue()).until)
    day, begins = rfc3339(segments[0].start, one.offset)[:16].split("T")
    last, ends = rfc3339(segments[-1].until, one.offset)[:16].split("T")
    until = ends if day == last else f"{last} {ends}"
    return f"plays {day} {begins} to {until}" if lang == "en" else f"триває з {day} {begins} до {until}"


def _played(one: Scenario) -> tuple[Millis, Millis]:
    """From which scenario time it plays when nothing else is said, and how long that really takes."""
    last = compile_scenario(one, one.seed or 1, library.catalogue()).until
    segments = pace(one, last)
    lasts = sum((segment.until - segment.start) / segment.rate for segment in segments)
    return segments[0].start, Millis(math.ceil(lasts))


def _counts(one: Scenario) -> tuple[int, int]:
    """How many alerts are written down, and how many strikes."""
    kinds = [type(entry) for entry in one.events]
    return kinds.count(AlertEntry), kinds.count(StrikeEntry)
