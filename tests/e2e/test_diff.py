"""`alertsim diff`: what a network dropped, and what somebody left out, is named exactly."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

from alertsim.recording import Delivery, Recorded, Recorder, read
from alertsim.wire import schema
from tests.e2e.world import World
from tests.integration.real import free_ports

pytestmark = pytest.mark.mosquitto
NIGHT = ("template", "--rate", "max", "--json", "--subscribers", "0")
RULES = (
    "drop publish every 4 topic=exercise/+/control/network/# down",
    "drop publish topic=exercise/+/control/inject/# down",
)
LOST = 17
"""16 of 66 conditions of operators, and one inject."""


@contextmanager
def heard(port: int, path: Path) -> Iterator[threading.Event]:
    """Record what a subscriber at this port hears, until the exercise is cleared; the event says that it is."""
    over, joined = threading.Event(), threading.Event()
    client = paho.Client(CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5)

    def record(_client: Any, _data: Any, message: paho.MQTTMessage) -> None:
        properties = getattr(message.properties, "UserProperty", [])
        delivery = Delivery(
            qos=message.qos, retain=message.retain, expiry_s=None, properties=tuple(map(tuple, properties))
        )
        made.captured(message.topic, bytes(message.payload), delivery, at_us=1, seq=0)
        if message.topic.endswith("public/state") and not message.payload:
            over.set()

    with Recorder(path, schema_of=schema) as made:
        made.start({"capture": "test"}, {})
        client.on_message = record
        client.on_subscribe = lambda *_: joined.set()
        client.connect("127.0.0.1", port)
        client.subscribe("exercise/#", options=SubscribeOptions(qos=1, retainAsPublished=True))
        client.loop_start()
        try:
            assert joined.wait(10)
            yield over
        finally:
            client.disconnect(properties=Properties(PacketTypes.DISCONNECT))  # type: ignore[no-untyped-call]  # paho's
            client.loop_stop()
        made.finish()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One run, heard at the broker and behind a proxy that drops: `run`, `near.mcap`, `far.mcap`."""
    with World(tmp_path_factory.mktemp("diff")) as made:
        broker, (far,) = made.mosquitto(), free_ports(1)
        rules = [word for rule in RULES for word in ("--rule", rule)]
        proxies = made.alertsim("proxies", "--broker", broker.url, "--listen", f"far:{far}", "--control", "0", *rules)
        proxies.says(str(far))
        with (
            heard(broker.port, made.folder / "near.mcap") as near_over,
            heard(far, made.folder / "far.mcap") as far_over,
        ):
            run = made.alertsim("run", *NIGHT, "--broker", broker.url, "--exercise", "night", "--out", "runs")
            assert run.ended() == 0, run.err
            assert near_over.wait(10)
            assert far_over.wait(10)
        yield made


def compared(world: World, *words: str) -> tuple[int, dict[str, Any]]:
    """Exit code and answer of `alertsim diff`."""
    found = world.alertsim("diff", *words, "--json")
    code = found.ended()
    assert found.err == ""
    return code, json.loads(found.out)


def test_what_the_network_dropped_is_named(world: World) -> None:
    """17 known packets are dropped between broker and subscriber: those are missing, and nothing else differs."""
    near = list(read(world.folder / "near.mcap"))
    dropped = [line for line in near if "/control/network/" in line.topic][3::4]
    dropped += [line for line in near if "/control/inject/" in line.topic]
    code, found = compared(world, "near.mcap", "far.mcap")
    assert (code, len(dropped)) == (3, LOST)
    assert names(found["missing"]) == sorted(map(name, dropped))
    assert [found[part] for part in ("extra", "changed", "moved", "late")] == [[]] * 4


def test_what_was_heard_is_what_was_sent(world: World) -> None:
    """A subscriber at the broker has everything the exercise recorded, with QoS, retain and properties."""
    code, found = compared(world, "runs/night", "near.mcap", "--late", "9999h")
    assert (code, found["differs"]) == (0, False), found
    assert found["equal"] > 100


def test_what_was_left_out_of_a_copy_is_named(world: World) -> None:
    """17 messages left out of a copy, to the letter; and the other way round they are extra."""
    recording = read(world.folder / "runs" / "night" / "run.mcap")
    lines = [line for line in recording if line.delivery and line.kind != "clock.ticked"]
    out = lines[5 : 5 + LOST * 4 : 4]
    path = world.folder / "copy.mcap"
    with Recorder(path, schema_of=schema) as made:
        made.start(recording.metadata, recording.attachments)
        for line in recording:
            if line not in out:
                made.copy(line)
        made.finish()
    code, found = compared(world, "runs/night", "copy.mcap")
    assert (code, len(out)) == (3, LOST)
    assert names(found["missing"]) == sorted(map(name, out))
    code, back = compared(world, "copy.mcap", "runs/night")
    assert names(back["extra"]) == names(found["missing"])


def test_plan_and_sending_agree(world: World) -> None:
    """All that was planned was sent and confirmed, word for word; nobody of ours listened."""
    code, found = compared(world, "--planned", "runs/night")
    assert (code, found["unconfirmed"], found["unheard"]) == (0, [], None)
    assert found["sent"]["equal"] > 80


@pytest.mark.parametrize(
    "words",
    [["runs/night"], ["--planned", "runs/night", "near.mcap"], ["a.mcap", "near.mcap"], ["--planned", "near.mcap"]],
)
def test_what_cannot_be_compared_is_a_sentence(world: World, words: list[str]) -> None:
    """One recording alone, or one without a plan: exit 2 and what to do."""
    found = world.alertsim("diff", *words)
    assert (found.ended(), found.err.count("\n"), found.out) == (2, 1, "")


def name(line: Recorded) -> tuple[str, str]:
    """Event and topic of a line; a clear has no event."""
    topic = line.topic.split("/", 2)[2] if line.topic.startswith("exercise/") else line.topic
    return str((line.of or {}).get("event", "")) if isinstance(line.of, dict) else "", topic


def names(part: list[dict[str, str]]) -> list[tuple[str, str]]:
    return sorted((each["event"], each["topic"]) for each in part)
