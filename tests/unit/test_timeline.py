"""Scenario and seed in, events in one order out."""

import json
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from alertsim.events import (
    AlertCleared,
    AlertRaised,
    AlertUpdated,
    BrokerFaulted,
    Event,
    IncidentReported,
    InjectSent,
    NewsPublished,
    OperatorChanged,
    Service,
    SirensLeft,
    StrikeDetected,
    StrikeEvent,
    StrikeImpacted,
    StrikeIntercepted,
    StrikeLaunched,
    Text,
    Track,
)
from alertsim.operators.coverage import Condition, condition, share_for
from alertsim.scenario import OutageEntry, Scenario, StrikeEntry
from alertsim.timeline import DEFAULT_TRACKS, Timeline, compile_scenario, lines
from alertsim.timeline.draws import Draws
from alertsim.times import Millis
from tests.nights import after, alert, news, night, outage, strike
from tests.scenario_texts import CATALOGUE, read
from tests.strategies import drawn_scenarios, scenarios
from tests.strategies import strikes as strike_data

EVERY = frozenset(Track)
STAGES = ["launched", "detected", "outcome", "announced", "raised", "updated", "cleared"]
STAGES += ["reported", "changed", "sent", "published"]
seeds = st.integers(0, 2**53)


def compiled(scenario: Scenario, seed: int = 7, tracks: frozenset[Track] = EVERY) -> Timeline:
    return compile_scenario(scenario, seed, CATALOGUE, tracks)


def without_seq(timeline: Timeline) -> list[dict[str, Any]]:
    """The lines of a timeline but for their number."""
    told = [json.loads(line) for line in lines(timeline)]
    assert [line.pop("seq") for line in told] == list(range(len(told)))
    return told


# ── the whole ───────────────────────────────────────────────────────────────────────────────────────────────────────


@settings(max_examples=30)
@given(scenarios() | drawn_scenarios(), seeds)
def test_events_stand_in_one_order(scenario: Scenario, seed: int) -> None:
    """By time, then by the order of the file, then by stage, then by number; none before the start, no id twice."""
    place = {entry.id: n for n, entry in enumerate(scenario.events)}

    def key(event: Event) -> tuple[int, int, int, int]:
        _, stage, n, *_ = [*event.event.split(":"), "0"]
        stage = {"intercepted": "outcome", "impacted": "outcome"}.get(stage, stage)
        return event.at, place[event.entry], STAGES.index(stage), int(n)

    timeline = compiled(scenario, seed)
    assert list(timeline.events) == sorted(timeline.events, key=key)
    assert all(event.at >= scenario.start for event in timeline.events)
    assert len({event.event for event in timeline.events}) == len(timeline.events)
    assert timeline.until == max([scenario.start, *(event.at for event in timeline.events)])


@settings(max_examples=30)
@given(scenarios() | drawn_scenarios(), seeds)
def test_scenario_and_seed_are_all_it_takes(scenario: Scenario, seed: int) -> None:
    """Compiled twice it is equal, to the byte."""
    once, again = compiled(scenario, seed), compiled(scenario, seed)
    assert once == again
    assert list(lines(once)) == list(lines(again))


@settings(max_examples=30)
@given(scenarios(), seeds, seeds)
def test_another_seed_moves_strikes_only(scenario: Scenario, one: int, other: int) -> None:
    """What an author wrote a time for stays where it is; a launch may move to before the start, and is left out."""
    first, second = compiled(scenario, one), compiled(scenario, other)
    kept = [[event for event in timeline.events if not isinstance(event, StrikeEvent)] for timeline in (first, second)]
    assert kept[0] == kept[1]
    counts = [
        Counter((event.entry, event.kind) for event in timeline.events if not isinstance(event, StrikeLaunched))
        for timeline in (first, second)
    ]
    assert counts[0] == counts[1]


def test_another_seed_moves_strikes() -> None:
    """Seeds are not for nothing."""
    salvo = night(strike("salvo", 600, impacted=5, spread="5m"))
    assert compiled(salvo, 1).events != compiled(salvo, 2).events


@settings(max_examples=30)
@given(scenarios(), strike_data(), st.integers(0, 10), seeds)
def test_an_added_strike_moves_no_other_line(scenario: Scenario, added: dict[str, Any], where: int, seed: int) -> None:
    """Wherever a strike is written into the file, every other line keeps its bytes, but for its number."""
    (entry,) = night({**added, "id": "added"}).events
    more = scenario.model_copy(update={"events": (*scenario.events[:where], entry, *scenario.events[where:])})
    others = [line for line in without_seq(compiled(more, seed)) if line["entry"] != "added"]
    assert others == without_seq(compiled(scenario, seed))


@settings(max_examples=30)
@given(scenarios(), st.data(), st.sets(st.sampled_from(Track)).map(frozenset))
def test_a_track_switched_off_takes_exactly_its_entries(
    scenario: Scenario, data: st.DataObject, on: frozenset[Track]
) -> None:
    """What is left is what was there before without the entries of that track; outages lie on one track here."""
    tracks = st.none() | st.sampled_from(Track)
    entries = tuple(
        entry if isinstance(entry, OutageEntry) else entry.model_copy(update={"track": data.draw(tracks)})
        for entry in scenario.events
    )
    switched = scenario.model_copy(update={"events": entries})
    left = {entry.id for entry in entries if entry.on_track in on}
    assert compiled(switched, tracks=on).events == tuple(
        event for event in compiled(switched).events if event.entry in left
    )


def test_politics_is_off_unless_asked_for() -> None:
    """News lies on the information track and is played on request; a track of its own brings it in."""
    plain = {"id": "n", "at": "+1s", "news": {"text": "text"}}
    assert compiled(night(plain), tracks=DEFAULT_TRACKS).events == ()
    assert len(compiled(night(plain)).events) == 1
    assert len(compiled(night(news("n", 1)), tracks=DEFAULT_TRACKS).events) == 1


def test_an_empty_timeline_ends_where_it_starts() -> None:
    """No entry, no event."""
    assert compiled(night()).until == after(0)


def test_everything_an_author_wrote_is_told() -> None:
    """Alert, incident, inject and news arrive with their words, times and citations; a part's own citations win."""
    events = {event.event: event for event in compiled(read()).events}
    told = {event.entry: type(event) for event in events.values()}
    assert set(told.values()) <= {*_kinds(), OperatorChanged, StrikeImpacted, StrikeIntercepted}
    (raised,) = (event for event in events.values() if isinstance(event, AlertRaised))
    one, two = (event for event in events.values() if isinstance(event, AlertUpdated))
    (cleared,) = (event for event in events.values() if isinstance(event, AlertCleared))
    assert (raised.area, raised.threats, raised.cite) == ("UA-30", ("ballistic_missiles",), ("siren",))
    assert (one.threats, one.cite) == (("ballistic_missiles", "drones"), ("siren",))
    assert raised.at < one.at < two.at < cleared.at
    first, last = events["injured:reported:1"], events["injured:reported:2"]
    assert isinstance(first, IncidentReported)
    assert isinstance(last, IncidentReported)
    assert (first.cite, last.cite) == (("injured-25",), ("injured-53", "article.p1"))
    assert last.casualties
    assert (last.casualties.injured, last.casualties.hospitalised, last.buildings) == (53, None, 35)
    assert (first.cause, first.valid_for) == ("ballistic-night", 600_000)
    call = events["call:sent"]
    assert isinstance(call, InjectSent)
    assert (call.audience, call.sender, call.invented) == ("duty-officer", "simcell", "exercise inject")
    (said,) = (event for event in events.values() if isinstance(event, NewsPublished))
    assert said.text.en == "A plain text on two lines"
    down, back = events["kyivstar-down:changed:1"], events["kyivstar-down:changed:24"]
    assert (down.cite, back.cite) == (("article.p2", "outage"), ("voice-back",))


def _kinds() -> Iterator[type[Event]]:
    yield from (AlertRaised, AlertUpdated, AlertCleared, IncidentReported, InjectSent, NewsPublished)


# ── strikes ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@given(strike_data(), seeds)
def test_a_salvo_is_what_its_author_said(data: dict[str, Any], seed: int) -> None:
    """The first arrival is at `at`, all lie within `spread`, each weapon type comes as often and ends as often as said.

    Weapons are numbered by their arrival; each is launched, perhaps before the scenario, then detected, then over.
    """
    scenario = night({**data, "id": "salvo"})
    (entry,) = scenario.events
    assert isinstance(entry, StrikeEntry)
    by_weapon = _by_weapon(compiled(scenario, seed).events)
    arrivals = [over.at for _, _, over in by_weapon]
    assert arrivals == sorted(arrivals)
    assert arrivals[0] == entry.at
    assert arrivals[-1] <= entry.at + entry.strike.spread
    ended = Counter(type(over) for _, _, over in by_weapon)
    assert ended[StrikeIntercepted] == entry.strike.outcome.intercepted
    assert ended[StrikeImpacted] == entry.strike.outcome.impacted
    named = Counter(detected.weapon for _, detected, _ in by_weapon)
    assert named == {volley.weapon: volley.count for volley in entry.strike.salvo}
    for launch, detected, over in by_weapon:
        shortest, longest = CATALOGUE.weapons[detected.weapon].warning
        assert scenario.start <= detected.at <= over.at
        assert detected.at == max(scenario.start, over.at - entry.strike.warning)
        known = over.at - entry.strike.warning
        if launch:
            assert scenario.start <= launch.at
            assert min(over.at - longest, known) <= launch.at <= min(over.at - shortest, known)
        else:
            assert min(over.at - longest, known) < scenario.start


def _by_weapon(events: Sequence[Event]) -> list[tuple[StrikeEvent | None, StrikeEvent, StrikeEvent]]:
    """Launch if told, detection and outcome of each weapon, by its number; all tell of the same."""
    stages: dict[int, dict[type[Event], StrikeEvent]] = {}
    for event in events:
        assert isinstance(event, StrikeEvent)
        n = int(event.strike.rpartition("-")[2])
        assert event.event.endswith(f":{n}")
        kind = StrikeImpacted if isinstance(event, StrikeIntercepted) else type(event)
        assert kind not in stages.setdefault(n, {})
        stages[n][kind] = event
    assert sorted(stages) == list(range(1, len(stages) + 1))
    found = [
        (by_kind.get(StrikeLaunched), by_kind[StrikeDetected], by_kind[StrikeImpacted])
        for _, by_kind in sorted(stages.items())
    ]
    assert all(len({(each.strike, each.weapon, each.target) for each in three if each}) == 1 for three in found)
    return found


def test_a_strike_written_down() -> None:
    """The same on every machine and every Python: the draws of one small salvo under seed 7."""
    salvo = night(strike("salvo", 600, impacted=1, intercepted=2, spread="1m", warning="5s"))
    told = [(event.event, event.at - after(600)) for event in compiled(salvo, 7).events]
    assert told == [
        ("salvo:launched:1", -299_386),
        ("salvo:launched:2", -141_077),
        ("salvo:launched:3", -79_636),
        ("salvo:detected:1", -5_000),
        ("salvo:intercepted:1", 0),
        ("salvo:detected:2", 25_344),
        ("salvo:intercepted:2", 30_344),
        ("salvo:detected:3", 53_854),
        ("salvo:impacted:3", 58_854),
    ]


def chi_squared(counts: Sequence[int], expected: float) -> float:
    return sum((count - expected) ** 2 / expected for count in counts)


def test_durations_are_drawn_evenly() -> None:
    """10,000 draws from ten milliseconds, both ends included, are even: chi² of 9 degrees below 27.9 (p = 0.001)."""
    draws = Draws(7, "salvo")
    counts = Counter(draws.millis(Millis(-3), Millis(6)) for _ in range(10_000))
    assert sorted(counts) == list(range(-3, 7))
    assert chi_squared(list(counts.values()), 1_000) < 27.9


def test_orders_are_drawn_evenly() -> None:
    """6,000 streams order three things in all six ways alike: chi² of 5 degrees below 20.5 (p = 0.001)."""
    counts = Counter(tuple(Draws(seed, "salvo").order(3)) for seed in range(6_000))
    assert len(counts) == math.factorial(3)
    assert chi_squared(list(counts.values()), 1_000) < 20.5


def test_streams_are_named_by_their_entry() -> None:
    """Two entries, and two seeds, draw apart from each other."""
    first = {Draws(seed, name).millis(Millis(0), Millis(10**12)) for seed in (1, 2) for name in ("a", "b")}
    assert len(first) == 4


# ── outages ─────────────────────────────────────────────────────────────────────────────────────────────────────────

shares = st.dictionaries(st.sampled_from([service.value for service in Service]), st.floats(0, 1), min_size=1)


@st.composite
def failures(draw: st.DrawFn, name: str = "down") -> dict[str, Any]:
    """An outage of operator A or B that spills over on the other, and comes back in steps that take time."""
    operator, other = draw(st.permutations(["operator-a", "operator-b"]))
    at, onset = draw(st.integers(0, 100)), draw(st.integers(0, 100))
    steps, begins = [], at + onset
    for _ in range(draw(st.integers(0, 3))):
        begins += draw(st.integers(1, 50))
        over = draw(st.integers(0, 50))
        steps.append({"at": f"+{begins}s", "over": f"{over}s", "up": draw(shares)})
        begins += over
    spill = {other: {"load": draw(st.floats(0, 100))}} if draw(st.booleans()) else {}
    return outage(name, at, draw(shares), *steps, operator=operator, onset=f"{onset}s", spill_over=spill)


def test_a_broker_fault_is_two_events() -> None:
    """Its onset and its end; of a restart it is always said whether its state is kept."""
    faults: list[dict[str, Any]] = [{"fault": "kill", "for": "5s"}, {"fault": "restart", "for": "5s"}]
    faults.append({"fault": "restart", "for": "5s", "persistence": True})
    entries = [{"id": f"b{n}", "at": f"+{n}m", "broker": fault} for n, fault in enumerate(faults)]
    told = [event for event in compiled(night(*entries), 7).events if isinstance(event, BrokerFaulted)]
    assert [(each.event, (each.at - after(0)) // 1000) for each in told] == [
        ("b0:began", 0), ("b0:ended", 5), ("b1:began", 60), ("b1:ended", 65), ("b2:began", 120), ("b2:ended", 125),
    ]  # fmt: skip
    assert [each.persistence for each in told[::2]] == [None, False, True]


def changes(*entries: dict[str, Any]) -> list[OperatorChanged]:
    events = compiled(night(*entries)).events
    told = [event for event in events if isinstance(event, OperatorChanged)]
    assert len(told) == len(events)
    return told


def up_at(told: Sequence[OperatorChanged], operator: str, at: Millis) -> dict[Service, float]:
    """The condition of an operator at a time."""
    known = [event.up for event in told if event.operator == operator and event.at <= at]
    return known[-1] if known else dict.fromkeys(Service, 1.0)


@given(failures())
def test_an_outage_goes_down_and_comes_back_as_written(data: dict[str, Any]) -> None:
    """Each change names every service; each phase moves one way only, within its time, and ends at its target."""
    told, failed = changes(data), data["outage"]
    assert all(set(event.up) == set(Service) and min(event.up.values()) >= 0 for event in told)
    assert all(max(event.up.values()) <= 1 for event in told)
    own = [event for event in told if event.operator == failed["operator"]]
    phases = [(data["at"], failed["onset"], failed["up"])]
    phases += [(step["at"], step["over"], step["up"]) for step in failed["restoration"]]
    for at, over, target in phases:
        begins, ends = after(int(at[1:-1])), after(int(at[1:-1]) + int(over[:-1]))
        inside = [event for event in own if begins <= event.at <= ends]
        for service, goal in target.items():
            assert up_at(own, failed["operator"], ends)[Service(service)] == round(goal, 4)
            way = [up_at(own, failed["operator"], Millis(begins - 1))[Service(service)]]
            way += [event.up[Service(service)] for event in inside]
            assert way in (sorted(way), sorted(way, reverse=True))


@given(failures())
def test_what_spills_over_goes_when_the_outage_is_over(data: dict[str, Any]) -> None:
    """The other operator keeps its services; its load lies between 1 and what the author said, and ends at 1."""
    failed = data["outage"]
    failed["restoration"] += ({"at": "+999s", "up": dict.fromkeys(failed["up"], 1.0)},)
    told, (load,) = changes(data), [spill["load"] for spill in failed["spill_over"].values()] or [1.0]
    for event in told:
        if event.operator in failed["spill_over"]:
            assert set(event.up.values()) == {1.0}
            assert min(1, load) - 1e-4 <= event.load <= max(1, load) + 1e-4
        else:
            assert event.load == 1
    last = {event.operator: event for event in told}
    assert all(
        event.load == 1 and {event.up[Service(name)] for name in failed["up"]} == {1.0} for event in last.values()
    )


@given(failures("one"), failures("two"), failures("three"))
def test_outages_that_overlap_are_the_worst_of_each(
    one: dict[str, Any], two: dict[str, Any], three: dict[str, Any]
) -> None:
    """Each service is as low as the worst of what every outage alone does; loads multiply; no outage moves another."""
    entries = (one, two, three)
    alone = {event.event: event for entry in entries for event in changes(entry)}
    together = changes(*entries)
    assert Counter(list(alone)) == Counter(event.event for event in together)
    now: dict[str, dict[str, OperatorChanged]] = {"operator-a": {}, "operator-b": {}}
    for event in together:
        single = alone[event.event]
        assert (event.at, event.operator) == (single.at, single.operator)
        held = now[event.operator]
        held[event.entry] = single
        assert event.up == {service: min(each.up[service] for each in held.values()) for service in Service}
        assert math.isclose(event.load, math.prod(each.load for each in held.values()), rel_tol=1e-3, abs_tol=1e-3)


def test_an_outage_written_down() -> None:
    """Data falls from all to a fifth over 100 s in ten steps and is back at once; the other network carries more."""
    back = {"at": "+300s", "up": {"data": 1.0}}
    spill = {"operator-b": {"load": 1.5}}
    told = changes(outage("down", 100, {"data": 0.2}, back, onset="100s", spill_over=spill))
    own = [(event.at - after(0), event.up[Service.DATA]) for event in told if event.operator == "operator-a"]
    assert own == [(110_000 + 10_000 * n, round(0.92 - 0.08 * n, 4)) for n in range(10)] + [(300_000, 1.0)]
    other = [(event.at - after(0), event.load) for event in told if event.operator == "operator-b"]
    assert other == [(110_000 + 10_000 * n, round(1.05 + 0.05 * n, 4)) for n in range(10)] + [(300_000, 1.0)]


def test_what_spills_over_follows_the_deepest_service() -> None:
    """As long as one service is as deep down as it was, the other network carries all of the load."""
    steps = [{"at": "+10s", "up": {"data": 1.0}}, {"at": "+20s", "up": {"voice": 0.5}}]
    told = changes(outage("down", 1, {"data": 0.0, "voice": 0.0}, *steps, spill_over={"operator-b": {"load": 3}}))
    loads = [(event.at - after(0), event.load) for event in told if event.operator == "operator-b"]
    assert loads == [(1_000, 3), (20_000, 2)]


def test_a_relapse_below_the_bottom_spills_no_more_than_its_author_said() -> None:
    """A network that falls from 0.9 to nothing after all has the load of the outage, not ten times it."""
    worse = {"at": "+10s", "up": {"data": 0.0}}
    for load in (0.0, 0.5, 3.0):
        spill = {"operator-b": {"load": load}}
        told = changes(outage("down", 1, {"data": 0.9}, worse, spill_over=spill))
        assert [event.load for event in told if event.operator == "operator-b"] == [load]


def test_what_changes_nothing_is_not_told() -> None:
    """Steps at which nothing moves, of the network itself or of what spills over, are left out."""
    slow = {"at": "+300s", "over": "10m", "up": {"voice": 0.5}}
    told = changes(outage("down", 1, {"data": 0.0, "voice": 0.5}, slow, spill_over={"operator-b": {"load": 2}}))
    assert [event.operator for event in told] == ["operator-a", "operator-b"]
    assert all(earlier.at <= later.at for earlier, later in pairwise(told))


def test_a_service_that_is_all_up_spills_nothing() -> None:
    """An outage of nothing is none."""
    (own, other) = changes(outage("down", 1, {"data": 1.0}, spill_over={"operator-b": {"load": 2}}))
    assert set(own.up.values()) == {1.0}
    assert other.load == 1


PLACES = ["", "UA-46", "UA-46/90", "UA-46/90/700", "UA-32", "UA-30"]
NAMED = ["UA-46", "UA-46/90", "UA-32"]
differing = st.dictionaries(st.sampled_from(NAMED), shares, max_size=3)


@st.composite
def regional(draw: st.DrawFn, name: str = "down") -> dict[str, Any]:
    """The same, with areas that differ in any phase, a ban on roaming, sirens, and all that can spill over."""
    failed = draw(failures(name))
    told = failed["outage"]
    for phase in (told, *told["restoration"]):
        phase["areas"] = draw(differing)
    if draw(st.booleans()):
        told["roaming"] = "blocked"
    other = "operator-b" if told["operator"] == "operator-a" else "operator-a"
    spill = {"load": draw(st.floats(0, 3)), "latency_ms": draw(st.integers(0, 900)), "loss": draw(st.floats(0, 1))}
    told["spill_over"] = {other: spill} if draw(st.booleans()) else {}
    sirens = st.fixed_dictionaries({"share": st.floats(0, 1), "service": st.sampled_from(["data", "voice"])})
    told["sirens"] = draw(st.dictionaries(st.sampled_from(["UA-46", "UA-32", "UA-30"]), sirens))
    return failed


def phases_of(failed: dict[str, Any]) -> list[tuple[Millis, dict[str, Any]]]:
    """When each phase is reached, and what it says."""
    told = failed["outage"]
    times = [(failed["at"], told["onset"]), *((step["at"], step["over"]) for step in told["restoration"])]
    reached = [after(int(at[1:-1]) + int(over[:-1])) for at, over in times]
    return list(zip(reached, (told, *told["restoration"]), strict=True))


def written(failed: dict[str, Any], service: Service, place: str, at: Millis) -> float:
    """What the author wrote of a service at a place: the last phase that says anything, of the smallest area there."""
    share = 1.0
    for reached, phase in phases_of(failed):
        area = place
        while area and service not in phase["areas"].get(area, {}):
            area = area.rpartition("/")[0]
        said = phase["areas"][area] if area else phase["up"]
        share = said.get(service, share) if reached <= at else share
    return share


def condition_at(told: Sequence[OperatorChanged], operator: str, at: Millis) -> Condition:
    known = [event.condition for event in told if event.operator == operator and event.at <= at]
    return known[-1] if known else {}


@given(regional(), st.sampled_from(PLACES), st.sampled_from(Service))
def test_an_area_is_what_was_said_of_it_last(failed: dict[str, Any], place: str, service: Service) -> None:
    """Of it, or of what lies around it: whichever phase said it last, and in that phase the smallest area."""
    told, operator = changes(failed), failed["outage"]["operator"]
    for reached, _ in phases_of(failed):
        known = share_for(condition_at(told, operator, reached), service, place)
        assert known == round(written(failed, service, place, reached), 4)


@given(regional())
def test_only_what_differs_is_told_of_an_area(failed: dict[str, Any]) -> None:
    """Never what holds around it anyway."""
    for event in changes(failed):
        plain = condition(event.up, event.areas)
        for area, up in (event.areas or {}).items():
            around = area.rpartition("/")[0]
            assert up
            assert all(share != share_for(plain, service, around) for service, share in up.items())


@given(regional("one"), regional("two"), st.sampled_from(PLACES))
def test_areas_of_outages_that_overlap_are_the_worst_of_each(
    one: dict[str, Any], two: dict[str, Any], place: str
) -> None:
    """At every place, whichever outage speaks of it; delays add up, the loss told is the greater, sirens the fewer."""
    alone = {event.event: event for entry in (one, two) for event in changes(entry)}
    now: dict[str, dict[str, OperatorChanged]] = {"operator-a": {}, "operator-b": {}}
    for event in changes(one, two):
        held = now[event.operator]
        held[event.entry] = alone[event.event]
        for service in Service:
            worst = min(share_for(each.condition, service, place) for each in held.values())
            assert share_for(event.condition, service, place) == worst
        assert (event.latency_ms or 0) == sum(each.latency_ms or 0 for each in held.values())
        assert (event.loss or 0) == max(each.loss or 0 for each in held.values())
        assert event.roaming == ("blocked" if any(each.roaming for each in held.values()) else None)
        for area, left in (event.sirens or {}).items():
            assert left.up == min((each.sirens or {}).get(area, left).up for each in held.values())


@given(regional(), st.sampled_from(PLACES))
def test_a_loss_is_what_the_other_network_lacks(failed: dict[str, Any], place: str) -> None:
    """Of its mobile services, everywhere, and no more than the author said; lines at home lose nothing."""
    for event in changes(failed):
        if spill := failed["outage"]["spill_over"].get(event.operator):
            loss = event.loss or 0.0
            up = [share_for(event.condition, service, place) for service in Service]
            assert up == [round(1 - loss, 4)] * 3 + [1.0]
            assert loss <= round(spill["loss"], 4)
            assert (event.latency_ms or 0) <= spill["latency_ms"]


@given(regional())
def test_sirens_fall_silent_as_the_service_they_use_does(failed: dict[str, Any]) -> None:
    """As many of those that hang on the operator as have lost it in their oblast; nothing of them once all is whole."""
    hanging = failed["outage"]["sirens"]
    for event in changes(failed):
        if event.operator == failed["outage"]["operator"]:
            is_whole = all(share == 1 for up in condition(event.up, event.areas).values() for share in up.values())
            assert set(event.sirens or {}) == (set() if is_whole else set(hanging))
            for area, left in (event.sirens or {}).items():
                lost = 1 - share_for(event.condition, hanging[area]["service"], area)
                assert math.isclose(left.up, 1 - hanging[area]["share"] * lost, abs_tol=1e-4)


def test_data_comes_back_region_by_region() -> None:
    """The west first, then a raion of the centre, then everybody: what an area has is not taken from it again."""
    steps = [
        {"at": "+100s", "areas": {"Lviv oblast": {"data": 1.0}}},
        {"at": "+200s", "areas": {"UA-32/75": {"data": 0.5}}},
        {"at": "+300s", "up": {"data": 1.0}},
    ]
    told = changes(outage("down", 1, {"data": 0.0}, *steps))
    west, raion = {Service.DATA: 1.0}, {Service.DATA: 0.5}
    assert [event.areas for event in told] == [None, {"UA-46": west}, {"UA-46": west, "UA-32/75": raion}, None]
    assert [event.up[Service.DATA] for event in told] == [0, 0, 0, 1]


def test_what_is_said_of_the_country_holds_in_areas_too() -> None:
    """A relapse of the whole network spares an area only if it says so."""
    spared = {"at": "+200s", "up": {"data": 0.3}, "areas": {"UA-46": {"data": 1.0}}}
    told = changes(outage("down", 1, {"data": 0.0}, spared, {"at": "+300s", "up": {"data": 0.1}}))
    assert [event.areas for event in told] == [None, {"UA-46": {Service.DATA: 1.0}}, None]


def test_roaming_is_blocked_until_it_is_opened() -> None:
    """From the very beginning of its phase on, also where that takes time; it takes no service from anybody."""
    half = {"at": "+300s", "over": "100s", "up": {"data": 0.5}}
    lifted = {"at": "+500s", "roaming": "open"}
    told = changes(outage("down", 100, {"data": 0.0}, half, lifted, onset="100s", roaming="blocked"))
    blocked = [event.at - after(0) for event in told if event.roaming]
    assert blocked == [100_000, *range(110_000, 210_000, 10_000), *range(310_000, 410_000, 10_000)]
    assert (told[0].up[Service.DATA], told[-1].roaming, told[-1].up[Service.DATA]) == (1.0, None, 0.5)


def test_roaming_alone_is_told() -> None:
    """Nothing else needs to change."""
    told = changes(outage("ban", 100, {}, {"at": "+500s", "roaming": "open"}, roaming="blocked"))
    assert [(event.roaming, set(event.up.values())) for event in told] == [("blocked", {1.0}), (None, {1.0})]


def test_what_flaps_comes_and_goes() -> None:
    """What fell begins each turn below, what rose ends it there; then it stays as it is to be."""
    flapping = {"every": "60s", "down": "10s", "until": "+230s"}
    told = changes(outage("down", 100, {"data": 0.2}, flapping=flapping))
    turns = [(event.at // 1000 - after(0) // 1000, event.up[Service.DATA]) for event in told]
    assert turns == [(100, 0.2), (110, 1.0), (160, 0.2), (170, 1.0), (220, 0.2)]
    back = {"at": "+100s", "up": {"data": 0.9}, "areas": {"UA-46": {"data": 0.5}}, "flapping": flapping}
    told = changes(outage("down", 1, {"data": 0.0}, back))
    turns = [(event.at // 1000 - after(0) // 1000, event.up[Service.DATA]) for event in told]
    assert turns == [(1, 0.0), (100, 0.9), (150, 0.0), (160, 0.9), (210, 0.0), (220, 0.9)]
    assert {(event.areas or {}).get("UA-46", {}).get(Service.DATA) for event in told[1::2]} == {0.5}


@given(st.integers(2, 100), st.data(), st.integers(1, 400), shares)
def test_of_each_turn_it_is_down_as_long_as_written(
    every: int, data: st.DataObject, lasts: int, up: dict[str, float]
) -> None:
    """Never below the lower end, never above the higher; in each whole turn down for exactly `down`."""
    down = data.draw(st.integers(1, every - 1))
    flapping = {"every": f"{every}s", "down": f"{down}s", "until": f"+{100 + lasts}s"}
    told = changes(outage("down", 100, up, flapping=flapping))
    assert up_at(told, "operator-a", after(100 + lasts)) == dict.fromkeys(Service, 1.0) | {
        Service(name): round(share, 4) for name, share in up.items()
    }
    for service, share in up.items():
        states = [up_at(told, "operator-a", after(100 + second))[Service(service)] for second in range(lasts)]
        assert set(states) <= {1.0, round(share, 4)}
        for turn in range(lasts // every if round(share, 4) < 1 else 0):
            assert states[turn * every : (turn + 1) * every].count(round(share, 4)) == down


def test_what_spills_over_follows_the_deepest_area() -> None:
    """As long as one area is as deep down as it was; a network that fails in areas only spills over as well."""
    steps = [{"at": "+10s", "areas": {"UA-46": {"data": 1.0}}}, {"at": "+20s", "up": {"data": 1.0}}]
    spill = {"operator-b": {"load": 2, "latency_ms": 80, "loss": 0.1}}
    told = changes(
        outage("down", 1, {}, *steps, areas={"UA-46": {"data": 0.0}, "UA-30": {"data": 0.5}}, spill_over=spill)
    )
    other = [event for event in told if event.operator == "operator-b"]
    assert [(event.at - after(0), event.load, event.latency_ms, event.loss) for event in other] == [
        (1_000, 2, 80, 0.1),
        (20_000, 1, None, None),
    ]
    assert other[0].up == {Service.VOICE: 0.9, Service.SMS: 0.9, Service.DATA: 0.9, Service.FIXED: 1.0}


def test_what_warns_beside_silent_sirens_is_told() -> None:
    """The share that is left and the author's words for what stands in."""
    bells = {"uk": "дзвони", "en": "church bells"}
    (told,) = changes(outage("down", 1, {"data": 0.2}, sirens={"UA-59": {"share": 0.5, "fallback": bells}}))
    assert told.sirens == {"UA-59": SirensLeft(up=0.6, fallback=Text(**bells))}


def test_alerts_of_one_night() -> None:
    """Raised, updated in order, cleared; without an all-clear it stays open."""
    told = compiled(night(alert(10, 90, 20, 30), alert(15, area="UA-32"))).events
    assert [(event.kind, event.at - after(0)) for event in told] == [
        ("alert.raised", 10_000),
        ("alert.raised", 15_000),
        ("alert.updated", 20_000),
        ("alert.updated", 30_000),
        ("alert.cleared", 90_000),
    ]
