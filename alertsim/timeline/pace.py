"""Pace belongs to the scenario: its chapters, and what was asked for, become the segments the conductor plays."""

from typing import NamedTuple

from alertsim.errors import InputError
from alertsim.scenario import Scenario
from alertsim.times import Millis, rfc3339


class Segment(NamedTuple):
    """A stretch of scenario time played at one rate (scenario seconds a real second; inf is max)."""

    name: str
    start: Millis
    until: Millis
    rate: float


def pace(
    scenario: Scenario,
    last: Millis,
    *,
    rate: float | None = None,
    start: Millis | None = None,
    until: Millis | None = None,
    chapter: str | None = None,
) -> tuple[Segment, ...]:
    """The segments of `scenario`, whose `last` event is known, within [start, until] and at `rate` where given.

    Without chapters the whole scenario is one segment at rate 1. Asking for a `start` or `until` outside the chapters
    of `play` plays what the file has there, at the pace of the nearest chapter. InputError: an unknown chapter, or
    nothing left to play.
    """
    segments = _chapters(scenario, last)
    if chapter is not None:
        names = ", ".join(segment.name for segment in segments)
        segments = [segment for segment in segments if segment.name == chapter]
        if not segments:
            raise InputError(f"no chapter {chapter!r} in {scenario.name}; it has: {names}")
    elif start is None and until is None and scenario.play:
        segments = [segment for segment in segments if segment.name in scenario.play]
    else:
        segments = _stretched(segments, min(scenario.start, last), last)
    cut = [_within(segment, start, until) for segment in segments]
    kept = tuple(segment._replace(rate=rate or segment.rate) for segment in cut if segment.start <= segment.until)
    if not kept:
        whole = f"{rfc3339(segments[0].start, scenario.offset)} to {rfc3339(segments[-1].until, scenario.offset)}"
        raise InputError(f"nothing to play between --from and --until; the scenario has {whole}")
    return kept


def _chapters(scenario: Scenario, last: Millis) -> list[Segment]:
    segments, begins = [], scenario.start
    for name, chapter in scenario.chapters.items():
        begins = begins if chapter.from_ is None else chapter.from_
        segments.append(Segment(name, begins, chapter.until, chapter.rate))
        begins = chapter.until
    return segments or [Segment("all", scenario.start, max(last, scenario.start), 1.0)]


def _stretched(segments: list[Segment], first: Millis, last: Millis) -> list[Segment]:
    """The same segments without gaps: each begins where the one before it ends, the outer ones reach first and last."""
    whole, begins = [], first
    for segment in segments:
        whole.append(segment._replace(start=begins))
        begins = segment.until
    whole[-1] = whole[-1]._replace(until=max(whole[-1].until, last))
    return whole


def _within(segment: Segment, start: Millis | None, until: Millis | None) -> Segment:
    begins = segment.start if start is None else max(segment.start, start)
    ends = segment.until if until is None else min(segment.until, until)
    return segment._replace(start=begins, until=ends)
