"""The only maker of random streams, each named by its entry, so that adding a strike moves no other.

Only `random()` is promised to be stable across Python versions, and libm differs between machines: every draw is
built from it with `+ - * /` and whole milliseconds.
"""

import hashlib
import random

from alertsim.scenario import Quantiles
from alertsim.times import Millis


class Draws:
    """The stream of draws of one entry under one seed."""

    def __init__(self, seed: int, name: str) -> None:
        digest = hashlib.sha256(f"{seed}/{name}".encode()).digest()
        self._random = random.Random(int.from_bytes(digest[:8]))

    def millis(self, least: Millis, most: Millis) -> Millis:
        """A duration from `least` to `most`, both included, each as likely."""
        return Millis(least + int(self._random.random() * (most - least + 1)))

    def order(self, count: int) -> list[int]:
        """The numbers 0 to `count` - 1 in a drawn order (Fisher and Yates)."""
        drawn = list(range(count))
        for last in range(count - 1, 0, -1):
            other = int(self._random.random() * (last + 1))
            drawn[last], drawn[other] = drawn[other], drawn[last]
        return drawn

    def share(self) -> float:
        """A number from 0 up to 1, each as likely: below 0.3 three times in ten."""
        return self._random.random()

    def quantile(self, quantiles: Quantiles) -> Millis:
        """A duration of a distribution, linear between its percentiles."""
        percentile = self._random.random() * 100
        low, shorter = [point for point in quantiles if point[0] <= percentile][-1]
        high, longer = next(point for point in quantiles if point[0] > percentile)
        return Millis(int(shorter + (longer - shorter) * (percentile - low) / (high - low)))
