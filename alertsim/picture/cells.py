"""Texts made harmless, without control characters and reordering, and laid into the cells of a terminal."""

import unicodedata
from functools import lru_cache

from alertsim.cells import cell, cut

_JOINERS = "\u200c\u200d"
"""Letters and emoji need these; every other format character only hides or reorders."""


@lru_cache(maxsize=4096)
def _harmless(character: str) -> str:
    match unicodedata.category(character):
        case "Cc" | "Zl" | "Zp":
            return " "
        case "Cf":
            return character if character in _JOINERS else ""
        case "Cn" | "Cs":
            return "\ufffd"
        case _:
            return character


def clean(text: str) -> str:
    """The text on one line, without anything that steers a terminal or that XML forbids."""
    return "".join(map(_harmless, text)).strip()


def fit(text: str, room: int) -> str:
    """The text `cut` to `room` cells, without blanks before the ellipsis."""
    short = cut(text, room)
    return short if short in {text, ""} else f"{short[:-1].rstrip()}…"


def split(text: str) -> list[str]:
    """The text cell by cell: the second half of a wide character is empty, what takes no room joins what it follows."""
    cells: list[str] = []
    for character in text:
        match cell(character):
            case 0:
                if cells:
                    cells[-1 if cells[-1] else -2] += character
            case 1:
                cells.append(character)
            case _:
                cells += [character, ""]
    return cells
