"""One row of the picture as a strip of terminal cells: bars first, then marks, then what is written beside them."""

from collections.abc import Iterable
from itertools import groupby
from typing import NamedTuple

from alertsim.picture import tones, words
from alertsim.picture.axis import Axis
from alertsim.picture.cells import split
from alertsim.picture.layout import clusters, column, halves, labels
from alertsim.picture.model import BarKind, Curve, Row
from alertsim.picture.tones import Tone

_BLOCKS = "▁▂▃▄▅▆▇█"
_LINES = "⎽⎼─⎻⎺"
_PAINTED = [
    BarKind.SALVO, BarKind.STANDING, BarKind.PRE_ALERT, BarKind.ROAMING, BarKind.SILENT, BarKind.FAULT,
    BarKind.UNWARNED, BarKind.ALERT,
]  # fmt: skip
"""Bars in the order they are painted: an alert is never hidden."""


class Span(NamedTuple):
    """A text of one tone."""

    text: str
    tone: Tone = ""


Line = tuple[Span, ...]


class Strip:
    """Cells to be painted on; each holds a text of one cell and its tone."""

    def __init__(self, columns: int) -> None:
        self._cells: list[Span] = [Span(" ")] * columns

    def paint(self, at: int, text: str, tone: Tone) -> None:
        """Write a text from a cell on; it must fit."""
        for n, cell in enumerate(split(text), at):
            self._cells[n] = Span(cell, tone)

    @property
    def line(self) -> Line:
        """The strip as spans, without the blanks at its end."""
        spans = [
            Span("".join(cell.text for cell in cells), tone)
            for tone, cells in groupby(self._cells, key=lambda cell: cell.tone)
        ]
        if spans and not spans[-1].tone:
            spans[-1] = Span(spans[-1].text.rstrip())
        return tuple(span for span in spans if span.text)


def ruled(axis: Axis, columns: int) -> Strip:
    """An empty strip with a rule where a stretch ends: a double one where time is left out."""
    strip = Strip(columns)
    for one, other in zip(axis.stretches, axis.stretches[1:], strict=False):
        strip.paint(column(other.left, columns), "┊" if one.until == other.start else "║", "faint")
    return strip


def strip(row: Row, axis: Axis, columns: int) -> Line:
    """A row without its name."""
    painted = ruled(axis, columns)
    for kind in _PAINTED:
        _bars(painted, kind, [halves(bar, axis, columns) for bar in row.bars if bar.kind is kind])
    if row.curve:
        _curve(painted, row.curve, axis, columns)
    for cluster in clusters(row.marks, axis, columns):
        if cluster.shown:
            painted.paint(cluster.column, words.SIGNS[cluster.sign][0], tones.SIGNS[cluster.sign])
    for label in labels(row, axis, columns):
        painted.paint(
            label.column,
            label.text,
            "alert-text" if label.inside is BarKind.ALERT else "strong" if label.inside else "",
        )
    return painted.line


def _bars(painted: Strip, kind: BarKind, spans: Iterable[tuple[int, int]]) -> None:
    """All bars of one kind; alerts to half a cell."""
    covered = {half for first, end in spans for half in range(first, end)}
    for at in {half // 2 for half in covered}:
        left, right = 2 * at in covered, 2 * at + 1 in covered
        glyph = words.BARS[kind][0]
        if kind is BarKind.ALERT and not (left and right):
            glyph = "▌" if left else "▐"
        painted.paint(at, glyph, tones.BARS[kind])


def _curve(painted: Strip, curve: Curve, axis: Axis, columns: int) -> None:
    """Each cell shows the least of the values that fall into it; the lowest block is nothing at all."""
    least = [1.0] * columns
    known = [False] * columns
    ends = [at for at, _ in curve.points[1:]] + [axis.until]
    for (start, value), until in zip(curve.points, ends, strict=True):
        for at in range(column(axis.place(start), columns), column(axis.place(until), columns) + 1):
            least[at] = min(least[at], value) if known[at] else value
            known[at] = True
    glyph = line if curve.thin else block
    for at, value in enumerate(least):
        painted.paint(at, glyph(value), "down" if value == 0 else "network")


def block(share: float) -> str:
    """▁ for nothing, █ for all, six between."""
    return _BLOCKS[0 if share <= 0 else 7 if share >= 1 else min(6, max(1, round(share * 8) - 1))]


def line(share: float) -> str:
    """A line as high as the share: ⎽ for nothing, ⎺ for all, three between."""
    return _LINES[0 if share <= 0 else 4 if share >= 1 else min(3, max(1, round(share * 4)))]
