"""Plots as SVG inside a page: scales, ticks, and a plot that is drawn layer by layer; pure."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from alertsim.picture.shapes import safe, title, written

WIDE, LEFT, RIGHT, TOP, FOOT = 960.0, 78.0, 940.0, 24.0, 36.0
"""Pixels: the drawing's width, where its axes begin and end, and what is above and below them."""

Point = tuple[float, float]

_SECONDS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 21_600, 43_200, 86_400)


class Tick(NamedTuple):
    """A value on an axis and how it is written."""

    value: float
    label: str


@dataclass(frozen=True)
class Scale:
    """Values from `low` to `high` (above it) to pixels from `start` to `end`; those outside lie on the nearer end."""

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def at(self, value: float) -> float:
        """The pixel of a value."""
        low, high, value = self.low, self.high, min(max(value, self.low), self.high)
        if self.log:
            low, high, value = math.log10(low), math.log10(high), math.log10(value)
        return self.start + (self.end - self.start) * (value - low) / (high - low)


def round_up(value: float) -> float:
    """The next of … 1, 2, 5, 10, 20 … that is not below a value above 0."""
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= value * (1 - 1e-9))


def even_ticks(high: float, most: int = 5) -> list[float]:
    """From 0 by a round step to the first value not below `high`, which is above 0."""
    step = round_up(high / most)
    return [n * step for n in range(math.ceil(high / step - 1e-9) + 1)]


def log_ticks(low: float, high: float) -> list[float]:
    """1, 2 and 5 of each power of ten from the last not above `low` to the first not below `high`; or the powers only.

    There are at least two.
    """
    first, last = math.floor(math.log10(low) + 1e-9), math.ceil(math.log10(high) - 1e-9)
    fine = [step * 10.0**power for power in range(first, last + 1) for step in (1, 2, 5)]
    below = max(n for n, value in enumerate(fine) if value <= low * (1 + 1e-9))
    above = min(n for n, value in enumerate(fine) if value >= high * (1 - 1e-9))
    kept = fine[below : max(above, below + 1) + 1]
    return kept if len(kept) <= 10 else [10.0**power for power in range(first, max(last, first + 1) + 1)]


def second_step(seconds: float, most: int = 12) -> float:
    """A step of time that gives at most so many ticks."""
    return next((step for step in _SECONDS if seconds / step <= most), math.ceil(seconds / most / 86_400) * 86_400)


def thinned(points: Iterable[Point]) -> Iterator[Point]:
    """Points without those that lie within half a pixel of the one before; the last always stays."""
    kept: Point | None = None
    skipped: Point | None = None
    for point in points:
        if kept and abs(point[0] - kept[0]) + abs(point[1] - kept[1]) < 0.5:
            skipped = point
        else:
            yield point
            kept, skipped = point, None
    if skipped:
        yield skipped


def x_scale(low: float, high: float, *, log: bool = False) -> Scale:
    """The scale of a plot from left to right."""
    return Scale(low, high, LEFT, RIGHT, log)


def y_scale(low: float, high: float, tall: float, *, log: bool = False) -> Scale:
    """The scale of a plot from its foot to its top, `tall` pixels."""
    return Scale(low, high, TOP + tall, TOP, log)


class Plot:
    """A plot within its axes, written layer by layer; `name` must be unique on the page."""

    def __init__(self, name: str, x: Scale, y: Scale) -> None:
        self.name, self.x, self.y = name, x, y
        self._parts: list[str] = []
        self._free = 0.0

    @property
    def foot(self) -> float:
        """Where the x axis is."""
        return self.y.start

    def across(self, ticks: Iterable[Tick], unit: str) -> None:
        """Rules with their values at the left; what is measured stands above them."""
        for value, label in ticks:
            y = self.y.at(value)
            self._parts.append(f'<path d="M{LEFT:g} {y:.1f}H{RIGHT:g}" class="rule"/>')
            self._parts.append(written(LEFT - 6, y + 4, label, "tick", "end"))
        self._parts.append(written(4, 13, unit, "unit"))

    def along(self, ticks: Iterable[Tick], unit: str) -> None:
        """Marks with their values below; what is measured stands at the right, below them."""
        for value, label in ticks:
            x = self.x.at(value)
            self._parts.append(f'<path d="M{x:.1f} {TOP:g}V{self.foot + 4:g}" class="rule"/>')
            anchor = "middle" if x < RIGHT - 1 else "end"
            self._parts.append(written(x, self.foot + 16, label, "tick", anchor))
        self._parts.append(written(RIGHT, self.foot + 32, unit, "unit", "end"))

    def shade(self, since: float, until: float, kind: str, label: str, about: str) -> None:
        """A stretch of the x axis, from top to foot; labelled, unless the label would cover the one before."""
        left = self.x.at(since)
        wide = max(2.0, self.x.at(until) - left)
        label = label if left >= self._free else ""
        self._free = left + 8 * len(label) + 6 if label else self._free
        box = f'x="{left:.1f}" y="{TOP:g}" width="{wide:.1f}" height="{self.foot - TOP:g}"'
        self._parts.append(
            f'<g>{title((about,))}<rect {box} class="{kind}"/>{written(left + 3, TOP + 20, label, "label")}</g>'
        )

    def line(self, points: Iterable[Point], kind: str, about: str) -> None:
        """A line through points, of which there is one at least."""
        drawn = thinned((self.x.at(x), self.y.at(y)) for x, y in points)
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in drawn)
        self._parts.append(f'<path d="M{path}" class="line {kind}">{title((about,))}</path>')

    def steps(self, points: Sequence[Point], until: float, kind: str, *, filled: bool = False) -> None:
        """A line that keeps each value up to the next x, the last one `until`; or the area below it.

        There is one point at least.
        """
        ends = [x for x, _ in points[1:]] + [until]
        path = "L".join(
            f"{self.x.at(x):.1f} {self.y.at(y):.1f}H{self.x.at(end):.1f}"
            for (x, y), end in zip(points, ends, strict=True)
        )
        if filled:
            path = f"{path}V{self.foot:g}H{self.x.at(points[0][0]):.1f}Z"
        self._parts.append(f'<path d="M{path}" class="{"area" if filled else "line"} {kind}"/>')

    def marks(self, points: Iterable[Point], shape: str, kind: str) -> None:
        """The same small shape, a path relative to its middle, at each point."""
        path = "".join(f"M{self.x.at(x):.1f} {self.y.at(y):.1f}{shape}" for x, y in points)
        if path:
            self._parts.append(f'<path d="{path}" class="mark {kind}"/>')

    def finished(self, heading: str, about: str, stamp: str) -> str:
        """The SVG; `stamp` in its upper right corner says what kind of test it is wherever it may be pasted."""
        head, told = f"{self.name}-head", f"{self.name}-about"
        parts = (
            f'<svg viewBox="0 0 {WIDE:g} {self.foot + FOOT:g}" role="img" aria-labelledby="{head} {told}">',
            f'<title id="{head}">{safe(heading)}</title><desc id="{told}">{safe(about)}</desc>',
            *self._parts,
            f'<path d="M{LEFT:g} {TOP:g}V{self.foot:g}H{RIGHT:g}" class="frame"/>',
            written(RIGHT, 13, stamp, "stamp", "end"),
            "</svg>",
        )
        return "".join(parts)
