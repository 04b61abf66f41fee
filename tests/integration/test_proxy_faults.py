"""Operators that fail at real sockets: who is told, who is not, and what is there again afterwards."""

import socket

import pytest

from alertsim.operators.conditions import CALM, Conditions
from alertsim.operators.cut import is_cut
from alertsim.operators.toxics import Toxic
from alertsim.proxy.door import Door
from alertsim.proxy.process import open_proxies
from tests.integration.proxy_world import (
    HOLE,
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
from tests.integration.swarm_world import until


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


def test_a_shut_door_stays_shut_whatever_is_assigned(here: Stand) -> None:
    """Other conditions meanwhile let nobody in, and are felt when it is opened again."""
    client, _ = here.pair()
    here.proxies.shut(NAME)
    here.proxies.assign(NAME, Conditions(latency_ms=150))
    here.settle()
    assert is_reset(client)
    with pytest.raises(ConnectionRefusedError):
        here.call()
    here.proxies.shut(NAME, shut=False)
    here.settle()
    assert seconds(*here.pair()) >= 0.15


def test_who_is_cut_is_decided_by_name() -> None:
    """Exactly those whose place says so lose the network, whatever the exercise is called, and get it back."""
    names = [f"phone-{n}" for n in range(14)]
    with stand(prefix="exercise-7-") as here:
        pairs = {name: here.pair(f"exercise-7-{name}") for name in names}
        here.proxies.cut(NAME, 0.5)
        here.settle()
        for client, _ in pairs.values():
            client.sendall(b"x")
        felt = {name for name, (_, broker) in pairs.items() if is_silent(broker, 0.05)}
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


def test_a_broker_that_is_not_there() -> None:
    """The client is reset, and it is counted."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with open_proxies([Door(NAME, 0, "127.0.0.1", port)]) as proxies:
        with socket.create_connection(("127.0.0.1", proxies.ports[NAME])) as client:
            client.sendall(connect("x"))
            assert is_reset(client)
        until(lambda: proxies.progress["operators"][NAME]["causes"] == {"the broker could not be reached": 1})
