"""The in-process fan-out."""

import asyncio

import pytest

from alertsim import feed as feed_module
from alertsim.feed import Feed
from alertsim.observations import BrokerLost, Observed


def line(n: int) -> Observed:
    return Observed(n, 0, BrokerLost(reason=str(n)))


async def test_every_reader_gets_everything_in_order() -> None:
    """Two readers take the same lines, each at its own pace."""
    feed = Feed()
    one, two = feed.reader("one", policy="wait", bound=10), feed.reader("two", policy="drop_oldest", bound=10)
    for n in range(3):
        assert await feed.put(line(n)) == ()
    assert [seen.seq for seen in await one.take()] == [0, 1, 2]
    feed.close()
    assert [seen.seq for seen in await two.take()] == [0, 1, 2]
    assert await two.take() == []
    assert two.drained


async def test_a_reader_gets_only_what_it_wants() -> None:
    """A filter keeps lines out without costing room."""
    feed = Feed()
    even = feed.reader("even", policy="wait", bound=1, wants=lambda seen: seen.seq % 2 == 0)
    await feed.put(line(1))
    feed.offer(line(3))
    await feed.put(line(2))
    assert [seen.seq for seen in await even.take()] == [2]


async def test_drop_oldest_loses_the_oldest_and_counts() -> None:
    """A view that is slow sees the newest lines and knows how many it missed."""
    feed = Feed()
    view = feed.reader("view", policy="drop_oldest", bound=2)
    for n in range(5):
        await feed.put(line(n))
    assert [seen.seq for seen in await view.take()] == [3, 4]
    assert view.dropped == 3


async def test_a_slow_wait_reader_holds_the_conductor_but_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """A full `wait` reader is waited for once; then it is named, loses lines, and is waited for again after it took."""
    monkeypatch.setattr(feed_module, "PATIENCE_S", 0.02)
    feed = Feed()
    slow = feed.reader("slow", policy="wait", bound=1)
    assert await feed.put(line(0)) == ()
    assert await feed.put(line(1)) == ("slow",)
    assert await feed.put(line(2)) == ()
    assert slow.dropped == 2
    assert [seen.seq for seen in await slow.take()] == [0]
    assert not slow.stalled


async def test_room_made_in_time_loses_nothing() -> None:
    """A `wait` reader that takes while the conductor waits gets everything."""
    feed = Feed()
    reader = feed.reader("recorder", policy="wait", bound=1)

    async def take() -> list[int]:
        seen: list[int] = []
        while lines := await reader.take():
            seen += [each.seq for each in lines]
        return seen

    async with asyncio.TaskGroup() as group:
        taking = group.create_task(take())
        for n in range(50):
            assert await feed.put(line(n)) == ()
        feed.close()
    assert taking.result() == list(range(50))


async def test_discarding_closes_the_door() -> None:
    """A reader closed with `discard` forgets what waits, takes nothing more, and holds nobody up."""
    feed = Feed()
    reader = feed.reader("publisher", policy="wait", bound=1)
    await feed.put(line(0))
    putting = asyncio.create_task(feed.put(line(1)))
    await asyncio.sleep(0)
    reader.close(discard=True)
    assert await putting == ()
    assert await reader.take() == []
