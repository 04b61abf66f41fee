"""The curve of one outage: down over its onset, then from phase to phase, in every area it speaks of."""

from collections.abc import Iterator
from itertools import count
from typing import NamedTuple

from alertsim.events import Service
from alertsim.operators.coverage import EVERYWHERE, Condition, said_of, share_for
from alertsim.scenario import Flapping, OutageEntry, Phase, Sourced
from alertsim.times import Millis

STEPS = 10
"""Into how many published steps a gradual change is cut."""


class Step(NamedTuple):
    """One point: from `at` on, what is `up` and whether roaming is `blocked`; `part` of the entry cites it.

    `up` names every service in every area of which the outage has spoken so far.
    """

    at: Millis
    up: Condition
    blocked: bool
    part: Sourced | None


class _Stretch(NamedTuple):
    """A phase, from when on, and over which time it is reached."""

    at: Millis
    over: Millis
    phase: Phase
    part: Sourced | None


def curve(entry: OutageEntry) -> Iterator[Step]:
    """The outage's own curve, point by point in order of time."""
    now: Condition = {EVERYWHERE: {}}
    blocked = False
    for at, over, phase, part in _stretches(entry):
        goal = _goal(now, phase.condition)
        if phase.roaming is not None:
            blocked = phase.roaming == "blocked"
            if over:
                yield Step(at, _between(now, goal, 0, 1), blocked, part)
        steps = STEPS if over else 1
        for n in range(1, steps + 1):
            yield Step(Millis(at + over * n // steps), _between(now, goal, n, steps), blocked, part)
        if phase.flapping:
            for moment, up in _turns(phase.flapping, Millis(at + over), now, goal):
                yield Step(moment, up, blocked, part)
        now = goal


def _stretches(entry: OutageEntry) -> Iterator[_Stretch]:
    yield _Stretch(entry.at, entry.outage.onset, entry.outage, None)
    yield from (_Stretch(step.at, step.over, step, step) for step in entry.outage.restoration)


def _goal(now: Condition, said: Condition) -> Condition:
    """What is up when a phase is reached: what it says of an area holds in all inside it, but for those it names."""
    return {
        area: {service.value: _said(now, said, service, area) for service in Service}
        for area in dict.fromkeys((*now, *said))
    }


def _said(now: Condition, said: Condition, service: Service, area: str) -> float:
    share = said_of(said, service, area)
    return share_for(now, service, area) if share is None else share


def _between(now: Condition, goal: Condition, n: int, steps: int) -> Condition:
    """The n-th of so many equal steps from one to the other, to four digits."""

    def part_way(name: str, area: str, end: float) -> float:
        begin = share_for(now, name, area)
        return round(begin + (end - begin) * n / steps, 4)

    return {area: {name: part_way(name, area, end) for name, end in up.items()} for area, up in goal.items()}


def _turns(flapping: Flapping, begins: Millis, now: Condition, goal: Condition) -> Iterator[tuple[Millis, Condition]]:
    """By turns as before and as it is to be, as long as it flaps; then as it is to be.

    What fell begins each turn below, what rose ends it there: either goes on as it was when the phase was reached.
    """
    low, high = flapping.down, Millis(flapping.every - flapping.down)
    down, up = _mixed(now, goal, fallen=False), _mixed(now, goal, fallen=True)
    for turn in count():
        for into in sorted({0, low, high}):
            at = Millis(begins + turn * flapping.every + into)
            if at >= flapping.until:
                yield flapping.until, _between(now, goal, 1, 1)
                return
            yield at, ...


