"""Proxies at real sockets: what passes, how late, and how it ends."""

import os
import random
import signal
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from alertsim.errors import AlertSimError, InputError
from alertsim.mqtt.codes import Version
from alertsim.mqtt.encoding import encode
from alertsim.mqtt.packets import Connect
from alertsim.operators.conditions import CALM, Conditions
from alertsim.operators.cut import is_cut
from alertsim.operators.link import CAPACITY
from alertsim.operators.toxics import Toxic
from alertsim.proxy.door import Door
from alertsim.proxy.process import open_proxies
from alertsim.proxy.wires import CHUNK
from tests.integration.proxy_world import (
    CONNACK,
    NAME,
    Stand,
    connect,
    is_reset,
    is_silent,
    receive,
    reset,
    resident,
    stand,
    until,
)

LATE = Conditions(latency_ms=400)
HOLE = Conditions(down="timeout")
SOON_S = 0.2
"""More than a proxy takes for what it does at once, on a machine that has other things to do."""


@pytest.fixture
def here() -> Iterator[Stand]:
    with stand() as made:
        yield made


def seconds(there: socket.socket, back: socket.socket, data: bytes = b"x") -> float:
    """How long bytes take from one end to the other."""
    began_s = time.monotonic()
    there.sendall(data)
    assert receive(back, len(data)) == data
    return time.monotonic() - began_s


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
    """CONNECT comes 400 ms later, and CONNACK is as late again."""
    here.proxies.assign(NAME, LATE, LATE)
    here.settle()
    began_s = time.monotonic()
    here.pair()
    assert 0.8 <= time.monotonic() - began_s < 0.8 + 2 * SOON_S


def test_bandwidth(here: Stand) -> None:
    """300 kB at 200 kB/s take a second and a half."""
    client, broker = here.pair()
    here.proxies.assign(NAME, CALM, Conditions(rate_kb=200))
    here.settle()
    assert 1.45 <= seconds(broker, client, bytes(300_000)) < 1.65 + SOON_S


def test_a_hole_tells_nobody_and_keeps_everything(here: Stand) -> None:
    """While the radio is gone neither bytes nor ends pass; when it is back everything comes, then the end."""
    client, broker = here.pair()
    here.proxies.cut(NAME, 0.0)
    here.settle()
    client.sendall(b"to the broker")
    broker.sendall(b"to the client")
    broker.shutdown(socket.SHUT_WR)
    assert is_silent(client) and is_silent(broker)
    assert here.row()["cut"] == 1
    here.proxies.cut(NAME, 1.0)
    assert receive(broker, 13) == b"to the broker"
    assert receive(client, 99) == b"to the client"


def test_a_hole_hides_a_reset(here: Stand) -> None:
    """A broker that resets a client out of coverage: the client learns of it when it has coverage again."""
    client, broker = here.pair()
    here.proxies.assign(NAME, HOLE, HOLE)
    here.settle()
    reset(broker)
    assert is_silent(client)
    here.proxies.assign(NAME)
    assert is_reset(client)
    here.wait(lambda row: row["causes"] == {"lost on the broker's side": 1})


def test_who_leaves_a_hole_before_getting_through_is_forgotten(here: Stand) -> None:
    """Clients that call, get no answer and give up leave nothing behind, however long the outage."""
    here.proxies.cut(NAME, 0.0)
    here.settle()
    for n in range(30):
        client = here.call(connect(f"client-{n}"))
        assert is_silent(client, 0.01)
        client.close()
    assert here.wait(lambda row: row["causes"].get("closed by the client") == 30)["connections"] == 0
    assert here.proxies.progress["descriptors"] == 0


def test_both_ends_may_leave_during_a_hole(here: Stand) -> None:
    """When both have given up, the connection is given up."""
    client, broker = here.pair()
    here.proxies.assign(NAME, HOLE, HOLE)
    here.settle()
    client.close()
    assert is_silent(broker)
    broker.close()
    here.wait(lambda row: sum(row["causes"].values()) == 1)


def test_a_hole_may_end(here: Stand) -> None:
    """A timeout of half a second closes its connections after that."""
    client, broker = here.pair()
    here.proxies.assign(NAME, CALM, Conditions(down="timeout", after_ms=500))
    here.settle()
    assert is_silent(client)
    assert client.recv(1) == b"" == broker.recv(1)


def test_resets(here: Stand) -> None:
    """A reset ends both sides by one, at once, and whoever connects meanwhile; not when it is over."""
    client, broker = here.pair()
    here.proxies.assign(NAME, Conditions(down="reset_peer"))
    assert is_reset(client) and is_reset(broker)
    here.settle()
    assert is_reset(here.call(connect("two")))
    here.proxies.assign(NAME)
    here.settle()
    here.pair("three")


def test_a_refusing_operator(here: Stand) -> None:
    """Nobody is let in at the door, those inside are thrown out; the port stays ours."""
    client, _ = here.pair()
    here.proxies.assign(NAME, Conditions(down="refuse"))
    here.settle()
    assert is_reset(client)
    with pytest.raises(ConnectionRefusedError):
        here.call()
    here.proxies.assign(NAME)
    here.settle()
    here.pair()


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


def test_who_is_cut_is_decided_by_name() -> None:
    """Exactly those whose place says so lose the network, whatever the exercise is called, and get it back."""
    names = [f"phone-{n}" for n in range(30)]
    with stand(prefix="exercise-7-") as here:
        pairs = {name: here.pair(f"exercise-7-{name}") for name in names}
        here.proxies.cut(NAME, 0.5)
        here.settle()
        for client, _ in pairs.values():
            client.sendall(b"x")
        felt = {name for name, (_, broker) in pairs.items() if is_silent(broker, 0.1)}
        assert felt == {name for name in names if is_cut(name, 0.5)} != set()
        assert here.row()["cut"] == len(felt)
        late = here.call(connect(f"exercise-7-{min(felt)}"))
        assert is_silent(late)
        here.proxies.cut(NAME, 1.0)
        for name in felt:
            assert receive(pairs[name][1], 1) == b"x"
        assert receive(here.answer(), 1)


def test_a_cut_may_be_a_reset(here: Stand) -> None:
    """The manner is for who orders it to say."""
    client, _ = here.pair()
    here.proxies.cut(NAME, 0.0, "reset_peer")
    assert is_reset(client)


def test_toxics_hit_the_share_they_say(here: Stand) -> None:
    """A toxic of half a toxicity is felt by those whom its hash says."""
    toxic = Toxic("slow", "latency", "upstream", 0.5, {"latency": 300})
    pairs = {f"phone-{n}": here.pair(f"phone-{n}") for n in range(12)}
    here.proxies.poison(NAME, [toxic])
    here.settle()
    for name, (client, broker) in pairs.items():
        assert (seconds(client, broker) >= 0.3) is toxic.holds(name)


def test_faults_pass_by_themselves(here: Stand) -> None:
    """What was ordered for half a second is over after that, and what was before is back."""
    client, broker = here.pair()
    here.proxies.assign(NAME, Conditions(latency_ms=100))
    here.proxies.assign(NAME, HOLE, HOLE, for_s=0.5)
    here.settle()
    client.sendall(b"x")
    assert is_silent(broker)
    assert receive(broker, 1) == b"x"
    assert 0.1 <= seconds(client, broker) < 0.1 + SOON_S


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


def test_a_broker_that_is_not_there() -> None:
    """The client is reset, and it is counted."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with open_proxies([Door(NAME, 0, "127.0.0.1", port)]) as proxies:
        with socket.create_connection(("127.0.0.1", proxies.ports[NAME])) as client:
            client.sendall(connect("x"))
            assert is_reset(client)
        until(lambda: proxies.progress["operators"][NAME]["causes"] == {"the broker could not be reached": 1})


def test_a_half_of_a_connection_that_goes_while_the_other_waits(here: Stand) -> None:
    """A client that says everything and leaves before it got through: the broker hears it all, and the end."""
    here.proxies.assign(NAME, Conditions(latency_ms=200))
    here.settle()
    client = here.call(connect("brief") + b"and more")
    client.shutdown(socket.SHUT_WR)
    broker = here.answer()
    assert receive(broker, 999) == connect("brief") + b"and more"


def test_doors_open_and_close() -> None:
    """More operators at any time; a taken port is stepped over; a closed one ends its connections."""
    with stand() as here:
        taken = here.proxies.ports[NAME]
        broker_port = here._server.getsockname()[1]
        assert here.proxies.listen(Door("b", taken, "127.0.0.1", broker_port)) > taken
        client = here.call(connect("x"), "b")
        here.answer()
        with pytest.raises(AlertSimError, match="there is a proxy b already"):
            here.proxies.listen(Door("b", 0, "127.0.0.1", broker_port))
        here.proxies.drop("b")
        assert is_reset(client)
        here.proxies.close_door("b")
        here.settle()
        with pytest.raises(InputError, match="no proxy 'b'; there are kyivstar"):
            here.proxies.drop("b")
        here.pair()


def test_changes_never_hang() -> None:
    """200 changes a second at 300 talking connections, and at a process that stands still: no call waits."""
    with stand() as here:
        pairs = [here.pair(f"{n}") for n in range(300)]
        changes = [(LATE, CALM), (CALM, Conditions(rate_kb=50)), (HOLE, HOLE), (CALM, CALM)]
        took = []
        for n in range(200):
            began_s = time.monotonic()
            here.proxies.assign(NAME, *changes[n % 4])
            here.proxies.cut(NAME, 0.5 + n % 2 * 0.4)
            took.append(time.monotonic() - began_s)
            pairs[n][0].sendall(b"x")
            pairs[n][1].sendall(b"y")
            time.sleep(0.003)
        os.kill(here.proxies.pid, signal.SIGSTOP)
        for n in range(5_000):
            began_s = time.monotonic()
            here.proxies.assign(NAME, *changes[n % 3])
            took.append(time.monotonic() - began_s)
        os.kill(here.proxies.pid, signal.SIGCONT)
        assert sorted(took)[len(took) * 99 // 100] < 0.1
        here.proxies.assign(NAME)
        here.proxies.cut(NAME, 1.0)
        here.settle()
        for n in range(200):
            assert receive(pairs[n][1], 1) == b"x" and receive(pairs[n][0], 1) == b"y"


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


def test_a_process_that_dies_is_noticed(here: Stand) -> None:
    """Nobody waits for it, and orders to it are no error."""
    os.kill(here.proxies.pid, signal.SIGKILL)
    assert here.proxies.over.wait(10)
    here.proxies.assign(NAME, LATE)
    assert not here.proxies.settle(1)
    with pytest.raises(AlertSimError, match="has ended"):
        here.proxies.listen(Door("b", 0, "127.0.0.1", 1))
