"""The packet stage between real clients and real brokers, in a relay of a few lines."""

import asyncio
import re
import signal
import subprocess
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from alertsim.broker import embedded
from alertsim.broker.child import started
from alertsim.proxy.fates import Orders
from alertsim.proxy.rule_text import read_rule
from alertsim.proxy.rules import Direction
from alertsim.proxy.stage import Stage
from tests.e2e.programs import PROGRAM, Program
from tests.e2e.world import CALM, SCENARIO, listens
from tests.integration.real import Mosquitto, free_ports
from tests.integration.swarm_world import served, until

pytestmark = pytest.mark.mosquitto

UP, DOWN = Direction
VERSIONS = [MQTTProtocolVersion.MQTTv311, MQTTProtocolVersion.MQTTv5]
OLD, NEW = VERSIONS
LASTING = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # paho has no types there
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
            await asyncio.gather(_end(reader, writer), _end(there, back))


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


async def _end(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """All that was written arrives: what is closed with bytes unread is reset, and takes those with it."""
    try:
        async with asyncio.timeout(2):
            writer.write_eof()
            while await reader.read(65_536):
                pass
    except (OSError, TimeoutError):
        pass
    finally:
        writer.transport.abort()


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

    def __init__(self, version: MQTTProtocolVersion, name: str = "phone", keep_alive_s: int = 60) -> None:
        self.version, self.name, self.keep_alive_s = version, name, keep_alive_s
        self.heard: list[tuple[int, bool]] = []
        self.lost = 0

    @contextmanager
    def connected(self, port: int) -> Iterator[None]:
        """Connected and subscribed while this lasts."""
        there, self.heard = threading.Event(), []
        new = self.version is NEW
        client = paho.Client(CallbackAPIVersion.VERSION2, self.name, None if new else False, protocol=self.version)
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
def test_dropped_answers_come_back_as_duplicates_after_a_reconnect(broker: int, version: MQTTProtocolVersion) -> None:
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
def test_a_window_without_answers_stops_the_flow_and_is_named(broker: int, version: MQTTProtocolVersion) -> None:
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
    rules = ["delay publish 700ms every 10 down", "duplicate publish every 7 down", "reorder publish every 4 down"]
    relay, phone = Relay(broker, *rules), Phone(NEW)
    with served(relay.serve) as port, phone.connected(port):
        publish(broker, *range(1, 29))
        until(lambda: len(phone.heard) == 28 + 4)
    came = [n for n, _ in phone.heard]
    for late in (10, 20):
        assert came.index(late) > came.index(late + 1)
        came.remove(late)
    assert came == [1, 2, 3, 5, 4, 6, 7, 7, 9, 8, 11, 13, 12, 14, 14, 15, 17, 16, 18, 19, 21, 21, *AFTER]


AFTER = [22, 23, 25, 24, 26, 27, 28, 28]


class Listener(Program):
    """A mosquitto_sub that says `TOPIC QOS RETAINED PAYLOAD` of all it hears, and whom the broker says what."""

    def __init__(self, port: int, version: str, folder: Path, *options: str) -> None:
        said = ("-t", "#", "-d", "-F", "heard %t %q %r %x", "-q", "1")
        super().__init__(
            *("stdbuf", "-oL", "mosquitto_sub", "-V", version, "-p", str(port), *said, *options), folder=folder
        )
        self.says("received SUBACK")

    @property
    def heard(self) -> list[str]:
        """The messages so far."""
        return [line for line in self.said if line.startswith("heard ")]


@pytest.fixture
async def rumqttd() -> AsyncIterator[int]:
    """The embedded broker; of 3.1.1 it knows nothing."""
    (port,) = free_ports(1)
    async with started(embedded.recipe(port)):
        await asyncio.to_thread(until, lambda: listens(port))
        yield port


@contextmanager
def both(broker: int, folder: Path) -> Iterator[tuple[Listener, Listener]]:
    """A client of 5 at the broker and one of 3.1.1 behind a stage, which is still the same connection in the end."""
    relay = Relay(broker, translate=True)
    with (
        served(relay.serve) as port,
        Listener(broker, "mqttv5", folder) as new,
        Listener(port, "mqttv311", folder) as old,
    ):
        yield new, old
        assert [stage.over for stage in relay.stages] == [False]


def alertsim(broker: int, folder: Path, *command: str) -> Program:
    """`alertsim run` at a broker."""
    return Program(PROGRAM, "run", *command, "--broker", f"mqtt://127.0.0.1:{broker}", "--out", "runs", folder=folder)


def test_an_old_client_hears_a_whole_exercise(rumqttd: int, tmp_path: Path) -> None:
    """At full speed, on a broker which alone would cut it: every message a client of 5 hears, in order."""
    with both(rumqttd, tmp_path) as (new, old), alertsim(rumqttd, tmp_path, "template", "--rate", "max") as run:
        assert run.ended(60) == 0, run.err
        confirmed = re.search(r"confirmed (\d+)", run.out)
        assert confirmed, run.out
        until(lambda: len(old.heard) == len(new.heard) >= int(confirmed[1]))
        assert old.heard == new.heard


def test_an_old_client_learns_what_stands(rumqttd: int, tmp_path: Path) -> None:
    """Who joins later gets what is retained, then what is live and how it ends, as a client of 5 does."""
    with alertsim(rumqttd, tmp_path, SCENARIO, *CALM) as run:
        with Listener(rumqttd, "mqttv5", tmp_path) as scout:
            until(lambda: sum("/public/clock" in line for line in scout.heard) > 2)  # and all that stands was said
        with both(rumqttd, tmp_path) as (new, old):
            for one in (new, old):
                one.says("public/alert/UA-30 1 1 ")
            run.send(signal.SIGINT)
            assert run.ended(60) == 130, run.err
            until(lambda: len(lasting(old)) >= len(lasting(new)) > 10)
            assert lasting(old) == lasting(new)
            assert sum("public/alert/" in line for line in lasting(old)) >= 6, "raised and ended, three each"


def lasting(one: Listener) -> list[str]:
    """What it heard, but for the clock's ticks before it joined."""
    return sorted(line for line in one.heard if "/clock" not in line)


def test_an_old_client_has_all_of_its_version(rumqttd: int, tmp_path: Path) -> None:
    """QoS 2 both ways, a granted QoS each, a will, and connections that live on pings alone."""
    relay = Relay(rumqttd, translate=True, keep_alive_s=1)
    quick, silent = Phone(OLD, "quick", keep_alive_s=1), Phone(OLD, "silent", keep_alive_s=0)
    will = ("--will-topic", "gone", "--will-payload", "x", "--will-qos", "1")
    with served(relay.serve) as port:
        with (
            quick.connected(port),
            silent.connected(port),
            Listener(port, "mqttv311", tmp_path, "-q", "2", "-t", "a/+", "-t", "b", *will) as mortal,
            Listener(port, "mqttv311", tmp_path, "-q", "2") as mourner,
        ):
            mortal.says("Subscribed (mid: 1): 2, 2, 2")
            pub = ("mosquitto_pub", "-p", str(port), "-V", "mqttv311", "-q", "2", "-t", "twice", "-m", "x", "-r")
            subprocess.run(pub, check=True)
            mourner.says("heard twice 2 0 78")
            time.sleep(2.5)  # longer than a broker waits that was promised a sign each second
            publish(port, 1)
            until(lambda: quick.heard == silent.heard == [(1, False)])
            assert (quick.lost, silent.lost) == (0, 0)
            mortal.send(signal.SIGKILL)
            mourner.says("heard gone 2 0 78")  # rumqttd delivers at the QoS that was asked for
        with Listener(port, "mqttv311", tmp_path, "-q", "2") as late:
            late.says("heard twice 2 1 78")
    assert [stage.cause for stage in relay.stages] == [""] * len(relay.stages)
