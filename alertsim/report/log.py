"""What a report needs to know of an exercise: its lines folded once, beside the summary of the same lines."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple, Self

from alertsim.events import ClockTicked, Event, OperatorChanged, Warns, warns
from alertsim.observations import (
    AlertReached,
    BrokerLost,
    BrokerRestored,
    CommandAccepted,
    EventAcknowledged,
    EventPublished,
    EventSkipped,
    Line,
    NetworkSeen,
    Observation,
    Observed,
    Played,
)
from alertsim.report.storytime import Storytime
from alertsim.report.summary import Fold
from alertsim.times import Millis


class Answer(NamedTuple):
    """An acknowledgement, and when it came (Unix microseconds, by the clock of the exercise)."""

    seen: EventAcknowledged
    real_us: int


class Command(NamedTuple):
    """A command that was obeyed, and when."""

    seen: CommandAccepted
    real_us: int


class Break(NamedTuple):
    """The connection to the broker broke (Unix microseconds), and was back, or never."""

    lost_us: int
    back_us: int | None
    reason: str
    waiting: int


class Log:
    """Lines in; what they came to out. Events keep their order; those passed over are known by `skipped`."""

    def __init__(self) -> None:
        self._fold = Fold()
        self.events: list[Event] = []
        self.skipped: set[str] = set()
        self.played: dict[str, Played] = {}
        self.answers: list[Answer] = []
        self.commands: list[Command] = []
        self.breaks: list[Break] = []
        self.networks: list[tuple[NetworkSeen, int]] = []
        self.storytime = Storytime()
        self.confirmed_us: list[int] = []
        self.topics: Counter[str] = Counter()
        self.first_us = self.last_us = 0
        self._due: dict[int, int] = {}
        self._reached: dict[tuple[int, str], AlertReached] = {}

    def add(self, lines: Iterable[Line]) -> Self:
        """Take more lines, in their order."""
        self._fold.add(map(self._noted, lines))
        return self

    @property
    def summary_of(self) -> Fold:
        """The fold that has the summary."""
        return self._fold

    def reached(self) -> Iterator[tuple[Warns, AlertReached]]:
        """The messages that warn, each with how far it spread in the end, in the order of sending."""
        for (_, name), seen in sorted(self._reached.items()):
            line = self.played.get(name)
            if line and seen.closed and warns(line.event):
                yield line.event, seen

    def conditions(self) -> Iterator[OperatorChanged]:
        """How the operators stood, one after the other."""
        return (event for event in self.events if isinstance(event, OperatorChanged))

    @property
    def until(self) -> Millis | None:
        """The last moment of the story that was played."""
        return max((line.event.at for line in self.played.values()), default=None)

    @property
    def since(self) -> Millis | None:
        """The first moment of the story that was played, and not only said again."""
        return min((line.event.at for line in self.played.values() if not line.catch_up), default=None)

    def _noted(self, line: Line) -> Line:
        self.first_us = min(self.first_us or line.actual_us, line.actual_us)
        self.last_us = max(self.last_us, line.actual_us)
        if isinstance(line, Observed):
            self._saw(line.observation, line.actual_us)
        else:
            self._played(line)
        return line

    def _played(self, line: Played) -> None:
        self.storytime.played(line)
        if isinstance(line.event, ClockTicked):
            return
        self._due[line.seq] = line.due_us
        if line.event.event not in self.played:
            self.played[line.event.event] = line
            if line.event.event not in self.skipped:
                self.events.append(line.event)

    def _saw(self, seen: Observation, real_us: int) -> None:
        match seen:
            case EventSkipped():
                self.skipped.add(seen.skipped.event)
                self.events.append(seen.skipped)
            case EventAcknowledged():
                self.answers.append(Answer(seen, real_us))
            case EventPublished():
                if seen.seq in self._due:
                    self.confirmed_us.append(seen.at_us - self._due.pop(seen.seq))
            case AlertReached():
                self._reached[seen.seq, seen.event] = seen
            case CommandAccepted():
                self.commands.append(Command(seen, real_us))
            case NetworkSeen(side="subscribers"):
                self.networks.append((seen, real_us))
            case BrokerLost():
                self.breaks.append(Break(real_us, None, seen.reason, 0))
            case BrokerRestored() if self.breaks:
                self.breaks[-1] = self.breaks[-1]._replace(back_us=real_us, waiting=seen.waiting)
            case _:
                pass
