"""Packets as mere frames inside a buffer, for whoever cannot afford an object for each: nothing is copied or kept.

A swarm of thousands reads PUBLISH and answers PUBACK this way, and gives the few other frames to `decode`; everybody
else reads packets.
"""

import struct
from collections.abc import Callable, Iterator
from functools import partial
from typing import Final, TypeAlias

from alertsim.mqtt.codes import Version
from alertsim.mqtt.faults import malformed

Buffer: TypeAlias = bytes | bytearray | memoryview

LARGEST: Final = 268_435_455
"""The most bytes that can follow the fixed header of a packet."""

PINGREQ: Final = b"\xc0\x00"
PINGRESP: Final = b"\xd0\x00"
DISCONNECT: Final = b"\xe0\x00"

RETAIN: Final = 0x01
DUP: Final = 0x08
"""Bits of the first byte of a PUBLISH."""


def header(buffer: Buffer, start: int, end: int) -> tuple[int, int] | None:
    """(body start, body end) of the packet that begins at `start`, or None while its header is not complete.

    The body may end beyond `end`: then it is not all here. ProtocolError where the length is not one of MQTT's.
    """
    length = 0
    for place, at in enumerate(range(start + 1, min(end, start + 5))):
        byte = buffer[at]
        length |= (byte & 0x7F) << 7 * place
        if byte < 0x80:
            if not byte and place:
                raise malformed("a length is written with more bytes than it needs")
            return at + 1, at + 1 + length
    if end - start >= 5:
        raise malformed("a length has more than four bytes")
    return None


def frames(buffer: Buffer, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """(first byte, body start, body end) of each complete packet in `buffer[start:end]`.

    What comes after the last body end is the beginning of a packet: keep it for the next read. ProtocolError where a
    length is not one of MQTT's; whether the frame fits the reader's buffer is for the reader to see (`header`).
    """
    while end - start >= 2:
        body, length = start + 2, buffer[start + 1]
        if length > 0x7F:
            if end > body and 0 < buffer[body] < 0x80:
                length += (buffer[body] - 1) << 7
                body += 1
            elif found := header(buffer, start, end):
                body, length = found[0], found[1] - found[0]
            else:
                return
        stop = body + length
        if stop > end:
            return
        yield buffer[start], body, stop
        start = stop


def publish(buffer: Buffer, first: int, start: int, end: int, version: Version) -> tuple[int, int, int, int]:
    """(QoS, packet id, topic end, payload start) of a PUBLISH, given its first byte and its body.

    The topic is `buffer[start + 2 : topic end]`, the payload `buffer[payload start : end]`; properties are stepped
    over unread, the packet id is 0 at QoS 0, `first & DUP` and `first & RETAIN` are the other flags. ProtocolError
    where the parts do not fit in the body.
    """
    qos = first >> 1 & 3
    packet_id = 0
    try:
        at = topic_end = start + 2 + (buffer[start] << 8 | buffer[start + 1])
        if qos:
            packet_id = buffer[at] << 8 | buffer[at + 1]
            at += 2
        if version == 5:
            length = buffer[at]
            at += 1
            if length > 0x7F:
                at, length = _length(buffer, at, length)
            at += length
    except IndexError:
        at = end + 1
    if at > end or qos == 3 or (qos and not packet_id):
        raise malformed("PUBLISH is cut short, of QoS 3 or without a packet identifier")
    return qos, packet_id, topic_end, at


def _length(buffer: Buffer, at: int, first: int) -> tuple[int, int]:
    """(where the properties begin, how long they are), after the first byte of their length."""
    length = first & 0x7F
    for shift in (7, 14, 21):
        byte = buffer[at]
        at += 1
        length |= (byte & 0x7F) << shift
        if byte < 0x80:
            return at, length
    raise malformed("a length has more than four bytes")


puback: Final[Callable[[int], bytes]] = partial(struct.Struct(">HH").pack, 0x4002)
pubrec: Final[Callable[[int], bytes]] = partial(struct.Struct(">HH").pack, 0x5002)
pubrel: Final[Callable[[int], bytes]] = partial(struct.Struct(">HH").pack, 0x6202)
pubcomp: Final[Callable[[int], bytes]] = partial(struct.Struct(">HH").pack, 0x7002)
"""The acknowledgements with success, by packet id: the same bytes in both versions."""
