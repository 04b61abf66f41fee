"""Latencies as counts in HDR's log-linear buckets: two significant digits of µs, merged exactly, never kept singly."""

import math
from bisect import bisect_left
from collections.abc import Iterable
from itertools import accumulate
from typing import Self

HIGHEST_US = 3_600_000_000
"""An hour; what took longer is counted as an hour."""

_HALF_BITS = 7


def slot(us: int) -> int:
    """The bucket of a latency: the same index an HDR histogram from 1 µs with two digits counts it under."""
    shift = max(0, us.bit_length() - _HALF_BITS - 1)
    return (shift << _HALF_BITS) + (us >> shift)


def highest_in(index: int) -> int:
    """The longest latency (µs) that a bucket counts; at most 1/128 above the shortest."""
    if index < 2 << _HALF_BITS:
        return index
    shift = (index >> _HALF_BITS) - 1
    return ((index - (shift << _HALF_BITS) + 1) << shift) - 1


SLOTS = slot(HIGHEST_US) + 1

USUAL_US = 1 << 20
"""Below this a latency's bucket can be looked up, which is half the price of `slot`:"""
FINE_US, FINE = 8_192, [slot(us) for us in range(8_192)]
"""`FINE[us]` below `FINE_US`, from there on, where buckets are 64 µs wide at least,"""
COARSE = [slot(us) for us in range(0, USUAL_US, 64)]
"""`COARSE[us >> 6]`."""


class Histogram:
    """Counts of latencies; `counts` grows as far as the longest one asks for, at most to `SLOTS`.

    A latency below 0 (two clocks) is counted as 0, one above `HIGHEST_US` as that: nothing is lost, nothing crashes.
    """

    __slots__ = ("counts",)

    def __init__(self, counts: Iterable[int] = ()) -> None:
        self.counts = list(counts)

    def record(self, us: int) -> None:
        """Count one latency."""
        index = slot(min(max(us, 0), HIGHEST_US))
        try:
            self.counts[index] += 1
        except IndexError:
            self.counts.extend([0] * (index + 1 - len(self.counts)))
            self.counts[index] = 1

    def merge(self, other: "Histogram") -> Self:
        """Count what `other` has counted too; returns this one."""
        self.counts.extend([0] * (len(other.counts) - len(self.counts)))
        for index, count in enumerate(other.counts):
            if count:
                self.counts[index] += count
        return self

    @property
    def total(self) -> int:
        """How many latencies were counted."""
        return sum(self.counts)

    def percentile(self, percent: float) -> int | None:
        """The latency (µs, the bucket's highest) that `percent` of all do not exceed; None where there are none."""
        return next(iter(self.percentiles(percent)), None)

    def percentiles(self, *percents: float) -> tuple[int, ...]:
        """Several at once; none where nothing was counted."""
        passed = list(accumulate(self.counts))
        if not passed or not passed[-1]:
            return ()
        ranks = (max(1, math.ceil(passed[-1] * percent / 100 - 1e-9)) for percent in percents)
        return tuple(highest_in(bisect_left(passed, rank)) for rank in ranks)

    def between(self, low_us: int, high_us: int) -> int:
        """How many lie from the bucket of `low_us` up to, without, that of `high_us`."""
        return sum(self.counts[slot(low_us) : slot(high_us)])

    def sparse(self) -> dict[str, int]:
        """The buckets that count something, for JSON."""
        return {str(index): count for index, count in enumerate(self.counts) if count}

    @classmethod
    def from_sparse(cls, sparse: dict[str, int]) -> Self:
        """The histogram whose `sparse` this is; ValueError where it is not one."""
        found = {int(index): count for index, count in sparse.items()}
        if any(not 0 <= index < SLOTS or count < 0 for index, count in found.items()):
            raise ValueError("a bucket outside of the histogram, or a negative count")
        whole = cls([0] * (max(found, default=-1) + 1))
        for index, count in found.items():
            whole.counts[index] = count
        return whole
