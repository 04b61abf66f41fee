"""Makes the broker of an exercise fail when the story says so, and only one that is ours to break.

When is a thing of the schedule: a fault lasts its scenario time. While the exercise does not run (paused, suspended,
over) the broker answers all the same: who must hear that it stopped, can; a fault that stands goes on after it.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, suppress
from typing import assert_never

import structlog

from alertsim.broker.supervision import Keeper
from alertsim.broker.target import Target
from alertsim.clock import pause
from alertsim.errors import InputError
from alertsim.events import BrokerFault, BrokerFaulted, Event, ExerciseState, ExerciseStateChanged
from alertsim.feed import Feed
from alertsim.observations import EventPublished, Line, Observed, Played
from alertsim.times import Millis

SAID_S = 0.5
"""How long a fault waits, in real seconds, until subscribers may have heard of it."""

DELIVERED_S = 0.1
"""What a broker has acknowledged reaches nearly all of its subscribers so soon (`supervision.LINGER_S`)."""


def faults_within(events: Sequence[Event], start: Millis, until: Millis) -> tuple[BrokerFaulted, ...]:
    """The onsets of faults that stand at any time from `start` to `until`."""
    told = [event for event in events if isinstance(event, BrokerFaulted)]
    ends = {event.entry: event.at for event in told if event.phase == "ended"}
    began = (event for event in told if event.phase == "began" and event.at <= until)
    return tuple(event for event in began if ends.get(event.entry, until) >= start)


def refuse(faults: Sequence[BrokerFaulted], target: Target) -> None:
    """InputError where the broker cannot fail like this: it is not ours, or has no memory."""
    if faults and target.kind == "external":
        raise InputError(
            f"this exercise makes its broker fail (`{faults[0].entry}`), and the one at {target.url} is not ours to "
            "break: use --broker mosquitto, or --broker embedded"
        )
    keeps = next((fault for fault in faults if fault.persistence), None)
    if keeps and target.kind == "embedded":
        raise InputError(
            f"this exercise restarts its broker with its state (`{keeps.entry}`), and the embedded broker has "
            "everything in memory: use --broker mosquitto"
        )


def is_end(line: Line) -> bool:
    """Whether it says that the broker answers again: said by the `Breaker`, when it does."""
    return isinstance(line, Played) and isinstance(line.event, BrokerFaulted) and line.event.phase == "ended"


class Breaker:
    """Breaks the broker of one exercise; without a keeper there is nothing to break.

    `back` is called when the broker answers again; then `say` gets the event that says so.
    """

    def __init__(
        self, feed: Feed, keeper: Keeper | None, *, say: Callable[[Played], None], back: Callable[[], None]
    ) -> None:
        self._keeper, self._say, self._back = keeper, say, back
        self._lines = feed.reader("broker faults", policy="wait", bound=1_000, wants=_is_heeded)
        self._heard = feed.reader("broker faults: heard of", policy="drop_oldest", bound=100, wants=_is_published)
        self._runs = False
        self._standing: BrokerFaulted | None = None
        self._acting: BrokerFaulted | None = None
        self._log = structlog.get_logger().bind(part="broker faults")

    async def live(self) -> None:
        """Break and mend until closed or cancelled; in the end the broker answers, or is about to."""
        try:
            async with AsyncExitStack() as broken:
                while lines := await self._lines.take():
                    for line in lines:
                        if isinstance(line, Played):
                            await self._heed(line, broken)
        finally:
            self._back()

    def close(self) -> None:
        """Do what was said so far, and no more."""
        self._lines.close()

    async def _heed(self, line: Played, broken: AsyncExitStack) -> None:
        match line.event:
            case ExerciseStateChanged(state=state):
                self._runs = state is ExerciseState.RUNNING
            case BrokerFaulted() as event:
                self._standing = event if event.phase == "began" else None
            case _:
                return
        wanted = self._standing if self._runs else None
        if wanted != self._acting:
            await self._mend(broken)
            if wanted:
                await self._be_heard(line.seq)
                await self._break(wanted, broken)
        if is_end(line):
            self._say(line)

    async def _break(self, fault: BrokerFaulted, broken: AsyncExitStack) -> None:
        if self._keeper:
            self._log.info("the broker is made to fail", fault=fault.fault.value, entry=fault.entry)
            self._acting = fault
            await broken.enter_async_context(_failing(self._keeper, fault))

    async def _mend(self, broken: AsyncExitStack) -> None:
        if self._acting:
            self._acting = None
            await broken.aclose()
            self._log.info("the broker answers again")
            self._back()

    async def _be_heard(self, seq: int) -> None:
        """Give the broker the time to pass on what it is told last, but no more than half a second."""
        with suppress(TimeoutError):
            async with asyncio.timeout(SAID_S):
                while lines := await self._heard.take():
                    seen = (line.observation for line in lines if isinstance(line, Observed))
                    if any(isinstance(each, EventPublished) and each.seq == seq for each in seen):
                        await pause(DELIVERED_S)
                        return


def _failing(keeper: Keeper, fault: BrokerFaulted) -> AbstractAsyncContextManager[None]:
    """The broker fails like this as long as the context lasts."""
    match fault.fault:
        case BrokerFault.KILL:
            return keeper.killed()
        case BrokerFault.STOP:
            return keeper.stopped()
        case BrokerFault.RESTART:
            return keeper.restarted(keeps=bool(fault.persistence))
        case _:
            assert_never(fault.fault)


def _is_heeded(line: Line) -> bool:
    return isinstance(line, Played) and isinstance(line.event, BrokerFaulted | ExerciseStateChanged)


def _is_published(line: Line) -> bool:
    return isinstance(line, Observed) and isinstance(line.observation, EventPublished)
