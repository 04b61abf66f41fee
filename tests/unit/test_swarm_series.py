"""The course of a run: rows of a fixed step, whatever the clock and the caller do."""

from itertools import accumulate
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertsim.swarm.series import Series

START_US = 1_700_000_000_000_000
STEP_US = 100_000

ticks = st.lists(
    st.tuples(
        st.one_of(st.integers(0, 30_000), st.integers(0, 2_000_000), st.just(3_600_000_000)),
        st.integers(0, 100),
        st.integers(0, 100),
        *[st.integers(0, 50)] * 3,
    ),
    min_size=1,
    max_size=60,
)


def noted(series: Series, rows: list[tuple[int, ...]]) -> dict[str, Any]:
    """The series after ticks of (µs since the one before, connected, cut, connects, lost, deliveries since it)."""
    at_us, counters = START_US, [0, 0, 0]
    for after_us, connected, cut, *more in rows:
        at_us += after_us
        counters = [known + new for known, new in zip(counters, more, strict=True)]
        series.note(at_us, connected, cut, *counters)
    return series.as_json()


@given(ticks, st.integers(2, 40))
def test_nothing_is_lost_and_nothing_grows(rows: list[tuple[int, ...]], most: int) -> None:
    """Whatever the ticks: the counts add up, the last level stands, the rows reach to the last tick, no further."""
    told = noted(Series(most=most), rows)
    for name, column in (("connects", 3), ("lost", 4), ("deliveries", 5)):
        assert sum(told[name]) == sum(row[column] for row in rows)
        assert min(told[name]) >= 0
    assert (told["connected"][-1], told["cut"][-1]) == rows[-1][1:3]
    assert len({len(told[name]) for name in ("connected", "cut", "connects", "lost", "deliveries")}) == 1
    took_us, step_us = sum(row[0] for row in rows[1:]), round(told["step_s"] * 1e6)
    assert (told["start_us"], len(told["lost"])) == (START_US + rows[0][0], took_us // step_us + 1)
    assert len(told["lost"]) <= most
    assert step_us == STEP_US or took_us // (step_us // 2) >= most


@given(ticks, st.integers(2, 40))
def test_merged_rows_are_pairs_of_the_finer_ones(rows: list[tuple[int, ...]], most: int) -> None:
    """A series that had to double its step tells what one that had room tells, in pairs, pairs of pairs and so on."""
    rows = [(min(row[0], 200_000), *row[1:]) for row in rows]
    fine, coarse = noted(Series(), rows), noted(Series(most=most), rows)
    many = round(coarse["step_s"] / fine["step_s"])
    ends = [*range(many - 1, len(fine["lost"]), many)]
    if len(ends) < len(coarse["lost"]):
        ends.append(len(fine["lost"]) - 1)
    for name in ("connected", "cut"):
        assert coarse[name] == [fine[name][n] for n in ends]
    for name in ("connects", "lost", "deliveries"):
        sums = list(accumulate(fine[name]))
        assert list(accumulate(coarse[name])) == [sums[n] for n in ends]


def test_who_did_not_look_repeats_the_level() -> None:
    """After a stop of a second, rows stand for it; what happened meanwhile counts in the row it is noticed in."""
    series = Series()
    series.note(START_US, 10, 2, 10, 0, 5)
    series.note(START_US + 10 * STEP_US, 4, 3, 11, 7, 9)
    assert series.as_json() == {
        "start_us": START_US,
        "step_s": 0.1,
        "connected": [10] * 10 + [4],
        "cut": [2] * 10 + [3],
        "connects": [10] + [0] * 9 + [1],
        "lost": [0] * 10 + [7],
        "deliveries": [5] + [0] * 9 + [4],
    }


@given(st.lists(st.integers(-10_000_000, 10_000_000), min_size=1))
def test_a_clock_that_goes_back_stops(jumps: list[int]) -> None:
    """Rows follow the latest time there was; nothing noted before it is lost."""
    series, at_us, latest_us = Series(), START_US, START_US
    series.note(at_us, 0, 0, 0, 0, 0)
    for count, jump in enumerate(jumps, 1):
        at_us += jump
        latest_us = max(latest_us, at_us)
        series.note(at_us, count, 0, count, 0, 0)
    told = series.as_json()
    assert len(told["connects"]) == (latest_us - START_US) // STEP_US + 1
    assert (told["connected"][-1], sum(told["connects"])) == (len(jumps), len(jumps))


def test_nothing_noted() -> None:
    """Without a tick there is no row and no invented beginning."""
    assert Series().as_json() == {
        "start_us": None, "step_s": 0.1, "connected": [], "cut": [], "connects": [], "lost": [], "deliveries": [],
    }  # fmt: skip


@pytest.mark.parametrize("hours", [1, 24, 24 * 365])
def test_a_machine_that_slept_for_long(hours: int) -> None:
    """A year asleep between two ticks takes no more rows, and no more time, than an hour."""
    series = Series()
    series.note(START_US, 1, 0, 1, 0, 0)
    series.note(START_US + hours * 3_600_000_000, 2, 0, 2, 0, 0)
    told = series.as_json()
    assert 3_000 <= len(told["lost"]) <= 6_000
    assert (told["connected"][-2:], sum(told["connects"])) == ([1, 2], 2)
