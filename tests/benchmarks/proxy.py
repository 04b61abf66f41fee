"""A calm proxy beside a minimal C relay and no relay at all, in turns, before the same mosquitto.

`python -m tests.benchmarks.proxy [CONNECTIONS [ROUNDS [SECONDS]]]`: 30 messages of 500 bytes a second to each of 1,000
connections, which is 30,000 a second, paced; QoS 0 and 1. CPU of the relay a message, latency, and nothing lost.
"""

import asyncio
import os
import shutil
import statistics
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from alertsim.broker.ports import LOOPBACK
from alertsim.proxy.door import Door
from alertsim.proxy.process import open_proxies
from alertsim.swarm.dialling import allow_sockets
from alertsim.swarm.histogram import Histogram
from alertsim.swarm.process import Swarm
from tests.benchmarks.rig import Job, conduct, numbers, own_mosquitto

PER_S = 30
BUSY = 0.1
"""Whose subscribers wait longer for a CPU than that says nothing of latencies."""


class Relayed(NamedTuple):
    """One run: CPU of the relay (0 without one), and what its subscribers saw.

    `waited`: the share of the time they waited for a CPU themselves.
    """

    cpu_us: float
    p50_ms: float
    p99_ms: float
    missing: int
    waited: float


class Meter:
    """The CPU of a process per delivery, from soon after the first delivery on."""

    def __init__(self, pid: int) -> None:
        self._pid, self._first, self._last = pid, (0.0, 0), (0.0, 0)

    def look(self, swarm: Swarm) -> None:
        """Now and then."""
        if deliveries := swarm.progress.get("deliveries", 0):
            self._last = (self._cpu_us(), deliveries)
            self._first = self._first if self._first[1] else self._last

    @property
    def each_us(self) -> float:
        """CPU of one delivery."""
        cpu_us, deliveries = (last - first for first, last in zip(self._first, self._last, strict=True))
        return cpu_us / deliveries if self._pid and deliveries else 0.0

    def _cpu_us(self) -> float:
        """By the scheduler's own count, in nanoseconds."""
        if not self._pid:
            return 0.0
        return int(Path(f"/proc/{self._pid}/schedstat").read_text().split()[0]) / 1e3


@contextmanager
def direct(port: int) -> Iterator[tuple[int, int]]:
    """No relay: the broker's port, and no process."""
    yield port, 0


@contextmanager
def ours(port: int) -> Iterator[tuple[int, int]]:
    """A calm proxy."""
    with open_proxies([Door("calm", 0, LOOPBACK, port)]) as proxies:
        yield proxies.ports["calm"], proxies.pid


def compiled(program: Path) -> Callable[[int], Any]:
    """The C relay."""

    @contextmanager
    def minimal(port: int) -> Iterator[tuple[int, int]]:
        here = 41_000 + os.getpid() % 20_000
        with subprocess.Popen([program, str(here), str(port)], stdout=subprocess.PIPE) as process:
            try:
                assert process.stdout and process.stdout.readline() == b"ready\n"
                yield here, process.pid
            finally:
                process.kill()

    return minimal


async def run(relay: Callable[[int], Any], broker: int, connections: int, qos: int, seconds: int) -> Relayed:
    """One of them, at work."""
    with relay(broker) as (port, pid):
        meter = Meter(pid)
        job = Job(port, connections, qos, PER_S * 1_000 / connections, int(PER_S * seconds * 1_000 / connections))
        result, _ = await conduct(job, view=meter.look)
    latency = Histogram.from_sparse(result["latency"])
    p50, p99 = latency.percentiles(50, 99)
    missing = result["counts"]["missing"] + result["counts"]["duplicates"] + sum(result["causes"].values())
    return Relayed(meter.each_us, p50 / 1e3, p99 / 1e3, missing, (result["waited_s"] or 0) / result["wall_s"])


async def compare(relays: dict[str, Callable[[int], Any]], many: int, qos: int, rounds: int, seconds: int) -> None:
    """In turns, and what came out."""
    runs: dict[str, list[Relayed]] = {name: [] for name in relays}
    async with own_mosquitto() as broker:
        for _ in range(rounds):
            for name, relay in relays.items():
                runs[name].append(await run(relay, broker.port, many, qos, seconds))
    tell(qos, many, runs)


def tell(qos: int, many: int, runs: dict[str, list[Relayed]]) -> None:
    """A row for each, and what was aimed at."""
    rounds, load = len(runs["proxy"]), " ".join(f"{each:.1f}" for each in os.getloadavg())
    print(f"QoS {qos}, {many:,} connections, medians of {rounds}; load average {load}")
    print("                          µs CPU a message    p50 ms    p99 ms   lost or doubled")
    for name, each in runs.items():
        cpu, p50, p99 = (statistics.median(one[field] for one in each) for field in range(3))
        print(f"{name:<26}{cpu:>16.2f}{p50:>10.1f}{p99:>10.1f}{sum(one.missing for one in each):>18}")
    if "C relay" in runs:
        ratios = [mine.cpu_us / floor.cpu_us for mine, floor in zip(runs["proxy"], runs["C relay"], strict=True)]
        ratio = statistics.median(ratios)
        aimed(f"CPU {ratio:.2f} times the C relay's (from {min(ratios):.2f} to {max(ratios):.2f})", "≤ 2.0", ratio <= 2)
    proxy, none = (statistics.median(one.p99_ms for one in runs[name]) for name in ("proxy", "direct"))
    aimed(f"p99 {proxy - none:+.1f} ms over none", "≤ +10", proxy - none <= 10)
    aimed(f"lost or doubled: {(lost := sum(one.missing for one in runs['proxy']))}", "0", not lost)
    if (waited := statistics.median(one.waited for one in runs["direct"])) > BUSY:
        print(f"  This machine was busy: without a relay, too, subscribers waited {waited:.0%} of the time for a CPU.")
    print(flush=True)


def aimed(what: str, aim: str, holds: object) -> None:
    """A figure beside its aim."""
    print(f"  {what:<62}aim {aim:<14}{'PASS' if holds else 'FAIL'}")


def main() -> None:
    many, rounds, seconds = numbers(1_000, 5, 5)
    allow_sockets(2 * many)
    with tempfile.TemporaryDirectory() as folder:
        relays: dict[str, Callable[[int], Any]] = {"direct": direct}
        if compiler := shutil.which("cc"):
            program = Path(folder, "relay")
            subprocess.run([compiler, "-O2", "-o", program, Path(__file__).with_name("relay.c")], check=True)
            relays["C relay"] = compiled(program)
        else:
            print("no C compiler here (cc): no floor to compare with")
        relays["proxy"] = ours
        for qos in (0, 1):
            asyncio.run(compare(relays, many, qos, rounds, seconds))


if __name__ == "__main__":
    main()
