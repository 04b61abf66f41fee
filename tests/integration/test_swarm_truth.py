"""A relay that drops, repeats, delays and reorders a known set of packets: the ledger says exactly these."""

import signal
import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from alertsim.mqtt.codes import Version
from alertsim.mqtt.encoding import encode
from alertsim.mqtt.packets import Connack, Connect
from alertsim.mqtt.reader import Reader
from tests.integration.real import Mosquitto, free_ports, needs_mosquitto
from tests.integration.swarm_world import Crowd, plan_of, relay, until

pytestmark = needs_mosquitto
SUBSCRIBERS, MESSAGES = 50, 20
CONFIGURATION = """\
listener {port} 127.0.0.1
allow_anonymous true
persistence false
set_tcp_nodelay true
max_inflight_messages 100
max_queued_messages 0
log_dest stderr
"""


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[tuple[Mosquitto, int]]:
    (port,) = free_ports(1)
    with Mosquitto(tmp_path, CONFIGURATION.replace("{port}", str(port))) as running:
        yield running, port


@pytest.mark.parametrize("version", [4, 5])
@pytest.mark.parametrize("qos", [0, 1, 2])
def test_counts_what_comes(broker: tuple[Mosquitto, int], qos: int, version: int) -> None:
    """Nothing is tampered with: everybody has everything once, in order, at each QoS of both versions."""
    with Crowd(plan_of(broker[1], SUBSCRIBERS, qos=qos, version=version)) as crowd:
        crowd.wait()
        publisher = crowd.publish(broker[1], MESSAGES, 100)
        publisher.join()
        result = crowd.finish(30)
    counts = result["counts"]
    assert (publisher.failure, publisher.unacknowledged, result["causes"], result["strangers"]) == ("", 0, {}, 0)
    assert counts["delivered"] == counts["expected"] == SUBSCRIBERS * MESSAGES == result["deliveries"]
    assert not any(counts[name] for name in ("missing", "duplicates", "out_of_order", "uninvited", "unreachable"))
    assert sum(result["latency"].values()) == SUBSCRIBERS * MESSAGES


def dropped(subscriber: int, seq: int) -> bool:
    return (subscriber * 7 + seq * 3) % 11 == 0


@pytest.mark.parametrize("qos", [0, 1])
def test_says_exactly_what_was_dropped(broker: tuple[Mosquitto, int], qos: int) -> None:
    """Each message names the very subscribers the relay kept it from."""
    with (
        relay(broker[1], lambda subscriber, seq: () if dropped(subscriber, seq) else (0,)) as port,
        Crowd(plan_of(port, SUBSCRIBERS, qos=qos)) as crowd,
    ):
        crowd.wait()
        crowd.publish(broker[1], MESSAGES, 100).join()
        result = crowd.finish(1)
    for reached in result["reached"]:
        assert list(reached["missing"]) == [n for n in range(SUBSCRIBERS) if dropped(n, reached["seq"])]
    assert result["counts"]["missing"] == sum(
        dropped(n, seq) for n in range(SUBSCRIBERS) for seq in range(1, MESSAGES + 1)
    )


def test_says_exactly_what_came_twice(broker: tuple[Mosquitto, int]) -> None:
    """A packet repeated on the way is a duplicate of its message, and nothing else."""
    with (
        relay(broker[1], lambda subscriber, seq: (0, 0, 0) if dropped(subscriber, seq) else (0,)) as port,
        Crowd(plan_of(port, SUBSCRIBERS, qos=0)) as crowd,
    ):
        crowd.wait()
        crowd.publish(broker[1], MESSAGES, 100).join()
        time.sleep(0.5)
        result = crowd.finish(30)
    for reached in result["reached"]:
        (counts,) = reached["counts"]
        assert counts["duplicates"] == 2 * sum(dropped(n, reached["seq"]) for n in range(SUBSCRIBERS))
    assert result["counts"]["delivered"] == SUBSCRIBERS * MESSAGES
    assert result["counts"]["out_of_order"] == result["counts"]["missing"] == 0


def test_says_exactly_what_was_reordered(broker: tuple[Mosquitto, int]) -> None:
    """A packet held back until later ones had come is out of order, once for each subscriber it happened to."""
    late = {(n, seq) for n in range(SUBSCRIBERS) for seq in (5, 12) if n % 3 == 0}
    with (
        relay(broker[1], lambda subscriber, seq: (1.0,) if (subscriber, seq) in late else (0,)) as port,
        Crowd(plan_of(port, SUBSCRIBERS, qos=0, late_us=500_000)) as crowd,
    ):
        crowd.wait()
        crowd.publish(broker[1], MESSAGES, 100).join()
        result = crowd.finish(30)
    assert {reached["seq"]: reached["counts"][0]["out_of_order"] for reached in result["reached"]} == {
        seq: sum((n, seq) in late for n in range(SUBSCRIBERS)) for seq in range(1, MESSAGES + 1)
    }
    assert result["counts"]["late"] >= len(late)
    assert result["counts"]["delivered"] == SUBSCRIBERS * MESSAGES


def test_counts_a_delay_as_latency(broker: tuple[Mosquitto, int]) -> None:
    """Everything held back by 100 ms: no latency is below that."""
    with relay(broker[1], lambda *_: (0.1,)) as port, Crowd(plan_of(port, SUBSCRIBERS, qos=0)) as crowd:
        crowd.wait()
        crowd.publish(broker[1], MESSAGES, 100).join()
        result = crowd.finish(30)
    assert min(reached["first_us"] for reached in result["reached"]) >= 99_000
    assert result["counts"]["delivered"] == SUBSCRIBERS * MESSAGES


def test_a_stopped_broker_loses_nothing(broker: tuple[Mosquitto, int]) -> None:
    """SIGSTOP for 2 s, persistent sessions, QoS 1: all is there afterwards, and late, because intended times stand."""
    running, port = broker
    with Crowd(plan_of(port, SUBSCRIBERS, qos=1, persistent=True, late_us=500_000)) as crowd:
        crowd.wait()
        publisher = crowd.publish(port, 60, 20)
        time.sleep(0.3)
        running.process.send_signal(signal.SIGSTOP)
        time.sleep(2)
        running.process.send_signal(signal.SIGCONT)
        publisher.join()
        result = crowd.finish(30)
    counts = result["counts"]
    assert (counts["missing"], counts["delivered"]) == (0, SUBSCRIBERS * 60)
    assert counts["late"] > SUBSCRIBERS * 20
    assert max(reached["last_us"] for reached in result["reached"]) > 1_500_000


def test_a_killed_broker_ends_nothing_but_connections(broker: tuple[Mosquitto, int]) -> None:
    """It dies in the middle and comes back: everybody returns by back-off, each end is counted by its cause."""
    running, port = broker
    with Crowd(plan_of(port, SUBSCRIBERS, qos=1, back_off_s=0.2)) as crowd:
        crowd.wait()
        running.end()
        running.start()
        crowd.wait()
        publisher = crowd.publish(port, 5, 50)
        publisher.join()
        result = crowd.finish(30)
    assert result["counts"]["delivered"] == result["counts"]["expected"] == SUBSCRIBERS * 5
    assert result["connects"] == 2 * SUBSCRIBERS
    assert sum(number for cause, number in result["causes"].items() if cause != "refused") == SUBSCRIBERS


def test_the_publisher_comes_back_too(broker: tuple[Mosquitto, int]) -> None:
    """Its schedule goes on while the broker is away: what was due then is skipped, the rest is sent and arrives."""
    running, port = broker
    with Crowd(plan_of(port, SUBSCRIBERS, qos=1, back_off_s=0.1)) as crowd:
        crowd.wait()
        publisher = crowd.publish(port, 80, 20)
        until(lambda: publisher.sent > 5)
        running.end()
        running.start()
        publisher.join()
        result = crowd.finish(10)
    assert publisher.sent + publisher.skipped == 80
    assert publisher.skipped > 0
    assert sum(publisher.causes.values()) > 0
    last = result["reached"][-1]
    assert (last["seq"], last["counts"][0]["delivered"]) == (80, SUBSCRIBERS)


@pytest.mark.parametrize("subscriber", [0, 4])
def test_sessions_end_with_the_run(broker: tuple[Mosquitto, int], subscriber: int) -> None:
    """Nothing outlives it: whoever comes back under the same name after the run finds no session."""
    with Crowd(plan_of(broker[1], 5, qos=1, persistent=True)) as crowd:
        crowd.wait()
        crowd.publish(broker[1], 1, 10).join()
    with socket.create_connection(("127.0.0.1", broker[1])) as back:
        hello = Connect(client_id=f"test-load-{subscriber:06}", clean_start=False)
        back.sendall(encode(hello, Version.V5))
        (answer,) = Reader(Version.V5).feed(back.recv(1000))
    assert isinstance(answer, Connack)
    assert not answer.session_present


def test_messages_of_others(broker: tuple[Mosquitto, int]) -> None:
    """Listening only: a marked message of somebody else has latency and order, though nobody announced it."""
    with Crowd(plan_of(broker[1], SUBSCRIBERS, qos=1, listen_only=True)) as crowd:
        crowd.wait()
        with Crowd(replace(plan_of(broker[1], 1), name="test-other")) as others:
            others.wait()
            others.publish(broker[1], MESSAGES, 100).join()
            others.finish(5)
        result = crowd.finish(5)
    assert result["counts"]["delivered"] == SUBSCRIBERS * MESSAGES
    assert sum(result["latency"].values()) == SUBSCRIBERS * MESSAGES
