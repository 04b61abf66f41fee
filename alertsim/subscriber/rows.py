"""How areas stand: each under alert by its own message or that of one around it, and partly by those inside it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from alertsim.areas import ancestors
from alertsim.events import (
    AlertAnnounced,
    AlertCleared,
    AlertEvent,
    AlertRaised,
    AlertUpdated,
    ExerciseState,
    Threat,
    is_open,
)
from alertsim.subscriber.phone import OVER, Exercise, Phone

Status = Literal["alert", "partly", "announced", "suspended", "aborted", "cancelled", "cleared", "quiet"]
"""How an area stands, the gravest first. `partly`: something inside is under alert; `announced`: an alert may follow;
`suspended`, `aborted`: one of these stood when its exercise was stopped for a real one, ended, or was cut off."""

_WARNED: frozenset[Status] = frozenset({"alert", "partly", "announced"})

_STOPPED: Mapping[ExerciseState, Status] = {
    ExerciseState.SUSPENDED: "suspended",
    ExerciseState.ENDED: "aborted",
    ExerciseState.TERMINATED: "aborted",
}


@dataclass(frozen=True)
class Row:
    """How one area stands in one exercise; by the messages of which areas, the first of them due at `since_us`."""

    exercise: str
    area: str
    status: Status
    because: tuple[str, ...] = ()
    threats: tuple[Threat, ...] = ()
    since_us: int = 0

    @property
    def is_open(self) -> bool:
        """Whether it is shown as under (exercise) alert, all or in part, or warned that one may follow."""
        return self.status in _WARNED


@dataclass(frozen=True)
class _Word:
    """The last word on an area: the event, when it was due, whether the connection broke since."""

    event: AlertEvent
    due_us: int
    doubted: bool


def rows(phone: Phone, watched: Sequence[str] = ()) -> tuple[Row, ...]:
    """How the watched areas (ids), or all that were spoken of, stand in each exercise heard; the gravest first."""
    found = [row for name in sorted(phone.exercises) for row in _rows(name, phone.exercises[name], watched)]
    return tuple(sorted(found, key=_gravity))


def _gravity(row: Row) -> tuple[int, int, str, str]:
    return get_args(Status).index(row.status), -row.since_us, row.exercise, row.area


def _rows(name: str, exercise: Exercise, watched: Sequence[str]) -> list[Row]:
    words = [_Word(event, heard.due_us, heard.below in exercise.doubted) for event, heard in exercise.alerts]
    own = {word.event.area: word for word in words}
    inside: defaultdict[str, list[_Word]] = defaultdict(list)
    for word in words:
        for outer in ancestors(word.event.area):
            inside[outer].append(word)
    stopped = _STOPPED.get(exercise.state) if exercise.state else None
    found = []
    for area in watched or own:
        around = [own[place] for place in (area, *ancestors(area)) if place in own]
        status, by = _standing(around, inside[area])
        if stopped and status in _WARNED:
            status = stopped
        if status != "quiet" or exercise.state not in OVER:
            found.append(_row(name, area, status, by))
    return found


def _standing(around: list[_Word], inside: list[_Word]) -> tuple[Status, list[_Word]]:
    """The gravest that the words on an area, those around it and those inside it say, and which of them say so."""
    here, within = ([word for word in words if is_open(word.event)] for words in (around, inside))
    announced = [word for word in around if isinstance(word.event, AlertAnnounced)]
    sayings: tuple[tuple[Status, list[_Word]], ...] = ("alert", here), ("partly", within), ("announced", announced)
    for status, words in sayings:
        if by := [word for word in words if not word.doubted]:
            return status, by
    if here or within or announced:
        return "aborted", here or within or announced
    ended = [word for word in (*around, *inside) if not isinstance(word.event, AlertAnnounced)]
    if not ended:
        return "quiet", []
    last = max(ended, key=lambda word: word.due_us)
    return ("cleared" if isinstance(last.event, AlertCleared) else "cancelled"), [last]


def _row(name: str, area: str, status: Status, by: list[_Word]) -> Row:
    telling = AlertAnnounced | AlertRaised | AlertUpdated
    warned = {threat for word in by if isinstance(word.event, telling) for threat in word.event.threats}
    return Row(
        exercise=name,
        area=area,
        status=status,
        because=tuple(sorted(word.event.area for word in by)),
        threats=tuple(threat for threat in Threat if threat in warned),
        since_us=min((word.due_us for word in by), default=0),
    )
