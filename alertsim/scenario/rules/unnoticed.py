"""Doubts about outages and stopped brokers: over before a client can have noticed; roaming blocked for good."""

from collections.abc import Iterator, Sequence
from math import ceil, floor
from typing import NamedTuple

from alertsim.errors import Problem
from alertsim.events import BrokerFault, Service
from alertsim.operators.coverage import EVERYWHERE, said_of
from alertsim.scenario.chapters import Window
from alertsim.scenario.document.located import Located
from alertsim.scenario.document.source import Path
from alertsim.scenario.model import BrokerEntry, OutageEntry
from alertsim.scenario.rules.moments import Stage, stages
from alertsim.scenario.rules.pace import real_ms, seconds, window_at
from alertsim.times import MINUTE, SECOND, Millis, duration_text

KEEP_ALIVE_S = 60
"""Real seconds: how long an MQTT client may take to notice that it is cut off."""

_NOTICED = "and MQTT clients notice an outage after about a minute"
_CARRYING = frozenset({Service.DATA, Service.FIXED})


class _Down(NamedTuple):
    """From when until when a service is not whole somewhere, and the stage with which that begins."""

    service: Service
    area: str
    stage: Stage
    ends: Millis

    def __str__(self) -> str:
        """What is down."""
        return f"{self.service.value} is down{f' in {self.area}' if self.area else ''}"


def unnoticed(chapters: Sequence[Window], located: Located, at: Path, entry: OutageEntry) -> Iterator[Problem]:
    """What may be a mistake in an outage at this pace."""
    for down in _downs(entry):
        begins, lasts = down.stage.begins, real_ms(chapters, down.stage.begins, down.ends)
        if 0 < lasts < KEEP_ALIVE_S * SECOND:
            path = ("at",) if down.stage.phase is entry.outage else (*down.stage.path, "at")
            told = f"{down} for {seconds(lasts)} at the pace of its chapters, {_NOTICED}"
            yield located.problem((*at, *path), f"{told}: {_longer(chapters, begins, down.ends, lasts)}")
            break
    yield from _flapping(chapters, located, at, entry)
    if [stage.phase.roaming for stage in stages(entry) if stage.phase.roaming][-1:] == ["blocked"]:
        message = "roaming stays blocked: write `roaming: open` in the step of `restoration` that lifts it"
        yield located.problem((*at, "outage"), message, key=True)


def frozen_too_briefly(chapters: Sequence[Window], located: Located, at: Path, entry: BrokerEntry) -> Iterator[Problem]:
    """A broker that stands still breaks no connection: only a keep-alive tells its clients."""
    lasts = real_ms(chapters, entry.at, entry.ends)
    if entry.broker.fault is BrokerFault.STOP and 0 < lasts < KEEP_ALIVE_S * SECOND:
        told = f"the broker stands still for {seconds(lasts)} at the pace of its chapters"
        told += ", and MQTT clients notice that after about a minute"
        advice = _longer(chapters, entry.at, entry.ends, lasts)
        yield located.problem((*at, "broker", "for"), f"{told}: {advice}, or `kill` it")


def _flapping(chapters: Sequence[Window], located: Located, at: Path, entry: OutageEntry) -> Iterator[Problem]:
    """Turns in which a client cannot have noticed that it is cut off."""
    for path, phase, _, reached in stages(entry):
        named = phase.up.keys() | {service for up in phase.areas.values() for service in up}
        if phase.flapping and named & _CARRYING:
            ends = Millis(reached + phase.flapping.down)
            lasts = real_ms(chapters, reached, ends)
            if 0 < lasts < KEEP_ALIVE_S * SECOND:
                told = f"each time it is down for {seconds(lasts)} at the pace of its chapters, {_NOTICED}"
                advice = _longer(chapters, reached, ends, lasts)
                yield located.problem((*at, *path, "flapping", "down"), f"{told}: {advice}")


def _downs(entry: OutageEntry) -> Iterator[_Down]:
    """Stretches without data or fixed lines, in the country and in each area of which something is said."""
    named = dict.fromkeys(area for stage in stages(entry) for area in stage.phase.areas)
    for service in (Service.DATA, Service.FIXED):
        for area in (EVERYWHERE, *named):
            yield from _down(entry, service, area)


def _down(entry: OutageEntry, service: Service, area: str) -> Iterator[_Down]:
    down: Stage | None = None
    for stage in stages(entry):
        share = said_of(stage.phase.condition, service, area)
        if share is not None and share < 1:
            down = down or stage
        elif share == 1 and down:
            yield _Down(service, area, down, stage.over)
            down = None


def _longer(chapters: Sequence[Window], begins: Millis, ends: Millis, lasts: float) -> str:
    """What to do so that a stretch that really `lasts` too short a time is noticed."""
    missing = KEEP_ALIVE_S * SECOND - lasts
    window = window_at(chapters, ends)
    longer = duration_text(_rounded_up(missing * (window.rate if window else 1.0)))
    rate = (ends - begins) / (KEEP_ALIVE_S * SECOND)
    slower = f", or play these chapters at rate {floor(rate)} or slower" if rate >= 1 else ""
    return f"let it last {longer} longer{slower}"


def _rounded_up(length: float) -> Millis:
    """To whole seconds, from a minute on to whole minutes."""
    unit = SECOND if length <= MINUTE else MINUTE
    return Millis(ceil(length / unit) * unit)
