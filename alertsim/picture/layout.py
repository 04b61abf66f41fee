"""Where things of a row stand on a grid of columns, and which labels fit between them: the same for every renderer."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from alertsim.cells import cells
from alertsim.picture.axis import Axis
from alertsim.picture.cells import fit
from alertsim.picture.model import Bar, BarKind, Mark, Row, Sign

HIDDEN = frozenset({Sign.RAISED, Sign.CLEARED, Sign.ANNOUNCED, Sign.BROKER})
"""Marks that the ends of a bar show already."""

_LEAST_CUT = 12
"""A text that has fewer cells than this is left out rather than cut."""

_NEAR = 3
"""A label of so few cells stands right beside its mark."""

_APART = 6
"""A label left of its mark keeps so far from what stands before it, or one would take it for that one's."""

_STRENGTH = [Sign.CHANGED, Sign.DETECTED, Sign.LAUNCHED, Sign.INTERCEPTED, Sign.IMPACTED]
"""Of several marks in one column the last of these is shown."""


class Cluster(NamedTuple):
    """Marks of a row that share a column; `sign` is the one to show."""

    column: int
    marks: tuple[Mark, ...]

    @property
    def sign(self) -> Sign:
        """The weightiest; among equals the latest."""
        return max(
            reversed(self.marks), key=lambda mark: _STRENGTH.index(mark.sign) if mark.sign in _STRENGTH else 0
        ).sign

    @property
    def shown(self) -> bool:
        """Whether the sign is drawn in a terminal: the end of a bar says it already."""
        return self.sign not in HIDDEN


class Label(NamedTuple):
    """A text that fits, and the column it begins in; `inside` a bar of that kind, or None beside things."""

    column: int
    text: str
    inside: BarKind | None


def column(place: float, columns: int) -> int:
    """The column of a place on the axis."""
    return min(int(place * columns), columns - 1)


def halves(bar: Bar, axis: Axis, columns: int) -> tuple[int, int]:
    """The half columns a bar covers, from the first to past the last; at least one, of a salvo also its last mark's."""
    first = min(int(axis.place(bar.start) * columns * 2), columns * 2 - 1)
    last = axis.place(bar.until) * columns * 2
    return first, max(first + 1, min(int(last) + 1, columns * 2) if bar.kind is BarKind.SALVO else round(last))


def clusters(marks: Iterable[Mark], axis: Axis, columns: int) -> list[Cluster]:
    """Marks by the column they fall into, from left to right."""
    found: dict[int, list[Mark]] = {}
    for mark in marks:
        found.setdefault(column(axis.place(mark.at), columns), []).append(mark)
    return [Cluster(at, tuple(found[at])) for at in sorted(found)]


def labels(row: Row, axis: Axis, columns: int) -> list[Label]:
    """The longest labels that fit: inside a bar where nothing else is, else right of what they name.

    A bar that is alone may have its label on its left. Of several bars in a row only the inside is written on: beside
    them nobody could tell whose label it is.
    """
    grid = _Grid(columns)
    shown = [cluster for cluster in clusters(row.marks, axis, columns) if cluster.shown]
    for cluster in shown:
        grid.take(cluster.column, cluster.column + 1)
    late = [bar for bar in row.bars if bar.kind is BarKind.UNWARNED]
    bars = [(bar, *_whole(halves(bar, axis, columns))) for bar in row.bars]
    written = [
        label for bar, first, end in bars if bar.kind is not BarKind.SALVO and (label := grid.within(bar, first, end))
    ]
    done = {label.column: label for label in written}
    for _, first, end in bars:
        grid.take(first, end)
    alone = len(row.bars) - len(late) == 1
    beside: list[tuple[int, int, Sequence[str], str]] = [
        (first, end, bar.labels, "")
        for bar, first, end in bars
        if (alone or bar in late) and not any(first <= at < end for at in done)
    ]
    beside += [(at, at + 1, marks[-1].labels, marks[-1].text) for at, marks in shown]
    for first, end, choices, text in sorted(beside):
        if label := grid.beside(first, end, choices, text):
            written.append(label)
    if row.caption and (label := grid.beside(0, 0, (row.caption,), "")):
        written.append(label)
    return written


def _whole(half: tuple[int, int]) -> tuple[int, int]:
    return half[0] // 2, (half[1] + 1) // 2


class _Grid:
    """Which columns of a row are taken."""

    def __init__(self, columns: int) -> None:
        self._free = [True] * columns

    def take(self, first: int, end: int) -> None:
        """From now on these columns are taken."""
        self._free[first:end] = [False] * (min(end, len(self._free)) - first)

    def within(self, bar: Bar, first: int, end: int) -> Label | None:
        """The longest label inside the columns of a bar, if nothing is drawn on it there."""
        for text in bar.labels:
            if cells(text) + 2 <= end - first and all(self._free[first:end]):
                return Label(first + 1, text, bar.kind)
        return None

    def beside(self, first: int, end: int, choices: Sequence[str], text: str) -> Label | None:
        """The longest label in the free columns after the thing, or before it; a long text is cut to what is free."""
        after = self._run(end, 1)
        before = self._run(first - 1, -1)
        room = after - 1 if end + after == len(self._free) else after - 2
        for choice in choices:
            if cells(choice) <= room:
                return self._write(end + 1, choice)
            if cells(choice) <= min(_NEAR, after):
                return self._write(end, choice)
            if cells(choice) + 2 <= before and end - first > 1:
                return self._write(first - 1 - cells(choice), choice)
        if text and room >= min(_LEAST_CUT, cells(text)):
            return self._write(end + 1, fit(text, room))
        if choices and cells(choices[-1]) + _APART <= before:
            return self._write(first - 1 - cells(choices[-1]), choices[-1])
        return None

    def _run(self, at: int, step: int) -> int:
        """How many columns are free from here on."""
        count = 0
        while 0 <= at < len(self._free) and self._free[at]:
            at, count = at + step, count + 1
        return count

    def _write(self, at: int, text: str) -> Label:
        self.take(at, at + cells(text))
        return Label(at, text, None)
