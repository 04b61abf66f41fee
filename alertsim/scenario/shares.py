"""How much of a scenario is cited, how much lies between cited points, how much its author made up: by its figures."""

from typing import NamedTuple

from alertsim.scenario.claims import Claim, Figure, claims
from alertsim.scenario.facts import Facts
from alertsim.scenario.model import Scenario
from alertsim.scenario.sources import FORMS


class Shares(NamedTuple):
    """Numbers of figures, of which each is one of the three."""

    cited: int
    interpolated: int
    invented: int

    @property
    def total(self) -> int:
        """All figures."""
        return sum(self)


def shares(scenario: Scenario, facts: Facts | None) -> Shares:
    """Every figure that an entry states, by what it rests on.

    It is cited where a fact (or paragraph) that its part cites has it as a `value`; interpolated where its part says
    so; all else is invented, in a fictional scenario everything.
    """
    given = dict(facts.cited()) if facts and scenario.basis == "historical" else {}
    figures = {name: {key: _read(key, value) for key, value in values.items()} for name, values in given.items()}
    kinds = [
        _kind(claim, key, figures, real=bool(figures))
        for entry in scenario.events
        for claim in claims(entry)
        for key in claim.figures
    ]
    return Shares(*(kinds.count(kind) for kind in Shares._fields))


def _read(key: str, given: Figure) -> Figure | None:
    try:
        return FORMS[key](given) if key in FORMS else given
    except ValueError:
        return None


def _kind(claim: Claim, key: str, figures: dict[str, dict[str, Figure | None]], *, real: bool) -> str:
    if any(figures.get(name, {}).get(key) == claim.figures[key] for name in claim.by.cite):
        return "cited"
    return "interpolated" if claim.by.interpolated and real else "invented"
