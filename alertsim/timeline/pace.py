"""Pace belongs to the scenario: its chapters, and what was asked for, become the segments the conductor plays."""

import json
import math
from collections.abc import Iterable
from typing import NamedTuple

from alertsim.errors import InputError
from alertsim.scenario import Scenario
from alertsim.scenario.chapters import windows
from alertsim.times import Millis, rfc3339


class Segment(NamedTuple):
    """A stretch of scenario time played at one rate (scenario seconds a real second; inf is max)."""

    name: str
    start: Millis
    until: Millis
    rate: float


def as_text(segments: Iterable[Segment]) -> str:
    """Segments as a recording keeps them: JSON, a rate of max as null."""
    return json.dumps([(*segment[:3], None if segment.rate == math.inf else segment.rate) for segment in segments])


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

    Without chapters the whole scenario is one segment at rate 1. Whoever asks for a `start` or `until` is shown
    everything the file has there, between the chapters too, at the pace of the chapter that comes next. InputError: an
    unknown chapter, or nothing left to play.
    """
    segments = _chapters(scenario, last)
    if chapter is not None:
        names = ", ".join(scenario.chapters) or "no chapters"
        segments = [segment for segment in segments if segment.name == chapter]
        if not segments:
            raise InputError(f"no chapter {chapter!r} in {scenario.name}; it has: {names}")
    elif start is None and until is None:
        segments = [segment for segment in segments if not scenario.play or segment.name in scenario.play]
    else:
        segments = _stretched(segments, scenario.start, last)
    kept = within(segments, rate=rate, start=start, until=until)
    if not kept:
        first, end = (rfc3339(at, scenario.offset) for at in (segments[0].start, segments[-1].until))
        whole = "the scenario" if chapter is None else f"chapter {chapter!r}"
        raise InputError(f"nothing to play between --from and --until: {whole} lasts from {first} to {end}")
    return kept


def within(
    segments: Iterable[Segment], *, rate: float | None, start: Millis | None, until: Millis | None
) -> tuple[Segment, ...]:
    """What of the segments lies in [start, until], at `rate` where given; perhaps nothing."""
    cut = [_within(segment, start, until) for segment in segments]
    return tuple(segment._replace(rate=rate or segment.rate) for segment in cut if segment.start <= segment.until)


def _chapters(scenario: Scenario, last: Millis) -> list[Segment]:
    segments = [Segment(*window) for window in windows(scenario)]
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
