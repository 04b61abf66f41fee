"""What a phone knows of the exercises it hears: a fold of messages, without clock or socket.

Nothing is ever thought over because it grew silent: an alert is open until it is cleared, cancelled or withdrawn, its
exercise stops, or the connection breaks; and no way out but the story's own `cleared` is called an all-clear.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal, get_args

from alertsim.areas import ancestors
from alertsim.events import (
    AlertCancelled,
    AlertCleared,
    AlertEvent,
    AlertRaised,
    AlertUpdated,
    ClockTicked,
    ExerciseState,
    ExerciseStateChanged,
    IncidentReported,
    InjectSent,
    NewsPublished,
    Threat,
    is_open,
)
from alertsim.subscriber.reading import Reading, Received, Refused, Said, Withdrawn, read
from alertsim.wire import LAST_SEQ, STATE

MOST_TOLD = 50
"""How many news and injects of an exercise are kept."""

MOST_REFUSED = 100
"""How many topics with refused messages are kept in mind."""

Status = Literal["alert", "partly", "suspended", "aborted", "cancelled", "cleared", "quiet"]
"""How an area stands, the gravest first. `partly`: inside it; `aborted`: it was open when its exercise stopped."""

_OVER = {ExerciseState.ENDED, ExerciseState.TERMINATED}
_ALERTS = (AlertRaised, AlertUpdated, AlertCleared, AlertCancelled)


@dataclass(frozen=True)
class Row:
    """How one area stands in one exercise, by which areas' messages, and when the first of them was due."""

    exercise: str
    area: str
    status: Status
    because: tuple[str, ...] = ()
    threats: tuple[Threat, ...] = ()
    since_us: int | None = None

    @property
    def is_open(self) -> bool:
        """Whether people there are under (exercise) alert, all or some."""
        return self.status in {"alert", "partly"}


@dataclass(frozen=True)
class Exercise:
    """What one exercise has said: what stands by topic below its root, and what was told once.

    `doubted` are the topics heard before the connection broke and not since; `withdrawn` says that its state is.
    """

    standing: Mapping[str, Said] = field(default_factory=dict)
    told: tuple[Said, ...] = ()
    newest: Mapping[str, Said] = field(default_factory=dict)
    doubted: frozenset[str] = frozenset()
    withdrawn: bool = False

    @property
    def state(self) -> ExerciseState | None:
        """Its life cycle, as last heard; None when nothing was."""
        said = self.standing.get(STATE)
        heard = said.event.state if said and isinstance(said.event, ExerciseStateChanged) else None
        return ExerciseState.ENDED if self.withdrawn and heard not in _OVER else heard

    @property
    def clock(self) -> Said | None:
        """The last tick of its clock."""
        return next((said for said in self.standing.values() if isinstance(said.event, ClockTicked)), None)

    @property
    def incidents(self) -> tuple[Said, ...]:
        """The damage and casualty reports that stand."""
        return tuple(said for said in self.standing.values() if isinstance(said.event, IncidentReported))

    @property
    def alerts(self) -> tuple[tuple[AlertEvent, Said], ...]:
        """The last word on each area, open or not."""
        return tuple((said.event, said) for said in self.standing.values() if isinstance(said.event, _ALERTS))

    def after(self, said: Said) -> "Exercise":
        """What it has said with this too; nothing new where a newer message of that topic came before."""
        if self._is_outdated(said):
            return self
        newest = self.newest if said.envelope.seq == LAST_SEQ else {**self.newest, said.below: said}
        heard = replace(self, newest=newest, doubted=self.doubted - {said.below})
        if isinstance(said.event, NewsPublished | InjectSent):
            told = {(each.below, each.identity): each for each in (*self.told, said)}
            return replace(heard, told=tuple(sorted(told.values(), key=_by_age)[-MOST_TOLD:]))
        withdrawn = self.withdrawn and said.below != STATE
        return replace(heard, standing={**self.standing, said.below: said}, withdrawn=withdrawn)

    def without(self, below: str) -> "Exercise":
        """What is left when a topic is taken back. When it is the state, the exercise is over, and remembers that."""
        if below == STATE:
            return replace(self, newest={}, withdrawn=True)
        standing = {topic: said for topic, said in self.standing.items() if topic != below}
        newest = {topic: said for topic, said in self.newest.items() if topic != below}
        return replace(self, standing=standing, newest=newest, doubted=self.doubted - {below})

    def owes(self, said: Said) -> bool:
        """Whether a message is to be acknowledged: once, and neither a tick nor what a will says."""
        newest = self.newest.get(said.below)
        known = newest is not None and newest.identity == said.identity
        ticks = isinstance(said.event, ClockTicked)
        return not (known or ticks or said.envelope.seq == LAST_SEQ or self._is_outdated(said))

    def _is_outdated(self, said: Said) -> bool:
        """Whether something newer came on its topic. A will is no news: its publisher may come back."""
        newest = self.newest.get(said.below)
        return newest is not None and _order(said) < _order(newest) and said.age_from_us < newest.age_from_us
