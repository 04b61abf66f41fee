"""How far the alerts of an exercise have spread among the subscribers of its swarm, as far as it is known by now."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from alertsim.events import Event, Warns, warns
from alertsim.observations import AlertReached, CohortReached, Heard, Line, Played, heard_in_all


class Reached(NamedTuple):
    """How one message stands: the shares of the operators by their id, and µs from due to the last who heard it."""

    event: Warns
    operators: Mapping[str, Heard]
    last_us: int | None
    closed: bool

    @property
    def whole(self) -> Heard:
        """All operators together."""
        return heard_in_all(self.operators.values())


@dataclass(frozen=True)
class Spread:
    """How the newest message that warned stands, how all of them do, and each one of the last lines by its `seq`.

    `alerts` is the number of those that were for anybody.
    """

    newest: Reached
    alerts: int
    operators: Mapping[str, Heard]
    shown: Mapping[int, Reached] = field(default_factory=dict)

    @property
    def whole(self) -> Heard:
        """All operators together."""
        return heard_in_all(self.operators.values())


class Spreading:
    """Lines in, a spread out; a step does not grow with what came before."""

    def __init__(self) -> None:
        self._warned: dict[int, Warns] = {}
        self._reached: dict[int, Reached] = {}
        self._sums: dict[str, Heard] = {}

    def played(self, seq: int, event: Event) -> None:
        """An event was sent with this number."""
        if warns(event):
            self._warned[seq] = event

    def reached(self, seen: AlertReached) -> None:
        """How a message stands now, in place of how it stood; only of one that warns and was for somebody."""
        event, operators = self._warned.get(seen.seq), _operators(seen.cohorts)
        if event is None or event.event != seen.event or not operators:
            return
        before = self._reached.get(seen.seq)
        for operator, heard in before.operators.items() if before else ():
            self._sums[operator] = self._sums[operator].less(heard)
        for operator, heard in operators.items():
            self._sums[operator] = self._sums.get(operator, Heard()).plus(heard)
        self._reached[seen.seq] = Reached(event, operators, seen.last_us, seen.closed)

    def spread(self, lines: Iterable[Line]) -> Spread | None:
        """What is known now, with those of `lines` that are known; None as long as nothing is."""
        if not self._reached:
            return None
        shown = {
            line.seq: self._reached[line.seq]
            for line in lines
            if isinstance(line, Played) and line.seq in self._reached
        }
        newest = next(reversed(self._reached.values()))
        return Spread(newest, len(self._reached), dict(sorted(self._sums.items())), shown)


def _operators(cohorts: Iterable[CohortReached]) -> Mapping[str, Heard]:
    """The share of each operator for whose subscribers a message was."""
    sums: dict[str, Heard] = {}
    for each in cohorts:
        sums[each.operator] = sums.get(each.operator, Heard()).plus(each.heard)
    return {operator: heard for operator, heard in sorted(sums.items()) if heard.meant}
