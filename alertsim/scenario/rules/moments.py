"""All the times an entry states, and where it states them."""

from collections.abc import Iterator
from typing import NamedTuple, assert_never

from alertsim.scenario.document.source import Path
from alertsim.scenario.model import (
    Alert,
    AlertEntry,
    AnyEntry,
    BrokerEntry,
    IncidentEntry,
    InjectEntry,
    NewsEntry,
    OutageEntry,
    Phase,
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
            for stage in stages(entry):
                if stage.phase.flapping:
                    yield (*stage.path, "flapping", "until"), stage.phase.flapping.until
        case BrokerEntry():
            yield ("at",), entry.at
            yield ("broker", "for"), entry.ends
        case StrikeEntry(at=at) | InjectEntry(at=at) | NewsEntry(at=at):
            yield ("at",), at
        case _:
            assert_never(entry)


class Stage(NamedTuple):
    """A phase of an outage: its path inside the entry, when it begins, is reached and, if it flaps, is done with it."""

    path: Path
    phase: Phase
    begins: Millis
    reached: Millis

    @property
    def over(self) -> Millis:
        """When the next may begin."""
        flapping = self.phase.flapping
        return max(self.reached, flapping.until) if flapping else self.reached


def stages(entry: OutageEntry) -> Iterator[Stage]:
    """The onset and every phase after it."""
    outage, at = entry.outage, ("outage",)
    yield Stage(at, outage, entry.at, Millis(entry.at + outage.onset))
    for n, step in enumerate(outage.restoration):
        yield Stage((*at, "restoration", n), step, step.at, Millis(step.at + step.over))


def _alert(alert: Alert) -> Iterator[tuple[Path, Millis]]:
    times = {"pre_alert": alert.pre_alert, "raised": alert.raised, "cleared": alert.cleared}
    yield from ((("alert", name), at) for name, at in times.items() if at is not None)
    yield from ((("alert", "updates", n, "at"), update.at) for n, update in enumerate(alert.updates))
