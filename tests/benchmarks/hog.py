"""Does the self-check see a hog? `alertsim load` with and without another program that takes all of a core.

`python -m tests.benchmarks.hog [VALID [HOGGED [SECONDS]]]` (20, 5 and 5): how often each load is run without and with a
hog, and how long. Prints the shares that the check goes by, and at the end "INVALID n of n; valid n of n". Needs a
machine on which nothing else runs: whoever else takes a core is a hog. Two cores at least; Linux.
"""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from tests.benchmarks.rig import numbers, own_mosquitto

LOADS = [(subscribers, per_s) for subscribers in (200, 1_000, 5_000) for per_s in (1, 10)]


class Condition(NamedTuple):
    """Where the hog is, and whether everything else is on its core too, or the subscribers' process alone."""

    name: str
    hog: bool = False
    everything: bool = False


FREE = Condition("no hog")
BESIDE = Condition("hog on the subscribers' core", hog=True)
TOGETHER = Condition("all on the hog's core", hog=True, everything=True)
ALONE = Condition("all on one core, no hog", everything=True)


class Outcome(NamedTuple):
    """`wall`, `wanted`: what it waited of the whole time, and of the time it wanted to run; `turn_us` each time."""

    verdict: str
    wall: float
    wanted: float
    turn_us: float
    lag_us: int
    p99_us: int
    load: float
    plateau: bool


def run(port: int, subscribers: int, per_s: int, seconds: int, condition: Condition) -> Outcome:
    """One load test."""
    core = max(os.sched_getaffinity(0))
    words = ("-c", str(subscribers), "--publish-rate", f"{per_s}/s", "--duration", f"{seconds}s", "--json")
    command = [sys.executable, "-m", "alertsim", "load", *words, "--broker", f"mqtt://127.0.0.1:{port}"]
    with (
        hogged(core if condition.hog else None),
        confined(core if condition.everything else None),
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True) as load,
    ):
        if condition.hog and not condition.everything:
            os.sched_setaffinity(_child_of(load.pid), {core})
        said = load.communicate()[0]
    return _outcome(json.loads(said))


def _outcome(said: dict[str, Any]) -> Outcome:
    waited, cpu = said["waited_s"], said["cpu_s"]
    return Outcome(
        said["validity"]["verdict"],
        waited / said["wall_s"],
        waited / (waited + cpu),
        waited / max(1, said.get("turns") or 0) * 1e6,
        said["published"]["lag_us"],
        said["measured"]["p99"],
        os.getloadavg()[0],
        bool(said["validity"]["notes"]),
    )


@contextmanager
def hogged(core: int | None) -> Iterator[None]:
    """A program in a session of its own (as from another terminal) that takes all it gets of a core."""
    if core is None:
        yield
        return
    hog = subprocess.Popen([sys.executable, "-c", "while True: pass"], start_new_session=True)
    try:
        os.sched_setaffinity(hog.pid, {core})
        yield
    finally:
        hog.kill()
        hog.wait()


@contextmanager
def confined(core: int | None) -> Iterator[None]:
    """What is started meanwhile runs on this core alone."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, before if core is None else {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def _child_of(pid: int) -> int:
    """The subscribers' process of a load test, as soon as it is there."""
    for _ in range(1_000):
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split():
            if "alertsim.swarm.child" in Path(f"/proc/{child}/cmdline").read_text():
                return int(child)
        time.sleep(0.01)
    raise AssertionError("no subscribers were started")


def tell(condition: Condition, subscribers: int, per_s: int, outcomes: list[Outcome]) -> None:
    """A row."""
    invalid = sum(outcome.verdict == "invalid" for outcome in outcomes)

    def span(values: list[float], form: str) -> str:
        return f"{min(values):{form}} to {max(values):{form}}"

    print(
        f"{condition.name:<30}{subscribers:>6,} at {per_s:>2}/s   INVALID {invalid:>2} of {len(outcomes):>2}"
        f"   waited {span([one.wanted for one in outcomes], '4.0%'):>12} of what it wanted, "
        f"{span([one.turn_us for one in outcomes], ',.0f'):>14} µs a turn, "
        f"{span([one.wall for one in outcomes], '5.1%'):>16} of the time; "
        f"lag {max(one.lag_us for one in outcomes) / 1000:4.1f} ms, "
        f"p99 {span([one.p99_us / 1000 for one in outcomes], '.0f'):>10} ms, load {outcomes[-1].load:.1f}",
        flush=True,
    )


async def measure(valid: int, hogged_: int, seconds: int) -> bool:
    """Whether the check was right every time; on one core with everything, without a hog, either answer is."""
    right, plateaus = {True: [0, 0], False: [0, 0]}, 0
    async with own_mosquitto() as broker:
        for condition in (FREE, BESIDE, TOGETHER, ALONE):
            for subscribers, per_s in LOADS:
                outcomes = [
                    await asyncio.to_thread(run, broker.port, subscribers, per_s, seconds, condition)
                    for _ in range(hogged_ if condition.hog else valid)
                ]
                tell(condition, subscribers, per_s, outcomes)
                plateaus += sum(one.plateau for one in outcomes)
                if condition is not ALONE:
                    expected = "invalid" if condition.hog else "valid"
                    right[condition.hog][0] += sum(one.verdict == expected for one in outcomes)
                    right[condition.hog][1] += len(outcomes)
    print(f"a plateau at 40 ms, which is not there, was named {plateaus} times")
    print(f"INVALID {right[True][0]} of {right[True][1]}; valid {right[False][0]} of {right[False][1]}")
    return not plateaus and all(found == wanted for found, wanted in right.values())


def main() -> None:
    sys.exit(not asyncio.run(measure(*numbers(20, 5, 5))))


if __name__ == "__main__":
    main()
