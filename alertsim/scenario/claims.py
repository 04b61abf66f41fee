"""The figures an entry states, by the names `value:` uses in facts.yaml: so a cited number can be held to its fact."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple, assert_never

from alertsim.scenario.model import (
    AlertEntry,
    AlertUpdate,
    AnyEntry,
    BrokerEntry,
    IncidentEntry,
    InjectEntry,
    NewsEntry,
    OutageEntry,
    Phase,
    Report,
    Restoration,
    SirenLoss,
    Sourced,
    StrikeEntry,
)

Figure = int | float | str
"""One stated figure: a count, a share, an instant or duration (Millis) or a name."""


class Claim(NamedTuple):
    """What one part of an entry states: where it stands, who cites for it, and the figures."""

    path: tuple[str | int, ...]
    by: Sourced
    figures: Mapping[str, Figure]


SOURCED_ALWAYS = frozenset(
    {"pre_alert", "raised", "cleared", "launched", "intercepted", "impacted", "injured", "hospitalised", "killed"}
    | {"children", "women", "men", "buildings", "districts"}
)
"""Alert times, counts and casualty figures: in a historical scenario each must be given by a cited fact."""


def claims(entry: AnyEntry) -> Iterator[Claim]:
    """Each part of `entry` with the figures it states."""
    match entry:
        case StrikeEntry():
            yield Claim(("strike",), entry, _strike(entry))
        case AlertEntry():
            yield Claim(("alert",), entry, _alert(entry))
            for n, update in enumerate(entry.alert.updates):
                yield Claim(("alert", "updates", n), _who(update, entry), {"at": update.at})
        case IncidentEntry():
            for n, report in enumerate(entry.incident.updates):
                yield Claim(("incident", "updates", n), _who(report, entry), _report(report))
        case OutageEntry():
            yield from _outage(entry)
        case InjectEntry() | BrokerEntry():
            yield Claim((), entry, {})  # when control speaks, or breaks its own broker, is nobody's fact
        case NewsEntry():
            yield Claim((), entry, {"at": entry.at})
        case _:
            assert_never(entry)


def _who(part: AlertUpdate | Report | Restoration | SirenLoss, entry: Sourced) -> Sourced:
    """A part that says nothing of its own rests on what its entry says."""
    return part if part.speaks else entry


def _alert(entry: AlertEntry) -> Mapping[str, Figure]:
    alert = entry.alert
    times = {"pre_alert": alert.pre_alert, "raised": alert.raised, "cleared": alert.cleared}
    return {"area": alert.area} | {name: at for name, at in times.items() if at is not None}


def _strike(entry: StrikeEntry) -> Mapping[str, Figure]:
    strike = entry.strike
    figures: dict[str, Figure] = {"at": entry.at, "target": strike.target, "launched": strike.count}
    figures |= {f"launched.{volley.weapon}": volley.count for volley in strike.salvo}
    if strike.outcome.chance is not None:
        return figures
    return figures | {"intercepted": strike.outcome.intercepted, "impacted": strike.outcome.impacted}


def _report(report: Report) -> Mapping[str, Figure]:
    people = report.casualties.model_dump(exclude_none=True) if report.casualties else {}
    places = {"buildings": report.buildings, "districts": report.districts}
    return {"at": report.at} | people | {name: count for name, count in places.items() if count is not None}


def _outage(entry: OutageEntry) -> Iterator[Claim]:
    outage = entry.outage
    figures: dict[str, Figure] = {"operator": outage.operator, "at": entry.at, "onset": outage.onset}
    for operator, spill in outage.spill_over.items():
        figures |= {f"{name}.{operator}": figure for name, figure in spill.model_dump(exclude_unset=True).items()}
    yield Claim(("outage",), entry, figures | _shares(outage))
    for n, step in enumerate(outage.restoration):
        yield Claim(("outage", "restoration", n), _who(step, entry), {"at": step.at, **_shares(step)})
    for area, lost in outage.sirens.items():
        yield Claim(("outage", "sirens", area), _who(lost, entry), {f"sirens.{area}": lost.share})


def _shares(phase: Phase) -> dict[str, Figure]:
    """`up.data` of the country, `up.data.UA-46` of an area."""
    shares: dict[str, Figure] = {f"up.{service}": share for service, share in phase.up.items()}
    inside = {f"up.{name}.{area}": share for area, up in phase.areas.items() for name, share in up.items()}
    return shares | inside
