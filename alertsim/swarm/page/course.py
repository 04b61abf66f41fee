"""The course of a run: who is connected, who came and went, what was delivered; from its series."""

from collections.abc import Callable, Mapping
from statistics import fmean
from typing import Any, NamedTuple

from alertsim.page.figure import Key
from alertsim.page.plot import Plot, Point, Tick, even_ticks, y_scale
from alertsim.swarm.page import words
from alertsim.swarm.page.figure import Sheet, figure, over_time
from alertsim.wire.headlines import Said

_MOST = 430
"""Columns of a plot: two pixels each."""

_SMOOTH_S = 0.5
"""So long at least is a column of deliveries, or single messages would make it jump."""


class _Columns(NamedTuple):
    """Values of `step_s` seconds each."""

    values: list[float]
    step_s: float

    def points(self) -> list[Point]:
        return [(n * self.step_s, value) for n, value in enumerate(self.values)]


def connected(series: Mapping[str, Any], sheet: Sheet) -> str:
    """The fewest that are connected and the most that are without coverage, column by column."""
    say = sheet.tongue
    level, cut = _columns(series, "connected", min), _columns(series, "cut", max)
    plot = _from_zero("connected", max(level.values + cut.values), say.say(words.SUBSCRIBERS), sheet)
    keys = [Key("all", say.say(words.CONNECTED))]
    if any(cut.values):
        _fill(plot, cut, "c2", sheet)
        keys.append(Key("c2", say.say(words.CUT)))
    plot.steps(level.points(), sheet.seconds, "all")
    return figure(plot, (words.CONNECTED, words.CONNECTED_ABOUT), sheet, keys)


def deliveries(series: Mapping[str, Any], sheet: Sheet) -> str:
    """Deliveries a second, smoothed a little."""
    columns = _columns(series, "deliveries", fmean, _SMOOTH_S)
    unit = sheet.tongue.say(words.MEAN_OF, sheet.tongue.measure(columns.step_s, "s", 1))
    return _rate("deliveries", columns, unit, (words.DELIVERIES, words.DELIVERIES_ABOUT), sheet)


def connects(series: Mapping[str, Any], sheet: Sheet) -> str:
    """Connections the broker accepted a second, the highest step of each column."""
    return _peaks("connects", series, (words.CONNECTS, words.CONNECTS_ABOUT), sheet)


def losses(series: Mapping[str, Any], sheet: Sheet) -> str:
    """Connections lost a second, the highest step of each column."""
    return _peaks("lost", series, (words.LOST, words.LOST_ABOUT), sheet)


def _peaks(name: str, series: Mapping[str, Any], said: tuple[Said, Said], sheet: Sheet) -> str:
    unit = sheet.tongue.say(words.PEAK_OF, sheet.tongue.measure(series["step_s"], "s", 1))
    return _rate(name, _columns(series, name, max), unit, said, sheet)


def _rate(name: str, counted: _Columns, unit: str, said: tuple[Said, Said], sheet: Sheet) -> str:
    plot = _from_zero(name, max(counted.values), unit, sheet)
    _fill(plot, counted, "c1", sheet)
    return figure(plot, said, sheet)


def _columns(series: Mapping[str, Any], name: str, fold: Callable[[list[int]], float], least_s: float = 0) -> _Columns:
    """A column of the series, as few values as there is room for; counts a second."""
    rows, step_s = series[name], series["step_s"]
    many = max(-(-len(rows) // _MOST), round(least_s / step_s), 1)
    per_s = 1 if name in {"connected", "cut"} else step_s
    folded = (fold(rows[n : n + many]) / per_s for n in range(0, len(rows), many))
    return _Columns(list(folded), many * step_s)


def _from_zero(name: str, high: float, unit: str, sheet: Sheet) -> Plot:
    values = even_ticks(max(high, 4))
    ticks = [Tick(value, sheet.tongue.number(value)) for value in values]
    return over_time(name, y_scale(0, values[-1], 140), ticks, unit, sheet)


def _fill(plot: Plot, columns: _Columns, kind: str, sheet: Sheet) -> None:
    for filled in (True, False):
        plot.steps(columns.points(), sheet.seconds, kind, filled=filled)
