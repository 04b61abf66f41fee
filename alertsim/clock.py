"""Virtual time, and the only reader of real time: `virtual = base_virtual + rate * (real - base_real)`.

Setting the rate rebases first, so time never jumps; rate 0 is a pause; rate `inf` (max) makes every wait end at once.
Monotonic time only: a step of the wall clock does nothing. More than `ASLEEP_S` between two looks at a running clock
is a machine that slept (a closed lid, SIGSTOP): the lost time is taken out again, so that it counts as a pause.
"""

import asyncio
import math
import time
from collections.abc import Awaitable, Callable

from alertsim.times import Millis

MAX = math.inf
"""The rate at which nothing waits."""

ASLEEP_S = 5.0
_SLICE_S = 1.0
_SPIN_S = 0.002
_MAX_BURST = 50
"""At rate max, after the first so many waits, others have a turn after so many: a turn costs as much as an event."""


async def pause(seconds: float) -> None:
    """Sleep in real time; the one place that does."""
    await asyncio.sleep(seconds)


def monotonic_s() -> float:
    """Real seconds from an arbitrary start, never backwards."""
    return time.monotonic()


def unix_us() -> int:
    """The wall clock in Unix microseconds, for names and stamps of whole runs; events use `Clock.unix_us`."""
    return time.time_ns() // 1_000


def _suspended_s() -> float:
    """Seconds this machine has been suspended, where the kernel tells (CLOCK_MONOTONIC stands still then)."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) - time.monotonic() if hasattr(time, "CLOCK_BOOTTIME") else 0.0


class Clock:
    """The clock of one exercise.

    `real_s`, `suspended_s` and `sleep` are the door through which real time comes in; tests pass their own.
    """

    def __init__(
        self,
        at: Millis,
        *,
        rate: float = 0.0,
        real_s: Callable[[], float] = time.monotonic,
        suspended_s: Callable[[], float] = _suspended_s,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._real_s, self._suspended_s, self._sleep = real_s, suspended_s, sleep
        self._base_virtual: float = at
        self._base_real = self._seen = real_s()
        self._away = suspended_s()
        self._rate = rate
        self._lost_s, self._waits = 0.0, 0
        self._unix_offset_us = time.time_ns() // 1_000 - int(self._base_real * 1e6)

    @property
    def rate(self) -> float:
        """Scenario seconds a real second; 0 is paused."""
        return self._rate

    def now(self) -> Millis:
        """The scenario time; at rate max it stands where the last wait put it."""
        real = self._look()
        if self._rate == MAX:
            return Millis(int(self._base_virtual))
        return Millis(int(self._base_virtual + self._rate * (real - self._base_real) * 1e3))

    def take_lost_s(self) -> float:
        """Real seconds found lost since this was last asked."""
        lost, self._lost_s = self._lost_s, 0.0
        return lost

    def set_rate(self, rate: float) -> None:
        """Another pace from this instant on."""
        self._rebase(self.now())
        self._rate = rate

    def jump(self, to: Millis) -> None:
        """Stand at `to` from this instant on."""
        self._rebase(to)

    def unix_us(self) -> int:
        """Now in Unix microseconds, by monotonic time from one look at the wall clock at the start."""
        return int(self._real_s() * 1e6) + self._unix_offset_us

    def due_us(self, at: Millis) -> int:
        """When `at` comes at the present pace, in Unix microseconds; now, where it has no such moment."""
        if self._rate in {0.0, MAX}:
            return self.unix_us()
        real = self._base_real + (at - self._base_virtual) / 1e3 / self._rate
        return int(real * 1e6) + self._unix_offset_us

    async def until(self, at: Millis, interrupted: asyncio.Event) -> None:
        """Wait for scenario time `at` or for `interrupted`, never ending early.

        While paused only an interruption ends the wait. Waits in slices of a second, the last 2 ms by yielding.
        """
        if self._rate == MAX:
            self._rebase(at)
            self._waits += 1
            if self._waits <= _MAX_BURST or self._waits % _MAX_BURST == 0:
                await self._sleep(0)
            return
        while not interrupted.is_set() and self.now() < at:
            await self._doze(self._remaining_s(at), interrupted)

    def _remaining_s(self, at: Millis) -> float:
        return (at - self.now()) / 1e3 / self._rate if self._rate else math.inf

    async def _doze(self, remaining_s: float, interrupted: asyncio.Event) -> None:
        """One slice of waiting; ends early for an interruption."""
        if remaining_s <= _SPIN_S:
            await self._sleep(0)
            return
        try:
            async with asyncio.timeout(min(remaining_s - _SPIN_S, _SLICE_S)):
                await interrupted.wait()
        except TimeoutError:
            return

    def _look(self) -> float:
        """Real time now; what was slept since the last look, while time was running, is taken out and noted."""
        real, away = self._real_s(), self._suspended_s()
        gap, gone = real - self._seen, away - self._away
        self._seen, self._away = real, away
        if self._rate not in {0.0, MAX} and gap + gone > ASLEEP_S:
            self._base_real += max(0.0, gap - _SLICE_S)
            self._lost_s += gap + gone
        return real

    def _rebase(self, virtual: float) -> None:
        self._base_virtual, self._base_real = virtual, self._real_s()
