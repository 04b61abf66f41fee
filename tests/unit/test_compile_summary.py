"""The dry run: what it counts is what a conductor does."""

import json
from collections import Counter
from collections.abc import Sequence

from hypothesis import given, settings

from alertsim.conductor import Conductor
from alertsim.events import Event, Track
from alertsim.feed import Feed
from alertsim.observations import EventSkipped, Line, Observed, Played
from alertsim.picture import DryRun, dry_run
from alertsim.picture.dry_run import rehearsed
from alertsim.scenario import Scenario
from alertsim.timeline import DEFAULT_TRACKS, Segment, Timeline, compile_scenario, pace
from alertsim.times import Millis
from alertsim.wire import Mark, mark, retire
from tests.leaping import leap, leaping_clock
from tests.nights import after, alert, chapters, news, night, outage, strike
from tests.scenario_texts import CATALOGUE
from tests.strategies import drawn_scenarios, scenarios

every_scenario = scenarios() | drawn_scenarios()
TRACKS = frozenset(Track)


def counted(scenario: Scenario, tracks: frozenset[Track] = TRACKS) -> DryRun:
    """The dry run under seed 1, at the scenario's own pace."""
    timeline = compile_scenario(scenario, 1, CATALOGUE, tracks)
    return dry_run(scenario, timeline, pace(scenario, timeline.until), tracks)


def conducted(timeline: Timeline, segments: Sequence[Segment]) -> list[Line]:
    """What a conductor puts on the log of these segments, the farewell included."""

    async def conduct() -> list[Line]:
        feed = Feed()
        log = feed.reader("log", policy="wait", bound=10**6)
        conductor = Conductor(timeline, segments, leaping_clock(segments[0].start), feed)
        conductor.farewell(await conductor.play())
        feed.close()
        return await log.take()

    return leap(conduct())


@settings(max_examples=25)
@given(every_scenario)
def test_what_is_counted_is_what_is_conducted(scenario: Scenario) -> None:
    """A conductor plays the same events in the same order, catches up on the same, and passes over as many."""
    timeline = compile_scenario(scenario, 1, CATALOGUE, TRACKS)
    segments = pace(scenario, timeline.until)
    lines = conducted(timeline, segments)
    played = [line.event for line in lines if isinstance(line, Played)]
    sent, passed_over = rehearsed(timeline, segments)
    assert [_known(one.event) for one in sent] == [_known(event) for event in played]
    assert passed_over == sum(
        isinstance(line, Observed) and isinstance(line.observation, EventSkipped) for line in lines
    )
    dry = counted(scenario)
    assert dry.published == dict(sorted(Counter(event.kind for event in played).items()))
    assert (
        sum(dry.planned.values())
        == sum(part.events for part in dry.parts) - _added(sent) + passed_over + dry.not_reached
    )


def _known(event: Event) -> tuple[str, str, Millis]:
    """What an event is, whoever made it: a live one has a number of its own."""
    return event.kind, "" if event.entry == "live" else event.event, event.at


def _added(sent: Sequence[tuple[Event, Millis, float, int]]) -> int:
    """How many were published that are not planned there: live ones, and those said again."""
    return sum(event.entry == "live" or event.at != at for event, at, *_ in sent)


@settings(max_examples=10)
@given(every_scenario)
def test_the_farewell_is_counted(scenario: Scenario) -> None:
    """As many retained topics, and messages after the last event, as marking makes of the same events."""
    timeline = compile_scenario(scenario, 1, CATALOGUE, TRACKS)
    played = [line for line in conducted(timeline, pace(scenario, timeline.until)) if isinstance(line, Played)]
    by = Mark("test-1", "control", 120)
    standing = {message.topic for line in played if (message := mark(line, by)).retain}
    dry = counted(scenario)
    assert dry.retained == len(standing)
    assert dry.farewell == len(list(retire(standing, played[-1], by)))
    assert dry.messages == len(played) + dry.farewell


@settings(max_examples=25)
@given(every_scenario)
def test_the_peak_is_the_fullest_second(scenario: Scenario) -> None:
    """No second of real time has more events, and the one that is named has as many."""
    timeline = compile_scenario(scenario, 1, CATALOGUE, TRACKS)
    segments = pace(scenario, timeline.until)
    sent, _ = rehearsed(timeline, segments)
    seconds = [(sum(one.real_ms <= other.real_ms < one.real_ms + 1000 for other in sent), one) for one in sent]
    peak = counted(scenario).peak
    assert peak.events == max(count for count, _ in seconds)
    assert (peak.events, peak.at, peak.chapter) in {(n, one.at, segments[one.segment].name) for n, one in seconds}


def test_the_peak_is_in_real_time() -> None:
    """Twenty alerts ten seconds apart are the peak where they are played sixty times as fast."""
    spread = [news(f"n{n}", 10 * n) for n in range(20)]
    close = [news(f"c{n}", 1000 + n) for n in range(4)]
    dry = counted(night(*spread, *close, chapters=chapters((0, 500, 60), (500, 2000, 1))))
    assert (dry.peak.events, dry.peak.chapter, dry.peak.at) == (7, "one", after(0))  # six news a second, and `running`
    assert (dry.scenario_s, dry.real_s) == (2000.0, 1508.333)
    assert [(part.name, part.real_s, part.events) for part in dry.parts] == [("one", 8.333, 21), ("two", 1500.0, 5)]


def test_what_is_left_out_is_told() -> None:
    """Entries on tracks that are not played, chapters that are not, areas that are alerted and those always are."""
    told = {"id": "politics", "at": "+5s", "track": "information", "news": {"text": "x"}}
    entries = (told, alert(10, 20), {"alert": {"area": "UA-43", "standing": True}}, outage("down", 1, {"data": 0.0}))
    dry = counted(night(*entries, chapters=chapters((0, 5, 1), (5, 60, 1)), play=["two"]), DEFAULT_TRACKS)
    assert dry.left_out == {"information": 1}
    assert dry.not_played == ("one",)
    assert (dry.areas, dry.standing) == (("UA-30",), ("UA-43",))
    assert dry.tracks == {"alerts": 3, "network": 1}
    assert (dry.passed_over, dry.not_reached) == (2, 0)
    assert dry.published == {
        "alert.cancelled": 1,
        "alert.cleared": 1,
        "alert.raised": 2,
        "exercise.state_changed": 2,
        "operator.changed": 1,
    }


def test_an_empty_scenario_says_hello_and_goodbye() -> None:
    """Two events, one retained topic, one clear."""
    dry = counted(night())
    assert (sum(dry.published.values()), dry.retained, dry.farewell, dry.messages) == (2, 1, 1, 3)
    assert (dry.peak.events, dry.real_s) == (2, 0.0)


def test_it_is_plain_json() -> None:
    """Times with offset, everything a number or a text."""
    dry = counted(night(strike("raid", 60, intercepted=2), alert(90)))
    plain = json.loads(json.dumps(dry.as_json(120)))
    assert plain["parts"][0]["start"] == "2023-12-12T05:00:00+02:00"
    assert plain["peak"]["at"].endswith("+02:00")
    assert plain["messages"] == dry.messages
