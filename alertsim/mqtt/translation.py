"""A 3.1.1 client in front of a broker that speaks MQTT 5 alone: each packet told to the other side in its own version.

What 3.1.1 cannot say is left out on the way to the client: properties, reasons, the broker's DISCONNECT (the
connection just ends). What it takes for granted is kept for it: sessions without end, the broker's Receive Maximum
and its keep-alive, none of which a 3.1.1 client knows of.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from typing import Final, NamedTuple

from alertsim.mqtt.codes import Reason, ReturnCode
from alertsim.mqtt.faults import forbidden
from alertsim.mqtt.packets import (
    Connack,
    Connect,
    Disconnect,
    Packet,
    Pingreq,
    Pingresp,
    Puback,
    Pubcomp,
    Publish,
    Pubrec,
    Pubrel,
    Suback,
    Subscribe,
    Unsuback,
    Unsubscribe,
)
from alertsim.mqtt.properties import NO_PROPERTIES, Properties

FOREVER: Final = 0xFFFF_FFFF
"""A session expiry that means never: what 3.1.1 has without a clean session."""

MANY: Final = 64
"""Messages held back at which a proxy should stop reading from the client."""

_RETURN_CODES: Final[dict[int, ReturnCode]] = {
    Reason.SUCCESS: ReturnCode.ACCEPTED,
    Reason.UNSUPPORTED_PROTOCOL_VERSION: ReturnCode.UNACCEPTABLE_PROTOCOL_VERSION,
    Reason.CLIENT_IDENTIFIER_NOT_VALID: ReturnCode.IDENTIFIER_REJECTED,
    Reason.BAD_USER_NAME_OR_PASSWORD: ReturnCode.BAD_USER_NAME_OR_PASSWORD,
    Reason.BAD_AUTHENTICATION_METHOD: ReturnCode.BAD_USER_NAME_OR_PASSWORD,
    Reason.NOT_AUTHORIZED: ReturnCode.NOT_AUTHORIZED,
    Reason.BANNED: ReturnCode.NOT_AUTHORIZED,
}


def return_code(reason: int) -> ReturnCode:
    """What CONNACK says in 3.1.1 for a reason of MQTT 5; whatever has no code of its own is an unavailable server."""
    return _RETURN_CODES.get(reason, ReturnCode.SERVER_UNAVAILABLE)


class Told(NamedTuple):
    """What a packet leads to: packets for either side, and whether both connections end after them."""

    to_broker: tuple[Packet, ...] = ()
    to_client: tuple[Packet, ...] = ()
    ends: bool = False


class Translator:
    """One connection of a 3.1.1 client to a broker of MQTT 5.

    ProtocolError where either sends what is not its part. `keep_alive_s` replaces a client's 0 where a broker does
    not accept that. Where `ping_s` is not 0 the client does not know how often it has to speak: whoever owns the
    sockets sends `ping()` when nothing went to the broker for that long. Messages beyond the broker's window are held
    back, unacknowledged; those a client does not wait for before its DISCONNECT are lost.
    """

    def __init__(self, keep_alive_s: int = 0) -> None:
        self.ping_s = 0
        self._keep_alive_s = keep_alive_s
        self._window = 0
        self._open: set[int] = set()
        self._refused: set[int] = set()
        self._held: deque[Publish] = deque()
        self._pings = 0

    @property
    def crowded(self) -> bool:
        """Whether so many messages wait for the broker's window that no more should be read from the client."""
        return len(self._held) >= MANY

    def ping(self) -> Pingreq:
        """A PINGREQ of our own; its answer will not reach the client."""
        self._pings += 1
        return Pingreq()

    def from_client(self, packet: Packet) -> Told:
        """What a packet of the client, in 3.1.1, means to the broker."""
        match packet:
            case Publish():
                return self._published(packet)
            case Pubrel() if packet.packet_id in self._refused:
                self._refused.remove(packet.packet_id)
                return Told(to_client=(Pubcomp(packet.packet_id),))
            case Puback() | Pubrec() | Pubrel() | Pubcomp() | Subscribe() | Unsubscribe() | Pingreq():
                return Told((packet,))
            case Connect():
                return Told((self._connect(packet),))
            case Disconnect():
                return Told((packet,), ends=True)
            case _:
                raise forbidden(f"a client does not send {packet.kind.name}")

    def from_broker(self, packet: Packet) -> Told:
        """What a packet of the broker, in MQTT 5, means to the client."""
        match packet:
            case Publish():
                return Told(to_client=(_plain(packet),))
            case Puback() | Pubcomp():
                return Told(self._freed(packet.packet_id), (type(packet)(packet.packet_id),))
            case Pubrec():
                return self._received(packet)
            case Pubrel():
                return Told(to_client=(Pubrel(packet.packet_id),))
            case Suback():
                granted = tuple(min(reason, 0x80) for reason in packet.reasons)
                return Told(to_client=(Suback(packet.packet_id, granted),))
            case Unsuback():
                return Told(to_client=(Unsuback(packet.packet_id),))
            case _:
                return self._session(packet)

    def _session(self, packet: Packet) -> Told:
        match packet:
            case Connack():
                return self._accepted(packet)
            case Pingresp():
                self._pings, ours = max(self._pings - 1, 0), self._pings > 0
                return Told(to_client=() if ours else (packet,))
            case Disconnect():
                return Told(ends=True)
            case _:
                raise forbidden(f"a broker does not send {packet.kind.name} to a 3.1.1 client")

    def _connect(self, packet: Connect) -> Connect:
        if not packet.keep_alive_s:
            self.ping_s = self._keep_alive_s
        stays = NO_PROPERTIES if packet.clean_start else Properties(session_expiry_interval=FOREVER)
        return replace(packet, keep_alive_s=packet.keep_alive_s or self._keep_alive_s, properties=stays)

    def _accepted(self, packet: Connack) -> Told:
        some = packet.properties
        self._window = some.receive_maximum or 65_535
        if some.server_keep_alive is not None:
            self.ping_s = some.server_keep_alive
        code = return_code(packet.reason)
        answer = (Connack(packet.session_present, code),)
        return Told(to_client=answer, ends=True) if code else Told(tuple(self._released()), answer)

    def _published(self, packet: Publish) -> Told:
        """On to the broker, in its turn; what was sent or held already is not sent twice."""
        if not packet.qos:
            return Told((packet,))
        if packet.dup and packet.packet_id in self._open:
            return Told()
        self._open.add(packet.packet_id)
        self._held.append(packet)
        return Told(tuple(self._released()))

    def _released(self) -> Iterator[Publish]:
        """What the broker's window has room for; it is closed until CONNACK says how wide it is."""
        while self._held and len(self._open) - len(self._held) < self._window:
            yield self._held.popleft()

    def _freed(self, packet_id: int) -> tuple[Publish, ...]:
        """Messages held back, now that the broker is done with this one."""
        self._open.discard(packet_id)
        return tuple(self._released())

    def _received(self, packet: Pubrec) -> Told:
        """A refused message is over in MQTT 5; 3.1.1 knows no refusal and goes on to PUBREL, which ends here."""
        answer = (Pubrec(packet.packet_id),)
        if packet.reason < Reason.UNSPECIFIED_ERROR:
            return Told(to_client=answer)
        self._refused.add(packet.packet_id)
        return Told(self._freed(packet.packet_id), answer)


def _plain(packet: Publish) -> Publish:
    """Without properties; an alias was never allowed, because the client's CONNECT offered none."""
    if packet.properties.topic_alias is not None:
        raise forbidden("the broker uses a topic alias although none was offered", Reason.TOPIC_ALIAS_INVALID)
    return replace(packet, properties=NO_PROPERTIES)
