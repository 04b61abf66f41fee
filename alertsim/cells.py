"""How much room a text takes in a terminal: measured in cells, cut to them, without what could steer the terminal."""

import unicodedata
from bisect import bisect_right
from functools import lru_cache
from itertools import accumulate


@lru_cache(maxsize=4096)
def cell(char: str) -> int:
    """How many cells one character takes: 0, 1 or 2."""
    if unicodedata.category(char) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1


@lru_cache(maxsize=4096)
def cells(text: str) -> int:
    """How many cells a text on one line takes."""
    return len(text) if text.isascii() else sum(map(cell, text))


def cut(text: str, room: int) -> str:
    """The text in at most `room` cells, with an ellipsis where something is left out; empty where there is no room."""
    if cells(text) <= room:
        return text
    ends = list(accumulate(map(cell, text)))
    return text[: bisect_right(ends, room - 1)] + "…" if room > 0 else ""


def printable(text: str) -> str:
    """The text with a mark for each character that could steer a terminal: control, direction, surrogate."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)
