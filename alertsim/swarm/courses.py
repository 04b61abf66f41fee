"""The course of things for each operator's subscribers: how many come and go, the densest second, and the storms."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from alertsim.swarm.cohort import Cohort
from alertsim.swarm.series import Series
from alertsim.swarm.storms import Storm, find_storms

_SECOND_US = 1_000_000


class Stand(NamedTuple):
    """How many of each cohort are connected, are without coverage, are not to be connected, have come, were lost.

    `returns`: of those that came, who had been there before.
    """

    here: Sequence[int]
    cut: Sequence[int]
    gone: Sequence[int]
    connects: Sequence[int]
    lost: Sequence[int]
    returns: Sequence[int]


class Figures(NamedTuple):
    """The same of one operator; `away`: not to be connected, though there is coverage."""

    connected: int = 0
    cut: int = 0
    away: int = 0
    connects: int = 0
    lost: int = 0


_NONE = Figures()


@dataclass
class _Course:
    """One operator's."""

    cohorts: list[int] = field(default_factory=list)
    series: Series = field(default_factory=Series)
    second: deque[tuple[int, int]] = field(default_factory=deque)
    densest: int = 0
    figures: Figures = _NONE

    def note(self, at_us: int, stand: Stand) -> None:
        """A row, and the returns of the second up to now."""
        connected, cut, gone, connects, lost, returns = (sum(column[n] for n in self.cohorts) for column in stand)
        self.figures = Figures(connected, cut, gone - cut, connects, lost)
        self.series.note(at_us, connected=connected, cut=cut, connects=connects, lost=lost, deliveries=0)
        self.second.append((at_us, returns))
        while len(self.second) > 1 and self.second[1][0] <= at_us - _SECOND_US:
            self.second.popleft()
        self.densest = max(self.densest, returns - self.second[0][1])


class Courses:
    """Those of the operators of `cohorts`; `note` how it stands a few times a second."""

    def __init__(self, cohorts: Sequence[Cohort]) -> None:
        self._courses: dict[str, _Course] = {}
        for number, cohort in enumerate(cohorts):
            self._courses.setdefault(cohort.operator, _Course()).cohorts.append(number)

    def note(self, at_us: int, stand: Stand) -> None:
        """How it stands at a Unix time in µs."""
        for course in self._courses.values():
            course.note(at_us, stand)

    def news(self, operator: str) -> tuple[Figures, int]:
        """How an operator stood when last noted, and the most returns within a second since this was last asked."""
        course = self._courses[operator]
        densest, course.densest = course.densest, 0
        return course.figures, densest

    def storms(self) -> Iterator[tuple[str, Storm]]:
        """Whose connections were lost many at once and dialled anew, operator by operator."""
        for operator, course in self._courses.items():
            for found in find_storms(course.series.as_json()):
                if isinstance(found, Storm):
                    yield operator, found
