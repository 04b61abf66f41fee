"""What a client says first: who it is, as soon as that is known, and nobody else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertsim.mqtt.codes import Version
from alertsim.mqtt.encoding import encode
from alertsim.mqtt.faults import ProtocolError
from alertsim.mqtt.packets import Connect, Will
from alertsim.mqtt.properties import Properties
from alertsim.proxy.greeting import MOST, Greeting, read_greeting

names = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn", "Co"]), max_size=40)


@given(names, st.sampled_from(list(Version)), st.binary(max_size=30))
def test_a_client_is_known_by_its_id(name: str, version: Version, after: bytes) -> None:
    """However the CONNECT is cut, whatever follows: nothing before the id is complete, then this id for good."""
    told = (
        Properties(session_expiry_interval=7, user_properties=(("a", "b" * 200),))
        if version is Version.V5
        else Properties()
    )
    packet = encode(Connect(name, properties=told, will=Will("topic", b"payload" * 9)), version) + after
    answers = [read_greeting(packet[:count]) for count in range(len(packet) + 1)]
    known = Greeting("mqtt", name, int(version))
    first = answers.index(known)
    assert answers[:first] == [None] * first and answers[first:] == [known] * (len(answers) - first)
    assert name.encode() in packet[:first]


def test_the_first_version_of_all() -> None:
    """MQTT 3.1 is read as well; whether it may connect is the broker's to say."""
    assert read_greeting(b"\x10\x10\x00\x06MQIsdp\x03\x02\x00\x3c\x00\x02me") == Greeting("mqtt", "me", 3)


def test_what_is_not_mqtt_but_may_pass() -> None:
    """TLS by its first byte, WebSocket by its first word."""
    assert read_greeting(b"\x16\x03") == Greeting("tls")
    assert [read_greeting(b"GET "[:count]) for count in range(4)] == [None] * 4
    assert read_greeting(b"GET ") == Greeting("websocket")


HEAD = b"\x00\x04MQTT\x05\x02\x00\x3c"


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (b"POST / HTTP/1.1", "neither MQTT nor TLS nor WebSocket"),
        (b"\x30\x00", "neither MQTT nor TLS nor WebSocket"),
        (b"\x10\xff\xff\xff\xff", "a length has more than four bytes"),
        (b"\x10\xff\xff\xff\x7f", "a CONNECT of 268,435,455 bytes"),
        (b"\x10\x20\x00\x04HTTP", "CONNECT of another protocol than MQTT"),
        (b"\x10\x20\x00\x05", "CONNECT of another protocol than MQTT"),
        (b"\x10\x05\x00\x04MQT", "CONNECT is cut short"),
        (b"\x10\x0b" + HEAD + b"\x00", "CONNECT is cut short"),
        (b"\x10\x0f" + HEAD + b"\xff\xff\xff\xff\xff", "a length has more than four bytes"),
        (b"\x10\x0e" + HEAD + b"\x00\x00\x01\xff", "the client id is not UTF-8"),
        (b"\x10\xff\xff\x03" + HEAD + b"\xff\xff\x02" + bytes(MOST), "no client id within 16,384 bytes"),
    ],
)
def test_nobody_a_broker_would_talk_to(said: bytes, why: str) -> None:
    """Whatever cannot become a greeting any more is refused, with the reason."""
    with pytest.raises(ProtocolError, match=why):
        read_greeting(said)


@given(st.binary(max_size=300))
def test_noise(said: bytes) -> None:
    """Any bytes are a greeting, the beginning of one, or refused; never anything else."""
    try:
        found = read_greeting(b"\x10" + said)
    except ProtocolError:
        return
    assert found is None or found.kind == "mqtt"
