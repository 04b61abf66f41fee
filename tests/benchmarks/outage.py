"""The Kyivstar outage, lived through by 2,000 subscribers at the pace its scenario states.

`python -m tests.benchmarks.outage [SUBSCRIBERS]`: at ten stated points, who is cut, as the subscribers' process says
and as the hash of their names says; how soon everybody else is connected; then twice the fall of the network: the same
names (as the broker saw them leave), and nobody of the other operators where nothing spills over. Five minutes.
"""

import asyncio
import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

from alertsim import crowd, library
from alertsim.broker import parse_target
from alertsim.broker.ports import LOOPBACK
from alertsim.clock import pause, unix_us
from alertsim.crowd import People
from alertsim.events import OperatorChanged
from alertsim.exercise import Order, Stage, conduct
from alertsim.observations import Played
from alertsim.story import Story, of_scenario
from alertsim.swarm.connections import ANSWER_S
from alertsim.swarm.dialling import allow_sockets
from alertsim.swarm.process import Swarm, open_swarm
from alertsim.swarm.roster import Roster
from alertsim.times import Millis
from tests import kyivstar
from tests.benchmarks.rig import bare_mosquitto, numbers
from tests.kyivstar import POINTS, Point

BACK_OFF_S, DIAL_S, REPORT_S = 1.0, 0.5, 0.5
"""The first back-off of whoever has coverage again, what connecting may take, and how often their process reports."""

_LEFT = re.compile(r"-(\d{6}) closed its connection")


class Reading(NamedTuple):
    """What the subscribers' process has said, and when (Unix, s)."""

    at_s: float
    said: dict[str, Any]

    @property
    def cut(self) -> Mapping[str, int]:
        """By operator."""
        return {row["operator"]: row["cut"] for row in self.said["operators"]}

    @property
    def complete(self) -> bool:
        """Whether everybody is connected who is not away."""
        everybody: int = sum(row["subscribers"] for row in self.said["operators"])
        return bool(self.said["subscribed"] + self.said["away"] == everybody)


class Witness:
    """Looks on: what the subscribers said, and when each condition was played (scenario ms to Unix s)."""

    def __init__(self) -> None:
        self.readings: list[Reading] = []
        self.played: dict[Millis, float] = {}
        self.begun_s = 0.0
        self.left: set[str] = set()
        self._swarm: Swarm | None = None

    @contextmanager
    def open_swarm(self) -> Iterator[Swarm]:
        """As the exercise opens it."""
        with open_swarm() as self._swarm:
            yield self._swarm

    async def view(self, stage: Stage) -> None:
        """As long as it lasts."""
        self.begun_s = unix_us() / 1e6
        async with asyncio.TaskGroup() as group:
            reading = group.create_task(self._read())
            while lines := await stage.lines.take():
                for line in lines:
                    if isinstance(line, Played) and isinstance(line.event, OperatorChanged):
                        self.played[line.event.at] = line.actual_us / 1e6
            reading.cancel()

    async def _read(self) -> None:
        last: dict[str, Any] = {}
        while self._swarm:
            if self._swarm.progress is not last and "operators" in self._swarm.progress:
                last = self._swarm.progress
                self.readings.append(Reading(unix_us() / 1e6, last))
            await pause(0.01)

    def plateau(self, point: Point) -> tuple[float, float]:
        """From when on and until when the condition of a point stood (Unix, s)."""
        at = kyivstar.millis(point)
        since = max((played for due, played in self.played.items() if due <= at), default=self.begun_s)
        until = min((played for due, played in self.played.items() if due > at), default=self.readings[-1].at_s)
        return since, until


class Found(NamedTuple):
    """What a witness saw at a point; `reached_s`: until everybody else was connected, None: never while it stood."""

    point: Point
    lasted_s: float
    expected: Mapping[str, int]
    read: Mapping[str, int]
    reached_s: float | None

    @property
    def holds(self) -> bool:
        """Whether the line of the issue does."""
        return (
            self.read == self.expected
            and self.reached_s is not None
            and self.reached_s <= BACK_OFF_S + DIAL_S + REPORT_S
        )


def found(witness: Witness, roster: Roster, point: Point) -> Found:
    """How it stood there."""
    since, until = witness.plateau(point)
    stood = [reading for reading in witness.readings if since < reading.at_s <= until]
    expected = kyivstar.counts(roster, point)
    whole = (reading.at_s - since for reading in stood if reading.complete and reading.cut == expected)
    return Found(point, until - since, expected, stood[-1].cut if stood else {}, next(whole, None))


async def live(story: Story, many: int) -> Witness:
    """An exercise of it before a mosquitto of its own."""
    witness = Witness()
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "mosquitto.log")
        with bare_mosquitto(f"log_dest file {log}", "log_type notice", "max_queued_messages 0") as (port, _):
            order = Order(
                story=story,
                target=parse_target(f"mqtt://{LOOPBACK}:{port}"),
                out=Path(folder, "runs"),
                exercise="outage-proof",
                people=People(many, None, brands=True),
            )
            with patch.object(crowd, "open_swarm", witness.open_swarm):
                outcome = await conduct(order, witness.view)
        assert not outcome.failures, outcome.failures
        witness.left = names_in(log)
    return witness


def names_in(log: Path) -> set[str]:
    """Whom a mosquitto saw leave without a word."""
    return set(_LEFT.findall(log.read_text()))


def steady(roster: Roster, names: set[str]) -> set[str]:
    """Those of them who never sleep: who sleeps when the network falls has no connection to lose."""
    return {name for name in names if not roster.cohort(int(name)).asleep_s}


def verdict(holds: object) -> str:
    """In one word."""
    return "PASS" if holds else "FAIL"


def tell(rows: list[Found]) -> None:
    """A line for each point."""
    print("                         stood   cut, by the hash        cut, as read            the others connected")
    for row in rows:
        told = (" ".join(f"{each:>5}" for each in counts.values()) for counts in (row.expected, row.read))
        expected, read = told
        reached = "not while it stood" if row.reached_s is None else f"after {row.reached_s:.1f} s"
        figures = f"{row.lasted_s:>8.1f} s   {expected:<22}  {read:<22}  {reached:<20}"
        print(f"{row.point.name:<20}{figures}{verdict(row.holds)}")
    print(
        f"Kyivstar, Vodafone, lifecell; read each {REPORT_S:g} s. Aim: {BACK_OFF_S:g} s, the largest back-off, + "
        f"{DIAL_S:g} s to connect + {REPORT_S:g} s to be read.\n"
        f"The shortest stood {min(row.lasted_s for row in rows):.1f} s. "
        f"Where a broker does not answer, {ANSWER_S:g} s are waited for it.",
        flush=True,
    )


async def run(many: int) -> None:
    """All of it."""
    loaded = library.load(kyivstar.SCENARIO)
    roster = kyivstar.roster_of(kyivstar.timeline_of(loaded), many)
    load = os.getloadavg()[0]
    print(f"{kyivstar.SCENARIO}, {many:,} subscribers, at its stated pace; load average {load:.1f}", flush=True)
    whole = await live(of_scenario(loaded, 1), many)
    tell([found(whole, roster, point) for point in POINTS])
    stands = kyivstar.cut(roster, POINTS[2])
    wanted = steady(roster, set().union(*stands.values()))
    first, second = [steady(roster, (await live(of_scenario(loaded, 1, chapter="fall"), many)).left) for _ in range(2)]
    both = f"{len(first)} and {len(second)} names lost, {len(first & second)} in both, {len(wanted)} by the hash"
    print(f"two runs with one seed: {both}   {verdict(first == second == wanted)}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        alone = await live(of_scenario(kyivstar.without_spills(Path(folder)), 1, chapter="fall"), many)
    others = {name for name in alone.left if roster.cohort(int(name)).operator != "kyivstar"}
    print(f"without spill_over {len(others)} of Vodafone and lifecell lost   {verdict(not others)}")


def main() -> None:
    [many] = numbers(2_000)
    allow_sockets(2 * many)
    asyncio.run(run(many))


if __name__ == "__main__":
    main()
