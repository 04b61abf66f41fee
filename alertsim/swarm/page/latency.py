"""How long it took: the curve of all percentiles, and each message where it was intended in time."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from alertsim.page.figure import Key
from alertsim.page.plot import Plot, Point, Tick, log_ticks, x_scale, y_scale
from alertsim.page.tongue import Tongue
from alertsim.swarm.histogram import Histogram, highest_in
from alertsim.swarm.page import words
from alertsim.swarm.page.figure import Sheet, figure, nothing, over_time

NAMED = 6
"""So many cohorts get a colour, a dash and a name in the curve."""

_DOT, _SQUARE = "m-2.4 0a2.4 2.4 0 1 0 4.8 0a2.4 2.4 0 1 0-4.8 0z", "m-2.2-2.2h4.4v4.4h-4.4z"
_TRIANGLE, _CROSS = "m-3 2.5h6l-3-5z", "m-4-4l8 8m0-8l-8 8"
_RING = "m-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0-7 0z"


def latency_curve(whole: Histogram, cohorts: Mapping[str, Histogram], sheet: Sheet) -> str:
    """All deliveries, the slowest cohorts by name, the others in grey; up to where a single delivery is."""
    say = sheet.tongue
    if not whole.total:
        return nothing(words.CURVE, say)
    values = [max(1, highest_in(index)) for index, count in enumerate(whole.counts) if count]
    ticks, decades = log_ticks(values[0], values[-1]), max(1, len(str(whole.total - 1)))
    plot = Plot("curve", x_scale(1, 10.0**decades, log=True), y_scale(ticks[0], ticks[-1], 300, log=True))
    plot.across(_latencies(ticks, say), say.say(words.LATENCY))
    shares = [Tick(10.0**n, _share(n, say)) for n in range(decades + 1)]
    plot.along([shares[0], Tick(2, "50 %"), *shares[1:]], say.say(words.SHARE))
    slowest = sorted(cohorts, key=lambda name: cohorts[name].percentile(99) or 0, reverse=True)
    named = {name: f"c{n}" for n, name in enumerate(slowest[:NAMED], 1)}
    for name in reversed(slowest):
        plot.line(_curve(cohorts[name]), named.get(name, "other"), name)
    plot.line(_curve(whole), "all", say.say(words.EVERYBODY))
    keys = [Key("all", _named(say.say(words.EVERYBODY), whole, say))]
    keys += [Key(kind, _named(name, cohorts[name], say)) for name, kind in named.items()]
    if others := len(slowest) - len(named):
        keys.append(Key("other", say.say(words.OTHERS, others)))
    note = say.say(words.SLOWEST) if others else ""
    return figure(plot, (words.CURVE, words.CURVE_ABOUT), sheet, keys, note)


def each_message(reached: Sequence[Mapping[str, Any]], messages: int, sheet: Sheet) -> str:
    """Median, p99 and last of every message that is told, and which of them did not reach everybody expected."""
    say, timed = sheet.tongue, [one for one in reached if one["last_us"] is not None]
    fine = [one for one in timed if one["percentiles"]]
    lasts = [_point(one, one["last_us"], sheet) for one in timed]
    tails, medians = ([_point(one, one["percentiles"][n], sheet) for one in fine] for n in (2, 0))
    values = [us for points in (medians, tails, lasts) for _, us in points]
    if not values:
        return nothing(words.EACH, say)
    ticks = log_ticks(min(values), max(values))
    scale = y_scale(ticks[0], ticks[-1], 220, log=True)
    plot = over_time("each", scale, _latencies(ticks, say), say.say(words.LATENCY), sheet)
    keys = [
        Key("c2", say.say(words.TO_LAST), _TRIANGLE),
        Key("c4", say.say(words.P99), _SQUARE),
        Key("c1", say.say(words.P50), _DOT),
    ]
    for key, points in zip(keys, (lasts, tails, medians), strict=True):
        plot.marks(points, key.shape, key.kind)
    lost = (
        (Key("cross", say.say(words.INCOMPLETE), _CROSS), [one for one in reached if _is_missing(one)]),
        (Key("ring", say.say(words.NOBODY), _RING), [one for one in reached if one["last_us"] is None]),
    )
    for key, those in lost:
        if those:
            keys.append(key)
            plot.marks([_point(one, ticks[-1], sheet) for one in those], key.shape, key.kind)
    note = say.say(words.FIRST_TOLD, say.number(len(reached)), say.number(messages)) if messages > len(reached) else ""
    return figure(plot, (words.EACH, words.EACH_ABOUT), sheet, keys, note)


def _curve(histogram: Histogram) -> Iterator[Point]:
    """1/(1-share) and latency (µs), in steps, as far as there is a delivery."""
    total, before, us = histogram.total, 0, 0
    for index, count in enumerate(histogram.counts):
        if count:
            x = total / (total - before)
            if us:
                yield x, us
            us = max(1, highest_in(index))
            yield x, us
            before += count
    if us:
        yield max(1.25, total), us


def _point(one: Mapping[str, Any], us: float, sheet: Sheet) -> Point:
    return sheet.since(one["intended_us"]), max(1.0, us)


def _is_missing(one: Mapping[str, Any]) -> bool:
    return any(counts["missing"] for counts in one["counts"])


def _named(name: str, histogram: Histogram, say: Tongue) -> str:
    return f"{name}: p99 {say.latency(histogram.percentile(99))}"


def _latencies(ticks: Sequence[float], say: Tongue) -> list[Tick]:
    """Ticks with the shortest way to write them."""
    return [
        Tick(
            us, say.measure(us, "µs") if us < 1e3 else say.measure(*((us / 1e3, "ms") if us < 1e6 else (us / 1e6, "s")))
        )
        for us in ticks
    ]


def _share(decade: int, say: Tongue) -> str:
    """A share with as many nines as its power of ten says: 0 %, 90 %, 99 %, 99.9 %."""
    return f"{say.number(100 - 100 / 10**decade, max(0, decade - 2))} %"
