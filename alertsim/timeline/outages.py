"""Outages become whole conditions of operators: an operator that several outages touch has the worst of each service.

What spills over on other operators follows the deepest service of the outage that is still down, wherever that is.
"""

from collections.abc import Iterator, Mapping, Sequence
from math import prod
from typing import Literal, NamedTuple, TypedDict

from alertsim.events import OperatorChanged, Service, SirensLeft
from alertsim.operators.coverage import EVERYWHERE, Condition, share_for
from alertsim.scenario import Outage, OutageEntry
from alertsim.timeline.curve import Step, curve
from alertsim.timeline.source import Source

MOBILE = (Service.VOICE, Service.SMS, Service.DATA)
"""What those lose who cannot connect to a mobile network under load; lines at home are none of it."""


class _Effect(NamedTuple):
    """What one outage alone does to one operator."""

    up: Condition = {}
    load: float = 1.0
    latency_ms: int = 0
    loss: float = 0.0
    blocked: bool = False
    sirens: Mapping[str, SirensLeft] = {}


class _Whole(TypedDict):
    """The fields of `OperatorChanged` that tell of the operator; what is as always is left out."""

    up: dict[Service, float]
    load: float
    areas: dict[str, dict[Service, float]] | None
    latency_ms: int | None
    loss: float | None
    roaming: Literal["blocked"] | None
    sirens: dict[str, SirensLeft] | None


def outage_events(entries: Sequence[OutageEntry]) -> Iterator[OperatorChanged]:
    """The changes of all outages in order of time; at one instant in the order of the file."""
    steps = [(step, entry) for entry in entries for step in curve(entry)]
    steps.sort(key=lambda pair: pair[0].at)
    now: dict[tuple[str, str], _Effect] = {}
    counts = dict.fromkeys((entry.id for entry in entries), 0)
    for step, entry in steps:
        for operator, effect in _effects(entry.outage, step):
            if now.get((operator, entry.id)) == effect:
                continue
            now[operator, entry.id] = effect
            counts[entry.id] += 1
            shared = Source(entry, step.part).at(step.at, f"changed:{counts[entry.id]}")
            whole = _together([held for (name, _), held in now.items() if name == operator])
            yield OperatorChanged(**shared, operator=operator, **whole)


def _effects(outage: Outage, step: Step) -> Iterator[tuple[str, _Effect]]:
    """What this outage alone does, at this point of its curve, to its operator and to those it spills over on."""
    depth = max(
        (
            _depth(share_for(step.up, name, area), end)
            for area, up in outage.condition.items()
            for name, end in up.items()
        ),
        default=0.0,
    )
    is_whole = all(share == 1 for up in step.up.values() for share in up.values())
    yield outage.operator, _Effect(step.up, blocked=step.blocked, sirens={} if is_whole else _sirens(outage, step.up))
    for other, spill in outage.spill_over.items():
        loss = round(spill.loss * depth, 4)
        yield (
            other,
            _Effect(
                up={EVERYWHERE: {service.value: round(1 - loss, 4) for service in MOBILE}},
                load=round(1 + (spill.load - 1) * depth, 4),
                latency_ms=round(spill.latency_ms * depth),
                loss=loss,
            ),
        )


def _depth(now: float, bottom: float) -> float:
    """How much of the way from 1.0 to the bottom a service still is down: 0 is up, 1 is at the bottom or below."""
    return min(1.0, (1 - now) / (1 - bottom)) if bottom < 1 else 0.0


def _sirens(outage: Outage, up: Condition) -> Mapping[str, SirensLeft]:
    """What is left of the sirens that hang on the operator; they sound again as the service they use comes back."""
    return {
        area: SirensLeft(up=round(1 - lost.share * (1 - share_for(up, lost.service, area)), 4), fallback=lost.fallback)
        for area, lost in outage.sirens.items()
    }


def _together(held: Sequence[_Effect]) -> _Whole:
    """Several effects on one operator: the worst of each service in each area, all loads and delays on one another."""
    areas = dict.fromkeys(area for effect in held for area in (EVERYWHERE, *effect.up))
    worst = {
        area: {service.value: min(share_for(effect.up, service, area) for effect in held) for service in Service}
        for area in areas
    }
    sirens: dict[str, SirensLeft] = {}
    for area, left in ((area, left) for effect in held for area, left in effect.sirens.items()):
        sirens[area] = min(sirens.get(area, left), left, key=lambda each: each.up)
    return _Whole(
        up={service: worst[EVERYWHERE][service] for service in Service},
        load=round(prod(effect.load for effect in held), 4),
        areas=_differing(worst) or None,
        latency_ms=sum(effect.latency_ms for effect in held) or None,
        loss=max(effect.loss for effect in held) or None,
        roaming="blocked" if any(effect.blocked for effect in held) else None,
        sirens=sirens or None,
    )


def _differing(worst: Condition) -> dict[str, dict[Service, float]]:
    """Of each area what is otherwise there than around it."""
    differing = {
        area: {
            service: shares[service]
            for service in Service
            if area and shares[service] != share_for(worst, service, area.rpartition("/")[0])
        }
        for area, shares in worst.items()
    }
    return {area: shares for area, shares in differing.items() if shares}
