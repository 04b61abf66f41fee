"""Who is cut in the Kyivstar outage: at ten stated points exactly those whose hash says so, nobody else."""

from pathlib import Path

import pytest

from alertsim import library
from alertsim.operators.coverage import EVERYWHERE
from alertsim.swarm.attendance import CUT, Attendance
from alertsim.swarm.roster import Roster
from alertsim.timeline import Timeline
from alertsim.times import Millis
from tests import kyivstar
from tests.kyivstar import POINTS, Point

MANY = 2_000


@pytest.fixture(scope="module")
def night() -> Timeline:
    """What is going to happen."""
    return kyivstar.timeline_of(library.load(kyivstar.SCENARIO))


@pytest.fixture(scope="module")
def roster(night: Timeline) -> Roster:
    """Those who hear of it."""
    return kyivstar.roster_of(night, MANY)


def attendance_at(timeline: Timeline, roster: Roster, at: Millis) -> Attendance:
    """Who is there after all that befell operators until then, one after the other."""
    attendance = Attendance(roster, 0.0)
    for change in kyivstar.changes(timeline):
        if change.at <= at:
            areas = dict(change.condition)
            attendance.cover(change.operator, areas.pop(EVERYWHERE), 0.0, areas)
    return attendance


def gone(attendance: Attendance, roster: Roster) -> dict[str, set[str]]:
    """The names of those without coverage, by operator."""
    found: dict[str, set[str]] = {cohort.operator: set() for cohort in roster.plan.cohorts}
    for subscriber in range(roster.many):
        if attendance.away[subscriber] & CUT:
            found[roster.cohort(subscriber).operator].add(roster.name(subscriber))
    return found


@pytest.mark.parametrize("point", POINTS, ids=lambda point: point.name)
def test_exactly_those_whose_hash_exceeds_the_curve(night: Timeline, roster: Roster, point: Point) -> None:
    """Of 2,000 subscribers those are cut whose place is not below what the text says is up where they are."""
    attendance = attendance_at(night, roster, kyivstar.millis(point))
    assert gone(attendance, roster) == kyivstar.cut(roster, point)
    assert attendance.cut == sum(kyivstar.counts(roster, point).values())


def test_the_points_tell_something(roster: Roster) -> None:
    """Nobody, half and all are cut, then fewer by network and by area; of the others one in fifty of those on data."""
    cut = [kyivstar.counts(roster, point) for point in POINTS]
    assert [each["kyivstar"] for each in cut] == [0, 496, 975, 912, 880, 750, 426, 0, 154, 294]
    assert [each["vodafone-ua"] for each in cut] == [0, 4, 12, 12, 12, 12, 12, 0, 0, 0]
    assert [each["lifecell"] for each in cut] == [0, 0, 3, 3, 3, 3, 3, 0, 0, 0]


def test_nobody_else_loses_anything_where_nothing_spills_over(roster: Roster, tmp_path: Path) -> None:
    """Without `spill_over` in the text nothing befalls Vodafone and lifecell, and Kyivstar's are cut all the same."""
    alone = kyivstar.timeline_of(kyivstar.without_spills(tmp_path))
    assert {change.operator for change in kyivstar.changes(alone)} == {"kyivstar"}
    cut = gone(attendance_at(alone, roster, kyivstar.millis(POINTS[2])), roster)
    assert cut == {"kyivstar": kyivstar.cut(roster, POINTS[2])["kyivstar"], "vodafone-ua": set(), "lifecell": set()}
