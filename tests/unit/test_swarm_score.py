"""A scenario as load: what is published when, and when which operator fails."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertsim.events import AlertRaised, Event, OperatorChanged, Service
from alertsim.mqtt.codes import Version
from alertsim.mqtt.packets import Publish
from alertsim.mqtt.reader import Reader
from alertsim.swarm.conduct import Turn
from alertsim.swarm.score import Score
from alertsim.timeline import Segment, Timeline
from alertsim.times import Millis
from alertsim.wire import Mark

BY = Mark("load-x", "nobody", status="Test")


def raised(at: int, area: str = "UA-30") -> AlertRaised:
    """An alert at a second."""
    return AlertRaised(event=f"alert-{at}:raised", at=Millis(at * 1_000), entry="alert", area=area, invented="here")


def failed(at: int, up: float) -> OperatorChanged:
    """Half of an operator is what it is."""
    return OperatorChanged(
        event=f"outage-{at}:down",
        at=Millis(at * 1_000),
        entry="outage",
        operator="operator-a",
        up={Service.DATA: up, Service.FIXED: 1.0},
        invented="here",
    )


def segment(start: int, until: int, rate: float = 1.0) -> Segment:
    """A stretch in seconds."""
    return Segment("part", Millis(start * 1_000), Millis(until * 1_000), rate)


def score(events: list[Event], *segments: Segment, version: Version = Version.V5, qos: int = 1) -> Score:
    """These events, in their order."""
    timeline = Timeline("x", 1, Millis(0), 120, tuple(sorted(events, key=lambda event: event.at)))
    return Score(timeline, segments, BY, qos=qos, version=version)


def test_times_are_real_seconds_of_each_segment() -> None:
    """At the pace of its segment, after those before it; what lies in no segment is not published."""
    events: list[Event] = [raised(at) for at in (5, 10, 20, 50, 100, 160, 170)]
    played = score(events, segment(10, 30, 10), segment(100, 160, 60))
    assert list(played.dues) == pytest.approx([0.0, 1.0, 2.0, 3.0])
    assert played.duration_s == pytest.approx(3.0)
    assert played.turns == ()


def test_outages_of_what_is_passed_over_still_count() -> None:
    """From where it goes on; the condition itself is published only where it lies in a segment."""
    events: list[Event] = [failed(1, 0.5), failed(20, 0.0), failed(60, 0.7), failed(110, 1.0), failed(200, 0.1)]
    played = score(events, segment(10, 30, 10), segment(100, 160, 60))
    assert [(turn.at_s, dict(turn.up)["data"]) for turn in played.turns] == [
        (0.0, 0.5),
        (1.0, 0.0),
        (2.0, 0.7),
        (pytest.approx(2 + 1 / 6), 1.0),
    ]
    assert played.turns[0] == Turn(0.0, "operator-a", (("data", 0.5), ("fixed", 1.0)))
    assert list(played.dues) == [turn.at_s for turn in played.turns[1::2]]


@given(
    st.lists(st.integers(0, 300), max_size=40),
    st.lists(st.sampled_from([0.5, 1.0, 60.0, math.inf]), min_size=3, max_size=3),
)
def test_dues_rise_and_end_in_time(times: list[int], rates: list[float]) -> None:
    """In the order of the timeline, never after the end; each event in a segment once, at rate max all at once."""
    bounds = [(0, 60), (90, 120), (200, 250)]
    segments = [segment(*bound, rate) for bound, rate in zip(bounds, rates, strict=True)]
    played = score([raised(at) for at in times], *segments)
    inside = [at for at in sorted(times) if any(start <= at <= until for start, until in bounds)]
    assert len(played.dues) == len(inside)
    assert list(played.dues) == sorted(played.dues)
    assert all(0 <= due <= played.duration_s for due in played.dues)
    assert played.duration_s == pytest.approx(sum((b - a) / rate for (a, b), rate in zip(bounds, rates, strict=True)))


@pytest.mark.parametrize("version", list(Version))
@pytest.mark.parametrize("qos", [0, 1, 2])
def test_a_message_is_marked_test_and_not_retained(version: Version, qos: int) -> None:
    """Message n is event n: marked on every layer, on its topic below the test's, kept by nobody."""
    played = score([raised(1), raised(2, "UA-32")], segment(0, 9, 60), version=version, qos=qos)
    bulletin = played.make(2, 1_795_000_000_000_000)
    (packet,) = Reader(version).feed(bulletin.with_id(7))
    assert isinstance(packet, Publish)
    assert (packet.topic, packet.qos, packet.retain) == (bulletin.topic, qos, False)
    assert packet.topic == "test/load-x/public/alert/UA-32"
    assert packet.packet_id == (7 if qos else 0)
    said = json.loads(packet.payload)
    assert (said["status"], said["exercise"], said["seq"], said["event"]) == ("Test", "load-x", 2, "alert-2:raised")
    assert said["intended_us"] == bulletin.due_us == 1_795_000_000_000_000
    assert bulletin.seq == 2


def test_names_the_areas_at_the_top() -> None:
    """Of the events that have one, each once, in order."""
    events: list[Event] = [
        raised(1, "UA-32/1"),
        raised(2, "UA-30"),
        raised(3, "UA-32"),
        failed(4, 0.0),
        raised(99, "UA-46"),
    ]
    assert score(events, segment(0, 9)).areas == ("UA-30", "UA-32")


def test_nothing_but_tests() -> None:
    """A mark that does not say Test is refused."""
    with pytest.raises(ValueError, match="as Test and as nothing else"):
        Score(Timeline("x", 1, Millis(0), 0, ()), (), Mark("x", "nobody"), qos=1, version=Version.V5)
