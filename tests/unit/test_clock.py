"""Virtual time."""

import asyncio
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertsim.clock import MAX, Clock, monotonic_s, pause, unix_us
from alertsim.times import Millis


class Hand:
    """Real time moved by hand; sleeping moves it."""

    def __init__(self) -> None:
        self.real, self.away = 1000.0, 0.0

    async def sleep(self, seconds: float) -> None:
        self.real += seconds or 0.0001
        await asyncio.sleep(0)

    def spend(self, seconds: float, watch: Clock) -> None:
        """Let time pass while somebody looks at the clock at least once a second."""
        while seconds > 0:
            self.real += min(1.0, seconds)
            seconds -= 1.0
            watch.now()


def clock(hand: Hand, at: int = 0, rate: float = 1.0) -> Clock:
    """A clock whose real time is moved by hand."""
    return Clock(Millis(at), rate=rate, real_s=lambda: hand.real, suspended_s=lambda: hand.away, sleep=hand.sleep)


steps = st.lists(
    st.one_of(
        st.tuples(st.just("pass"), st.floats(0, 100)),
        st.tuples(st.just("rate"), st.sampled_from([0.0, 0.5, 1.0, 60.0, 3600.0])),
        st.tuples(st.just("jump"), st.integers(0, 10**6)),
    )
)


@given(steps)
def test_time_never_runs_backwards(doings: list[tuple[str, float]]) -> None:
    """Under any mix of pauses, rates and forward jumps the scenario time only grows."""
    hand = Hand()
    watch = clock(hand)
    seen = [watch.now()]
    for what, size in doings:
        match what:
            case "pass":
                hand.spend(size, watch)
            case "rate":
                watch.set_rate(size)
            case _:
                watch.jump(Millis(watch.now() + int(size)))
        seen.append(watch.now())
    assert seen == sorted(seen)


def test_a_rate_change_does_not_jump() -> None:
    """Ten real seconds at 60 and ten at 1 are 610 scenario seconds; a pause adds none."""
    hand = Hand()
    watch = clock(hand, rate=60.0)
    hand.spend(10, watch)
    watch.set_rate(1.0)
    hand.spend(10, watch)
    watch.set_rate(0.0)
    hand.real += 1000
    assert watch.now() == 610_000
    assert watch.take_lost_s() == 0


async def test_waiting_never_ends_early() -> None:
    """A wait for a scenario time ends at or after it, at rate 1 and at 60."""
    for rate in (1.0, 60.0):
        watch = Clock(Millis(0), rate=rate)
        for goal in (30, 61, 95):
            await watch.until(Millis(goal), asyncio.Event())
            assert watch.now() >= goal


async def test_an_interruption_ends_the_wait() -> None:
    """A command does not wait for the next event, even while paused."""
    for rate in (0.0, 1.0):
        interrupted = asyncio.Event()
        waiting = asyncio.create_task(Clock(Millis(0), rate=rate).until(Millis(10**9), interrupted))
        await asyncio.sleep(0.01)
        interrupted.set()
        async with asyncio.timeout(5):
            await waiting


async def test_at_max_nothing_waits() -> None:
    """At rate max a wait puts the clock there at once, and due is now."""
    watch = Clock(Millis(0), rate=MAX)
    await watch.until(Millis(10**12), asyncio.Event())
    assert watch.now() == 10**12
    assert abs(watch.due_us(Millis(5)) - watch.unix_us()) < 10**6
    assert watch.rate == math.inf


class Stopped(Hand):
    """Real time of a machine that was stopped for a minute in the middle of a wait."""

    def __init__(self, *, suspend: bool) -> None:
        super().__init__()
        self.suspend, self.slept = suspend, False

    def look(self) -> float:
        self.real += 0.25
        if self.real > 1002 and not self.slept:
            self.slept = True
            if self.suspend:
                self.away += 60
            else:
                self.real += 60
        return self.real


@pytest.mark.parametrize("suspend", [False, True])
async def test_a_machine_that_slept_lost_no_scenario_time(suspend: bool) -> None:  # a closed lid, or SIGSTOP
    """A minute asleep counts as a pause: it is said, and the story goes on where it was."""
    hand = Stopped(suspend=suspend)
    watch = Clock(Millis(0), rate=1.0, real_s=hand.look, suspended_s=lambda: hand.away)
    while not (lost := watch.take_lost_s()):
        await watch.until(Millis(watch.now() + 1), asyncio.Event())
    assert 55 < lost <= 61
    assert watch.now() < 10_000
    assert watch.take_lost_s() == 0


async def test_due_times_follow_the_rate() -> None:
    """What is a scenario minute away is due in one real second at rate 60."""
    hand = Hand()
    watch = clock(hand, rate=60.0)
    assert watch.due_us(Millis(60_000)) - watch.unix_us() == pytest.approx(1_000_000, abs=2)


async def test_real_time_passes() -> None:
    """The clock's own readings of real time go forward."""
    before, stamp = monotonic_s(), unix_us()
    await pause(0.001)
    assert monotonic_s() > before
    assert unix_us() > stamp
