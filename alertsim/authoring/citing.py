"""What a scenario rests on, seen from its sources: each paragraph and fact with the entries that cite it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from alertsim.scenario import Facts, Figure, Scenario
from alertsim.scenario.claims import claims
from alertsim.scenario.rules.citations import parts
from alertsim.scenario.rules.moments import moments
from alertsim.scenario.shares import Shares, shares
from alertsim.times import rfc3339


class Told(NamedTuple):
    """An entry that cites something, and when it happens."""

    entry: str
    at: str


@dataclass(frozen=True)
class Citing:
    """Who cites what. `cited` has every paragraph and fact by id, also those that nobody cites."""

    cited: Mapping[str, tuple[Told, ...]]
    unused: tuple[str, ...]
    """What neither an entry nor a conflict names."""
    unstated: Mapping[str, tuple[str, ...]]
    """Figures that no entry citing them states."""
    shares: Shares


def citing(scenario: Scenario, facts: Facts) -> Citing:
    """The entries behind each source."""
    cited: dict[str, dict[Told, None]] = {name: {} for name, _ in facts.cited()}
    for entry in scenario.events:
        first = min((at for _, at in moments(entry)), default=scenario.start)
        for path, part in parts(entry):
            inside = dict(moments(entry)).get((*path, "at"), first)
            for name in part.cite:
                cited[name][Told(entry.id, rfc3339(inside, scenario.offset))] = None
    disputed = {name for conflict in facts.conflicts for name in conflict.between}
    return Citing(
        cited={name: tuple(entries) for name, entries in cited.items()},
        unused=tuple(name for name, entries in cited.items() if not entries and name not in disputed),
        unstated={name: keys for name, value in facts.cited() if (keys := _unstated(scenario, name, value))},
        shares=shares(scenario, facts),
    )


def _unstated(scenario: Scenario, name: str, value: Mapping[str, Figure]) -> tuple[str, ...]:
    stated = {
        key for entry in scenario.events for claim in claims(entry) if name in claim.by.cite for key in claim.figures
    }
    return tuple(key for key in value if key not in stated)
