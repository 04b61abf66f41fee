"""The 40 ms of Nagle's algorithm and delayed acknowledgements: named where they are, and never where they are not."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from alertsim.mqtt.frames import frames
from alertsim.swarm.histogram import Histogram
from alertsim.swarm.selfcheck import has_plateau
from tests.integration.real import Mosquitto, free_ports, needs_mosquitto
from tests.integration.swarm_world import Crowd, plan_of, relay, served

pytestmark = needs_mosquitto
SUBSCRIBERS, MESSAGES = 8, 20
CONFIGURATION = """\
listener {port} 127.0.0.1
allow_anonymous true
persistence false
set_tcp_nodelay true
log_dest stderr
"""


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    (free,) = free_ports(1)
    with Mosquitto(tmp_path, CONFIGURATION.replace("{port}", str(free))):
        yield free


def latencies_through(way: int, broker: int, *, qos: int = 1) -> Histogram:
    """Latencies of messages 10 a second, as the subscribers at `way` hear them."""
    with Crowd(plan_of(way, SUBSCRIBERS, qos=qos)) as crowd:
        crowd.wait()
        crowd.publish(broker, MESSAGES, 10).join()
        result = crowd.finish(30)
    assert result["counts"]["delivered"] == SUBSCRIBERS * MESSAGES
    return Histogram.from_sparse(result["latency"])


def test_names_every_second_message_that_is_40_ms_late(port: int) -> None:
    """A relay that holds every second message back as long as Linux holds an acknowledgement back."""
    with relay(port, lambda _, seq: (0.04,) if seq % 2 else (0.0,)) as way:
        assert has_plateau(latencies_through(way, port))


def test_names_a_broker_that_writes_in_two_pieces(port: int) -> None:
    """The real thing: the rest of a packet waits, by Nagle, for the acknowledgement of its first bytes."""
    with in_pieces(port) as way:
        assert has_plateau(latencies_through(way, port))


@pytest.mark.parametrize("qos", [0, 1])
def test_names_nothing_at_a_plain_broker(port: int, qos: int) -> None:
    """Nobody holds anything back."""
    assert not has_plateau(latencies_through(port, port, qos=qos))


def in_pieces(broker: int) -> AbstractContextManager[int]:
    """The port of a relay that writes the head of each packet for itself, with Nagle's algorithm on."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", broker)
        plug: socket.socket = writer.get_extra_info("socket")
        plug.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 0)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(_pass(reader, back))
                group.create_task(_split(there, writer))
        finally:
            back.transport.abort()

    return served(serve)


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65_536):
        writer.write(data)
    writer.transport.abort()


async def _split(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    rest = b""
    while data := await reader.read(65_536):
        rest, start = rest + data, 0
        for _, body, stop in frames(rest, 0, len(rest)):
            writer.write(rest[start:body])
            writer.write(rest[body:stop])
            start = stop
        rest = rest[start:]
