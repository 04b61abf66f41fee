"""Conducts a load test at brokers that answer: subscribers connect, messages go out, what came is counted."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from threading import Lock
from typing import Any

from alertsim.clock import monotonic_s, pause
from alertsim.swarm.bulletins import Bulletin
from alertsim.swarm.findings import Published
from alertsim.swarm.histogram import Histogram
from alertsim.swarm.openloop import OpenLoop
from alertsim.swarm.plan import Plan
from alertsim.swarm.process import Swarm

_LOOK_S = 0.1
_SOON_S, _SOON_BY_TLS_S = 0.1, 1.0
"""How long publishers have to connect before the first message is due."""

_LAST_WORD_S = 30.0
_SETTLE_S = 15.0
"""How long nobody new may connect before the test goes on with those it has."""


class Phase(StrEnum):
    """What a load test is doing."""

    CONNECTING = "connecting"
    PUBLISHING = "publishing"
    LISTENING = "listening"
    FINISHING = "finishing"


@dataclass(frozen=True)
class Turn:
    """What befalls the subscribers `at_s` after the start: the condition of an operator's networks, or (None) a flash.

    `up`: the share of each network that is up; `areas`: where it differs.
    """

    at_s: float
    operator: str | None
    up: tuple[tuple[str, float], ...] = ()
    areas: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


@dataclass(frozen=True)
class Schedule:
    """Message n, made by `make` for its time (None: somebody else publishes), is due `dues[n - 1]` s after the start.

    It all lasts `duration_s`; the latencies of its first `warm_up_s` count apart; `turns` are in order of time.
    `patience_s`: how long to wait for what is on its way.
    """

    make: Callable[[int, int], Bulletin] | None
    dues: Sequence[float]
    duration_s: float
    qos: int = 1
    warm_up_s: float = 0.0
    turns: tuple[Turn, ...] = ()
    patience_s: float = 5.0


View = Callable[[Phase, dict[str, Any]], None]
"""Is shown the newest progress a few times a second."""


class Conductor:
    """One load test with a swarm that has not begun. `stop` ends it early, properly."""

    def __init__(self, plan: Plan, schedule: Schedule, swarm: Swarm, view: View) -> None:
        self._plan, self._schedule, self._swarm, self._view = plan, schedule, swarm, view
        self._stopped = False
        self._start_s = 0.0
        self._turns = list(schedule.turns)

    def stop(self) -> None:
        """End now, with what there is."""
        self._stopped = True

    async def conduct(self) -> tuple[dict[str, Any], Published | None]:
        """The whole test; what the subscribers found, and what was published. AlertSimError: they died."""
        self._swarm.begin(self._plan)
        await self._connect()
        self._start_s = monotonic_s() + (_SOON_BY_TLS_S if any(each.tls for each in self._plan.brokers) else _SOON_S)
        published = await self._publish()
        self._swarm.finish(0.0 if self._stopped else self._schedule.patience_s)
        until_s = monotonic_s() + self._schedule.patience_s + _LAST_WORD_S
        while not self._swarm.over.is_set():
            await self._look(Phase.FINISHING)
            if monotonic_s() > until_s:
                self._swarm.cut()
        return self._swarm.outcome(), published

    async def _connect(self) -> None:
        """Until everybody who is not away is subscribed, or nobody new has come for a while."""
        best, since_s = 0, monotonic_s()
        while not self._done():
            await self._look(Phase.CONNECTING)
            progress = self._swarm.progress
            subscribed = progress.get("subscribed", 0)
            if subscribed > best:
                best, since_s = subscribed, monotonic_s()
            everybody = subscribed + progress.get("away", 0) >= self._plan.subscribers
            if (progress and everybody) or monotonic_s() > since_s + self._most_waiting_s():
                return

    def _most_waiting_s(self) -> float:
        """How long a silence of the ramp may be."""
        slowest = min((stage.per_s for stage in self._plan.stages if stage.per_s), default=None)
        return _SETTLE_S + (1 / slowest if slowest else 0)

    async def _publish(self) -> Published | None:
        """Until everything is said, and the duration is over."""
        make, publishers = self._schedule.make, list[OpenLoop]()
        if make:
            announce = Once(self._swarm, self._plan.offset_us + int((self._start_s + self._schedule.warm_up_s) * 1e6))
            publishers = [
                OpenLoop(
                    self._plan,
                    address,
                    qos=self._schedule.qos,
                    make=make,
                    dues=self._schedule.dues,
                    announce=announce,
                    start_s=self._start_s,
                    role=f"publisher-{number}",
                )
                for number, address in enumerate(self._plan.brokers)
            ]
        for publisher in publishers:
            publisher.patience_s = self._schedule.patience_s
            publisher.start()
        until_s = self._start_s + self._schedule.duration_s
        while not self._done() and (
            any(publisher.is_alive() for publisher in publishers)
            or (not any(publisher.failure for publisher in publishers) and monotonic_s() < until_s)
        ):
            await self._look(Phase.PUBLISHING if publishers else Phase.LISTENING)
        for publisher in publishers:
            publisher.stop()
        while any(publisher.is_alive() for publisher in publishers):
            await self._look(Phase.PUBLISHING)
        return _published(publishers) if publishers else None

    def _done(self) -> bool:
        return self._stopped or self._swarm.over.is_set()

    async def _look(self, phase: Phase) -> None:
        self._view(phase, self._swarm.progress)
        await pause(self._until_next_turn_s())
        while self._start_s and self._turns and monotonic_s() >= self._start_s + self._turns[0].at_s:
            turn = self._turns.pop(0)
            if turn.operator is None:
                self._swarm.flash()
            else:
                self._swarm.cover(turn.operator, dict(turn.up), turn.areas)

    def _until_next_turn_s(self) -> float:
        if not self._turns or not self._start_s:
            return _LOOK_S
        return max(0.0, min(_LOOK_S, self._start_s + self._turns[0].at_s - monotonic_s()))


class Once:
    """Announces each message once, though several publishers send it to a broker each.

    What is due before `steady_us` (Unix) is warm-up.
    """

    def __init__(self, swarm: Swarm, steady_us: int) -> None:
        self._swarm, self._lock, self._newest = swarm, Lock(), 0
        self._steady_us, self._warm = steady_us, False

    def __call__(self, bulletin: Bulletin) -> None:
        """This goes out now."""
        with self._lock:
            if bulletin.seq > self._newest:
                self._newest = bulletin.seq
                if self._warm != (bulletin.due_us < self._steady_us):
                    self._warm = not self._warm
                    self._swarm.warm_up(over=not self._warm)
                self._swarm.announce(bulletin.topic, bulletin.seq, bulletin.due_us, bulletin.expires_us)


def _published(publishers: Sequence[OpenLoop]) -> Published:
    """What they did together: a message counts once, whatever went wrong counts at each broker."""
    lag, troubles = Histogram(), Counter[str]()
    for publisher in publishers:
        lag.merge(publisher.lag)
        troubles += publisher.causes
    failures = [publisher.failure for publisher in publishers if publisher.failure]
    return Published(
        messages=max(publisher.sent for publisher in publishers),
        lag_us=lag.percentile(99),
        skipped=max(publisher.skipped for publisher in publishers),
        unacknowledged=sum(publisher.unacknowledged for publisher in publishers),
        failure=failures[0] if len(failures) == len(publishers) else "",
        causes=dict(troubles),
    )
