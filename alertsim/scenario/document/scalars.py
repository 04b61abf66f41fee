"""What a plain scalar of YAML means: the core schema of YAML 1.2, so `no`, `on` and `12:30` are texts."""

import re

_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_WORDS: dict[str, bool | float | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **{f"{sign}{word}": float("inf") for sign in ("", "+") for word in (".inf", ".Inf", ".INF")},
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}
_LONGEST_INT, _LONGEST = 18, 40
"""A longer run of digits is no number anybody means; it stays a text, to be refused where a number is expected."""

_BASES = {"0o": 8, "0x": 16}


def resolved(text: str) -> bool | int | float | str | None:
    """The value of an unquoted scalar."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "+-.0123456789" or len(text) > _LONGEST:
        return text
    if _INT.fullmatch(text):
        return int(text, _BASES.get(text[:2], 10)) if len(text) <= _LONGEST_INT else text
    return float(text) if _FLOAT.fullmatch(text) else text
