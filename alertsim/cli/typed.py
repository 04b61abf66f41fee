"""Commands that are typed while an exercise runs, after a colon: `outage kyivstar 0.3 for 10m`, `restore kyivstar`.

In a replay also `seek 03:12`, a time of day as the screen shows it, `seek +00:10:00` from its beginning, and `next 10`.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

from alertsim.cli.options import read_instant
from alertsim.commands import Command, Restore, Seek, StartOutage, Step
from alertsim.errors import InputError
from alertsim.times import DAY, HOUR, MINUTE, SECOND, Millis, parse_duration, time_of_day

_LONGEST = 80
_FORM = "outage OPERATOR [SHARE LEFT, 0 to 1] [for 10m], or restore OPERATOR"
_PLAYER_FORM = "seek HH:MM[:SS] (time of day) or seek +HH:MM:SS (from the beginning), or next N; or " + _FORM
_TIME_OF_DAY = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?", re.ASCII)
_MOST = 100_000


class Replayed(NamedTuple):
    """From when to when a replay lasts, and the offset (minutes east of UTC) in which its times are shown."""

    first: Millis
    last: Millis
    offset: int


@dataclass
class Prompt:
    """What is being typed: empty, a colon and some text, or what was wrong with it. `span`: of a replay."""

    operators: Collection[str]
    span: Replayed | None = None
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


def read_command(text: str, operators: Collection[str], span: Replayed | None = None) -> Command:
    """The command a person typed; InputError says what one looks like. Durations are scenario time.

    `span`: of a replay; None in an exercise, which is not moved in.
    """
    words = text.split()
    if words[-1:] == ["now"]:
        words.pop()
    match words:
        case ["seek" | "from", place] if span:
            return Seek(to=_place(place, span))
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


def _place(text: str, span: Replayed) -> Millis:
    """The first moment at a time of day, or so long after the beginning."""
    found = _TIME_OF_DAY.fullmatch(text)
    to = _first_at(found, span) if found else read_instant(f"seek {text}:", text, span.first)
    if to is None or not span.first <= to <= span.last:
        begins, ends = (time_of_day(at, span.offset) for at in (span.first, span.last))
        raise InputError(f"no {text} in this replay: it lasts from {begins} to {ends}")
    return to


def _first_at(time: re.Match[str], span: Replayed) -> Millis:
    hours, minutes, seconds = (int(part or 0) for part in time.groups())
    whole = span.first // SECOND * SECOND
    passes = (hours * HOUR + minutes * MINUTE + seconds * SECOND - whole - span.offset * MINUTE) % DAY
    return Millis(max(span.first, whole + passes))


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
