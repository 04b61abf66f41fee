"""The in-process fan-out: what the conductor plays reaches every reader; each has a bound and a policy.

No history: the recording is the log. A `wait` reader that is full holds the conductor for at most a second; then it
counts as stalled and what it cannot take is dropped and counted until it has caught up.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Literal

from alertsim.observations import Line

PATIENCE_S = 1.0

Policy = Literal["wait", "drop_oldest"]


class Reader:
    """One reader's queue.

    `given` counts what it got, `settled` what it says it is done with, `dropped` what it lost; `stalled`: nobody waits
    for it any more.
    """

    def __init__(self, name: str, policy: Policy, bound: int, wants: Callable[[Line], bool]) -> None:
        self.name, self.policy, self.bound, self.wants = name, policy, bound, wants
        self.given = self.settled = self.dropped = 0
        self.stalled = False
        self._queue: deque[Line] = deque()
        self._filled, self._emptied = asyncio.Event(), asyncio.Event()
        self._closed = False

    @property
    def full(self) -> bool:
        """Whether the bound is reached."""
        return len(self._queue) >= self.bound

    @property
    def drained(self) -> bool:
        """Whether it is closed and everything was taken."""
        return self._closed and not self._queue

    def push(self, line: Line) -> None:
        """Take one line; a full `drop_oldest` queue loses its oldest, a full `wait` queue this one."""
        if self._closed:
            return
        if self.full:
            self.dropped += 1
            if self.policy == "wait":
                return
            self._queue.popleft()
        self.given += 1
        self._queue.append(line)
        self._filled.set()

    async def room(self) -> bool:
        """Wait until there is room or the reader is gone; False when patience ended first."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                while self.full and not self._closed:
                    self._emptied.clear()
                    await self._emptied.wait()
        except TimeoutError:
            return False
        return True

    async def take(self) -> list[Line]:
        """Everything that waits, in order; waits for the first; empty once closed and drained."""
        while not self._queue and not self._closed:
            self._filled.clear()
            await self._filled.wait()
        taken = list(self._queue)
        self._queue.clear()
        self.stalled = False
        self._emptied.set()
        return taken

    def close(self, *, discard: bool = False) -> None:
        """Take nothing more; what waits can still be taken unless it is discarded."""
        self._closed = True
        if discard:
            self._queue.clear()
        self._filled.set()
        self._emptied.set()


class Feed:
    """The fan-out of one exercise."""

    def __init__(self) -> None:
        self._readers: list[Reader] = []

    def reader(
        self, name: str, *, policy: Policy, bound: int, wants: Callable[[Line], bool] = lambda _: True
    ) -> Reader:
        """A new reader of everything put from now on that it `wants`."""
        reader = Reader(name, policy, bound, wants)
        self._readers.append(reader)
        return reader

    async def put(self, line: Line) -> tuple[str, ...]:
        """Hand `line` to every reader; the names of those that stalled just now."""
        stalled = []
        for reader in self._readers:
            if not reader.wants(line):
                continue
            if reader.policy == "wait" and reader.full and not reader.stalled and not await reader.room():
                reader.stalled = True
                stalled.append(reader.name)
            reader.push(line)
        return tuple(stalled)

    def offer(self, line: Line) -> None:
        """Hand `line` over without ever waiting: for observations, and for what is sent past the feed."""
        for reader in self._readers:
            if reader.wants(line):
                reader.push(line)

    def close(self) -> None:
        """End every reader after what it already has."""
        for reader in self._readers:
            reader.close()
