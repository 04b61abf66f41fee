"""What MQTT forbids of a packet that is otherwise well-formed: the one place that both reading and writing ask."""

from typing import TypeAlias

from alertsim.mqtt.codes import CODES, Reason, Version
from alertsim.mqtt.faults import forbidden, malformed
from alertsim.mqtt.filters import filter_fault, topic_fault
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

Identified: TypeAlias = Publish | Puback | Pubrec | Pubrel | Pubcomp | Subscribe | Suback | Unsubscribe | Unsuback
Coded: TypeAlias = Connack | Puback | Pubrec | Pubrel | Pubcomp | Suback | Unsuback | Disconnect | Auth


def check(packet: Packet, version: Version) -> None:
    """ProtocolError where `version` does not allow this packet."""
    if isinstance(packet, Pingreq | Pingresp):
        return
    if version is Version.V311:
        _old(packet)
    match packet:
        case Publish():
            _publish(packet)
        case Puback() | Pubrec() | Pubrel() | Pubcomp():
            _identified(packet)
            _code(packet, packet.reason, version)
        case Subscribe():
            _subscribe(packet, version)
        case Unsubscribe():
            _unsubscribe(packet)
        case Suback() | Unsuback():
            _answers(packet, version)
        case _:
            _session(packet, version)


def _session(packet: Connect | Connack | Disconnect | Auth, version: Version) -> None:
    if isinstance(packet, Connect):
        _connect(packet, version)
    else:
        _code(packet, packet.reason, version)
    if isinstance(packet, Connack) and packet.reason and packet.session_present:
        raise forbidden("CONNACK refuses and yet has a session")
    some = packet.properties
    proves = some.authentication_data is not None or (isinstance(packet, Auth) and packet.reason)
    if proves and some.authentication_method is None:
        raise forbidden(f"{packet.kind.name} authenticates without an authentication method")


def _old(packet: Connect | Identified | Coded) -> None:
    if packet.properties != NO_PROPERTIES:
        raise forbidden("MQTT 3.1.1 has no properties")
    if isinstance(packet, Auth):
        raise forbidden("MQTT 3.1.1 has no AUTH")


def _identified(packet: Identified) -> None:
    if not packet.packet_id:
        raise forbidden(f"{packet.kind.name} has packet identifier 0")


def _code(packet: Coded, reason: int, version: Version) -> None:
    if reason not in CODES[version][packet.kind]:
        raise forbidden(f"{packet.kind.name} may not carry the code {reason:#04x}")


def _some(packet: Identified, things: tuple[object, ...]) -> None:
    if not things:
        raise forbidden(f"{packet.kind.name} names no topic filter")


def _filter(pattern: str) -> None:
    if fault := filter_fault(pattern):
        raise forbidden(f"the topic filter {pattern[:80]!r} {fault}", Reason.TOPIC_FILTER_INVALID)


def _topic(topic: str) -> None:
    if fault := topic_fault(topic):
        raise forbidden(f"the topic {topic[:80]!r} {fault}", Reason.TOPIC_NAME_INVALID)


def _qos(qos: int) -> None:
    if not 0 <= qos <= 2:
        raise malformed(f"there is no QoS {qos}")


def _publish(packet: Publish) -> None:
    _qos(packet.qos)
    if packet.qos:
        _identified(packet)
    elif packet.dup:
        raise malformed("PUBLISH at QoS 0 cannot be a duplicate")
    elif packet.packet_id:
        raise forbidden("PUBLISH at QoS 0 has no packet identifier")
    if packet.topic or packet.properties.topic_alias is None:
        _topic(packet.topic)
    if packet.properties.topic_alias == 0:
        raise forbidden("there is no topic alias 0", Reason.TOPIC_ALIAS_INVALID)
    _response(packet.properties)


def _response(properties: Properties) -> None:
    if properties.response_topic is not None:
        _topic(properties.response_topic)


def _connect(packet: Connect, version: Version) -> None:
    if version is Version.V311:
        if not packet.client_id and not packet.clean_start:
            raise forbidden("an empty client identifier needs a clean session", Reason.CLIENT_IDENTIFIER_NOT_VALID)
        if packet.username is None and packet.password is not None:
            raise malformed("CONNECT has a password but no user name")
    if packet.will:
        _will(packet.will, version)


def _will(will: Will, version: Version) -> None:
    _qos(will.qos)
    _topic(will.topic)
    if version is Version.V311 and will.properties != NO_PROPERTIES:
        raise forbidden("MQTT 3.1.1 has no properties")
    _response(will.properties)


def _subscribe(packet: Subscribe, version: Version) -> None:
    _identified(packet)
    _some(packet, packet.subscriptions)
    for one in packet.subscriptions:
        _filter(one.filter)
        _qos(one.qos)
        if version is Version.V5:
            _options(one)
        elif one.no_local or one.retain_as_published or one.retain_handling:
            raise malformed("MQTT 3.1.1 has no subscription option but the QoS")


def _unsubscribe(packet: Unsubscribe) -> None:
    _identified(packet)
    _some(packet, packet.filters)
    for pattern in packet.filters:
        _filter(pattern)


def _options(one: Subscription) -> None:
    if not 0 <= one.retain_handling <= 2:
        raise forbidden(f"there is no retain handling {one.retain_handling}")
    if one.no_local and one.filter.startswith("$share/"):
        raise forbidden("a shared subscription cannot be no-local")


def _answers(packet: Suback | Unsuback, version: Version) -> None:
    _identified(packet)
    if not packet.reasons and not (isinstance(packet, Unsuback) and version is Version.V311):
        raise forbidden(f"{packet.kind.name} answers no topic filter")
    for reason in packet.reasons:
        _code(packet, reason, version)
