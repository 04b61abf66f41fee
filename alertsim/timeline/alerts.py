"""An alert written down becomes its events: pre-alert, siren, changes of threat and granularity, all-clear."""

from collections.abc import Iterator
from itertools import count

from alertsim.events import AlertAnnounced, AlertCleared, AlertRaised, AlertUpdated, Event
from alertsim.scenario import AlertEntry
from alertsim.scenario.coverage import Change, changes, related
from alertsim.timeline.draws import Draws
from alertsim.timeline.source import Source
from alertsim.times import Millis


def alert_events(entry: AlertEntry, seed: int, start: Millis) -> Iterator[Event]:
    """The events of one alert; where its areas change, the new ones are under alert before the others are cleared."""
    alert, source = entry.alert, Source(entry)
    if alert.standing:
        yield AlertRaised(**source.at(start, "raised"), area=alert.area, threats=alert.threats, standing=True)
        return
    if alert.pre_alert is not None:
        yield AlertAnnounced(**source.at(alert.pre_alert, "announced"), area=alert.area, threats=alert.threats)
    cleared = all_clear(entry, seed)
    if alert.raised is None and cleared is not None:
        yield AlertCleared(**source.at(cleared, "cleared"), area=alert.area)
    yield from _raised(entry, cleared)


def all_clear(entry: AlertEntry, seed: int) -> Millis | None:
    """When an alert ends: as written, or drawn; not before its last update. None: never."""
    alert = entry.alert
    if alert.lasts is None or alert.raised is None:
        return alert.cleared
    drawn = alert.raised + Draws(seed, entry.id).quantile(alert.lasts)
    return Millis(max(drawn, *(update.at for update in alert.updates), alert.raised))


def _raised(entry: AlertEntry, cleared: Millis | None) -> Iterator[Event]:
    """From the siren on."""
    alert, steps = entry.alert, list(changes(entry.alert, cleared))
    raisings, updates, clearings = count(1), count(1), count(1)
    one_end = sum(len(step.ends) for step in steps) == 1
    threats = alert.threats
    for n, step in enumerate(steps):
        source = Source(entry, step.update)
        threats = step.update.threats if step.update and step.update.threats else threats
        before = (*steps[n - 1].begins, *steps[n - 1].goes_on) if n else ()
        for area in step.begins:
            k = next(raisings)
            shared = source.at(step.at, "raised" if k == 1 else f"raised:{k}")
            yield AlertRaised(**shared, area=area, threats=threats, continues_from=related(area, before) or None)
        if step.update and step.update.threats:
            for area in step.goes_on:
                yield AlertUpdated(**source.at(step.at, f"updated:{next(updates)}"), area=area, threats=threats)
        for area in step.ends:
            shared = source.at(step.at, "cleared" if one_end else f"cleared:{next(clearings)}")
            yield AlertCleared(**shared, area=area, continues_in=_where_it_goes_on(area, step))


def _where_it_goes_on(area: str, step: Change) -> tuple[str, ...] | None:
    return related(area, (*step.begins, *step.goes_on)) or None
