"""The time axis: scenario time to a place between 0 and 1, stretch by stretch, and the round ticks on it."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from typing import Literal, NamedTuple

from alertsim.picture.cells import clean
from alertsim.timeline import Segment
from alertsim.times import DAY, HOUR, MINUTE, SECOND, Millis, rfc3339

Scale = Literal["play", "scenario"]
"""Whether a stretch is as wide as the real time it is played in, or as the scenario time it covers."""

_STEPS = (
    *(count * SECOND for count in (1, 2, 5, 10, 15, 30)),
    *(count * MINUTE for count in (1, 2, 5, 10, 15, 30)),
    *(count * HOUR for count in (1, 2, 3, 6, 12)),
    *(count * DAY for count in (1, 2, 7, 14)),
)
_MONTHS = (1, 3, 6, 12, 24, 60, 120, 240, 600)
_MONTH = 30 * DAY
_EPOCH = date(1970, 1, 1).toordinal()


class Stretch(NamedTuple):
    """A piece of the axis: scenario time `start` to `until` from `left` to `right`, played at `rate`."""

    name: str
    title: str
    start: Millis
    until: Millis
    rate: float
    left: float
    right: float

    @property
    def full(self) -> str:
        """Its name, and its title if it has one."""
        return f"{self.name} · {self.title}" if self.title else self.name


class Tick(NamedTuple):
    """A round moment on the axis and how it is written."""

    at: Millis
    place: float
    label: str


@dataclass(frozen=True)
class Axis:
    """Stretches side by side from 0 to 1, in order of time. Time between two of them takes no room."""

    scale: Scale
    stretches: tuple[Stretch, ...]

    @property
    def start(self) -> Millis:
        """The first moment on it."""
        return self.stretches[0].start

    @property
    def until(self) -> Millis:
        """The last moment on it."""
        return self.stretches[-1].until

    @property
    def real_ms(self) -> float:
        """How long all of it is played, real milliseconds."""
        return sum((stretch.until - stretch.start) / stretch.rate for stretch in self.stretches)

    @property
    def scenario_ms(self) -> int:
        """How much scenario time is on it."""
        return sum(stretch.until - stretch.start for stretch in self.stretches)

    def holds(self, at: Millis) -> bool:
        """Whether the moment lies on a stretch."""
        n = bisect_right(self.stretches, at, key=lambda stretch: stretch.start)
        return n > 0 and at <= self.stretches[n - 1].until

    def touches(self, start: Millis, until: Millis) -> bool:
        """Whether any of the time from `start` to `until` lies on a stretch."""
        n = bisect_right(self.stretches, until, key=lambda stretch: stretch.start)
        return n > 0 and start <= self.stretches[n - 1].until

    def place(self, at: Millis) -> float:
        """Where a moment lies: 0 before the axis, 1 after it, between two stretches where they meet."""
        n = bisect_right(self.stretches, at, key=lambda stretch: stretch.start)
        if n == 0:
            return 0.0
        _, _, start, until, _, left, right = self.stretches[n - 1]
        if at > until:
            return right
        share = (at - start) / (until - start) if until > start else 0.5
        return left + (right - left) * share


def stretch_out(segments: Sequence[Segment], scale: Scale, titles: Mapping[str, str]) -> Axis:
    """The axis of what is played: segments in order of time, `titles` by their names."""
    lengths = [(part.until - part.start) / (part.rate if scale == "play" else 1) for part in segments]
    if not any(lengths):
        lengths = [1.0] * len(lengths)
    whole = sum(lengths)
    ends = [min(1.0, so_far / whole) for so_far in accumulate(lengths)]
    ends[-1] = 1.0
    return Axis(
        scale,
        tuple(
            Stretch(clean(part.name), titles.get(part.name, ""), part.start, part.until, part.rate, left, right)
            for part, left, right in zip(segments, [0.0, *ends], ends, strict=False)
        ),
    )


def ticks(axis: Axis, offset: int, columns: int) -> list[Tick]:
    """The finest round ticks whose labels fit side by side on `columns` cells, each label starting at its tick."""
    kept: list[Tick] = []
    free = 0
    for stretch in axis.stretches:
        for at, label in _labelled(stretch, offset, columns):
            column = int(axis.place(at) * columns)
            if free <= column <= columns - len(label):
                kept.append(Tick(at, axis.place(at), label))
                free = column + len(label) + 2
    return kept


def _step(stretch: Stretch, columns: int) -> int | None:
    """The finest round step of up to two weeks whose labels fit side by side on a stretch; None if there is none."""
    length, room = stretch.until - stretch.start, (stretch.right - stretch.left) * columns
    return next((step for step in _STEPS if room * step >= length * (len(_shown(Millis(0), 0, step)) + 2)), None)


def _shown(at: Millis, offset: int, step: int) -> str:
    """A moment as a tick of such steps has it: 03:00:30, 03:00 or 2023-12-13."""
    return rfc3339(at, offset)[slice(11, 19) if step < MINUTE else slice(11, 16) if step < DAY else slice(0, 10)]


def _labelled(stretch: Stretch, offset: int, columns: int) -> Iterator[tuple[Millis, str]]:
    """The ticks of the finest step that leaves room for its labels on one stretch; none where it is too narrow."""
    if stretch.start == stretch.until:
        yield stretch.start, _shown(stretch.start, offset, SECOND)
    elif step := _step(stretch, columns):
        first = -(-(stretch.start + offset * MINUTE) // step) * step - offset * MINUTE
        yield from ((Millis(at), _shown(Millis(at), offset, step)) for at in range(first, stretch.until + 1, step))
    else:
        least = 9 * (stretch.until - stretch.start) / ((stretch.right - stretch.left) * columns or 1)
        for months in [count for count in _MONTHS if count * _MONTH >= least][:1]:
            yield from _calendar(stretch, offset, months)


def _calendar(stretch: Stretch, offset: int, months: int) -> Iterator[tuple[Millis, str]]:
    """The first of every `months`th month."""
    first, last = (int(rfc3339(at, offset)[:4]) * 12 for at in (stretch.start, stretch.until))
    for month in range(first // months * months, last + 12, months):
        day = date(month // 12, month % 12 + 1, 1)
        at = (day.toordinal() - _EPOCH) * DAY - offset * MINUTE
        if stretch.start <= at <= stretch.until:
            yield Millis(at), day.isoformat()[: 4 if months >= 12 else 7]


def days(axis: Axis, offset: int, columns: int) -> list[Tick]:
    """The dates: at the beginning, after each gap, and where another day begins, as far as they fit on `columns`."""
    kept: list[Tick] = []
    taken: set[int] = set()
    for _, day in sorted(_dated(axis, offset, columns)):
        first = int(day.place * columns)
        cells = set(range(first, first + len(day.label) + 2))
        if first + len(day.label) <= columns and not cells & taken:
            kept.append(day)
            taken |= cells
    return sorted(kept)


def _dated(axis: Axis, offset: int, columns: int) -> Iterator[tuple[bool, Tick]]:
    """Every date that begins on the axis, those first that nobody could guess: at the beginning and after gaps.

    Where the ticks are dates themselves, none but the first.
    """
    zone, before = offset * MINUTE, None
    for stretch in axis.stretches:
        first, last = (stretch.start + zone) // DAY, (stretch.until + zone) // DAY
        dense = (_step(stretch, columns) or DAY) >= DAY
        for day in (first,) if dense else range(first, last + 1):
            at = Millis(max(stretch.start, day * DAY - zone))
            if day != before:
                guessed = before is not None and (at > stretch.start or day == before + 1)
                yield guessed, Tick(at, axis.place(at), rfc3339(at, offset)[:10])
        before = last
