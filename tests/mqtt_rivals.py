"""Our packets in the words of two other codecs, paho-mqtt and mqtt5, so that all three can be compared."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties as PahoProperties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from alertsim import mqtt
from alertsim.mqtt import NO_PROPERTIES, Kind, Packet, Properties, Reason, Version

# paho -----------------------------------------------------------------------------------------------------------------

PAHO_LARGEST = 268_435_455
"""paho takes no Maximum Packet Size above this, although MQTT does; nor does it know this one reason of CONNACK."""
PAHO_UNKNOWN = Reason.PAYLOAD_FORMAT_INVALID


def for_paho(packet: Packet) -> Packet:
    """The packet without what paho wrongly refuses."""
    some = getattr(packet, "properties", NO_PROPERTIES)
    if isinstance(packet, mqtt.Connect | mqtt.Connack) and some.maximum_packet_size:
        some = some._replace(maximum_packet_size=min(some.maximum_packet_size, PAHO_LARGEST))
        packet = replace(packet, properties=some)
    if isinstance(packet, mqtt.Connack) and packet.reason == PAHO_UNKNOWN:
        packet = replace(packet, reason=Reason.UNSPECIFIED_ERROR)
    return packet


def _camel(name: str) -> str:
    words = "".join(word.capitalize() for word in name.removesuffix("_identifiers").split("_"))
    words += "Identifier" if name.endswith("_identifiers") else ""
    return words.replace("MaximumQos", "MaximumQoS").replace("UserProperties", "UserProperty")


def _to_paho(some: Properties, kind: int) -> PahoProperties | None:
    if some == NO_PROPERTIES:
        return None
    theirs = PahoProperties(kind)  # type: ignore[no-untyped-call]  # paho does not annotate it
    for name, value in some._asdict().items():
        if value is not None and value != ():
            setattr(theirs, _camel(name), list(value) if isinstance(value, tuple) else value)
    return theirs


def _from_paho(theirs: PahoProperties | None) -> Properties:
    if theirs is None:
        return NO_PROPERTIES
    found: dict[str, Any] = {}
    for name in Properties._fields:
        value = getattr(theirs, _camel(name), None)
        if value is not None:
            found[name] = tuple(value) if isinstance(value, list) else value
    return Properties(**found)


_ACKNOWLEDGEMENTS: dict[Kind, type[mqtt.Puback | mqtt.Pubrec | mqtt.Pubrel | mqtt.Pubcomp]] = {
    made.kind: made for made in (mqtt.Puback, mqtt.Pubrec, mqtt.Pubrel, mqtt.Pubcomp)
}


def paho_reads(wire: bytes, body: int, version: Version) -> Packet | None:
    """What paho makes of a packet; None where paho, a client, does not read such."""
    from paho.mqtt import _packet  # the parser of paho 2.2; older ones have it inside their client

    protocol = MQTTProtocolVersion(int(version))
    given = wire[0], wire[body:], protocol
    match Kind(wire[0] >> 4):
        case Kind.PUBLISH:
            one = _packet.decode_publish(*given)
            some = _from_paho(one.properties)
            return mqtt.Publish(one.topic.decode(), bytes(one.payload), one.qos, one.mid, one.retain, one.dup, some)
        case Kind.CONNACK:
            hello = _packet.decode_connack(*given)
            return mqtt.Connack(bool(hello.flags), int(hello.rc), _from_paho(hello.properties))
        case Kind.SUBACK:
            granted = _packet.decode_suback(*given)
            reasons = tuple(code.value for code in granted.reason_codes)
            return mqtt.Suback(granted.mid, reasons, _from_paho(granted.properties))
        case Kind.UNSUBACK:
            gone = _packet.decode_unsuback(*given)
            return mqtt.Unsuback(gone.mid, tuple(code.value for code in gone.reason_codes), _from_paho(gone.properties))
        case Kind.DISCONNECT:
            end = _packet.decode_disconnect(*given)
            return mqtt.Disconnect(end.reason.value if end.reason else 0, _from_paho(end.properties))
        case Kind.PUBACK | Kind.PUBREC | Kind.PUBREL | Kind.PUBCOMP as kind:
            ack = getattr(_packet, f"decode_{kind.name.lower()}")(*given)
            return _ACKNOWLEDGEMENTS[kind](ack.mid, ack.reason.value, _from_paho(ack.properties))
        case _:
            return None


def _can(packet: Packet) -> bool:
    """Whether paho's client sends such a packet: acknowledgements only bare, a password only with a user name."""
    match packet:
        case mqtt.Connect():
            return packet.password is None or packet.username is not None
        case mqtt.Puback() | mqtt.Pubrec() | mqtt.Pubrel() | mqtt.Pubcomp():
            return not packet.reason and packet.properties == NO_PROPERTIES
        case _:
            return isinstance(packet, mqtt.Publish | mqtt.Subscribe | mqtt.Unsubscribe | mqtt.Disconnect | mqtt.Pingreq)


def paho_writes(packet: Packet, version: Version) -> bytes | None:
    """The packet as paho's client sends it; None where a client does not send such, or paho only a simpler one."""
    if not _can(packet):
        return None
    client: Any = Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion(int(version)))
    sent = bytearray()
    client._sock = object()
    client._packet_queue = lambda _command, wire, *_: sent.extend(wire)
    match packet:
        case mqtt.Connect():
            _paho_connect(client, packet)
        case mqtt.Publish():
            some = _to_paho(packet.properties, PacketTypes.PUBLISH)
            flags = packet.qos, packet.retain, packet.dup
            client._send_publish(packet.packet_id, packet.topic.encode(), packet.payload, *flags, properties=some)
        case mqtt.Subscribe():
            client._last_mid = packet.packet_id - 1
            wanted = [(one.filter.encode(), _paho_options(one, version)) for one in packet.subscriptions]
            client._send_subscribe(0, wanted, _to_paho(packet.properties, PacketTypes.SUBSCRIBE))
        case mqtt.Unsubscribe():
            client._last_mid = packet.packet_id - 1
            filters = [one.encode() for one in packet.filters]
            client._send_unsubscribe(0, filters, _to_paho(packet.properties, PacketTypes.UNSUBSCRIBE))
        case mqtt.Disconnect():
            code = ReasonCode(PacketTypes.DISCONNECT, identifier=packet.reason) if version is Version.V5 else None
            client._send_disconnect(code, _to_paho(packet.properties, PacketTypes.DISCONNECT))
        case mqtt.Pingreq():
            client._send_pingreq()
        case mqtt.Puback() | mqtt.Pubrec() | mqtt.Pubrel() | mqtt.Pubcomp():
            getattr(client, f"_send_{packet.kind.name.lower()}")(packet.packet_id)
    client._sock = None
    return bytes(sent)


def _paho_options(one: mqtt.Subscription, version: Version) -> Any:
    if version is Version.V311:
        return one.qos
    return SubscribeOptions(one.qos, one.no_local, one.retain_as_published, one.retain_handling)


def _paho_connect(client: Any, packet: mqtt.Connect) -> None:
    client._client_id = packet.client_id.encode()
    client._clean_start = client._clean_session = packet.clean_start
    if packet.username is not None:
        client._username, client._password = packet.username.encode(), packet.password
    client._connect_properties = _to_paho(packet.properties, PacketTypes.CONNECT)
    if will := packet.will:
        client._will, client._will_topic, client._will_payload = True, will.topic.encode(), will.payload
        client._will_qos, client._will_retain = will.qos, will.retain
        client._will_properties = _to_paho(will.properties, PacketTypes.WILLMESSAGE)
    client._send_connect(packet.keep_alive_s)


# mqtt5 ----------------------------------------------------------------------------------------------------------------

_NAMES = {
    "subscription_identifiers": "subscription_ids",
    "assigned_client_identifier": "assigned_client_id",
    "request_problem_information": "request_problem_info",
    "request_response_information": "request_response_info",
    "response_information": "response_info",
    "reason_string": "reason_str",
    "receive_maximum": "receive_max",
    "topic_alias_maximum": "topic_alias_max",
    "maximum_qos": "max_qos",
    "maximum_packet_size": "max_packet_size",
    "subscription_identifier_available": "subscription_id_available",
}

_ASSUMED: dict[str, Any] = {
    "payload_format_indicator": 0,
    "will_delay_interval": 0,
    "request_problem_information": True,
    "request_response_information": False,
    "receive_maximum": 65_535,
    "topic_alias_maximum": 0,
    "retain_available": True,
    "wildcard_subscription_available": True,
    "subscription_identifier_available": True,
    "shared_subscription_available": True,
}
"""What MQTT 5 assumes where a property is absent: mqtt5 does not tell that from its being there."""


def _shortened(some: Properties) -> Properties:
    same = {name: None for name, value in _ASSUMED.items() if getattr(some, name) == value}
    return some._replace(**same)  # type: ignore[arg-type]  # each may be absent


def for_mqtt5(packet: Packet) -> Packet:
    """The packet without what says no more than its absence."""
    if isinstance(packet, mqtt.Pingreq | mqtt.Pingresp):
        return packet
    some = _shortened(packet.properties)
    if isinstance(packet, mqtt.Connect):
        if some.session_expiry_interval == 0:
            some = some._replace(session_expiry_interval=None)
        will = packet.will and replace(packet.will, properties=_shortened(packet.will.properties))
        return replace(packet, properties=some, will=will)
    return replace(packet, properties=some)


def _words(some: Properties, rival: Any) -> dict[str, Any]:
    found = {_NAMES.get(name, name): value for name, value in some._asdict().items() if value is not None}
    if "max_qos" in found:
        found["max_qos"] = rival.QoS(found["max_qos"])
    return {name: list(value) if isinstance(value, tuple) else value for name, value in found.items() if value != ()}


def in_mqtt5(packet: Packet, rival: Any) -> Any:
    """The packet as an object of `rival`, the module mqtt5."""
    return _MAKERS[packet.kind](packet, {} if packet.kind in _BARE else _words(packet.properties, rival), rival)  # type: ignore[union-attr]  # the bare ones were sorted out


_BARE = {Kind.PINGREQ, Kind.PINGRESP}


def _connect(packet: mqtt.Connect, words: dict[str, Any], rival: Any) -> Any:
    will = packet.will and rival.Will(
        packet.will.topic,
        payload=packet.will.payload,
        qos=rival.QoS(packet.will.qos),
        retain=packet.will.retain,
        **_words(packet.will.properties, rival),
    )
    said = {"clean_start": packet.clean_start, "keep_alive": packet.keep_alive_s, "will": will}
    who = {"username": packet.username, "password": packet.password}
    return rival.ConnectPacket(packet.client_id, **said, **who, **words)


def _publish(packet: mqtt.Publish, words: dict[str, Any], rival: Any) -> Any:
    said = {"qos": rival.QoS(packet.qos), "retain": packet.retain, "duplicate": packet.dup}
    return rival.PublishPacket(packet.topic, packet.payload, packet_id=packet.packet_id or None, **said, **words)


def _subscribe(packet: mqtt.Subscribe, words: dict[str, Any], rival: Any) -> Any:
    words = {name.removesuffix("s") if name == "subscription_ids" else name: value for name, value in words.items()}
    if "subscription_id" in words:
        words["subscription_id"] = words["subscription_id"][0]
    filters = [
        rival.TopicFilter(
            one.filter,
            max_qos=rival.QoS(one.qos),
            no_local=one.no_local,
            retain_as_published=one.retain_as_published,
            retain_handling=rival.RetainHandling(one.retain_handling),
        )
        for one in packet.subscriptions
    ]
    return rival.SubscribePacket(packet.packet_id, filters, **words)


def _connack(packet: mqtt.Connack, words: dict[str, Any], rival: Any) -> Any:
    reason = rival.ConnAckReasonCode(packet.reason)
    return rival.ConnAckPacket(session_present=packet.session_present, reason_code=reason, **words)


def _acknowledging(name: str) -> Callable[[Any, dict[str, Any], Any], Any]:
    def make(packet: Any, words: dict[str, Any], rival: Any) -> Any:
        reason = getattr(rival, f"{name}ReasonCode")(packet.reason)
        return getattr(rival, f"{name}Packet")(packet.packet_id, reason_code=reason, **words)

    return make


def _answering(name: str) -> Callable[[Any, dict[str, Any], Any], Any]:
    def make(packet: Any, words: dict[str, Any], rival: Any) -> Any:
        reasons = [getattr(rival, f"{name}ReasonCode")(reason) for reason in packet.reasons]
        return getattr(rival, f"{name}Packet")(packet.packet_id, reasons, **words)

    return make


def _ending(name: str) -> Callable[[Any, dict[str, Any], Any], Any]:
    def make(packet: Any, words: dict[str, Any], rival: Any) -> Any:
        return getattr(rival, f"{name}Packet")(reason_code=getattr(rival, f"{name}ReasonCode")(packet.reason), **words)

    return make


_MAKERS: dict[Kind, Callable[[Any, dict[str, Any], Any], Any]] = {
    Kind.CONNECT: _connect,
    Kind.CONNACK: _connack,
    Kind.PUBLISH: _publish,
    Kind.PUBACK: _acknowledging("PubAck"),
    Kind.PUBREC: _acknowledging("PubRec"),
    Kind.PUBREL: _acknowledging("PubRel"),
    Kind.PUBCOMP: _acknowledging("PubComp"),
    Kind.SUBSCRIBE: _subscribe,
    Kind.SUBACK: _answering("SubAck"),
    Kind.UNSUBSCRIBE: lambda packet, words, rival: rival.UnsubscribePacket(
        packet.packet_id, list(packet.filters), **words
    ),
    Kind.UNSUBACK: _answering("UnsubAck"),
    Kind.PINGREQ: lambda _packet, _words, rival: rival.PingReqPacket(),
    Kind.PINGRESP: lambda _packet, _words, rival: rival.PingRespPacket(),
    Kind.DISCONNECT: _ending("Disconnect"),
    Kind.AUTH: _ending("Auth"),
}
