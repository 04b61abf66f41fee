"""From a character of a text back to where it is written, however YAML quoted, folded or indented it."""

import re
from collections.abc import Iterator
from itertools import islice

_PLAIN = re.compile(r"\S")
_SINGLE = re.compile(r"''|\S")
_DOUBLE = re.compile(r"\\(?:x(..)|u(.{4})|U(.{8})|\r?\n|(.))|\S", re.DOTALL)
_WHITE = " \tnrtvfNLP_"
"""Letters that stand for white space after a backslash."""


def written_at(text: str, start: int, value: str, offset: int) -> int:
    """The index in `text` of `value[offset]`, where the scalar `value` starts at `start`.

    YAML moves white space about, but everything else keeps its order: so that is counted.
    """
    before = sum(not character.isspace() for character in value[:offset])
    return next(islice(_ink(text, start), before, None), start)


def _ink(text: str, start: int) -> Iterator[int]:
    """Where the visible characters of the scalar at `start` are written, and on after its end."""
    match text[start : start + 1]:
        case "'":
            return (found.start() for found in _SINGLE.finditer(text, start + 1))
        case '"':
            return (found.start() for found in _DOUBLE.finditer(text, start + 1) if _visible(found))
        case "|" | ">":
            return (found.start() for found in _PLAIN.finditer(text, text.index("\n", start)))
        case _:
            return (found.start() for found in _PLAIN.finditer(text, start))


def _visible(found: re.Match[str]) -> bool:
    """Whether a character, or what an escape stands for, is more than white space."""
    *coded, letter = found.groups()
    code = next(filter(None, coded), None)
    if code:
        return not chr(int(code, 16)).isspace()
    return letter not in _WHITE if letter else found[0][0] != "\\"
