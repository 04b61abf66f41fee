"""`alertsim record` at a real broker: everything that was said, as it was said; what was ours can be played again."""

import asyncio
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import aiomqtt
import pytest
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from alertsim.recording import Recorded, read
from tests.e2e.programs import PROGRAM, Program
from tests.e2e.world import World

pytestmark = pytest.mark.mosquitto
COUNT = 2_000


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A world of this test alone."""
    with World(tmp_path) as made:
        yield made


def recording(world: World, url: str, *options: str) -> tuple[Program, Path]:
    """A capture that has joined."""
    path = world.folder / "capture.mcap"
    program = world.program(PROGRAM, "record", "--broker", url, "-o", str(path), *options)
    wait_for(lambda: path.exists() and path.stat().st_size > 0)
    return program, path


def wait_for(wanted: object, patience_s: float = 30.0) -> None:
    """Wait until it is so."""
    assert callable(wanted)
    deadline = time.monotonic() + patience_s
    while not wanted():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def lines(path: Path) -> list[Recorded]:
    """What lies in a recording so far."""
    return [*read(path)]


async def say_everything(port: int) -> None:
    """Messages of every QoS with every property, and many of them."""
    properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
    properties.UserProperty = [("a", "1"), ("a", "2"), ("ж", "")]
    properties.ContentType, properties.ResponseTopic = "text/plain", "answers/1"
    properties.CorrelationData, properties.MessageExpiryInterval = b"\x00\xff", 300
    properties.PayloadFormatIndicator = 1
    async with aiomqtt.Client("127.0.0.1", port, protocol=aiomqtt.ProtocolVersion.V5) as client:
        for qos in (0, 1, 2):
            await client.publish(f"sensors/{qos}", b"text", qos=qos, retain=qos == 1, properties=properties)
        await client.publish("sensors/raw", b"\xff\x00", qos=1)
        await client.publish("sensors/1", b"", qos=1, retain=True)
        for n in range(0, COUNT, 100):
            await asyncio.gather(*(client.publish(f"many/{m % 7}", b"%d" % m, qos=1) for m in range(n, n + 100)))


def test_everything_is_kept_with_all_its_properties(world: World) -> None:
    """QoS, retain as published, user properties in order, content type, response topic, correlation data; none lost."""
    broker = world.mosquitto()
    program, path = recording(world, broker.url)
    asyncio.run(say_everything(broker.port))
    wait_for(lambda: len(lines(path)) >= COUNT + 5)
    program.send(signal.SIGINT)
    assert program.ended() == 130, program.err
    found = read(path)
    assert found.damage is None
    assert found.metadata["capture"] == "true"
    heard = lines(path)
    by_topic = {line.topic: line for line in reversed(heard)}
    for qos in (0, 1, 2):
        line = by_topic[f"sensors/{qos}"]
        assert line.delivery is not None
        said = line.delivery.model_dump(exclude={"expiry_s"})
        assert (line.data, said["qos"], said["retain"]) == (b"text", qos, qos == 1)
        assert said["properties"] == (("a", "1"), ("a", "2"), ("ж", ""))
        assert (said["content_type"], said["payload_format"], said["response_topic"]) == ("text/plain", 1, "answers/1")
        assert (said["correlation_data"], line.delivery.expiry_s) == ("AP8=", 300)
    assert [line.data for line in heard if line.topic == "sensors/raw"] == [b"\xff\x00"]
    assert [line.data for line in heard if line.topic == "sensors/1"] == [b"text", b""]
    assert sorted(int(line.data) for line in heard if line.topic.startswith("many/")) == list(range(COUNT))


def test_a_broker_that_restarts_is_noted_and_recording_goes_on(world: World) -> None:
    """Lost, then restored, then what is said afterwards; a kill of the recorder costs what came in the last second."""
    broker = world.mosquitto()
    program, path = recording(world, broker.url)
    broker.end()
    broker.start()
    wait_for(lambda: any(line.kind == "broker.restored" for line in lines(path)))
    subprocess.run(["mosquitto_pub", "-p", str(broker.port), "-t", "later", "-m", "heard"], check=True)
    wait_for(lambda: any(line.topic == "later" for line in lines(path)))
    program.send(signal.SIGKILL)
    program.ended()
    assert [line.kind or line.topic for line in lines(path)] == ["broker.lost", "broker.restored", "later"]
    assert read(path).damage is not None


def test_what_is_wrong_is_said_in_a_sentence(world: World) -> None:
    """No broker: 1; a file that is there, a filter that is none: 2; never a traceback."""
    (world.folder / "there.mcap").write_text("x")
    for options, code in (
        (("--broker", "mqtt://127.0.0.1:1"), 1),
        (("-o", "there.mcap"), 2),
        (("--topic", "a/#/b"), 2),
        (("--for", "soon"), 2),
        (("-o", "no/folder.mcap"), 2),
    ):
        program = world.program(PROGRAM, "record", *options)
        assert program.ended() == code, program.err
        assert "Traceback" not in program.err
        assert program.err.count("\n") <= 3
