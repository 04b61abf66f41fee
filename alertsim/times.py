"""Instants and durations: RFC 3339 with a numeric offset outside, integer milliseconds inside.

An instant is milliseconds since 1970-01-01T00:00:00Z; a duration is milliseconds. Nothing here reads a clock.
"""

import re
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from typing import NewType

Millis = NewType("Millis", int)

SECOND = Millis(1_000)
MINUTE = Millis(60_000)
HOUR = Millis(3_600_000)
DAY = Millis(86_400_000)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_INSTANT = re.compile(r"(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2})(?:\.(\d{1,3}))?([+-])(\d{2}):(\d{2})", re.ASCII)
_CLOCK = re.compile(r"(\d{1,4}):([0-5]\d):([0-5]\d)(?:\.(\d{1,3}))?", re.ASCII)
_PARTS = re.compile(r"(?:(\d{1,6})d)?(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,6})s)?(?:(\d{1,6})ms)?", re.ASCII)
_UNITS = (DAY, HOUR, MINUTE, SECOND, Millis(1))

INSTANT_FORM = "a time like 2023-12-13T03:00:13+02:00 (date, T, time, numeric offset)"
DURATION_FORM = "a duration like 90s, 15m, 2h, 1h30m or 00:12:30"


def parse_instant(text: str) -> tuple[Millis, int]:
    """An RFC 3339 time with a numeric offset, as (instant, offset in minutes); ValueError says the form.

    A `Z` is refused: an author who writes an offset has thought about it.
    """
    found = _INSTANT.fullmatch(text)
    if not found:
        raise ValueError(f"expected {INSTANT_FORM}, found {text!r}")
    date, time, fraction, sign, hours, minutes = found.groups()
    offset = (int(hours) * 60 + int(minutes)) * (1 if sign == "+" else -1)
    if abs(offset) > 14 * 60 or int(minutes) > 59:
        raise ValueError(f"expected an offset between -14:00 and +14:00, found {text!r}")
    try:
        moment = datetime.fromisoformat(f"{date}T{time}+00:00")
    except ValueError as error:
        raise ValueError(f"no such time: {text!r} ({error})") from None
    whole = (moment - _EPOCH) // timedelta(milliseconds=1)
    return Millis(whole + int((fraction or "0").ljust(3, "0")) - offset * MINUTE), offset


def parse_duration(text: str) -> Millis:
    """`90s`, `15m`, `2h`, `1h30m`, `500ms` or `00:12:30` in milliseconds; ValueError says the form."""
    if found := _CLOCK.fullmatch(text):
        hours, minutes, seconds, fraction = found.groups()
        whole = int(hours) * HOUR + int(minutes) * MINUTE + int(seconds) * SECOND
        return Millis(whole + int((fraction or "0").ljust(3, "0")))
    found = _PARTS.fullmatch(text)
    if not found or not any(found.groups()):
        raise ValueError(f"expected {DURATION_FORM}, found {text!r}")
    return Millis(sum(int(part or 0) * unit for part, unit in zip(found.groups(), _UNITS, strict=True)))


def rfc3339(at: Millis, offset: int) -> str:
    """The instant as RFC 3339 at `offset` minutes from UTC, with milliseconds only where there are any."""
    day, rest = divmod(at + offset * MINUTE, DAY)
    seconds, millis = divmod(rest, SECOND)
    fraction = f".{millis:03}" if millis else ""
    return f"{_date(day)}T{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{fraction}{_zone(offset)}"


@lru_cache(maxsize=64)
def _date(day: int) -> str:
    return (_EPOCH + timedelta(days=day)).date().isoformat()


@cache
def _zone(offset: int) -> str:
    return f"{'-' if offset < 0 else '+'}{abs(offset) // 60:02}:{abs(offset) % 60:02}"


def time_of_day(at: Millis, offset: int) -> str:
    """`HH:MM:SS` of the instant at `offset` minutes from UTC, for people who watch."""
    seconds = (at // SECOND + offset * 60) % 86_400
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def clock_text(length: Millis) -> str:
    """A duration as a clock that began at zero shows it: `25:00:00`."""
    seconds = length // SECOND
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def duration_text(length: Millis) -> str:
    """A duration the way `parse_duration` reads it: `37m23s`, `500ms`, `0s`."""
    rest, parts = int(length), []
    for size, unit in zip(_UNITS, ("d", "h", "m", "s", "ms"), strict=True):
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"
