"""What a real broker retains is what stands, whatever happened, and nothing once it is over."""

import asyncio
import json
import os
import signal
import subprocess
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import aiomqtt
import pytest
import structlog
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from alertsim.broker import Broker, Target, open_broker
from alertsim.clock import unix_us
from alertsim.events import AlertCancelled, Event, ExerciseState, ExerciseStateChanged
from alertsim.feed import Feed, Reader
from alertsim.observations import BrokerRestored, Observation, Played
from alertsim.publisher import Publisher
from alertsim.situation import Situation
from alertsim.wire import Mark, address
from tests.histories import histories
from tests.nights import after

BY = Mark("night-1", "Exercise control", 120)
RUNNING = ExerciseStateChanged(event="live:running", at=after(0), entry="live", state=ExerciseState.RUNNING)
EMBEDDED = Target("embedded", 24_300)
PATIENCE_S = 20
QUIET_S = 0.2
pieces = st.tuples(histories("one"), histories("two"), histories("three"))
few = settings(max_examples=3, phases=[Phase.generate])


@pytest.fixture(autouse=True, scope="module")
def no_linger() -> Iterable[None]:
    """Nothing here is published at the last moment."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("alertsim.broker.supervision.LINGER_S", 0.0)
        yield


@dataclass
class Exercise:
    """A publisher at a broker, and what stands by all that was played."""

    broker: Broker
    publisher: Publisher
    reader: Reader
    feed: Feed
    seen: list[Observation] = field(default_factory=list)
    situation: Situation = field(default_factory=Situation)
    seq: int = 0

    async def play(self, events: Iterable[Event]) -> list[Played]:
        """Hand events to the publisher."""
        played = [Played(self.seq + n, unix_us(), unix_us(), event) for n, event in enumerate(events)]
        for line in played:
            await self.feed.put(line)
        return self._happened(played)

    def _happened(self, played: list[Played]) -> list[Played]:
        self.seq += len(played)
        self.situation = self.situation.after(*(line.event for line in played))
        return played

    async def quiet(self) -> None:
        """Everything has arrived."""
        async with asyncio.timeout(PATIENCE_S):
            while self.reader._queue or len(self.publisher._outbox):  # noqa: ASYNC110 - it sets no event
                await asyncio.sleep(0.01)

    async def say_goodbye(self) -> None:
        """Cancel, end, clear."""
        shared = {"at": after(99), "entry": "live"}
        last: list[Event] = [
            AlertCancelled(event=f"live:{alert.area}", area=alert.area, **shared) for alert in self.situation.uncleared
        ]
        last.append(ExerciseStateChanged(event="live:ended", state=ExerciseState.ENDED, **shared))
        self.reader.close()
        played = [Played(self.seq + n, unix_us(), unix_us(), event) for n, event in enumerate(last)]
        await self.publisher.farewell(self._happened(played), PATIENCE_S)


@asynccontextmanager
async def publishing(broker: Broker) -> AsyncIterator[Exercise]:
    """A publisher that is connected and runs until the end."""
    feed, seen = Feed(), list[Observation]()
    reader = feed.reader("publisher", policy="wait", bound=1_000)
    publisher = Publisher(
        broker.host, broker.port, by=BY, at=after(0), reader=reader, observe=seen.append, connect=broker.client
    )
    exercise = Exercise(broker, publisher, reader, feed, seen)
    running = asyncio.create_task(publisher.run())
    try:
        await exercise.play([RUNNING])
        await exercise.quiet()
        yield exercise
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


@asynccontextmanager
async def exercising() -> AsyncIterator[Exercise]:
    """The same at an embedded broker of its own."""
    async with open_broker(EMBEDDED, log=structlog.get_logger()) as broker, publishing(broker) as exercise:
        yield exercise


async def retained(port: int) -> dict[str, str]:
    """What a subscriber who joins now is told: event by topic below the root, until nothing more comes."""
    found: dict[str, str] = {}
    client = aiomqtt.Client("127.0.0.1", port, protocol=aiomqtt.ProtocolVersion.V5, timeout=5)
    async with client:
        await client.subscribe(f"{BY.root}/#", qos=1)
        with suppress(TimeoutError):
            while True:
                message = await asyncio.wait_for(anext(aiter(client.messages)), QUIET_S)
                assert isinstance(message.payload, bytes)
                if message.retain:
                    found[message.topic.value.removeprefix(f"{BY.root}/")] = json.loads(message.payload)["event"]
    return found


async def settled(port: int, expected: dict[str, str]) -> dict[str, str]:
    """What is retained, as soon as it is what is expected; else what it still is at the end of patience."""
    found: dict[str, str] = {}
    with suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE_S):
            while (found := await retained(port)) != expected:
                pass
    return found


def projected(situation: Situation) -> dict[str, str]:
    return {address(event).topic: event.event for event in situation.standing}


@few
@given(pieces)
async def test_at_any_pause_the_broker_retains_what_stands(history: tuple[list[Event], ...]) -> None:
    """After each piece of a random history, as soon as all is delivered; after the farewell nothing is retained."""
    async with exercising() as exercise:
        for piece in history:
            await exercise.play(piece)
            await exercise.quiet()
            expected = projected(exercise.situation)
            assert await settled(exercise.broker.port, expected) == expected
        await exercise.say_goodbye()
        assert await settled(exercise.broker.port, {}) == {}


@few
@given(pieces)
async def test_a_broker_that_lost_everything_is_told_again(history: tuple[list[Event], ...]) -> None:
    """Killed and restarted empty, it retains what stands now, also what happened while it was away."""
    before, away, since = history
    async with exercising() as exercise:
        await exercise.play(before)
        await exercise.quiet()
        await kill_broker()
        await exercise.play(away)
        async with asyncio.timeout(PATIENCE_S):
            while not any(isinstance(seen, BrokerRestored) for seen in exercise.seen):  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.01)
        await exercise.play(since)
        await exercise.quiet()
        expected = projected(exercise.situation)
        assert await settled(exercise.broker.port, expected) == expected
        await exercise.say_goodbye()
        assert await settled(exercise.broker.port, {}) == {}


async def test_a_publisher_that_leaves_after_the_farewell_leaves_nothing() -> None:
    """Its will is not said: the exercise has ended, it was not terminated."""
    async with open_broker(EMBEDDED, log=structlog.get_logger()) as broker:
        async with publishing(broker) as exercise:
            await exercise.say_goodbye()
        assert await settled(broker.port, {}) == {}
        await asyncio.sleep(QUIET_S)
        assert await retained(broker.port) == {}


async def kill_broker() -> None:
    """Kill the broker child of this process."""
    found = await asyncio.to_thread(
        subprocess.run,
        ["pgrep", "-P", str(os.getpid()), "-f", r"tether\.py"],
        capture_output=True,
        text=True,
        check=True,
    )
    (pid,) = found.stdout.split()
    os.kill(int(pid), signal.SIGKILL)


@pytest.mark.mosquitto
async def test_who_leaves_without_a_farewell_is_missed() -> None:
    """A publisher that stops with an alert open does not leave politely: its will says terminated."""
    async with open_broker(Target("mosquitto", 24_300), log=structlog.get_logger()) as broker:
        feed = Feed()
        reader = feed.reader("publisher", policy="wait", bound=1_000)
        publisher = Publisher(
            broker.host,
            broker.port,
            by=BY,
            at=after(0),
            reader=reader,
            observe=lambda _: None,
            connect=broker.client,
        )
        running = asyncio.create_task(publisher.run())
        await feed.put(Played(0, unix_us(), unix_us(), RUNNING))
        await settled(broker.port, {"public/state": RUNNING.event})
        publisher.close()
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        assert await settled(broker.port, {"public/state": "will:terminated"}) == {"public/state": "will:terminated"}
