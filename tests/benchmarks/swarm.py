"""The swarm beside the floor: a C program that only drains sockets, on the same mosquitto, in turns.

`python -m tests.benchmarks.swarm [SUBSCRIBERS [ROUNDS]]`: CPU a delivery with the full ledger as a ratio, connects a
second, memory a subscriber; 10 messages of 500 bytes a second, MQTT 5 with all properties, QoS 0 and 1; medians.
"""

import asyncio
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import structlog

from alertsim.broker import open_broker, parse_target
from alertsim.clock import unix_us
from alertsim.mqtt.codes import Version
from alertsim.swarm.bulletins import Bulletin, Bulletins
from alertsim.swarm.conduct import Conductor, Schedule
from alertsim.swarm.dialling import allow_sockets
from alertsim.swarm.openloop import OpenLoop
from alertsim.swarm.plan import Plan
from alertsim.swarm.process import open_swarm
from alertsim.swarm.ticks import monotonic_ns
from alertsim.wire import Mark

PER_S, MESSAGES = 10, 50


class Run(NamedTuple):
    """One run of one of the two."""

    cpu_us: float
    connects_per_s: float
    bytes_each: float = 0.0
    waited: float = 0.0


def plan_of(port: int, subscribers: int, qos: int) -> tuple[Plan, Bulletins]:
    by = Mark("benchmark", "benchmark", status="Test")
    bulletins = Bulletins(by, size=500, qos=qos, version=Version.V5)
    offset_us = unix_us() - monotonic_ns() // 1_000
    plan = Plan("127.0.0.1", port, "test-benchmark", subscribers, bulletins.topic, offset_us, qos=qos)
    return plan, bulletins


async def ours(port: int, subscribers: int, qos: int) -> Run:
    plan, bulletins = plan_of(port, subscribers, qos)
    with open_swarm() as swarm:
        schedule = Schedule(bulletins, PER_S, MESSAGES / PER_S, patience_s=20)
        result, _ = await Conductor(plan, schedule, swarm, lambda *_: None).conduct()
    assert result["counts"]["missing"] == 0, result["counts"]
    return Run(
        result["cpu_s"] / result["deliveries"] * 1e6,
        result["connects"] / result["connect_s"],
        (result["resident"] - result["resident_before"]) / subscribers,
        result["waited_s"] / result["wall_s"],
    )


async def floor(program: Path, port: int, subscribers: int, qos: int) -> Run:
    plan, bulletins = plan_of(port, subscribers, qos)
    words = [str(program), str(port), str(subscribers), bulletins.topic, str(qos), str(subscribers * MESSAGES)]
    process = await asyncio.create_subprocess_exec(*words, stdout=subprocess.PIPE)
    assert process.stdout
    connect_s = float((await process.stdout.readline()).split()[1])
    publisher = OpenLoop(plan, make=bulletins.make, per_s=PER_S, count=MESSAGES, announce=nobody)
    publisher.start()
    deliveries, cpu_us = (float(word) for word in (await process.stdout.readline()).split()[1:])
    await process.wait()
    await asyncio.to_thread(publisher.join)
    return Run(cpu_us / deliveries, subscribers / connect_s)


def nobody(_: Bulletin) -> None:
    """The drain has no ledger."""


async def compare(program: Path, subscribers: int, rounds: int) -> None:
    async with open_broker(parse_target("mosquitto"), log=structlog.get_logger()) as broker:
        for qos in (0, 1):
            mine, theirs = [], []
            for _ in range(rounds):
                theirs.append(await floor(program, broker.port, subscribers, qos))
                mine.append(await ours(broker.port, subscribers, qos))
            tell(qos, mine, theirs)


def tell(qos: int, mine: list[Run], theirs: list[Run]) -> None:
    def median(runs: list[Run], of: Callable[[Run], float]) -> float:
        return statistics.median(map(of, runs))

    ratios = [own.cpu_us / other.cpu_us for own, other in zip(mine, theirs, strict=True)]
    print(
        f"QoS {qos}: {median(mine, lambda run: run.cpu_us):.2f} µs CPU a delivery with the ledger, "
        f"C drain {median(theirs, lambda run: run.cpu_us):.2f}; ratio {statistics.median(ratios):.2f} (aim ≤ 1.6, "
        f"from {min(ratios):.2f} to {max(ratios):.2f})"
    )
    print(
        f"       {median(mine, lambda run: run.connects_per_s):,.0f} connects/s (aim ≥ 10,000; "
        f"C drain {median(theirs, lambda run: run.connects_per_s):,.0f}), "
        f"{median(mine, lambda run: run.bytes_each) / 1024:.2f} KB a subscriber (aim ≤ 1.5), "
        f"{median(mine, lambda run: run.waited):.0%} of the time waiting for a CPU",
        flush=True,
    )


def main() -> None:
    subscribers, rounds = (int(word) for word in (*sys.argv[1:], *("5000", "5")[len(sys.argv) - 1 :]))
    compiler = shutil.which("cc")
    if not compiler:
        print("no C compiler here (cc): nothing to compare with")
        return
    allow_sockets(subscribers)
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder, "drain")
        subprocess.run([compiler, "-O2", "-o", program, Path(__file__).with_name("drain.c")], check=True)
        asyncio.run(compare(program, subscribers, rounds))


if __name__ == "__main__":
    main()
