"""What an author may say of alerts: pre-alerts, granularity, standing ones; and chance."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertsim.events import AlertAnnounced, AlertCleared, AlertEvent, AlertRaised, AlertUpdated, Event, Track
from alertsim.scenario import AlertEntry, Scenario
from alertsim.scenario.coverage import related, spans
from alertsim.situation import Situation
from alertsim.timeline import compile_scenario
from alertsim.timeline.alerts import all_clear
from alertsim.times import SECOND
from tests.nights import after, alert, news, night, outage, strike
from tests.scenario_texts import CATALOGUE, problems
from tests.strategies import scenarios

EVERY = frozenset(Track)
OBLAST, RAION, OTHER, HROMADA = "UA-32", "UA-32/75", "UA-32/76", "UA-32/75/702"


def events(scenario: Scenario, seed: int = 7) -> tuple[Event, ...]:
    return compile_scenario(scenario, seed, CATALOGUE, EVERY).events


def told(*entries: dict[str, Any]) -> list[tuple[str, str, float]]:
    """Stage and number, area, seconds after the start."""
    found = [event for event in events(night(*entries)) if isinstance(event, AlertEvent)]
    return [(event.event.partition(":")[2], event.area, (event.at - after(0)) / SECOND) for event in found]


def written(**alert: object) -> dict[str, Any]:
    return {"id": "a", "alert": {"area": OBLAST, **alert}}


def test_a_pre_alert_comes_before_the_siren() -> None:
    """It is announced with its threats, raised, and cleared once."""
    entry = written(pre_alert="+1m", raised="+2m", cleared="+3m", threats=["drones"])
    assert told(entry) == [("announced", OBLAST, 60), ("raised", OBLAST, 120), ("cleared", OBLAST, 180)]
    announced = events(night(entry))[0]
    assert isinstance(announced, AlertAnnounced)
    assert announced.threats == ("drones",)


def test_a_pre_alert_may_come_to_nothing() -> None:
    """Without a siren it is cleared, or stands to the end; nobody was under alert."""
    assert told(written(pre_alert="+1m", cleared="+3m")) == [("announced", OBLAST, 60), ("cleared", OBLAST, 180)]
    assert told(written(pre_alert="+1m")) == [("announced", OBLAST, 60)]
    stands = Situation().after(*events(night(written(pre_alert="+1m"))))
    assert stands.open_alerts == ()
    assert [each.kind for each in stands.uncleared] == ["alert.announced"]


def test_a_standing_alert_stands_from_the_start() -> None:
    """It says that it stood before, and is never cleared."""
    (event,) = events(night({"alert": {"area": "UA-09", "standing": True}}))
    assert isinstance(event, AlertRaised)
    assert (event.entry, event.at, event.standing) == ("alert-ua-09-standing", after(0), True)


def test_granularity_changes_without_a_gap() -> None:
    """Narrowed, the raion is raised before the oblast is cleared; each names the other; what is left has the end."""
    entry = written(raised="+1m", updates=[{"at": "+2m", "areas": [RAION, OTHER]}], cleared="+3m", threats=["drones"])
    assert told(entry) == [
        ("raised", OBLAST, 60),
        ("raised:2", RAION, 120),
        ("raised:3", OTHER, 120),
        ("cleared:1", OBLAST, 120),
        ("cleared:2", RAION, 180),
        ("cleared:3", OTHER, 180),
    ]
    _, raion, _, oblast, last, _ = events(night(entry))
    assert isinstance(raion, AlertRaised)
    assert (raion.continues_from, raion.threats) == ((OBLAST,), ("drones",))
    assert isinstance(oblast, AlertCleared)
    assert oblast.continues_in == (RAION, OTHER)
    assert isinstance(last, AlertCleared)
    assert last.continues_in is None


def test_granularity_may_widen_and_threats_change_with_it() -> None:
    """From a raion to its oblast and back to the raion and another: what goes on is updated, what is new is raised."""
    updates = [
        {"at": "+2m", "areas": [OBLAST], "threats": ["cruise_missiles"]},
        {"at": "+3m", "areas": [OBLAST, OTHER], "threats": ["drones"]},
    ]
    entry = written(area=RAION, raised="+1m", updates=updates)
    assert told(entry) == [
        ("raised", RAION, 60),
        ("raised:2", OBLAST, 120),
        ("cleared", RAION, 120),
        ("raised:3", OTHER, 180),
        ("updated:1", OBLAST, 180),
    ]
    wide, other, updated = (events(night(entry))[n] for n in (1, 3, 4))
    assert isinstance(wide, AlertRaised)
    assert (wide.continues_from, wide.threats) == ((RAION,), ("cruise_missiles",))
    assert isinstance(other, AlertRaised)
    assert other.continues_from == (OBLAST,)
    assert isinstance(updated, AlertUpdated)
    assert updated.threats == ("drones",)


def test_an_alert_that_moves_elsewhere_goes_on_nowhere() -> None:
    """From one oblast to another is an all-clear here and a siren there."""
    _, there, here = events(night(written(raised="+1m", updates=[{"at": "+2m", "areas": ["UA-74"]}])))
    assert isinstance(there, AlertRaised)
    assert isinstance(here, AlertCleared)
    assert (there.continues_from, here.continues_in) == (None, None)


@given(scenarios(), st.integers(0, 99))
def test_the_spans_of_an_alert_are_those_of_its_events(scenario: Scenario, seed: int) -> None:
    """Whichever areas an alert goes through: its events open and close exactly its spans."""
    for entry in scenario.events:
        if isinstance(entry, AlertEntry) and not entry.alert.standing:
            since: dict[str, int] = {}
            closed = []
            for event in events(scenario.model_copy(update={"events": (entry,)}), seed):
                if isinstance(event, AlertCleared):
                    closed.append((event.area, since.pop(event.area), event.at))
                elif isinstance(event, AlertEvent):
                    since.setdefault(event.area, event.at)
            open_ = [(area, at, None) for area, at in since.items()]
            assert sorted(spans(entry.alert, all_clear(entry, seed)), key=str) == sorted((*closed, *open_), key=str)


def test_what_lies_around_and_inside_is_related() -> None:
    """An oblast to its raions and back; two raions are not."""
    assert related(RAION, [OBLAST, HROMADA, OTHER, RAION, "UA-30"]) == (OBLAST, HROMADA)


def test_an_alert_that_lasts_is_cleared_by_the_draw() -> None:
    """As long as said, and never before its last update."""
    assert told(written(raised="+1m", lasts="10m"))[-1] == ("cleared", OBLAST, 660)
    late = {"at": "+30m", "threats": ["drones"]}
    assert told(written(raised="+1m", lasts="10m", updates=[late]))[-1] == ("cleared", OBLAST, 1800)


# Chance.


def happened(*entries: dict[str, Any], seed: int = 7) -> set[str]:
    return {event.entry for event in events(night(*entries), seed)}


def test_chance_is_the_share_of_seeds() -> None:
    """Over 2,000 seeds as often as said, within four standard deviations; 0 never, 1 always."""
    for chance in (0.0, 0.3, 1.0):
        scenario = night(news("n", 60, chance=chance))
        count = sum(bool(events(scenario, seed)) for seed in range(2_000))
        assert abs(count - 2_000 * chance) <= 4 * (2_000 * chance * (1 - chance)) ** 0.5


@pytest.mark.parametrize(
    ("stage", "outcome", "happens"),
    [
        ("raid:impacted", {"impacted": 1}, True),
        ("raid:intercepted", {"impacted": 1}, False),
        ("raid:detected", {"intercepted": 1}, True),
        ("raid:warned", {"intercepted": 1}, False),
    ],
)  # fmt: skip
def test_what_depends_on_another_follows_it(stage: str, outcome: dict[str, int], happens: bool) -> None:
    """Only if it did, or unless it did."""
    raid = strike("raid", 60, **outcome)  # type: ignore[arg-type]  # counts
    assert ("n" in happened(raid, news("n", 90, only_if=stage))) is happens
    assert ("n" in happened(raid, news("n", 90, unless=stage))) is not happens


def test_a_siren_that_was_heard_has_warned() -> None:
    """Raised by the strike itself, or standing already and prolonged by it; a missed one has not."""
    first = strike("one", 60, impacted=1, alert={"sirens": "direct"})
    second = strike("two", 120, impacted=1, alert={"sirens": "direct"})
    missed = strike("two", 120, impacted=1, alert={"sirens": "direct", "missed": 1.0})
    assert "n" in happened(first, second, news("n", 90, only_if="two:warned"))
    assert "n" not in happened(first, missed, news("n", 90, only_if="two:warned"))
    assert "n" in happened(first, missed, news("n", 90, unless="two:warned"))


def test_an_outage_may_depend_on_a_strike_too() -> None:
    """The network fails only if something came down; other outages are untouched."""
    hit, shot = strike("raid", 60, impacted=1), strike("raid", 60, intercepted=1)
    down = outage("down", 70, {"data": 0.0}) | {"only_if": "raid:impacted"}
    other = outage("other", 80, {"voice": 0.0})
    assert happened(hit, down, other) == {"raid", "down", "other"}
    assert happened(shot, down, other) == {"raid", "other"}


def test_each_weapon_has_its_chance() -> None:
    """Over 300 salvos of ten, 80 % are intercepted within four standard deviations; all come down."""
    raid = strike("raid", 60, impacted=10)
    raid["strike"]["outcome"] = {"chance": 0.8}
    kinds = [event.kind for seed in range(300) for event in events(night(raid), seed)]
    shot, hit = kinds.count("strike.intercepted"), kinds.count("strike.impacted")
    assert shot + hit == 3_000
    assert abs(shot - 2_400) <= 4 * (3_000 * 0.8 * 0.2) ** 0.5


# What is wrong.

HEADER = """\
alertsim: 1
basis: {}
title: A drill
exercise: {{type: drill, contact: control}}
start: 2024-01-01T00:00:00+02:00
events:
"""
RAID = (
    "- {id: raid, at: +1h, strike: {salvo: [{weapon: shahed, count: 2}], target: UA-30, outcome: {impacted: 2}}}\n"
    "- {id: call, at: +1h, inject: {method: phone, text: a}, only_if: raid:impacted}\n"
)

MISTAKES = {
    "- alert: {area: UA-30}": "`raised` is missing: add it",
    "- alert: {area: UA-30, standing: true, raised: +1m}": "a standing alert has no `raised`",
    "- alert: {area: UA-30, standing: true, updates: [{at: +1m, threats: [drones]}]}": "alert has no `updates`",
    "- alert: {area: UA-30, standing: false, raised: +1m}": "expected true, found false",
    "- alert: {area: UA-30, pre_alert: +2m, raised: +1m}": "expected a time after the pre-alert",
    "- alert: {area: UA-30, pre_alert: +2m, cleared: +1m}": "expected a time after the raising",
    "- alert: {area: UA-30, pre_alert: +2m, lasts: 5m}": "a pre-alert alone has no `lasts`",
    "- alert: {area: UA-30, pre_alert: +2m, updates: [{at: +3m, areas: [UA-32]}]}": "pre-alert alone has no `updates`",
    "- alert: {area: UA-30, raised: +1m, cleared: +9m, lasts: 5m}": "`cleared` beside `lasts`",
    "- alert: {area: UA-30, raised: +1m, updates: [{at: +3m}]}": "nothing changes: write `threats`, or the `areas`",
    "- alert: {area: UA-30, raised: +1m, updates: [{at: +3m, areas: [Atlantis]}]}": "Atlantis",
    "- alert: {area: UA-30, raised: +1m, lasts: 5}": "expected a duration like 30s, or percentiles",
    "- alert: {area: UA-30, raised: +1m, lasts: {p0: 5m}}": "the ends p0 and p100 belong to it",
    "- alert: {area: UA-30, raised: +1m, lasts: {}}": "the ends p0 and p100 belong to it",
    "- alert: {area: UA-30, raised: +1m, lasts: {p0: 5m, p100: 1m}}": "expected rising durations, found 1m at p100",
    "- alert: {area: UA-30, raised: +1m, lasts: {p0: 5m, fifty: 6m, p100: 7m}}": "found 'fifty' among them",
    "- alert: {area: UA-30, raised: +1m, lasts: {p0: soon, p100: 7m}}": "found 'soon'",
    RAID.replace("{impacted: 2}", "{chance: 0.5, impacted: 2}"): "counts and a `chance`",
    RAID.replace("{impacted: 2}", "{chance: 1.5}"): "found 1.5",
    RAID.replace("target: UA-30", "target: UA-30, alert: {sirens: church-bells}"): "unknown model of sirens",
    RAID.replace("target: UA-30", "target: UA-30, alert: {delays: 5s}"): "unknown field `delays`; did you mean",
    RAID.replace("target: UA-30", "target: UA-30, alert: automatic"): "expected fields like",
    RAID.replace("raid:impacted", "raids:impacted"): "unknown entry `raids`; did you mean `raid`?",
    RAID.replace("raid:impacted", "raid:raised"): "detected, intercepted, impacted or warned after `raid:`",
    RAID.replace("raid:impacted", "call:sent"): "an entry does not depend on itself",
    RAID.replace("raid:impacted", "impacted"): "expected an entry and what became of it, like raid:impacted",
    RAID + "- {id: x, at: +2h, news: {text: b}, unless: call:sent}": "`call` depends on another entry itself",
    RAID + "- {id: x, at: +2h, news: {text: b}, chance: 2}": "expected 1 or less, found 2",
    "- alert: {area: UA-09, standing: true}\n- alert: {area: UA-09, raised: +1m}": "UA-09 is under alert already",
    "- alert: {area: UA-32, raised: +1m, updates: [{at: +2m, areas: [UA-32/75]}], cleared: +9m}\n"
    "- alert: {area: UA-32/75, raised: +5m}": "UA-32/75 is under alert already: that of line 7 lasts until",
}  # fmt: skip


@pytest.mark.parametrize(("text", "message"), MISTAKES.items(), ids=range(len(MISTAKES)))
def test_what_is_wrong_is_said_once(text: str, message: str) -> None:
    """One located error that says what to do."""
    (only,) = problems(HEADER.format("fictional") + text, None)
    assert message in only.message


def test_what_is_wrong_with_another_entry_is_told_there() -> None:
    """An entry that cannot be read may still be depended on."""
    (only,) = problems(HEADER.format("fictional") + RAID.replace("count: 2", "count: two"), None)
    assert only.field.startswith("events[0]")


def test_what_is_drawn_is_no_history() -> None:
    """Chances, conditions, derived alerts and drawn ends are refused in historical scenarios, each where it stands."""
    drawn = (
        RAID.replace("target: UA-30", "target: UA-30, alert: auto").replace("{impacted: 2}", "{chance: 0.5}")
        + "- {id: n, at: +2h, news: {text: b}, chance: 0.5, invented: all of it}\n"
        + "- {alert: {area: UA-30, raised: +1m, lasts: 5m}, invented: all of it}\n"
    )
    found = problems(HEADER.format("historical") + drawn, "{article: {title: An old report}, paragraphs: {}}")
    places = [problem.field for problem in found if problem.message.startswith("a draw, and this scenario")]
    assert places == [
        "events[0].strike.alert",
        "events[0].strike.outcome.chance",
        "events[1].only_if",
        "events[2].chance",
        "events[3].alert.lasts",
    ]


def test_what_may_not_happen_overlaps_nothing() -> None:
    """An alert that has a chance only may lie over another; one whose end is drawn may not, at its longest."""
    drawn = "- alert: {area: UA-30, raised: +1m, lasts: {p0: 1m, p100: 5h}}\n"
    assert problems(HEADER.format("fictional") + drawn, None) == ()
    (only,) = problems(HEADER.format("fictional") + drawn + "- alert: {area: UA-30, raised: +4h}", None)
    assert "UA-30 is under alert already: that of line 7 lasts until 2024-01-01T05:01:00+02:00" in only.message
    pair = [alert(60, 999), {**alert(90, 999), "chance": 0.5}]
    assert len(events(night(*pair))) >= 2


def test_what_would_not_fit_a_message_is_refused() -> None:
    """More threats than there are, and a contact that is no line of text."""
    (only,) = problems(
        HEADER.format("fictional") + f"- alert: {{area: UA-30, raised: +1m, threats: [{'drones, ' * 9}]}}", None
    )
    assert only.message == "expected 8 or fewer of them, found a list of 9"
    (only,) = problems(HEADER.format("fictional").replace("contact: control", 'contact: "duty\\noffice"') + RAID, None)
    assert only.message.startswith("expected one line of printable text")
