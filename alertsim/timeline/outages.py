"""Outages become whole conditions of operators: an operator that several outages touch has the worst of each service.

Where a change takes time, it is published in ten equal steps. What spills over on other operators follows the deepest
service of the outage that is still down.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from alertsim.events import OperatorChanged, Service
from alertsim.scenario import Outage, OutageEntry, Sourced
from alertsim.timeline.source import Source
from alertsim.times import Millis

STEPS = 10
"""Into how many published steps a gradual change is cut."""

Up = Mapping[Service, float]


class Step(NamedTuple):
    """One point of an outage's curve: from `at` on, `up`; `part` is the part of the entry that cites it."""

    at: Millis
    up: Up
    part: Sourced | None


def outage_events(entries: Sequence[OutageEntry]) -> Iterator[OperatorChanged]:
    """The changes of all outages in order of time; at one instant in the order of the file."""
    steps = [(step, entry) for entry in entries for step in _curve(entry)]
    steps.sort(key=lambda pair: pair[0].at)
    now: dict[tuple[str, str], tuple[Up, float]] = {}
    counts = dict.fromkeys((entry.id for entry in entries), 0)
    for step, entry in steps:
        for operator, condition in _effects(entry.outage, step.up):
            if now.get((operator, entry.id)) == condition:
                continue
            now[operator, entry.id] = condition
            counts[entry.id] += 1
            shared = Source(entry, step.part).at(step.at, f"changed:{counts[entry.id]}")
            up, load = _together([held for (name, _), held in now.items() if name == operator])
            yield OperatorChanged(**shared, operator=operator, up=dict(up), load=load)


def _curve(entry: OutageEntry) -> Iterator[Step]:
    """The outage's own curve: down over its onset, then back in its phases."""
    up: Up = dict.fromkeys(entry.outage.up, 1.0)
    phases: list[tuple[Millis, Millis, Up, Sourced | None]] = [(entry.at, entry.outage.onset, entry.outage.up, None)]
    phases += [(step.at, step.over, step.up, step) for step in entry.outage.restoration]
    for at, over, target, part in phases:
        goal = {**up, **target}
        count = STEPS if over else 1
        for n in range(1, count + 1):
            share = {name: round(up.get(name, 1.0) + (goal[name] - up.get(name, 1.0)) * n / count, 4) for name in goal}
            yield Step(Millis(at + over * n // count), share, part)
        up = goal


def _effects(outage: Outage, up: Up) -> Iterator[tuple[str, tuple[Up, float]]]:
    """What this outage alone does, at this point of its curve, to its operator and to those it spills over on."""
    yield outage.operator, (up, 1.0)
    depth = max((_depth(up[name], bottom) for name, bottom in outage.up.items()), default=0.0)
    for other, spill in outage.spill_over.items():
        yield other, ({}, round(1 + (spill.load - 1) * depth, 4))


def _depth(now: float, bottom: float) -> float:
    """How much of the way from 1.0 to the bottom a service still is down: 0 is up, 1 is at the bottom or below."""
    return min(1.0, (1 - now) / (1 - bottom)) if bottom < 1 else 0.0


def _together(held: Sequence[tuple[Up, float]]) -> tuple[Up, float]:
    """Several effects on one operator: the worst of each service, the product of the loads; all services named."""
    up = {service: min((share.get(service, 1.0) for share, _ in held), default=1.0) for service in Service}
    load = 1.0
    for _, factor in held:
        load *= factor
    return up, round(load, 4)
