"""All the times an entry states, and where it states them."""

from collections.abc import Iterator
from typing import assert_never

from alertsim.scenario.document.source import Path
from alertsim.scenario.model import (
    AlertEntry,
    AnyEntry,
    IncidentEntry,
    InjectEntry,
    NewsEntry,
    OutageEntry,
    StrikeEntry,
)
from alertsim.times import Millis


def moments(entry: AnyEntry) -> Iterator[tuple[Path, Millis]]:
    """Each instant with its path inside the entry."""
    match entry:
        case AlertEntry(alert=alert):
            yield ("alert", "raised"), alert.raised
            for n, update in enumerate(alert.updates):
                yield ("alert", "updates", n, "at"), update.at
            if alert.cleared is not None:
                yield ("alert", "cleared"), alert.cleared
        case IncidentEntry(incident=incident):
            for n, report in enumerate(incident.updates):
                yield ("incident", "updates", n, "at"), report.at
        case OutageEntry(at=at, outage=outage):
            yield ("at",), at
            for n, step in enumerate(outage.restoration):
                yield ("outage", "restoration", n, "at"), step.at
        case StrikeEntry(at=at) | InjectEntry(at=at) | NewsEntry(at=at):
            yield ("at",), at
        case _:
            assert_never(entry)
