"""The publisher forgets no message, wherever its connection breaks."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

import aiomqtt
import pytest

from alertsim.clock import unix_us
from alertsim.errors import BrokerError
from alertsim.events import AlertRaised
from alertsim.feed import Feed
from alertsim.observations import BrokerLost, BrokerRestored, EventPublished, Observation, Played
from alertsim.publisher import Publisher
from alertsim.times import Millis
from alertsim.wire import Mark

AREAS = ("UA-30", "UA-32", "UA-53")
LOST = aiomqtt.MqttError("the connection is lost")
REFUSED = BrokerError("refused")


class Line:
    """A connection that takes so many messages, and fails as it is told with the next."""

    def __init__(self, took: list[str], takes: int, fails: Exception | None) -> None:
        self._took, self._takes, self._fails = took, takes, fails
        self._lost = asyncio.Event()

    @property
    def messages(self) -> AsyncIterator[aiomqtt.Message]:
        return self._until_it_breaks()

    async def _until_it_breaks(self) -> AsyncIterator[aiomqtt.Message]:
        await self._lost.wait()
        raise LOST
        yield

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    async def subscribe(self, topic: str, /, *arguments: Any, **options: Any) -> None:
        pass

    def cut(self) -> None:
        pass

    def post(self, topic: str, payload: bytes, **_: Any) -> "asyncio.Future[None]":
        assert payload
        answer: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if self._takes > 0:
            self._takes -= 1
            self._took.append(topic)
            answer.set_result(None)
        elif self._fails is REFUSED:
            answer.set_exception(REFUSED)
        elif self._fails is LOST:
            raise LOST
        else:
            self._lost.set()  # sent, and never answered
        return answer


@pytest.mark.parametrize("takes", range(len(AREAS)))
@pytest.mark.parametrize("fails", [LOST, None], ids=["while it is sent", "before it is answered"])
async def test_what_was_on_its_way_goes_first_again(takes: int, fails: Exception | None) -> None:
    """A connection that breaks while a message is handed over, or before its answer: the next one takes it."""
    took, seen, _ = await published([(takes, fails), (100, None)])
    assert {topic.rpartition("/")[2] for topic in took} >= set(AREAS)
    confirmed = [one.event for one in seen if isinstance(one, EventPublished)]
    assert sorted(confirmed) == [f"a-{area}:raised" for area in AREAS]


async def test_what_is_refused_is_not_tried_again() -> None:
    """The exercise hears why, and nothing waits any more."""
    took, _, refusals = await published([(1, REFUSED)])
    assert (len(took), set(refusals)) == (1, {"refused"})


async def test_what_stands_and_was_never_sent_is_not_said_after_a_purge() -> None:
    """Terminated while the connection was gone: the next one hears nothing but what the farewell will say."""
    took, _, _ = await published([(0, LOST), (100, None)], purged=True)
    assert took == []


async def published(
    lines: Sequence[tuple[int, Exception | None]], *, purged: bool = False
) -> tuple[list[str], list[Observation], list[str]]:
    """Alerts of three areas over these connections, one after the other; waits until nothing is left to send.

    `purged`: everything is, as soon as the first connection is gone, and the next one was there for a moment.
    """
    took, seen, refusals = list[str](), list[Observation](), list[str]()
    lost, restored = asyncio.Event(), asyncio.Event()

    def observe(one: Observation) -> None:
        seen.append(one)
        for event, kind in ((lost, BrokerLost), (restored, BrokerRestored)):
            if isinstance(one, kind):
                event.set()

    coming = iter(lines)
    feed = Feed()
    reader = feed.reader("publisher", policy="wait", bound=10)
    publisher = Publisher(
        "broker",
        1,
        by=Mark("exercise-1", "nobody"),
        at=Millis(0),
        reader=reader,
        observe=observe,
        connect=lambda **_: Line(took, *next(coming)),
    )
    publisher.on_refused = refusals.append
    running = asyncio.create_task(publisher.run())
    try:
        for seq, area in enumerate(AREAS):
            event = AlertRaised(event=f"a-{area}:raised", at=Millis(0), entry="a", area=area)
            await feed.put(Played(seq, unix_us(), unix_us(), event))
        if purged:
            await lost.wait()
            publisher.purge()
            await restored.wait()
        reader.close()
        assert await publisher.drained(20)
    finally:
        publisher.close()
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
    return took, seen, refusals
