"""Storms and flash crowds, found in the course of a run."""

import math
from itertools import accumulate, pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from alertsim.swarm.storms import CAME_SHARE, LEAST, LOST_SHARE, Crowd, Storm, find_storms, storm_lines

START_US = 1_700_000_000_000_000
Row = tuple[int, int]
"""Connects and losses of a step."""

amounts = st.one_of(st.just(0), st.just(0), st.integers(0, 20), st.integers(0, 400))
courses = st.lists(st.tuples(amounts, amounts), min_size=1, max_size=60)
steps = st.sampled_from([0.1, 0.2, 0.4, 0.8, 1.6, 12.8])


def series(rows: list[Row], step_s: float = 0.1) -> dict[str, Any]:
    """A course whose levels are what came less what went; nobody is lost who is not there."""
    level, kept, connected = 0, [], []
    for connects, lost in rows:
        gone = min(lost, level + connects)
        level += connects - gone
        kept.append((connects, gone))
        connected.append(level)
    columns: dict[str, Any] = {"connects": [row[0] for row in kept], "lost": [row[1] for row in kept]}
    idle = [0] * len(rows)
    return columns | {
        "start_us": START_US, "step_s": step_s, "connected": connected, "cut": idle, "deliveries": idle,
    }  # fmt: skip


def message(after_s: float, missing: int = 0, unreachable: int = 0) -> dict[str, Any]:
    """A message of two cohorts."""
    counts = [{"missing": missing, "unreachable": 0}, {"missing": 0, "unreachable": unreachable}]
    return {"intended_us": START_US + round(after_s * 1e6), "counts": counts}


def storms(rows: list[Row], step_s: float = 0.1) -> list[Storm]:
    return [one for one in find_storms(series(rows, step_s)) if isinstance(one, Storm)]


def crowds(rows: list[Row], step_s: float = 0.1) -> list[Crowd]:
    return [one for one in find_storms(series(rows, step_s)) if isinstance(one, Crowd)]


CALM: list[Row] = [(1_000, 0)] + [(0, 0)] * 19
"""A thousand come at once; two seconds."""


def test_a_storm_from_the_first_loss_until_all_are_back() -> None:
    """600 of 1,000 lost over two steps, a second of silence, then back at 200 a step."""
    lost: list[Row] = [(0, 400), (0, 200)]
    rows = CALM + lost + [(0, 0)] * 10 + [(200, 0)] * 3 + [(0, 0)] * 5
    told = [message(1.0, missing=7), message(2.0, missing=1), message(3.0, 0, 20), message(3.5, 3)]
    (storm,) = find_storms(series(rows), told, messages=4)
    assert storm == Storm(
        began_us=START_US + 2_000_000,
        after_s=2.0,
        until_us=START_US + 3_500_000,
        before=1_000,
        lost=600,
        lowest=400,
        peak_connects_per_s=600,
        steepest_connects_per_s=2_000,
        step_s=0.1,
        back_s=1.5,
        return_s=3 * 0.1,
        peak_us=START_US + 3_500_000,
        messages=2,
        missed=21,
    )


def test_who_never_comes_back() -> None:
    """A storm that nobody returns from lasts as long as the run."""
    (storm,) = storms([*CALM, (0, 60), *[(0, 0)] * 30])
    assert (storm.back_s, storm.lowest, storm.until_us) == (None, 940, START_US + 5_100_000)


def test_storms_close_to_each_other_are_one() -> None:
    """Two blows half a second apart are one storm; three seconds apart they are two."""
    blow: list[Row] = [(0, 100), (100, 0)]
    (one,) = storms(CALM + blow + [(0, 0)] * 5 + blow + CALM)
    assert (one.lost, round(one.back_s or 0, 3)) == (200, 0.9)
    assert [storm.lost for storm in storms(CALM + blow + [(0, 0)] * 30 + blow + CALM)] == [100, 100]


def test_the_last_of_a_storm_who_leaves_alone_does_not_prolong_it() -> None:
    """Once all are back, a single loss soon after is none of the storm's."""
    (storm,) = storms([*CALM, (0, 500), (500, 0), (0, 0), (0, 1), *[(0, 0)] * 20])
    assert (storm.lost, storm.back_s) == (500, 0.2)


def test_lost_and_back_within_a_step() -> None:
    """A storm no row's level shows: its length is a step, the most it can have been."""
    (storm,) = storms([*CALM, (1_000, 1_000), (0, 0)])
    assert (storm.lost, storm.lowest, storm.back_s) == (1_000, 1_000, 0.1)
    assert storm.steepest_connects_per_s == 10_000


def test_messages_that_were_not_told() -> None:
    """Where only the first messages are told, what a later storm cost is not known; of an earlier one it is."""
    course = series([*CALM, (0, 500), (500, 0)])
    (known,) = find_storms(course, [message(2.05, 4), message(9.0)], messages=5_000)
    (unknown,) = find_storms(course, [message(1.0, 4)], messages=5_000)
    (none,) = find_storms(course, [], messages=5_000)
    assert [getattr(one, "missed", 0) for one in (known, unknown, none)] == [4, None, None]


@given(courses, steps)
def test_every_dense_loss_lies_in_a_storm_and_storms_lie_apart(rows: list[Row], step_s: float) -> None:
    """Storms lie in order and apart; a second with losses enough touches one; outside of them no step has enough."""
    course, found = series(rows, step_s), storms(rows, step_s)
    spans = [(round(one.after_s / step_s), round((one.until_us - START_US) / 1e6 / step_s)) for one in found]
    assert all(until < since for (_, until), (since, _) in pairwise(spans))
    inside = {row for since, until in spans for row in range(since, until)}
    assert sum(one.lost for one in found) == sum(course["lost"][row] for row in inside)
    for row, lost in enumerate(course["lost"]):
        levels = course["connected"][max(row - 1, 0) : row + 1]
        assert row in inside or lost < max(LEAST, LOST_SHARE * max(levels))
    for one, (since, until) in zip(found, spans, strict=True):
        assert course["lost"][since] > 0
        assert one.lost >= LEAST
        assert one.before == (course["connected"][since - 1] if since else 0)
        last = course["connected"][until - 1]
        usual = (1 - LOST_SHARE) * one.before  # where some always come and go, fewer are enough
        assert (last >= usual) if one.back_s is not None else until == len(rows)
        assert one.steepest_connects_per_s >= max(course["connects"][since:until]) / step_s - 1e-6


@given(courses, steps)
def test_few_losses_make_no_storm(rows: list[Row], step_s: float) -> None:
    """Where never more than two are lost in a row of steps that long, or nobody, there is no storm."""
    calm = [(connects, min(lost, 2) if step_s > 1 else 0) for connects, lost in rows]
    assert storms(calm, step_s) == []


@given(courses, st.integers(0, 10**9))
def test_the_hour_does_not_matter(rows: list[Row], later_us: int) -> None:
    """The same course an hour later has the same storms an hour later."""
    course = series(rows)
    found = find_storms(course)
    moved = find_storms(course | {"start_us": START_US + later_us})
    assert [(one.began_us + later_us, one.after_s) for one in found] == [(one.began_us, one.after_s) for one in moved]


def test_a_flash_crowd() -> None:
    """Half as many again within a second, and nobody was lost: from the first newcomer to the last."""
    assert crowds(CALM + [(100, 0)] * 5 + [(0, 0)] * 20) == [
        Crowd(
            began_us=START_US + 2_000_000,
            after_s=2.0,
            until_us=START_US + 2_500_000,
            before=1_000,
            came=500,
            peak_connects_per_s=500,
            steepest_connects_per_s=1_000,
            step_s=0.1,
        )
    ]


def test_a_long_crowd_is_one() -> None:
    """Ten seconds of a hundred a step are one crowd as long as each second brings a tenth."""
    (crowd,) = crowds(CALM + [(100, 0)] * 100 + [(0, 0)] * 20)
    assert crowd.came > 8_000
    assert len(crowds(CALM + [(300, 0)] + [(0, 0)] * 30 + [(300, 0)] + [(0, 0)] * 30)) == 2


@given(courses, steps)
def test_who_returns_is_no_crowd(rows: list[Row], step_s: float) -> None:
    """However fast the lost come back, as long as no more come than were lost there is no crowd."""
    owed, again = 0, []
    for connects, lost in rows:
        again.append((min(connects, owed), lost if not owed else 0))
        owed += again[-1][1] - again[-1][0]
    assert crowds([(400, 0), *[(0, 0)] * 12, *again], step_s) == []


@given(st.lists(st.floats(0.02, 2), min_size=1, max_size=60), steps)
def test_the_first_climb_is_no_crowd(shares: list[float], step_s: float) -> None:
    """As long as each second brings some: by a tenth or threefold."""
    rows, level = [(0, 0)] * 3 + [(50, 0)], 50
    for share in shares:
        rows.append((math.ceil(share * level), 0))
        level = min(level + rows[-1][0], 10**9)
    assert crowds(rows + [(0, 0)] * 30, step_s) == []


def test_where_some_always_come_and_go() -> None:
    """Sleepers come and go: the storm begins with the blow and is over when as many are there as usual."""
    sleepers: list[Row] = [(0, 2), (2, 0), (0, 1), (1, 0)] * 10
    blow: list[Row] = [(0, 700), (0, 0), (300, 0), (398, 0)]
    (one,) = find_storms(series(CALM + sleepers + blow + sleepers))
    assert isinstance(one, Storm)
    assert (round(one.after_s, 3), one.before, one.lost, round(one.back_s or 0, 3)) == (6.0, 1_000, 700, 0.4)
    (still,) = storms(CALM + sleepers + [(0, 700), (0, 0), (300, 0), (397, 0)])
    assert still.back_s is None


def test_a_crowd_among_sleepers() -> None:
    """That some always come hides no flash crowd, and is none."""
    sleepers: list[Row] = [(9, 9)] * 40
    assert [one.came for one in crowds(CALM + sleepers + [(400, 0)] + sleepers)] == [400]
    assert crowds(CALM + sleepers) == []


def test_a_storm_after_a_crowd_is_over_when_the_crowd_is_back_too() -> None:
    """What was usual before a crowd is not usual any more."""
    rows: list[Row] = [*CALM, (200, 0), *[(0, 0)] * 20, (0, 300), (100, 0), (150, 0), (49, 0), (1, 0), (0, 0)]
    (storm,) = storms(rows)
    assert (storm.before, round(storm.back_s or 0, 3)) == (1_200, 0.5)


@given(courses, steps)
def test_a_crowd_is_of_newcomers(rows: list[Row], step_s: float) -> None:
    """Crowds lie apart, bring a tenth of who was there at least, and no more than came."""
    course = series(rows, step_s)
    found = crowds(rows, step_s)
    assert all(one.until_us <= other.began_us for one, other in pairwise(found))
    came = [0, *accumulate(course["connects"])]
    for one in found:
        first, until = (round((at - START_US) / 1e6 / step_s) for at in (one.began_us, one.until_us))
        assert max(LEAST, CAME_SHARE * min(course["connected"])) <= one.came <= came[until] - came[first]


def test_lines_for_people() -> None:
    """A storm takes two lines, a crowd one; what is not known is said to be so."""
    rows = CALM + [(100, 0)] * 5 + [(0, 0)] * 15 + [(0, 600), (0, 0), (400, 0)]
    assert list(storm_lines(find_storms(series(rows), [message(4.1, 30)]))) == [
        "Flash crowd    2.0 s: 500 came to 1,000 connected; up to 500 CONNECT/s (1,000/s within 0.1 s)",
        (
            "Storm          4.0 s: 600 connections lost with 1,500 connected, down to 900; not all came back; "
            "up to 400 CONNECT/s (4,000/s within 0.1 s)"
        ),
        "               messages meanwhile: 1, missing or unreachable 30 times",
    ]
    (whole,) = find_storms(series([(100, 0), (0, 0), (10, 10)], 1.6), [], messages=9)
    assert list(storm_lines([whole])) == [
        (
            "Storm          3.2 s: 10 connections lost with 100 connected, down to 100; all back after 1.6 s; "
            "up to 6 CONNECT/s"
        ),
        "               messages meanwhile: n/a (only the first are told one by one)",
    ]


def test_the_way_back_is_told_where_it_took_a_while() -> None:
    """Beside the whole storm, the time from the fewest connected until all are back."""
    rows = CALM + [(0, 600), *[(0, 0)] * 5, *[(300, 0), (0, 0)] * 2]
    (storm,) = [line for line in storm_lines(find_storms(series(rows), [])) if line.startswith("Storm")]
    assert "s after the fewest" in storm


def test_a_run_without_a_course() -> None:
    """Nothing noted, nothing found."""
    assert find_storms(series([]) | {"start_us": None}) == ()


def test_who_wakes_for_who_falls_asleep_is_no_crowd() -> None:
    """However many connect, without a rise there is no crowd."""
    idle = [0] * 60
    level = {"connected": [1_000] * 60, "connects": [1_000] + [0] * 19 + [30] * 40, "lost": idle}
    assert find_storms(series([]) | level | {"cut": idle, "deliveries": idle}) == ()


def test_a_few_who_come_late_do_not_prolong_the_first_climb() -> None:
    """Half a hundredth a second is no climb any more; a crowd after it is one."""
    late: list[Row] = [(1, 0), (0, 0)] * 15
    assert [one.came >= 400 for one in crowds([*CALM[:1], *late, (400, 0), *CALM[1:]])] == [True]
