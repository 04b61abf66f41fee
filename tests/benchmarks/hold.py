"""As many subscribers as one process may have at one mosquitto: do they stay, and how soon has the last one heard?

`python -m tests.benchmarks.hold [SUBSCRIBERS [SECONDS [ROUNDS]]]` (18,000, 300 and 3): they hold for SECONDS with a
keep-alive of a minute and an alert every 15 s at QoS 1; then the time from an alert's intended time to its last
subscriber is compared with that of a C program which only drains its sockets, in turns. Exits with 1 where somebody
was lost or something is missing.
"""

import asyncio
import statistics
import sys
from typing import Any

from alertsim.swarm.dialling import allow_sockets
from tests.benchmarks.rig import Job, Run, conduct, floor, numbers, ours, own_mosquitto, theirs

EVERY_S = 15
ALERTS, ALERTS_PER_S = 5, 0.5


async def hold(port: int, subscribers: int, seconds: int) -> bool:
    """Whether everybody stayed and heard everything."""
    job = Job(port, subscribers, 1, 1 / EVERY_S, max(1, seconds // EVERY_S))
    result, _ = await conduct(job, keep_alive_s=60)
    print(
        f"{result['subscribed']:,} of {subscribers:,} subscribers still there after {result['wall_s']:.0f} s, "
        f"{result['connects']:,} connects in {result['connect_s']:.1f} s; lost: {result['causes'] or 'none'}\n"
        f"{result['messages']} alerts, {result['counts']['delivered']:,} deliveries, "
        f"{result['counts']['missing']:,} missing; {result['resident'] / 2**20:.0f} MB, "
        f"{result['cpu_s'] / result['wall_s']:.1%} of a CPU",
        flush=True,
    )
    return _held(result)


def _held(result: dict[str, Any]) -> bool:
    counts = result["counts"]
    return (
        result["subscribed"] == result["subscribers"] == result["connects"]
        and not result["causes"]
        and counts["missing"] == 0
        and counts["delivered"] == counts["expected"] == result["subscribers"] * result["messages"]
    )


async def race(port: int, subscribers: int, rounds: int, drain: list[str]) -> None:
    """The same alerts to each in turn."""
    job = Job(port, subscribers, 1, ALERTS_PER_S, ALERTS)
    mine, floors = [], []
    for _ in range(rounds):
        floors.append(await theirs(drain, job))
        mine.append(await ours(job))
    ratios = [_last_us(own) / _last_us(other) for own, other in zip(mine, floors, strict=True)]
    print(
        f"To the last of {subscribers:,}: {statistics.median(map(_last_us, mine)) / 1000:.0f} ms, C drain "
        f"{statistics.median(map(_last_us, floors)) / 1000:.0f} ms; ratio {statistics.median(ratios):.2f} (aim ≤ 1.2; "
        f"from {min(ratios):.2f} to {max(ratios):.2f} in {rounds} rounds of {ALERTS} alerts); CPU a delivery "
        f"{statistics.median(run.cpu_us for run in mine):.1f} µs, C drain "
        f"{statistics.median(run.cpu_us for run in floors):.1f}; waited {statistics.median(r.waited for r in mine):.1%}"
    )


def _last_us(run: Run) -> float:
    assert run.last_us, "no alert reached everybody"
    return run.last_us


async def both(subscribers: int, seconds: int, rounds: int) -> bool:
    async with own_mosquitto() as broker:
        held = not seconds or await hold(broker.port, subscribers, seconds)
        with floor() as drain:
            if drain:
                await race(broker.port, subscribers, rounds, drain)
            else:
                print("no C compiler here (cc): no floor to compare with")
    return held


def main() -> None:
    subscribers, seconds, rounds = numbers(18_000, 300, 3)
    allow_sockets(subscribers)
    sys.exit(not asyncio.run(both(subscribers, seconds, rounds)))


if __name__ == "__main__":
    main()
