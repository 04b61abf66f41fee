"""What the swarm's benchmarks share: brokers, our side of a measurement, and other programs that subscribe likewise."""

import asyncio
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

import structlog

from alertsim.broker import Broker, mosquitto, open_broker, parse_target
from alertsim.broker.ports import LOOPBACK
from alertsim.clock import unix_us
from alertsim.mqtt.codes import Version
from alertsim.swarm.bulletins import Bulletin, Bulletins
from alertsim.swarm.conduct import Conductor, Schedule
from alertsim.swarm.dues import evenly
from alertsim.swarm.findings import Published
from alertsim.swarm.openloop import OpenLoop
from alertsim.swarm.plan import Address, Plan, alike
from alertsim.swarm.process import Swarm, open_swarm
from alertsim.swarm.ticks import monotonic_ns
from alertsim.wire import Mark


class Job(NamedTuple):
    """`messages` of 500 bytes, `per_s` a second, from one topic to so many subscribers at a broker here."""

    port: int
    subscribers: int
    qos: int
    per_s: float
    messages: int

    @property
    def bulletins(self) -> Bulletins:
        """MQTT 5, with all properties."""
        return Bulletins(Mark("benchmark", "benchmark", status="Test"), size=500, qos=self.qos, version=Version.V5)

    def plan(self, **behaviour: Any) -> Plan:
        """`behaviour` is that of the cohort."""
        subscribers = alike(self.subscribers, (self.bulletins.topic,), qos=self.qos, **behaviour)
        offset_us = unix_us() - monotonic_ns() // 1_000
        return Plan((Address(LOOPBACK, self.port),), "test-benchmark", offset_us=offset_us, **subscribers)

    def publisher(self) -> OpenLoop:
        """Ready to start; nobody is told what it sends."""
        plan, dues = self.plan(), evenly(self.per_s, self.messages)
        return OpenLoop(plan, plan.brokers[0], qos=self.qos, make=self.bulletins.make, dues=dues, announce=_nobody)


class Run(NamedTuple):
    """What one run of a subscribing program has cost; `last_us`: of the median message to its last subscriber."""

    cpu_us: float
    connects_per_s: float
    last_us: float | None = None
    bytes_each: float = 0.0
    waited: float = 0.0


@asynccontextmanager
async def own_mosquitto() -> AsyncIterator[Broker]:
    """A mosquitto that nobody else uses."""
    async with open_broker(parse_target("mosquitto"), log=structlog.get_logger()) as broker:
        yield broker


@contextmanager
def bare_mosquitto(*settings: str) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """Port and process of a mosquitto that nobody watches: one may stop it, or give it other `settings`."""
    with socket.create_server((LOOPBACK, 0)) as taken:
        port = taken.getsockname()[1]
    user = ("user root",) if os.geteuid() == 0 else ()
    lines = (f"listener {port} {LOOPBACK}", "allow_anonymous true", "log_type error", *user, *settings)
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as file:
        file.write("\n".join(lines) + "\n")
        file.flush()
        with subprocess.Popen(
            [mosquitto.program() or "mosquitto", "-c", file.name], stderr=subprocess.DEVNULL
        ) as process:
            try:
                _await_answer(port)
                yield port, process
            finally:
                process.kill()


def _await_answer(port: int) -> None:
    for _ in range(500):
        with suppress(OSError), socket.create_connection((LOOPBACK, port)):
            return
        time.sleep(0.01)
    raise AssertionError("mosquitto did not start")


async def conduct(
    job: Job, *, view: Callable[[Swarm], None] = lambda _: None, patience_s: float = 20, **behaviour: Any
) -> tuple[dict[str, Any], Published]:
    """Our subscribers' result, and what was published; `view` looks at their process a few times a second."""
    with open_swarm() as swarm:
        dues = evenly(job.per_s, job.messages)
        schedule = Schedule(job.bulletins.make, dues, job.messages / job.per_s, qos=job.qos, patience_s=patience_s)
        result, published = await Conductor(job.plan(**behaviour), schedule, swarm, lambda *_: view(swarm)).conduct()
    assert published
    return result, published


async def ours(job: Job, **behaviour: Any) -> Run:
    """Our subscribers, with the full ledger; nothing may be missing."""
    result, _ = await conduct(job, **behaviour)
    assert result["counts"]["missing"] == 0 and not result["causes"], (result["counts"], result["causes"])
    lasts = sorted(each["last_us"] for each in result["reached"])
    return Run(
        result["cpu_s"] / result["deliveries"] * 1e6,
        result["connects"] / result["connect_s"],
        (lasts[(len(lasts) - 1) // 2] + lasts[len(lasts) // 2]) / 2,
        (result["resident"] - result["resident_before"]) / job.subscribers,
        result["waited_s"] / result["wall_s"],
    )


async def theirs(program: Sequence[str], job: Job) -> Run:
    """Another program: it is told PORT SUBSCRIBERS TOPIC QOS DELIVERIES.

    It says "subscribed SECONDS" and "done DELIVERIES CPU_US [LAST_US]" (CPU from the first delivery on), and ends.
    """
    wanted = job.subscribers * job.messages
    words = [*program, *map(str, (job.port, job.subscribers, job.bulletins.topic, job.qos, wanted))]
    process = await asyncio.create_subprocess_exec(*words, stdout=subprocess.PIPE)
    assert process.stdout
    try:
        connect_s = _figures(await process.stdout.readline(), "subscribed")[0]
        publisher = job.publisher()
        publisher.start()
        deliveries, cpu_us, *rest = _figures(await process.stdout.readline(), "done")
        await process.wait()
        await asyncio.to_thread(publisher.join)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return Run(cpu_us / deliveries, job.subscribers / connect_s, rest[0] if rest else None)


@contextmanager
def floor() -> Iterator[list[str] | None]:
    """The C program that only drains its sockets, compiled; None where there is no compiler."""
    compiler = shutil.which("cc")
    if not compiler:
        yield None
        return
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder, "drain")
        subprocess.run([compiler, "-O2", "-o", program, Path(__file__).with_name("drain.c")], check=True)
        yield [str(program)]


def numbers(*defaults: int) -> tuple[int, ...]:
    """The numbers of the command line; the defaults where there are fewer."""
    given = [int(word) for word in sys.argv[1:]]
    return (*given, *defaults[len(given) :])


def _figures(line: bytes, name: str) -> list[float]:
    first, *words = line.decode().split() or [""]
    assert first == name, f"expected {name!r}, got {line!r}"
    return [float(word) for word in words]


def _nobody(_: Bulletin) -> None:
    """Another program has no ledger."""
