"""What is assigned to an operator, what passes by itself, and what a client feels of it; and who waits how long."""

from dataclasses import replace
from math import inf
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from alertsim.operators.conditions import CALM, Conditions, Down
from alertsim.operators.cut import is_cut, place
from alertsim.operators.toxics import Toxic
from alertsim.proxy.assigned import Assigned, Assignment
from alertsim.proxy.patience import Patience

LATE = Conditions(latency_ms=400)
HOLE = Conditions(down="timeout")
NAMES = [f"{number:06}" for number in range(300)]


def test_who_is_cut_feels_it_and_nobody_else() -> None:
    """Exactly those whom `is_cut` says, in the manner that was ordered, in both directions."""
    manners: list[Down] = ["timeout", "reset_peer"]
    for manner in manners:
        network = Assigned(upstream=LATE, up=0.4, manner=manner)
        for name in NAMES:
            up, down = network.felt(name, place(name))
            cut: Down = manner if is_cut(name, 0.4) else ""
            assert (up, down) == (replace(LATE, down=cut), replace(CALM, down=cut))


def test_toxics_of_a_share_are_felt_one_by_one() -> None:
    """Who is cut and who feels a toxic are two questions; who feels neither shares what everybody feels."""
    toxic = Toxic("slow", "latency", "upstream", 0.5, {"latency": 100})
    network = Assigned(toxics=(toxic, Toxic("all", "bandwidth", attributes={"rate": 9})), up=0.5)
    for name in NAMES:
        up, down = network.felt(name, place(name))
        assert up.latency_ms == (100 if toxic.holds(name) else 0)
        assert down.rate_kb == 9
        assert {up.down, down.down} == {"timeout" if is_cut(name, 0.5) else ""}
    assert network.common == (CALM, Conditions(rate_kb=9))


def test_what_everybody_feels_is_made_once() -> None:
    """Thousands of connections share the conditions of a network in which all are alike."""
    network = Assigned(
        toxics=(Toxic("all", "latency", attributes={"latency": 1}), Toxic("none", "timeout", toxicity=0)), up=0.5
    )
    felt = {tuple(map(id, network.felt(name, place(name)))) for name in NAMES}
    assert len(felt) == 2


def test_an_operator_refuses_in_either_direction() -> None:
    """One refusing direction closes the door; a toxic of some does not."""
    assert Assigned(downstream=Conditions(down="refuse")).refuses
    assert Assigned(upstream=Conditions(down="refuse")).refuses
    assert not Assigned(upstream=HOLE).refuses


def test_a_shut_door_lies_over_everything() -> None:
    """Nobody is let in and everybody is reset, cut or not; conditions assigned meanwhile hold when it is opened."""
    assignment = Assignment()
    assignment.change({"shut": True})
    assignment.change({"upstream": LATE, "up": 0.5})
    assert assignment.now.refuses
    for name in NAMES:
        assert {each.down for each in assignment.now.felt(name, place(name))} == {"refuse"}
    assignment.change({"shut": False})
    assert assignment.now == Assigned(upstream=LATE, up=0.5)


def test_what_passes_by_itself_leaves_what_lasts() -> None:
    """A fault of two seconds ends after two, whatever else was ordered in the meantime."""
    assignment = Assignment()
    assignment.change({"up": 0.8})
    assignment.change({"upstream": HOLE}, until_s=12.0)
    assignment.change({"upstream": LATE, "downstream": LATE})
    assignment.change({"up": 0.1}, until_s=11.0)
    assert (assignment.now.upstream, assignment.now.downstream, assignment.now.up) == (HOLE, LATE, 0.1)
    assert assignment.due_s() == 11.0
    assignment.expire(11.0)
    assert (assignment.now.upstream, assignment.now.up, assignment.due_s()) == (HOLE, 0.8, 12.0)
    assignment.expire(12.0)
    assert (assignment.now.upstream, assignment.due_s()) == (LATE, inf)


def test_what_lasts_ends_what_passes() -> None:
    """Whoever orders calm for good during a passing fault has calm."""
    assignment = Assignment()
    both: dict[str, Any] = {"upstream": HOLE, "downstream": HOLE}
    assignment.change(both, until_s=12.0)
    assignment.change(dict.fromkeys(both, CALM))
    assert assignment.now == Assigned()
    assert assignment.due_s() == inf


@given(st.lists(st.tuples(st.sampled_from(["enter", "leave", "take"]), st.integers(0, 5)), max_size=40))
def test_who_waits_longest_goes_first(steps: list[tuple[str, int]]) -> None:
    """As in a plain list of (until, who): the first whose time is over, and nobody before it is."""
    patience: Patience[int] = Patience(3)
    waiting: list[tuple[float, int]] = []
    for now_s, (what, who) in enumerate(steps):
        if what == "take":
            due = [each for until_s, each in waiting if until_s <= now_s]
            assert patience.take(now_s) == (due[0] if due else None)
            waiting = waiting[1:] if due else waiting
        else:
            waiting = [each for each in waiting if each[1] != who]
            if what == "enter":
                patience.enter(who, now_s)
                waiting.append((now_s + 3, who))
            else:
                patience.leave(who)
        assert len(patience) == len(waiting)
        assert patience.due_s() == (waiting[0][0] if waiting else inf)
        assert patience.longest() == (waiting[0][1] if waiting else None)
