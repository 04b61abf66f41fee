"""The packet stage in front of a broker that speaks MQTT 5 alone: a 3.1.1 client notices nothing of it."""

import random
from itertools import pairwise

import pytest
from hypothesis import given

from alertsim.mqtt import (
    Connack,
    Connect,
    Disconnect,
    Packet,
    Pingreq,
    Pingresp,
    Properties,
    Puback,
    Pubcomp,
    Publish,
    Pubrec,
    Pubrel,
    Reader,
    Reason,
    Suback,
    Subscribe,
    Subscription,
    Will,
)
from alertsim.mqtt.translation import FOREVER, MANY
from alertsim.proxy.framing import MAX_PACKET
from alertsim.proxy.interpreter import MAX_HELD
from tests.mqtt_packets import packet, random_sources
from tests.stage_world import DOWN, PROPERTIES, UP, V5, V311, World, read, written


def old(*packets: Packet) -> bytes:
    return written(*packets, version=V311)


def world(*rules: str, keep_alive_s: int = 60, window: int | None = None) -> World:
    """A 3.1.1 client before a broker of MQTT 5."""
    hello = Connect("c", clean_start=False, keep_alive_s=keep_alive_s, will=Will("gone", b"c", 1, retain=True))
    return World(*rules, version=V311, hello=hello, welcome=Properties(receive_maximum=window), translate=True)


def test_both_sides_hear_their_own_version() -> None:
    """CONNECT with its will and its session, answers, messages, pings and the end: each in the version of who reads."""
    here = world()
    (hello,) = Reader(None).feed(here.hello)
    assert isinstance(hello, Connect) and hello.properties.session_expiry_interval == FOREVER
    assert hello.will == Will("gone", b"c", 1, retain=True)
    assert here.welcome == old(Connack())
    subscribe = Subscribe(1, (Subscription("#", 1),))
    assert here.up(old(subscribe)) == written(subscribe)
    assert here.down(written(Suback(1, (Reason.QUOTA_EXCEEDED,)))) == old(Suback(1, (0x80,)))
    message = Publish("t", b"x", 1, 7, retain=True, properties=PROPERTIES)
    assert here.down(written(message)) == old(Publish("t", b"x", 1, 7, retain=True))
    assert here.up(old(Puback(7))) == written(Puback(7))
    assert here.up(old(Pingreq())) == written(Pingreq())
    assert here.down(written(Pingresp())) == old(Pingresp())
    assert here.up(old(Disconnect())) == written(Disconnect())
    assert here.stage.over and not here.stage.cause


def test_a_client_of_5_passes_untouched() -> None:
    """One port serves both: where the client speaks the broker's version, the very bytes pass."""
    here = World(translate=True)
    message = written(Publish("t", b"x", properties=PROPERTIES))
    assert (here.hello, here.down(message)) == (written(Connect("c")), message)


@given(random_sources)
def test_translation_does_not_see_how_a_stream_is_cut(draw: random.Random) -> None:
    """Neither side's stream means anything else when it comes in pieces."""
    up = [one for one in (packet(draw, V311) for _ in range(12)) if not isinstance(one, Connect)]
    down = [one for one in (packet(draw, V5) for _ in range(12)) if not isinstance(one, Connect | Connack)]
    outcomes = []
    for pieces in (1, 9):
        here = world("drop publish every 3", window=2)
        came = {UP: b"", DOWN: b""}
        for way, said in ((UP, old(*up)), (DOWN, written(*down))):
            places = [0, *sorted(draw.randrange(len(said) + 1) for _ in range(pieces - 1)), len(said)]
            for start, stop in pairwise(places):
                came[way] += here.stage.feed(way, said[start:stop], 0.0)
        for way, rest in here.stage.ready(0.0):
            came[way] += rest
        outcomes.append((came, here.stage.cause, here.stage.over))
    assert outcomes[0] == outcomes[1]


def test_what_leads_to_the_other_side_is_due_at_once() -> None:
    """A PUBREL for a message the broker refused is answered here: the client gets its PUBCOMP through `ready`."""
    here = world()
    here.up(old(Publish("t", b"", 2, 7)), 5.0)
    assert here.down(written(Pubrec(7, Reason.NOT_AUTHORIZED)), 5.0) == old(Pubrec(7))
    assert here.up(old(Pubrel(7)), 6.0) == b""
    assert here.stage.due() == 6.0
    assert here.stage.ready(6.0) == [(DOWN, old(Pubcomp(7)))]


def test_rules_are_on_the_clients_side() -> None:
    """They strike what the client sends and gets, in either version; what it never sees they do not count."""
    here = world("drop publish every 2 down", "delay pingreq 1s", keep_alive_s=0)
    messages = [Publish("t", b"%d" % n, properties=PROPERTIES) for n in range(4)]
    assert here.down(written(*messages)) == old(Publish("t", b"0"), Publish("t", b"2"))
    assert here.ready(30.0) == {UP: written(Pingreq())}, "our own ping meets no rule"
    assert here.up(old(Pingreq()), 31.0) == b""
    assert here.ready(32.0) == {UP: written(Pingreq())}
    assert here.orders.met == [4, 1]


def test_a_client_without_keep_alive_is_kept_alive() -> None:
    """Where its keep-alive was 0 the broker hears a ping after 30 s of silence, and the client no answer to it."""
    here = world(keep_alive_s=0)
    assert here.stage.due() == 30.0
    here.up(old(Publish("t")), 10.0)
    assert here.stage.due() == 40.0
    assert here.ready(39.9) == {}
    assert here.ready(40.0) == {UP: written(Pingreq())}
    assert here.down(written(Pingresp()), 40.1) == b""
    assert (here.stage.due(), world().stage.due()) == (70.0, float("inf"))


@pytest.mark.parametrize(
    ("size", "most"), [(10, (MANY + 1) * 100), (10_000, MAX_HELD + 10_100), (500_000, MAX_HELD + MAX_PACKET)]
)
def test_what_waits_for_the_window_is_bounded(size: int, most: int) -> None:
    """A client that never heard of the window is read no more when much waits; in the end all of it arrives."""
    here = world(window=1)
    numbers, came, answered = iter(range(1, 1_000)), [], 0
    while not here.stage.crowded(UP):
        came += read(here.up(old(Publish("t", bytes(size), 1, next(numbers)))))
    assert 0 < here.stage.held <= most
    assert not here.stage.crowded(DOWN)
    while answered < len(came):
        assert isinstance(one := came[answered], Publish)
        assert here.down(written(Puback(one.packet_id))) == old(Puback(one.packet_id))
        came += read(here.ready(0.0).get(UP, b"") if here.stage.due() <= 0 else b"")
        answered += 1
    assert answered == next(numbers) - 1 and here.stage.held == 0 and not here.stage.crowded(UP)


def test_a_crowded_client_goes_on_when_the_broker_answers() -> None:
    """What came in one piece and was too much waits unread, and nothing of it is lost."""
    here, count = world(window=1), 3 * MANY
    came = read(here.up(old(*(Publish("t", b"", 1, n) for n in range(1, count + 1)))))
    for n in range(1, count + 1):
        here.down(written(Puback(n)))
        came += read(here.ready(0.0).get(UP, b"") if here.stage.due() <= 0 else b"")
    assert [one.packet_id for one in came if isinstance(one, Publish)] == list(range(1, count + 1))


def test_what_is_not_sent_twice_does_not_count_for_ever() -> None:
    """A client's repetition of what is on its way is left out; when that is answered nothing is held."""
    here = world()
    here.up(old(Publish("t", b"", 1, 7)))
    assert here.up(old(Publish("t", b"", 1, 7, dup=True))) == b""
    here.down(written(Puback(7)))
    assert here.stage.held == 0


def test_a_refused_client_hears_it_before_the_end() -> None:
    """The end waits for what a rule keeps back: a refusal that is delayed still arrives."""
    here = World("delay connack 1s", version=V311, translate=True)
    assert here.welcome == b"" and here.stage.keeps(DOWN)
    here.down(written(Disconnect(Reason.SERVER_SHUTTING_DOWN)), 0.5)
    assert not here.stage.over and here.stage.crowded(UP)
    assert here.ready(1.0) == {DOWN: old(Connack())}
    assert here.stage.over and not here.stage.cause


def test_who_says_what_is_not_his_part_ends_it() -> None:
    """A client's SUBACK, a broker's SUBSCRIBE, and a packet kept back that turns out so."""
    here = world()
    here.up(old(Suback(1, (0,))))
    assert here.stage.cause == "the client: a client does not send SUBACK"
    here = world()
    here.down(written(Subscribe(1, (Subscription("a"),))))
    assert here.stage.cause == "the broker: a broker does not send SUBSCRIBE to a 3.1.1 client"
    here = world("delay suback 1s")
    here.up(old(Suback(1, (0,))))
    assert here.stage.cause == ""
    assert here.ready(1.0) == {}
    assert here.stage.over and here.stage.cause == "the client: a client does not send SUBACK"
