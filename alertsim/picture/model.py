"""The picture itself: rows of bars, marks and curves in scenario time. Renderers read it and nothing else."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Literal

from alertsim.events import Event
from alertsim.picture.axis import Axis
from alertsim.times import Millis

Language = Literal["uk", "en"]


class Sign(StrEnum):
    """What a mark stands for: one planned event."""

    LAUNCHED = "launched"
    DETECTED = "detected"
    INTERCEPTED = "intercepted"
    IMPACTED = "impacted"
    ANNOUNCED = "announced"
    RAISED = "raised"
    UPDATED = "updated"
    CLEARED = "cleared"
    REPORTED = "reported"
    INJECTED = "injected"
    NEWS = "news"
    CHANGED = "changed"
    BROKER = "broker"


class BarKind(StrEnum):
    """What stands from the beginning of a bar to its end. Only `alert` is counted as one."""

    ALERT = "alert"
    PRE_ALERT = "pre-alert"
    STANDING = "standing"
    UNWARNED = "unwarned"
    """From the first explosion to the siren that came after it."""
    SALVO = "salvo"
    """From the first arrival of a strike to its last."""
    ROAMING = "roaming"
    """Other networks do not let the users of an operator in."""
    SILENT = "silent"
    """Sirens of an oblast that cannot be sounded."""
    FAULT = "fault"
    """The broker is made to fail."""


@dataclass(frozen=True)
class Mark:
    """One event. `labels` are what may stand beside it, the longest first; `text` may be cut to the room there is."""

    event: Event
    sign: Sign
    labels: tuple[str, ...] = ()
    text: str = ""

    @property
    def at(self) -> Millis:
        """When it happens."""
        return self.event.at


@dataclass(frozen=True)
class Bar:
    """What stands for a while. `labels` may stand in it or beside it, the longest first; `title` says it in full."""

    kind: BarKind
    start: Millis
    until: Millis
    labels: tuple[str, ...] = ()
    title: str = ""


@dataclass(frozen=True)
class Curve:
    """A share over time: `points` are (from when, how much, 0…1), the first where the axis begins.

    A thin one tells of a part of what the curve above it tells.
    """

    points: tuple[tuple[Millis, float], ...]
    thin: bool = False


@dataclass(frozen=True)
class Row:
    """One line of the picture: its name, how deep it is indented, a short note beside the name, and what is on it.

    A row without a name takes that of its section. `caption` is said on it in words, where there is room.
    """

    label: str
    note: str = ""
    caption: str = ""
    depth: int = 0
    bars: tuple[Bar, ...] = ()
    marks: tuple[Mark, ...] = ()
    curve: Curve | None = None


@dataclass(frozen=True)
class Section:
    """Rows of one sort."""

    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Outside:
    """How many planned events are not in the picture: before it, between its stretches, after it."""

    before: int
    between: int
    after: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.before + self.between + self.after


@dataclass(frozen=True)
class Picture:
    """All there is to see of one scenario under one seed, in one language; times are shown at `offset` minutes."""

    scenario: str
    seed: int
    title: str
    language: Language
    offset: int
    axis: Axis
    sections: tuple[Section, ...]
    outside: Outside

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """The rows of all sections."""
        return tuple(row for section in self.sections for row in section.rows)

    @cached_property
    def marks(self) -> tuple[Mark, ...]:
        """Every mark of every row."""
        return tuple(mark for row in self.rows for mark in row.marks)
