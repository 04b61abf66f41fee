"""What real clients live through: `mosquitto_sub` behind a proxy, in front of a mosquitto."""

import socket
import statistics
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from alertsim.mqtt.codes import Version
from alertsim.mqtt.encoding import encode
from alertsim.mqtt.packets import Publish
from alertsim.operators.conditions import CALM, Conditions
from alertsim.proxy.door import Door
from alertsim.proxy.process import Proxies, open_proxies
from tests.integration.proxy_world import CONNACK, LATE, NAME, connect
from tests.integration.real import Mosquitto, free_ports, needs_mosquitto

pytestmark = needs_mosquitto
TOPIC = "exercise/x/public/news"


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """Where a mosquitto listens."""
    [free] = free_ports(1)
    text = f"listener {free} 127.0.0.1\nallow_anonymous true\nlog_type all\nmax_queued_messages 0\n"
    with Mosquitto(tmp_path, text):
        yield free


@contextmanager
def listener(port: int, *, count: int) -> Iterator[subprocess.Popen[str]]:
    """A mosquitto_sub that ends after so many messages, and says of each when it came (Unix seconds) and what it is."""
    command = ["mosquitto_sub", "-p", f"{port}", "-i", "phone-1", "-t", TOPIC, "-C", f"{count}"]
    with subprocess.Popen([*command, "-F", "%U %l %p", "-W", "30"], stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


class Publisher:
    """Publishes at the broker itself, without waiting."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.sendall(connect("publisher"))
        self._socket.settimeout(20)
        assert self._socket.recv(99)[:1] == CONNACK[:1]

    def say(self, payload: bytes) -> None:
        """One message."""
        self._socket.sendall(encode(Publish(TOPIC, payload), Version.V5))

    def close(self) -> None:
        """It is gone."""
        self._socket.close()


@pytest.fixture
def publisher(port: int) -> Iterator[Publisher]:
    """At that broker."""
    made = Publisher(port)
    yield made
    made.close()


@pytest.fixture
def proxies(port: int) -> Iterator[Proxies]:
    """A proxy in front of it."""
    with open_proxies([Door(NAME, 0, "127.0.0.1", port)]) as made:
        yield made


def subscribed(proxies: Proxies, *, before: int = 0) -> None:
    """Wait until CONNACK and SUBACK (nine bytes of 3.1.1) went down, after the bytes before, and have arrived."""
    deadline = time.monotonic() + 20
    while moved(proxies) < before + 9:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    time.sleep(0.9)


def moved(proxies: Proxies) -> int:
    """Bytes that went down by now."""
    return int(proxies.progress["operators"][NAME]["bytes"][1])


def heard(process: subprocess.Popen[str]) -> list[tuple[float, int, str]]:
    """(when, how long the payload, the payload) of each message, in the order of arrival."""
    assert process.stdout
    rows = [line.split(" ", 2) for line in process.stdout.read().splitlines()]
    return [(float(at), int(length), payload) for at, length, payload in rows]


def median_latency(proxies: Proxies, publisher: Publisher) -> float:
    """Seconds from publishing to the output of mosquitto_sub."""
    before = moved(proxies)
    with listener(proxies.ports[NAME], count=15) as process:
        subscribed(proxies, before=before)
        for _ in range(15):
            publisher.say(f"{time.time():.6f}".encode())
            time.sleep(0.02)
        return statistics.median(at - float(payload) for at, _, payload in heard(process))


def burst_s(proxies: Proxies, publisher: Publisher) -> float:
    """Seconds from the first of 1,000 messages to the arrival of the last one; none is missing or overtaken."""
    before = moved(proxies)
    with listener(proxies.ports[NAME], count=1_000) as process:
        subscribed(proxies, before=before)
        began_s = time.time()
        for n in range(1_000):
            publisher.say(b"%04d" % n + b"x" * 400)
        rows = heard(process)
    assert [int(payload[:4]) for _, _, payload in rows] == list(range(1_000))
    time.sleep(0.6)  # until the proxy has said that it moved all this
    return rows[-1][0] - began_s


def test_400_ms_are_400_ms(proxies: Proxies, publisher: Publisher) -> None:
    """The same subscriber through the same proxy, calm and with 400 ms: 400 ms more, ± 10 %."""
    calm_s = median_latency(proxies, publisher)
    time.sleep(0.6)
    proxies.assign(NAME, CALM, LATE)
    assert 0.36 <= median_latency(proxies, publisher) - calm_s <= 0.44


def test_latency_does_not_throttle(proxies: Proxies, publisher: Publisher) -> None:
    """A thousand messages, all of them, in their order, take about 0.4 s longer at 400 ms, not 400 s."""
    calm_s = burst_s(proxies, publisher)
    proxies.assign(NAME, CALM, LATE)
    assert 0.3 <= burst_s(proxies, publisher) - calm_s <= 0.6


def test_100_kb_a_second(proxies: Proxies, publisher: Publisher) -> None:
    """Four hundred kilobytes after the first two hundred come at 100 kB a second, ± 10 %."""
    with listener(proxies.ports[NAME], count=120) as process:
        subscribed(proxies)
        proxies.assign(NAME, CALM, Conditions(rate_kb=100))
        assert proxies.settle()
        for n in range(120):
            publisher.say(b"%04d" % n + b"x" * 4_996)
        rows = heard(process)
    measured = rows[40:]
    passed = sum(length + 30 for _, length, _ in measured[1:])
    rate_kb = passed / (measured[-1][0] - measured[0][0]) / 1e3
    assert 90 <= rate_kb <= 110
    assert [int(payload[:4]) for _, _, payload in rows] == list(range(120))


def test_what_was_cut_comes_later(proxies: Proxies, publisher: Publisher) -> None:
    """A phone without coverage hears nothing; with coverage again, within its keep-alive, everything, in order."""
    with listener(proxies.ports[NAME], count=20) as process:
        subscribed(proxies)
        proxies.cut(NAME, 0.0)
        assert proxies.settle()
        for n in range(20):
            publisher.say(b"%d" % n)
        time.sleep(0.5)
        restored_s = time.time()
        proxies.cut(NAME, 1.0)
        rows = heard(process)
    assert [payload for _, _, payload in rows] == [f"{n}" for n in range(20)]
    assert rows[0][0] >= restored_s
