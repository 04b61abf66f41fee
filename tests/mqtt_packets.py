"""Random valid packets of both versions, from any `random.Random`: hypothesis' own, or a seeded one for many."""

import random
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from alertsim.mqtt.codes import CODES, Kind, Version
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
from alertsim.mqtt.properties import NO_PROPERTIES, PROPERTIES, Form, Properties

WORDS = ["a", "exercise", "ж", "тривога", "$SYS", "🚀", "\uffff", "é", "", " ", "x" * 130, "UA-30", "~"]
SHARE = "$share/group/"

random_sources = st.randoms(use_true_random=False)


def words(draw: random.Random) -> str:
    return "".join(draw.choices(WORDS, k=draw.randrange(4)))


def topic(draw: random.Random) -> str:
    return "/".join(draw.choices(WORDS, k=draw.randint(1, 4))) or "t"


def pattern(draw: random.Random) -> str:
    levels = draw.choices([*WORDS, "+"], k=draw.randint(1, 4)) + ["#"] * draw.randrange(2)
    return draw.choice(["", "", "", SHARE]) + ("/".join(levels) or "t")


def identifier(draw: random.Random) -> int:
    return draw.choice([1, 255, 256, 65_535, draw.randint(1, 65_535)])


def octets(draw: random.Random) -> bytes:
    return draw.randbytes(draw.choice([0, 1, 5, 40, 130]))


_VALUES: dict[Form, Callable[[random.Random], Any]] = {
    Form.BIT: lambda draw: draw.randrange(2),
    Form.FLAG: lambda draw: draw.random() < 0.5,
    Form.SHORT: identifier,
    Form.LONG: lambda draw: draw.choice([1, 2**16, 2**32 - 1, draw.randint(1, 2**32 - 1)]),
    Form.COUNT: lambda draw: draw.choice([1, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152, 268_435_455]),
    Form.TEXT: words,
    Form.BINARY: octets,
    Form.PAIR: lambda draw: (words(draw), words(draw)),
}


def properties(draw: random.Random, place: Kind, version: Version) -> Properties:
    """Any that may stand there; none in 3.1.1, and none half of the time."""
    if version is Version.V311 or draw.random() < 0.5:
        return NO_PROPERTIES
    values: dict[str, Any] = {}
    for row in PROPERTIES:
        if place not in row.places or draw.random() < 0.6:
            continue
        count = draw.randint(1, 3) if place in row.repeats else 1
        some = tuple(_VALUES[row.form](draw) for _ in range(count))
        values[row.name] = some if row.repeats else some[0]
    if "response_topic" in values:
        values["response_topic"] = topic(draw)
    if "authentication_data" in values or place is Kind.AUTH:
        values["authentication_method"] = words(draw)
    return Properties(**values)


def code(draw: random.Random, kind: Kind, version: Version) -> int:
    return draw.choice([0, *sorted(CODES[version][kind])])


def will(draw: random.Random, version: Version) -> Will:
    some = properties(draw, Kind.WILL, version)
    return Will(topic(draw), octets(draw), draw.randrange(3), draw.random() < 0.5, some)


def connect(draw: random.Random, version: Version) -> Connect:
    username = draw.choice([None, words(draw)])
    return Connect(
        client_id=draw.choice(["", "c", "телефон-1", "x" * 200]) if version is Version.V5 else "c" + words(draw),
        clean_start=draw.random() < 0.5,
        keep_alive_s=draw.choice([0, 60, 65_535]),
        username=username,
        password=None if username is None and version is Version.V311 else draw.choice([None, octets(draw)]),
        will=draw.choice([None, will(draw, version)]),
        properties=properties(draw, Kind.CONNECT, version),
    )


def connack(draw: random.Random, version: Version) -> Connack:
    reason = code(draw, Kind.CONNACK, version)
    return Connack(not reason and draw.random() < 0.5, reason, properties(draw, Kind.CONNACK, version))


def publish(draw: random.Random, version: Version) -> Publish:
    qos, some = draw.randrange(3), properties(draw, Kind.PUBLISH, version)
    return Publish(
        topic="" if some.topic_alias and draw.random() < 0.5 else topic(draw),
        payload=octets(draw) if draw.random() < 0.95 else draw.randbytes(20_000),
        qos=qos,
        packet_id=identifier(draw) if qos else 0,
        retain=draw.random() < 0.5,
        dup=bool(qos) and draw.random() < 0.5,
        properties=some,
    )


def subscription(draw: random.Random, version: Version) -> Subscription:
    one, qos = pattern(draw), draw.randrange(3)
    if version is Version.V311:
        return Subscription(one, qos)
    no_local = draw.random() < 0.5 and not one.startswith(SHARE)
    return Subscription(one, qos, no_local, draw.random() < 0.5, draw.randrange(3))


def subscribe(draw: random.Random, version: Version) -> Subscribe:
    some = tuple(subscription(draw, version) for _ in range(draw.randint(1, 4)))
    return Subscribe(identifier(draw), some, properties(draw, Kind.SUBSCRIBE, version))


def unsubscribe(draw: random.Random, version: Version) -> Unsubscribe:
    some = tuple(pattern(draw) for _ in range(draw.randint(1, 4)))
    return Unsubscribe(identifier(draw), some, properties(draw, Kind.UNSUBSCRIBE, version))


def suback(draw: random.Random, version: Version) -> Suback:
    some = tuple(code(draw, Kind.SUBACK, version) for _ in range(draw.randint(1, 4)))
    return Suback(identifier(draw), some, properties(draw, Kind.SUBACK, version))


def unsuback(draw: random.Random, version: Version) -> Unsuback:
    count = 0 if version is Version.V311 else draw.randint(1, 4)
    some = tuple(code(draw, Kind.UNSUBACK, version) for _ in range(count))
    return Unsuback(identifier(draw), some, properties(draw, Kind.UNSUBACK, version))


def acknowledgement(draw: random.Random, version: Version) -> Packet:
    kinds: list[type[Puback | Pubrec | Pubrel | Pubcomp]] = [Puback, Pubrec, Pubrel, Pubcomp]
    made = draw.choice(kinds)
    return made(identifier(draw), code(draw, made.kind, version), properties(draw, made.kind, version))


def ending(draw: random.Random, version: Version) -> Packet:
    if version is Version.V5 and draw.random() < 0.5:
        some = properties(draw, Kind.AUTH, version)
        return Auth(code(draw, Kind.AUTH, version) if some.authentication_method is not None else 0, some)
    return Disconnect(code(draw, Kind.DISCONNECT, version), properties(draw, Kind.DISCONNECT, version))


def ping(draw: random.Random, _version: Version) -> Packet:
    return Pingreq() if draw.random() < 0.5 else Pingresp()


_MAKERS: list[Callable[[random.Random, Version], Packet]] = [
    connect, connack, publish, publish, publish, acknowledgement, acknowledgement, subscribe, suback,
    unsubscribe, unsuback, ending, ping,
]  # fmt: skip


def packet(draw: random.Random, version: Version) -> Packet:
    """A valid packet of any kind."""
    return draw.choice(_MAKERS)(draw, version)
