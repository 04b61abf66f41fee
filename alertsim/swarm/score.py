"""A scenario as load: its events as test messages in their order and at its pace, and its outages as turns."""

from collections.abc import Sequence
from typing import NamedTuple

from alertsim.events import Event, OperatorChanged
from alertsim.mqtt.codes import Version
from alertsim.observations import Played
from alertsim.operators.coverage import EVERYWHERE
from alertsim.swarm.bulletins import Bulletin, bulletin_of
from alertsim.swarm.conduct import Turn
from alertsim.timeline import Segment, Timeline
from alertsim.times import Millis
from alertsim.wire import Mark, mark


class Note(NamedTuple):
    """One event, `at_s` real seconds after the start, played at `rate`."""

    at_s: float
    event: Event
    rate: float


class Score:
    """The events of a timeline that lie in `segments`. `dues` and `make` are what a `Schedule` needs.

    What lies before and between the segments is passed over; only its outages count, from then on.
    """

    def __init__(
        self, timeline: Timeline, segments: Sequence[Segment], by: Mark, *, qos: int, version: Version
    ) -> None:
        if by.status != "Test":
            raise ValueError("load is published as Test and as nothing else")
        self._by, self._qos, self._version = by, qos, version
        self._notes, self.turns, self.duration_s = _notes(timeline, segments)
        self.dues = [note.at_s for note in self._notes]

    @property
    def areas(self) -> tuple[str, ...]:
        """The areas at the top that something is said of, each once."""
        named = (getattr(note.event, "area", None) for note in self._notes)
        return tuple(sorted({area.partition("/")[0] for area in named if area}))

    def make(self, number: int, due_us: int) -> Bulletin:
        """Message `number` (from 1), due at `due_us` (Unix µs)."""
        note = self._notes[number - 1]
        played = Played(number, due_us, due_us, note.event, note.rate)
        return bulletin_of(mark(played, self._by), number, due_us, qos=self._qos, version=self._version)


def _notes(timeline: Timeline, segments: Sequence[Segment]) -> tuple[list[Note], tuple[Turn, ...], float]:
    notes, turns, begun_s, left = list[Note](), list[Turn](), 0.0, list(timeline.events)
    for segment in segments:
        while left and left[0].at <= segment.until:
            event = left.pop(0)
            at_s = begun_s + _real_s(segment, event.at)
            if isinstance(event, OperatorChanged):
                areas = dict(event.condition)
                turns.append(Turn(at_s, event.operator, tuple(areas.pop(EVERYWHERE).items()), areas))
            if event.at >= segment.start:
                notes.append(Note(at_s, event, segment.rate))
        begun_s += _real_s(segment, segment.until)
    return notes, tuple(turns), begun_s


def _real_s(segment: Segment, at: Millis) -> float:
    """Real seconds from the start of a segment; 0 for what lies before it."""
    return max(0, at - segment.start) / 1000 / segment.rate
