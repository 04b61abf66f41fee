"""How far the alerts of an exercise have spread among the subscribers of its swarm, as far as it is known by now."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from typing import NamedTuple, Self

from alertsim.events import AlertAnnounced, AlertCleared, AlertRaised, AlertUpdated, Event
from alertsim.observations import AlertReached, CohortReached, Line, Played

Warned = AlertAnnounced | AlertRaised | AlertUpdated | AlertCleared
"""What people are warned by."""


class Heard(NamedTuple):
    """Counts of one subscriber and one message each.

    `meant`: should have heard; of them `heard`, and of these `late`, after more than a second; `caught_up`: did not,
    but got the broker's copy later.
    """

    meant: int = 0
    heard: int = 0
    late: int = 0
    caught_up: int = 0

    @property
    def unheard(self) -> int:
        """Neither the message nor a copy has come, by now."""
        return self.meant - self.heard - self.caught_up

    def plus(self, other: Self) -> "Heard":
        """Both together."""
        return Heard(*map(int.__add__, self, other))

    def less(self, other: Self) -> "Heard":
        """This without the other, which is part of it."""
        return Heard(*map(int.__sub__, self, other))


class Reached(NamedTuple):
    """How one message stands: the shares of the operators by their id, and µs from due to the last who heard it."""

    event: Warned
    operators: Mapping[str, Heard]
    last_us: int | None
    closed: bool

    @property
    def whole(self) -> Heard:
        """All operators together."""
        return total(self.operators.values())


@dataclass(frozen=True)
class Spread:
    """How the newest message that warned stands, how all of them do, and each one of the last lines by its `seq`.

    `alerts` is the number of those that were for anybody.
    """

    newest: Reached
    alerts: int
    operators: Mapping[str, Heard]
    shown: Mapping[int, Reached] = field(default_factory=dict)


class Spreading:
    """Lines in, a spread out; a step does not grow with what came before."""

    def __init__(self) -> None:
        self._warned: dict[int, Warned] = {}
        self._reached: dict[int, Reached] = {}
        self._sums: dict[str, Heard] = {}

    def played(self, seq: int, event: Event) -> None:
        """An event was sent with this number; an alert that stood long before warns nobody."""
        match event:
            case AlertRaised(standing=True):
                pass
            case AlertAnnounced() | AlertRaised() | AlertUpdated() | AlertCleared():
                self._warned[seq] = event
            case _:
                pass

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


def total(shares: Iterable[Heard]) -> Heard:
    """All shares together."""
    return reduce(Heard.plus, shares, Heard())


def _operators(cohorts: Iterable[CohortReached]) -> Mapping[str, Heard]:
    """The share of each operator for whose subscribers a message was."""
    sums: dict[str, tuple[int, int, int, int]] = {}
    for each in cohorts:
        meant, heard, late, caught_up = sums.get(each.operator, (0, 0, 0, 0))
        came, away = each.delivered, each.missing + each.unreachable
        late, caught_up = late + min(each.late, came), caught_up + min(each.caught_up, away)
        sums[each.operator] = meant + came + away, heard + came, late, caught_up
    return {operator: Heard(*counts) for operator, counts in sorted(sums.items()) if counts[0]}
