"""The curve of one outage: down over its onset, then from phase to phase, in every area it speaks of."""

from collections.abc import Iterator
from typing import NamedTuple

from alertsim.events import Service
from alertsim.operators.coverage import EVERYWHERE, Condition, said_of, share_for
from alertsim.scenario import Flapping, OutageEntry, Phase, Sourced
from alertsim.times import Millis

STEPS = 10
"""Into how many published steps a gradual change is cut."""


class Step(NamedTuple):
    """One point: from `at` on, what is `up` and whether roaming is `blocked`; `part` of the entry cites it."""

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
    """The outage's own curve, point by point in order of time; each names every service in every area it has named."""
    now: Condition = {EVERYWHERE: {}}
    blocked = False
    for at, over, phase, part in _stretches(entry):
        if phase.roaming is not None and over:
            yield Step(at, _between(now, now, 1.0), phase.roaming == "blocked", part)
        blocked = blocked if phase.roaming is None else phase.roaming == "blocked"
        goal = said_goal(now, phase)
        count = STEPS if over else 1
        for n in range(1, count + 1):
            yield Step(Millis(at + over * n // count), _between(now, goal, n / count), blocked, part)
        if phase.flapping:
            for moment, up in _turns(Millis(at + over), phase.flapping, now, goal):
                yield Step(moment, up, blocked, part)
        now = goal


def _stretches(entry: OutageEntry) -> Iterator[_Stretch]:
    yield _Stretch(entry.at, entry.outage.onset, entry.outage, None)
    yield from (_Stretch(step.at, step.over, step, step) for step in entry.outage.restoration)


def said(phase: Phase) -> Condition:
    """What a phase says, of the whole country and of areas."""
    plain = {area: {name.value: share for name, share in up.items()} for area, up in phase.areas.items()}
    return {EVERYWHERE: {name.value: share for name, share in phase.up.items()}, **plain}
