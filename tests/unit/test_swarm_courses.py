"""The course of each operator's subscribers: how they stand, the densest second, the storms."""

from hypothesis import given
from hypothesis import strategies as st

from alertsim.swarm.cohort import Cohort
from alertsim.swarm.courses import Courses, Figures, Stand

COHORTS = (Cohort("phones", operator="a"), Cohort("others", operator="b"), Cohort("sirens", operator="a"))
TICK_US = 100_000
NOBODY = (0, 0, 0)


def noted(*connects: int) -> Courses:
    """A tick for each of these counts of connects of operator a."""
    courses = Courses(COHORTS)
    for tick, count in enumerate(connects):
        courses.note(
            tick * TICK_US, Stand((count, 0, 0), (0, 0, 0), (0, 0, 0), (count, 0, 0), (0, 0, 0), (count, 0, 0))
        )
    return courses


def test_the_cohorts_of_an_operator_are_summed() -> None:
    """Who is not to be connected and has coverage is away."""
    courses = Courses(COHORTS)
    courses.note(0, Stand((5, 6, 7), (1, 0, 2), (3, 1, 2), (8, 9, 10), (1, 2, 3), (0, 0, 0)))
    assert courses.news("a") == (Figures(connected=12, cut=3, away=2, connects=18, lost=4), 0)
    assert courses.news("b") == (Figures(connected=6, cut=0, away=1, connects=9, lost=2), 0)


@given(st.lists(st.integers(0, 50), min_size=1, max_size=40))
def test_the_densest_second_is_the_most_of_any_ten_ticks(each: list[int]) -> None:
    """Connects within a second, the first tick's only if it is the first we know of; asked twice, it begins anew."""
    totals = [sum(each[: n + 1]) for n in range(len(each))]
    courses = noted(*totals)
    most = max(totals[n] - totals[max(n - 10, 0)] for n in range(len(totals)))
    assert courses.news("a")[1] == most
    assert courses.news("a")[1] == 0


def test_a_storm_is_its_operators() -> None:
    """All of a's connections are lost and come back; nothing befell b."""
    courses = Courses(COHORTS)
    rows = [(100, 100, 0)] * 20 + [(0, 100, 100)] * 10 + [(50, 150, 100)] + [(100, 200, 100)] * 3
    for tick, (here, connects, lost) in enumerate(rows):
        courses.note(
            tick * TICK_US, Stand((here, 40, 0), (0,) * 3, (0,) * 3, (connects, 40, 0), (lost, 0, 0), (lost, 0, 0))
        )
    ((operator, storm),) = courses.storms()
    assert (operator, storm.lost, storm.lowest, storm.peak_connects_per_s) == ("a", 100, 0, 100)
    assert (round(storm.back_s or 0, 6), round(storm.return_s or 0, 6)) == (1.2, 0.2)
    assert storm.peak_us == 32 * TICK_US
