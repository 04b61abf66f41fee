"""How much room a text takes in a terminal, and texts made harmless: no control characters, no reordering."""

import unicodedata
from bisect import bisect_right
from functools import lru_cache
from itertools import accumulate

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


@lru_cache(maxsize=4096)
def _cells(character: str) -> int:
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1


def width(text: str) -> int:
    """Cells a cleaned text takes."""
    return sum(map(_cells, text))


def fit(text: str, room: int) -> str:
    """The text if it fits into `room` cells, else its beginning with an ellipsis; empty where there is no room."""
    if len(text) * 2 <= room or width(text) <= room:
        return text
    ends = list(accumulate(map(_cells, text)))
    return text[: bisect_right(ends, room - 1)].rstrip() + "…" if room > 0 else ""


def split(text: str) -> list[str]:
    """The text cell by cell: the second half of a wide character is empty, what takes no room joins what it follows."""
    cells: list[str] = []
    for character in text:
        match _cells(character):
            case 0:
                if cells:
                    cells[-1 if cells[-1] else -2] += character
            case 1:
                cells.append(character)
            case _:
                cells += [character, ""]
    return cells
