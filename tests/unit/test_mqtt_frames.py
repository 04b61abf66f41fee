"""Frames inside a buffer, for whoever reads thousands of connections."""

import random

import pytest
from hypothesis import given

from alertsim.mqtt import (
    Disconnect,
    Pingreq,
    Pingresp,
    Properties,
    ProtocolError,
    Puback,
    Pubcomp,
    Publish,
    Pubrec,
    Pubrel,
    Version,
    encode,
    frames,
)
from alertsim.mqtt.fields import count
from tests.mqtt_packets import packet, publish, random_sources

USER = Properties(user_properties=(("a", "b" * 300),))


@given(random_sources)
def test_frames_are_the_packets(draw: random.Random) -> None:
    """Complete frames come by offset, whatever stands before and after them; the beginning of another is left."""
    some = [encode(packet(draw, Version.V5), Version.V5) for _ in range(3)]
    whole, cut = b"".join(some), draw.randrange(len(some[0]))
    buffer = bytearray(b"\xff\xff" + whole + some[0][:cut] + b"\xff\xff\xff\xff\xff")
    found = list(frames.frames(buffer, 2, 2 + len(whole) + cut))
    starts = [2, 2 + len(some[0]), 2 + len(some[0] + some[1])]
    assert [(first, end) for first, _, end in found] == [
        (one[0], start + len(one)) for one, start in zip(some, starts, strict=True)
    ]
    for one, (_, body, end) in zip(some, found, strict=True):
        assert one.endswith(buffer[body:end])


@pytest.mark.parametrize(
    ("length", "start"), [(0, 2), (1, 2), (127, 2), (128, 3), (16_383, 3), (16_384, 4), (2**21, 5)]
)
def test_a_frame_of_any_length_is_seen(length: int, start: int) -> None:
    """From nothing behind the header to where its length needs four bytes, and not a byte too early."""
    wire = b"\x30" + count(length) + bytes(length)
    assert list(frames.frames(wire, 0, len(wire))) == [(0x30, start, start + length)]
    assert list(frames.frames(wire, 0, len(wire) - 1)) == []
    assert frames.header(wire, 0, start) == (start, start + length)
    assert frames.header(wire, 0, start - 1) is None


@given(random_sources)
def test_a_message_is_seen_where_it_lies(draw: random.Random) -> None:
    """Topic, packet id and payload of a PUBLISH are found without reading its properties, in both versions."""
    version = draw.choice(list(Version))
    one = publish(draw, version)
    buffer = bytearray(b"\xff" * 3 + encode(one, version))
    ((first, body, end),) = frames.frames(buffer, 3, len(buffer))
    qos, packet_id, topic_end, payload = frames.publish(buffer, first, body, end, version)
    assert (qos, packet_id) == (one.qos, one.packet_id)
    assert (buffer[body + 2 : topic_end].decode(), bytes(buffer[payload:end])) == (one.topic, one.payload)


@pytest.mark.parametrize("length", [0, 1, 127, 128, 129, 16_383, 16_384, 2**21 - 1, 2**21])
def test_properties_of_any_length_are_stepped_over(length: int) -> None:
    """The payload begins behind them, however many bytes their length has."""
    before = b"\x00\x01t\x00\x07" + count(length)
    body = before + bytes(length) + b"payload"
    assert frames.publish(body, 0x32, 0, len(body), Version.V5) == (1, 7, 3, len(before) + length)


@pytest.mark.parametrize(
    "wire", [b"", b"\x30", b"\x30\x80", b"\x30\x80\x80\x80", b"\x30\xff\xff\xff\x7f", b"\x30\x05abcd"]
)
def test_what_is_not_complete_is_left(wire: bytes) -> None:
    """A frame of which anything is missing is none yet."""
    assert list(frames.frames(wire, 0, len(wire))) == []


@pytest.mark.parametrize("wire", [b"\x30\x80\x00", b"\x30\xff\xff\xff\xff", b"\xc0\x00\x30\x80\x80\x00"])
def test_a_length_that_is_none_is_an_error(wire: bytes) -> None:
    """Lengths too long or written too long are refused as soon as they are seen."""
    with pytest.raises(ProtocolError, match="a length"):
        list(frames.frames(wire, 0, len(wire)))


@pytest.mark.parametrize("version", Version)
def test_a_message_cut_short_is_an_error(version: Version) -> None:
    """Wherever the body of a PUBLISH ends before its payload begins, at the buffer's end or in the middle of it."""
    one = Publish("topic", b"", 1, 7, properties=USER if version is Version.V5 else Properties())
    wire = encode(one, version)
    ((first, body, end),) = frames.frames(wire, 0, len(wire))
    for cut in range(body, end):
        for buffer in (wire[:cut], wire, wire[:cut] + b"\xff" * 9):
            with pytest.raises(ProtocolError, match=r"cut short|four bytes"):
                frames.publish(buffer, first, body, cut, version)


@pytest.mark.parametrize(("first", "packet_id"), [(0x36, 1), (0x32, 0)])
def test_a_message_without_identity_is_an_error(first: int, packet_id: int) -> None:
    """QoS 3 and packet id 0 are refused on the fast path too."""
    body = b"\x00\x01t" + packet_id.to_bytes(2)
    with pytest.raises(ProtocolError, match="cut short"):
        frames.publish(body, first, 0, len(body), Version.V311)


def test_ready_bytes_are_the_packets() -> None:
    """Acknowledgements and pings made without a packet are those of the encoder, in both versions."""
    for version in Version:
        for packet_id in (1, 255, 256, 65_535):
            assert frames.puback(packet_id) == encode(Puback(packet_id), version)
            assert frames.pubrec(packet_id) == encode(Pubrec(packet_id), version)
            assert frames.pubrel(packet_id) == encode(Pubrel(packet_id), version)
            assert frames.pubcomp(packet_id) == encode(Pubcomp(packet_id), version)
        assert encode(Pingreq(), version) == frames.PINGREQ
        assert encode(Pingresp(), version) == frames.PINGRESP
        assert encode(Disconnect(), version) == frames.DISCONNECT
