"""A phone: what it takes for an exercise, what it knows, what it shows, and what it never shows."""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertsim import areas, events
from alertsim.events import ExerciseState, Text, Threat
from alertsim.observations import Played
from alertsim.subscriber import (
    BANNER,
    Heard,
    Phone,
    Received,
    Refused,
    Row,
    Withdrawn,
    as_json_lines,
    as_lines,
    filters,
    read,
    rows,
    screen,
)
from alertsim.subscriber.phone import MOST_REFUSED, MOST_TOLD
from alertsim.times import SECOND, Millis
from alertsim.wire import LAST_SEQ, Mark, Message, address, clear, mark, will
from tests.strategies_events import happenings

BY = Mark("night-1", "Exercise control / Штаб навчань", 120)
OTHER = Mark("night-2", "control", 120)
AT = Millis(1_702_429_213_000)
NOW_US = 1_800_000_000_000_000
KYIV, OBLAST, RAION, HROMADA = "UA-30", "UA-32", "UA-32/75", "UA-32/75/702"
HROMADAS = [area.id for area in areas.all_areas() if area.level == "hromada"]
NOT_REAL = {
    "uk": "Це не справжній відбій. Дійте за офіційним сигналом.",
    "en": "This is not a real all-clear. Follow the official signal.",
}
LANGUAGES: tuple[Any, ...] = ("uk", "en")


def came(message: Message, *, retained: bool = False, at_us: int = NOW_US) -> Received:
    """A message as a broker hands it over."""
    return Received(message.topic, message.payload, retained, message.properties, at_us)


def said(event: events.Event, seq: int, by: Mark = BY, *, ago_s: int = 0, catch_up: bool = False) -> Received:
    """An event, marked, due some seconds ago."""
    due_us = NOW_US - ago_s * 1_000_000
    return came(mark(Played(seq, due_us, due_us, event, 1.0, catch_up), by))


def alert(kind: str, area: str = KYIV, *threats: Threat) -> events.Event:
    more = {"threats": threats} if threats else {}
    return events.EVENT.validate_python(
        {"kind": f"alert.{kind}", "event": f"{area}:{kind}", "at": AT, "entry": "a", "area": area, **more}
    )


def state(now: ExerciseState) -> events.Event:
    return events.ExerciseStateChanged(event=f"live:{now}", at=AT, entry="live", state=now)


def news(text: str, name: str = "n") -> events.Event:
    return events.NewsPublished(event=name, at=AT, entry="n", text=Text(uk=text, en=text))


def report(text: str, n: int = 1) -> events.Event:
    return events.IncidentReported(
        event=f"i:{n}", at=AT, entry="i", incident="clinic", area=KYIV, text=Text(uk=text, en=text)
    )


def tick(rate: float | None, n: int = 0) -> events.Event:
    return events.ClockTicked(event=f"clock:{n}", at=Millis(AT + n * SECOND), entry="clock", rate=rate)


def died() -> Received:
    """The word of the publisher's will."""
    return came(will(BY, at=AT, intended_us=NOW_US - 9_000_000))


def emptied(below: str, by: Mark = BY) -> Received:
    """A zero-byte clear."""
    return came(clear(f"{by.root}/{below}", by))


def phone(*messages: Received, on: Phone | None = None) -> Phone:
    """A phone that is connected and has received these."""
    return reduce(Phone.after, messages, on or Phone().joined())


def status(known: Phone, area: str) -> str:
    """How one area is shown."""
    (row,) = rows(known, (area,))
    return row.status


def shown(known: Phone, lang: Any = "en", watched: Sequence[str] = ()) -> str:
    """The text of the whole screen, unwrapped."""
    return " ".join(line.text.strip() for line in screen(known, NOW_US, lang, watched=watched, height=200))


def told(known: Phone, *messages: Received, lang: Any = "en") -> list[str]:
    """The lines a person without a terminal gets from these messages."""
    lines: list[str] = []
    for message in messages:
        before, known = known, known.after(message)
        lines += as_lines(before, known, NOW_US, lang)
    return lines


def objects(known: Phone, *messages: Received) -> list[dict[str, Any]]:
    """The JSON objects a script gets from these messages."""
    lines: list[str] = []
    for message in messages:
        before, known = known, known.after(message)
        lines += as_json_lines(before, known, message, NOW_US)
    return [json.loads(line) for line in lines]


def body_of(message: Received) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(message.payload)
    return body


def with_body(message: Received, **changes: Any) -> Received:
    """The same message with other fields in its payload; None takes one out."""
    body = {name: value for name, value in (body_of(message) | changes).items() if value is not None}
    return with_payload(message, json.dumps(body, ensure_ascii=False).encode())


def with_payload(message: Received, payload: bytes) -> Received:
    return Received(message.topic, payload, message.retained, message.properties, message.at_us)


def with_properties(message: Received, *properties: tuple[str, str]) -> Received:
    return Received(message.topic, message.payload, message.retained, properties, message.at_us)


def on_topic(message: Received, topic: str) -> Received:
    return Received(topic, message.payload, message.retained, message.properties, message.at_us)


def with_headline(message: Received, **changes: str) -> Received:
    return with_body(message, headline=body_of(message)["headline"] | changes)


RAISED = said(alert("raised", KYIV, Threat.BALLISTIC_MISSILES), 3, ago_s=12)
RUNNING = said(state(ExerciseState.RUNNING), 1, ago_s=60)


# What is taken for a word of an exercise


@given(happenings, st.integers(0, LAST_SEQ))
def test_what_is_marked_and_public_is_heard_as_it_was_said(event: events.Event, seq: int) -> None:
    """Every event players may read comes back whole; what is not under `public/` is not theirs."""
    reading = read(said(event, seq))
    if not address(event).topic.startswith("public/"):
        assert reading == Refused(f"{BY.root}/{address(event).topic}", "unmarked")
    else:
        assert isinstance(reading, Heard)
        assert (reading.event, reading.exercise, reading.contact) == (event, "night-1", BY.contact)
        assert (reading.identity, reading.due_us) == ((event.event, seq), NOW_US)


LAYERS: dict[str, Callable[[Received], Received]] = {
    "no topic root": lambda m: on_topic(m, "alert/night-1/public/alert/UA-30"),
    "the root of load tests": lambda m: on_topic(m, m.topic.replace("exercise/", "test/", 1)),
    "no public topic": lambda m: on_topic(m, m.topic.replace("public", "control")),
    "no exercise id": lambda m: on_topic(m, "exercise/Night 1/public/alert/UA-30"),
    "an exercise id too long": lambda m: on_topic(m, f"exercise/{'n' * 65}/public/alert/UA-30"),
    "the id of another exercise in the topic": lambda m: on_topic(m, m.topic.replace("night-1", "night-2")),
    "no user properties": with_properties,
    "no status property": lambda m: with_properties(m, ("exercise", "night-1")),
    "no exercise property": lambda m: with_properties(m, ("status", "Exercise")),
    "another status property": lambda m: with_properties(m, ("status", "Actual"), ("exercise", "night-1")),
    "a second status property": lambda m: with_properties(m, *m.properties, ("status", "Actual")),
    "another exercise property": lambda m: with_properties(m, ("status", "Exercise"), ("exercise", "night-2")),
    "no status": lambda m: with_body(m, status=None),
    "status Actual": lambda m: with_body(m, status="Actual"),
    "status Test": lambda m: with_body(m, status="Test"),
    "no exercise": lambda m: with_body(m, exercise=None),
    "another exercise": lambda m: with_body(m, exercise="night-2"),
    "no headline": lambda m: with_body(m, headline=None),
    "a headline in one language": lambda m: with_body(m, headline={"en": "EXERCISE. Alert. EXERCISE"}),
    "no prefix in English": lambda m: with_headline(m, en="Air raid alert. EXERCISE"),
    "no suffix in English": lambda m: with_headline(m, en="EXERCISE. Air raid alert."),
    "no prefix in Ukrainian": lambda m: with_headline(m, uk="Повітряна тривога. НАВЧАЛЬНА ТРИВОГА"),
    "no suffix in Ukrainian": lambda m: with_headline(m, uk="НАВЧАЛЬНА ТРИВОГА. Повітряна тривога."),
    "prefix and suffix in one": lambda m: with_headline(m, uk="НАВЧАЛЬНА ТРИВОГА. НАВЧАЛЬНА ТРИВОГА"),
    "an alert framed as news": lambda m: with_headline(m, uk="УМОВНО, НАВЧАННЯ ЦЗ. Тривога. УМОВНО"),
    "another area in the topic": lambda m: on_topic(m, m.topic.replace("UA-30", "UA-32")),
    "an area inside it in the topic": lambda m: on_topic(m, m.topic + "/31"),
    "the topic of news": lambda m: on_topic(m, f"{BY.root}/public/news"),
    "a topic nobody has": lambda m: on_topic(m, f"{BY.root}/public/else"),
    "the end of the exercise on an alert's topic": lambda m: on_topic(said(state(ExerciseState.ENDED), 9), m.topic),
    "no payload and no properties": lambda m: with_properties(with_payload(m, b"")),
    "more than 64 KiB": lambda m: with_body(m, more="x" * 64 * 1024),
}


@pytest.mark.parametrize("spoil", LAYERS.values(), ids=LAYERS)
def test_what_lacks_a_layer_of_the_mark_is_one_line_and_no_alert(spoil: Callable[[Received], Received]) -> None:
    """Each layer counts by itself; and what stood before stands."""
    spoiled = spoil(RAISED)
    assert read(spoiled) == Refused(spoiled.topic, "unmarked")
    known = phone(spoiled)
    assert known.exercises == {}
    assert known.owed is None
    assert f"unmarked message on {spoiled.topic}"[:50] in shown(known)
    assert f"непозначене повідомлення на {spoiled.topic}"[:50] in shown(known, "uk")
    assert told(Phone(), spoiled, spoiled) == [f"unmarked message on {spoiled.topic}, not shown"]
    assert [each["what"] for each in objects(Phone(), spoiled, spoiled)] == ["refused", "refused"]
    assert rows(phone(RAISED, spoiled)) == rows(phone(RAISED))


WRONG: dict[str, dict[str, Any]] = {
    "a version we do not know": {"v": 2},
    "a kind we do not know": {"kind": "alert.doubled"},
    "no kind of text": {"kind": "alert.raised\n"},
    "no seq": {"seq": None},
    "a seq that is text": {"seq": "3"},
    "a seq that is true": {"seq": True},
    "a seq beyond all": {"seq": 2**53},
    "a seq below all": {"seq": -1},
    "seconds for microseconds": {"intended_us": 1_800_000_000},
    "a time without offset": {"at": "2023-12-13T03:00:13"},
    "a time that is a number": {"at": 5},
    "no area of ours": {"area": "Kyiv"},
    "an area that is a list": {"area": ["UA-30"]},
    "a threat nobody knows": {"threats": ["dragons"]},
    "threats in a list too deep": {"threats": [["drones"]]},
    "an event without a name": {"event": ""},
}


@pytest.mark.parametrize("changes", WRONG.values(), ids=WRONG)
def test_what_is_marked_and_wrong_is_said_to_be_malformed(changes: Mapping[str, Any]) -> None:
    """A field of a wrong type or value leaves nothing to show, and says so."""
    wrong = with_body(RAISED, **changes)
    assert read(wrong) == Refused(RAISED.topic, "malformed")
    assert told(Phone(), wrong) == [f"malformed message on {RAISED.topic}, not shown"]


@pytest.mark.parametrize(
    "payload",
    [
        b"[" * 60_000,
        b'{"a":' * 12_000,
        b"9" * 60_000,
        b'{"seq":' + b"9" * 60_000 + b"}",
        b'"\\ud800"',
        b'{"headline":"\xed\xa0\x80"}',
        b"\xff\xfe{\x00}\x00",
        b"\xef\xbb\xbf{}",
        b"NaN",
        b"[]",
        b"null",
        b"\x00",
        bytes(range(256)) * 2_000,
    ],
    ids=range(13),
)
def test_a_payload_made_to_break_a_reader_is_only_unmarked(payload: bytes) -> None:
    """Depth, length, broken text, numbers without end."""
    assert read(with_payload(RAISED, payload)) == Refused(RAISED.topic, "unmarked")


def test_fields_of_later_versions_are_ignored() -> None:
    """Who adds a field breaks no phone."""
    assert read(with_body(RAISED, colour="red", replay_of="night-0")).event == read(RAISED).event  # type: ignore[union-attr] # heard


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from([*body_of(RAISED), "rate", "state", "text", "casualties", "uk"])
GARBAGE = st.builds(
    Received,
    topic=st.text(max_size=40) | st.text(max_size=9).map(lambda end: f"exercise/night-1/public/{end}"),
    payload=st.binary(max_size=60) | ANYTHING.map(lambda found: json.dumps(found).encode()),
    retained=st.booleans(),
    properties=st.just(BY.properties) | st.lists(st.tuples(st.text(max_size=9), st.text(max_size=9))).map(tuple),
    at_us=st.integers(0, 2**60),
)
SPOILED = st.builds(lambda event, name, value: with_body(said(event, 5), **{name: value}), happenings, NAMES, ANYTHING)


@given(st.lists(GARBAGE | SPOILED | happenings.map(lambda event: said(event, 7)), max_size=6), st.integers(1, 90))
def test_nothing_that_can_come_in_breaks_a_phone(messages: list[Received], size: int) -> None:
    """Any bytes, on any topic, after one another: folded, drawn at any size, told in lines and as JSON."""
    known = Phone()
    for message in messages:
        before, known = known, known.after(message)
        for lang in LANGUAGES:
            assert all(line.isprintable() for line in as_lines(before, known, NOW_US, lang, (KYIV,)))
            drawn = screen(known, NOW_US, lang, width=size, height=size)
            assert len(drawn) <= size
            assert all(line.text.isprintable() for line in drawn)
        for line in as_json_lines(before, known, message, NOW_US):
            assert "what" in json.loads(line)


# The fold


def by_topic(messages: Sequence[events.Event]) -> dict[str, list[Received]]:
    """Marked messages of public events in the order given, by topic."""
    found: dict[str, list[Received]] = {}
    for seq, event in enumerate(messages):
        received = said(event, seq, ago_s=len(messages) - seq)
        found.setdefault(received.topic, []).append(received)
    return found


@given(st.lists(happenings, max_size=8), st.data())
def test_the_order_of_unrelated_topics_does_not_matter(happened: list[events.Event], data: st.DataObject) -> None:
    """Brokers promise an order within a topic only, and hand retained ones over in any."""
    in_order = [message for topic in by_topic(happened).values() for message in topic]
    waiting = by_topic(happened)
    shuffled = []
    while waiting:
        topic = data.draw(st.sampled_from(sorted(waiting)))
        shuffled.append(waiting[topic].pop(0))
        waiting = {name: left for name, left in waiting.items() if left}
    assert phone(*shuffled) == phone(*in_order)


@given(st.lists(happenings, min_size=1, max_size=8), st.data())
def test_duplicates_change_nothing_and_are_acknowledged_once(happened: list[events.Event], data: st.DataObject) -> None:
    """QoS 1 repeats a message, a lease says the newest of a topic again: neither is shown or answered again."""
    topics = by_topic(happened)
    once = [message for topic in topics.values() for message in topic]
    repeated = data.draw(st.sampled_from([topic[-1] for topic in topics.values()]))
    known = phone(*once)
    again = known.after(repeated)
    assert again == known
    assert again.owed is None
    assert [each["what"] for each in objects(known, repeated)] in ([], ["refused"])
    assert told(known, repeated) == []


def test_every_message_is_owed_an_answer_but_ticks_and_wills() -> None:
    """What nobody waits for is not acknowledged."""
    owed = [phone(message).owed for message in (RAISED, RUNNING, said(news("text"), 4), said(tick(1), 5), died())]
    assert [each and each.identity for each in owed] == [("UA-30:raised", 3), ("live:running", 1), ("n", 4), None, None]


def test_a_message_that_comes_too_late_opens_nothing_again() -> None:
    """An alert that is delivered once more behind its all-clear stays what it is: over."""
    cleared = said(alert("cleared"), 9, ago_s=1)
    known = phone(RAISED, cleared, RAISED)
    assert known == phone(RAISED, cleared)
    assert known.owed is None
    assert status(known, KYIV) == "cleared"


def test_an_exercise_conducted_again_under_its_id_is_heard() -> None:
    """Low numbers at a later time are no old messages."""
    first = phone(said(alert("raised"), 30, ago_s=500), said(alert("cleared"), 31, ago_s=400))
    assert status(phone(RAISED, on=first), KYIV) == "alert"
    for message, end in ((RAISED, "public/alert/UA-30"), (said(news("text"), 4), "public/state")):
        assert phone(message, emptied(end), message).owed is not None


def test_news_and_refused_topics_are_bounded() -> None:
    """A long exercise, or somebody who floods, does not fill the memory."""
    many = [said(news(f"{n}", f"n{n}"), n, ago_s=1_000 - n) for n in range(MOST_TOLD + 5)]
    kept = phone(*many).exercises["night-1"].told
    assert [each.envelope.seq for each in kept] == list(range(5, MOST_TOLD + 5))
    flood = phone(*(on_topic(RAISED, f"exercise/{n}") for n in range(MOST_REFUSED + 5)))
    assert len(flood.refused) == MOST_REFUSED
    assert f"(+{MOST_REFUSED - 1})" in shown(flood)


def test_a_topic_that_is_put_right_is_not_called_unmarked_any_more() -> None:
    """The line about it goes with the first good message."""
    assert phone(with_properties(RAISED), RAISED) == phone(RAISED)


# How areas stand


@pytest.mark.parametrize("raised", [OBLAST, RAION, HROMADA])
@pytest.mark.parametrize("asked", [OBLAST, RAION, HROMADA])
def test_an_area_is_under_alert_by_itself_or_any_area_around_it(raised: str, asked: str) -> None:
    """What lies inside makes it one in part only; a neighbour makes it nothing."""
    known = phone(said(alert("raised", raised), 1))
    assert status(known, asked) == ("alert" if asked.startswith(raised) else "partly")
    assert status(known, KYIV) == "quiet"


def test_each_level_is_cleared_on_its_own() -> None:
    """An oblast's all-clear does not clear a hromada; a hromada's not the oblast around it."""
    both = phone(said(alert("raised", OBLAST), 1), said(alert("raised", HROMADA), 2))
    without_oblast = phone(said(alert("cleared", OBLAST), 3), on=both)
    assert [status(without_oblast, area) for area in (OBLAST, RAION, HROMADA)] == ["partly", "partly", "alert"]
    without_hromada = phone(said(alert("cleared", HROMADA), 3), on=both)
    assert [status(without_hromada, area) for area in (OBLAST, RAION, HROMADA)] == ["alert"] * 3
    neither = phone(said(alert("cleared", HROMADA), 4), on=without_oblast)
    assert [status(neither, area) for area in (OBLAST, RAION, HROMADA)] == ["cleared"] * 3


def test_the_latest_word_around_an_area_is_its_own() -> None:
    """What was cancelled and then cleared around it is cleared; and the other way round."""
    for first, last in (("cancelled", "cleared"), ("cleared", "cancelled")):
        for inner, outer in ((RAION, OBLAST), (OBLAST, RAION)):
            known = phone(said(alert(first, inner), 1, ago_s=9), said(alert(last, outer), 2, ago_s=5))
            assert status(known, HROMADA) == last


STEPS = st.one_of(
    st.tuples(
        st.sampled_from(["raised", "updated", "cleared", "cancelled", "emptied"]),
        st.sampled_from([KYIV, OBLAST, RAION, HROMADA]),
    ),
    st.tuples(st.just("state"), st.sampled_from(ExerciseState)),
    st.tuples(st.sampled_from(["lost", "joined", "died"]), st.none()),
)


def test_a_pre_alert_is_no_alert() -> None:
    """Its area, and all inside it, are warned that one may come; the siren comes over it; its all-clear ends it."""
    known = phone(said(alert("announced", OBLAST, Threat.DRONES), 1))
    assert [status(known, area) for area in (OBLAST, RAION, KYIV)] == ["announced", "announced", "quiet"]
    assert "EXERCISE PRE-ALERT" in shown(known)
    assert "be ready to go" in shown(known)
    raised = phone(said(alert("raised", RAION), 2), on=known)
    assert [status(raised, area) for area in (OBLAST, RAION)] == ["partly", "alert"]
    assert status(phone(said(alert("cleared", OBLAST), 3), on=known), OBLAST) == "cleared"
    assert status(known.lost("gone"), OBLAST) == "aborted"
    assert status(phone(said(state(ExerciseState.SUSPENDED), 3), on=known), OBLAST) == "suspended"


def test_a_pre_alert_inside_is_no_cancellation() -> None:
    """Whoever watches the oblast hears of a pre-alert for one raion as of nothing; what was cleared stays cleared."""
    inside = said(alert("announced", RAION), 3)
    assert status(phone(inside), OBLAST) == "quiet"
    over = phone(said(alert("raised", OBLAST), 1), said(alert("cleared", OBLAST), 2), inside)
    assert status(over, OBLAST) == "cleared"


@pytest.mark.parametrize("watched", [OBLAST, RAION, HROMADA])
def test_a_change_of_granularity_leaves_no_gap(watched: str) -> None:
    """Whoever watches the oblast, the raion or a hromada in it is under alert before, during and after the change."""
    raised, raion = said(alert("raised", OBLAST), 1), said(alert("raised", RAION), 2)
    cleared = said(events.AlertCleared(event="a:cleared", at=AT, entry="a", area=OBLAST, continues_in=(RAION,)), 3)
    known = Phone()
    for message in (raised, raion, cleared):
        known = phone(message, on=known)
        assert status(known, watched) in {"alert", "partly"}
    assert status(known, "UA-32/76") == "cleared"


def stepped(known: Phone, seq: int, kind: str, what: Any) -> tuple[Phone, Received | None]:
    """What a phone knows after one of the steps, and the message if it was one."""
    match kind:
        case "lost":
            return known.lost("gone"), None
        case "joined":
            return known.joined(), None
        case "died":
            message = died()
        case "state":
            message = said(state(what), seq)
        case "emptied":
            message = emptied(f"public/alert/{what}")
        case _:
            message = said(alert(kind, what), seq)
    return known.after(message), message


@given(st.lists(STEPS, max_size=12), st.sampled_from([(), (OBLAST, HROMADA)]))
def test_what_is_told_adds_up_to_what_stands(steps: list[tuple[str, Any]], watched: tuple[str, ...]) -> None:
    """Whoever reads the changes alone knows how each area stands, and thinks none open that is not."""
    known, last = Phone(), dict[str, str]()
    for seq, step in enumerate(steps):
        before = known
        known, message = stepped(known, seq, *step)
        for line in as_json_lines(before, known, message, NOW_US, watched):
            found = json.loads(line)
            if found["what"] == "area":
                last[found["area"]] = found["status"]
        standing = {row.area: row.status for row in rows(known, watched)}
        assert {area: last[area] for area in standing if last[area] != "aborted"} == {
            area: each for area, each in standing.items() if last[area] != "aborted"
        }
        for area, each in last.items():
            assert each not in {"alert", "partly"} or standing[area] == each
            assert each != "aborted" or standing.get(area) in {"aborted", "quiet", None}


def test_a_row_says_by_whom_of_what_and_since_when() -> None:
    """The threats of all that warn of it, in one order; the time of the first."""
    known = phone(
        said(alert("raised", OBLAST, Threat.DRONES), 1, ago_s=90),
        said(alert("updated", RAION, Threat.CRUISE_MISSILES, Threat.DRONES), 2, ago_s=30),
    )
    threats = (Threat.CRUISE_MISSILES, Threat.DRONES)
    assert rows(known, (RAION,)) == (Row("night-1", RAION, "alert", (OBLAST, RAION), threats, NOW_US - 90_000_000),)
    assert "Buchanskyi raion (Kyivska oblast): cruise missiles, drones" in shown(known, watched=(RAION,))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_all_clear_and_a_cancellation_are_told_apart_and_never_real(lang: str) -> None:
    """The story's all-clear is called one; what machinery takes back is not; both say they are not real."""
    words = {"cleared": {"uk": "ВІДБІЙ", "en": "ALL-CLEAR"}, "cancelled": {"uk": "СКАСОВАНО", "en": "CANCELLED"}}
    for kind, other in (("cleared", "cancelled"), ("cancelled", "cleared")):
        end = said(alert(kind), 9)
        for text in (shown(phone(RUNNING, RAISED, end), lang), *told(phone(RUNNING, RAISED), end, lang=lang)):
            assert words[kind][lang] in text
            assert words[other][lang] not in text
            assert NOT_REAL[lang] in text


ENDS: dict[str, Callable[[Phone], Phone]] = {
    "the will of a publisher that died": lambda known: known.after(died()),
    "the exercise has ended": lambda known: known.after(said(state(ExerciseState.ENDED), 9)),
    "the state was taken back": lambda known: known.after(emptied("public/state")),
    "the connection is lost": lambda known: known.lost("broken pipe"),
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_whatever_stops_an_exercise_is_no_all_clear(end: Callable[[Phone], Phone], lang: str) -> None:
    """What was open is shown as ended or aborted, with the official signal; nothing else than `cleared` clears."""
    before = phone(RUNNING, RAISED, said(alert("raised", HROMADA), 4))
    known = end(before)
    assert {row.area: row.status for row in rows(known)} == {KYIV: "aborted", HROMADA: "aborted"}
    assert status(known, OBLAST) == status(known, HROMADA) == "aborted"
    heading = {"uk": "НАВЧАННЯ ЗАКІНЧЕНО АБО ПЕРЕРВАНО", "en": "EXERCISE ENDED OR ABORTED"}[lang]
    for text in (shown(known, lang), "\n".join(as_lines(before, known, NOW_US, lang))):  # type: ignore[arg-type] # cases
        assert heading in text
        assert NOT_REAL[lang] in text
        assert "ALL-CLEAR" not in text
        assert "НАВЧАЛЬНИЙ ВІДБІЙ" not in text
        assert "EXERCISE ALERT" not in text
        assert "укриття" not in text


def test_a_publisher_that_comes_back_after_its_will_goes_on() -> None:
    """It says again what stands, under the old numbers: the alert is open again, and nothing is answered twice."""
    known = phone(RUNNING, RAISED, died())
    again = phone(RUNNING, on=known)
    assert again == phone(RUNNING, RAISED)
    assert again.owed is None
    assert [line.split(" · ")[0] for line in told(known, RUNNING)] == [
        "EXERCISE. The exercise is running. EXERCISE (60 s ago)",
        "EXERCISE ALERT",
    ]


def test_after_a_broken_connection_only_what_is_said_again_stands() -> None:
    """The broker may come back empty: what it does not say stays aborted; what it says is open, but no news."""
    lost = phone(RUNNING, RAISED, said(alert("raised", HROMADA), 4), said(report("hit"), 5)).lost("gone")
    assert "gone" in shown(lost)
    back = lost.joined()
    assert "not heard since the connection broke" in shown(back)
    assert "gone" not in shown(back)
    assert "не чути, відколи перервався зв’язок" in shown(back, "uk")
    again = phone(RUNNING, RAISED, said(report("hit"), 5), on=back)
    assert again.owed is None
    assert {row.area: row.status for row in rows(again)} == {KYIV: "alert", HROMADA: "aborted"}
    assert told(back, said(report("hit"), 5)) == []
    assert [line.split(" · ")[0] for line in told(back, RUNNING, RAISED)] == [
        "EXERCISE. The exercise is running. EXERCISE (60 s ago)",
        "EXERCISE ALERT",
    ]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_real_alert_is_on_top_and_nothing_of_the_exercise_is_open(lang: str) -> None:
    """Suspended: both languages say so, above everything; the alerts of the exercise are none any more."""
    known = phone(RUNNING, RAISED, said(state(ExerciseState.SUSPENDED), 4))
    top = [line.text for line in screen(known, NOW_US, lang, height=24)][:4]  # type: ignore[arg-type] # cases
    assert top[2].startswith("РЕАЛЬНА ТРИВОГА")
    assert top[3].startswith("REAL ALERT")
    assert status(known, KYIV) == "suspended"
    assert not any(row.is_open for row in rows(known))
    assert "EXERCISE ALERT" not in shown(known, lang)
    assert "НАВЧАЛЬНА ТРИВОГА" not in shown(known, lang)
    assert status(phone(said(state(ExerciseState.RUNNING), 5), on=known), KYIV) == "alert"


def test_a_clear_removes_and_says_so_where_it_left_an_alert_open() -> None:
    """Zero bytes with the mark take an alert away; nothing calls that an all-clear."""
    known = phone(RUNNING, RAISED)
    gone = phone(emptied("public/alert/UA-30"), on=known)
    assert rows(gone) == ()
    (line,) = told(known, emptied("public/alert/UA-30"))
    assert line.startswith("EXERCISE ENDED OR ABORTED · Kyiv City")
    assert NOT_REAL["en"] in line
    watched = list(as_lines(known, gone, NOW_US, "en", (KYIV,)))
    assert [each.split(" · ")[0] for each in watched] == ["EXERCISE ENDED OR ABORTED"]
    assert told(phone(RAISED, said(alert("cleared"), 9)), emptied("public/alert/UA-30")) == []
    assert phone(emptied("public/alert/UA-30")).exercises == {}


def test_a_proper_end_leaves_one_sentence() -> None:
    """Cancelled, ended, then every topic cleared: what stays says that it was an exercise and is over."""
    cancelled, ended = said(alert("cancelled"), 8), said(state(ExerciseState.ENDED), 9)
    closing = [cancelled, ended, emptied("public/alert/UA-30"), emptied("public/state")]
    known = phone(RUNNING, RAISED, *closing)
    assert rows(known, (KYIV,)) == ()
    assert f"night-1: The exercise has ended. {NOT_REAL['en']}" in shown(known)
    assert phone(emptied("public/state"), on=known) == known
    assert phone(died(), emptied("public/state")).exercises["night-1"].state is ExerciseState.TERMINATED
    assert [line.split(" · ")[0] for line in told(phone(RUNNING, RAISED), *closing)] == [
        "EXERCISE ALERT CANCELLED",
        f"EXERCISE. The exercise has ended. {NOT_REAL['en']} EXERCISE (0 s ago)",
        BANNER,
    ]
    assert phone(RUNNING, on=known).exercises["night-1"].state is ExerciseState.RUNNING


def test_an_ended_on_the_topic_of_a_report_takes_the_report_away() -> None:
    """So an exercise closes what it retained before it clears it."""
    hit = said(report("hit"), 4)
    known = phone(RUNNING, hit)
    assert "EXERCISE. hit. EXERCISE" in shown(known)
    ended = came(mark(Played(9, NOW_US, NOW_US, state(ExerciseState.ENDED)), BY, topic=hit.topic))
    assert read(ended) == Withdrawn("night-1", "public/incident/UA-30/clinic")
    assert phone(ended, on=known) == phone(emptied("public/incident/UA-30/clinic"), on=known)
    assert "hit" not in shown(phone(ended, on=known))


# What is shown


@pytest.mark.parametrize(
    ("threats", "action"),
    [
        ((), "go to the nearest shelter"),
        ((Threat.DRONES, Threat.CHEMICAL), "go to the nearest shelter"),
        ((Threat.CHEMICAL,), "stay indoors, close windows and vents"),
        ((Threat.RADIATION, Threat.CHEMICAL), "stay indoors, close windows and vents"),
    ],
)
def test_an_open_alert_says_what_to_do(threats: tuple[Threat, ...], action: str) -> None:
    """A drill action for the threats; under the poison ones people stay in."""
    assert f"EXERCISE ALERT. Drill action: {action}." in shown(phone(said(alert("raised", KYIV, *threats), 3)))


@pytest.mark.parametrize(
    ("ago_s", "en", "uk"),
    [
        (-5, "0 s ago", "0 с тому"),
        (89, "89 s ago", "89 с тому"),
        (90, "1 min ago", "1 хв тому"),
        (5_399, "89 min ago", "89 хв тому"),
        (7_560, "2 h 6 min ago", "2 год 6 хв тому"),
    ],
)
def test_ages_count_from_when_it_was_due(ago_s: int, en: str, uk: str) -> None:
    """A retained alert is as old as its cause, not as its arrival; a fast clock elsewhere makes no negative age."""
    old = said(alert("raised"), 3, ago_s=ago_s)
    assert shown(phone(old)).endswith(en)
    assert shown(phone(old), "uk").endswith(uk)
    assert f"Kyiv City ({en})" in told(Phone(), old)[0]
    assert objects(Phone(), old)[0]["age_ms"] == ago_s * 1_000


def test_what_is_said_again_because_it_stands_says_that_it_happened_earlier() -> None:
    """A catch-up after a jump."""
    assert told(Phone(), said(report("hit"), 3, catch_up=True)) == [
        "EXERCISE. hit. EXERCISE (0 s ago) (happened earlier)"
    ]


def test_the_state_line_has_scenario_time_and_pace_while_it_is_on() -> None:
    """At a rate, at max, paused, not known yet, and over."""
    assert "night-1: The exercise is running · 03:00:13 ×60" in shown(phone(RUNNING, said(tick(60), 1)))
    assert "· 03:00:14 max" in shown(phone(RUNNING, said(tick(60), 1), said(tick(None, 1), 2)))
    assert "night-1: The state of the exercise is not heard yet" in shown(phone(RAISED))
    for stop in (died(), said(state(ExerciseState.SUSPENDED), 2)):
        assert "03:00:13" not in shown(phone(said(tick(60), 1), stop))
    assert told(Phone(), said(tick(60), 1)) == []


def test_before_anything_is_heard_it_says_so() -> None:
    """The banner, and that there is no exercise yet."""
    assert (
        shown(Phone())
        == f"{BANNER} Exercise messages only. For real alerts follow the official signal. No exercise heard yet"
    )


@given(st.integers(40, 200), st.integers(6, 60), st.integers(0, 80), st.sampled_from(LANGUAGES))
def test_a_screen_fits_and_says_that_it_is_an_exercise(width: int, height: int, count: int, lang: Any) -> None:
    """However many areas and news: no line too many or too wide, the banner on top, what is left out counted."""
    alerts = [said(alert("raised", HROMADAS[n]), n) for n in range(count)]
    known = phone(*alerts, said(news("слово " * 30), 900), said(news("word " * 30, "m"), 901), died())
    lines = [line.text for line in screen(known, NOW_US, lang, width=width, height=height)]
    assert lines[0].strip() == BANNER
    assert len(lines) <= height
    assert max(map(len, lines)) <= width
    there = sum(line.endswith(("0 s ago", "0 с тому")) and line.startswith("  ") for line in lines)
    left_out = [line for line in lines if line.startswith("…")]
    assert there == count or (left_out and str(count - there) in left_out[0]) or len(lines) == height


def test_room_goes_to_areas_first_and_some_to_news() -> None:
    """With 40 areas under alert the last news is still there, whole."""
    known = phone(RUNNING, *(said(alert("raised", HROMADAS[n]), n) for n in range(40)), said(news("bread"), 90))
    lines = [line.text for line in screen(known, NOW_US, "en")]
    assert len(lines) == 24
    assert lines[-2:] == ["… and 22 more lines", "0 s ago  EXERCISE. bread. EXERCISE"]


def test_exercises_that_are_over_come_last() -> None:
    """Two at once: the live one is on top, each with its own areas."""
    live = [said(state(ExerciseState.RUNNING), 1, OTHER), said(alert("raised", OBLAST), 2, OTHER)]
    text = shown(phone(RUNNING, RAISED, *live, said(state(ExerciseState.ENDED), 9)))
    assert text.index("night-2: The exercise is running") < text.index("Kyivska oblast") < text.index("night-1:")
    assert text.index("night-1:") < text.index("EXERCISE ENDED OR ABORTED") < text.index("Kyiv City")


def test_many_areas_inside_are_counted() -> None:
    """Three names, then how many more."""
    inside = [area.id for area in areas.all_areas() if area.id.startswith(f"{RAION}/")][:5]
    known = phone(*(said(alert("raised", area), n) for n, area in enumerate(inside)))
    (line,) = as_lines(Phone().joined(), known, NOW_US, "en", (RAION,))
    names = ", ".join(areas.by_id(area).name_en for area in sorted(inside)[:3])
    assert line.startswith(f"EXERCISE ALERT IN PART OF THE AREA · Buchanskyi raion ({names} +2) (0 s ago)")


def test_an_area_we_do_not_know_goes_by_its_id() -> None:
    """The tree of areas grows elsewhere first."""
    new = on_topic(with_body(RAISED, area="UA-99"), RAISED.topic.replace("UA-30", "UA-99"))
    assert told(Phone(), new)[0].startswith("EXERCISE ALERT · UA-99: ballistic missiles")


def test_nothing_from_outside_steers_the_terminal() -> None:
    """Escape sequences, and letters that turn the direction, are shown as what they are: nothing."""
    known = phone(
        said(news("a\x1b[2Jb\u202ec"), 3), with_properties(on_topic(RAISED, "exercise/\x1b]0;x\x07/public/alert/UA-30"))
    ).lost("\x1b[31m")
    drawn = shown(known)
    assert "a\ufffd[2Jb\ufffdc" in drawn
    assert "exercise/\ufffd]0;x\ufffd/public" in drawn
    assert "(\ufffd[31m)" in drawn


def test_a_long_foreign_topic_gives_way() -> None:
    """The line about it keeps its end."""
    foreign = with_properties(on_topic(RAISED, "x" * 400))
    (line,) = [line.text for line in screen(phone(foreign), NOW_US, "en") if "unmarked" in line.text]
    assert len(line) <= 80
    assert line.endswith("…, not shown")


def test_lines_say_when_the_connection_comes_and_goes() -> None:
    """Each line by itself says that it is an exercise."""
    joined = Phone().joined()
    lost = joined.lost("timed out")
    assert list(as_lines(Phone(), joined, NOW_US, "en")) == [f"{BANNER} · Connected to the broker"]
    (line,) = as_lines(joined, lost, NOW_US, "en")
    assert line.startswith(BANNER)
    assert NOT_REAL["en"] in line
    assert line.endswith("Trying again (timed out)")
    (found,) = as_json_lines(joined, lost, None, NOW_US)
    assert json.loads(found) == {"what": "connection", "at_us": NOW_US, "connected": False, "reason": "timed out"}


def test_json_tells_messages_and_areas() -> None:
    """A message with all its fields; then each area that stands differently; then what was withdrawn."""
    message, area = objects(Phone(), RAISED)
    assert message == {
        "what": "message",
        "at_us": NOW_US,
        "topic": "exercise/night-1/public/alert/UA-30",
        "retained": False,
        "age_ms": 12_000,
        "intended_us": NOW_US - 12_000_000,
        "status": "Exercise",
        "exercise": "night-1",
        "v": 1,
        "event": "UA-30:raised",
        "seq": 3,
        "kind": "alert.raised",
        "at": "2023-12-13T03:00:13+02:00",
        "area_name": {"uk": "м. Київ", "en": "Kyiv City"},
        "headline": body_of(RAISED)["headline"],
        "area": "UA-30",
        "threats": ["ballistic_missiles"],
    }
    assert area == {
        "what": "area",
        "at_us": NOW_US,
        "exercise": "night-1",
        "area": "UA-30",
        "name": {"uk": "м. Київ", "en": "Kyiv City"},
        "status": "alert",
        "because": ["UA-30"],
        "threats": ["ballistic_missiles"],
        "since_us": NOW_US - 12_000_000,
        "age_ms": 12_000,
    }
    withdrawn, gone = objects(phone(RAISED), emptied("public/alert/UA-30"))
    assert (withdrawn["what"], withdrawn["exercise"], gone["status"]) == ("withdrawn", "night-1", "aborted")
    assert objects(Phone(), emptied("public/alert/UA-30")) == []


# What it subscribes to


def matches(topic_filter: str, topic: str) -> bool:
    """MQTT's rules for a topic filter."""
    pattern, parts = topic_filter.split("/"), topic.split("/")
    for n, part in enumerate(pattern):
        if part == "#":
            return True
        if n >= len(parts) or part not in {"+", parts[n]}:
            return False
    return len(pattern) == len(parts)


NEAR_ALERTS = st.builds(alert, st.just("raised"), st.sampled_from([KYIV, OBLAST, RAION, HROMADA, "UA-32/76"]))


@given(
    happenings | NEAR_ALERTS,
    st.sampled_from([KYIV, OBLAST, RAION, HROMADA]),
    st.sampled_from([None, "night-1", "night-2"]),
)
def test_a_phone_hears_what_concerns_its_areas(event: events.Event, area: str, exercise: str | None) -> None:
    """Of alerts those on it, around it and inside it; of reports those of its oblast; everything that is for all."""
    topic = f"{BY.root}/{address(event).topic}"
    mine = exercise in {None, "night-1"}
    match event:
        case events.AlertAnnounced() | events.AlertRaised() | events.AlertUpdated():
            near = f"{event.area}/".startswith(f"{area}/") or f"{area}/".startswith(f"{event.area}/")
        case events.AlertCleared() | events.AlertCancelled() | events.WarningRelayed():
            near = f"{event.area}/".startswith(f"{area}/") or f"{area}/".startswith(f"{event.area}/")
        case events.IncidentReported():
            near = event.area.partition("/")[0] == area.partition("/")[0]
        case _:
            near = topic.startswith(f"{BY.root}/public/")
    assert any(matches(each, topic) for each in filters(exercise, [area])) == (mine and near)
    assert any(matches(each, topic) for each in filters(exercise, [])) == (
        mine and topic.startswith(f"{BY.root}/public/")
    )
