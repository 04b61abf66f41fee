import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertsim.swarm.histogram import COARSE, FINE, FINE_US, HIGHEST_US, SLOTS, USUAL_US, Histogram, highest_in, slot

latencies = st.one_of(st.integers(0, 300), st.integers(0, 100_000), st.integers(0, HIGHEST_US))
percents = st.one_of(st.sampled_from([0.0, 50.0, 90.0, 99.0, 99.9, 100.0]), st.floats(0, 100))


def recorded(values: list[int]) -> Histogram:
    histogram = Histogram()
    for value in values:
        histogram.record(value)
    return histogram


@given(st.lists(latencies, min_size=1), percents)
def test_a_percentile_is_the_sorted_lists_within_two_digits(values: list[int], percent: float) -> None:
    """A percentile is that of the sorted list, at most one 128th above it."""
    rank = max(1, math.ceil(len(values) * percent / 100 - 1e-9))
    true = sorted(values)[rank - 1]
    found = recorded(values).percentile(percent)
    assert found is not None
    assert true <= found <= true + true / 128


@given(st.lists(latencies), st.lists(latencies))
def test_merging_is_counting_together(one: list[int], other: list[int]) -> None:
    """Two histograms merged are the histogram of both lists, bucket for bucket."""
    assert recorded(one).merge(recorded(other)).sparse() == recorded(one + other).sparse()
    assert recorded(one + other).total == len(one) + len(other)


@given(st.integers(0, SLOTS - 1))
def test_buckets_touch_and_never_overlap(index: int) -> None:
    """Each bucket ends where the next begins, so every microsecond has exactly one."""
    assert slot(highest_in(index)) == index
    assert slot(highest_in(index) + 1) == index + 1


@given(st.integers(0, USUAL_US - 1))
def test_buckets_can_be_looked_up(us: int) -> None:
    """What is looked up is what is computed."""
    assert (FINE[us] if us < FINE_US else COARSE[us >> 6]) == slot(us)


@given(latencies)
def test_buckets_are_those_of_hdr(us: int) -> None:
    """The index is the one HdrHistogram(1, hour, 2 digits) computes by its own formula."""
    bucket = 64 - (64 - (us | 255).bit_length()) - 8
    assert slot(us) == ((bucket + 1) << 7) + (us >> bucket) - 128


@given(st.integers())
def test_nothing_is_outside(us: int) -> None:
    """Whatever two clocks make of a latency is counted: below 0 as 0, above an hour as an hour."""
    clamped = min(max(us, 0), HIGHEST_US)
    assert recorded([us]).sparse() == recorded([clamped]).sparse()
    assert len(recorded([us]).counts) <= SLOTS


@given(st.lists(latencies))
def test_json_and_back(values: list[int]) -> None:
    """What goes through JSON comes back equal."""
    before = recorded(values)
    assert Histogram.from_sparse(before.sparse()).counts == before.counts


@pytest.mark.parametrize("sparse", [{"-1": 1}, {str(SLOTS): 1}, {"3": -1}, {"x": 1}])
def test_foreign_buckets_are_refused(sparse: dict[str, int]) -> None:
    """A bucket that cannot be is an error, not a list of a billion zeros."""
    with pytest.raises(ValueError, match=r"bucket|literal"):
        Histogram.from_sparse(sparse)


@given(st.lists(latencies), latencies, latencies)
def test_between_counts_what_lies_there(values: list[int], low: int, high: int) -> None:
    """`between` counts the latencies whose bucket lies in the range."""
    assert recorded(values).between(low, high) == sum(slot(low) <= slot(value) < slot(high) for value in values)


def test_an_empty_histogram_has_no_percentile() -> None:
    """Nothing counted, nothing to say."""
    assert Histogram().percentile(50) is None
