"""One conduct of a timeline in leaping time, and what was seen of it."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from alertsim.clock import Clock
from alertsim.commands import Command
from alertsim.conductor import Conductor
from alertsim.events import ClockTicked, Event, ExerciseStateChanged
from alertsim.feed import Feed
from alertsim.observations import CommandAccepted, CommandRefused, Line, Observed, Played
from alertsim.situation import Situation
from alertsim.timeline import Segment, Timeline
from alertsim.times import Millis
from tests.leaping import leap, leaping_clock
from tests.nights import after


@dataclass(frozen=True)
class Conduct:
    """What one exercise came to: its log, and why it ended."""

    lines: Sequence[Line]
    reason: str
    began_us: int
    took_s: float
    situation: Situation

    @property
    def played(self) -> list[Played]:
        """The events, the clock apart."""
        return [line for line in self.lines if isinstance(line, Played) and not isinstance(line.event, ClockTicked)]

    @property
    def kinds(self) -> list[str]:
        """What was played: the state for a change of state, else the kind and the second after the start."""
        return [told(line.event) for line in self.played]

    @property
    def accepted(self) -> list[CommandAccepted]:
        """The command log."""
        return [line.observation for line in self.lines if is_seen(line, CommandAccepted)]  # type: ignore[union-attr,misc]

    @property
    def refusals(self) -> list[str]:
        """Why commands were refused."""
        return [line.observation.reason for line in self.lines if is_seen(line, CommandRefused)]  # type: ignore[union-attr]


def is_seen(line: Line, kind: type) -> bool:
    return isinstance(line, Observed) and isinstance(line.observation, kind)


def told(event: Event) -> str:
    if isinstance(event, ExerciseStateChanged):
        return event.state
    return f"{event.kind} {(event.at - after(0)) / 1e3:g}"


class Machine(NamedTuple):
    """How many seconds a look at the clock takes, and handing over a line."""

    look_s: float
    put_s: float


IDLE = Machine(0.0, 0.0)


class SlowFeed(Feed):
    """Handing over a line takes a while, in which others go on."""

    def __init__(self, put_s: float) -> None:
        super().__init__()
        self._put_s = put_s

    async def put(self, line: Line) -> tuple[str, ...]:
        if self._put_s:
            await asyncio.sleep(self._put_s)
        return await super().put(line)


Wishes = Sequence[tuple[float, Command]]
"""Commands, each so many real seconds after the one before."""


def conduct(
    timeline: Timeline,
    segments: Sequence[Segment],
    *,
    asked: Wishes = (),
    script: Iterable[CommandAccepted] = (),
    machine: Machine = IDLE,
    rewinds: bool = False,
    laps: float = 1,
) -> Conduct:
    """Conduct an exercise from its first event to its farewell."""

    def made(clock: Clock, feed: Feed) -> Conductor:
        return Conductor(timeline, segments, clock, feed, script=script, rewinds=rewinds, laps=laps)

    return leap(_conduct(made, segments[0].start, asked, machine))


async def _conduct(made: Callable[[Clock, Feed], Conductor], start: Millis, asked: Wishes, machine: Machine) -> Conduct:
    clock, feed = leaping_clock(start, slow_s=machine.look_s), SlowFeed(machine.put_s)
    log = feed.reader("log", policy="wait", bound=10**6)
    conductor = made(clock, feed)
    began_us = clock.unix_us()

    async def ask() -> None:
        for pause_s, command in asked:
            await asyncio.sleep(pause_s)
            conductor.ask(command)

    async with asyncio.TaskGroup() as group:
        meanwhile = [group.create_task(ask()), group.create_task(conductor.tick())]
        reason = await conductor.play()
        for task in meanwhile:
            task.cancel()
    took_s = (clock.unix_us() - began_us) / 1e6
    await asyncio.sleep(5)  # what waits is delivered first
    conductor.farewell(reason)
    feed.close()
    return Conduct(await log.take(), reason, began_us, took_s, conductor.situation)
