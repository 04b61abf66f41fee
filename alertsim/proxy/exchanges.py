"""Messages a rule leaves unanswered: each keeps its place in the sender's window, and a full window stops the flow.

On a living connection mosquitto and most others send nothing a second time, so only a reconnect goes on.
"""

from dataclasses import dataclass
from typing import Final

from alertsim.mqtt.codes import Kind
from alertsim.proxy.rules import Direction

UNLIMITED: Final = 65_535
"""Messages in flight where nobody says how many: there are no more packet identifiers."""

_OF_SENDER: Final = {Kind.PUBLISH, Kind.PUBREL}
_OF_RECEIVER: Final = {Kind.PUBACK, Kind.PUBREC, Kind.PUBCOMP}


@dataclass(frozen=True, slots=True)
class Stall:
    """From `at` (seconds) on no message could go in this direction: all the window allows lack an answer."""

    direction: Direction
    window: int
    at: float

    def __str__(self) -> str:
        """The sentence of a report."""
        to = "the broker" if self.direction is Direction.UP else "the client"
        return f"all {self.window} messages in flight to {to} stayed unanswered: none follows before a reconnect"


class Exchanges:
    """The QoS 1 and 2 messages of one connection that lost a packet to a rule; `stalls`: once for each direction.

    `max_inflight`: how many the broker sends before an answer; 0 where only the client's Receive Maximum bounds it.
    """

    def __init__(self, max_inflight: int = 0) -> None:
        self.stalls: tuple[Stall, ...] = ()
        self._windows = {Direction.UP: UNLIMITED, Direction.DOWN: max_inflight or UNLIMITED}
        # A bit for each packet identifier: 8 KiB at most.
        self._unanswered = dict.fromkeys(Direction, 0)

    def narrow(self, direction: Direction, receive_maximum: int | None) -> None:
        """What the receiver of messages in this direction said it takes at once."""
        self._windows[direction] = min(self._windows[direction], receive_maximum or UNLIMITED)

    def lost(self, kind: Kind, direction: Direction, packet_id: int, now: float) -> None:
        """A rule dropped this packet on its way in this direction."""
        if not packet_id or kind not in _OF_SENDER | _OF_RECEIVER:
            return
        way = direction if kind in _OF_SENDER else direction.back
        self._unanswered[way] |= 1 << packet_id
        window = self._windows[way]
        if self._unanswered[way].bit_count() >= window and all(one.direction is not way for one in self.stalls):
            self.stalls += (Stall(way, window, now),)

    def passed(self, kind: Kind, direction: Direction, body: bytes) -> None:
        """This packet went on; an answer that ends a message makes room for the next."""
        unanswered = self._unanswered[direction.back]
        if unanswered and (kind in {Kind.PUBACK, Kind.PUBCOMP} or (kind is Kind.PUBREC and body[2:3] >= b"\x80")):
            self._unanswered[direction.back] = unanswered & ~(1 << int.from_bytes(body[:2]))
