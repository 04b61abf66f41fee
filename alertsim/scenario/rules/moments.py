"""All the times an entry states, and where it states them."""

from collections.abc import Iterator
from typing import assert_never

from alertsim.scenario.document.source import Path
from alertsim.scenario.model import (
    Alert,
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
            yield from _alert(alert)
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


def _alert(alert: Alert) -> Iterator[tuple[Path, Millis]]:
    times = {"pre_alert": alert.pre_alert, "raised": alert.raised, "cleared": alert.cleared}
    yield from ((("alert", name), at) for name, at in times.items() if at is not None)
    yield from ((("alert", "updates", n, "at"), update.at) for n, update in enumerate(alert.updates))
