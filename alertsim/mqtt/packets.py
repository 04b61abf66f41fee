"""The packets of MQTT, a closed family of frozen values that serves 3.1.1 and 5 alike.

What only MQTT 5 has (properties, most reasons, subscription options) is left at its default in 3.1.1.
"""

from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from alertsim.mqtt.codes import Kind
from alertsim.mqtt.properties import NO_PROPERTIES, Properties


@dataclass(frozen=True, slots=True)
class Will:
    """What the broker publishes for a client that is gone without a DISCONNECT."""

    topic: str
    payload: bytes = b""
    qos: int = 0
    retain: bool = False
    properties: Properties = NO_PROPERTIES


@dataclass(frozen=True, slots=True)
class Connect:
    """A client introduces itself; `clean_start` is 3.1.1's clean session, `keep_alive_s` 0 switches it off."""

    kind: ClassVar[Kind] = Kind.CONNECT
    client_id: str = ""
    clean_start: bool = True
    keep_alive_s: int = 60
    username: str | None = None
    password: bytes | None = None
    will: Will | None = None
    properties: Properties = NO_PROPERTIES


@dataclass(frozen=True, slots=True)
class Connack:
    """The answer to CONNECT; `reason` is a `Reason` in MQTT 5, a `ReturnCode` in 3.1.1."""

    kind: ClassVar[Kind] = Kind.CONNACK
    session_present: bool = False
    reason: int = 0
    properties: Properties = NO_PROPERTIES


@dataclass(frozen=True, slots=True)
class Publish:
    """A message; `packet_id` is 0 at QoS 0, the topic empty where an alias stands for it."""

    kind: ClassVar[Kind] = Kind.PUBLISH
    topic: str
    payload: bytes = b""
    qos: int = 0
    packet_id: int = 0
    retain: bool = False
    dup: bool = False
    properties: Properties = NO_PROPERTIES


@dataclass(frozen=True, slots=True)
class _Acknowledgement:
    packet_id: int
    reason: int = 0
    properties: Properties = NO_PROPERTIES


class Puback(_Acknowledgement):
    """QoS 1: the message is taken over."""

    __slots__ = ()
    kind: ClassVar[Kind] = Kind.PUBACK


class Pubrec(_Acknowledgement):
    """QoS 2: the message is here."""

    __slots__ = ()
    kind: ClassVar[Kind] = Kind.PUBREC


class Pubrel(_Acknowledgement):
    """QoS 2: now pass it on."""

    __slots__ = ()
    kind: ClassVar[Kind] = Kind.PUBREL


class Pubcomp(_Acknowledgement):
    """QoS 2: done."""

    __slots__ = ()
    kind: ClassVar[Kind] = Kind.PUBCOMP


@dataclass(frozen=True, slots=True)
class Subscription:
    """One filter of a SUBSCRIBE, with the highest QoS wanted; the other options are MQTT 5's."""

    filter: str
    qos: int = 0
    no_local: bool = False
    retain_as_published: bool = False
    retain_handling: int = 0


@dataclass(frozen=True, slots=True)
class Subscribe:
    """A client asks for messages."""

    kind: ClassVar[Kind] = Kind.SUBSCRIBE
    packet_id: int
    subscriptions: tuple[Subscription, ...]
    properties: Properties = NO_PROPERTIES


@dataclass(frozen=True, slots=True)
class Suback:
    """The QoS granted, or a failure, for each filter in order."""

    kind: ClassVar[Kind] = Kind.SUBACK
    packet_id: int
    reasons: tuple[int, ...]
    properties: Properties = NO_PROPERTIES


@dataclass(frozen=True, slots=True)
class Unsubscribe:
    """A client wants no more of these filters."""

    kind: ClassVar[Kind] = Kind.UNSUBSCRIBE
    packet_id: int
    filters: tuple[str, ...]
    properties: Properties = NO_PROPERTIES


@dataclass(frozen=True, slots=True)
class Unsuback:
    """A reason for each filter in order; none at all in 3.1.1."""

    kind: ClassVar[Kind] = Kind.UNSUBACK
    packet_id: int
    reasons: tuple[int, ...] = ()
    properties: Properties = NO_PROPERTIES


@dataclass(frozen=True, slots=True)
class Pingreq:
    """A client is still there."""

    kind: ClassVar[Kind] = Kind.PINGREQ


@dataclass(frozen=True, slots=True)
class Pingresp:
    """So is the broker."""

    kind: ClassVar[Kind] = Kind.PINGRESP


@dataclass(frozen=True, slots=True)
class Disconnect:
    """The last packet of a connection; in 3.1.1 only a client sends it, and without a reason."""

    kind: ClassVar[Kind] = Kind.DISCONNECT
    reason: int = 0
    properties: Properties = NO_PROPERTIES


@dataclass(frozen=True, slots=True)
class Auth:
    """MQTT 5: a step of an extended authentication."""

    kind: ClassVar[Kind] = Kind.AUTH
    reason: int = 0
    properties: Properties = NO_PROPERTIES


Packet: TypeAlias = (
    Connect
    | Connack
    | Publish
    | Puback
    | Pubrec
    | Pubrel
    | Pubcomp
    | Subscribe
    | Suback
    | Unsubscribe
    | Unsuback
    | Pingreq
    | Pingresp
    | Disconnect
    | Auth
)
