"""At which moment of the story something was seen: real time to scenario time, by what was played around it."""

from bisect import bisect_left

from alertsim.observations import Played
from alertsim.times import Millis


class Storytime:
    """Moments whose both times are known, in the order of real time (Unix microseconds)."""

    def __init__(self) -> None:
        self._real: list[int] = []
        self._story: list[Millis] = []

    def played(self, line: Played) -> None:
        """An event, or a tick, was played; one that was only said again tells nothing."""
        if not line.catch_up and (not self._real or line.actual_us > self._real[-1]):
            self._real.append(line.actual_us)
            self._story.append(line.event.at)

    def at(self, real_us: int) -> Millis | None:
        """The scenario time then: between two known moments in proportion; None where nothing was played."""
        if not self._real:
            return None
        n = bisect_left(self._real, real_us)
        if n in {0, len(self._real)}:
            return self._story[min(n, len(self._real) - 1)]
        (begins, ends), (start, until) = self._real[n - 1 : n + 1], self._story[n - 1 : n + 1]
        return Millis(start + (until - start) * (real_us - begins) // (ends - begins))
