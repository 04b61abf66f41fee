"""Where an alert stands and when: its granularity may change while it lasts."""

from collections.abc import Collection, Iterator
from typing import NamedTuple

from alertsim import areas
from alertsim.events import AreaId
from alertsim.scenario.model import Alert, AlertUpdate
from alertsim.times import Millis

_LONG_AGO = Millis(-(2**62))


class Change(NamedTuple):
    """A moment of an alert: the areas in which it begins, goes on and ends; `update` is what changes it."""

    at: Millis
    begins: tuple[AreaId, ...]
    goes_on: tuple[AreaId, ...]
    ends: tuple[AreaId, ...]
    update: AlertUpdate | None = None


class Span(NamedTuple):
    """An area under one alert from a moment until another; None is never."""

    area: AreaId
    begins: Millis
    ends: Millis | None


def changes(alert: Alert, cleared: Millis | None) -> Iterator[Change]:
    """What becomes of an alert that is raised, in order of time; `cleared` is its end, written down or drawn."""
    if alert.raised is None:
        return
    covered: tuple[AreaId, ...] = (alert.area,)
    yield Change(alert.raised, covered, (), ())
    for update in alert.updates:
        now = tuple(dict.fromkeys(update.areas)) or covered
        begins = tuple(area for area in now if area not in covered)
        ends = tuple(area for area in covered if area not in now)
        goes_on = tuple(area for area in now if area in covered)
        yield Change(update.at, begins, goes_on, ends, update)
        covered = now
    if cleared is not None:
        yield Change(cleared, (), (), covered)


def spans(alert: Alert, cleared: Millis | None) -> Iterator[Span]:
    """Which area is under the alert, or warned that it may come, from when until when."""
    since = {alert.area: _LONG_AGO if alert.begins is None else alert.begins}
    for change in changes(alert, cleared):
        for area in change.ends:
            yield Span(area, since.pop(area), change.at)
        for area in change.begins:
            since.setdefault(area, change.at)
    ends = cleared if alert.raised is None else None
    yield from (Span(area, begins, ends) for area, begins in since.items())


def alerted(alert: Alert, cleared: Millis | None) -> Iterator[Span]:
    """Which area is under the alert itself, its pre-alert apart."""
    for span in spans(alert, cleared):
        if alert.standing:
            yield span
        elif alert.raised is not None:
            yield span._replace(begins=max(span.begins, alert.raised))


def latest_end(alert: Alert) -> Millis | None:
    """When an alert is over, written down or drawn at its longest; None: never."""
    if alert.lasts is None or alert.raised is None:
        return alert.cleared
    return Millis(max(alert.raised + alert.lasts[-1][1], *(update.at for update in alert.updates), alert.raised))


def related(area: AreaId, others: Collection[AreaId]) -> tuple[AreaId, ...]:
    """Those of the others that lie around or inside an area."""
    return tuple(other for other in others if other != area and areas.related(area, other))
