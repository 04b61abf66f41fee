"""Proxies at real sockets: what passes through them, in which order, and how late."""

import random
import socket
import threading
import time

from alertsim.mqtt.codes import Version
from alertsim.mqtt.encoding import encode
from alertsim.mqtt.packets import Connack, Connect, Puback, Publish
from alertsim.operators.conditions import CALM, Conditions
from tests.integration.proxy_world import (
    CONNACK,
    HOLE,
    LATE,
    NAME,
    SOON_S,
    Stand,
    connect,
    is_reset,
    is_silent,
    receive,
    reset,
    seconds,
    stand,
)


def test_everything_passes_in_its_order(here: Stand) -> None:
    """Megabytes in both directions at once, while the conditions change all the time, arrive as they were."""
    client, broker = here.pair()
    sent = {client: random.Random(1).randbytes(3_000_000), broker: random.Random(2).randbytes(3_000_000)}
    senders = [threading.Thread(target=end.sendall, args=(data,)) for end, data in sent.items()]
    got: dict[socket.socket, bytes] = {}
    readers = [
        threading.Thread(target=lambda end=end: got.update({end: receive(end, 3_000_000)})) for end in (client, broker)
    ]
    for thread in (*senders, *readers):
        thread.start()
    changes = (LATE, CALM, Conditions(rate_kb=900), HOLE, Conditions(latency_ms=3, jitter_ms=3), CALM)
    for n, change in enumerate(changes * 2):
        here.proxies.assign(NAME, change, changes[(n + 3) % 6])
        time.sleep(0.05)
    here.proxies.assign(NAME)
    for thread in (*senders, *readers):
        thread.join()
    assert got == {client: sent[broker], broker: sent[client]}
    assert here.row()["held"] == 0


def test_latency_is_of_one_direction(here: Stand) -> None:
    """400 ms up are 400 ms up, and nothing down; afterwards nothing at all."""
    client, broker = here.pair()
    assert seconds(client, broker) < SOON_S
    here.proxies.assign(NAME, LATE)
    here.settle()
    assert 0.4 <= seconds(client, broker) < 0.4 + SOON_S
    assert seconds(broker, client) < SOON_S
    here.proxies.assign(NAME)
    here.settle()
    assert seconds(client, broker) < SOON_S


def test_a_new_connection_feels_the_latency_from_its_first_byte(here: Stand) -> None:
    """The broker is called 400 ms later, when CONNECT would be there, and CONNACK is as late again."""
    here.proxies.assign(NAME, LATE, LATE)
    here.settle()
    began_s = time.monotonic()
    client = here.call(connect("late"))
    broker = here.answer()
    assert time.monotonic() - began_s >= 0.4
    assert receive(broker, len(connect("late"))) == connect("late")
    broker.sendall(CONNACK)
    assert receive(client, len(CONNACK)) == CONNACK
    assert 0.8 <= time.monotonic() - began_s < 0.8 + 2 * SOON_S


def test_bandwidth(here: Stand) -> None:
    """300 kB at 200 kB/s take a second and a half."""
    client, broker = here.pair()
    here.proxies.assign(NAME, CALM, Conditions(rate_kb=200))
    here.settle()
    assert 1.45 <= seconds(broker, client, bytes(300_000)) < 1.65 + SOON_S


def test_resets_and_ends_pass_as_what_they_are(here: Stand) -> None:
    """A reset is a reset on the other side, an end an end; half an end lets the other half live."""
    client, broker = here.pair()
    reset(client)
    assert is_reset(broker)
    client, broker = here.pair()
    client.shutdown(socket.SHUT_WR)
    assert broker.recv(1) == b""
    assert seconds(broker, client, bytes(200_000)) < 2
    broker.close()
    assert client.recv(1) == b""
    assert here.wait(lambda row: sum(row["causes"].values()) == 2)["causes"] == {
        "lost on the client's side": 1,
        "closed by the client": 1,
    }


def test_a_slow_close(here: Stand) -> None:
    """The bytes are on time, the end comes half a second behind them."""
    client, broker = here.pair()
    here.proxies.assign(NAME, CALM, Conditions(slow_close_ms=500))
    here.settle()
    began_s = time.monotonic()
    broker.sendall(b"bye")
    broker.close()
    assert receive(client, 3) == b"bye"
    assert time.monotonic() - began_s < SOON_S
    assert client.recv(1) == b""
    assert 0.5 <= time.monotonic() - began_s < 0.5 + SOON_S


def test_a_limit_of_bytes(here: Stand) -> None:
    """So many bytes and no more, then the end."""
    client, broker = here.pair()
    here.proxies.assign(NAME, CALM, Conditions(limit_bytes=1_234))
    here.settle()
    broker.sendall(bytes(5_000))
    assert len(receive(client, 5_000)) == 1_234


def test_a_rate_of_connections(here: Stand) -> None:
    """At 20 a second eleven connections take half a second."""
    here.proxies.assign(NAME, Conditions(connects_per_s=20))
    here.settle()
    began_s = time.monotonic()
    for n in range(11):
        here.pair(f"{n}")
    assert 0.5 <= time.monotonic() - began_s < 0.7 + SOON_S


def test_a_half_of_a_connection_that_goes_while_the_other_waits(here: Stand) -> None:
    """A client that says everything and leaves before it got through: the broker hears it all, and the end."""
    here.proxies.assign(NAME, Conditions(latency_ms=200))
    here.settle()
    client = here.call(connect("brief") + b"and more")
    client.shutdown(socket.SHUT_WR)
    broker = here.answer()
    assert receive(broker, 999) == connect("brief") + b"and more"


def said(n: int) -> bytes:
    """A message of MQTT 5."""
    return encode(Publish("t", b"%d" % n), Version.V5)


def test_packet_rules_strike_whole_packets() -> None:
    """Every second message is dropped, however its bytes were cut; an order for good reaches who is connected."""
    with stand(packets=True) as here:
        client, broker = here.pair()
        here.proxies.rule(NAME, ["drop publish every 2 down"])
        here.settle()
        for byte in b"".join(said(n) for n in range(4)):
            broker.sendall(bytes([byte]))
        assert receive(client, 2 * len(said(0))) == said(0) + said(2)
        assert here.row()["rules"] == [["drop publish every 2 down", 4, 2]]
        here.proxies.rule(NAME, ["delay publish 300ms down"])
        here.settle()
        assert 0.3 <= seconds(broker, client, said(5)) < 0.3 + SOON_S
        broker.sendall(b"\x00 is no packet")
        assert client.recv(1) == b""
        assert here.wait(lambda row: bool(row["causes"]))["causes"] == {"ended by the packet stage": 1}


def test_a_flow_that_a_rule_has_stopped_is_named() -> None:
    """A broker that may have two messages unanswered says no more when both answers are dropped: progress says why."""
    with stand(packets=True, max_inflight=2) as here:
        here.proxies.rule(NAME, ["drop puback up"])
        here.settle()
        client, broker = here.pair("phone")
        for n in (1, 2):
            seconds(broker, client, encode(Publish("t", b"x", qos=1, packet_id=n), Version.V5))
            client.sendall(encode(Puback(n), Version.V5))
        assert is_silent(broker)
        stalls = here.wait(lambda row: bool(row["stalls"]))["stalls"]
        assert stalls == [
            "phone: all 2 messages in flight to the client stayed unanswered: none follows before a reconnect"
        ]
        reset(client)
        assert here.wait(lambda row: bool(row["causes"]))["stalls"] == stalls


def test_rules_concern_those_who_connect_while_there_are_some(here: Stand) -> None:
    """Whose packets were not read from the beginning, they are not read in the middle."""
    client, broker = here.pair("before")
    here.proxies.rule(NAME, ["drop publish down"])
    here.settle()
    seconds(broker, client, said(1))
    client, broker = here.pair("after")
    broker.sendall(said(1))
    assert is_silent(client)


def test_a_3_1_1_client_is_translated() -> None:
    """The broker hears MQTT 5, the client 3.1.1; who speaks 5 is passed on as it is."""
    with stand(translates=True) as here:
        client = here.call(encode(Connect("old"), Version.V311))
        broker = here.answer()
        assert broker.recv(999)[8] == 5
        broker.sendall(CONNACK)
        assert client.recv(999) == encode(Connack(), Version.V311)
        here.pair("new")
