"""Strikes in, the sirens that follow from them out."""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alertsim import library
from alertsim.events import (
    AlertCleared,
    AlertEvent,
    AlertRaised,
    AlertUpdated,
    StrikeDetected,
    StrikeEvent,
    Track,
    fields,
)
from alertsim.scenario import AlertEntry, Quantiles, Scenario
from alertsim.timeline import compile_scenario
from alertsim.timeline.draws import Draws
from alertsim.times import MINUTE, SECOND, Millis
from tests.nights import after, alert, night, strike
from tests.scenario_texts import CATALOGUE
from tests.strategies import drawn_scenarios

EVERY = frozenset(Track)
SEEDS = 10_000


def told(scenario: Scenario, seed: int = 7, tracks: frozenset[Track] = EVERY) -> list[AlertEvent]:
    """The alerts of a scenario."""
    events = compile_scenario(scenario, seed, CATALOGUE, tracks).events
    return [event for event in events if event.kind.startswith("alert.")]  # type: ignore[misc]  # what the kind says


def raid(name: str, at: float, **asked: object) -> dict[str, Any]:
    """A salvo on Kyiv whose sirens follow in exactly 10 s, for half an hour, unless asked otherwise."""
    return strike(name, at, impacted=1, alert={"sirens": "direct", **asked})


def word(event: AlertEvent) -> tuple[str, str, float]:
    """What is told of an event in these tests: its id, its area, seconds after the start."""
    return event.event, event.area, (event.at - after(0)) / SECOND


def kolmogorov_smirnov(drawn: Sequence[int], quantiles: Quantiles) -> float:
    """The largest distance of the drawn durations from the distribution, times the root of their number."""
    ordered, count = sorted(drawn), len(drawn)
    distances = [
        max(share(at, quantiles) - n / count, (n + 1) / count - share(at, quantiles)) for n, at in enumerate(ordered)
    ]
    return max(distances) * math.sqrt(count)


def share(at: int, quantiles: Quantiles) -> float:
    """The share of a distribution below a duration (drawn durations are cut to whole milliseconds)."""
    for (low, shorter), (high, longer) in pairwise(quantiles):
        if at < longer:
            return max(0.0, low + (high - low) * (at - shorter) / (longer - shorter)) / 100
    return 1.0


@pytest.mark.parametrize("model", ["relay", "direct"])
def test_siren_delays_are_those_of_the_model(model: str) -> None:
    """Over 10,000 seeds of a scenario the delays and lengths are distributed as in sirens.yaml: KS below 1.95 (0.001).

    As many stay silent as the model says, within four standard deviations.
    """
    catalogue = library.catalogue()
    sirens = catalogue.sirens[model]
    (entry,) = night(strike("raid", 3600, impacted=1, alert={"sirens": "direct"})).events
    scenario = night(strike("raid", 3600, impacted=1, alert="auto"))
    asked = scenario.events[0].strike.model_copy(  # type: ignore[union-attr]  # it is a strike
        update={"alert": entry.strike.alert.model_copy(update={"sirens": model})}  # type: ignore[union-attr]
    )
    scenario = scenario.model_copy(update={"events": (scenario.events[0].model_copy(update={"strike": asked}),)})
    delays, lengths = [], []
    for seed in range(SEEDS):
        events = compile_scenario(scenario, seed, catalogue, EVERY).events
        (detected,) = (event.at for event in events if isinstance(event, StrikeDetected))
        if heard := [event for event in events if isinstance(event, AlertRaised)]:
            (cleared,) = (event for event in events if isinstance(event, AlertCleared))
            delays.append(heard[0].at - detected)
            lengths.append(cleared.at - heard[0].at)
    silent = SEEDS - len(delays)
    assert abs(silent - SEEDS * sirens.missed) <= 4 * math.sqrt(SEEDS * sirens.missed * (1 - sirens.missed))
    assert kolmogorov_smirnov(delays, sirens.delay) < 1.95
    assert kolmogorov_smirnov(lengths, sirens.lasts) < 1.95


def test_the_test_of_delays_can_fail() -> None:
    """Delays drawn from a slightly other distribution are told apart by the same statistic."""
    catalogue = library.catalogue()
    other = tuple((percentile, Millis(int(length * 1.05))) for percentile, length in catalogue.sirens["relay"].delay)
    drawn = [Draws(seed, "raid").quantile(other) for seed in range(SEEDS)]
    assert kolmogorov_smirnov(drawn, catalogue.sirens["relay"].delay) > 1.95


def test_a_siren_follows_the_first_detection() -> None:
    """Ten seconds after it, whatever the warning; the threat is that of the weapons; it ends half an hour later."""
    raised, cleared = told(night(raid("raid", 600)))
    assert [word(raised), word(cleared)] == [("raid:raised", "UA-30", 610), ("raid:cleared", "UA-30", 2410)]
    assert isinstance(raised, AlertRaised)
    assert raised.threats == ("ballistic_missiles",)
    early = strike("raid", 600, impacted=1, warning="2m", alert={"sirens": "direct"})
    assert word(told(night(early))[0]) == ("raid:raised", "UA-30", 490)


def test_a_silent_siren_is_not_heard() -> None:
    """Missed for certain: nothing is raised and nothing is cleared."""
    assert told(night(raid("raid", 600, missed=1.0))) == []


def test_an_all_clear_does_not_come_before_the_last_arrival() -> None:
    """However short the alert: it lasts until the last weapon has come down."""
    salvo = strike("raid", 600, impacted=5, spread="10m", alert={"sirens": "direct", "lasts": "1s"})
    events = compile_scenario(night(salvo), 7, CATALOGUE, EVERY).events
    last = max(event.at for event in events if isinstance(event, StrikeEvent))
    assert told(night(salvo))[-1].at == last


def test_an_all_clear_may_be_late() -> None:
    """Forgotten for certain, for an hour."""
    late = {"chance": 1.0, "by": "1h"}
    assert word(told(night(raid("raid", 600, late_clear=late)))[-1]) == ("raid:cleared", "UA-30", 2410 + 3600)


def test_sirens_in_several_areas_are_told_apart() -> None:
    """Each area has its own siren, numbered in the order written."""
    heard = told(night(raid("raid", 600, areas=["UA-30", "UA-32", "UA-30"], threats=["chemical"])))
    assert sorted(map(word, heard)) == [
        ("raid:cleared:1", "UA-30", 2410),
        ("raid:cleared:2", "UA-32", 2410),
        ("raid:raised:1", "UA-30", 610),
        ("raid:raised:2", "UA-32", 610),
    ]


def test_a_further_strike_prolongs_the_alert() -> None:
    """Under alert already, an area hears what else threatens it, and one all-clear, the later one."""
    drones = {"id": "drones", "at": "+1200s"}
    drones["strike"] = {  # type: ignore[assignment]  # an entry is plain data
        "salvo": [{"weapon": "shahed", "count": 1}],
        "target": "UA-30",
        "outcome": {"impacted": 1},
        "alert": {"sirens": "direct"},
    }
    raised, updated, cleared = told(night(raid("raid", 600), drones))
    assert [word(each) for each in (raised, updated, cleared)] == [
        ("raid:raised", "UA-30", 610),
        ("drones:updated", "UA-30", 1210),
        ("drones:cleared", "UA-30", 3010),
    ]
    assert isinstance(updated, AlertUpdated)
    assert updated.threats == ("ballistic_missiles", "drones")


def test_a_later_strike_raises_again() -> None:
    """After the all-clear it is another alert."""
    heard = [word(event)[0] for event in told(night(raid("one", 600), raid("two", 6000)))]
    assert heard == ["one:raised", "one:cleared", "two:raised", "two:cleared"]


def test_an_alert_written_down_goes_first() -> None:
    """Inside it no siren is derived; one that stands when it begins is taken over by it."""
    inside = told(night(alert(500, 4000), raid("raid", 600)))
    assert [event.kind for event in inside] == ["alert.raised", "alert.cleared"]
    around = told(night(alert(1000, 4000), raid("raid", 600)))
    assert [event.kind for event in around] == ["alert.raised", "alert.raised", "alert.cleared"]
    assert around[-1].at == after(4000)
    apart = told(night(alert(1, 100), raid("raid", 600), alert(9000)))
    assert [event.kind.removeprefix("alert.") for event in apart] == ["raised", "cleared"] * 2 + ["raised"]


def test_a_derived_siren_is_an_alert() -> None:
    """It lies on the track of alerts, whichever track its strike lies on."""
    scenario = night(raid("raid", 600))
    assert len(told(scenario, tracks=frozenset({Track.ALERTS}))) == 2
    assert told(scenario, tracks=frozenset({Track.INCIDENTS})) == []


@settings(max_examples=60)
@given(drawn_scenarios(), st.integers(0, 1000))
def test_where_only_strikes_sound_sirens_alerts_take_turns(scenario: Scenario, seed: int) -> None:
    """In an area without a written alert: raised, updated perhaps, cleared, and so on; each for the time it is open."""
    alerts = [entry.alert for entry in scenario.events if isinstance(entry, AlertEntry)]
    written = {
        area for alert in alerts for area in (alert.area, *(area for update in alert.updates for area in update.areas))
    }
    by_area: dict[str, list[AlertEvent]] = {}
    for event in told(scenario, seed):
        if event.area not in written:
            by_area.setdefault(event.area, []).append(event)
    for events in by_area.values():
        open_ = False
        for event in events:
            assert isinstance(event, AlertRaised) != open_
            open_ = not isinstance(event, AlertCleared)
            assert fields(event, 0)["area"] == event.area
        assert not open_


@given(st.integers(0, 2**53))
def test_a_quantile_lies_within_its_distribution(seed: int) -> None:
    """Never below p0 nor above p100, and whole milliseconds."""
    quantiles = ((0.0, Millis(5 * SECOND)), (50.0, Millis(6 * SECOND)), (100.0, Millis(2 * MINUTE)))
    drawn = Draws(seed, "x").quantile(quantiles)
    assert 5 * SECOND <= drawn <= 2 * MINUTE
    assert isinstance(drawn, int)
    assert Draws(seed, "x").quantile(((0.0, Millis(7)), (100.0, Millis(7)))) == 7


def test_an_alert_that_took_over_leaves_nothing_behind() -> None:
    """A derived alert taken over by a written one that is over by then: the next strike raises and clears anew."""
    first = raid("one", 600, lasts="2h")
    heard = told(night(first, alert(1200, 1800), raid("two", 3000)))
    assert [event.kind.removeprefix("alert.") for event in heard] == [
        "raised",
        "raised",
        "cleared",
        "raised",
        "cleared",
    ]


def test_a_pre_alert_silences_no_siren_and_takes_none_back() -> None:
    """The siren sounds over a pre-alert; its all-clear is the siren's, and no warning comes under an alert."""
    early = {"alert": {"area": "UA-30", "pre_alert": "+1m", "cleared": "+15m"}}
    assert [word(event)[0].rpartition(":")[2] for event in told(night(early, raid("raid", 600)))] == [
        "announced",
        "raised",
        "cleared",
    ]
    inside = {"alert": {"area": "UA-30", "pre_alert": "+11m", "cleared": "+15m"}}
    heard = told(night(inside, raid("raid", 600)))
    assert [word(event) for event in heard] == [("raid:raised", "UA-30", 610), ("raid:cleared", "UA-30", 2410)]
