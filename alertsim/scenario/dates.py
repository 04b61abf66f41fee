"""Days that a text names: `11 December`, `11 грудня`."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from alertsim.times import DAY, MINUTE, Millis

_ENGLISH = "January|February|March|April|May|June|July|August|September|October|November|December"
_UKRAINIAN = "січня|лютого|березня|квітня|травня|червня|липня|серпня|вересня|жовтня|листопада|грудня"
_MONTHS = {month: n for names in (_ENGLISH, _UKRAINIAN) for n, month in enumerate(names.split("|"), 1)}
_DAY = re.compile(rf"\b(\d{{1,2}}) ({_ENGLISH}|{_UKRAINIAN})\b|\b({_ENGLISH}) (\d{{1,2}})\b")
_NEAR = timedelta(days=31)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


_COMMON_SUMMER = 1997
"""Since this year Ukraine's summer time has begun and ended with that of Europe."""


def kyiv_offset(at: Millis) -> int | None:
    """Minutes from UTC on a wall clock in Kyiv: +02:00, from the last Sunday of March to that of October +03:00.

    None before this was so.
    """
    year = _day(at, 0).year
    summer = _last_sunday(year, 3) <= at < _last_sunday(year, 10)
    return None if year < _COMMON_SUMMER else 180 if summer else 120


def _last_sunday(year: int, month: int) -> int:
    """01:00 UTC of it, when the clocks change."""
    last = datetime(year, month, 31, 1, tzinfo=UTC)
    return (last - timedelta(days=last.isoweekday() % 7) - _EPOCH) // timedelta(milliseconds=1)


def days(text: str) -> Iterator[str]:
    """The days that `text` names, as they are written."""
    return (found[0] for found in _DAY.finditer(text))


def distant_days(text: str, first: Millis, last: Millis, offset: int) -> Iterator[str]:
    """The days that `text` names and that are no day from a month before `first` to a month after `last`."""
    begins, ends = (_day(at, offset) for at in (first, last))
    for found in _DAY.finditer(text):
        day, month = int(found[1] or found[4]), _MONTHS[found[2] or found[3]]
        if not any(begins - _NEAR <= meant <= ends + _NEAR for meant in _meant(day, month, begins, ends)):
            yield found[0]


def _meant(day: int, month: int, begins: date, ends: date) -> Iterator[date]:
    """The day in each year that may be meant."""
    for year in range(begins.year - 1, ends.year + 2):
        try:
            yield date(year, month, day)
        except ValueError:
            continue


def _day(at: Millis, offset: int) -> date:
    days = (at + offset * MINUTE) // DAY
    return (_EPOCH + timedelta(days=days)).date()
