"""Commands that are typed while an exercise runs, after a colon: `outage kyivstar 0.3 for 10m`, `restore kyivstar`.

In a replay also `seek 03:12`, counted from its beginning as its progress is, and `next 10`.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass

from alertsim.commands import Command, Restore, Seek, StartOutage, Step
from alertsim.errors import InputError
from alertsim.times import HOUR, MINUTE, SECOND, Millis, parse_duration

_LONGEST = 80
_FORM = "outage OPERATOR [SHARE LEFT, 0 to 1] [for 10m], or restore OPERATOR"
_PLAYER_FORM = "seek HH:MM[:SS] from the beginning, or next N; or " + _FORM
_PLACE = re.compile(r"(\d{1,4}):([0-5]\d)(?::([0-5]\d))?", re.ASCII)
_MOST = 100_000


@dataclass
class Prompt:
    """What is being typed: empty, a colon and some text, or what was wrong with it. `span`: of a replay, its time."""

    operators: Collection[str]
    span: tuple[Millis, Millis] | None = None
    text: str = ""

    @property
    def open(self) -> bool:
        """Whether keys are letters now and no commands."""
        return self.text.startswith(":")

    def press(self, key: str) -> Command | None:
        """One more key; a command where this was Enter and what stands there is one."""
        if not self.open:
            self.text = ""
        match key:
            case "\n" | "\r":
                return self._enter()
            case "\x1b":
                self.text = ""
            case "\x7f" | "\b":
                self.text = self.text[:-1]
            case _ if key.isprintable() and len(self.text) < _LONGEST:
                self.text += key
        return None

    def _enter(self) -> Command | None:
        typed, self.text = self.text[1:], ""
        try:
            return read_command(typed, self.operators, self.span) if typed.strip() else None
        except InputError as error:
            self.text = str(error)
            return None


def read_command(text: str, operators: Collection[str], span: tuple[Millis, Millis] | None = None) -> Command:
    """The command a person typed; InputError says what one looks like. Durations are scenario time.

    `span`: from when to when a replay lasts; None in an exercise, which is not moved in.
    """
    words = text.split()
    if words[-1:] == ["now"]:
        words.pop()
    match words:
        case ["seek" | "from", place] if span:
            return Seek(to=_place(place, *span))
        case ["next", *count] if span and len(count) < 2:
            return Step(n=_count(*count))
        case ["restore", operator]:
            return Restore(operator=_known(operator, operators))
        case ["outage", operator, *rest]:
            lasts = None
            if rest[-2:-1] == ["for"]:
                lasts, rest = _duration(rest[-1]), rest[:-2]
            if len(rest) < 2:
                return StartOutage(operator=_known(operator, operators), up=_share(*rest), lasts=lasts)
    raise InputError(f"expected {_PLAYER_FORM if span else _FORM}")


def _place(text: str, first: Millis, last: Millis) -> Millis:
    found = _PLACE.fullmatch(text)
    hours, minutes, seconds = (int(part or 0) for part in found.groups()) if found else (9_999, 0, 0)
    to = Millis(first + hours * HOUR + minutes * MINUTE + seconds * SECOND)
    if to > last:
        lasts = (last - first) // MINUTE
        raise InputError(f"{text!r}: expected a place like 03:12, up to {lasts // 60:02}:{lasts % 60:02}")
    return to


def _count(text: str = "1") -> int:
    if not text.isdecimal() or not 0 < int(text[:9]) <= _MOST:
        raise InputError(f"{text!r}: expected how many events, 1 to {_MOST:,}")
    return int(text)


def _known(operator: str, operators: Collection[str]) -> str:
    if operator not in operators:
        raise InputError(f"no operator {operator!r}; there are {', '.join(operators)}")
    return operator


def _share(text: str = "0") -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise InputError(f"{text!r}: expected the share that is left, 0 to 1")
    return share


def _duration(text: str) -> Millis:
    try:
        if lasts := parse_duration(text):
            return lasts
    except ValueError:
        pass
    raise InputError(f"for {text!r}: expected a duration above 0, like 10m")
