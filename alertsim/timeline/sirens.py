"""Sirens that follow from strikes: a model of config/sirens.yaml says how long after detection, how long, how surely.

In an area that is under alert already a further siren only prolongs it; where an author wrote an alert down, the
derived ones give way to it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from alertsim.events import (
    AlertAnnounced,
    AlertCleared,
    AlertRaised,
    AlertUpdated,
    AreaId,
    Event,
    StrikeDetected,
    Threat,
)
from alertsim.scenario import DerivedAlert, Sirens, StrikeEntry, Weapon
from alertsim.scenario.coverage import Span
from alertsim.timeline.draws import Draws
from alertsim.timeline.source import Source
from alertsim.times import Millis

_THREATS: Mapping[str, Threat] = {
    "ballistic": Threat.BALLISTIC_MISSILES,
    "cruise": Threat.CRUISE_MISSILES,
    "drone": Threat.DRONES,
    "guided-bomb": Threat.GUIDED_BOMBS,
    "artillery": Threat.ARTILLERY,
}


@dataclass(frozen=True)
class Siren:
    """What one strike does in one area: from `raised` until `cleared`; `suffix` tells its areas apart in event ids."""

    entry: StrikeEntry
    area: AreaId
    suffix: str
    raised: Millis
    cleared: Millis
    threats: tuple[Threat, ...]


def siren_events(
    strikes: Iterable[tuple[StrikeEntry, Sequence[Event]]],
    seed: int,
    weapons: Mapping[str, Weapon],
    models: Mapping[str, Sirens],
    written: Iterable[Span],
) -> Iterator[Event]:
    """The alerts that follow from `strikes` and their events, in areas that are not under a `written` alert then."""
    by_area: defaultdict[AreaId, list[Siren]] = defaultdict(list)
    for entry, events in strikes:
        if entry.strike.alert:
            for siren in _sirens(entry, entry.strike.alert, events, seed, models[entry.strike.alert.sirens], weapons):
                by_area[siren.area].append(siren)
    spans: defaultdict[AreaId, list[Span]] = defaultdict(list)
    for span in written:
        spans[span.area].append(span)
    for area, sirens in by_area.items():
        yield from _merged(sorted(sirens, key=lambda siren: siren.raised), spans[area])


def _sirens(
    entry: StrikeEntry,
    asked: DerivedAlert,
    events: Sequence[Event],
    seed: int,
    model: Sirens,
    weapons: Mapping[str, Weapon],
) -> Iterator[Siren]:
    """What the strike would do in each of its areas, were it alone; nothing where the siren stays silent."""
    detected = min(event.at for event in events if isinstance(event, StrikeDetected))
    over = max(event.at for event in events)
    areas = tuple(dict.fromkeys(asked.areas)) or (entry.strike.target,)
    warned = {_THREATS[weapons[volley.weapon].kind] for volley in entry.strike.salvo}
    threats = asked.threats or tuple(threat for threat in Threat if threat in warned)
    for n, area in enumerate(areas, 1):
        draws = Draws(seed, f"{entry.id}:siren:{area}")
        missed = draws.share() < (model.missed if asked.missed is None else asked.missed)
        raised = Millis(detected + draws.quantile(asked.delay or model.delay))
        cleared = max(raised + draws.quantile(asked.lasts or model.lasts), over)
        if asked.late_clear and draws.share() < asked.late_clear.chance:
            cleared += draws.quantile(asked.late_clear.by)
        if not missed:
            yield Siren(entry, area, f":{n}" if len(areas) > 1 else "", raised, Millis(cleared), threats)


def _merged(sirens: Sequence[Siren], written: Sequence[Span]) -> Iterator[Event]:
    """The sirens of one area, in order of time, as it hears them."""
    standing: Siren | None = None
    for siren in sirens:
        if _covers(written, siren.raised):
            continue
        if standing and any(standing.raised <= span.begins <= min(standing.cleared, siren.raised) for span in written):
            standing = None  # an alert that was written down took over, and is over
        if standing and siren.raised <= standing.cleared:
            known = {*standing.threats, *siren.threats}
            threats = tuple(threat for threat in Threat if threat in known)
            shared = Source(siren.entry).at(siren.raised, f"updated{siren.suffix}")
            yield AlertUpdated(**shared, area=siren.area, threats=threats)
            longer = max(standing, siren, key=lambda each: each.cleared)
            standing = replace(longer, threats=threats)
            continue
        yield from _cleared(standing, written)
        shared = Source(siren.entry).at(siren.raised, f"raised{siren.suffix}")
        yield AlertRaised(**shared, area=siren.area, threats=siren.threats)
        standing = siren
    yield from _cleared(standing, written)


def _cleared(siren: Siren | None, written: Sequence[Span]) -> Iterator[Event]:
    """The all-clear, unless an alert that was written down has taken over."""
    if siren and not any(siren.raised <= span.begins <= siren.cleared for span in written):
        shared = Source(siren.entry).at(siren.cleared, f"cleared{siren.suffix}")
        yield AlertCleared(**shared, area=siren.area)


def _covers(written: Sequence[Span], at: Millis) -> bool:
    return any(span.begins <= at and (span.ends is None or at <= span.ends) for span in written)


def without_overruled(events: Iterable[Event], pre_alerts: frozenset[str]) -> Iterator[Event]:
    """The events, in order of time, without what pre-alerts say while their area is under alert.

    Neither that an alert may follow nor, where one never came to an alert itself (`pre_alerts`), that it is over.
    """
    under = set[AreaId]()
    for event in events:
        match event:
            case AlertRaised():
                under.add(event.area)
            case AlertAnnounced() if event.area in under:
                continue
            case AlertCleared() if event.area in under and event.entry in pre_alerts:
                continue
            case AlertCleared():
                under.discard(event.area)
            case _:
                pass
        yield event
