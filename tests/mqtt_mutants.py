"""Streams of MQTT broken at random, and what must hold of each however it is cut."""

import random
from collections.abc import Iterator

from alertsim.mqtt import Packet, ProtocolError, Publish, Reader, Version, decode, encode, frames
from tests.mqtt_packets import packet

TELLING = [0, 1, 2, 3, 4, 5, 6, 7, 0x0B, 0x10, 0x1F, 0x20, 0x21, 0x26, 0x2B, 0x30, 0x32, 0x36, 0x7F, 0x80, 0xC0, 0xFF]
"""Bytes that mean something in one place or another."""

POOL = 3000


def _broken(draw: random.Random, stream: bytearray) -> None:
    at = draw.randrange(len(stream) + 1)
    match draw.randrange(7):
        case 0:
            stream[at : at + 1] = bytes([draw.choice(TELLING)])
        case 1:
            stream[at : at + 1] = bytes([draw.randrange(256)])
        case 2:
            stream[at:at] = draw.randbytes(draw.randint(1, 5))
        case 3:
            del stream[at : at + draw.randint(1, 20)]
        case 4:
            del stream[at:]
        case 5:
            stream[at:at] = stream[: draw.randint(1, 30)]
        case _ if at < len(stream):
            stream[at] ^= 1 << draw.randrange(8)


def pool(size: int = POOL) -> list[tuple[Version, bytes]]:
    """Valid packets of both versions, none longer than 600 bytes; always the same."""
    made = []
    for n in range(size):
        draw, version = random.Random(n), Version.V5 if n % 3 else Version.V311
        one = encode(packet(draw, version), version)
        if len(one) <= 600:
            made.append((version, one))
    return made


def streams(count: int, seed: int = 0) -> Iterator[tuple[random.Random, Version | None, bytes]]:
    """`count` broken streams, always the same for a seed: mutated packets mostly, a tenth pure noise."""
    valid = pool()
    for n in range(count):
        draw = random.Random(seed * 1_000_000_007 + n)
        version, one = draw.choice(valid)
        stream = bytearray(one)
        if draw.random() < 0.3:
            stream += draw.choice(valid)[1]
        for _ in range(draw.choice([0, 1, 1, 1, 2, 4])):
            _broken(draw, stream)
        if draw.random() < 0.1:
            stream = bytearray([draw.choice(one[:1] + bytes(TELLING))]) + draw.randbytes(draw.randrange(40))
        yield draw, draw.choice([version, version, None]), bytes(stream)


def fed(
    stream: bytes, version: Version | None, bound: int, cuts: list[int] | range
) -> tuple[list[Packet | ProtocolError], int]:
    """What a reader makes of a stream cut there, and how many bytes it still keeps; never more than its bound."""
    reader, last = Reader(version, bound), 0
    found: list[Packet | ProtocolError] = []
    for cut in [*cuts, len(stream)]:
        found += reader.feed(stream[last:cut])
        last = cut
        assert reader.waiting < bound
    return found, reader.waiting


def holds(draw: random.Random, version: Version | None, stream: bytes) -> bool:
    """Assert all that must hold of a stream; whether it ended in an error."""
    bound = draw.choice([16, 100, 100_000])
    whole = fed(stream, version, bound, [])
    assert fed(stream, version, bound, sorted(draw.randrange(len(stream) + 1) for _ in range(3))) == whole
    assert fed(stream, version, bound, range(len(stream))) == whole
    found, _ = whole
    errors = [one for one in found if isinstance(one, ProtocolError)]
    assert errors == found[-1:] or not errors
    assert all(str(error) and error.reason >= 0x80 for error in errors)
    if version is not None:
        _same(version, stream)
    return bool(errors)


def _same(version: Version, stream: bytes) -> None:
    """The fast path sees the frames and messages that the slow one sees."""
    buffer = bytearray(b"before" + stream + b"after")
    try:
        for first, start, end in frames.frames(buffer, 6, 6 + len(stream)):
            _viewed(buffer, first, start, end, version)
    except ProtocolError:
        return


def _viewed(buffer: bytearray, first: int, start: int, end: int, version: Version) -> None:
    try:
        one = decode(first, bytes(buffer[start:end]), version)
    except ProtocolError:
        one = None
    if first >> 4 == 3:
        qos, packet_id, topic, payload = frames.publish(buffer, first, start, end, version)
        if isinstance(one, Publish):
            assert (one.qos, one.packet_id, one.payload) == (qos, packet_id, bytes(buffer[payload:end]))
            assert one.topic.encode() == buffer[start + 2 : topic]
            assert (one.dup, one.retain) == (bool(first & frames.DUP), bool(first & frames.RETAIN))
