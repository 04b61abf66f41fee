"""The swarm beside others on the same mosquitto, in turns: a C program that only drains, aiomqtt, and Locust.

`python -m tests.benchmarks.swarm [SUBSCRIBERS [ROUNDS]]`: CPU a delivery with the full ledger, connects a second,
memory a subscriber; 10 messages of 500 bytes a second, MQTT 5 with all properties, QoS 0 and 1; medians. The Python
clients are 500 at most: more of them cannot follow. Locust is compared where it is installed (`uv run --group bench`).
"""

import asyncio
import statistics
from collections.abc import Callable, Iterator
from typing import NamedTuple

from alertsim.swarm.dialling import allow_sockets
from tests.benchmarks import rivals
from tests.benchmarks.rig import Job, Run, floor, numbers, ours, own_mosquitto, theirs

PER_S, MESSAGES = 10, 50
RIVALS, MOST = ("aiomqtt", "locust"), 500


class Contestant(NamedTuple):
    """`program` None: the swarm itself."""

    name: str
    program: list[str] | None
    subscribers: int


async def compare(contestants: list[Contestant], qos: int, rounds: int) -> dict[str, list[Run]]:
    """All in turns."""
    runs: dict[str, list[Run]] = {contestant.name: [] for contestant in contestants}
    async with own_mosquitto() as broker:
        for _ in range(rounds):
            for name, program, subscribers in contestants:
                job = Job(broker.port, subscribers, qos, PER_S, MESSAGES)
                runs[name].append(await (theirs(program, job) if program else ours(job)))
    return runs


def contestants(subscribers: int, drain: list[str] | None) -> Iterator[Contestant]:
    """Who is here."""
    yield Contestant("alertsim", None, subscribers)
    if drain:
        yield Contestant("C drain", drain, subscribers)
    else:
        print("no C compiler here (cc): no floor to compare with")
    for name in RIVALS:
        if rivals.importable(name):
            yield Contestant(name, rivals.command(name), min(MOST, subscribers))
        else:
            print(f"{name} is not installed here: not compared")


def tell(qos: int, entrants: list[Contestant], runs: dict[str, list[Run]]) -> None:
    """A row for each; the ratio says how many times as much CPU as the swarm it takes, pair by pair."""
    mine = runs["alertsim"]
    print(f"QoS {qos}       subscribers   µs CPU a delivery   times the swarm's    connects/s   of {len(mine)}")
    for name, _, subscribers in entrants:
        ratios = [other.cpu_us / own.cpu_us for own, other in zip(mine, runs[name], strict=True)]
        span = (
            f"{statistics.median(ratios):8.2f} ({min(ratios):.2f} to {max(ratios):.2f})" if name != "alertsim" else ""
        )
        print(
            f"{name:<12}{subscribers:>11,}{_median(runs[name], lambda run: run.cpu_us):>20.2f}"
            f"{span:>24}{_median(runs[name], lambda run: run.connects_per_s):>10,.0f}"
        )
    if "C drain" in runs:
        ratios = [own.cpu_us / other.cpu_us for own, other in zip(mine, runs["C drain"], strict=True)]
        print(
            f"The swarm takes {statistics.median(ratios):.2f} times the CPU of the C drain "
            f"(from {min(ratios):.2f} to {max(ratios):.2f}; aim ≤ 1.6),"
        )
    print(
        f"connects {_median(mine, lambda run: run.connects_per_s):,.0f}/s (aim ≥ 10,000), needs "
        f"{_median(mine, lambda run: run.bytes_each) / 1024:.2f} KB a subscriber (aim ≤ 1.5), and waited "
        f"{_median(mine, lambda run: run.waited):.0%} of the time for a CPU\n",
        flush=True,
    )


def _median(runs: list[Run], of: Callable[[Run], float]) -> float:
    return statistics.median(map(of, runs))


def main() -> None:
    subscribers, rounds = numbers(5_000, 5)
    allow_sockets(subscribers)
    with floor() as drain:
        entrants = list(contestants(subscribers, drain))
        for qos in (0, 1):
            tell(qos, entrants, asyncio.run(compare(entrants, qos, rounds)))


if __name__ == "__main__":
    main()
