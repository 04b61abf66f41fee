"""Conducts a load test at a broker that answers: subscribers connect, messages go out, what came is counted."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from alertsim.clock import monotonic_s, pause
from alertsim.swarm.bulletins import Bulletins
from alertsim.swarm.findings import Published
from alertsim.swarm.openloop import OpenLoop
from alertsim.swarm.plan import Plan
from alertsim.swarm.process import Swarm

_LOOK_S = 0.1
_SETTLE_S = 15.0
"""How long nobody new may connect before the test goes on with those it has."""


class Phase(StrEnum):
    """What a load test is doing."""

    CONNECTING = "connecting"
    PUBLISHING = "publishing"
    LISTENING = "listening"
    FINISHING = "finishing"


@dataclass(frozen=True)
class Schedule:
    """`per_s` messages a second of `bulletins` (None: somebody else publishes) for `duration_s`.

    `patience_s`: how long to wait for what is on its way at the end.
    """

    bulletins: Bulletins | None
    per_s: float
    duration_s: float
    patience_s: float = 5.0

    @property
    def count(self) -> int:
        """How many messages there will be."""
        return max(1, round(self.per_s * self.duration_s))


View = Callable[[Phase, dict[str, Any]], None]
"""Is shown the newest progress a few times a second."""


class Conductor:
    """One load test with a swarm that has not begun. `stop` ends it early, properly."""

    def __init__(self, plan: Plan, schedule: Schedule, swarm: Swarm, view: View) -> None:
        self._plan, self._schedule, self._swarm, self._view = plan, schedule, swarm, view
        self._stopped = False

    def stop(self) -> None:
        """End now, with what there is."""
        self._stopped = True

    async def conduct(self) -> tuple[dict[str, Any], Published | None]:
        """The whole test; what the subscribers found, and what was published. AlertSimError: they died."""
        self._swarm.begin(self._plan)
        await self._connect()
        published = await self._publish()
        self._swarm.finish(0.0 if self._stopped else self._schedule.patience_s)
        while not self._swarm.over.is_set():
            await self._look(Phase.FINISHING)
        return self._swarm.outcome(), published

    async def _connect(self) -> None:
        """Until everybody is subscribed, or nobody new has come for a while."""
        best, since_s = 0, monotonic_s()
        while not self._done():
            await self._look(Phase.CONNECTING)
            subscribed = self._swarm.progress.get("subscribed", 0)
            if subscribed > best:
                best, since_s = subscribed, monotonic_s()
            if subscribed == self._plan.subscribers or monotonic_s() > since_s + self._most_waiting_s():
                return

    def _most_waiting_s(self) -> float:
        return _SETTLE_S + (1 / self._plan.connects_per_s if self._plan.connects_per_s else 0)

    async def _publish(self) -> Published | None:
        schedule = self._schedule
        if schedule.bulletins is None:
            until_s = monotonic_s() + schedule.duration_s
            while monotonic_s() < until_s and not self._done():
                await self._look(Phase.LISTENING)
            return None
        publisher = OpenLoop(
            self._plan,
            make=schedule.bulletins.make,
            per_s=schedule.per_s,
            count=schedule.count,
            announce=self._swarm.announce,
        )
        publisher.start()
        while publisher.is_alive():
            await self._look(Phase.PUBLISHING)
            if self._done():
                publisher.stop()
        return Published(
            messages=publisher.sent,
            lag_us=publisher.lag.percentile(99),
            skipped=publisher.skipped,
            unacknowledged=publisher.unacknowledged,
            failure=publisher.failure,
            causes=dict(publisher.causes),
        )

    def _done(self) -> bool:
        return self._stopped or self._swarm.over.is_set()

    async def _look(self, phase: Phase) -> None:
        self._view(phase, self._swarm.progress)
        await pause(_LOOK_S)
