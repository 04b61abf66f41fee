"""A screen as rows of spans: text with a tone, measured in terminal cells. What a tone looks like is not known here."""

import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache
from itertools import accumulate
from typing import Literal, NamedTuple

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


@lru_cache(maxsize=4096)
def _cell(char: str) -> int:
    if unicodedata.category(char) in {"Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1


@lru_cache(maxsize=4096)
def cells(text: str) -> int:
    """How many cells a printable text takes."""
    return len(text) if text.isascii() else sum(map(_cell, text))


def printable(text: str) -> str:
    """The text with a mark for each character that could steer a terminal: control, direction, surrogate."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)


def cut(text: str, room: int) -> str:
    """A printable text in at most `room` cells, with an ellipsis where something is left out."""
    if cells(text) <= room:
        return text
    ends = list(accumulate(map(_cell, text)))
    return text[: bisect_right(ends, room - 1)] + "…" if room > 0 else ""


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
