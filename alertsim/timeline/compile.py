"""Compile: a scenario and a seed become one timeline, the same bytes on any machine and any supported Python."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import assert_never

from pydantic_core import to_json

from alertsim.events import (
    Event,
    IncidentReported,
    InjectSent,
    NewsPublished,
    Track,
    fields,
)
from alertsim.scenario import (
    AlertEntry,
    AnyEntry,
    BrokerEntry,
    Catalogue,
    IncidentEntry,
    InjectEntry,
    NewsEntry,
    OutageEntry,
    Scenario,
    StrikeEntry,
)
from alertsim.scenario.coverage import alerted
from alertsim.timeline.alerts import alert_events, all_clear
from alertsim.timeline.broker import broker_events
from alertsim.timeline.chances import happening
from alertsim.timeline.outages import outage_events
from alertsim.timeline.sirens import siren_events, without_overruled
from alertsim.timeline.source import Source
from alertsim.timeline.strikes import strike_events
from alertsim.times import Millis

DEFAULT_TRACKS = frozenset(Track) - {Track.INFORMATION}
"""What is played when nothing else is asked for: everything but politics."""


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
    plan = _Plan(scenario, seed, catalogue)
    kept = happening(scenario.events, seed, plan.events)
    events = [event for entry, event in plan.events(kept) if _track(entry, event) in tracks]
    events.sort(key=lambda event: event.at)
    heard = tuple(without_overruled(events, _pre_alerts(kept)))
    return Timeline(scenario.name, seed, scenario.start, scenario.offset, heard)


def _pre_alerts(entries: Sequence[AnyEntry]) -> frozenset[str]:
    """The alerts that are announced and never raised."""
    alerts = (entry for entry in entries if isinstance(entry, AlertEntry))
    return frozenset(entry.id for entry in alerts if entry.alert.raised is None and not entry.alert.standing)


def _track(entry: AnyEntry, event: Event) -> Track:
    """The track of an event: its entry's, but a siren that follows from a strike is an alert all the same."""
    return Track.ALERTS if isinstance(entry, StrikeEntry) and event.kind.startswith("alert.") else entry.on_track


def lines(timeline: Timeline) -> Iterator[str]:
    """The timeline as NDJSON, a line an event, numbered by `seq` from 0."""
    for seq, event in enumerate(timeline.events):
        yield to_json({"seq": seq, **fields(event, timeline.offset)}, exclude_none=True).decode()


@dataclass(frozen=True)
class _Plan:
    """What the entries of one scenario come to under one seed."""

    scenario: Scenario
    seed: int
    catalogue: Catalogue

    def events(self, entries: Sequence[AnyEntry]) -> Iterator[tuple[AnyEntry, Event]]:
        """The events of these entries, entry by entry; outages, and sirens that follow from strikes, act together."""
        strikes = {entry.id: self._strike(entry) for entry in entries if isinstance(entry, StrikeEntry)}
        together: dict[str, list[Event]] = {}
        for event in (*self._sirens(entries, strikes), *_outages(entries)):
            together.setdefault(event.entry, []).append(event)
        for entry in entries:
            for event in (*strikes.get(entry.id, ()), *self._alone(entry), *together.get(entry.id, ())):
                yield entry, event

    def _strike(self, entry: StrikeEntry) -> tuple[Event, ...]:
        return tuple(strike_events(entry, self.seed, self.scenario.start, self.catalogue.weapons))

    def _sirens(self, entries: Sequence[AnyEntry], strikes: Mapping[str, Sequence[Event]]) -> Iterator[Event]:
        hits = [(entry, strikes[entry.id]) for entry in entries if isinstance(entry, StrikeEntry)]
        alerts = [entry for entry in entries if isinstance(entry, AlertEntry)]
        written = (span for entry in alerts for span in alerted(entry.alert, all_clear(entry, self.seed)))
        return siren_events(hits, self.seed, self.catalogue.weapons, self.catalogue.sirens, written)

    def _alone(self, entry: AnyEntry) -> Iterator[Event]:
        """The events of an entry that depend on nothing else, stage by stage."""
        match entry:
            case AlertEntry():
                yield from alert_events(entry, self.seed, self.scenario.start)
            case IncidentEntry():
                yield from _incident(entry)
            case BrokerEntry():
                yield from broker_events(entry)
            case InjectEntry():
                yield _inject(entry)
            case NewsEntry():
                yield NewsPublished(**Source(entry).at(entry.at, "published"), text=entry.news.text)
            case StrikeEntry() | OutageEntry():
                pass
            case _:
                assert_never(entry)


def _outages(entries: Sequence[AnyEntry]) -> Iterator[Event]:
    return outage_events([entry for entry in entries if isinstance(entry, OutageEntry)])


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
