"""Proxies under many, stuck and rude clients: fixed memory, and nobody else is harmed."""

import random
import socket
import threading
import time

import pytest

from alertsim.mqtt.codes import Version
from alertsim.mqtt.encoding import encode
from alertsim.mqtt.packets import Connect
from alertsim.operators.conditions import CALM, Conditions
from alertsim.operators.cut import is_cut
from alertsim.operators.link import CAPACITY
from alertsim.proxy.wires import CHUNK
from tests.integration.proxy_world import (
    CONNACK,
    LATE,
    NAME,
    SOON_S,
    Stand,
    connect,
    is_reset,
    is_silent,
    receive,
    resident,
    seconds,
)


@pytest.mark.parametrize("conditions", [CALM, LATE])
def test_a_client_that_takes_nothing_costs_a_stated_amount(here: Stand, conditions: Conditions) -> None:
    """Of megabytes for it the proxy holds one reading, or what a link holds; others are unharmed; all comes later."""
    here.proxies.assign(NAME, CALM, conditions)
    here.settle()
    stuck, broker = here.pair("stuck")
    lively, other = here.pair("lively")
    before, data = resident(here.proxies.pid), random.Random(3).randbytes(20_000_000 if conditions.calm else 5_000_000)
    sender = threading.Thread(target=broker.sendall, args=(data,))
    sender.start()
    row = here.wait(lambda row: row["held"] > 0)
    time.sleep(0.6)
    row = here.row()
    assert row["held"] <= (CHUNK if conditions.calm else CAPACITY + CHUNK)
    assert resident(here.proxies.pid) - before < 8_000_000
    assert seconds(other, lively) < conditions.latency_ms / 1e3 + SOON_S
    assert receive(stuck, len(data)) == data
    sender.join()


GARBAGE = [
    b"\x00",
    b"GARBAGE",
    b"GETX",
    b"\xff" * 50,
    b"\x10\xff\xff\xff\xff",
    b"\x10\xff\xff\xff\x7f" + connect("x")[2:],
    b"\x10\x80\x00",
    b"\x10\x07\x00\x04HTTP\x05",
    connect("x")[:1] + b"\x05" + connect("x")[2:],
    b"\x10\x7f" + connect("x")[2:9] + b"\x02\x00\x3c\xff\xff\xff\xff\xff" + bytes(90),
    encode(Connect("name"), Version.V311).replace(b"name", b"\xff\xfe\xfd\xfc"),
    b"\x10\x80\x80\x01\x00\x04MQTT\x05\x02\x00\x3c\x80\x80\x01" + bytes(16_400),
]


def test_garbage_is_ended_and_counted(here: Stand) -> None:
    """Whatever is no greeting is reset without the broker hearing of it; others live on."""
    client, broker = here.pair()
    for said in GARBAGE:
        assert is_reset(here.call(said)), said[:20]
    row = here.wait(lambda row: row["refused"] == len(GARBAGE))
    assert row["causes"] == {"no MQTT": len(GARBAGE)}
    assert seconds(client, broker) < SOON_S


def test_half_a_greeting(here: Stand) -> None:
    """A CONNECT that comes byte by byte gets through; one that ends half way leaves nothing."""
    client = here.call()
    for byte in connect("slow"):
        client.sendall(bytes([byte]))
        time.sleep(0.002)
    broker = here.answer()
    assert receive(broker, len(connect("slow"))) == connect("slow")
    here.call(connect("gone")[:9]).close()
    here.wait(lambda row: row["causes"].get("closed by the client") == 1)


@pytest.mark.parametrize("said", [b"\x16\x03\x01\x02\x00hello", b"GET /mqtt HTTP/1.1\r\n", connect("")])
def test_what_cannot_be_read_passes_unread(here: Stand, said: bytes) -> None:
    """TLS, WebSocket and clients without a name get through, and are cut by their address."""
    client = here.call(said)
    broker = here.answer()
    assert receive(broker, len(said)) == said
    broker.sendall(b"whatever")
    assert receive(client, 8) == b"whatever"
    here.proxies.cut(NAME, 0.999 if is_cut("127.0.0.1", 0.999) else 0.0)
    here.settle()
    client.sendall(b"x")
    assert is_silent(broker)


def test_many_connections_come_and_go(here: Stand) -> None:
    """A thousand at once get through, and none leaves anything behind."""
    clients = [here.call(connect(f"{n}")) for n in range(1_000)]
    for _ in clients:
        broker = here.answer()
        broker.sendall(CONNACK)
        broker.shutdown(socket.SHUT_WR)
    for client in clients:
        assert receive(client, 99) == CONNACK
        client.close()
    row = here.wait(lambda row: sum(row["causes"].values()) == 1_000)
    assert (row["taken"], row["connections"], row["waiting"], row["held"]) == (1_000, 0, 0, 0)
