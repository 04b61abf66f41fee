"""What a phone knows of the exercises it hears: a fold of messages, without clock or socket.

Nothing is thought over because it grew silent: an alert is open until it is cleared, cancelled or withdrawn, its
exercise stops, or the connection breaks; and no end but the story's own `cleared` is ever called an all-clear.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import assert_never

from alertsim.events import (
    AlertAnnounced,
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
)
from alertsim.subscriber.reading import Heard, Reading, Received, Refused, Withdrawn, read
from alertsim.wire import LAST_SEQ, STATE

MOST_TOLD = 50
"""How many news and injects of an exercise are kept."""

MOST_REFUSED = 100
"""How many topics with refused messages are kept in mind."""

OVER = frozenset({ExerciseState.ENDED, ExerciseState.TERMINATED})
"""The states no exercise comes back from, but for a publisher whose connection broke."""


@dataclass(frozen=True)
class Exercise:
    """What one exercise has said: what stands by topic below its root, what was told once, the newest by topic.

    `doubted` are the topics heard before the connection broke and not since; `withdrawn`: its state was taken back.
    """

    standing: Mapping[str, Heard] = field(default_factory=dict)
    told: tuple[Heard, ...] = ()
    newest: Mapping[str, Heard] = field(default_factory=dict)
    doubted: frozenset[str] = frozenset()
    withdrawn: bool = False

    @property
    def state(self) -> ExerciseState | None:
        """Its life cycle as last heard; None when nothing was."""
        last = self.standing.get(STATE)
        state = last.event.state if last and isinstance(last.event, ExerciseStateChanged) else None
        return ExerciseState.ENDED if self.withdrawn and state not in OVER else state

    @property
    def alerts(self) -> tuple[tuple[AlertEvent, Heard], ...]:
        """The last word on each area, open or not."""
        kinds = AlertAnnounced | AlertRaised | AlertUpdated | AlertCleared | AlertCancelled
        return tuple((heard.event, heard) for heard in self.standing.values() if isinstance(heard.event, kinds))

    @property
    def clock(self) -> Heard | None:
        """The last tick of its clock."""
        return next((heard for heard in self.standing.values() if isinstance(heard.event, ClockTicked)), None)

    @property
    def messages(self) -> tuple[Heard, ...]:
        """The reports that stand, the news and the injects, the latest first."""
        reports = [heard for heard in self.standing.values() if isinstance(heard.event, IncidentReported)]
        return tuple(sorted((*reports, *self.told), key=_order, reverse=True))

    def knows(self, heard: Heard) -> bool:
        """Whether a message is a duplicate, or older than what came on its topic already."""
        kept = self.newest.get(heard.below), self.standing.get(heard.below)
        return heard.identity in {each.identity for each in kept if each} or self._is_outdated(heard)

    def after(self, heard: Heard) -> "Exercise":
        """What it has said with this too. A will is not the newest word: its publisher may come back."""
        if self._is_outdated(heard):
            return self
        newest = self.newest if heard.envelope.seq == LAST_SEQ else {**self.newest, heard.below: heard}
        after = replace(self, newest=newest, doubted=self.doubted - {heard.below})
        if isinstance(heard.event, NewsPublished | InjectSent):
            told = {(each.below, each.identity): each for each in (*self.told, heard)}
            return replace(after, told=tuple(sorted(told.values(), key=_order)[-MOST_TOLD:]))
        withdrawn = self.withdrawn and heard.below != STATE
        return replace(after, standing={**self.standing, heard.below: heard}, withdrawn=withdrawn)

    def without(self, below: str) -> "Exercise":
        """What is left when a topic is taken back. When it is the state, the exercise is over, and that is kept."""
        if below == STATE:
            return replace(self, newest={}, withdrawn=True)
        standing = {topic: kept for topic, kept in self.standing.items() if topic != below}
        newest = {topic: kept for topic, kept in self.newest.items() if topic != below}
        return replace(self, standing=standing, newest=newest, doubted=self.doubted - {below})

    def _is_outdated(self, heard: Heard) -> bool:
        """Whether both its number and its time are before those of the newest on its topic."""
        newest = self.newest.get(heard.below)
        return newest is not None and heard.envelope.seq < newest.envelope.seq and heard.due_us < newest.due_us


@dataclass(frozen=True)
class Phone:
    """What a phone knows: of each exercise by its id, of topics with messages it refused, of its connection.

    `latest` is what the last message was; `fresh` says that it was no duplicate. Two phones that differ in nothing else
    know the same.
    """

    exercises: Mapping[str, Exercise] = field(default_factory=dict)
    refused: Mapping[str, Refused] = field(default_factory=dict)
    connected: bool = False
    reason: str = ""
    latest: Reading | None = field(default=None, compare=False)
    fresh: bool = field(default=False, compare=False)

    @property
    def owed(self) -> Heard | None:
        """The last message, if it is to be acknowledged: once, and neither a tick nor the word of a will."""
        heard = self.latest
        if not self.fresh or not isinstance(heard, Heard) or isinstance(heard.event, ClockTicked):
            return None
        return None if heard.envelope.seq == LAST_SEQ else heard

    def after(self, received: Received) -> "Phone":
        """What it knows with this message too. Never raises, whatever the bytes."""
        reading = read(received)
        match reading:
            case Refused():
                return self._refusing(reading)
            case Withdrawn(exercise=name, below=below):
                exercises = {**self.exercises}
                if name in exercises:
                    exercises[name] = exercises[name].without(below)
                return replace(self, exercises=exercises, latest=reading, fresh=exercises != self.exercises)
            case Heard(exercise=name):
                before = self.exercises.get(name, Exercise())
                exercises = {**self.exercises, name: before.after(reading)}
                refused = {topic: why for topic, why in self.refused.items() if topic != received.topic}
                fresh = not before.knows(reading)
                return replace(self, exercises=exercises, refused=refused, latest=reading, fresh=fresh)
            case _:
                assert_never(reading)

    def joined(self) -> "Phone":
        """The broker has us. What was heard before stays in doubt until it is said again."""
        return replace(self, connected=True, reason="", latest=None, fresh=False)

    def lost(self, reason: str) -> "Phone":
        """The connection broke, which is how an exercise on a broker of its own is aborted: all is in doubt."""
        doubted = {name: replace(each, doubted=frozenset(each.standing)) for name, each in self.exercises.items()}
        return replace(self, exercises=doubted, connected=False, reason=reason, latest=None, fresh=False)

    def _refusing(self, refused: Refused) -> "Phone":
        """The topic is remembered while there is room."""
        room = len(self.refused) < MOST_REFUSED
        kept = {**self.refused, refused.topic: refused} if room else self.refused
        return replace(self, refused=kept, latest=refused, fresh=refused.topic not in self.refused)


def _order(heard: Heard) -> tuple[int, str, int, str]:
    """By when they were due; a total order, so that it does not matter how topics interleave."""
    return heard.due_us, heard.below, heard.envelope.seq, heard.envelope.event
