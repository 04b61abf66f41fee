"""Packet rules as people type them, `drop puback every 3 up`, to `Rule`; sentences for whoever mistyped one."""

import difflib
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final, NoReturn

from alertsim.errors import InputError
from alertsim.mqtt.codes import Kind
from alertsim.proxy.rules import Action, Direction, Rule
from alertsim.times import DURATION_FORM, parse_duration

FORM: Final = (
    "ACTION PACKET [DURATION] [every N | p=SHARE] [topic=FILTER] [qos=N] [up | down] [for DURATION], "
    "like `drop puback every 3 up` or `delay publish 500ms p=0.1 topic=exercise/+/public/# down`"
)
_LONGEST: Final = 2_000
_KINDS: Final[dict[str, Kind | None]] = {
    "any": None,
    **{kind.name.lower(): kind for kind in Kind if kind is not Kind.WILL},
}
_FIELDS: Final = {"every": "every", "p": "probability", "topic": "topic", "qos": "qos", "for": "lasts_ms"}


def read_rule(text: str) -> Rule:
    """The rule; InputError says what is wrong with it and what would be right."""
    words = iter(text.split())
    if len(text) > _LONGEST or not (action := next(words, "")) or not (kind := next(words, "")):
        _refuse(text, f"a packet rule is {FORM}")
    said: dict[str, Any] = {
        "action": Action(_one_of(text, "action", action, Action)),
        "kind": _KINDS[_one_of(text, "packet type", kind, _KINDS)],
    }
    for field, value in _details(text, words):
        if field in said:
            _refuse(text, f"{value!r} says a second time what was said before")
        said[field] = _value(text, field, value)
    return Rule(**said)


def _details(text: str, words: Iterator[str]) -> Iterator[tuple[str, str]]:
    """(field of Rule, what is said of it) for each word, or each two words, after action and packet type."""
    for word in words:
        name, is_, value = word.partition("=")
        if name in _FIELDS:
            yield _FIELDS[name], value if is_ else next(words, "")
        elif word in set(Direction):
            yield "direction", word
        elif word[0].isdigit():
            yield "wait_ms", word
        else:
            _refuse(text, f"{word!r} is none of {FORM}")


def _value(text: str, field: str, value: str) -> object:
    match field:
        case "topic":
            return value
        case "direction":
            return Direction(value)
        case "every" | "qos":
            return int(value) if re.fullmatch("[0-9]{1,9}", value) else _refuse(text, f"{value!r} is no whole number")
        case "probability":
            return _share(text, value)
        case _:
            return _duration(text, value)


def _share(text: str, value: str) -> float:
    try:
        return float(value)
    except ValueError:
        _refuse(text, f"{value!r} is no share: p=0.1 is one in ten")


def _duration(text: str, value: str) -> int:
    try:
        return parse_duration(value)
    except ValueError:
        _refuse(text, f"expected {DURATION_FORM}, found {value!r}")


def _one_of(text: str, what: str, word: str, known: Iterable[str]) -> str:
    names = [str(one) for one in known]
    if word not in names:
        near = difflib.get_close_matches(word, names, 1)
        hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(names)}"
        _refuse(text, f"there is no {what} {word[:80]!r}; {hint}")
    return word


def _refuse(text: str, why: str) -> NoReturn:
    shown = text if len(text) <= 200 else text[:200] + "…"
    raise InputError(f"packet rule `{shown}`: {why}")
