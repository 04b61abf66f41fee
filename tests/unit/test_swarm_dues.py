"""Times without a list of them."""

from hypothesis import given
from hypothesis import strategies as st

from alertsim.swarm.dues import evenly


@given(st.floats(0.01, 10_000), st.integers(0, 50), st.slices(50))
def test_evenly(per_s: float, count: int, part: slice) -> None:
    """It is what a list of n / rate would be, from either end and in parts."""
    times = [number / per_s for number in range(count)]
    assert list(evenly(per_s, count)) == times
    assert list(evenly(per_s, count)[part]) == times[part]
    assert not count or evenly(per_s, count)[-1] == times[-1]


def test_nothing_is_made_before_it_is_asked_for() -> None:
    """A rate for longer than anybody has memory."""
    assert evenly(1_000, 10**15)[10**15 - 1] == (10**15 - 1) / 1_000
