"""Keeps a broker child alive while an exercise runs, and gives up when it dies too often."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import NoReturn

from structlog.typing import FilteringBoundLogger

from alertsim.broker.child import Recipe, started
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
async def supervised(recipe: Recipe, log: FilteringBoundLogger) -> AsyncIterator[None]:
    """A broker child that answers, restarted on the same port when it dies.

    When the child is given up, the body is cancelled where it waits and the context raises (`kept_by`).

    Raises:
        BrokerError: it did not start, or died a fourth time within a minute.
    """
    async with kept_by(lambda ready: _keep(recipe, ready, log), name=f"keep-broker-{recipe.port}") as keeper:
        try:
            yield
        finally:
            await pause(0 if keeper.done() else LINGER_S)


async def _keep(recipe: Recipe, ready: asyncio.Event, log: FilteringBoundLogger) -> NoReturn:
    where, deaths_s = f"{recipe.name} on port {recipe.port}", deque[float](maxlen=MOST_RESTARTS + 1)
    while True:
        fate = await _life(recipe, ready)
        deaths_s.append(monotonic_s())
        if not ready.is_set():
            raise BrokerError(f"{where} did not start: {fate}")
        if too_often(deaths_s):
            raise BrokerError(f"{where} died {len(deaths_s)} times within a minute, the last time: {fate}")
        log.warning("broker died and is started again", broker=recipe.name, port=recipe.port, fate=fate)


async def _life(recipe: Recipe, ready: asyncio.Event) -> str:
    """One life of the child, and how it ended."""
    fate = ""
    async with started(recipe) as child:
        try:
            async with first_pulse(recipe.port, child.lives) as pulse:
                ready.set()
                await pulse.watch()
        except SilentError as silent:
            fate = await child.fate() or str(silent)
    return fate
