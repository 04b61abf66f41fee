"""Events so far, and what stands now."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from alertsim.events import (
    AlertCancelled,
    AlertCleared,
    AlertRaised,
    AlertUpdated,
    BrokerFault,
    BrokerFaulted,
    ClockTicked,
    Event,
    ExerciseStateChanged,
    InjectSent,
    NewsPublished,
    StrikeDetected,
    StrikeImpacted,
    StrikeIntercepted,
    StrikeLaunched,
    is_open,
)
from alertsim.situation import Situation, situation_at
from alertsim.timeline import Timeline
from alertsim.wire import address
from tests.histories import AREAS, TEXT, histories, timelines
from tests.nights import after

WEAPONS = (StrikeLaunched, StrikeDetected, StrikeIntercepted, StrikeImpacted)
ALERTS = (AlertRaised, AlertUpdated, AlertCleared, AlertCancelled)


def raised(area: str, seconds: float = 0) -> AlertRaised:
    return AlertRaised(event=f"{area}:raised", at=after(seconds), entry="a", area=area)


@given(histories(), histories())
def test_a_fold_may_be_cut_anywhere(one: list[Event], two: list[Event]) -> None:
    """What stands after both is what stands after the second when the first had happened; one by one or at once."""
    whole = Situation().after(*one, *two)
    assert whole == Situation().after(*one).after(*two)
    step = Situation()
    for event in (*one, *two):
        step = step.after(event)
    assert whole == step
    assert [event.event for event in whole.standing] == [event.event for event in step.standing]


@given(histories())
def test_of_each_thing_its_last_event_stands(happened: list[Event]) -> None:
    """Standing is the last event of each retained topic: what late joiners read is what stands, the state first."""
    situation = Situation().after(*happened)
    last = {address(event).topic: event for event in happened if address(event).retain}
    assert {address(event).topic: event for event in situation.standing} == last
    assert len(situation.standing) == len(last)
    assert not any(isinstance(event, ExerciseStateChanged) for event in situation.standing[1:])


@given(histories())
def test_strikes_in_the_air_are_those_not_yet_over(happened: list[Event]) -> None:
    """Launched or detected, and neither intercepted nor impacted since."""
    air = Situation().after(*happened).strikes
    for name in ("one", "two"):
        told = [event for event in happened if isinstance(event, WEAPONS) and event.strike == name]
        flying = bool(told) and isinstance(told[-1], StrikeLaunched | StrikeDetected)
        assert air.get(name) == (told[-1] if flying else None)


@given(histories())
def test_open_alerts_are_the_areas_whose_last_word_is_an_alarm(happened: list[Event]) -> None:
    """Raised or updated, by area; cleared and cancelled are closed."""
    open_alerts = Situation().after(*happened).open_alerts
    told = {event.area: event for event in happened if isinstance(event, ALERTS)}
    assert open_alerts == tuple(told[area] for area in sorted(told) if is_open(told[area]))


def test_an_area_is_alone() -> None:
    """An alert of an oblast and those of its raion and its hromada are raised and cleared apart from each other."""
    situation = Situation().after(*map(raised, reversed(AREAS)))
    for area in (AREAS[0], AREAS[2]):
        clear = AlertCleared(event=f"{area}:cleared", at=after(9), entry="a", area=area)
        still = [alert.area for alert in situation.after(clear).open_alerts]
        assert still == [other for other in AREAS if other != area]


@given(histories(), histories("later"))
def test_changes_are_what_is_missing_there(before: list[Event], since: list[Event]) -> None:
    """Against itself nothing; else what stands or flies here and was not said there, in order of time, no state.

    Whoever is told the changes knows all that stands.
    """
    there, here = Situation().after(*before), Situation().after(*before).after(*since)
    assert here.changes(here) == ()
    told = here.changes(there)
    assert [event.at for event in told] == sorted(event.at for event in told)
    assert not any(isinstance(event, ExerciseStateChanged) for event in told)
    assert not [event for event in there.standing if event in told]
    caught_up = there.after(*told)
    assert (caught_up.alerts, caught_up.incidents, caught_up.operators) == (here.alerts, here.incidents, here.operators)
    assert here.strikes.items() <= caught_up.strikes.items()


@given(timelines(), st.integers(-1, 61))
def test_at_a_time_stands_what_was_planned_until_then(timeline: Timeline, seconds: int) -> None:
    """`situation_at` is the fold, one by one, of all events up to and including that time."""
    expected = Situation()
    for event in timeline.events:
        if event.at <= after(seconds):
            expected = expected.after(event)
    assert situation_at(timeline, after(seconds)) == expected


def test_a_jump_tells_of_the_broker_only_what_is_new_there() -> None:
    """Into a fault: that it began; out of it: that it ended; over a whole one: nothing."""
    shared: dict[str, Any] = {"entry": "b", "fault": BrokerFault.KILL}
    began = BrokerFaulted(event="b:began", at=after(1), phase="began", **shared)
    ended = BrokerFaulted(event="b:ended", at=after(9), phase="ended", **shared)
    before, during, over = Situation(), Situation().after(began), Situation().after(began, ended)
    assert (during.changes(before), over.changes(during), over.changes(before)) == ((began,), (ended,), ())
    assert [each.broker_fails for each in (before, during, over)] == [False, True, False]
    again = began.model_copy(update={"event": "c:began"})
    assert over.after(again).changes(during) == (again,)


def test_injects_news_and_ticks_leave_nothing_standing() -> None:
    """Messages pass."""
    shared = {"at": after(0), "entry": "e"}
    inject = InjectSent(
        event="i:sent", **shared, inject="i", audience="all", type="contextual", method="phone", sender="s", text=TEXT
    )
    news, tick = NewsPublished(event="n:published", **shared, text=TEXT), ClockTicked(event="clock:0", **shared)
    assert Situation().after(inject, news, tick) == Situation()


def test_alerts_stand_in_order_of_their_last_word() -> None:
    """What is said again after a gap comes in the order of the story: the raion that goes on before its oblast ends."""
    oblast, raion = raised("UA-32", 0), raised("UA-32/75", 10)
    ended = AlertCleared(event="UA-32:cleared", at=after(10), entry="a", area="UA-32")
    assert list(Situation().after(oblast, raion, ended).alerts) == ["UA-32/75", "UA-32"]
