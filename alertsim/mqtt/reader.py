"""A stream of bytes, cut anywhere, to packets: incremental, bounded, and at most one error, which is its last word."""

from alertsim.mqtt.codes import Kind, Reason, Version
from alertsim.mqtt.decoding import admit, announced, decode
from alertsim.mqtt.faults import ProtocolError, forbidden
from alertsim.mqtt.frames import header
from alertsim.mqtt.packets import Packet

MAX_PACKET = 1024 * 1024
"""Bytes of the largest packet a reader takes unless told otherwise, its header included."""


class Reader:
    """One direction of one connection.

    A reader of version None is a server's: it learns the version from CONNECT, which must come first and once.
    Between two calls it keeps less than `max_packet` bytes: what is larger is refused when its length is known.
    """

    def __init__(self, version: Version | None, max_packet: int = MAX_PACKET) -> None:
        self.version = version
        self.max_packet = max_packet
        self.failed = False
        self._serves = version is None
        self._waiting = bytearray()
        self._wanted = 1

    @property
    def waiting(self) -> int:
        """How many bytes of an incomplete packet are kept."""
        return len(self._waiting)

    def feed(self, chunk: bytes | bytearray | memoryview) -> list[Packet | ProtocolError]:
        """The packets that are complete with these bytes; an error is the last of all, and what follows is ignored."""
        if self.failed:
            return []
        self._waiting += chunk
        found: list[Packet | ProtocolError] = []
        if len(self._waiting) >= self._wanted:
            try:
                self._read(found)
            except ProtocolError as error:
                self.failed = True
                self._waiting.clear()
                found.append(error)
        return found

    def _read(self, found: list[Packet | ProtocolError]) -> None:
        waiting, start, end = self._waiting, 0, len(self._waiting)
        stop = start
        while start < end:
            self._admit(waiting[start])
            place = header(waiting, start, end)
            if place is None:
                stop = end + 1
                break
            body, stop = place
            if stop - start > self.max_packet:
                raise forbidden(
                    f"a packet of {stop - start:,} bytes is larger than {self.max_packet:,}", Reason.PACKET_TOO_LARGE
                )
            if stop > end:
                break
            found.append(self._packet(waiting[start], bytes(waiting[body:stop])))
            start = stop
        self._wanted = max(stop - start, 1)
        del waiting[:start]

    def _admit(self, first: int) -> None:
        if self.version:
            admit(first, self.version)
            if self._serves and first >> 4 == Kind.CONNECT:
                raise forbidden("CONNECT comes a second time")
        elif first != Kind.CONNECT << 4:
            raise forbidden("the first packet is no CONNECT")

    def _packet(self, first: int, body: bytes) -> Packet:
        if self.version is None:
            self.version = announced(body)
        return decode(first, body, self.version)
