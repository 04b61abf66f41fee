"""How long people were under alert, day by day and by the hour of the day, as clocks in Kyiv had it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from alertsim.areas import ancestors
from alertsim.history.past import PastAlert, offset, spans
from alertsim.times import DAY, HOUR, MINUTE, Millis

LEVELS_H = (0.0, 1.0, 2.0, 4.0, 8.0)
"""Hours a day from which a day is drawn darker; up to the first it is drawn empty."""

_EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True)
class Calendar:
    """Hours under alert of one area, or of the mean of `areas` top-level ones: by day, and by the hour of the day.

    `known`: the first and the last day that the history speaks of. `hours`: of each of the 24, the hours under alert on
    a day that is known. `sirens`: by year.
    """

    known: tuple[date, date]

    days: Mapping[date, float]
    hours: tuple[float, ...]
    sirens: Mapping[int, int]
    areas: int

    @property
    def years(self) -> tuple[int, ...]:
        """Those with an alert, in order."""
        return tuple(sorted({day.year for day in self.days}))

    def total_h(self, year: int) -> float:
        """Hours under alert in a year."""
        return sum(hours for day, hours in self.days.items() if day.year == year)


def calendar(alerts: Iterable[PastAlert], area: str | None, year: int | None = None) -> Calendar:
    """The time under alert of an area, its own alerts and those of areas around it; without one, of the top level."""
    told = list(alerts)
    known = _known(told, year)
    counted = [alert for alert in told if _counts(alert, area)]
    own = [alert if area is None else alert._replace(area=area) for alert in counted]
    by_day: defaultdict[date, int] = defaultdict(int)
    by_hour, sirens = [0] * 24, defaultdict[int, int](int)
    areas = len({alert.area for alert in own})
    for span in spans(own):
        begins = _day(span.start + offset(span.start) * MINUTE)
        sirens[begins.year] += year in {None, begins.year}
        for day, hour, lasts in _hours(span.start, span.end):
            if year in {None, day.year}:
                by_day[day] += lasts
                by_hour[hour] += lasts
    many = (known[1] - known[0]).days + 1
    days = {day: lasts / HOUR / areas for day, lasts in sorted(by_day.items())}
    hours = tuple(lasts / HOUR / max(areas, 1) / many for lasts in by_hour)
    return Calendar(known, days, hours, sirens, areas)


def level(hours: float) -> int:
    """How dark a day is drawn, from 0 to 5."""
    return sum(hours > least for least in LEVELS_H)


def _known(told: Sequence[PastAlert], year: int | None) -> tuple[date, date]:
    starts = [alert.start for alert in told] or [Millis(0)]
    first, last = (_day(at + offset(at) * MINUTE) for at in (min(starts), max(starts)))
    return (first, last) if year is None else (max(first, date(year, 1, 1)), min(last, date(year, 12, 31)))


def _counts(alert: PastAlert, area: str | None) -> bool:
    return alert.is_top_level if area is None else alert.area in {area, *ancestors(area)}


def _hours(start: Millis, end: Millis) -> Iterator[tuple[date, int, int]]:
    """A stretch of time cut where hours begin: the day, the hour, how many milliseconds of it."""
    at = int(start)
    while at < end:
        local = at + offset(Millis(at)) * MINUTE
        until = min(int(end), at + HOUR - local % HOUR)
        yield _day(local), local % DAY // HOUR, until - at
        at = until


def _day(local: int) -> date:
    return date.fromordinal(_EPOCH + local // DAY)
