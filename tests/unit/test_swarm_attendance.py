"""Who should be connected and who dials next, whatever befalls them: coverage, sleep, a flash crowd, churn."""

from collections import Counter
from collections.abc import Iterator, Mapping
from math import inf
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertsim.operators.coverage import SIRENS
from alertsim.operators.cut import is_cut, place
from alertsim.swarm.attendance import ALL, ASLEEP, CUT, LATE, Attendance
from alertsim.swarm.cohort import Cohort, Group
from alertsim.swarm.plan import Address, Plan
from alertsim.swarm.ramp import LONGEST_S
from alertsim.swarm.roster import Roster

COHORTS = (
    Cohort("phones", operator="one", network="data"),
    Cohort("gateways", operator="one", network="fixed"),
    Cohort("others", operator="two", network="data"),
    Cohort("wired", operator="two"),
    Cohort("pollers", operator="two", network="data", awake_s=3.0, asleep_s=7.0),
    Cohort("lab"),
)
SHARES = st.sampled_from([0.0, 0.25, 0.4, 0.5, 0.9, 1.0])
CONDITIONS = st.tuples(
    st.sampled_from(["one", "two", "three", ALL]),
    st.dictionaries(st.sampled_from(["data", "fixed", "voice"]), SHARES),
)
STEPS = st.lists(
    st.one_of(
        CONDITIONS,
        st.sampled_from(["flash", "churn", "nap", "dial", "lose"]),
        st.floats(0, 20, allow_nan=False),
    ),
    max_size=40,
)


def roster_of(many: int = 60, cohorts: tuple[Cohort, ...] = COHORTS, **options: Any) -> Roster:
    """So many of each cohort."""
    groups = tuple(Group(n, ("t",), many) for n in range(len(cohorts)))
    return Roster(Plan((Address("127.0.0.1", 1),), "test-x", cohorts, groups, offset_us=0, **options))


def cut_by(cohort: Cohort, name: str, standing: Mapping[str, Mapping[str, float]]) -> bool:
    """Whether the newest conditions of everybody and of an operator leave it without coverage."""
    shares = [1.0, *standing.get(ALL, {}).values()]
    if cohort.operator:
        shares.append(standing.get(cohort.operator, {}).get(cohort.network, 1.0))
    return is_cut(name, min(shares))


def everybody(attendance: Attendance, now_s: float) -> Iterator[int]:
    """Whoever may dial now."""
    while (subscriber := attendance.next(now_s)) is not None:
        yield subscriber


@given(st.lists(CONDITIONS, max_size=12))
def test_who_is_cut_is_whose_hash_says_so(conditions: list[tuple[str, dict[str, float]]]) -> None:
    """After any conditions in any order: exactly those whose place is not below the share that is up."""
    roster = roster_of()
    attendance, standing = Attendance(roster, 0.0), dict[str, dict[str, float]]()
    for at_s, (operator, up) in enumerate(conditions):
        before = [away & CUT for away in attendance.away]
        standing[operator] = up
        told = attendance.cover(operator, up, at_s)
        wanted = [cut_by(roster.cohort(n), roster.name(n), standing) for n in range(roster.many)]
        assert [bool(away & CUT) for away in attendance.away] == wanted
        assert told == [n for n in range(roster.many) if wanted[n] and not before[n]]
        per_cohort = Counter(roster.cohorts[n] for n in range(roster.many) if wanted[n])
        assert attendance.cut_of == [per_cohort[cohort] for cohort in range(len(COHORTS))]
        assert attendance.cut == sum(wanted)


@given(STEPS, st.integers(0, 30), st.booleans())
def test_nobody_who_is_away_is_to_dial(steps: list[Any], flash: int, jittered: bool) -> None:
    """Whatever befalls them in whatever order: `next` gives nobody who is cut, asleep or not yet to come."""
    roster = roster_of(8, flash=flash, churn_per_s=3.0, jittered=jittered)
    attendance, now_s, connected = Attendance(roster, 0.0), 0.0, set[int]()
    attendance.churn(0.0)
    for step in steps:
        match step:
            case float():
                now_s += step
            case (operator, up):
                lost = attendance.cover(operator, up, now_s)
                _lose(attendance, connected, lost, now_s)
            case "flash":
                attendance.flash(now_s)
            case "nap":
                _lose(attendance, connected, attendance.napping(now_s), now_s)
            case "churn":
                _lose(attendance, connected, attendance.churning(now_s), now_s)
            case "lose":
                _lose(attendance, connected, sorted(connected)[::3], now_s)
            case _:
                for subscriber in everybody(attendance, now_s):
                    assert not attendance.away[subscriber]
                    attendance.arrived(subscriber)
                    connected.add(subscriber)
        gone = Counter(roster.cohorts[n] for n in range(roster.many) if attendance.away[n])
        assert attendance.gone_of == [gone[cohort] for cohort in range(len(COHORTS))]
        assert attendance.gone == sum(map(bool, attendance.away))
        assert attendance.who_is_gone() == sum(1 << n for n, why in enumerate(attendance.away) if why)
        assert not any(attendance.away[subscriber] for subscriber in connected)


def _lose(attendance: Attendance, connected: set[int], who: Any, now_s: float) -> None:
    for subscriber in list(who):
        if subscriber in connected:
            connected.remove(subscriber)
            attendance.lost(subscriber, now_s)


@given(STEPS, st.booleans())
def test_everybody_comes_back(steps: list[Any], jittered: bool) -> None:
    """After whatever befell them: once everything is up and the longest back-off over, nobody is left behind."""
    roster = roster_of(8, COHORTS[:4] + COHORTS[5:], flash=10, churn_per_s=3.0, jittered=jittered)
    attendance, now_s, connected = Attendance(roster, 0.0), 0.0, set[int]()
    attendance.churn(0.0)
    for step in steps:
        match step:
            case float():
                now_s += step
            case (operator, up):
                _lose(attendance, connected, attendance.cover(operator, up, now_s), now_s)
            case "churn":
                _lose(attendance, connected, attendance.churning(now_s), now_s)
            case "lose":
                _lose(attendance, connected, sorted(connected), now_s)
            case "dial":
                connected.update(everybody(attendance, now_s))
            case _:
                attendance.flash(now_s)
    attendance.flash(now_s)
    for operator in ("one", "two", ALL):
        attendance.cover(operator, {}, now_s)
    connected.update(everybody(attendance, now_s + LONGEST_S))
    assert connected == set(range(roster.many))
    assert (attendance.gone, attendance.who_is_gone(), attendance.due_s()) == (0, 0, inf)


@pytest.mark.parametrize("jittered", [False, True])
def test_who_was_cut_comes_back_within_the_first_back_off(jittered: bool) -> None:
    """All at its end where it is fixed, all over it where it is spread; whoever was not cut need not."""
    roster = roster_of(200, COHORTS[:1], back_off_s=4.0, jittered=jittered)
    attendance = Attendance(roster, 0.0)
    there = list(everybody(attendance, 0.0))
    cut = attendance.cover("one", {"data": 0.5}, 10.0)
    assert there == list(range(200))
    assert 0 < len(cut) < 200
    for subscriber in cut:
        attendance.lost(subscriber, 10.0)
    assert attendance.next(19.9) is None
    attendance.cover("one", {"data": 1.0}, 20.0)
    quarters = [len(list(everybody(attendance, 20.0 + at_s))) for at_s in (0.999, 1.999, 2.999, 4.0)]
    assert sum(quarters) == len(cut)
    assert all(quarters) if jittered else quarters == [0, 0, 0, len(cut)]


def test_back_off_doubles_until_it_arrives() -> None:
    """Each failure waits twice as long as the one before, a minute at most; having arrived it begins anew."""
    attendance = Attendance(roster_of(1, COHORTS[:1], back_off_s=1.0, jittered=False), 0.0)
    assert attendance.next(0.0) == 0
    waits = []
    for _ in range(300):
        attendance.lost(0, 0.0)
        waits.append(attendance.due_s())
        assert attendance.next(waits[-1]) == 0
    assert waits == [min(2.0**n, LONGEST_S) for n in range(300)]
    attendance.arrived(0)
    attendance.lost(0, 0.0)
    assert attendance.due_s() == 1.0


def test_two_reasons_are_away_until_both_are_over() -> None:
    """Cut and not yet come: the crowd's arrival alone brings nobody, nor does coverage alone."""
    roster = roster_of(20, COHORTS[:1], flash=20)
    attendance = Attendance(roster, 0.0)
    assert attendance.next(0.0) is None
    assert set(attendance.away) == {LATE}
    attendance.cover("one", {"data": 0.0}, 0.0)
    attendance.flash(1.0)
    assert (list(everybody(attendance, 99.0)), set(attendance.away)) == ([], {CUT})
    attendance.cover("one", {"data": 1.0}, 100.0)
    assert sorted(everybody(attendance, 101.0)) == list(range(20))
    attendance.flash(102.0)
    assert attendance.next(200.0) is None


def test_an_outage_of_all_does_not_end_that_of_one() -> None:
    """Coverage comes back for everybody: not for those whose own operator is still down."""
    roster = roster_of(20, COHORTS[:3])
    attendance = Attendance(roster, 0.0)
    attendance.cover("one", {"data": 0.0}, 1.0)
    attendance.cover(ALL, {"data": 0.0, "fixed": 0.0}, 2.0)
    assert attendance.cut == roster.many
    attendance.cover(ALL, {"data": 1.0, "fixed": 1.0}, 3.0)
    assert attendance.cut_of == [20, 0, 0]


def test_sleepers_take_turns() -> None:
    """Each is awake and asleep for its time, at a phase of its own: at any moment the share that ought to be asleep."""
    roster = roster_of(1_000, (COHORTS[4],))
    attendance, seen_awake = Attendance(roster, 0.0), set[int]()
    for tenth in range(250):
        now_s = tenth / 10
        for subscriber in attendance.napping(now_s):
            assert attendance.away[subscriber] == ASLEEP
        seen_awake.update(n for n, why in enumerate(attendance.away) if not why)
        asleep = sum(attendance.away[n] == ASLEEP for n in range(roster.many))
        assert 640 < asleep < 760
        for n in (0, 7, 999):
            into_s = (place(roster.name(n)) * 10 + now_s) % 10
            if 0.2 < into_s < 2.8 or 3.2 < into_s < 9.8:
                assert bool(attendance.away[n]) == (into_s > 3)
    assert len(seen_awake) == roster.many


def test_who_wakes_up_without_coverage_does_not_dial() -> None:
    """It comes when it has both."""
    roster = roster_of(30, (COHORTS[4],))
    attendance = Attendance(roster, 0.0)
    attendance.cover("two", {"data": 0.0}, 0.0)
    for tenth in range(150):
        attendance.napping(tenth / 10)
        assert attendance.next(tenth / 10) is None
    attendance.cover("two", {"data": 1.0}, 15.0)
    came = set(everybody(attendance, 16.0))
    assert came == {n for n, why in enumerate(attendance.away) if not why}
    assert came


@given(st.integers(1, 40), st.floats(0.1, 500), st.lists(st.floats(0, 3), min_size=1, max_size=60))
def test_churn_visits_everybody_in_turn(many: int, per_s: float, gaps: list[float]) -> None:
    """As many a second as asked for, nobody twice before everybody was visited; who looks late visits each once."""
    attendance = Attendance(roster_of(many, COHORTS[:1], churn_per_s=per_s), 0.0)
    assert list(attendance.churning(50.0)) == []
    attendance.churn(100.0)
    now_s, left, missed = 100.0, list[int](), False
    for gap in gaps:
        now_s += gap
        gone = list(attendance.churning(now_s))
        assert len(set(gone)) == len(gone) <= many
        missed |= gap * per_s > many - 1
        left += gone
    if not missed:
        assert len(left) == int((now_s - 100.0) * per_s)
        visits = Counter(dict.fromkeys(range(many), 0) | Counter(left))
        assert max(visits.values()) - min(visits.values()) <= 1


def test_nobody_leaves_where_nothing_churns() -> None:
    """No churn: whoever asks hears nothing."""
    attendance = Attendance(roster_of(5), 0.0)
    attendance.churn(0.0)
    assert list(attendance.churning(1_000.0)) == []


def test_the_end() -> None:
    """After the end nobody dials, falls asleep or is begun with."""
    attendance = Attendance(roster_of(5), 0.0)
    assert not attendance.begun
    attendance.next(0.0)
    attendance.lost(0, 0.0)
    attendance.stop()
    assert attendance.next(1_000.0) is None
    assert attendance.napping(1_000.0) == []
    assert attendance.begun
    assert attendance.due_s() == inf


def test_areas_and_sirens() -> None:
    """What is said of the smallest area around a group holds for it; sirens also need those that can be sounded."""
    cohorts = (Cohort("phones", "a", "data"), Cohort("sirens", "a", "data", "siren"))
    areas = ("UA-46", "UA-32/75", "UA-32")
    groups = tuple(Group(cohort, ("t",), 10, area) for cohort in range(2) for area in areas)
    roster = Roster(Plan((Address("127.0.0.1", 1),), "test-x", cohorts, groups, 0))
    attendance = Attendance(roster, 0.0)
    attendance.cover("a", {"data": 0.0}, 1.0, {"UA-46": {"data": 1.0, SIRENS: 0.0}, "UA-32/75": {"data": 1.0}})
    here = {
        (group.cohort, group.area)
        for number, group in enumerate(groups)
        for subscriber in range(roster.many)
        if roster.groups[subscriber] == number and not attendance.away[subscriber]
    }
    assert here == {(0, "UA-46"), (0, "UA-32/75"), (1, "UA-32/75")}
