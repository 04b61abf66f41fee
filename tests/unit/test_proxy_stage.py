"""The packet stage: what no rule strikes goes on as it came, what one strikes is told apart, and memory is bounded."""

import random
import tracemalloc
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertsim.mqtt import (
    Aliases,
    Connack,
    Connect,
    Disconnect,
    Packet,
    Pingreq,
    Pingresp,
    Properties,
    ProtocolError,
    Puback,
    Pubcomp,
    Publish,
    Pubrec,
    Pubrel,
    Reason,
    Suback,
    Version,
    encode,
)
from alertsim.proxy.framing import MAX_PACKET
from alertsim.proxy.lane import MAX_HELD
from alertsim.proxy.rules import Direction
from alertsim.proxy.stage import Stage
from alertsim.proxy.topics import MOST
from tests.mqtt_packets import packet, random_sources
from tests.stage_world import DOWN, PROPERTIES, UP, V5, World, ids, orders, read, some, written


def cuts(data: bytes, draw: random.Random) -> Iterator[bytes]:
    places = sorted(draw.randrange(len(data) + 1) for _ in range(draw.randrange(12)))
    return (data[start:stop] for start, stop in pairwise([0, *places, len(data)]))


def talk(draw: random.Random, version: Version, *, aliases: bool = True) -> tuple[bytes, bytes]:
    """What a client and a broker say after CONNECT and CONNACK, each of it valid by itself."""
    said: list[Packet] = [one for one in (packet(draw, version) for _ in range(24)) if _later(one, aliases)]
    half = len(said) // 2
    return written(*said[:half], version=version), written(*said[half:], version=version)


def _later(one: Packet, aliases: bool) -> bool:
    if isinstance(one, Publish):
        return aliases or one.properties.topic_alias is None
    return not isinstance(one, Connect | Connack)


@given(random_sources, st.sampled_from(Version))
def test_without_rules_the_very_bytes_pass(draw: random.Random, version: Version) -> None:
    """However the stream is cut, what comes out is what went in, and each piece of it is whole packets."""
    stage = Stage("client", orders())
    up, down = talk(draw, version)
    up = written(Connect("c"), version=version) + up
    assert b"".join(stage.feed(UP, chunk, 0.0) for chunk in cuts(up, draw)) == up
    pieces = [stage.feed(DOWN, chunk, 0.0) for chunk in cuts(down, draw)]
    assert b"".join(pieces) == down
    for piece in pieces:
        read(piece, version)
    assert (stage.over, stage.cause, stage.due(), stage.held) == (False, "", float("inf"), 0)


RULES = [
    "drop publish every 3", "delay publish 500ms p=0.3 topic=+", "duplicate publish qos=1 p=0.4", "drop puback every 2",
    "reorder publish every 4", "reorder any every 3 down", "delay any 1s p=0.2 up", "drop suback down",
]  # fmt: skip


@given(random_sources, st.sampled_from(Version), st.lists(st.sampled_from(RULES), max_size=4))
def test_rules_do_not_see_how_a_stream_is_cut(draw: random.Random, version: Version, rules: list[str]) -> None:
    """Any rules do the same to the same stream, wherever it is cut; nothing comes of it but whole packets."""
    up, down = talk(draw, version, aliases=False)
    hello = written(Connect("c"), version=version)
    outcomes = []
    for _ in range(2):
        stage, found = Stage("client", orders(*rules)), {UP: b"", DOWN: b""}
        for way, said in ((UP, hello + up), (DOWN, down)):
            found[way] += b"".join(stage.feed(way, chunk, 0.0) for chunk in cuts(said, draw))
        for now in (0.5, 1.0):
            for way, late in stage.ready(now):
                found[way] += late
        outcomes.append((found, stage.cause, stage.due()))
        for said in found.values():
            read(said.removeprefix(hello), version)
    assert outcomes[0] == outcomes[1]
    assert outcomes[0][1:] == ("", float("inf"))


def test_every_third_puback_is_dropped() -> None:
    """Of the answers 1 to 10 the third, sixth and ninth never come; the others do, as they were; it is counted."""
    world = World("drop puback every 3 up")
    answers = [encode(Puback(n), V5) + encode(Pingreq(), V5) for n in range(1, 11)]
    assert ids(world.up(b"".join(answers))) == [1, 2, 4, 5, 7, 8, 10]
    assert world.down(some(range(1, 11))) == some(range(1, 11))
    assert (world.orders.met, world.orders.struck) == ([10], [3])


def test_rules_choose_messages() -> None:
    """By topic filter, QoS and direction; the first rule in order that strikes decides, all of them count."""
    world = World("drop publish topic=a/+ qos=1 down", "duplicate publish topic=a/# down")
    said = [Publish("a/b", b"", 1, 1), Publish("a/b"), Publish("a/b/c", b"", 1, 2), Publish("b", b"", 1, 3)]
    assert read(world.down(written(*said))) == [said[1], said[1], said[2], said[2], said[3]]
    assert world.up(written(*said)) == written(*said)
    assert (world.orders.met, world.orders.struck) == ([1, 3], [1, 2])


def test_a_delayed_packet_is_overtaken() -> None:
    """It comes when its time is over, not before; the delayed ones keep their order, as all others do."""
    world = World("delay publish 500ms every 2 down", "delay pingresp 250ms")
    assert ids(world.down(some(range(1, 6)), 10.0)) == [1, 3, 5]
    assert world.stage.due() == 10.5
    world.down(encode(Pingresp(), V5), 10.0)
    assert (world.stage.due(), world.stage.keeps(DOWN), world.stage.keeps(UP)) == (10.25, True, False)
    assert world.ready(10.2) == {}
    assert world.ready(10.3) == {DOWN: encode(Pingresp(), V5)}
    assert ids(world.down(some([6, 7]), 10.4)) == [7]
    assert ids(world.down(some([8]), 10.6)) == [2, 4], "what is due goes before what comes; every second is delayed"
    assert [ids(each) for each in world.ready(20.0).values()] == [[6, 8]]
    assert (world.stage.due(), world.stage.held) == (float("inf"), 0)


def test_a_duplicate_is_the_same_bytes_twice() -> None:
    """Both in a row, in their place."""
    world = World("duplicate publish every 2 up")
    assert ids(world.up(some(range(1, 5)))) == [1, 2, 2, 3, 4, 4]


@pytest.mark.parametrize(
    ("rule", "order"),
    [
        ("reorder publish every 3", [1, 2, 4, 3, 5, 7, 6]),
        ("reorder publish", [2, 1, 4, 3, 6, 5]),
        ("reorder publish every 3 qos=1", [1, 2, 4, 3, 5, 7, 6]),
    ],
)
def test_a_reordered_packet_follows_the_next(rule: str, order: list[int]) -> None:
    """The next that the rule is about goes first; what the rule is not about passes meanwhile."""
    world = World(rule)
    mixed = b"".join(some([n]) + encode(Suback(n, (0,)), V5) for n in range(1, 8))
    assert ids(world.down(mixed)) == order


def test_reordering_has_patience() -> None:
    """Without a successor it goes on after a second, or the time the rule says; then the rule strikes again."""
    world = World("reorder publish 2s down")
    assert world.down(some([1]), 1.0) == b""
    assert world.stage.due() == 3.0
    assert world.down(some([2]), 3.0) == some([1]), "its time was over, so the next one is kept"
    assert world.down(some([3]), 3.1) == some([3, 2])


def test_an_end_overtakes_nothing() -> None:
    """A DISCONNECT waits for what was kept before it."""
    world = World("delay publish 500ms up", "reorder pingreq 1s")
    assert world.up(written(Publish("t"), Pingreq(), Disconnect()), 1.0) == b""
    assert world.ready(1.5) == {UP: written(Publish("t"))}
    assert world.ready(2.0) == {UP: written(Pingreq(), Disconnect())}


def test_rules_may_change_and_end() -> None:
    """New orders hold from then on and count from one; what was kept comes as it was to come. A rule has an end."""
    world = World("reorder publish 10s down", "delay publish 3s for 5s")
    assert world.down(some([1]), 1.0) == b""
    world.stage.obey(orders("drop publish every 2", since=1.0))
    assert world.down(some([2, 3, 4]), 2.0) == some([2, 4])
    world.stage.obey(orders("drop publish for 5s", since=2.0))
    assert world.down(some([5]), 6.9) + world.down(some([6]), 7.0) == some([6])
    assert world.ready(11.0) == {DOWN: some([1])}


def aliased(topic: str, alias: int, body: bytes = b"") -> Publish:
    return Publish(topic, body, properties=PROPERTIES._replace(topic_alias=alias))


def test_a_topic_survives_the_packet_that_named_it() -> None:
    """Rules know what an alias stands for; who missed that is told with the next packet, once."""
    world = World(
        "drop publish topic=alert/+ every 2 down", hello=Connect("c", properties=Properties(topic_alias_maximum=5))
    )
    said = [
        aliased("alert/1", 1),
        aliased("", 1),
        aliased("", 1),
        aliased("alert/2", 1),
        aliased("", 1),
        aliased("", 1),
    ]
    told = read(world.down(written(*said)))
    assert told == [said[0], said[2], aliased("alert/2", 1)]
    assert world.down(written(aliased("", 1), aliased("", 1))) == written(aliased("", 1))


def test_a_late_packet_has_its_topic_with_it() -> None:
    """By then its alias may stand for another topic."""
    world = World("delay publish 1s every 2 down", hello=Connect("c", properties=Properties(topic_alias_maximum=1)))
    first = world.down(written(aliased("a", 1, b"1"), aliased("", 1, b"2"), aliased("b", 1, b"3")), 0.0)
    assert read(first) == [aliased("a", 1, b"1"), aliased("b", 1, b"3")]
    assert read(world.ready(1.0)[DOWN]) == [Publish("a", b"2", properties=PROPERTIES)]


@given(random_sources, st.lists(st.sampled_from(RULES[:6]), max_size=3))
def test_receivers_understand_every_alias(draw: random.Random, rules: list[str]) -> None:
    """Whatever rules do to messages, each that arrives has the topic its sender meant, and none an unknown alias."""
    world = World(*rules, welcome=Properties(topic_alias_maximum=3))
    meant, sent = Aliases(3), []
    for n in range(20):
        alias = draw.choice([0, 1, 2, 3])
        new = not alias or alias not in meant._topics or draw.random() < 0.3
        topic = draw.choice(["a", "b", "c/d"]) if new else ""
        sent.append(aliased(topic, alias, b"%d" % n) if alias else Publish(topic, b"%d" % n))
        meant.resolved(sent[-1])
    meant, heard = Aliases(3), Aliases(3)
    topics = {one.payload: meant.resolved(one).topic for one in sent}
    came = world.up(written(*sent)) + world.ready(9.0).get(UP, b"")
    for one in read(came):
        assert isinstance(one, Publish)
        assert heard.resolved(one).topic == topics[one.payload]


def test_aliases_beyond_what_was_agreed_end_a_connection() -> None:
    """One that is too high or stands for nothing, or topics without measure, are the sender's fault."""
    for wrong in (aliased("a", 2), aliased("", 1)):
        world = World(welcome=Properties(topic_alias_maximum=1))
        assert world.up(written(Pingreq(), wrong, Pingreq())) == written(Pingreq())
        assert world.stage.over and world.stage.cause.startswith("the client: the topic alias")
    world = World(hello=Connect("c", properties=Properties(topic_alias_maximum=65_535)))
    for alias in range(1, MOST // 60_000 + 2):
        world.down(written(aliased("x" * 60_000, alias)))
    assert world.stage.cause == "the broker: topic aliases stand for more than 1,048,576 bytes"


@pytest.mark.parametrize("window", [1, 20])
@pytest.mark.parametrize("by", ["max_inflight", "Receive Maximum"])
def test_a_full_window_of_silence_is_noted(window: int, by: str) -> None:
    """When all that may be in flight is left unanswered, the broker sends no more; said once, with the time."""
    hello = Connect("c", properties=Properties(receive_maximum=window if by == "Receive Maximum" else None))
    world = World("drop puback up", hello=hello, max_inflight=window if by == "max_inflight" else 0)
    for n in range(1, window):
        world.up(encode(Puback(n), V5), n)
    assert not world.stage.stalled
    world.up(encode(Puback(window), V5), 50.0)
    world.up(encode(Puback(window), V5), 60.0)
    (stall,) = world.stage.stalled
    assert (stall.direction, stall.window, stall.at) == (DOWN, window, 50.0)
    assert (
        str(stall)
        == f"all {window} messages in flight to the client stayed unanswered: none follows before a reconnect"
    )


def test_a_client_stalls_too() -> None:
    """The broker's Receive Maximum is the client's window; any lost packet of an exchange keeps its place in it."""
    world = World(
        "drop publish topic=lost", "drop pubrec down", "drop pubrel up", "drop pubcomp",
        welcome=Properties(receive_maximum=4),
    )  # fmt: skip
    world.up(written(Publish("lost", b"", 1, 1), Publish("lost"), Pubrel(3), Pubcomp(9)))
    world.down(written(Pubrec(2), Puback(8)))
    assert not world.stage.stalled
    world.down(encode(Pubcomp(4), V5), 7.0)
    (stall,) = world.stage.stalled
    assert (stall.direction, stall.window, stall.at) == (UP, 4, 7.0)
    assert "in flight to the broker" in str(stall)


def test_an_answer_after_all_makes_room() -> None:
    """Who answers later, or refuses at PUBREC, is not silent; other packets with that number are no answer."""
    world = World("drop puback every 2", "drop pubrec every 2", max_inflight=3)
    world.up(written(Puback(9), Puback(1), Pubrec(9), Pubrec(2)))
    world.up(written(Puback(1), Pubrec(2, Reason.NOT_AUTHORIZED)))
    world.up(written(Puback(3), Pubrec(4)))
    world.up(written(Pubrec(3), Pubrec(4)))
    assert not world.stage.stalled
    world.up(written(Puback(8), Puback(5)))
    assert len(world.stage.stalled) == 1


def test_a_client_of_another_protocol_is_told_so() -> None:
    """MQTT 3.1 and below cannot be read: CONNACK says the version is not accepted."""
    stage = Stage("client", orders())
    assert stage.feed(UP, b"\x10\x0f\x00\x06MQIsdp\x03\x02\x00\x3c\x00\x01c", 0.0) == b""
    assert stage.due() == 0.0 and stage.ready(0.0) == [(DOWN, b"\x20\x02\x00\x01")]
    assert stage.over and stage.cause == (
        "the client: CONNECT asks for 'MQIsdp' level 3; known are MQTT 3.1.1 (4) and 5"
    )


HELLO = written(Connect("c"))


@pytest.mark.parametrize(
    ("up", "down", "cause"),
    [
        (b"GET / HTTP/1.1\r\n", b"", "the client: the first packet is no CONNECT"),
        (b"\x16\x03\x01", b"", "the client: the first packet is no CONNECT"),
        (HELLO + HELLO, b"", "the client: CONNECT comes a second time"),
        (HELLO + b"\xff\xff\xff\xff", b"", "the client: AUTH cannot have the flags 1111 in MQTT 5"),
        (HELLO + b"\x30\xff\xff\xff\xff", b"", "the client: a length has more than four bytes"),
        (HELLO + b"\x30\xff\xff\xff\x7f", b"", "the client: a packet of 268,435,460 bytes is larger than 524,288"),
        (HELLO + b"\x30\x02\x00\x09", b"", "the client: a packet or its properties end in the middle of a value"),
        (HELLO, b"\x00", "the broker: the reserved packet type 0 cannot have the flags 0000 in MQTT 5"),
        (HELLO, b"\x20\x01\x00", "the broker: a packet or its properties end in the middle of a value"),
    ],
)
def test_garbage_ends_a_connection_with_a_cause(up: bytes, down: bytes, cause: str) -> None:
    """Who sent it and what was wrong; packets before it have gone on, nothing after it does or is kept."""
    stage = Stage("client", orders("drop publish every 2", "delay pingreq 1s"))
    stage.feed(UP, up, 0.0)
    stage.feed(DOWN, down, 0.0)
    assert (stage.over, stage.cause) == (True, cause)
    assert (stage.feed(UP, HELLO, 0.0), stage.feed(DOWN, b"\xd0\x00", 0.0)) == (b"", b"")
    assert stage.held == 0 and stage.crowded(UP) and stage.crowded(DOWN)


def test_what_is_kept_goes_with_its_connection() -> None:
    """Who turns out to speak no MQTT gets nothing more through, not even later."""
    world = World("delay pingreq 1s", "delay pingresp 1s")
    world.down(written(Pingresp()))
    assert world.up(written(Pingreq()) + b"\xff") == b""
    assert world.stage.over and world.stage.held == 0
    assert (world.ready(1.0), world.stage.due()) == ({}, float("inf"))


NOISE = st.binary(max_size=40) | st.sampled_from(
    [written(Publish("t")), written(Puback(1)), b"\x40\x00", b"\x62\x01\x00", b"\x20\x00", b"\x32\x01", HELLO]
)


@given(st.lists(st.tuples(st.sampled_from(Direction), NOISE), max_size=12), st.sampled_from(Version))
def test_noise_passes_whole_or_not_at_all(noise: list[tuple[Direction, bytes]], version: Version) -> None:
    """Without rules what comes out is a beginning of what went in; the rest waits or has ended the connection."""
    world = World(version=version)
    fed, came = {UP: b"", DOWN: b""}, {UP: b"", DOWN: b""}
    for way, chunk in noise:
        fed[way] += chunk
        came[way] += world.stage.feed(way, chunk, 0.0)
    left = sum(len(fed[way].removeprefix(came[way])) for way in Direction)
    assert all(fed[way].startswith(came[way]) for way in Direction)
    assert world.stage.held == (0 if world.stage.over else left)
    assert world.stage.over == bool(world.stage.cause)


@given(st.lists(st.tuples(st.sampled_from(Direction), NOISE), max_size=12), st.sampled_from(Version), st.booleans())
def test_no_bytes_break_it(noise: list[tuple[Direction, bytes]], version: Version, translate: bool) -> None:
    """Rules or translation, any bytes on either side: no exception, and a broker that is translated to gets packets."""
    world = World(*RULES, version=version, translate=translate)
    came = b""
    for way, chunk in noise:
        out = world.stage.feed(way, chunk, 0.0)
        came += out if way is UP else b""
    came += dict(world.stage.ready(100.0)).get(UP, b"")
    assert not world.stage.keeps(UP) and not world.stage.keeps(DOWN)
    if translate and version is Version.V311:
        assert not [one for one in read(came) if isinstance(one, ProtocolError)]


def test_a_broker_waits_for_connect() -> None:
    """Nothing is read from a broker that speaks first, and nothing of it lost."""
    stage = Stage("client", orders())
    assert stage.crowded(DOWN) and not stage.crowded(UP)
    assert stage.feed(DOWN, written(Pingresp()), 0.0) == b""
    assert stage.feed(UP, HELLO, 0.0) == HELLO
    assert stage.ready(0.0) == [(DOWN, written(Pingresp()))]


def pushed(stage: Stage, way: Direction, chunk: bytes, limit: int = 10_000) -> int:
    """Bytes of memory it costs to push until the stage is crowded."""
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        for _ in range(limit):
            if stage.crowded(way):
                break
            stage.feed(way, chunk, 0.0)
        return tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("one", [Pingreq(), Publish("t", b"x" * 500), Publish("t", b"x" * 500_000)])
def test_what_is_kept_is_bounded(one: Packet) -> None:
    """A delay of an hour keeps about half a megabyte; then nothing more is read until it is over; nothing is lost."""
    world = World("delay pingreq 1h up", "delay publish 1h up")
    chunk = encode(one, V5) * max(65_536 // len(encode(one, V5)), 1)
    cost = pushed(world.stage, UP, chunk)
    assert MAX_HELD / 2 < cost < 2.5 * 1024 * 1024
    assert world.stage.crowded(UP) and not world.stage.crowded(DOWN)
    assert MAX_HELD <= world.stage.held < MAX_HELD + MAX_PACKET + 65_536
    came = b""
    while world.stage.due() < float("inf"):
        came += world.ready(world.stage.due())[UP]
    assert set(read(came)) == {one} and not world.stage.crowded(UP) and world.stage.held == 0


def test_half_a_packet_is_bounded() -> None:
    """What never becomes whole takes no more than the largest packet."""
    world, largest = World(), b"\x30\xfc\xff\x1f" + bytes(MAX_PACKET - 4)
    assert pushed(world.stage, UP, largest[:60_000], 1) < 2 * 60_000
    assert pushed(world.stage, UP, largest[60_000:-1], 1) < 2 * MAX_PACKET
    assert (world.stage.held, world.up(largest[-1:])) == (MAX_PACKET - 1, largest)
