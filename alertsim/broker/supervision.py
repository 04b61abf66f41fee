"""Keeps a broker child alive while an exercise runs, makes it fail on purpose, and gives up when it dies too often."""

import asyncio
import signal
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import NoReturn

from structlog.typing import FilteringBoundLogger

from alertsim.broker.child import Child, Recipe, started
from alertsim.broker.keeping import kept_by
from alertsim.broker.pulse import SilentError, first_pulse
from alertsim.clock import monotonic_s, pause
from alertsim.errors import BrokerError

MOST_RESTARTS = 3
WITHIN_S = 60.0
LINGER_S = 0.5
"""What a broker has acknowledged it has not yet delivered: killed at the last PUBACK, rumqttd and mosquitto lost a
fifth of 24 messages to 200 subscribers, 0.1 s later next to none (2 cores), and an exercise ends with its all-clear."""


def too_often(deaths_s: Sequence[float]) -> bool:
    """Whether the last of these deaths (monotonic seconds, ascending) is more than the third restart in a minute."""
    return len(deaths_s) > MOST_RESTARTS and deaths_s[-1] - deaths_s[-1 - MOST_RESTARTS] < WITHIN_S


@asynccontextmanager
async def supervised(recipe: Recipe, log: FilteringBoundLogger) -> AsyncIterator["Keeper"]:
    """A broker child that answers, restarted on the same port when it dies; its keeper.

    When the child is given up, the body is cancelled where it waits and the context raises (`kept_by`).

    Raises:
        BrokerError: it did not start, or died a fourth time within a minute.
    """
    keeper = Keeper(recipe, log)
    async with kept_by(keeper.keep, name=f"keep-broker-{recipe.port}") as keeping:
        try:
            yield keeper
        finally:
            await pause(0 if keeping.done() else LINGER_S)


class Keeper:
    """Keeps one broker child: life after life on one port, unless it is meant to be gone for a while."""

    def __init__(self, recipe: Recipe, log: FilteringBoundLogger) -> None:
        self._recipe, self._log = recipe, log
        self._child: Child | None = None
        self._answers, self._may_live = asyncio.Event(), asyncio.Event()
        self._may_live.set()
        self._meant = self._stopped = False

    @asynccontextmanager
    async def killed(self) -> AsyncIterator[None]:
        """Without a word it is gone as long as the context lasts, and answers again after it, empty.

        A death that is meant counts for nothing. However the context ends, the child lives on.
        """
        async with self._gone() as child:
            child.send(signal.SIGKILL)
            await child.process.wait()
            yield

    @asynccontextmanager
    async def restarted(self, *, keeps: bool = False) -> AsyncIterator[None]:
        """The same, but it is ended properly, and `keeps` its state where there is a memory for it."""
        async with self._gone() as child:
            async with AsyncExitStack() as disk:
                if keeps and self._recipe.memory:
                    await disk.enter_async_context(self._recipe.memory.on_disk(keep=True))
                await child.end()
            yield

    @asynccontextmanager
    async def stopped(self) -> AsyncIterator[None]:
        """It stands still, with its connections, as long as the context lasts; however that ends, it goes on."""
        child = await self._living()
        self._stopped = True
        child.send(signal.SIGSTOP)
        try:
            yield
        finally:
            child.send(signal.SIGCONT)
            self._stopped = False

    @asynccontextmanager
    async def _gone(self) -> AsyncIterator[Child]:
        """The child whose death is meant; the next may live when the context has ended."""
        child = await self._living()
        self._meant = True
        self._answers.clear()
        self._may_live.clear()
        try:
            yield child
        finally:
            child.send(signal.SIGKILL)
            self._may_live.set()
        await self._answers.wait()

    async def _living(self) -> Child:
        await self._answers.wait()
        assert self._child  # noqa: S101 — it answers
        return self._child

    async def keep(self, ready: asyncio.Event) -> NoReturn:
        """Start the child as often as it takes; `ready` when it answers for the first time."""
        recipe, deaths_s = self._recipe, deque[float](maxlen=MOST_RESTARTS + 1)
        where = f"{recipe.name} on port {recipe.port}"
        while True:
            await self._may_live.wait()
            fate = await self._life(ready)
            if self._meant:
                self._meant = False
                continue
            deaths_s.append(monotonic_s())
            if not ready.is_set():
                raise BrokerError(f"{where} did not start: {fate}")
            if too_often(deaths_s):
                raise BrokerError(f"{where} died {len(deaths_s)} times within a minute, the last time: {fate}")
            self._log.warning("broker died and is started again", broker=recipe.name, port=recipe.port, fate=fate)

    async def _life(self, ready: asyncio.Event) -> str:
        """One life of the child, and how it ended."""
        async with AsyncExitStack() as disk:
            if memory := self._recipe.memory:
                await disk.enter_async_context(memory.on_disk(keep=False))
            async with started(self._recipe) as child:
                try:
                    async with first_pulse(self._recipe.port, child.lives) as pulse:
                        await disk.aclose()
                        self._child = child
                        self._answers.set()
                        ready.set()
                        await pulse.watch(excused=lambda: self._stopped)
                except SilentError as silent:
                    return await self._fate(child, str(silent))
                finally:
                    self._answers.clear()
        raise AssertionError("a pulse is watched until it is silent")

    async def _fate(self, child: Child, silence: str) -> str:
        """How it ended; one that is meant to end is given its time."""
        if self._meant:
            await child.process.wait()
        return await child.fate() or silence
