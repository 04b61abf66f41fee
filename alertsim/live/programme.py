"""What a view is told beside the lines: what stays for the whole exercise, and the moment it is drawn at."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from alertsim.events import ExerciseState, Text
from alertsim.timeline import Segment
from alertsim.times import Millis, clock_text


@dataclass(frozen=True)
class Programme:
    """What stays: title, id, broker, the segments to be played, and the names of chapters, operators, weapons by id.

    `replays`: a recording is played, in which one may go back and forth.
    """

    title: Text
    exercise: str
    broker: str
    offset: int
    segments: tuple[Segment, ...]
    chapters: Mapping[str, Text] = field(default_factory=dict)
    operators: Mapping[str, Text] = field(default_factory=dict)
    weapons: Mapping[str, Text] = field(default_factory=dict)
    replays: bool = False


@dataclass(frozen=True)
class Moment:
    """When a frame is drawn: scenario time, pace (0 while it stands still), state, segment; real time in Unix µs.

    `missed`: how many lines the view never got. `typed`: what somebody is typing.
    """

    at: Millis
    rate: float
    state: ExerciseState
    segment: Segment
    real_us: int
    missed: int = 0
    typed: str = ""


def progress(programme: Programme, moment: Moment) -> tuple[float, float]:
    """The shares played of the segment and of the whole: of real time, by their own rates; at max of scenario time."""
    weights = [_length(segment) for segment in programme.segments]
    at = programme.segments.index(moment.segment)
    part = (moment.at - moment.segment.start) / ((moment.segment.until - moment.segment.start) or 1)
    part = min(1.0, max(0.0, part))
    return part, min(1.0, (sum(weights[:at]) + part * weights[at]) / (sum(weights) or 1))


def position(programme: Programme, moment: Moment) -> str:
    """How far a replay is, in scenario time: `03:12:10 / 25:00:00`."""
    first, last = programme.segments[0].start, programme.segments[-1].until
    return f"{clock_text(Millis(moment.at - first))} / {clock_text(Millis(last - first))}"


def _length(segment: Segment) -> float:
    return (segment.until - segment.start) / (1 if segment.rate == math.inf else segment.rate)
