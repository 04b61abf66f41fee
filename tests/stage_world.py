"""A packet stage between a client and a broker, for tests: what each says, and what comes of it."""

from alertsim.mqtt import (
    NO_PROPERTIES,
    Connack,
    Connect,
    Packet,
    Properties,
    ProtocolError,
    Puback,
    Pubcomp,
    Publish,
    Pubrec,
    Pubrel,
    Reader,
    Version,
    encode,
)
from alertsim.proxy.fates import Orders
from alertsim.proxy.rule_text import read_rule
from alertsim.proxy.rules import Direction
from alertsim.proxy.stage import Stage

UP, DOWN = Direction
V311, V5 = Version.V311, Version.V5
PROPERTIES = Properties(content_type="application/json", user_properties=(("status", "Exercise"),))


def orders(*texts: str, since: float = 0.0) -> Orders:
    """Rules as people type them."""
    return Orders(tuple(map(read_rule, texts)), seed=1, since=since)


def written(*packets: Packet, version: Version = V5) -> bytes:
    """Packets as bytes."""
    return b"".join(encode(one, version) for one in packets)


def read(data: bytes, version: Version = V5) -> list[Packet | ProtocolError]:
    """The packets, whole as they must be."""
    reader = Reader(version)
    found = reader.feed(data)
    assert not reader.waiting, "half a packet"
    return found


def ids(data: bytes, version: Version = V5) -> list[int]:
    """The packet identifiers of messages and answers."""
    return [
        one.packet_id for one in read(data, version) if isinstance(one, Publish | Puback | Pubrec | Pubrel | Pubcomp)
    ]


def some(numbers: range | list[int], qos: int = 1) -> bytes:
    """Messages with these packet identifiers, in MQTT 5."""
    return written(*(Publish("t", b"x", qos, n) for n in numbers))


class World:
    """A stage between a client and a broker that have said hello, and what has come of it."""

    def __init__(
        self,
        *rules: str,
        version: Version = V5,
        hello: Connect | None = None,
        welcome: Properties = NO_PROPERTIES,
        translate: bool = False,
        max_inflight: int = 0,
    ) -> None:
        self.orders = orders(*rules)
        self.stage = Stage("client", self.orders, translate=translate, max_inflight=max_inflight, keep_alive_s=30)
        self.hello = self.up(written(hello or Connect("c"), version=version))
        self.welcome = self.down(written(Connack(properties=welcome), version=V5 if translate else version))

    def up(self, data: bytes, now: float = 0.0) -> bytes:
        """The client sends; what goes on to the broker."""
        return self.stage.feed(UP, data, now)

    def down(self, data: bytes, now: float = 0.0) -> bytes:
        """The broker sends; what goes on to the client."""
        return self.stage.feed(DOWN, data, now)

    def ready(self, now: float) -> dict[Direction, bytes]:
        """What is due, by direction."""
        return dict(self.stage.ready(now))
