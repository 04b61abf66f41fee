"""The picture for a terminal: lines of spans, each a text and what it stands for; no line is wider than asked."""

from collections.abc import Iterator

from alertsim.cells import cells
from alertsim.picture import legend, tones, words
from alertsim.picture.axis import days, ticks
from alertsim.picture.cells import fit
from alertsim.picture.layout import column
from alertsim.picture.model import Picture, Row
from alertsim.picture.strip import Line, Span, Strip, ruled, strip
from alertsim.picture.tones import Tone
from alertsim.times import time_of_day
from alertsim.wire.headlines import BANNER

_BAND_TONES: tuple[Tone, ...] = ("chapter", "faint", "faint")
_BANDS = len(_BAND_TONES)
"""Lines of the axis that tell of chapters."""

_REPEAT_AXIS = 30
"""From this many rows on the axis stands below them, too."""


def drawn(picture: Picture, wide: int) -> Iterator[Line]:
    """The lines of the picture, none wider than `wide` cells (60 at least)."""
    names = _names(picture, wide)
    columns = wide - names - 1
    yield from _heading(picture, wide, columns)
    yield ()
    axis = [_beside("", line, names) for line in _axis(picture, columns)]
    yield from axis
    count = 0
    for section in picture.sections:
        yield _beside("", ruled(picture.axis, columns).line, names)
        if section.rows[0].label:
            yield _beside(section.title, ruled(picture.axis, columns).line, names, "strong")
        for row in section.rows:
            yield _row(row, section.title, picture, names, columns)
            count += 1
    if not picture.sections:
        yield _beside("", (Span(fit(getattr(words.NOTHING, picture.language), columns), "faint"),), names)
    if count > _REPEAT_AXIS:
        yield from axis[_BANDS:]
    yield ()
    yield from _wording(picture, wide)
    yield from _foot(picture, wide, columns)


def _names(picture: Picture, wide: int) -> int:
    """Cells for the names of rows: what they need, a third of the width at most."""
    rows = [row for section in picture.sections for row in section.rows]
    needed = max((cells(row.label) + 2 * row.depth + cells(row.note) + 1 for row in rows), default=0)
    return max(14, min(needed, wide * 3 // 10))


def _beside(name: str, line: Line, names: int, tone: Tone = "") -> Line:
    text = fit(name, names)
    return (Span(text + " " * (names - cells(text) + 1), tone), *line) if line else (Span(text, tone),)


def _row(row: Row, title: str, picture: Picture, names: int, columns: int) -> Line:
    indent, note = "  " * row.depth, fit(row.note, names // 2)
    name = fit(indent + (row.label or title), names - cells(note) - bool(note))
    gap = " " * (names - cells(name) - cells(note))
    tone: Tone = "" if row.label else "strong"
    return (Span(name, tone), Span(f"{gap}{note} ", "faint"), *strip(row, picture.axis, columns))


def _heading(picture: Picture, wide: int, columns: int) -> Iterator[Line]:
    yield _banner(wide)
    yield (Span(fit(picture.title, wide), "strong"),)
    yield (Span(fit(legend.subtitle(picture), wide), "faint"),)
    yield (Span(fit(f"{legend.scale(picture)}; {legend.column(picture, columns)}", wide), "faint"),)


def _axis(picture: Picture, columns: int) -> Iterator[Line]:
    """Chapters with pace and beginning, the axis, its ticks, the dates."""
    axis, offset = picture.axis, picture.offset
    yield from _chapters(picture, columns)
    line, below, dated = Strip(columns), Strip(columns), Strip(columns)
    line.paint(0, "─" * columns, "faint")
    for stretch in axis.stretches:
        line.paint(column(stretch.left, columns), "┼", "faint")
    for tick in ticks(axis, offset, columns):
        line.paint(column(tick.place, columns), "┬", "faint")
        below.paint(column(tick.place, columns), tick.label, "")
    for day in days(axis, offset, columns):
        dated.paint(column(day.place, columns), day.label, "faint")
    yield from (line.line, below.line, dated.line)


def _chapters(picture: Picture, columns: int) -> Iterator[Line]:
    """What each chapter is called, its pace, its beginning: a line each, as much as fits."""
    stretches = picture.axis.stretches
    edges = [column(stretch.left, columns) for stretch in stretches] + [columns]
    bands = [Strip(columns) for _ in range(_BANDS)]
    for stretch, first, end in zip(stretches, edges, edges[1:], strict=False):
        told = legend.chapter(stretch, end - first - 1, picture)
        for band, text, tone in zip(bands, told, _BAND_TONES, strict=True):
            band.paint(first, f"│{text}", tone)
    yield from (band.line for band in bands)


def _wording(picture: Picture, wide: int) -> Iterator[Line]:
    """What was said, in words, in order of time."""
    told, more = legend.spoken(picture)
    if not told:
        return
    yield (Span(getattr(words.WORDING, picture.language), "strong"),)
    for mark, day, text in told:
        if day:
            yield (Span(day, "faint"),)
        sign = Span(f"{words.SIGNS[mark.sign][0]} ", tones.SIGNS[mark.sign])
        yield (Span(f"{time_of_day(mark.at, picture.offset)} "), sign, Span(fit(text, wide - 11)))
    if more:
        yield (Span(f"… {getattr(words.MORE, picture.language)} {more}", "faint"),)
    yield ()


def _foot(picture: Picture, wide: int, columns: int) -> Iterator[Line]:
    """What the signs mean, and what is not in the picture."""
    yield from _key(picture, wide, columns)
    if picture.outside.total:
        yield (Span(fit(words.not_shown(picture.outside, picture.language), wide), "faint"),)
    yield _banner(wide)


def _banner(wide: int) -> Line:
    return (Span((f" {BANNER}  ·" * (wide // cells(BANNER) + 1))[:wide], "banner"),)


def _key(picture: Picture, wide: int, columns: int) -> Iterator[Line]:
    line: list[Span] = []
    taken = 0
    for _, glyph, name, tone in legend.key(picture, columns):
        room = 2 + cells(name)
        if line and taken + 3 + room > wide:
            yield tuple(line)
            line, taken = [], 0
        gap = "   " if line else ""
        line += [Span(gap), Span(glyph, tone), Span(f" {name}")]
        taken += len(gap) + room
    if line:
        yield tuple(line)
