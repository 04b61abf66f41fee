"""Packets to bytes: the shortest form MQTT allows of each."""

from typing import assert_never

from alertsim.mqtt.codes import Kind, Version
from alertsim.mqtt.faults import ProtocolError
from alertsim.mqtt.fields import binary, count, properties, short, text
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
from alertsim.mqtt.properties import NO_PROPERTIES
from alertsim.mqtt.rules import check


def encode(packet: Packet, version: Version) -> bytes:
    """The packet as it goes over the wire; ValueError where MQTT does not allow it to be sent."""
    try:
        check(packet, version)
        flags, body = _written(packet, version)
        return bytes([packet.kind << 4 | flags]) + count(len(body)) + body
    except (ProtocolError, OverflowError, UnicodeEncodeError) as error:
        raise ValueError(f"cannot send this {packet.kind.name}: {error}") from error


def _written(packet: Packet, version: Version) -> tuple[int, bytes]:
    """The flags of the first byte, and the body."""
    match packet:
        case Publish():
            return packet.qos << 1 | packet.retain | packet.dup << 3, _publish(packet, version)
        case Puback() | Pubrec() | Pubrel() | Pubcomp():
            return 2 * isinstance(packet, Pubrel), short(packet.packet_id) + _reason(packet)
        case Connect():
            return 0, _connect(packet, version)
        case Connack():
            return 0, bytes([packet.session_present, packet.reason]) + _properties(packet, version)
        case Subscribe():
            return 2, _identified(packet, version) + b"".join(map(_subscription, packet.subscriptions))
        case Unsubscribe():
            return 2, _identified(packet, version) + b"".join(map(text, packet.filters))
        case Suback() | Unsuback():
            return 0, _identified(packet, version) + bytes(packet.reasons)
        case Pingreq() | Pingresp():
            return 0, b""
        case Disconnect() | Auth():
            return 0, _reason(packet)
        case _:
            assert_never(packet)


def _connect(packet: Connect, version: Version) -> bytes:
    will, username, password = packet.will, packet.username, packet.password
    flags = packet.clean_start << 1 | (password is not None) << 6 | (username is not None) << 7
    if will:
        flags |= 1 << 2 | will.qos << 3 | will.retain << 5
    head = text("MQTT") + bytes([version, flags]) + short(packet.keep_alive_s)
    body = head + _properties(packet, version) + text(packet.client_id)
    if will:
        body += _will(will, version)
    return body + (b"" if username is None else text(username)) + (b"" if password is None else binary(password))


def _will(will: Will, version: Version) -> bytes:
    before = properties(will.properties, Kind.WILL) if version is Version.V5 else b""
    return before + text(will.topic) + binary(will.payload)


def _publish(packet: Publish, version: Version) -> bytes:
    packet_id = short(packet.packet_id) if packet.qos else b""
    return b"".join((text(packet.topic), packet_id, _properties(packet, version), packet.payload))


def _subscription(one: Subscription) -> bytes:
    options = one.qos | one.no_local << 2 | one.retain_as_published << 3 | one.retain_handling << 4
    return text(one.filter) + bytes([options])


def _identified(packet: Subscribe | Suback | Unsubscribe | Unsuback, version: Version) -> bytes:
    return short(packet.packet_id) + _properties(packet, version)


def _properties(
    packet: Connect | Connack | Publish | Subscribe | Suback | Unsubscribe | Unsuback, version: Version
) -> bytes:
    return properties(packet.properties, packet.kind) if version is Version.V5 else b""


def _reason(packet: Puback | Pubrec | Pubrel | Pubcomp | Disconnect | Auth) -> bytes:
    """Reason and properties, left out from the end where they say nothing."""
    if packet.properties != NO_PROPERTIES:
        return bytes([packet.reason]) + properties(packet.properties, packet.kind)
    return bytes([packet.reason]) if packet.reason else b""
