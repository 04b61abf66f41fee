"""What a recording tells again: the story that was played, and nothing that machinery added to it."""

import math
from collections.abc import Iterable, Iterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alertsim.clock import MAX
from alertsim.commands import Command, Jump, Pause, Resume, Seek, SetRate, Suspend
from alertsim.errors import InputError
from alertsim.events import Event, ForeignRelayed
from alertsim.observations import CommandAccepted, Line, Observed, Played
from alertsim.recording import Delivery, Recorded
from alertsim.recording.retell import CAPTURE, Retelling, Retold, retell
from alertsim.recording.select import Selection, remapped, selection
from alertsim.recording.tempo import Tick, as_played
from alertsim.timeline import Segment, Timeline, as_text
from alertsim.times import Millis
from alertsim.wire import Mark, comparable, mark, withdrawal
from alertsim.wire.comparable import said
from tests.conducting import Wishes, conduct
from tests.histories import timelines
from tests.nights import after, alert, news, night
from tests.unit.test_conductor import compiled, whole

BY = Mark("night-1", "duty", 120)
ABOUT = {"exercise": "night-1", "contact": "duty", "offset_minutes": "120"}


def as_recorded(lines: Iterable[Line], by: Mark = BY, *, captured: bool = False) -> Iterator[Recorded]:
    """The lines as a recording gives them back: as the exercise wrote them, or as a capture of its broker did."""
    for line in lines:
        if isinstance(line, Observed):
            if not captured:
                yield Recorded("observation/x", "x", line.observation, 0, line.actual_us, line.seq, b"", None)
            continue
        for message in (mark(line, by), *withdrawal(line, by)):
            how = Delivery(qos=message.qos, retain=message.retain, expiry_s=None, properties=message.properties)
            body = said(message.payload)
            topic = message.topic if captured else message.topic.removeprefix(by.root + "/")
            of = body if isinstance(body, dict) else None
            yield Recorded(topic, "", of, line.due_us, line.actual_us, line.seq, message.payload, how)


def plain(events: Iterable[Event]) -> list[Event]:
    """Without the time of the original."""
    return [event.model_copy(update={"original_us": None}) for event in events]


minutes = st.integers(0, 60).map(lambda minute: 60 * minute)
disturbances: st.SearchStrategy[Command] = st.one_of(
    st.sampled_from([Pause(), Resume(), Suspend(), Resume()]),
    st.integers(0, 60).map(lambda minute: Jump(to=after(60 * minute))),
    st.sampled_from([60.0, 3600.0]).map(lambda rate: SetRate(rate=rate)),
)
wishes = st.lists(st.tuples(st.floats(0, 10), disturbances), max_size=5)


@settings(max_examples=60)
@given(timelines(minutes), st.sampled_from([600.0, MAX]), wishes, st.booleans())
def test_a_story_is_told_again_as_it_was_written(
    timeline: Timeline, rate: float, asked: Wishes, captured: bool
) -> None:
    """Whatever happened to the exercise, and whether it was recorded or overheard: its events, in their order."""
    segments = [Segment("all", after(0), after(3600), rate)]
    done = conduct(timeline, segments, asked=[*asked, (0.0, Resume())])
    about = {CAPTURE: "true"} if captured else ABOUT | {"segments": as_text(segments)}
    lines = [*as_recorded(done.lines, captured=captured)]
    if not timeline.events or not any(line.of and line.delivery for line in lines):
        return
    try:
        told = retell(about, [*lines, *lines] if captured else lines)
    except InputError:
        assert not any(is_told(line) for line in done.lines)
        return
    assert told.exercise == "night-1"
    if captured:  # what a jump passed over was not heard, unless it stood
        assert set(names(told)) <= {event.event for event in timeline.events}
        assert plain(told.timeline.events) == [event for event in timeline.events if event.event in names(told)]
    else:
        assert plain(told.timeline.events) == list(timeline.events)


def is_told(line: Line) -> bool:
    """Whether it is an event of the story."""
    return isinstance(line, Played) and line.event.entry not in {"live", "clock"}


def names(told: Retold) -> list[str]:
    """The ids of the events."""
    return [event.event for event in told.timeline.events]


NIGHT = compiled(night(alert(10, 50), news("one", 20), news("two", 30), alert(40, area="UA-32"), news("last", 60)))


def replay(lines: Iterable[Recorded], about: dict[str, str]) -> tuple[Retold, list[Recorded]]:
    """What it tells, and a recording of that played again by another exercise."""
    told = retell(about, lines)
    done = conduct(told.timeline, told.segments, rewinds=True)
    return told, [*as_recorded(done.lines, Mark("again-2", "duty", 120, replay_of="night-1"))]


def compared(lines: Iterable[Recorded]) -> list[object]:
    """The messages as they are compared."""
    sent = [
        comparable(line.topic, line.data, qos=how.qos, retain=how.retain, properties=how.properties)
        for line in lines
        if (how := line.delivery)
    ]
    return [each for each in sent if each is not None]


@pytest.mark.parametrize("rate", [1.0, 60.0, MAX])
def test_a_replay_of_a_replay_of_an_exercise_is_the_exercise(rate: float) -> None:
    """Equal under `comparable`, twice over; `replay_of` and the original time stand beside."""
    segments = [Segment("one", after(0), after(25), rate), Segment("two", after(35), after(60), rate)]
    first = [*as_recorded(conduct(NIGHT, segments).lines)]
    about = ABOUT | {"segments": as_text(segments)}
    told, second = replay(first, about)
    assert told.segments == tuple(segments)
    _, third = replay(second, about | {"exercise": "again-2"})
    assert compared(first) == compared(second) == compared(third)
    again = [line for line in second if isinstance(line.of, dict) and line.of["entry"] != "live"]
    originals = {line.of["event"]: line.due_us for line in first if isinstance(line.of, dict) and "event" in line.of}
    for line in again:
        assert isinstance(line.of, dict)
        if "clock" not in str(line.of["event"]) and line.of["entry"] != "clock":
            assert (line.of["replay_of"], line.of["original_us"]) == ("night-1", originals[line.of["event"]])


def test_the_pace_is_what_the_director_made_of_it() -> None:
    """Another rate until the chapter ends, a jump; where it was terminated it ends."""
    planned = [Segment("one", after(0), after(30), 1.0), Segment("two", after(30), after(60), 10.0)]
    commands = [
        CommandAccepted(n=1, at=after(10), seq=1, command=SetRate(rate=5.0)),
        CommandAccepted(n=2, at=after(20), seq=2, command=Jump(to=after(40))),
        CommandAccepted(n=3, at=after(45), seq=3, command=Seek(to=after(5))),
    ]
    found = as_played({"segments": as_text(planned)}, [], commands, after(0), after(50))
    assert [(each.start - after(0), each.until - after(0), each.rate) for each in found] == [
        (0, 10_000, 1.0),
        (10_000, 20_000, 5.0),
        (40_000, 50_000, 10.0),
    ]


@pytest.mark.parametrize("segments", ["", "[]", "no JSON", '[["a",1]]', "3", '[["a",1,2,"fast"]]'])
def test_without_metadata_the_ticks_tell_the_pace(segments: str) -> None:
    """Two paces and a leap between ticks of a second; a pause is none of it; without ticks it is real time."""
    ticks = [*(Tick(n * 10**6, Millis(n * 60_000), 60.0) for n in range(3)), Tick(3 * 10**6, Millis(121_000), 0.0)]
    ticks += [Tick(n * 10**6, Millis(10**7 + n * 1000), None) for n in range(4, 6)]
    found = as_played({"segments": segments}, ticks, [], Millis(0), Millis(10**7 + 9000))
    assert [each.rate for each in found] == [60.0, math.inf]
    assert (found[0].start, found[-1].until) == (0, 10**7 + 9000)
    assert as_played({}, [], [], Millis(5), Millis(9)) == (Segment("all", Millis(5), Millis(9), 1.0),)


def other(topic: str, payload: bytes, us: int, **how: object) -> Recorded:
    """Somebody else's message in a capture."""
    plain = {"qos": 0, "retain": False, "expiry_s": None, "properties": ()}
    body = said(payload)
    delivery = Delivery.model_validate(plain | how)
    return Recorded(topic, "", body if isinstance(body, dict) else None, us, us, 0, payload, delivery)


def test_what_was_not_ours_comes_back_inside_ours() -> None:
    """Bytes as Base64, text as text, with all its properties, at the real time it came; too large ones are left out."""
    raw = other("a/b", b"\xff\0", 7_000, qos=2, retain=True, expiry_s=9, correlation_data="AAE=", response_topic="r")
    lines = [raw, other("exercise/night-1/public/news", b'{"kind":"news.published"}', 9_000)]
    lines += [other("x" * 200, b"", 1), other("big", b"\x01" * 60_000, 2)]
    told = retell({CAPTURE: "true"}, lines)
    first, second = told.timeline.events
    assert isinstance(first, ForeignRelayed)
    assert isinstance(second, ForeignRelayed)
    assert (first.at, first.base64, first.text, first.qos, first.retain) == (7, "/wA=", None, 2, True)
    assert (first.correlation_data, first.response_topic, first.valid_for, first.original_us) == (
        "AAE=",
        "r",
        9_000,
        7_000,
    )
    assert (second.topic, second.text) == ("exercise/night-1/public/news", '{"kind":"news.published"}')
    assert told.left_out == {"too large": 2}
    assert told.exercise is None


def test_among_ours_it_has_the_scenario_time_it_was_heard_at() -> None:
    """Half a second after an event at rate 60 it is half a minute later."""
    done = conduct(NIGHT, [Segment("all", after(0), after(60), 60.0)])
    heard = [*as_recorded(done.lines, captured=True)]
    event = next(line for line in heard if isinstance(line.of, dict) and line.of["kind"] == "alert.raised")
    told = retell({CAPTURE: "true"}, [*heard, other("a", b"1", event.actual_us + 100_000)])
    (foreign,) = (each for each in told.timeline.events if isinstance(each, ForeignRelayed))
    assert foreign.at == after(16)


def test_several_exercises_are_not_mixed() -> None:
    """One must say which; then only that one is told."""
    lines = [*as_recorded(conduct(NIGHT, whole(NIGHT)).lines, captured=True)]
    lines += as_recorded(conduct(NIGHT, whole(NIGHT)).lines, Mark("other-2", "x", 120), captured=True)
    with pytest.raises(InputError, match="choose one with --of"):
        retell({CAPTURE: "true"}, lines)
    told = retell({CAPTURE: "true"}, lines, of="other-2")
    assert (told.exercise, told.contact) == ("other-2", "x")
    assert plain(told.timeline.events) == list(NIGHT.events)


def test_what_cannot_be_told_again_is_counted_and_too_much_is_refused() -> None:
    """Kinds, areas and topics nobody knows; more events than asked for; nothing at all."""
    good = {"kind": "news.published", "at": "2023-12-13T03:00:00+02:00", "event": "n:p", "entry": "n", "text": "x"}
    bad: list[dict[str, object]] = [{"kind": "x"}, {"at": 1}, {"kind": "alert.raised", "area": "UA-99"}, {"text": 7}]
    bad += [{"kind": "strike.launched", "strike": "a/#", "weapon": "w", "target": "UA-30"}]
    plain = Delivery(qos=1, retain=False, expiry_s=None, properties=())
    lines = [Recorded("public/news", "", good | each, 0, 0, 0, b"{}", plain) for each in bad]
    with pytest.raises(InputError, match="nothing to play"):
        retell(ABOUT, lines)
    told = retell(ABOUT, [*lines, Recorded("public/news", "", good, 5, 5, 0, b"{}", plain)])
    assert told.left_out == {"unreadable": 5}
    many = [Recorded("public/news", "", good | {"event": f"n:{n}"}, 5, 5, 0, b"{}", plain) for n in range(4)]
    assert len(retell(ABOUT, many, most=4).timeline.events) == 4
    with pytest.raises(InputError, match="more than 3 events"):
        retell(ABOUT, many, most=3)


def test_topics_and_areas_select_and_branches_move() -> None:
    """An area takes what is inside and around it; a filter takes topics below the root; nothing leaves the root."""
    events: Sequence[Event] = NIGHT.events
    assert len([*filter(selection((), ("UA-32/75",)).takes, events)]) == 4
    assert {event.kind for event in filter(selection(("public/news",), ()).takes, events)} == {"news.published"}
    assert all(Selection().takes(event) for event in events)
    by = Mark("night-1", "duty", remap=remapped(["public/alert=public/siren"]))
    assert by.topic("public/alert/UA-30") == "exercise/night-1/public/siren/UA-30"
    assert by.topic("public/alerts") == "exercise/night-1/public/alerts"
    for wrong in ("x", "a=", "=b", "a=#", "public/state=x", "public=x", "x=ack/y", "a=" + "b" * 61):
        with pytest.raises(InputError, match="--remap"):
            remapped([wrong])
    with pytest.raises(InputError, match="--topic"):
        selection(("a#",), ())


def test_a_retelling_knows_how_far_it_is() -> None:
    """Before the first event nowhere; then at the newest."""
    retelling = Retelling(ABOUT)
    assert retelling.last is None
    for line in as_recorded(conduct(NIGHT, whole(NIGHT)).lines):
        retelling.add(line)
    assert retelling.last == after(60)
