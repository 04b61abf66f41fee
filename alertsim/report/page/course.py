"""The course of events as a picture: what was played, drawn as `alertsim show` draws what is planned."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from alertsim.events import Text
from alertsim.picture import compose, inside
from alertsim.report.page import words
from alertsim.report.page.sheet import Sheet
from alertsim.scenario import Chapter
from alertsim.timeline import Segment, Timeline
from alertsim.times import Millis, rfc3339


@dataclass(frozen=True)
class _Named:
    """What a recording without a scenario is called."""

    title: Text
    chapters: Mapping[str, Chapter] = field(default_factory=dict)


def course(sheet: Sheet) -> str:
    """The picture; a sentence where nothing was played."""
    about, log = sheet.report.about, sheet.report.log
    if log.until is None:
        return f"<p>{sheet.say(words.NO_ALERTS)}</p>"
    events = tuple(sorted(log.events, key=lambda event: event.at))
    seed = about.metadata.get("seed", "")
    name = about.metadata.get("scenario") or about.name
    start = about.scenario.start if about.scenario else events[0].at if events else log.until
    timeline = Timeline(name, int(seed) if seed.isdigit() else 0, start, about.offset, events)
    drawn = compose(
        about.scenario or _Named(Text(uk=about.name, en=about.name)),
        timeline,
        _segments(sheet),
        language=sheet.language,
    )
    since, until = (rfc3339(at, about.offset)[:19].replace("T", " ") for at in sheet.report.span)
    return f'<div class="scroll">{inside(drawn, f"{sheet.tongue.say(words.TIMELINE)}: {since} – {until}")}</div>'


def _segments(sheet: Sheet) -> Sequence[Segment]:
    """What was played of each chapter, as wide as its author gave it time; all in one where none is known."""
    since, until = sheet.report.span
    chapters = sheet.report.about.scenario.chapters if sheet.report.about.scenario else {}
    played = [
        Segment(name, Millis(max(start, since)), Millis(min(end, until)), _width(rate, chapters.get(name)))
        for name, start, end, rate in _recorded(sheet.report.about.metadata.get("segments", ""))
        if start <= until and end >= since
    ]
    return played or [Segment("all", since, until, 1.0)]


def _recorded(text: str) -> Sequence[tuple[str, Millis, Millis, float]]:
    """The segments as the recording keeps them; none where it keeps none."""
    try:
        return [
            (str(name), Millis(start), Millis(end), rate or math.inf) for name, start, end, rate in json.loads(text)
        ]
    except (ValueError, TypeError):
        return []


def _width(rate: float, chapter: Chapter | None) -> float:
    """The pace that says how much room a stretch gets."""
    if chapter is not None:
        return chapter.rate
    return rate if math.isfinite(rate) else 1.0
