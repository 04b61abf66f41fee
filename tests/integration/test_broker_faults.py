"""Brokers of ours that are made to fail on purpose: killed, stopped, restarted; and never left so."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import aiomqtt
import pytest
import structlog
from aiomqtt import ProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from alertsim.broker import Target, mosquitto, open_broker, parse_target
from alertsim.broker.opening import Broker
from alertsim.broker.supervision import MOST_RESTARTS, Keeper

KILL, STOP, RESTART = Keeper.killed, Keeper.stopped, Keeper.restarted
Fault = Callable[[Keeper], AbstractAsyncContextManager[None]]
EMBEDDED, MOSQUITTO = (replace(parse_target(kind), port=24_400) for kind in ("embedded", "mosquitto"))
needs_mosquitto = [
    pytest.mark.mosquitto,
    pytest.mark.skipif(not mosquitto.program(), reason="mosquitto is not installed"),
]
both = pytest.mark.parametrize(
    "target", [EMBEDDED, pytest.param(MOSQUITTO, marks=needs_mosquitto)], ids=["embedded", "mosquitto"]
)


@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is on its way when these brokers end."""
    monkeypatch.setattr("alertsim.broker.supervision.LINGER_S", 0.0)


@asynccontextmanager
async def kept(target: Target, *, remembers: bool = False) -> AsyncIterator[tuple[Broker, Keeper]]:
    async with open_broker(target, log=structlog.get_logger(), remembers=remembers) as broker:
        assert broker.keeper
        yield broker, broker.keeper


def client(broker: Broker, name: str = "", *, fresh: bool = True) -> aiomqtt.Client:
    wished = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # paho types its methods only
    wished.SessionExpiryInterval = 300
    return aiomqtt.Client(
        "127.0.0.1",
        broker.port,
        identifier=name,
        protocol=ProtocolVersion.V5,
        timeout=2,
        clean_start=fresh,
        properties=wished,
    )


async def answers(broker: Broker, patience_s: float = 5.0) -> bool:
    try:
        async with asyncio.timeout(patience_s), client(broker):
            return True
    except (aiomqtt.MqttError, TimeoutError):
        return False


def state_of(keeper: Keeper) -> str:
    """The state of the process as the kernel has it: R, S, T (stopped); empty when it is gone."""
    assert keeper._child
    try:
        stat = Path(f"/proc/{keeper._child.process.pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return ""
    return stat.rpartition(")")[2].split()[0]


def left_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())


async def eventually(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - other processes set no events
            await asyncio.sleep(0.005)


@both
@pytest.mark.parametrize("fault", [KILL, RESTART])
async def test_it_is_gone_as_long_as_it_fails(target: Target, fault: Fault) -> None:
    """Nobody answers until the fault is over; then somebody does at once; no such death counts for giving it up."""
    async with kept(target) as (broker, keeper):
        for _ in range(MOST_RESTARTS + 2):
            async with fault(keeper):
                assert not await answers(broker)
            assert await answers(broker)


@both
async def test_a_stopped_one_goes_on_where_it_was(target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not taken for dead however long it stands still, and its connections outlive that."""
    monkeypatch.setattr("alertsim.broker.pulse.BEAT_S", 0.02)
    async with kept(target) as (broker, keeper), client(broker) as reader:
        await reader.subscribe("a", qos=1)
        async with keeper.stopped():
            await eventually(lambda: state_of(keeper) == "T")
            assert not await answers(broker, 0.5)
        monkeypatch.setattr("alertsim.broker.pulse.BEAT_S", 2.0)
        await reader.publish("a", b"still here", qos=1)
        async with asyncio.timeout(5):
            assert (await anext(aiter(reader.messages))).payload == b"still here"


async def leave_something(broker: Broker) -> None:
    """A retained message, and a session with a message that waits in it (mosquitto keeps none that began afresh)."""
    async with client(broker, "sleeper", fresh=False) as sleeper:
        await sleeper.subscribe("queued", qos=1)
    async with client(broker) as writer:
        await writer.publish("retained", b"stands", qos=1, retain=True)
        await writer.publish("queued", b"waits", qos=1)


async def found(broker: Broker) -> set[bytes]:
    """What of that is still there."""
    heard = set[bytes]()
    async with client(broker, "sleeper", fresh=False) as sleeper:
        await sleeper.subscribe("retained", qos=1)
        await sleeper.subscribe("end", qos=1)
        await sleeper.publish("end", b"end", qos=1)
        async with asyncio.timeout(5):
            async for message in sleeper.messages:
                if message.payload == b"end":
                    return heard
                heard.add(bytes(message.payload))
    return heard


@pytest.mark.mosquitto
@pytest.mark.skipif(not mosquitto.program(), reason="mosquitto is not installed")
async def test_what_outlives_a_restart(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With its state: retained messages and sessions, again and again; without, or killed: nothing. No file stays."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    async with kept(MOSQUITTO, remembers=True) as (broker, keeper):
        await leave_something(broker)
        for keeps, expected in (
            (True, {b"stands", b"waits"}),
            (True, {b"stands"}),  # what waited was taken
            (False, set[bytes]()),
        ):
            async with keeper.restarted(keeps=keeps):
                assert left_in(tmp_path) == []
            assert await found(broker) == expected
            assert left_in(tmp_path) == []
        await leave_something(broker)
        async with keeper.killed():
            pass
        assert await found(broker) == set()
    assert left_in(tmp_path) == []


@both
@pytest.mark.parametrize("fault", [KILL, STOP, RESTART])
async def test_a_fault_that_is_broken_off_leaves_nothing_stopped(target: Target, fault: Fault) -> None:
    """Whoever is cancelled in the middle leaves a broker that answers, or will in a moment."""
    async with kept(target) as (broker, keeper):
        inside = asyncio.Event()

        async def hold() -> None:
            async with fault(keeper):
                inside.set()
                await asyncio.Event().wait()

        task = asyncio.create_task(hold())
        await inside.wait()
        task.cancel()
        await asyncio.wait({task})
        await eventually(lambda: state_of(keeper) not in {"T", "", "Z"})
        async with keeper.killed():
            """One that answers can fail again."""
        assert await answers(broker)
