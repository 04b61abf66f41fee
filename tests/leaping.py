"""An event loop in which waiting takes no time: when everybody waits, its clock leaps to the next timer."""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

from alertsim.clock import Clock
from alertsim.times import Millis

Result = TypeVar("Result")


class _Leaping(selectors.DefaultSelector):
    """Never waits for a file; takes what it would have waited as passed."""

    now = 1000.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready and timeout is None:
            raise RuntimeError("everybody waits, and nothing will ever come")
        self.now += 0 if ready else max(0.0, timeout or 0.0)
        return ready


class LeapingLoop(asyncio.SelectorEventLoop):
    """The loop; `slow_s` is what one look at the clock takes on this machine."""

    def __init__(self) -> None:
        self.slow_s = 0.0
        self._leaping = _Leaping()
        super().__init__(self._leaping)

    def time(self) -> float:
        """The seconds that would have passed."""
        return self._leaping.now

    def look(self) -> float:
        """Real time, for a clock."""
        self._leaping.now += self.slow_s
        return self._leaping.now

    def sleep_over(self, seconds: float) -> None:
        """The machine sleeps: real time passes, and nobody sees it."""
        self._leaping.now += seconds

    async def nap(self, seconds: float) -> None:
        """A sleep, for a clock; the shortest takes a tenth of a millisecond."""
        self._leaping.now += seconds or 0.0001
        await asyncio.sleep(0)


def leap(main: Coroutine[Any, Any, Result]) -> Result:
    """Run it to its end in no time."""
    with asyncio.Runner(loop_factory=LeapingLoop) as runner:
        return runner.run(main)


def leaping_clock(at: Millis, *, slow_s: float = 0.0) -> Clock:
    """A clock whose real time is that of the running leaping loop."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, LeapingLoop)
    loop.slow_s = slow_s
    return Clock(at, real_s=loop.look, suspended_s=lambda: 0.0, sleep=loop.nap)
