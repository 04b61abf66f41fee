"""The properties of MQTT 5: what each is called, how it is written, where it may stand and what it may say."""

from enum import Enum, auto
from typing import Final, NamedTuple

from alertsim.mqtt.codes import Kind


class Properties(NamedTuple):
    """All 27 of MQTT 5 §2.2.2.2 in the order of their numbers; what is absent is None, or empty where it may repeat.

    Intervals are seconds. User properties keep their order and may repeat a name.
    """

    payload_format_indicator: int | None = None
    message_expiry_interval: int | None = None
    content_type: str | None = None
    response_topic: str | None = None
    correlation_data: bytes | None = None
    subscription_identifiers: tuple[int, ...] = ()
    session_expiry_interval: int | None = None
    assigned_client_identifier: str | None = None
    server_keep_alive: int | None = None
    authentication_method: str | None = None
    authentication_data: bytes | None = None
    request_problem_information: bool | None = None
    will_delay_interval: int | None = None
    request_response_information: bool | None = None
    response_information: str | None = None
    server_reference: str | None = None
    reason_string: str | None = None
    receive_maximum: int | None = None
    topic_alias_maximum: int | None = None
    topic_alias: int | None = None
    maximum_qos: int | None = None
    retain_available: bool | None = None
    user_properties: tuple[tuple[str, str], ...] = ()
    maximum_packet_size: int | None = None
    wildcard_subscription_available: bool | None = None
    subscription_identifier_available: bool | None = None
    shared_subscription_available: bool | None = None

    def __repr__(self) -> str:
        present = [f"{name}={value!r}" for name, value in self._asdict().items() if value is not None and value != ()]
        return f"Properties({', '.join(present)})"


NO_PROPERTIES: Final = Properties()


class Form(Enum):
    """How a value lies in the bytes."""

    BIT = auto()
    FLAG = auto()
    SHORT = auto()
    LONG = auto()
    COUNT = auto()
    TEXT = auto()
    BINARY = auto()
    PAIR = auto()


class Property(NamedTuple):
    """One row of the table: where it may stand, where more than once, and whether it must be above 0."""

    number: int
    name: str
    form: Form
    places: frozenset[Kind]
    repeats: frozenset[Kind]
    positive: bool


_MESSAGE = frozenset({Kind.PUBLISH, Kind.WILL})
_HELLO = frozenset({Kind.CONNECT, Kind.CONNACK})
_CONNECT = frozenset({Kind.CONNECT})
_CONNACK = frozenset({Kind.CONNACK})
_PUBLISH = frozenset({Kind.PUBLISH})
_AUTH = _HELLO | {Kind.AUTH}
_ANY = frozenset(Kind) - {Kind.PINGREQ, Kind.PINGRESP}
_ANSWER = _ANY - {Kind.WILL, Kind.CONNECT, Kind.PUBLISH, Kind.SUBSCRIBE, Kind.UNSUBSCRIBE}

_ROWS: Final[tuple[tuple[int, Form, frozenset[Kind]], ...]] = (
    (0x01, Form.BIT, _MESSAGE),
    (0x02, Form.LONG, _MESSAGE),
    (0x03, Form.TEXT, _MESSAGE),
    (0x08, Form.TEXT, _MESSAGE),
    (0x09, Form.BINARY, _MESSAGE),
    (0x0B, Form.COUNT, _PUBLISH | {Kind.SUBSCRIBE}),
    (0x11, Form.LONG, _HELLO | {Kind.DISCONNECT}),
    (0x12, Form.TEXT, _CONNACK),
    (0x13, Form.SHORT, _CONNACK),
    (0x15, Form.TEXT, _AUTH),
    (0x16, Form.BINARY, _AUTH),
    (0x17, Form.FLAG, _CONNECT),
    (0x18, Form.LONG, frozenset({Kind.WILL})),
    (0x19, Form.FLAG, _CONNECT),
    (0x1A, Form.TEXT, _CONNACK),
    (0x1C, Form.TEXT, _CONNACK | {Kind.DISCONNECT}),
    (0x1F, Form.TEXT, _ANSWER),
    (0x21, Form.SHORT, _HELLO),
    (0x22, Form.SHORT, _HELLO),
    (0x23, Form.SHORT, _PUBLISH),
    (0x24, Form.BIT, _CONNACK),
    (0x25, Form.FLAG, _CONNACK),
    (0x26, Form.PAIR, _ANY),
    (0x27, Form.LONG, _HELLO),
    (0x28, Form.FLAG, _CONNACK),
    (0x29, Form.FLAG, _CONNACK),
    (0x2A, Form.FLAG, _CONNACK),
)
_REPEATS: Final = {0x0B: _PUBLISH, 0x26: _ANY}
_POSITIVE: Final = {0x0B, 0x21, 0x27}

PROPERTIES: Final[tuple[Property, ...]] = tuple(
    Property(number, name, form, places, _REPEATS.get(number, frozenset()), number in _POSITIVE)
    for name, (number, form, places) in zip(Properties._fields, _ROWS, strict=True)
)
"""The table, in the order of `Properties`' fields."""
