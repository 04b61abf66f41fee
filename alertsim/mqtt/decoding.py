"""Bytes to packets: one frame in, one packet out, or one ProtocolError and never another."""

from collections.abc import Callable, Mapping
from typing import Final

from alertsim.mqtt.codes import Kind, Reason, Version
from alertsim.mqtt.cursor import Cursor
from alertsim.mqtt.faults import forbidden, malformed
from alertsim.mqtt.fields import read_properties
from alertsim.mqtt.packets import (
    Auth,
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
    Subscription,
    Unsuback,
    Unsubscribe,
    Will,
)
from alertsim.mqtt.properties import NO_PROPERTIES, Properties
from alertsim.mqtt.rules import check

_FLAGGED: Final = {Kind.PUBREL, Kind.SUBSCRIBE, Kind.UNSUBSCRIBE}


def _firsts(version: Version) -> frozenset[int]:
    """The first bytes a packet may have: its kind above, the flags that kind must or may have below."""
    kinds = set(Kind) - {Kind.WILL, Kind.PUBLISH} - ({Kind.AUTH} if version is Version.V311 else set())
    plain = {kind << 4 | (2 if kind in _FLAGGED else 0) for kind in kinds}
    return frozenset(plain | {Kind.PUBLISH << 4 | flags for flags in range(16) if flags & 6 != 6})


_FIRSTS: Final = {version: _firsts(version) for version in Version}


def admit(first: int, version: Version) -> None:
    """ProtocolError where no packet of this version begins with this byte; to be asked before waiting for the rest."""
    if first not in _FIRSTS[version]:
        kind = Kind(first >> 4)
        name = "the reserved packet type 0" if kind is Kind.WILL else kind.name
        raise malformed(f"{name} cannot have the flags {first & 15:04b} in MQTT {'5' if version == 5 else '3.1.1'}")


def announced(body: bytes) -> Version:
    """The protocol version a CONNECT asks for; ProtocolError where it is neither 3.1.1 nor 5."""
    cursor = Cursor(body, 0, len(body))
    name, level = cursor.binary(), cursor.byte()
    if name != b"MQTT" or level not in set(Version):
        raise forbidden(
            f"CONNECT asks for {str(name[:20])[1:]} level {level}; known are MQTT 3.1.1 (4) and 5",
            Reason.UNSUPPORTED_PROTOCOL_VERSION,
        )
    return Version(level)


def decode(first: int, body: bytes, version: Version) -> Packet:
    """The packet with this first byte and body; ProtocolError where it is malformed or forbidden."""
    admit(first, version)
    cursor = Cursor(body, 0, len(body))
    packet = _READERS[Kind(first >> 4)](first, cursor, version)
    if cursor.at != cursor.end:
        raise malformed(f"{packet.kind.name} has {cursor.end - cursor.at} bytes too many")
    check(packet, version)
    return packet


def _properties(cursor: Cursor, place: Kind, version: Version) -> Properties:
    return read_properties(cursor, place) if version is Version.V5 else NO_PROPERTIES


def _connect(_first: int, cursor: Cursor, version: Version) -> Connect:
    if announced(cursor.body) is not version:
        raise forbidden("CONNECT asks for another version than was agreed", Reason.UNSUPPORTED_PROTOCOL_VERSION)
    cursor.taken(7)
    flags, keep_alive_s = cursor.byte(), cursor.short()
    will_qos = flags >> 3 & 3
    if flags & 1 or will_qos == 3 or (flags & 0b00111000 and not flags & 0b100):
        raise malformed(f"CONNECT has the flags {flags:08b}")
    properties = _properties(cursor, Kind.CONNECT, version)
    client_id = cursor.text()
    will = _will(cursor, will_qos, version, retain=bool(flags & 0x20)) if flags & 4 else None
    username = cursor.text() if flags & 0x80 else None
    password = cursor.binary() if flags & 0x40 else None
    return Connect(client_id, bool(flags & 2), keep_alive_s, username, password, will, properties)


def _will(cursor: Cursor, qos: int, version: Version, *, retain: bool) -> Will:
    properties = _properties(cursor, Kind.WILL, version)
    return Will(cursor.text(), cursor.binary(), qos, retain, properties)


def _connack(_first: int, cursor: Cursor, version: Version) -> Connack:
    flags, reason = cursor.byte(), cursor.byte()
    if flags > 1:
        raise malformed(f"CONNACK has the flags {flags:08b}")
    return Connack(flags == 1, reason, _properties(cursor, Kind.CONNACK, version))


def _publish(first: int, cursor: Cursor, version: Version) -> Publish:
    qos = first >> 1 & 3
    topic = cursor.text()
    packet_id = cursor.short() if qos else 0
    properties = _properties(cursor, Kind.PUBLISH, version)
    return Publish(topic, cursor.rest(), qos, packet_id, bool(first & 1), bool(first & 8), properties)


def _acknowledgement(first: int, cursor: Cursor, version: Version) -> Puback | Pubrec | Pubrel | Pubcomp:
    kind = Kind(first >> 4)
    packet_id = cursor.short()
    reason, properties = _reason(cursor, kind) if version is Version.V5 else (0, NO_PROPERTIES)
    return _ACKNOWLEDGEMENTS[kind](packet_id, reason, properties)


def _reason(cursor: Cursor, kind: Kind) -> tuple[int, Properties]:
    """A reason and properties at the end of a packet, either of which may be left out."""
    reason = cursor.byte() if cursor.at < cursor.end else 0
    return reason, read_properties(cursor, kind) if cursor.at < cursor.end else NO_PROPERTIES


def _subscribe(_first: int, cursor: Cursor, version: Version) -> Subscribe:
    packet_id, properties = cursor.short(), _properties(cursor, Kind.SUBSCRIBE, version)
    subscriptions = []
    while cursor.at < cursor.end:
        subscriptions.append(_subscription(cursor))
    return Subscribe(packet_id, tuple(subscriptions), properties)


def _subscription(cursor: Cursor) -> Subscription:
    pattern, options = cursor.text(), cursor.byte()
    if options & 0xC0:
        raise malformed(f"SUBSCRIBE has the options {options:08b}")
    return Subscription(pattern, options & 3, bool(options & 4), bool(options & 8), options >> 4)


def _suback(_first: int, cursor: Cursor, version: Version) -> Suback:
    packet_id, properties = cursor.short(), _properties(cursor, Kind.SUBACK, version)
    return Suback(packet_id, tuple(cursor.rest()), properties)


def _unsubscribe(_first: int, cursor: Cursor, version: Version) -> Unsubscribe:
    packet_id, properties = cursor.short(), _properties(cursor, Kind.UNSUBSCRIBE, version)
    filters = []
    while cursor.at < cursor.end:
        filters.append(cursor.text())
    return Unsubscribe(packet_id, tuple(filters), properties)


def _unsuback(_first: int, cursor: Cursor, version: Version) -> Unsuback:
    packet_id, properties = cursor.short(), _properties(cursor, Kind.UNSUBACK, version)
    return Unsuback(packet_id, tuple(cursor.rest()), properties)


def _disconnect(_first: int, cursor: Cursor, version: Version) -> Disconnect:
    return Disconnect(*_reason(cursor, Kind.DISCONNECT)) if version is Version.V5 else Disconnect()


_ACKNOWLEDGEMENTS: Final[Mapping[Kind, type[Puback | Pubrec | Pubrel | Pubcomp]]] = {
    Kind.PUBACK: Puback,
    Kind.PUBREC: Pubrec,
    Kind.PUBREL: Pubrel,
    Kind.PUBCOMP: Pubcomp,
}

_READERS: Final[Mapping[Kind, Callable[[int, Cursor, Version], Packet]]] = {
    Kind.CONNECT: _connect,
    Kind.CONNACK: _connack,
    Kind.PUBLISH: _publish,
    Kind.PUBACK: _acknowledgement,
    Kind.PUBREC: _acknowledgement,
    Kind.PUBREL: _acknowledgement,
    Kind.PUBCOMP: _acknowledgement,
    Kind.SUBSCRIBE: _subscribe,
    Kind.SUBACK: _suback,
    Kind.UNSUBSCRIBE: _unsubscribe,
    Kind.UNSUBACK: _unsuback,
    Kind.PINGREQ: lambda *_: Pingreq(),
    Kind.PINGRESP: lambda *_: Pingresp(),
    Kind.DISCONNECT: _disconnect,
    Kind.AUTH: lambda _first, cursor, _version: Auth(*_reason(cursor, Kind.AUTH)),
}
