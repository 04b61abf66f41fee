"""An evaluator's notes on an exercise: ratings by objective, strengths, areas for improvement, the improvement plan.

Ratings are those of HSEEP's exercise evaluation guides (Homeland Security Exercise and Evaluation Program, 2020).
"""

from collections.abc import Collection, Mapping
from typing import Literal

from pydantic import Field

from alertsim.errors import Problem, ScenarioError
from alertsim.events import Frozen, Text
from alertsim.scenario.document.compose import load
from alertsim.scenario.document.wording import found, unknown
from alertsim.scenario.fields import Name
from alertsim.scenario.validation import problems, validated

Rating = Literal["P", "S", "M", "U"]
"""Performed without challenges, with some, with major challenges; unable to be performed."""


class Judged(Frozen):
    """How an objective was met, in the evaluator's word."""

    rating: Rating
    note: Text | None = None


class Noted(Frozen):
    """A strength, or what could be better."""

    text: Text
    objective: Name | None = None


class Action(Frozen):
    """A row of the improvement plan. Offices answer for it, not persons by name."""

    issue: Text
    action: Text
    element: str = Field("", max_length=60, description="planning, organization, equipment, training or exercise")
    owner: str = Field("", max_length=120, description="the office that answers for it")
    start: str = Field("", max_length=40)
    until: str = Field("", max_length=40)
    objective: Name | None = None


class Evaluation(Frozen):
    """One file of notes."""

    evaluator: str = Field("", max_length=120, description="whose notes these are: an office or a role")
    objectives: dict[Name, Judged] = {}
    strengths: tuple[Noted, ...] = Field((), max_length=100)
    improvements: tuple[Noted, ...] = Field((), max_length=100)
    plan: tuple[Action, ...] = Field((), max_length=100)


def parse_evaluation(text: bytes | str, *, file: str, objectives: Collection[str]) -> Evaluation:
    """The notes in the `text` of `file`; ScenarioError with every problem, also an objective the scenario has not."""
    located = load(text, file)
    if not isinstance(located.data, dict):
        message = f"expected `objectives`, `strengths`, `improvements` or `plan`, found {found(located.data)}"
        raise ScenarioError([*located.problems, located.problem((), message)])
    notes, errors = validated(Evaluation, located.data)
    wrong: list[Problem] = [*located.problems, *problems(errors, Evaluation, (), located)]
    for path, name in _named(located.data):
        if name not in objectives:
            wrong.append(located.problem(path, unknown("objective", name, objectives), key=path[0] == "objectives"))
    if wrong or notes is None:
        raise ScenarioError(wrong)
    return notes


def _named(data: Mapping[str, object]) -> list[tuple[tuple[str | int, ...], str]]:
    """Every objective that is named, and where."""
    rated = data.get("objectives")
    named: list[tuple[tuple[str | int, ...], str]] = []
    if isinstance(rated, dict):
        named += [(("objectives", name), name) for name in rated]
    for field in ("strengths", "improvements", "plan"):
        listed = data.get(field)
        for n, each in enumerate(listed if isinstance(listed, list) else ()):
            if isinstance(each, dict) and isinstance(name := each.get("objective"), str):
                named.append(((field, n, "objective"), name))
    return named
