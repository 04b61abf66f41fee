"""When the broker of an exercise is broken and mended: a keeper that only notes it stands for the real one."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertsim.broker import faults
from alertsim.broker.faults import Breaker, faults_within, is_end, refuse
from alertsim.broker.supervision import Keeper
from alertsim.broker.target import parse_target
from alertsim.errors import InputError
from alertsim.events import BrokerFault, BrokerFaulted, Event, ExerciseState, ExerciseStateChanged
from alertsim.feed import Feed
from alertsim.observations import EventPublished, Observed, Played
from tests.nights import after


def faulted(phase: str, name: str = "b", at: float = 0, **more: Any) -> BrokerFaulted:
    shared = {"fault": BrokerFault.STOP, "phase": phase, **more}
    return BrokerFaulted(event=f"{name}:{phase}", at=after(at), entry=name, **shared)


def became(state: ExerciseState) -> ExerciseStateChanged:
    return ExerciseStateChanged(event=f"live:{state}", at=after(0), entry="live", state=state)


class World:
    """A breaker, and what it did: `log` in order, `broken` right now."""

    def __init__(self) -> None:
        self.feed, self.log, self.broken, self._seq = Feed(), list[str](), False, 0
        self.breaker = Breaker(self.feed, cast("Keeper", self), say=self._said, back=lambda: None)

    def _said(self, played: Played) -> None:
        self.log.append(f"{played.event.event} {'broken' if self.broken else 'whole'}")

    def killed(self) -> AbstractAsyncContextManager[None]:
        """What a keeper does, without a broker."""
        return self._failing("killed")

    def stopped(self) -> AbstractAsyncContextManager[None]:
        """What a keeper does, without a broker."""
        return self._failing("stopped")

    def restarted(self, *, keeps: bool) -> AbstractAsyncContextManager[None]:
        """What a keeper does, without a broker."""
        return self._failing(f"restarted {keeps}")

    @asynccontextmanager
    async def _failing(self, how: str) -> AsyncIterator[None]:
        self.log.append(how)
        self.broken = True
        try:
            yield
        finally:
            self.broken = False

    async def play(self, event: Event) -> int:
        """Put an event on the feed and let the breaker heed it; its number."""
        self._seq += 1
        await self.feed.put(Played(self._seq, 0, 0, event))
        for _ in range(20):
            await asyncio.sleep(0)
        return self._seq

    def published(self, seq: int) -> None:
        """The broker has acknowledged it."""
        self.feed.offer(Observed(1, 0, EventPublished(event="e", seq=seq, topic="t", at_us=0)))


RUNNING, PAUSED, SUSPENDED = map(became, (ExerciseState.RUNNING, ExerciseState.PAUSED, ExerciseState.SUSPENDED))
BEGAN, ENDED = faulted("began"), faulted("ended")
HAPPENINGS = st.lists(st.sampled_from([RUNNING, PAUSED, SUSPENDED, BEGAN, ENDED, faulted("began", "c")]), max_size=12)


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault waits for nobody."""
    monkeypatch.setattr(faults, "SAID_S", 0.0)


@given(HAPPENINGS)
def test_it_is_broken_while_a_fault_stands_and_the_exercise_runs(story: list[Event]) -> None:
    """Whatever happens in whatever order; that it is whole is said when it is, once for each end."""

    async def live() -> None:
        world, runs, stands = World(), False, False
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(faults, "SAID_S", 0.0)
            living = asyncio.create_task(world.breaker.live())
            for event in story:
                await world.play(event)
                runs = event.state is ExerciseState.RUNNING if isinstance(event, ExerciseStateChanged) else runs
                stands = event.phase == "began" if isinstance(event, BrokerFaulted) else stands
                assert world.broken == (runs and stands)
            world.breaker.close()
            await living
        assert not world.broken
        assert [said for said in world.log if "b:" in said] == ["b:ended whole"] * story.count(ENDED)

    asyncio.run(live())


async def test_a_fault_waits_until_it_is_heard_of(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not before the broker has the message that says so, and a moment to pass it on."""
    monkeypatch.setattr(faults, "SAID_S", 60.0)
    monkeypatch.setattr(faults, "DELIVERED_S", 0.0)
    world = World()
    async with asyncio.TaskGroup() as group:
        group.create_task(world.breaker.live())
        await world.play(RUNNING)
        seq = await world.play(faulted("began", fault=BrokerFault.RESTART, persistence=True))
        assert not world.broken
        world.published(seq - 1)
        await world.play(PAUSED)
        assert not world.broken
        world.published(seq)
        world.breaker.close()
    assert world.log == ["restarted True"]


@pytest.mark.usefixtures("at_once")
async def test_each_fault_is_done_as_it_is_called() -> None:
    """Killed, stopped where it is, or ended properly; without a word about its state nothing is kept."""
    world = World()
    for fault in BrokerFault:
        await world.play(faulted("began", fault, fault=fault))
        await world.play(faulted("ended", fault, fault=fault))
    world.breaker.close()
    await world.play(RUNNING)
    await world.breaker.live()
    assert world.log == [f"{fault}:ended whole" for fault in BrokerFault]
    world = World()
    await world.play(RUNNING)
    for fault in BrokerFault:
        await world.play(faulted("began", fault, fault=fault))
    world.breaker.close()
    await world.breaker.live()
    assert world.log == ["killed", "stopped", "restarted False"]


async def test_a_fault_does_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """A broker that does not acknowledge is broken all the same."""
    monkeypatch.setattr(faults, "SAID_S", 0.01)
    world = World()
    living = asyncio.create_task(world.breaker.live())
    await world.play(RUNNING)
    await world.play(BEGAN)
    async with asyncio.timeout(10):
        while not world.broken:  # noqa: ASYNC110 — the keeper sets no event
            await asyncio.sleep(0.001)
    living.cancel()
    await asyncio.wait({living})
    assert not world.broken


@pytest.mark.usefixtures("at_once")
async def test_without_a_keeper_only_the_end_is_said() -> None:
    """Somebody else's broker is left alone."""
    world = World()
    said = list[Played]()
    breaker = Breaker(world.feed, None, say=said.append, back=lambda: None)
    for event in (RUNNING, BEGAN, ENDED):
        await world.play(event)
    breaker.close()
    await breaker.live()
    assert [(played.event, is_end(played)) for played in said] == [(ENDED, True)]
    assert world.log == []


@pytest.mark.parametrize(
    ("broker", "persistence", "said"),
    [
        ("mqtt://localhost:1883", None, r"`b`.*mqtt://localhost:1883 is not ours to break: use --broker mosquitto"),
        ("embedded", True, "with its state .`b`.*use --broker mosquitto"),
        ("embedded", False, ""),
        ("mosquitto", True, ""),
    ],
)
def test_what_cannot_fail_like_this_is_refused(broker: str, persistence: bool | None, said: str) -> None:
    """Somebody else's broker at all, one without a memory a restart that keeps it; without faults everything goes."""
    target = parse_target(broker)
    refuse([], target)
    if not said:
        refuse([faulted("began", persistence=persistence)], target)
        return
    with pytest.raises(InputError, match=said):
        refuse([faulted("began", persistence=persistence)], target)


def test_only_what_is_played_counts() -> None:
    """A fault before the beginning or after the end is none; one that stands at either is."""
    events = [faulted("began", at=10), faulted("ended", at=20)]
    for start, until, count in ((0, 9, 0), (0, 10, 1), (12, 15, 1), (20, 30, 1), (21, 30, 0)):
        assert len(faults_within(events, after(start), after(until))) == count
    assert len(faults_within(events[:1], after(20), after(30))) == 1  # of a recording that broke off
