"""What makes two messages the same although two exercises sent them."""

from hypothesis import given
from hypothesis import strategies as st

from alertsim.events import ClockTicked, Event, ExerciseState, ExerciseStateChanged
from alertsim.observations import Played
from alertsim.times import Millis
from alertsim.wire import Mark, Message, comparable, mark
from alertsim.wire.comparable import Comparable
from tests.strategies_events import happenings

ONE, OTHER = Mark("night-1", "duty"), Mark("another-7", "duty")
STAMPS = st.integers(1_700_000_000_000_000, 1_800_000_000_000_000)


def compared(message: Message, root: str = "") -> Comparable | None:
    """What is compared of a message."""
    return comparable(
        message.topic.removeprefix(root),
        message.payload,
        qos=message.qos,
        retain=message.retain,
        properties=message.properties,
    )


def undated(event: Event) -> dict[str, object]:
    """What a relayed message says but for when it was first sent."""
    return event.model_dump(exclude={"original_us"})


@given(happenings, STAMPS, STAMPS, st.integers(0, 9), st.integers(0, 9))
def test_who_sent_it_and_when_does_not_matter(event: Event, one: int, other: int, seq: int, later: int) -> None:
    """The same event from two exercises, at two moments, with or without its root: the same."""
    a, b = mark(Played(seq, one, one, event), ONE), mark(Played(later, other, other, event), OTHER)
    assert compared(a) == compared(b) == compared(b, OTHER.root + "/")


@given(happenings.filter(lambda event: not isinstance(event, ClockTicked)), happenings)
def test_what_is_said_and_how_does(event: Event, other: Event) -> None:
    """Another event, a copy that says so, another QoS, flag or property: not the same."""
    plain = mark(Played(1, 10**15, 10**15, event), ONE)
    seen = compared(plain)
    assert seen is not None
    if undated(event) != undated(other):
        assert compared(mark(Played(1, 10**15, 10**15, other), ONE)) != seen
    assert compared(mark(Played(1, 10**15, 10**15, event, catch_up=True), ONE)) != seen
    delivery = {"qos": plain.qos, "retain": plain.retain, "properties": plain.properties}
    changed: list[dict[str, object]] = [{"qos": (plain.qos + 1) % 3}, {"retain": not plain.retain}, {"properties": ()}]
    for change in changed:
        assert comparable(plain.topic, plain.payload, **delivery | change) != seen  # type: ignore[arg-type]


def test_the_number_of_a_live_event_is_chance_and_the_clock_is_not_compared() -> None:
    """`live-3:ended` is `live-9:ended`; a tick is nothing; what is no JSON object is its bytes; so is a clear."""

    def ended(n: int) -> Event:
        return ExerciseStateChanged(event=f"live-{n}:ended", at=Millis(0), entry="live", state=ExerciseState.ENDED)

    a, b = (compared(mark(Played(n, 10**15, 10**15, ended(n)), ONE)) for n in (3, 9))
    assert a == b is not None
    assert compared(mark(Played(1, 10**15, 10**15, ClockTicked(event="clock:1", at=Millis(0), entry="c")), ONE)) is None
    for payload in (b"[1]", b"\xff", b""):
        found = comparable("sensors/a", payload, qos=0, retain=False, properties=())
        assert found == ("sensors/a", payload, 0, False, ())
