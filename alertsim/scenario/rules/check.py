"""The rules across a scenario: names that must be known, numbers that must agree, each name only once."""

from collections.abc import Iterator
from typing import assert_never

from alertsim.errors import Problem
from alertsim.scenario.document.source import Path
from alertsim.scenario.document.wording import unknown
from alertsim.scenario.draft import Draft
from alertsim.scenario.model import (
    AlertEntry,
    AnyEntry,
    BrokerEntry,
    Entry,
    IncidentEntry,
    InjectEntry,
    NewsEntry,
    OutageEntry,
    Strike,
    StrikeEntry,
)
from alertsim.scenario.rules.broker import broker, one_at_a_time
from alertsim.scenario.rules.drawn import drawn
from alertsim.scenario.rules.moments import stages
from alertsim.scenario.rules.order import order
from alertsim.scenario.rules.outages import outage, turns
from alertsim.scenario.rules.texts import texts

MOST_EVENTS = 100_000


def check(draft: Draft) -> Iterator[Problem]:
    """What is wrong with a scenario whose fields are right one by one; the facts are not asked."""
    for n, entry in draft.entries.items():
        yield from _entry(draft, ("events", n), entry)
    yield from _once(draft)
    yield from _size(draft)
    yield from one_at_a_time(draft)
    yield from drawn(draft)
    yield from order(draft)
    yield from texts(draft)


def _entry(draft: Draft, at: Path, entry: AnyEntry) -> Iterator[Problem]:
    match entry:
        case StrikeEntry():
            yield from _strike(draft, (*at, "strike"), entry.strike)
        case OutageEntry():
            yield from outage(draft, at, entry)
        case BrokerEntry():
            yield from broker(draft, at, entry)
        case IncidentEntry():
            yield from _cause(draft, (*at, "incident", "cause"), entry)
        case AlertEntry() | InjectEntry() | NewsEntry():
            pass
        case _:
            assert_never(entry)
    if draft.sure("objectives"):
        yield from _expectations(draft, at, entry)


def _strike(draft: Draft, at: Path, strike: Strike) -> Iterator[Problem]:
    named = [volley.weapon for volley in strike.salvo]
    for n, weapon in enumerate(named):
        if weapon not in draft.catalogue.weapons:
            message = unknown("weapon", weapon, draft.catalogue.weapons)
            yield draft.located.problem((*at, "salvo", n, "weapon"), message)
        elif weapon in named[:n]:
            message = f"`{weapon}` stands in this salvo already: add the counts up"
            yield draft.located.problem((*at, "salvo", n, "weapon"), message)
    yield from _outcome(draft, (*at, "outcome"), strike)
    if strike.alert and strike.alert.sirens not in draft.catalogue.sirens:
        yield draft.located.problem(
            (*at, "alert", "sirens"), unknown("model of sirens", strike.alert.sirens, draft.catalogue.sirens)
        )


def _outcome(draft: Draft, at: Path, strike: Strike) -> Iterator[Problem]:
    ended = strike.outcome
    if ended.chance is not None:
        if ended.intercepted or ended.impacted:
            yield draft.located.problem(at, "counts and a `chance`: write one or the other")
    elif ended.intercepted + ended.impacted != strike.count:
        message = f"expected intercepted and impacted to make {strike.count}, the whole salvo, "
        message += f"found {ended.intercepted} and {ended.impacted}"
        yield draft.located.problem(at, message)


def _cause(draft: Draft, path: Path, entry: IncidentEntry) -> Iterator[Problem]:
    cause = entry.incident.cause
    if cause == entry.id:
        yield draft.located.problem(path, "an incident does not cause itself: name another entry, or leave `cause` out")
    elif cause is not None and cause not in draft.names:
        yield draft.located.problem(path, unknown("entry", cause, draft.ids.values()))


def _expectations(draft: Draft, at: Path, entry: Entry) -> Iterator[Problem]:
    known = [objective.id for objective in draft.header.objectives]
    for n, expected in enumerate(entry.expect):
        if expected.objective is not None and expected.objective not in known:
            message = unknown("objective", expected.objective, known)
            yield draft.located.problem((*at, "expect", n, "objective"), message)


def _once(draft: Draft) -> Iterator[Problem]:
    """No two entries and no two objectives of one name."""
    ids = {("events", n): name for n, name in draft.ids.items()}
    objectives = {("objectives", n): objective.id for n, objective in enumerate(draft.header.objectives)}
    for named in (ids, objectives):
        first: dict[str, Path] = {}
        for path, name in named.items():
            if first.setdefault(name, path) is not path:
                message = f"`{name}` is the id of what stands on line {draft.located.line(first[name])} already: "
                yield draft.located.problem((*path, "id"), message + "write an `id` of its own")


def _size(draft: Draft) -> Iterator[Problem]:
    """Roughly, and never too few: an outage's change over time is published in ten steps, its flapping turn by turn."""
    count = sum(_events(entry) for entry in draft.entries.values())
    if count > MOST_EVENTS:
        message = f"the entries make about {count:,} events, more than {MOST_EVENTS:,}: split the scenario"
        yield draft.located.problem(("events",), message, key=True)


def _events(entry: AnyEntry) -> int:
    match entry:
        case StrikeEntry():
            sirens = max(1, len(entry.strike.alert.areas)) if entry.strike.alert else 0
            return 3 * entry.strike.count + 2 * sirens
        case AlertEntry():
            return 3 + sum(max(1, 2 * len(update.areas)) for update in entry.alert.updates)
        case IncidentEntry():
            return len(entry.incident.updates)
        case OutageEntry():
            return sum(10 + turns(stage) for stage in stages(entry)) * (1 + len(entry.outage.spill_over))
        case BrokerEntry():
            return 2
        case InjectEntry() | NewsEntry():
            return 1
        case _:
            assert_never(entry)
