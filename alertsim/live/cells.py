"""A screen as rows of spans: text with a tone, measured in terminal cells. What a tone looks like is not known here."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

from alertsim.cells import cells, cut, printable

Tone = Literal[
    "plain",
    "strong",
    "quiet",
    "title",
    "mark",
    "real",
    "state",
    "alarm",
    "raised",
    "clear",
    "cancelled",
    "warning",
    "trouble",
    "hit",
    "seen",
    "report",
    "network",
    "inject",
]


class Span(NamedTuple):
    """A stretch of one tone."""

    text: str
    tone: Tone = "plain"


Row = tuple[Span, ...]
"""One line of a screen."""


def filled(row: Row, width: int, tone: Tone = "plain") -> Row:
    """The row in exactly `width` cells: cut, or filled up in `tone`."""
    spans, left = [], width
    for span in row:
        text = printable(span.text)
        size = cells(text)
        if size > left:
            text = cut(text, left)
            size = cells(text)
        if text:
            spans.append(span if text is span.text else Span(text, span.tone))
        left -= size
        if left <= 0:
            break
    return (*spans, Span(" " * left, tone)) if left > 0 else tuple(spans)


def sides(left: Row, right: Row, width: int) -> Row:
    """One row of exactly `width` cells: what is at the right is whole as long as it fits, the left gives way."""
    right = filled(right, min(measure(right), max(width, 0)))
    room = width - measure(right)
    return (*filled(left, room - 1 if right else room), *((Span(" "),) if right and room > 0 else ()), *right)


def measure(row: Row) -> int:
    """How many cells a row takes."""
    return sum(cells(printable(span.text)) for span in row)


def bar(share: float, size: int) -> str:
    """A bar of `size` cells; what is more than nothing shows, and only what is whole fills it."""
    full = min(size - 1, max(1, round(share * size))) if 0 < share < 1 else round(min(max(share, 0), 1) * size)
    return "■" * full + "·" * (size - full)


def wrapped(text: str, width: int) -> Iterator[str]:
    """The words of a text on lines of at most `width` cells; a word that is longer is cut."""
    line = ""
    for word in printable(text).split():
        longer = f"{line} {word}" if line else word
        if line and cells(longer) > width:
            yield line
            longer = word
        line = cut(longer, width)
    if line:
        yield line
