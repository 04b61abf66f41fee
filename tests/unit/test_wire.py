"""The only door out."""

import copy
import json
import math
import pickle
from dataclasses import replace
from typing import Any, get_args

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertsim import areas, events
from alertsim.events import ExerciseState, ExerciseStateChanged
from alertsim.observations import Played
from alertsim.times import Millis
from alertsim.wire import (
    LAST_SEQ,
    LEASE_S,
    Mark,
    Message,
    ack,
    address,
    clear,
    headline,
    lifted,
    mark,
    retire,
    schema,
    will,
)
from alertsim.wire.payload import Status
from tests.strategies_events import happenings

BY = Mark("kyiv-night", "Exercise control / Штаб навчань", 120)
NOW_US = 1_800_000_000_000_000
SENTENCE = {
    "uk": "Це не справжній відбій. Дійте за офіційним сигналом.",
    "en": "This is not a real all-clear. Follow the official signal.",
}


def played(event: events.Event, seq: int = 7, rate: float = 1.0, *, catch_up: bool = False) -> Played:
    return Played(seq, NOW_US, NOW_US + 5, event, rate, catch_up)


def alert(kind: type[events.Event] = events.AlertRaised, area: str = "UA-30") -> events.Event:
    return kind(event="a:raised", at=Millis(1_702_429_213_000), entry="a", area=area)  # type: ignore[call-arg]  # alerts


FRAMES: dict[Status, dict[str, tuple[str, ...]]] = {
    "Exercise": {"en": ("EXERCISE",), "uk": ("НАВЧАЛЬНА ТРИВОГА", "УМОВНО")},
    "Test": {"en": ("TEST",), "uk": ("ТЕХНІЧНА ПЕРЕВІРКА",)},
}


@given(happenings)
def test_whose_expiry_is_lifted_is_marked_and_never_retained(event: events.Event) -> None:
    """The same message for an hour, for delivery alone; what is retained has its lease beside it."""
    message = mark(played(event), BY)
    late = lifted(message)
    assert (late.retain, late.expiry_s) == (False, 3_600)
    assert (late.topic, late.payload, late.qos) == (message.topic, message.payload, message.qos)
    assert (late.properties, late.content_type) == (message.properties, message.content_type)
    assert not message.retain or message.expiry_s == LEASE_S


@given(happenings, st.sampled_from(get_args(Status)))
def test_every_message_carries_every_layer_of_the_mark(event: events.Event, status: Status) -> None:
    """Topic root, first payload fields, user properties, prefix and suffix in both languages: on any event at all."""
    by = replace(BY, status=status)
    message = mark(played(event), by)
    body = json.loads(message.payload)
    assert message.topic.startswith(f"{status.lower()}/kyiv-night/")
    assert list(body)[:8] == ["intended_us", "status", "exercise", "v", "event", "seq", "kind", "at"]
    assert (body["status"], body["exercise"]) == (status, "kyiv-night")
    assert dict(message.properties) == {"status": status, "exercise": "kyiv-night", "contact": by.contact}
    assert message.payload.startswith(b'{"intended_us":1800000000000000,')
    for language, text in body["headline"].items():
        marks = FRAMES[status][language]
        assert text.startswith(marks)
        assert text.endswith(marks)
        assert len(text) <= 160


@given(happenings)
def test_payloads_fit_their_schema(event: events.Event) -> None:
    """What is sent is what the published JSON Schema of its kind says."""
    body = json.loads(mark(played(event, catch_up=True), BY).payload)
    jsonschema.Draft202012Validator(schema(event.kind)).validate(body)
    assert body["catch_up"] is True


@given(happenings)
def test_an_event_survives_the_wire(event: events.Event) -> None:
    """From the payload the event can be read back, but for the milliseconds' notation of its time."""
    body = json.loads(mark(played(event), BY).payload)
    own = {name: value for name, value in body.items() if name in type(event).model_fields}
    assert events.EVENT.validate_python({**own, "at": event.at}) == event


def test_a_message_has_no_public_constructor() -> None:
    """Neither the class, nor a copy with changes, makes a message that `marking` did not make."""
    with pytest.raises(TypeError, match="nothing leaves unmarked"):
        Message("alert/UA-30", b"{}", 1, True, None, (), None, seal=object())
    genuine = mark(played(alert()), BY)
    with pytest.raises((TypeError, ValueError)):
        replace(genuine, topic="alert/UA-30")  # type: ignore[call-arg]  # that is the point
    assert copy.copy(genuine) == pickle.loads(pickle.dumps(genuine)) == genuine


def test_what_is_too_large_does_not_leave() -> None:
    """A payload above 64 KiB is refused, not truncated."""
    with pytest.raises(ValueError, match="larger than the contract"):
        ack(BY, "c" * 300, event="a", seq=1, what="received", at_us=NOW_US)


def test_states_are_leases_and_the_rest_expires_by_the_pace() -> None:
    """Retained: 180 s. Else the entry's validity at this rate, at least 10 s; 60 s at max; a pause is no pace."""
    news = events.NewsPublished(event="n:published", at=Millis(0), entry="n", text=events.Text(uk="так", en="yes"))
    assert mark(played(alert()), BY).expiry_s == 180
    by_rate = {rate: mark(played(news, rate=rate), BY).expiry_s for rate in (1.0, 7.0, 60.0, math.inf, 0.0)}
    assert by_rate == {1.0: 300, 7.0: 43, 60.0: 10, math.inf: 60, 0.0: 300}


def test_texts_that_could_be_taken_for_an_all_clear_say_that_they_are_none() -> None:
    """Cleared, cancelled, ended and terminated end with the sentence, even where the area's name is the longest."""
    longest = max(areas.all_areas(), key=lambda area: len(area.name_uk))
    closing = [alert(events.AlertCleared, longest.id), alert(events.AlertCancelled, longest.id)]
    ends = (ExerciseState.ENDED, ExerciseState.TERMINATED)
    shared = {"event": "x:y", "at": Millis(0), "entry": "live"}
    closing += [events.AlertCleared(**shared, area=longest.id, continues_in=(longest.parent or "",))]
    closing += [events.AlertCleared(**shared, area=longest.parent or "", continues_in=(longest.id,))]
    closing += [ExerciseStateChanged(event="x:y", at=Millis(0), entry="live", state=state) for state in ends]
    for event in closing:
        lines = json.loads(mark(played(event), BY).payload)["headline"]
        for language, line in lines.items():
            assert line.rsplit(" ", 1)[0].removesuffix(" НАВЧАЛЬНА").endswith(SENTENCE[language])
            assert getattr(headline(event), language).endswith(SENTENCE[language])


T = events.Threat
SIGNALS = [
    ((), "Air raid alert: Kyiv City", "Повітряна тривога: м. Київ"),
    ((T.CHEMICAL,), "Chemical alert: Kyiv City", "Хімічна тривога: м. Київ"),
    ((T.RADIATION,), "Radiation alert: Kyiv City", "Радіаційна небезпека: м. Київ"),
    ((T.ARTILLERY,), "Artillery alert: Kyiv City", "Загроза артобстрілу: м. Київ"),
    ((T.DRONES, T.GUIDED_BOMBS), "Air raid alert: Kyiv City (drones, guided bombs)", None),
    ((T.CHEMICAL, T.DRONES), "Air raid alert: Kyiv City (chemical threat, drones)", None),
]


@pytest.mark.parametrize(("threats", "en", "uk"), SIGNALS)
def test_each_signal_has_its_name(threats: tuple[events.Threat, ...], en: str, uk: str | None) -> None:
    """Chemical, radiation and artillery alerts are no air raid alerts; a mixture is one."""
    told = headline(events.AlertRaised(event="a:raised", at=Millis(0), entry="a", area="UA-30", threats=threats))
    assert told.en == en
    assert uk in {None, told.uk}


def test_stages_and_granularity_are_told() -> None:
    """A pre-alert, a standing alert, and an alert that goes on in part of its area or all around it."""
    shared = {"event": "a:raised", "at": Millis(0), "entry": "a"}
    told = headline(events.AlertAnnounced(**shared, area="UA-32", threats=(T.DRONES,)))
    assert told.en == "Pre-alert, an alert may follow: Kyivska oblast (drones)"
    told = headline(events.AlertRaised(**shared, area="UA-09", standing=True))
    assert told == (
        "Повітряна тривога (триває постійно): Луганська область",
        "Standing air raid alert: Luhanska oblast",
    )
    told = headline(events.AlertRaised(**shared, area="UA-32/75", continues_from=("UA-32",)))
    assert told == ("Повітряна тривога триває: Бучанський район", "Air raid alert goes on: Buchanskyi raion")
    told = headline(events.AlertCleared(**shared, area="UA-32", continues_in=("UA-32/75",)))
    assert told.en == f"Alert now only in part of Kyivska oblast. {SENTENCE['en']}"
    told = headline(events.AlertCleared(**shared, area="UA-32/75", continues_in=("UA-32",)))
    assert told.en == f"The alert goes on, now for Kyivska oblast. {SENTENCE['en']}"


def test_a_network_is_told_with_all_that_is_unusual() -> None:
    """Roaming and sirens first, then areas, delay and loss; of several areas only how many; each only where it is."""
    shared: dict[str, Any] = {"event": "o:1", "at": Millis(0), "entry": "o", "operator": "a"}
    up = {events.Service.DATA: 0.5}
    calm = headline(events.OperatorChanged(**shared, up=up, load=1.25))
    assert calm == ("Мережа a: дані 50%; навантаження ×1.25", "Network a: data 50%; load ×1.25")
    bells = events.Text(uk="дзвони", en="bells")
    left, whole = events.SirensLeft(up=0.75, fallback=bells), events.SirensLeft(up=1.0)
    told = headline(
        events.OperatorChanged(
            **shared,
            up=up,
            areas={"UA-46": up},
            latency_ms=80,
            loss=0.1,
            roaming="blocked",
            sirens={"UA-59": left, "UA-30": whole},
        )
    )
    assert told.en.removeprefix("Network a: data 50%; load ×1; ") == (
        "roaming blocked; sirens left: Sumska oblast 75% (bells); otherwise in Lvivska oblast; latency +80 ms; "
        "10% cannot connect"
    )
    assert told.uk.removeprefix("Мережа a: дані 50%; навантаження ×1; ") == (
        "роумінг заблоковано; сирени, лишилося: Сумська область 75% (дзвони); інакше: Львівська область; "
        "затримка +80 мс; не можуть під'єднатися: 10%"
    )
    for other, instead in ((left, " (bells)"), (events.SirensLeft(up=0.5), "")):
        sirens = {"UA-59": left, "UA-32": other}
        told = headline(events.OperatorChanged(**shared, up=up, areas={"UA-46": up, "UA-30": up}, sirens=sirens))
        assert told.en == f"Network a: data 50%; load ×1; sirens left: 2 areas{instead}; otherwise in 2 areas"
    unwarned = {"UA-59": events.SirensLeft(up=0.5)}
    assert headline(events.OperatorChanged(**shared, up=up, sirens=unwarned)).en.endswith("Sumska oblast 50%")
    assert headline(events.OperatorChanged(**shared, up=up, sirens={"UA-30": whole})).en.endswith("load ×1")


def test_a_broker_fault_says_what_was_done() -> None:
    """What is done to it, what of its state outlives that, and that it is over."""
    shared: dict[str, Any] = {"event": "b:began", "at": Millis(0), "entry": "b", "fault": events.BrokerFault.RESTART}
    for keeps, told in ((None, ""), (True, ", its state is kept"), (False, ", its state is lost")):
        began = headline(events.BrokerFaulted(**shared, phase="began", persistence=keeps))
        assert began.en == f"Exercise fault: broker restarted{told}"
    ended = headline(events.BrokerFaulted(**shared, phase="ended", persistence=True))
    assert ended == (
        "Брокер знову відповідає; було: брокер перезапускають",
        "The broker answers again; it was: broker restarted",
    )


def test_a_report_from_inside_an_oblast_says_where() -> None:
    """The topic is the oblast's, so the headline names the raion; an oblast's own report is as its author wrote it."""
    shared = {"event": "i:reported:1", "at": Millis(0), "entry": "i", "incident": "i"}
    text = events.Text(uk="Горить склад", en="A warehouse burns")
    inner = headline(events.IncidentReported(**shared, area="UA-32/75", text=text))
    assert inner == ("Бучанський район: Горить склад", "Buchanskyi raion: A warehouse burns")
    assert headline(events.IncidentReported(**shared, area="UA-32", text=text)) == ("Горить склад", "A warehouse burns")


def test_the_will_says_terminated_after_everything() -> None:
    """A dead publisher's will stands on the state topic, marked, with a lease and the last number."""
    message = will(BY, at=Millis(0), intended_us=NOW_US)
    body = json.loads(message.payload)
    assert (message.topic, message.retain, message.expiry_s) == ("exercise/kyiv-night/public/state", True, 180)
    assert (body["state"], body["seq"]) == ("terminated", LAST_SEQ)


def test_a_clear_is_empty_marked_and_only_ours() -> None:
    """The clear of a retained topic has root and user properties; a foreign topic is refused."""
    message = clear("exercise/kyiv-night/public/alert/UA-30", BY)
    assert (message.payload, message.retain, message.properties) == (b"", True, BY.properties)
    for foreign in ("exercise/other/public/state", "alsertsim-consent/v1", "exercise/kyiv-nightmare/public/state"):
        with pytest.raises(ValueError, match="not ours to clear"):
            clear(foreign, BY)


def test_an_ack_carries_the_mark() -> None:
    """What a subscriber answers is marked too, and fits its schema."""
    message = ack(BY, "exercise-phone-1", event="a:raised", seq=3, what="received", at_us=NOW_US)
    body = json.loads(message.payload)
    assert message.topic == "exercise/kyiv-night/ack/exercise-phone-1"
    assert (body["status"], body["exercise"], body["event"], body["seq"]) == ("Exercise", "kyiv-night", "a:raised", 3)
    assert message.properties == BY.properties
    assert not message.retain


def test_retiring_ends_each_topic_before_it_clears_it() -> None:
    """`ended` on what is neither an alert nor the state, then zero bytes on all."""
    root = BY.root
    standing = [f"{root}/public/state", f"{root}/public/alert/UA-30", f"{root}/control/network/kyivstar"]
    ended = ExerciseStateChanged(event="live-9:ended", at=Millis(0), entry="live", state=ExerciseState.ENDED)
    said = [
        (message.topic.removeprefix(root), len(message.payload) > 0) for message in retire(standing, played(ended), BY)
    ]
    assert said[0] == ("/control/network/kyivstar", True)
    assert sorted(said[1:]) == [
        ("/control/network/kyivstar", False),
        ("/public/alert/UA-30", False),
        ("/public/state", False),
    ]


@given(happenings)
def test_players_never_read_what_would_spoil_the_exercise(event: events.Event) -> None:
    """Strikes, networks and injects to roles are under control/; only states are retained, only the clock is QoS 0.

    What was never ours is apart from both, as it was said.
    """
    where = address(event)
    if isinstance(event, events.ForeignRelayed):
        assert where == (f"foreign/{event.topic}", event.qos, event.retain)
        return
    secret = isinstance(event, events.StrikeEvent | events.OperatorChanged | events.BrokerFaulted) or (
        isinstance(event, events.InjectSent) and event.audience != "all"
    )
    assert where.topic.startswith("control/" if secret else "public/")
    states = events.AlertEvent | events.ExerciseStateChanged | events.IncidentReported | events.OperatorChanged
    assert where.retain == isinstance(event, states)
    assert where.qos == (0 if isinstance(event, events.ClockTicked) else 1)
