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


class Relayed(NamedTuple):
    """One run: CPU of the relay (0 without one), and what its subscribers saw."""

    cpu_us: float
    p50_ms: float
    p99_ms: float
    missing: int


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
    return Relayed(meter.each_us, p50 / 1e3, p99 / 1e3, missing)


async def compare(relays: dict[str, Callable[[int], Any]], many: int, qos: int, rounds: int, seconds: int) -> None:
    """In turns, and what came out."""
    runs: dict[str, list[Relayed]] = {name: [] for name in relays}
    async with own_mosquitto() as broker:
        for _ in range(rounds):
            for name, relay in relays.items():
                runs[name].append(await run(relay, broker.port, many, qos, seconds))
    print(f"QoS {qos}, {many:,} connections   µs CPU a message    p50 ms    p99 ms   lost or doubled   of {rounds}")
    for name, each in runs.items():
        cpu, p50, p99 = (statistics.median(one[field] for one in each) for field in range(3))
        print(f"{name:<26}{cpu:>16.2f}{p50:>12.1f}{p99:>10.1f}{sum(one.missing for one in each):>14}")
    if "C relay" in runs:
        ratios = [mine.cpu_us / floor.cpu_us for mine, floor in zip(runs["proxy"], runs["C relay"], strict=True)]
        print(
            f"The proxy takes {statistics.median(ratios):.2f} times the CPU of the C relay "
            f"(from {min(ratios):.2f} to {max(ratios):.2f}; aim ≤ 2.0)"
        )
    late = statistics.median(one.p99_ms for one in runs["proxy"]) - statistics.median(
        one.p99_ms for one in runs["direct"]
    )
    load = " ".join(f"{each:.1f}" for each in os.getloadavg())
    print(f"and is {late:+.1f} ms later at p99 than none (aim ≤ +10); load average {load}\n", flush=True)


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
