"""The curve of one outage: down over its onset, then from phase to phase, in every area it speaks of."""

from collections.abc import Callable, Iterator
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
                yield Step(at, _gradual(now, goal, 0, 1), blocked, part)
        steps = STEPS if over else 1
        for n in range(1, steps + 1):
            yield Step(Millis(at + over * n // steps), _gradual(now, goal, n, steps), blocked, part)
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


def _gradual(now: Condition, goal: Condition, n: int, steps: int) -> Condition:
    """The n-th of so many equal steps from one to the other."""
    return _mixed(now, goal, lambda begin, end: begin + (end - begin) * n / steps)


def _turns(flapping: Flapping, begins: Millis, now: Condition, goal: Condition) -> Iterator[tuple[Millis, Condition]]:
    """By turns as it was and as it is to be, as long as it flaps; then as it is to be.

    What fell begins each turn below, what rose ends it there: either goes on as it was when the phase was reached.
    """
    rises = flapping.every - flapping.down

    def turned(into: int) -> Condition:
        return _mixed(now, goal, lambda begin, end: end if into < (flapping.down if end < begin else rises) else begin)

    intos = sorted({0, int(flapping.down), rises})
    for turn in range(begins, flapping.until, flapping.every):
        yield from ((Millis(turn + into), turned(into)) for into in intos if turn + into < flapping.until)
    yield flapping.until, _gradual(now, goal, 1, 1)


def _mixed(now: Condition, goal: Condition, mix: Callable[[float, float], float]) -> Condition:
    """Of each share something between what it was and what it is to be, to four digits."""
    return {
        area: {name: round(mix(share_for(now, name, area), end), 4) for name, end in up.items()}
        for area, up in goal.items()
    }
