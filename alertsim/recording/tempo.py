"""The pace a recording was played at: from its metadata, or from the ticks of its clock, changed by its commands."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from alertsim.commands import Jump, Seek, SetRate
from alertsim.observations import CommandAccepted
from alertsim.timeline import Segment
from alertsim.times import Millis

_SLACK = 2.0
"""Real seconds by which two ticks may be apart more than their pace explains, before it was a jump."""


class Tick(NamedTuple):
    """What the clock said: real time (Unix microseconds), scenario time, pace (None: as fast as it can)."""

    us: int
    at: Millis
    rate: float | None


def as_played(
    metadata: Mapping[str, str],
    ticks: Sequence[Tick],
    commands: Iterable[CommandAccepted],
    first: Millis,
    last: Millis,
) -> tuple[Segment, ...]:
    """The segments that were played, to the `last` moment there was; pauses and ways back are not played again."""
    planned = _planned(metadata) or _ticked(ticks, first, last) or [Segment("all", first, last, 1.0)]
    segments = [segment for segment in planned if segment.start <= last] or [Segment("all", first, last, 1.0)]
    for accepted in commands:
        match accepted.command:
            case SetRate(rate=rate):
                segments = _changed(segments, accepted.at, accepted.at, rate)
            case (Jump() | Seek()) as command if command.to > accepted.at:
                segments = _changed(segments, accepted.at, command.to, None)
            case _:
                pass
    return tuple(segment._replace(until=min(segment.until, max(last, segment.start))) for segment in segments)


def _planned(metadata: Mapping[str, str]) -> list[Segment]:
    """What the recorder said before it began; nothing where it did not."""
    try:
        rows = json.loads(metadata.get("segments", "[]"))
        return [_segment(str(name), int(start), int(until), rate) for name, start, until, rate in rows]
    except (ValueError, TypeError):
        return []


def _segment(name: str, start: int, until: int, rate: float | None) -> Segment:
    return Segment(name, Millis(start), Millis(max(start, until)), math.inf if rate is None else float(rate))


def _ticked(ticks: Sequence[Tick], first: Millis, last: Millis) -> list[Segment]:
    """A segment for each stretch of one pace between ticks; where time leapt, one ends and another begins."""
    running = [tick for tick in ticks if tick.rate != 0]
    segments: list[Segment] = []
    for tick, after in pairwise([*running, Tick(running[-1].us, last, None)] if running else []):
        rate = math.inf if tick.rate is None else tick.rate
        reached = tick.at + rate * ((after.us - tick.us) / 1e6 + _SLACK) * 1e3
        until = after.at if after.at <= reached or after.at == last else Millis(int(reached - rate * _SLACK * 1e3))
        segments = _joined(segments, Segment("all", tick.at, max(tick.at, until), rate))
    if segments:
        segments[0] = segments[0]._replace(start=min(first, segments[0].start))
    return segments


def _joined(segments: list[Segment], new: Segment) -> list[Segment]:
    """With one more; what goes on at the same pace is one."""
    if segments and segments[-1].until == new.start and segments[-1].rate == new.rate:
        return [*segments[:-1], segments[-1]._replace(until=new.until)]
    return [*segments, new]


def _changed(segments: list[Segment], at: Millis, to: Millis, rate: float | None) -> list[Segment]:
    """The same, but from `at` on it went on at `to`, and until its segment's end at another rate if one is given."""
    here = next((n for n, segment in enumerate(segments) if segment.start <= at <= segment.until), None)
    there = next((n for n, segment in enumerate(segments) if to <= segment.until), None)
    if here is None or there is None:
        return segments
    goes_on = segments[there]._replace(start=max(to, segments[there].start), rate=rate or segments[there].rate)
    return [*segments[:here], segments[here]._replace(until=at), goes_on, *segments[there + 1 :]]
