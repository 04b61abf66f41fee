"""Who is let through: slots at the broker, silent clients, and how long anybody is waited for."""

import resource
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress

import pytest

from alertsim.operators.conditions import Conditions
from alertsim.proxy import relay, wires
from alertsim.proxy.admission import HANDSHAKES
from alertsim.proxy.door import Door
from alertsim.proxy.reactor import Reactor
from tests.integration.proxy_world import CONNACK, NAME, connect, is_reset, receive, reset, resident, stand


class Hall:
    """A reactor that turns when the test says so, its clients, and the broker behind it."""

    def __init__(self, stack: ExitStack, most: int) -> None:
        self._stack = stack
        self._server = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=512))
        self._server.setblocking(False)
        self.reactor = Reactor(most)
        stack.callback(self.reactor.end)
        self._port = self.reactor.open(Door(NAME, 0, "127.0.0.1", self._server.getsockname()[1]))
        self.brokers: list[socket.socket] = []

    def call(self, said: bytes = b"") -> socket.socket:
        """A client that says this."""
        client = self._stack.enter_context(socket.create_connection(("127.0.0.1", self._port)))
        client.settimeout(10)
        client.sendall(said)
        return client

    def turn(self, until: Callable[[], bool] = lambda: False, most: int = 300) -> None:
        """Some rounds, or until something has happened; the broker takes whoever calls."""
        for _ in range(most):
            if until():
                return
            self.reactor.turn(0.005)
            try:
                self.brokers.append(self._stack.enter_context(self._server.accept()[0]))
            except BlockingIOError:
                continue

    @property
    def causes(self) -> dict[str, int]:
        """What ended so far, by cause."""
        return dict(self.reactor.operators[NAME].causes)


@pytest.fixture
def hall() -> Iterator[Hall]:
    """With room for many."""
    with ExitStack() as stack:
        yield Hall(stack, 1_000)


def test_a_slot_is_held_until_the_broker_answers(hall: Hall) -> None:
    """A broker that answers nobody is called by 64 and no more; each answer lets one more call."""
    clients = [hall.call(connect(f"{n}")) for n in range(HANDSHAKES + 20)]
    hall.turn(most=150)
    assert len(hall.brokers) == HANDSHAKES
    for n in range(5):
        hall.brokers[n].sendall(CONNACK)
    hall.turn(lambda: len(hall.brokers) > HANDSHAKES + 5, most=100)
    assert len(hall.brokers) == HANDSHAKES + 5
    assert receive(clients[0], len(CONNACK)) == CONNACK


def test_who_gives_up_frees_a_slot(hall: Hall) -> None:
    """Connections that end while they wait for an answer make room, whoever ended them."""
    clients = [hall.call(connect(f"{n}")) for n in range(HANDSHAKES + 6)]
    hall.turn(lambda: len(hall.brokers) == HANDSHAKES)
    for n in range(3):
        hall.brokers[n].close()
    hall.turn(lambda: len(hall.brokers) == HANDSHAKES + 3)
    hall.reactor.change(NAME, {"up": 0.0})
    hall.turn(lambda: hall.reactor.settled)
    assert len(clients) == HANDSHAKES + 6
    hall.reactor.change(NAME, {"up": 1.0})
    hall.turn(lambda: len(hall.brokers) == HANDSHAKES + 6)
    assert len(hall.brokers) == HANDSHAKES + 6


def test_what_is_dropped_frees_its_slots(hall: Hall) -> None:
    """Connections that are ended by order while they wait for an answer make room at once."""
    for n in range(HANDSHAKES):
        hall.call(connect(f"{n}"))
    hall.turn(lambda: len(hall.brokers) == HANDSHAKES)
    hall.reactor.drop(NAME)
    hall.call(connect("next"))
    hall.turn(lambda: len(hall.brokers) > HANDSHAKES)
    assert len(hall.brokers) == HANDSHAKES + 1


def test_in_a_hole_nothing_moves_that_was_on_its_way(hall: Hall) -> None:
    """What the client had not yet taken when the radio went comes when it is back, though the client reads."""
    client = hall.call(connect("one"))
    hall.turn(lambda: len(hall.brokers) == 1)
    hall.brokers[0].sendall(CONNACK)
    hall.turn(most=20)
    fill(hall, hall.brokers[0])
    held = hall.reactor.progress()["operators"][NAME]["held"]
    assert held
    hall.reactor.change(NAME, {"up": 0.0})
    hall.turn(lambda: hall.reactor.settled)
    client.setblocking(False)
    with suppress(BlockingIOError):
        while client.recv(65_536):
            hall.turn(most=2)
    hall.turn(most=20)
    assert hall.reactor.progress()["operators"][NAME]["held"] == held
    hall.reactor.change(NAME, {"up": 1.0})
    hall.turn(lambda: not hall.reactor.progress()["operators"][NAME]["held"])
    assert client.recv(1)


def fill(hall: Hall, broker: socket.socket) -> None:
    """The broker sends as long as anybody takes it."""
    broker.setblocking(False)
    with suppress(BlockingIOError):
        while True:
            broker.send(bytes(65_536))
            hall.turn(most=2)


def test_silent_clients_make_room_for_others() -> None:
    """Where descriptors end, who has been silent longest goes; who lives and who comes to talk is not harmed."""
    with ExitStack() as stack:
        hall = Hall(stack, 20)
        lively = hall.call(connect("lively"))
        hall.turn(lambda: len(hall.brokers) == 1)
        hall.brokers[0].sendall(CONNACK)
        silent = [hall.call() for _ in range(40)]
        hall.turn(most=60)
        late = hall.call(connect("late"))
        hall.turn(lambda: len(hall.brokers) == 2)
        hall.brokers[1].sendall(CONNACK)
        hall.brokers[0].sendall(b"still here")
        hall.turn(most=20)
        assert receive(late, len(CONNACK)) == CONNACK
        assert receive(lively, len(CONNACK) + 10) == CONNACK + b"still here"
        assert is_reset(silent[0])
        assert hall.causes == {"no room for more connections": 24}


def test_where_nobody_is_silent_the_newest_is_refused() -> None:
    """Nobody who talks is ended for somebody else."""
    with ExitStack() as stack:
        hall = Hall(stack, 6)
        clients = [hall.call(connect(f"{n}")) for n in range(4)]
        hall.turn(most=60)
        assert len(hall.brokers) == 3
        assert is_reset(clients[3])
        assert hall.causes == {"no room for more connections": 1}


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hall]:
    """One that waits for a fifth of a second."""
    monkeypatch.setattr(relay, "PATIENCE_S", 0.2)
    with ExitStack() as stack:
        yield Hall(stack, 1_000)


def test_nobody_is_waited_for_without_end(impatient: Hall) -> None:
    """No greeting, no answer, no second half of an end: each is given up and counted; who lives is not."""
    quiet, unanswered = impatient.call(), impatient.call(connect("unanswered"))
    impatient.turn(lambda: len(impatient.brokers) == 1)
    lively, half = impatient.call(connect("lively")), impatient.call(connect("half"))
    impatient.turn(lambda: len(impatient.brokers) == 3)
    for broker in impatient.brokers[1:]:
        broker.sendall(CONNACK)
    half.shutdown(socket.SHUT_WR)
    impatient.turn(lambda: sum(impatient.causes.values()) == 3)
    assert impatient.causes == {
        "no CONNECT came": 1,
        "the broker gave no answer": 1,
        "closed by the client": 1,
    }
    assert is_reset(quiet) and is_reset(unanswered)
    assert receive(half, 99) == CONNACK
    impatient.turn(most=60)
    assert len(impatient.reactor.operators[NAME].connections) == 1
    assert receive(lively, len(CONNACK)) == CONNACK


def test_half_an_end_waits_for_bytes_on_their_way(impatient: Hall) -> None:
    """As long as something is still to be delivered, the connection is not given up."""
    impatient.reactor.change(NAME, {"downstream": Conditions(rate_kb=2)})
    client = impatient.call(connect("half"))
    impatient.turn(lambda: len(impatient.brokers) == 1)
    impatient.brokers[0].sendall(CONNACK + bytes(1_000))
    impatient.turn(most=20)
    client.shutdown(socket.SHUT_WR)
    impatient.turn(lambda: sum(impatient.causes.values()) == 1)
    assert len(receive(client, 9_999)) == len(CONNACK) + 1_000


def test_all_links_together_are_bounded(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the total a link takes something only when it holds nothing; everything arrives, and nothing spins."""
    monkeypatch.setattr(wires, "TOTAL", 100_000)
    hall.reactor.change(NAME, {"downstream": Conditions(latency_ms=300)})
    clients = [hall.call(connect(f"{n}")) for n in range(6)]
    hall.turn(lambda: len(hall.brokers) == 6)
    for broker in hall.brokers:
        broker.sendall(CONNACK)
    hall.turn(most=80)
    for broker in hall.brokers:
        broker.sendall(bytes(150_000))
    most = 0
    for _ in range(60):
        hall.reactor.turn(0.005)
        most = max(most, hall.reactor.progress()["held"])
    assert 100_000 < most <= 100_000 + 6 * wires.CHUNK
    whole = len(CONNACK) + 150_000
    got: list[int] = []
    sinks = [threading.Thread(target=lambda one=one: got.append(len(receive(one, whole)))) for one in clients]
    for sink in sinks:
        sink.start()
    hall.turn(lambda: len(got) == 6, most=1_000)
    assert got == [whole] * 6


def hole_after_a_reset(hall: Hall, client: socket.socket, broker: socket.socket) -> None:
    """The broker has reset a client that is out of coverage."""
    hall.reactor.change(NAME, {"up": 0.0})
    hall.turn(lambda: hall.reactor.settled)
    client.shutdown(socket.SHUT_WR)
    reset(broker)


def half_ended(_: Hall, client: socket.socket, __: socket.socket) -> None:
    """The client has said all it has to say."""
    client.shutdown(socket.SHUT_WR)


def stuck(hall: Hall, _: socket.socket, broker: socket.socket) -> None:
    """The client takes nothing of what comes late."""
    hall.reactor.change(NAME, {"downstream": Conditions(latency_ms=1)})
    fill(hall, broker)


def stuck_and_gone(hall: Hall, client: socket.socket, broker: socket.socket) -> None:
    """The client takes nothing, and the broker has given it up."""
    stuck(hall, client, broker)
    broker.shutdown(socket.SHUT_WR)


def limited(hall: Hall, _: socket.socket, broker: socket.socket) -> None:
    """Nothing more comes in this direction for a day."""
    hall.reactor.change(NAME, {"downstream": Conditions(latency_ms=86_400_000)})
    hall.turn(lambda: hall.reactor.settled)
    broker.sendall(b"tomorrow")
    broker.shutdown(socket.SHUT_WR)


def rated(hall: Hall, _: socket.socket, __: socket.socket) -> None:
    """The next connection may come in an hour, and many call."""
    hall.reactor.change(NAME, {"upstream": Conditions(connects_per_s=1 / 3_600)})
    hall.turn(lambda: hall.reactor.settled)
    for n in range(3):
        hall.call(connect(f"{n}"))


def test_who_is_gone_is_not_remembered(hall: Hall) -> None:
    """Clients that come and go under a fault that would end them tomorrow leave no alarms behind."""
    hall.reactor.change(NAME, {"upstream": Conditions(down="timeout", after_ms=86_400_000)})
    for n in range(1_200):
        client = hall.call(connect(f"{n}"))
        hall.reactor.turn(0.005)
        client.close()
        hall.reactor.turn(0.005)
    hall.turn(most=20)
    assert hall.causes == {"closed by the client": 1_200}
    assert len(hall.reactor._relay._alarms) <= 1_001


STATES = [hole_after_a_reset, half_ended, stuck, stuck_and_gone, limited, rated]


@pytest.mark.parametrize("state", STATES)
def test_the_loop_never_spins(hall: Hall, state: Callable[[Hall, socket.socket, socket.socket], None]) -> None:
    """Whatever connections wait for, the loop sleeps until it can do something about it."""
    client = hall.call(connect("one"))
    hall.turn(lambda: len(hall.brokers) == 1)
    hall.brokers[0].sendall(CONNACK)
    hall.turn(most=20)
    state(hall, client, hall.brokers[0])
    hall.turn(most=100)
    began_s = time.monotonic()
    hall.turn(most=40)
    assert time.monotonic() - began_s > 40 * 0.005 / 2


def test_thousands_of_silent_connections_cost_little() -> None:
    """Two thousand clients that say nothing take less than 4 kB each, and no connection to the broker."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < 5_000:
        pytest.skip("this system allows too few open files")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 5_000), hard))
    with stand() as here:
        client, broker = here.pair()
        before = resident(here.proxies.pid)
        for _ in range(2_000):
            here.call()
        here.wait(lambda row: row["waiting"] == 2_000)
        assert resident(here.proxies.pid) - before < 2_000 * 4_096
        broker.sendall(b"unharmed")
        assert receive(client, 8) == b"unharmed"
        assert here.proxies.progress["descriptors"] == 2_002
