"""A part of the screen under a title, in several versions: the richest that fits is shown."""

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import NamedTuple

from alertsim.cells import cells, cut
from alertsim.live import words
from alertsim.live.cells import Row, Span, filled
from alertsim.live.words import Language, say


class Version(NamedTuple):
    """How many rows there are, and the rows: made only when they are shown, for there may be thousands."""

    length: int
    rows: Iterable[Row]


def version(rows: Sequence[Row]) -> Version:
    """Rows that are made already."""
    return Version(len(rows), rows)


class Panel(NamedTuple):
    """A title with what is said at its right, and the same content in versions, the longest first.

    The last version has one row a thing, so that what does not fit can be counted.
    """

    title: str
    note: str
    versions: tuple[Version, ...]

    @property
    def wanted(self) -> int:
        """How many rows it would take below its title."""
        return self.versions[0].length


def shown(panel: Panel, width: int, room: int, lang: Language) -> list[Row]:
    """A title and at most `room` rows of exactly `width` cells."""
    fitting = [version for version in panel.versions if version.length <= room]
    body = fitting[0].rows if fitting else _cut(panel.versions[-1], room, lang)
    return [_title(panel, width), *(filled(row, width) for row in body)]


def stacked(panels: Sequence[Panel], width: int, height: int, lang: Language) -> list[Row]:
    """The panels below each other in exactly `height` rows: each its share, and a row of air where there is more."""
    fitting = panels[:height]
    rooms = shares([panel.wanted for panel in fitting], height - len(fitting))
    spare = height - len(fitting) - sum(rooms) >= len(fitting)
    rows = [
        row
        for panel, room in zip(fitting, rooms, strict=True)
        for row in [*shown(panel, width, room, lang), *[filled((), width)] * spare]
    ]
    return [*rows, *[filled((), width)] * (height - len(rows))]


def shares(wanted: Sequence[int], total: int) -> list[int]:
    """Rows for each: row by row in turn, until all have what they want or nothing is left."""
    given = [0] * len(wanted)
    while total > 0 and given != list(wanted):
        for at, most in enumerate(wanted):
            if given[at] < most and total > 0:
                given[at] += 1
                total -= 1
    return given


def _title(panel: Panel, width: int) -> Row:
    """The title, a rule, and the note at the right; a long title ends in an ellipsis, not in the rule."""
    note = f" {panel.note}" if panel.note else ""
    title = cut(panel.title, max(0, width - cells(note) - 1))
    rule = "─" * (width - cells(title) - cells(note) - 1)
    return filled((Span(f"{title} ", "title"), Span(rule, "quiet"), Span(note, "strong")), width)


def _cut(version: Version, room: int, lang: Language) -> list[Row]:
    """The first rows, and how many more there are; where there is one row alone, the first."""
    kept = [*islice(version.rows, room if room < 2 else room - 1)]
    return kept if room < 2 else [*kept, (Span(say(words.MORE, lang, version.length - len(kept)), "quiet"),)]
