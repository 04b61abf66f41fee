"""Publishers by a schedule: at their times, together where they share a start, late rather than silent."""

import asyncio
import time
from collections.abc import Callable

import pytest

from alertsim.mqtt.codes import Version
from alertsim.mqtt.encoding import encode
from alertsim.mqtt.packets import Connack, Connect, Publish
from alertsim.mqtt.reader import Reader
from alertsim.swarm.bulletins import Bulletin, Bulletins
from alertsim.swarm.openloop import OpenLoop
from alertsim.swarm.plan import Address
from tests.integration.swarm_world import BY, OFFSET_US, plan_of, served, until

V5 = Version.V5
DUES = [0.0, 0.01, 0.01, 0.3, 0.3, 0.31]


class Listener:
    """A broker that takes everything of QoS 0 and keeps who connected and what came."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.heard: list[Publish] = []

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        parts = Reader(V5)
        while data := await reader.read(65_536):
            for packet in parts.feed(data):
                match packet:
                    case Connect():
                        self.names.append(packet.client_id)
                        writer.write(encode(Connack(), V5))
                    case Publish():
                        self.heard.append(packet)


def publisher(port: int, announce: Callable[[Bulletin], None], start_s: float | None, role: str) -> OpenLoop:
    make = Bulletins(BY, size=500, qos=0, version=V5).make
    where = Address("127.0.0.1", port)
    return OpenLoop(plan_of(port, 1), where, qos=0, make=make, dues=DUES, announce=announce, start_s=start_s, role=role)


@pytest.mark.parametrize("roles", [("publisher",), ("publisher-0", "publisher-1", "publisher-2")])
def test_one_schedule(roles: tuple[str, ...]) -> None:
    """Each message of each publisher is due at the shared start and its own time, and none goes out before."""
    broker, announced, start_s = Listener(), list[tuple[int, float, int]](), time.monotonic() + 0.5

    def announce(bulletin: Bulletin) -> None:
        announced.append((bulletin.seq, time.monotonic(), bulletin.due_us))

    with served(broker) as port:
        publishers = [publisher(port, announce, start_s, role) for role in roles]
        for each in publishers:
            each.start()
        for each in publishers:
            each.join()
        until(lambda: len(broker.heard) == len(roles) * len(DUES))
    assert sorted(broker.names) == [f"test-load-{role}" for role in roles]
    assert len(announced) == len(roles) * len(DUES)
    for seq, at_s, due_us in announced:
        assert due_us == int((start_s + DUES[seq - 1]) * 1e6) + OFFSET_US
        assert at_s >= start_s + DUES[seq - 1]


def test_without_a_start_of_its_own() -> None:
    """It begins soon after it is connected, with the same gaps."""
    broker, announced = Listener(), list[Bulletin]()
    with served(broker) as port:
        alone = publisher(port, announced.append, None, "publisher")
        alone.start()
        alone.join()
        until(lambda: len(broker.heard) == len(DUES))
    assert (alone.sent, alone.skipped, alone.failure) == (6, 0, "")
    for bulletin, due_s in zip(announced, DUES, strict=True):
        assert abs(bulletin.due_us - announced[0].due_us - due_s * 1e6) <= 1


def test_who_is_connected_late_says_everything_late() -> None:
    """The start is over before there is a connection: nothing is dropped, and the lag tells."""
    broker = Listener()
    with served(broker) as port:
        tardy = publisher(port, lambda _: None, time.monotonic() - 1.0, "publisher")
        tardy.start()
        tardy.join()
        until(lambda: len(broker.heard) == len(DUES))
    assert (tardy.sent, tardy.skipped) == (6, 0)
    assert (tardy.lag.percentile(1) or 0) >= 600_000
