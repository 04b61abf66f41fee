"""What a crowd does to a broker all at once: connections lost together and dialled anew, or many who come at once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

LOST_SHARE, CAME_SHARE, LEAST = 0.05, 0.10, 3
"""So large a share of those connected, and at least so many, lost or come within a second make a storm or a crowd."""

CLIMB_SHARE = 0.01
"""Once a second brings no larger share than this, the first climb is over."""

_WINDOW_S = 1.0
_USUAL_S = 10.0
"""How far to look back for how many are connected where some always come and go."""


@dataclass(frozen=True)
class Storm:
    """`lost` connections (one client's may be several), down to `lowest` of `before` at the end of a step.

    `began_us` Unix, `after_s` since the beginning of the series. CONNACKs a second: `peak_connects_per_s` in the
    densest second, which ends at `peak_us`, `steepest_connects_per_s` in the densest step of `step_s`. `back_s`: from
    the first loss until as many are connected as before it (at most a step too long), or as the fewest in the ten
    seconds before it where some always come and go; `return_s`: until then from when the fewest were connected; None:
    never. `until_us`: its end, or that of the series.
    `messages` were intended meanwhile, and were missing or unreachable `missed` times; None where not all were told.
    """

    began_us: int
    after_s: float
    until_us: int
    before: int
    lost: int
    lowest: int
    peak_connects_per_s: float
    steepest_connects_per_s: float
    step_s: float
    back_s: float | None
    return_s: float | None
    peak_us: int
    messages: int | None
    missed: int | None


@dataclass(frozen=True)
class Crowd:
    """`came` more than the `before` who were connected, though nobody had been lost: a flash crowd. As in `Storm`."""

    began_us: int
    after_s: float
    until_us: int
    before: int
    came: int
    peak_connects_per_s: float
    steepest_connects_per_s: float
    step_s: float


Reached = Sequence[Mapping[str, Any]]
"""Messages as a result tells them: `intended_us`, and `counts` of each cohort."""


def find_storms(
    series: Mapping[str, Any], reached: Reached = (), *, messages: int | None = None
) -> tuple[Storm | Crowd, ...]:
    """The storms and the flash crowds of a run in order of time; storms less than a second apart are one.

    `messages`: how many there were, where `reached` may tell of the first only. The first climb, until a second brings
    hardly anybody new, is no crowd.
    """
    course = _Course(series)
    whole = messages is None or messages <= len(reached)
    told_us = None if whole else max((one["intended_us"] for one in reached), default=0)
    storms = [course.storm(first, end, reached, told_us) for first, end in course.storms()]
    crowds = [course.crowd(first, end) for first, end in course.crowds()]
    return tuple(sorted((*storms, *crowds), key=lambda found: found.began_us))


def storm_lines(found: Iterable[Storm | Crowd]) -> Iterator[str]:
    """For people, a line or two for each; times since the beginning of the run."""
    for one in found:
        peak = f"up to {one.peak_connects_per_s:,.0f} CONNECT/s"
        if one.step_s < _WINDOW_S:
            peak += f" ({one.steepest_connects_per_s:,.0f}/s within {one.step_s:g} s)"
        if isinstance(one, Crowd):
            yield f"Flash crowd    {one.after_s:.1f} s: {one.came:,} came to {one.before:,} connected; {peak}"
            continue
        back = "not all came back" if one.back_s is None else f"all back after {one.back_s:.1f} s"
        if one.return_s:
            back += f", {one.return_s:.1f} s after the fewest"
        yield (
            f"Storm          {one.after_s:.1f} s: {one.lost:,} connections lost with {one.before:,} connected, "
            f"down to {one.lowest:,}; {back}; {peak}"
        )
        if one.missed is None:
            yield "               messages meanwhile: n/a (only the first are told one by one)"
        else:
            yield f"               messages meanwhile: {one.messages:,}, missing or unreachable {one.missed:,} times"


class _Course:
    """The rows of a series, and the spans of rows (first, end) that are storms or crowds; end None: it never ended."""

    def __init__(self, series: Mapping[str, Any]) -> None:
        self._start_us: int = series["start_us"] or 0
        self._step_s: float = series["step_s"]
        self._connected: list[int] = series["connected"]
        self._connects: list[int] = series["connects"]
        self._lost: list[int] = series["lost"]
        self._window = max(1, int(_WINDOW_S / self._step_s + 1e-9))

    def storms(self) -> list[tuple[int, int | None]]:
        """From the first loss until as many as before it are back."""
        spans: list[tuple[int, int | None]] = []
        free = ended = 0
        for row in range(len(self._lost)):
            if row < free:
                continue
            since = max(row - self._window + 1, free)
            if not self._is_storm(since, row):
                continue
            first = max(n for n in range(since, row + 1) if self._is_storm(n, row))
            if spans and first - ended <= self._window:
                first, _ = spans.pop()
            end = self._back(first, row)
            spans.append((first, end))
            ended = len(self._lost) if end is None else end
            free = ended + 1
        return spans

    def crowds(self) -> list[tuple[int, int]]:
        """From the first newcomer to the last within a second that brought enough of them."""
        new = self._newcomers()
        spans: list[tuple[int, int]] = []
        for row in range(self._climbed, len(new)):
            since = max(row - self._window + 1, 1)
            if not self._is_crowd(since, row, sum(new[since : row + 1])):
                continue
            came = [n for n in range(since, row + 1) if new[n]]
            first = came[0]
            if spans and first <= spans[-1][1] + 1:
                first, _ = spans.pop()
            spans.append((first, came[-1]))
        return spans

    def storm(self, first: int, end: int | None, reached: Reached, told_us: int | None) -> Storm:
        """What there is to say of a span; `told_us`: when the last message of `reached` was intended, if not all."""
        last = len(self._lost) - 1 if end is None else end
        began_us, until_us = self._at_us(first), self._at_us(last + 1)
        meanwhile = [one["counts"] for one in reached if began_us <= one["intended_us"] < until_us]
        missed = sum(counts["missing"] + counts["unreachable"] for cohorts in meanwhile for counts in cohorts)
        known = told_us is None or until_us <= told_us
        peak, peak_row = self._densest(first, last, self._window)
        lowest = min(self._connected[first : last + 1])
        fewest = max(row for row in range(first, last + 1) if self._connected[row] == lowest)
        return Storm(
            began_us=began_us,
            after_s=first * self._step_s,
            until_us=until_us,
            before=self._before(first),
            lost=sum(self._lost[first : last + 1]),
            lowest=lowest,
            peak_connects_per_s=peak,
            steepest_connects_per_s=self._densest(first, last, 1)[0],
            step_s=self._step_s,
            back_s=None if end is None else (end + 1 - first) * self._step_s,
            return_s=None if end is None else (end - fewest) * self._step_s,
            peak_us=self._at_us(peak_row + 1),
            messages=len(meanwhile) if known else None,
            missed=missed if known else None,
        )

    def crowd(self, first: int, last: int) -> Crowd:
        """What there is to say of a span."""
        return Crowd(
            began_us=self._at_us(first),
            after_s=first * self._step_s,
            until_us=self._at_us(last + 1),
            before=self._before(first),
            came=sum(self._newcomers()[first : last + 1]),
            peak_connects_per_s=self._densest(first, last, self._window)[0],
            steepest_connects_per_s=self._densest(first, last, 1)[0],
            step_s=self._step_s,
        )

    def _is_storm(self, since: int, row: int) -> bool:
        most = max(self._connected[max(since - 1, 0) : row + 1])
        return sum(self._lost[since : row + 1]) >= max(LEAST, LOST_SHARE * most)

    def _is_crowd(self, since: int, row: int, new: int) -> bool:
        before = self._before(since)
        return min(self._connected[row] - before, new) >= max(LEAST, CAME_SHARE * before)

    def _back(self, first: int, row: int) -> int | None:
        """The first row, from `row` on, at whose end as many are connected as before `first`."""
        usual = self._usual(first)
        return next((n for n in range(row, len(self._connected)) if self._connected[n] >= usual), None)

    def _usual(self, first: int) -> int:
        """The fewest connected in the seconds before, since the first climb, and as far as that is no storm itself."""
        before, earliest = self._before(first), max(first - int(_USUAL_S / self._step_s), self._climbed)
        levels = self._connected[earliest:first]
        return min((level for level in levels if level >= (1 - LOST_SHARE) * before), default=before)

    def _before(self, row: int) -> int:
        return self._connected[row - 1] if row else 0

    def _newcomers(self) -> list[int]:
        """Connects in each row that do not make up for a loss, in it or earlier."""
        owed, new = 0, []
        for connects, lost in zip(self._connects, self._lost, strict=True):
            owed += lost
            new.append(max(0, connects - owed))
            owed = max(0, owed - connects)
        return new

    @cached_property
    def _climbed(self) -> int:
        """The row from which on a rise is no longer the first climb."""
        begun = next((row for row, connects in enumerate(self._connects) if connects), len(self._connects))
        for row in range(begun + self._window, len(self._connected)):
            before = self._connected[row - self._window]
            if self._connected[row] - before <= CLIMB_SHARE * before:
                return row
        return len(self._connects)

    def _densest(self, first: int, last: int, rows: int) -> tuple[float, int]:
        """The most connects a second over so many rows, and the first row that ends such a stretch."""
        sums = [sum(self._connects[max(n - rows + 1, first) : n + 1]) for n in range(first, last + 1)]
        return max(sums) / (rows * self._step_s), first + sums.index(max(sums))

    def _at_us(self, row: int) -> int:
        return self._start_us + round(row * self._step_s * 1e6)
