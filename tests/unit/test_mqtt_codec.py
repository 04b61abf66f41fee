"""Packets written and read again, whole and cut."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertsim.mqtt import (
    Auth,
    Connack,
    Connect,
    Disconnect,
    Packet,
    Pingreq,
    Properties,
    ProtocolError,
    Puback,
    Publish,
    Reader,
    Reason,
    Suback,
    Subscribe,
    Subscription,
    Unsubscribe,
    Version,
    Will,
    encode,
)
from alertsim.mqtt.codes import Kind
from alertsim.mqtt.fields import count, properties
from tests.mqtt_packets import packet, random_sources

V311, V5 = Version.V311, Version.V5
versions = st.sampled_from(Version)


def read(stream: bytes, version: Version | None, cuts: list[int] | None = None) -> list[object]:
    reader, last = Reader(version), 0
    found: list[object] = []
    for cut in [*sorted(cuts or []), len(stream)]:
        found += reader.feed(stream[last:cut])
        last = cut
    assert reader.waiting == 0
    return found


@given(random_sources, versions)
def test_what_is_written_is_read(draw: random.Random, version: Version) -> None:
    """decode(encode(p)) == p, for every kind of packet in both versions."""
    one = packet(draw, version)
    assert read(encode(one, version), version) == [one]


@given(random_sources, versions)
def test_cuts_change_nothing(draw: random.Random, version: Version) -> None:
    """A stream cut anywhere is the same packets; cut at every byte too."""
    some: list[Packet] = [packet(draw, version) for _ in range(4)]
    stream = b"".join(encode(one, version) for one in some)
    assert read(stream, version, [draw.randint(0, len(stream)) for _ in range(5)]) == some
    assert read(stream, version, list(range(len(stream)))) == some


@pytest.mark.parametrize("version", Version)
def test_a_server_learns_the_version(version: Version) -> None:
    """A reader without a version takes it from CONNECT, which must be the first packet and the only one."""
    reader = Reader(None)
    hello = encode(Connect("c"), version)
    assert reader.feed(hello[:9]) == []
    assert reader.feed(hello[9:] + b"\xc0\x00") == [Connect("c"), Pingreq()]
    assert reader.version is version
    assert reader.feed(hello) == [ProtocolError(Reason.PROTOCOL_ERROR, "CONNECT comes a second time")]
    assert Reader(None).feed(b"\xc0") == [ProtocolError(Reason.PROTOCOL_ERROR, "the first packet is no CONNECT")]


def test_an_error_is_the_last_word() -> None:
    """What came before an error counts, what comes after it does not, and nothing is kept."""
    reader = Reader(V5)
    found = reader.feed(b"\xc0\x00\x00\x00" + b"\xc0\x00")
    assert found == [Pingreq(), ProtocolError(Reason.MALFORMED_PACKET, str(found[1]))]
    assert (reader.failed, reader.waiting, reader.feed(b"\xc0\x00")) == (True, 0, [])


def test_a_large_packet_is_refused_by_its_header() -> None:
    """A reader does not wait for a packet that is larger than it takes; one of just that size it reads."""
    wire = encode(Publish("t", bytes(90)), V5)
    assert len(Reader(V5, len(wire)).feed(wire)) == 1
    (error,) = Reader(V5, len(wire) - 1).feed(wire[:2])
    assert error == ProtocolError(Reason.PACKET_TOO_LARGE, "a packet of 96 bytes is larger than 95")
    assert hash(error) == hash(ProtocolError(Reason.PACKET_TOO_LARGE, str(error)))
    assert error not in (
        ProtocolError(Reason.PACKET_TOO_LARGE, ""),
        ProtocolError(Reason.PROTOCOL_ERROR, str(error)),
        1,
    )


def test_a_large_packet_in_small_pieces_costs_no_more() -> None:
    """A megabyte that comes byte by byte is looked at when it is complete, not a million times."""
    wire, looks = encode(Publish("t", bytes(100_000)), V5), 0
    reader = Reader(V5)
    read_on = reader._read

    def counting(found: list[Packet | ProtocolError]) -> None:
        nonlocal looks
        looks += 1
        read_on(found)

    reader._read = counting  # type: ignore[method-assign]  # to count
    for at in range(len(wire)):
        found = reader.feed(wire[at : at + 1])
    assert (len(found), looks) == (1, 5)


CONNECT = b"\x00\x04MQTT\x04\x02\x00\x3c\x00\x01c"


def connect(flags: int, rest: bytes = b"\x00\x01c", level: int = 4) -> bytes:
    body = b"\x00\x04MQTT" + bytes([level, flags, 0, 60]) + rest
    return b"\x10" + count(len(body)) + body


MALFORMED = [
    # the fixed header
    (V5, b"\x00\x00", "the reserved packet type 0 cannot have the flags 0000 in MQTT 5"),
    (V311, b"\xf0\x00", "AUTH cannot have the flags 0000 in MQTT 3.1.1"),
    (V5, b"\x60\x02\x00\x01", "PUBREL cannot have the flags 0000 in MQTT 5"),
    (V5, b"\x36", "PUBLISH cannot have the flags 0110 in MQTT 5"),
    (V5, b"\xc1", "PINGREQ cannot have the flags 0001 in MQTT 5"),
    (V5, b"\xc0\x80\x00", "a length is written with more bytes than it needs"),
    (V5, b"\xc0\x80\x80\x80\x80", "a length has more than four bytes"),
    (V5, b"\xc0\x01\x00", "PINGREQ has 1 bytes too many"),
    # texts
    (V5, b"\x30\x04\x00\x01\xff\x00", "a text is not UTF-8"),
    (V5, b"\x30\x06\x00\x03\xed\xa0\x80\x00", "a text is not UTF-8"),
    (V5, b"\x30\x05\x00\x02\xc0\x80\x00", "a text is not UTF-8"),
    (V5, b"\x30\x05\x00\x02a\x00\x00", "a text contains a NUL"),
    (V5, b"\x30\x01\x00", "a packet or its properties end in the middle of a value"),
    (V5, b"\x30\x03\x00\x02a", "a packet or its properties end in the middle of a value"),
    # properties
    (V5, b"\x30\x05\x00\x01t\x80\x00", "a length or number is written with more bytes than it needs"),
    (V5, b"\x30\x07\x00\x01t\x80\x80\x80\x80", "a length or number has more than four bytes"),
    (V5, b"\x30\x06\x00\x01t\x02\x7f\x00", "PUBLISH has no property 0x7f"),
    (V5, b"\x30\x07\x00\x01t\x03\x21\x00\x01", "PUBLISH has no property 0x21"),
    (V5, b"\x30\x08\x00\x01t\x04\x01\x00\x01\x00", "the property payload_format_indicator is given twice"),
    (V5, b"\x30\x06\x00\x01t\x02\x01\x02", "a property is 2 where only 0 and 1 are allowed"),
    (V5, b"\x30\x06\x00\x01t\x02\x0b\x00", "the property subscription_identifiers may not be 0"),
    (V5, b"\x82\x0b\x00\x01\x04\x0b\x01\x0b\x02\x00\x01t\x00", "the property subscription_identifiers is given twice"),
    (V5, b"\x30\x07\x00\x01t\x03\x23\x00\x00", "there is no topic alias 0"),
    (V5, b"\x30\x04\x00\x01t\x05", "a packet or its properties end in the middle of a value"),
    (V5, connect(2, b"\x03\x21\x00\x00\x00\x01c", 5), "the property receive_maximum may not be 0"),
    (V5, connect(2, b"\x05\x27\x00\x00\x00\x00\x00\x01c", 5), "the property maximum_packet_size may not be 0"),
    (V5, connect(2, b"\x03\x16\x00\x00\x00\x01c", 5), "CONNECT authenticates without an authentication method"),
    # CONNECT
    (V311, connect(2, level=5), "CONNECT asks for another version than was agreed"),
    (V311, connect(3), "CONNECT has the flags 00000011"),
    (V311, connect(0b00001010), "CONNECT has the flags 00001010"),
    (V311, connect(0b00100010), "CONNECT has the flags 00100010"),
    (V311, connect(0b00011110), "CONNECT has the flags 00011110"),
    (V311, connect(0b01000010, b"\x00\x01c\x00\x01p"), "CONNECT has a password but no user name"),
    (V311, connect(0, b"\x00\x00"), "an empty client identifier needs a clean session"),
    (V311, connect(0b110, b"\x00\x01c\x00\x01+\x00\x00"), "the topic '+' contains a wildcard"),
    (V311, connect(2, b"\x00\x01cx"), "CONNECT has 1 bytes too many"),
    (None, connect(2, level=3), "CONNECT asks for 'MQTT' level 3; known are MQTT 3.1.1 (4) and 5"),
    (None, b"\x10\x0b\x00\x06MQIsdp\x03\x02\x00", "CONNECT asks for 'MQIsdp' level 3; known are MQTT 3.1.1 (4) and 5"),
    # CONNACK
    (V311, b"\x20\x02\x02\x00", "CONNACK has the flags 00000010"),
    (V311, b"\x20\x02\x00\x06", "CONNACK may not carry the code 0x06"),
    (V311, b"\x20\x02\x01\x05", "CONNACK refuses and yet has a session"),
    (V5, b"\x20\x03\x00\x01\x00", "CONNACK may not carry the code 0x01"),
    # PUBLISH
    (V311, b"\x38\x03\x00\x01t", "PUBLISH at QoS 0 cannot be a duplicate"),
    (V311, b"\x32\x05\x00\x01t\x00\x00", "PUBLISH has packet identifier 0"),
    (V311, b"\x30\x02\x00\x00", "the topic '' is empty"),
    (V5, b"\x30\x04\x00\x01#\x00", "the topic '#' contains a wildcard"),
    (V5, b"\x30\x08\x00\x01t\x04\x08\x00\x01+", "the topic '+' contains a wildcard"),
    # acknowledgements
    (V5, b"\x40\x02\x00\x00", "PUBACK has packet identifier 0"),
    (V5, b"\x40\x03\x00\x01\x92", "PUBACK may not carry the code 0x92"),
    (V311, b"\x40\x03\x00\x01\x00", "PUBACK has 1 bytes too many"),
    # SUBSCRIBE and its kin
    (V311, b"\x82\x02\x00\x01", "SUBSCRIBE names no topic filter"),
    (V311, b"\x82\x06\x00\x00\x00\x01t\x00", "SUBSCRIBE has packet identifier 0"),
    (V311, b"\x82\x06\x00\x01\x00\x01t\x03", "there is no QoS 3"),
    (V311, b"\x82\x06\x00\x01\x00\x01t\x04", "MQTT 3.1.1 has no subscription option but the QoS"),
    (V5, b"\x82\x07\x00\x01\x00\x00\x01t\x40", "SUBSCRIBE has the options 01000000"),
    (V5, b"\x82\x07\x00\x01\x00\x00\x01t\x30", "there is no retain handling 3"),
    (V5, b"\x82\x10\x00\x01\x00\x00\x0a$share/g/t\x04", "a shared subscription cannot be no-local"),
    (V5, b"\x82\x08\x00\x01\x00\x00\x02a#\x00", "the topic filter 'a#' has a # that is not the whole last level"),
    (V311, b"\xa2\x02\x00\x01", "UNSUBSCRIBE names no topic filter"),
    (V311, b"\xa2\x04\x00\x01\x00\x00", "the topic filter '' is empty"),
    (V311, b"\x90\x02\x00\x01", "SUBACK answers no topic filter"),
    (V311, b"\x90\x03\x00\x01\x03", "SUBACK may not carry the code 0x03"),
    (V5, b"\xb0\x03\x00\x01\x00", "UNSUBACK answers no topic filter"),
    (V311, b"\xb0\x03\x00\x01\x00", "UNSUBACK may not carry the code 0x00"),
    # the end
    (V311, b"\xe0\x01\x00", "DISCONNECT has 1 bytes too many"),
    (V5, b"\xe0\x01\x01", "DISCONNECT may not carry the code 0x01"),
    (V5, b"\xf0\x01\x18", "AUTH authenticates without an authentication method"),
]


@pytest.mark.parametrize(("version", "wire", "sentence"), MALFORMED)
def test_what_is_wrong_is_said(version: Version | None, wire: bytes, sentence: str) -> None:
    """Each way of breaking MQTT has its sentence, and a reason to answer with."""
    found = Reader(version).feed(wire)
    assert [str(one) for one in found] == [sentence]
    assert isinstance(found[0], ProtocolError)
    assert found[0].reason >= Reason.UNSPECIFIED_ERROR


@pytest.mark.parametrize(
    ("version", "wire", "reason"),
    [
        (V5, b"\xc1", Reason.MALFORMED_PACKET),
        (V5, b"\x30\x06\x00\x01t\x02\x01\x02", Reason.PROTOCOL_ERROR),
        (None, connect(2, level=3), Reason.UNSUPPORTED_PROTOCOL_VERSION),
        (V311, connect(2, level=5), Reason.UNSUPPORTED_PROTOCOL_VERSION),
        (V311, connect(0, b"\x00\x00"), Reason.CLIENT_IDENTIFIER_NOT_VALID),
        (V311, b"\xa2\x04\x00\x01\x00\x00", Reason.TOPIC_FILTER_INVALID),
        (V311, b"\x30\x02\x00\x00", Reason.TOPIC_NAME_INVALID),
        (V5, b"\x30\x07\x00\x01t\x03\x23\x00\x00", Reason.TOPIC_ALIAS_INVALID),
    ],
)
def test_what_is_wrong_has_its_reason(version: Version | None, wire: bytes, reason: Reason) -> None:
    """What MQTT 5 has a code for is answered with that code."""
    (error,) = Reader(version).feed(wire)
    assert isinstance(error, ProtocolError)
    assert error.reason is reason


LENIENT = [
    (V5, b"\x40\x02\x00\x07", Puback(7)),
    (V5, b"\x40\x03\x00\x07\x10", Puback(7, Reason.NO_MATCHING_SUBSCRIBERS)),
    (V5, b"\x40\x04\x00\x07\x00\x00", Puback(7)),
    (V5, b"\xe0\x00", Disconnect()),
    (V5, b"\xe0\x02\x00\x00", Disconnect()),
    (V5, b"\xf0\x00", Auth()),
    (V5, b"\x30\x06\x00\x03\xef\xbb\xbf\x00", Publish("\ufeff")),
    (V5, b"\x30\x06\x00\x00\x03\x23\x00\x01", Publish("", properties=Properties(topic_alias=1))),
    (V5, connect(0b01000010, b"\x00\x00\x01c\x00\x01p", 5), Connect("c", password=b"p")),
    (V5, connect(0, b"\x00\x00\x00", 5), Connect("", clean_start=False)),
]


@pytest.mark.parametrize(("version", "wire", "meaning"), LENIENT)
def test_what_is_unusual_is_read(version: Version, wire: bytes, meaning: Packet) -> None:
    """Short and long forms, a byte order mark, an alias without a topic and MQTT 5's freedoms are read."""
    assert read(wire, version) == [meaning]


UNSENDABLE = [
    (V311, Publish("t", properties=Properties(content_type="text/plain")), "MQTT 3.1.1 has no properties"),
    (V311, Connect("c", will=Will("t", properties=Properties(will_delay_interval=1))), "MQTT 3.1.1 has no properties"),
    (V311, Auth(), "MQTT 3.1.1 has no AUTH"),
    (V311, Subscribe(1, (Subscription("t", no_local=True),)), "MQTT 3.1.1 has no subscription option"),
    (V5, Publish("t", qos=3), "there is no QoS 3"),
    (V5, Publish("t", packet_id=1), "PUBLISH at QoS 0 has no packet identifier"),
    (V5, Publish("t", qos=1, packet_id=65_536), "int too big"),
    (V5, Publish("t" * 65_536), "is longer than 65,535 bytes"),
    (V5, Publish("\ud800"), "contains half a surrogate pair"),
    (V5, Publish("a\0"), "contains a NUL"),
    (V5, Publish("t", properties=Properties(content_type="\0")), "a text contains a NUL"),
    (V5, Publish("t", properties=Properties(content_type="\ud800")), "surrogates not allowed"),
    (V5, Publish("t", properties=Properties(payload_format_indicator=2)), "a property is 2"),
    (V5, Publish("t", properties=Properties(receive_maximum=1)), "PUBLISH has no property receive_maximum"),
    (V5, Publish("t", properties=Properties(subscription_identifiers=(2**28,))), "larger than 268,435,455"),
    (V5, Connect("c", keep_alive_s=-1), "can't convert negative int"),
    (V5, Connect("c", properties=Properties(receive_maximum=0)), "receive_maximum may not be 0"),
    (V5, Subscribe(1, (Subscription("t"),), Properties(subscription_identifiers=(1, 2))), "is given twice"),
    (V5, Unsubscribe(1, ()), "UNSUBSCRIBE names no topic filter"),
    (V5, Suback(1, (3,)), "SUBACK may not carry the code 0x03"),
    (V5, Connack(session_present=True, reason=0x87), "CONNACK refuses and yet has a session"),
]


@pytest.mark.parametrize(("version", "one", "sentence"), UNSENDABLE)
def test_what_may_not_be_sent_is_not_written(version: Version, one: Packet, sentence: str) -> None:
    """What a peer would refuse is a ValueError of whoever made it, never bytes."""
    with pytest.raises(ValueError, match=sentence) as caught:
        encode(one, version)
    assert str(caught.value).startswith(f"cannot send this {one.kind.name}: ")


def test_properties_are_written_in_their_order() -> None:
    """User properties keep their order and may repeat a name; the others follow their numbers."""
    some = Properties(user_properties=(("b", "1"), ("a", "2"), ("b", "3")), content_type="x")
    assert properties(some, Kind.PUBLISH) == b"\x19\x03\x00\x01x" + b"".join(
        b"\x26\x00\x01" + name + b"\x00\x01" + value for name, value in [(b"b", b"1"), (b"a", b"2"), (b"b", b"3")]
    )


def test_a_packet_is_shown_with_what_it_has() -> None:
    """Of 27 properties a person sees those that are there."""
    shown = repr(Disconnect(0x8B, Properties(reason_string="bye", user_properties=(("a", "b"),))))
    assert shown.endswith("properties=Properties(reason_string='bye', user_properties=(('a', 'b'),)))")
    assert repr(Properties()) == "Properties()"
