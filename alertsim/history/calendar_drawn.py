"""A calendar of alerts in characters: a column a week, a row a weekday, darker where people were longer under alert."""

from collections.abc import Iterator
from datetime import date, timedelta

from alertsim.history import calendar_words as words
from alertsim.history.calendar import LEVELS_H, Calendar, level
from alertsim.history.past import Channel
from alertsim.picture import Line
from alertsim.picture.model import Language
from alertsim.picture.strip import Span

_SHADES = ("·", "░", "▒", "▓", "█", "█")
_BARS = " ▁▂▃▄▅▆▇█"


def drawn(found: Calendar, area: str | None, channel: Channel, language: Language) -> Iterator[Line]:
    """All its years, then the hours of the day, then the key."""
    yield (Span(words.title(area, found.areas, channel, language), "strong"),)
    yield (Span(words.say(words.PAST, language), "faint"),)
    for year in found.years:
        yield ()
        yield (Span(words.year(year, found.total_h(year), found.sirens.get(year, 0), language), "strong"),)
        yield from _year(found, year, language)
    yield ()
    yield from _hours(found, language)
    yield _key(language)


def weeks(year: int) -> tuple[date, int]:
    """The Monday its first column begins with, and how many columns there are."""
    first = date(year, 1, 1)
    monday = first - timedelta(days=first.weekday())
    return monday, (date(year, 12, 31) - monday).days // 7 + 1


def months(year: int) -> Iterator[tuple[int, int]]:
    """Each month and the column its first day lies in."""
    monday, _ = weeks(year)
    return ((month, (date(year, month, 1) - monday).days // 7) for month in range(1, 13))


def _year(found: Calendar, year: int, language: Language) -> Iterator[Line]:
    monday, columns = weeks(year)
    names = [" "] * (columns + 3)
    for month, column in months(year):
        names[column : column + 3] = words.MONTHS[language][month - 1]
    yield (Span("   " + "".join(names).rstrip(), "faint"),)
    for weekday in range(7):
        cells = (monday + timedelta(days=7 * column + weekday) for column in range(columns))
        yield (
            Span(words.WEEKDAYS[language][weekday] + " ", "faint"),
            *(_cell(found, day) if day.year == year else Span(" ") for day in cells),
        )


def _cell(found: Calendar, day: date) -> Span:
    first, last = found.known
    if not first <= day <= last:
        return Span(" ")
    shade = level(found.days.get(day, 0.0))
    return Span(_SHADES[shade], "quiet" if not shade else "hit" if shade == len(LEVELS_H) else "alert")


def _hours(found: Calendar, language: Language) -> Iterator[Line]:
    most = max(found.hours) or 1.0
    bars = "".join(_BARS[round(hours / most * 8)] * 2 for hours in found.hours)
    yield Span("   " + bars, "alert"), Span("  " + words.say(words.HOURS, language), "faint")
    yield (Span("   " + "".join(f"{hour:<6}" for hour in range(0, 24, 3)), "faint"),)


def _key(language: Language) -> Line:
    steps = ("0", *(f"≤{most:g}" for most in LEVELS_H[1:]), f">{LEVELS_H[-1]:g}")
    shown = "  ".join(f"{shade} {step}" for shade, step in zip(_SHADES, steps, strict=True))
    return (Span(f"{words.say(words.KEY, language)} {shown}", "faint"),)
