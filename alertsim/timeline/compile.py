"""Compile: a scenario and a seed become one timeline, the same bytes on any machine and any supported Python."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import assert_never

from pydantic_core import to_json

from alertsim.events import (
    AlertCleared,
    AlertRaised,
    AlertUpdated,
    Event,
    IncidentReported,
    InjectSent,
    NewsPublished,
    Track,
    fields,
)
from alertsim.scenario import (
    AlertEntry,
    Catalogue,
    IncidentEntry,
    InjectEntry,
    NewsEntry,
    OutageEntry,
    Scenario,
    StrikeEntry,
    Weapon,
)
from alertsim.timeline.outages import outage_events
from alertsim.timeline.source import Source
from alertsim.timeline.strikes import strike_events
from alertsim.times import Millis

DEFAULT_TRACKS = frozenset(Track) - {Track.INFORMATION}
"""What is played when nothing else is asked for: everything but politics."""

_Alone = StrikeEntry | AlertEntry | IncidentEntry | InjectEntry | NewsEntry
"""Entries whose events depend on nothing else; outages are compiled together."""


@dataclass(frozen=True)
class Timeline:
    """All planned events of one scenario under one seed, sorted by (at, entry, stage, n); `offset` in minutes."""

    scenario: str
    seed: int
    start: Millis
    offset: int
    events: tuple[Event, ...]

    @property
    def until(self) -> Millis:
        """The last event's time, or the start of an empty timeline."""
        return self.events[-1].at if self.events else self.start


def compile_scenario(
    scenario: Scenario, seed: int, catalogue: Catalogue, tracks: frozenset[Track] = DEFAULT_TRACKS
) -> Timeline:
    """The timeline of `scenario` under `seed`, of the entries that lie on `tracks`."""
    entries = [entry for entry in scenario.events if entry.on_track in tracks]
    changes: dict[str, list[Event]] = {}
    for change in outage_events([entry for entry in entries if isinstance(entry, OutageEntry)]):
        changes.setdefault(change.entry, []).append(change)
    events = [
        event
        for entry in entries
        for event in (
            changes[entry.id]
            if isinstance(entry, OutageEntry)
            else _events(entry, seed, scenario.start, catalogue.weapons)
        )
    ]
    events.sort(key=lambda event: event.at)
    return Timeline(scenario.name, seed, scenario.start, scenario.offset, tuple(events))


def lines(timeline: Timeline) -> Iterator[str]:
    """The timeline as NDJSON, a line an event, numbered by `seq` from 0."""
    for seq, event in enumerate(timeline.events):
        yield to_json({"seq": seq, **fields(event, timeline.offset)}, exclude_none=True).decode()


def _events(entry: _Alone, seed: int, start: Millis, weapons: Mapping[str, Weapon]) -> Iterator[Event]:
    """One entry's events, stage by stage."""
    match entry:
        case StrikeEntry():
            yield from strike_events(entry, seed, start, weapons)
        case AlertEntry():
            yield from _alert(entry)
        case IncidentEntry():
            yield from _incident(entry)
        case InjectEntry():
            yield _inject(entry)
        case NewsEntry():
            yield NewsPublished(**Source(entry).at(entry.at, "published"), text=entry.news.text)
        case _:
            assert_never(entry)


def _alert(entry: AlertEntry) -> Iterator[Event]:
    alert, source = entry.alert, Source(entry)
    yield AlertRaised(**source.at(alert.raised, "raised"), area=alert.area, threats=alert.threats)
    for n, update in enumerate(alert.updates, 1):
        shared = Source(entry, update).at(update.at, f"updated:{n}")
        yield AlertUpdated(**shared, area=alert.area, threats=update.threats)
    if alert.cleared is not None:
        yield AlertCleared(**source.at(alert.cleared, "cleared"), area=alert.area)


def _incident(entry: IncidentEntry) -> Iterator[Event]:
    incident = entry.incident
    for n, report in enumerate(incident.updates, 1):
        yield IncidentReported(
            **Source(entry, report).at(report.at, f"reported:{n}"),
            incident=entry.id,
            area=incident.area,
            text=report.text,
            cause=incident.cause,
            casualties=report.casualties,
            buildings=report.buildings,
            districts=report.districts,
        )


def _inject(entry: InjectEntry) -> Event:
    inject = entry.inject
    return InjectSent(
        **Source(entry).at(entry.at, "sent"),
        inject=entry.id,
        audience=inject.to,
        type=inject.type,
        method=inject.method,
        sender=inject.from_,
        text=inject.text,
        expected_action=inject.expected_action,
    )
