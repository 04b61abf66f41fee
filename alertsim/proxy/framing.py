"""A stream of bytes, cut anywhere, to whole packets as their very bytes: nothing is decoded that nobody asks for."""

from dataclasses import dataclass
from typing import Final

from alertsim.mqtt.codes import Kind, Reason, Version
from alertsim.mqtt.decoding import admit, decode
from alertsim.mqtt.faults import forbidden
from alertsim.mqtt.frames import header
from alertsim.mqtt.packets import Packet

MAX_PACKET: Final = 512 * 1024
"""Bytes of the largest packet that is taken; our own brokers take no more than 300,000."""


@dataclass(frozen=True, slots=True)
class Whole:
    """A packet as it is on the wire."""

    raw: bytes

    @property
    def kind(self) -> Kind:
        """Its type."""
        return Kind(self.raw[0] >> 4)

    @property
    def body(self) -> bytes:
        """What follows the fixed header, whose length ends with the first byte below 128."""
        return self.raw[next(at for at in range(1, 5) if self.raw[at] < 0x80) + 1 :]

    def packet(self, version: Version) -> Packet:
        """What it says; ProtocolError where that is nothing MQTT allows."""
        return decode(self.raw[0], self.body, version)


class Splitter:
    """One direction of one connection.

    Keeps what was pushed until it is taken: less than `max_packet` bytes of a packet that is not complete, because
    what is larger is refused when its length is known.
    """

    def __init__(self, max_packet: int = MAX_PACKET) -> None:
        self._max_packet = max_packet
        self._waiting = bytearray()

    def __len__(self) -> int:
        return len(self._waiting)

    def push(self, chunk: bytes) -> None:
        """More of the stream."""
        self._waiting += chunk

    def clear(self) -> None:
        """Forget what was not taken."""
        self._waiting.clear()

    def take(self, version: Version | None) -> Whole | None:
        """The next packet, when it is complete; ProtocolError where none can begin like this.

        `version` None: not known before CONNECT, which must come now.
        """
        waiting = self._waiting
        if not waiting:
            return None
        if version:
            admit(waiting[0], version)
        elif waiting[0] != Kind.CONNECT << 4:
            raise forbidden("the first packet is no CONNECT")
        body, stop = header(waiting, 0, len(waiting)) or (0, len(waiting) + 1)
        if body and stop > self._max_packet:
            raise forbidden(f"a packet of {stop:,} bytes is larger than {self._max_packet:,}", Reason.PACKET_TOO_LARGE)
        if stop > len(waiting):
            return None
        whole = Whole(bytes(waiting[:stop]))
        del waiting[:stop]
        return whole
