"""The packet stage between real clients and real brokers, in a relay of a few lines."""

import asyncio
import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from alertsim.broker import embedded
from alertsim.broker.child import started
from alertsim.mqtt import MAX_PACKET
from alertsim.proxy.fates import Orders
from alertsim.proxy.rule_text import read_rule
from alertsim.proxy.rules import Direction
from alertsim.proxy.stage import Stage
from tests.e2e.programs import PROGRAM, Program
from tests.e2e.world import CALM, SCENARIO, _child_port, listens
from tests.integration.real import Mosquitto, free_ports
from tests.integration.swarm_world import served, until

pytestmark = pytest.mark.mosquitto

UP, DOWN = Direction
VERSIONS = [paho.MQTTv311, paho.MQTTv5]
LASTING = Properties(PacketTypes.CONNECT)
LASTING.SessionExpiryInterval = 600


class Relay:
    """Stands in front of a broker; each connection has a stage, named after its number."""

    def __init__(self, broker: int, *rules: str, translate: bool = False, keep_alive_s: int = 60) -> None:
        self.orders = Orders(tuple(map(read_rule, rules)))
        self.stages: list[Stage] = []
        self._broker, self._translate, self._keep_alive_s = broker, translate, keep_alive_s

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, till either side ends it."""
        there, back = await asyncio.open_connection("127.0.0.1", self._broker)
        stage = Stage(
            f"client {len(self.stages)}",
            self.orders,
            translate=self._translate,
            max_inflight=20,
            keep_alive_s=self._keep_alive_s,
        )
        self.stages.append(stage)
        out, news = {UP: back, DOWN: writer}, asyncio.Event()
        tasks = {
            asyncio.create_task(_pump(stage, UP, reader, out, news)),
            asyncio.create_task(_pump(stage, DOWN, there, out, news)),
            asyncio.create_task(_wake(stage, out, news)),
        }
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            back.close()


Out = dict[Direction, asyncio.StreamWriter]


async def _pump(stage: Stage, way: Direction, source: asyncio.StreamReader, out: Out, news: asyncio.Event) -> None:
    while not stage.over:
        if stage.crowded(way):
            await asyncio.sleep(0.001)
            continue
        if not (data := await source.read(65_536)):
            return
        out[way].write(stage.feed(way, data, time.monotonic()))
        news.set()


async def _wake(stage: Stage, out: Out, news: asyncio.Event) -> None:
    while not stage.over or stage.due() < float("inf"):
        with suppress(TimeoutError):
            async with asyncio.timeout(min(max(stage.due() - time.monotonic(), 0), 60)):
                await news.wait()
        news.clear()
        for way, data in stage.ready(time.monotonic()):
            out[way].write(data)


class Phone:
    """A subscriber whom its broker remembers; `heard` is (payload, DUP) of each message of its newest connection."""

    def __init__(self, version: int, keep_alive_s: int = 60) -> None:
        self.version, self.keep_alive_s = version, keep_alive_s
        self.heard: list[tuple[int, bool]] = []
        self.lost = 0

    @contextmanager
    def connected(self, port: int) -> Iterator[None]:
        """Connected and subscribed while this lasts."""
        there, self.heard = threading.Event(), []
        new = self.version == paho.MQTTv5
        client = paho.Client(CallbackAPIVersion.VERSION2, "phone", None if new else False, protocol=self.version)
        client.on_message = lambda _client, _data, message: self.heard.append((int(message.payload), message.dup))
        client.on_connect = lambda client, *_: client.subscribe("news", 1)
        client.on_subscribe = lambda *_: there.set()
        client.on_disconnect = self._disconnected
        if new:
            client.connect("127.0.0.1", port, self.keep_alive_s, clean_start=False, properties=LASTING)
        else:
            client.connect("127.0.0.1", port, self.keep_alive_s)
        client.loop_start()
        try:
            assert there.wait(20)
            yield
        finally:
            client.disconnect()
            client.loop_stop()

    def _disconnected(self, *words: object) -> None:
        self.lost += str(words[3]) != "Normal disconnection"


def publish(port: int, *payloads: int) -> None:
    subprocess.run(
        ["mosquitto_pub", "-p", str(port), "-q", "1", "-t", "news", "-l"],
        input="".join(f"{one}\n" for one in payloads).encode(),
        check=True,
    )


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[int]:
    """A mosquitto as it is when nothing is configured: 20 messages in flight to a client."""
    (port,) = free_ports(1)
    with Mosquitto(tmp_path, f"listener {port} 127.0.0.1\nallow_anonymous true\n"):
        yield port


@pytest.mark.parametrize("version", VERSIONS)
def test_dropped_answers_come_back_as_duplicates_after_a_reconnect(broker: int, version: int) -> None:
    """Every third PUBACK is dropped: nothing comes twice on that connection, exactly those after the next, with DUP."""
    relay, phone = Relay(broker, "drop puback every 3 up"), Phone(version)
    with served(relay.serve) as port:
        with phone.connected(port):
            publish(broker, *range(1, 31))
            until(lambda: len(phone.heard) == 30 and relay.orders.met == [30])
            time.sleep(0.3)
            assert phone.heard == [(n, False) for n in range(1, 31)]
        left = list(range(3, 31, 3))
        while left:
            met = relay.orders.met[0]
            with phone.connected(port):
                until(lambda: relay.orders.met == [met + len(left)])  # noqa: B023 — asked before the next round
                assert phone.heard == [(n, True) for n in left]
            left = left[2::3]
    assert relay.orders.struck == [10 + 3 + 1]
    assert not any(stage.stalled or stage.cause for stage in relay.stages)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_window_without_answers_stops_the_flow_and_is_named(broker: int, version: int) -> None:
    """When all 20 that may be in flight stay unanswered no more comes, which the stage says; a reconnect brings all."""
    relay, phone = Relay(broker, "drop puback up"), Phone(version)
    with served(relay.serve) as port:
        with phone.connected(port):
            publish(broker, *range(1, 31))
            until(lambda: bool(relay.stages[0].stalled))
            time.sleep(0.3)
            assert phone.heard == [(n, False) for n in range(1, 21)]
        (stall,) = relay.stages[0].stalled
        assert (stall.direction, stall.window) == (DOWN, 20)
        relay.orders = Orders()
        with phone.connected(port):
            until(lambda: len(phone.heard) == 30)
            assert phone.heard == [(n, n <= 20) for n in range(1, 31)]
    assert not relay.stages[1].stalled


def test_delayed_and_swapped_messages_arrive(broker: int) -> None:
    """Real messages, late, doubled or in another order, each as its rule says, and none is lost."""
    rules = ["delay publish 200ms every 10 down", "duplicate publish every 7 down", "reorder publish every 4 down"]
    relay, phone = Relay(broker, *rules), Phone(paho.MQTTv5)
    with served(relay.serve) as port, phone.connected(port):
        publish(broker, *range(1, 29))
        until(lambda: len(phone.heard) == 28 + 4)
    came = [n for n, _ in phone.heard]
    assert came[-2:] == [10, 20]
    assert came[:-2] == [
        1,
        2,
        3,
        5,
        4,
        6,
        7,
        7,
        9,
        8,
        11,
        13,
        12,
        14,
        14,
        15,
        17,
        16,
        18,
        19,
        21,
        21,
        22,
        23,
        25,
        24,
        26,
        27,
        28,
        28,
    ]


class Listener(Program):
    """A mosquitto_sub that says `TOPIC QOS RETAINED PAYLOAD` of all it hears, and whom the broker says what."""

    def __init__(self, port: int, version: str, folder: Path, *options: str) -> None:
        said = ("-t", "#", "-q", "1", "-d", "-F", "heard %t %q %r %x")
        super().__init__(
            *("stdbuf", "-oL", "mosquitto_sub", "-V", version, "-p", str(port), *said, *options), folder=folder
        )
        self.says("received SUBACK")

    @property
    def heard(self) -> list[str]:
        """The messages so far."""
        return [line for line in self.said if line.startswith("heard ")]

    @property
    def connected(self) -> int:
        """How often it has connected."""
        return sum("received CONNACK" in line for line in self.said)


@contextmanager
def stopped(run: Program) -> Iterator[int]:
    """The port of the broker that a run has started; the run is held before its first message while this lasts."""
    until(lambda: _child_port(run.process.pid) is not None)
    run.send(signal.SIGSTOP)
    port = _child_port(run.process.pid)
    assert port
    yield port
    run.send(signal.SIGCONT)


def test_an_old_client_hears_a_whole_exercise(tmp_path: Path) -> None:
    """At full speed on the embedded broker, which alone would cut it: every message a client of 5 hears, in order."""
    exercise = ("run", "template", "--rate", "max", "--broker", "embedded", "--out", "runs")
    with Program(PROGRAM, *exercise, folder=tmp_path) as run, stopped(run) as broker:
        relay = Relay(broker, translate=True)
        with served(relay.serve) as port:
            with Listener(broker, "mqttv5", tmp_path) as new, Listener(port, "mqttv311", tmp_path) as old:
                run.send(signal.SIGCONT)
                assert run.ended(60) == 0, run.err
                new.until(lambda line: "/status" in line and '656e646564' in line)
                until(lambda: len(old.heard) >= len(new.heard))
                assert old.heard == new.heard
                assert len(new.heard) > 60
                assert old.connected == 1
    assert [stage.cause for stage in relay.stages] == [""]
