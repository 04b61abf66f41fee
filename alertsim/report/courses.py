"""How each operator stood over the story, and which share of its subscribers heard each alert: delivery curves."""

from collections.abc import Iterable
from typing import NamedTuple

from alertsim.events import Service
from alertsim.observations import AlertReached, heard_in_all
from alertsim.operators.coverage import share_for
from alertsim.report.log import Log
from alertsim.times import Millis


class Delivered(NamedTuple):
    """One message that warns, as an operator's subscribers heard it: when it was sent, or later, or never."""

    at: Millis
    area: str
    kind: str
    meant: int
    heard: int
    caught_up: int

    @property
    def share(self) -> float:
        """Which share heard it when it was sent."""
        return self.heard / self.meant


class Course(NamedTuple):
    """An operator: which share of its mobile data was up in the country, of its subscribers connected; what they heard.

    A share holds from its moment on, until the next.
    """

    operator: str
    up: tuple[tuple[Millis, float], ...]
    delivered: tuple[Delivered, ...]
    connected: tuple[tuple[Millis, float], ...] = ()


def courses(log: Log) -> tuple[Course, ...]:
    """Every operator with subscribers, or one that failed, by its id; those without an operator are ``""``."""
    up: dict[str, list[tuple[Millis, float]]] = {}
    for event in sorted(log.conditions(), key=lambda event: event.at):
        share = share_for(event.condition, Service.DATA)
        steps = up.setdefault(event.operator, [])
        if not steps or steps[-1][1] != share:
            steps.append((event.at, share))
    delivered: dict[str, list[Delivered]] = {}
    for told, seen in log.reached():
        for operator, found in _delivered(seen, told.at, told.area, told.kind):
            delivered.setdefault(operator, []).append(found)
    connected = _connected(log)
    return tuple(
        Course(name, tuple(up.get(name, ())), tuple(delivered.get(name, ())), tuple(connected.get(name, ())))
        for name in sorted({*up, *delivered, *connected})
    )


def _connected(log: Log) -> dict[str, list[tuple[Millis, float]]]:
    """Which share of its subscribers was connected, by operator."""
    found: dict[str, list[tuple[Millis, float]]] = {}
    for seen, real_us in log.networks:
        at = log.storytime.at(real_us)
        if at is not None and seen.subscribers:
            found.setdefault(seen.operator, []).append((at, seen.connected / seen.subscribers))
    return found


def _delivered(seen: AlertReached, at: Millis, area: str, kind: str) -> Iterable[tuple[str, Delivered]]:
    for operator in sorted({each.operator for each in seen.cohorts}):
        counts = heard_in_all(each.heard for each in seen.cohorts if each.operator == operator)
        if counts.meant:
            yield operator, Delivered(at, area, kind, counts.meant, counts.heard, counts.caught_up)
