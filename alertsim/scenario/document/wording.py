"""Plain words about what is wrong: what was found, what may have been meant."""

import difflib
from collections.abc import Iterable
from itertools import islice

_LONGEST = 60


def short(text: str) -> str:
    """`text` on one line, cut where it would not fit into a message; what cannot be seen is spelled out."""
    line = " ".join(text[: 4 * _LONGEST].split())
    seen = "".join(letter if letter.isprintable() else f"\\u{ord(letter):04x}" for letter in line[: _LONGEST + 1])
    return seen if len(seen) <= _LONGEST else seen[:_LONGEST] + "…"


def found(given: object) -> str:
    """A value the way an author would speak of it."""
    match given:
        case None:
            return "nothing"
        case bool():
            return str(given).lower()
        case str():
            return f"'{short(given)}'"
        case list():
            return f"a list of {len(given)}" if given else "an empty list"
        case dict():
            return f"the fields {short(', '.join(map(str, given)))}" if given else "no fields at all"
        case _:
            return str(given)


def listed(names: Iterable[str], word: str = "or") -> str:
    """`a, b or c`."""
    *most, last = names
    return f"{', '.join(most)} {word} {last}" if most else last


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that was probably meant."""
    close = difflib.get_close_matches(name[:_LONGEST].lower(), islice(known, 1000), n=1)
    return close[0] if close else None


def hint(name: str, known: Iterable[str]) -> str:
    """What to say after an unknown name: the nearest, or all that are known where that is not much."""
    different = dict.fromkeys(known)
    if close := nearest(name, different):
        return f"; did you mean `{close}`?"
    return f"; known: {', '.join(different)}" if 0 < len(different) <= 12 else ""


def unknown(what: str, name: str, known: Iterable[str]) -> str:
    """`unknown weapon …`, with a hint."""
    return f"unknown {what} `{short(name)}`{hint(name, known)}"
