"""The course of a run in rows of equal length: how many are connected, who came and went, and what was delivered."""

from array import array
from itertools import pairwise
from typing import Any

_LEVELS = ("connected", "cut")
_COUNTS = ("connects", "lost", "deliveries")
_COLUMNS = _LEVELS + _COUNTS


class Series:
    """At most `most` rows (two at least) of `step_s` seconds; the step doubles where there would be more of them.

    Every column holds what was last noted in its row, counters too, so that two rows merged are the later of them.
    """

    def __init__(self, step_s: float = 0.1, most: int = 6_000) -> None:
        self._step_us, self._most = round(step_s * 1_000_000), most
        self._rows = tuple(array("q") for _ in _COLUMNS)
        self._newest: tuple[int, ...] = (0,) * len(_COLUMNS)
        self._start_us: int | None = None
        self._end_us = -1

    def note(self, at_us: int, connected: int, cut: int, connects: int, lost: int, deliveries: int) -> None:
        """How it stands at a Unix time in µs; the last three have been counted since the beginning.

        Call it at every tick: it costs next to nothing within a row. Rows in which nobody looked repeat the levels and
        count nothing; what happened meanwhile counts in the row in which it is noticed. A clock that goes back stops.
        """
        if at_us >= self._end_us:
            self._turn_over(at_us)
        self._newest = (connected, cut, connects, lost, deliveries)

    def as_json(self) -> dict[str, Any]:
        """Levels at the end of each row, counts within it; `start_us` None and no rows where nothing was noted."""
        noted = self._start_us is not None
        ends = [[*column, newest] if noted else [] for column, newest in zip(self._rows, self._newest, strict=True)]
        levels = zip(_LEVELS, ends[:2], strict=True)
        counts = zip(_COUNTS, ends[2:], strict=True)
        return (
            {"start_us": self._start_us, "step_s": self._step_us / 1e6}
            | dict(levels)
            | {name: [after - before for before, after in pairwise([0, *column])] for name, column in counts}
        )

    def _turn_over(self, at_us: int) -> None:
        """Close the open row and those in which nobody looked; from now on the row of `at_us` is open."""
        if self._start_us is None:
            self._start_us = at_us
        while (row := (at_us - self._start_us) // self._step_us) >= self._most:
            self._merge()
        for column, newest in zip(self._rows, self._newest, strict=True):
            column.extend([newest] * (row - len(column)))
        self._end_us = self._start_us + (row + 1) * self._step_us

    def _merge(self) -> None:
        """Two rows become one, twice as long; an odd one at the end joins the open row."""
        for column in self._rows:
            column[:] = column[1::2]
        self._step_us *= 2
