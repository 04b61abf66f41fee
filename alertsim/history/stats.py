"""What the siren history comes to: how long alerts last, how often they come, how late a second channel is.

The p-th percentile of n sorted figures is the one at index n*p/100, rounded down. Only alerts of
top-level areas are counted: in the years of this history hromadas were added to them now and then.
"""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import merge
from itertools import pairwise
from typing import NamedTuple

from alertsim.history.past import PastAlert, offset
from alertsim.times import DAY, MINUTE, SECOND, Millis

PERCENTS = (5, 25, 50, 75, 90, 95, 99)
BURST = Millis(60 * SECOND)
EARLIEST, LATEST = Millis(-10 * MINUTE), Millis(20 * MINUTE)
"""A siren of the second channel belongs to one of the first if it comes between these, after it."""


class Spread(NamedTuple):
    """`n` durations in milliseconds: their sum, and the percentiles there are of them."""

    n: int
    total: int
    percentiles: Mapping[int, int]


class Most(NamedTuple):
    """The most at once, and when that was first so."""

    n: int
    at: Millis


@dataclass(frozen=True)
class Lag:
    """How much later a second channel told the same: `alerts` of the first, sirens and all-clears of those it told."""

    alerts: int
    sirens: Spread
    all_clears: Spread


@dataclass(frozen=True)
class Figures:
    """What some alerts come to; `gaps`: from siren to siren in one area; `days`: sirens a day, by number of the day."""

    durations: Spread
    gaps: Spread
    at_once: Most | None
    burst: Most | None
    days: Mapping[int, int]
    naive: int


def figures(alerts: Sequence[PastAlert], *, utc: bool = False) -> Figures:
    """The figures of the top-level alerts among these, which are in order of time; days of Kyiv, or of UTC."""
    counted = [alert for alert in alerts if alert.is_top_level]
    return Figures(
        durations=spread(alert.lasted for alert in counted),
        gaps=spread(later - earlier for starts in _starts(counted).values() for earlier, later in pairwise(starts)),
        at_once=_most_at_once(counted),
        burst=_burst([alert.start for alert in counted]),
        days=Counter((alert.start + (0 if utc else offset(alert.start) * MINUTE)) // DAY for alert in counted),
        naive=sum(alert.naive for alert in counted),
    )


def spread(durations: Iterable[int]) -> Spread:
    """How some durations (ms) are spread; no percentiles of none."""
    ranked = sorted(durations)
    return Spread(
        len(ranked), sum(ranked), {percent: ranked[len(ranked) * percent // 100] for percent in PERCENTS if ranked}
    )


def lag(first: Sequence[PastAlert], second: Sequence[PastAlert]) -> Lag:
    """The second channel against the first: of the sirens near in time the nearest; guessed all-clears left out."""
    told: defaultdict[str, list[PastAlert]] = defaultdict(list)
    for alert in second:
        if not alert.naive:
            told[alert.area].append(alert)
    counted = [alert for alert in first if alert.is_top_level]
    pairs = [(alert, found) for alert in counted if (found := _nearest(alert, told[alert.area]))]
    return Lag(
        alerts=len(counted),
        sirens=spread(found.start - alert.start for alert, found in pairs),
        all_clears=spread(found.end - alert.end for alert, found in pairs),
    )


def _nearest(alert: PastAlert, told: Sequence[PastAlert]) -> PastAlert | None:
    begin = bisect_left(told, alert.start + EARLIEST, key=lambda other: other.start)
    end = bisect_right(told, alert.start + LATEST, key=lambda other: other.start)
    return min(told[begin:end], key=lambda other: abs(other.start - alert.start), default=None)


def _starts(alerts: Iterable[PastAlert]) -> Mapping[str, Sequence[Millis]]:
    by_area: defaultdict[str, list[Millis]] = defaultdict(list)
    for alert in alerts:
        by_area[alert.area].append(alert.start)
    return by_area


def _most_at_once(alerts: Sequence[PastAlert]) -> Most | None:
    """How many alerts were open at the same time; one that ends when another begins is not."""
    ends = sorted((alert.end, -1) for alert in alerts)
    most, now = None, 0
    for at, change in merge(ends, ((alert.start, 1) for alert in alerts)):
        now += change
        if most is None or now > most.n:
            most = Most(now, Millis(at))
    return most


def _burst(starts: Sequence[Millis]) -> Most | None:
    """The most sirens within a minute, and the first of them."""
    counts = (Most(bisect_right(starts, start + BURST) - n, start) for n, start in enumerate(starts))
    return max(counts, key=lambda most: most.n, default=None)
