"""`alertsim check`: every error of a scenario at once, and what may be one, each with its place."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

import typer

from alertsim import library
from alertsim.errors import InputError, Problem, ScenarioError
from alertsim.scenario import Scenario
from alertsim.scenario.shares import Shares, shares

DOUBTED = 3
"""The exit code of --strict where something may be a mistake."""

Severity = str
"""`error`: it cannot be played; `warning`: it may be a mistake; `note`: it is right, and good to know."""


@dataclass(frozen=True)
class Verdict:
    """What there is to say of one file."""

    file: str
    said: tuple[tuple[Severity, Problem], ...]
    scenario: Scenario | None = None
    figures: Shares | None = None

    def count(self, severity: Severity) -> int:
        """How many of these."""
        return sum(said == severity for said, _ in self.said)


def check(
    files: Annotated[list[str], typer.Argument(help="Scenario names, folders or files.")],
    strict: Annotated[bool, typer.Option("--strict", help="Exit 3 when there is a warning.")] = False,  # noqa: FBT002 — a flag
    as_json: Annotated[bool, typer.Option("--json", help="One JSON array: place, severity, message.")] = False,  # noqa: FBT002 — a flag
) -> None:
    """Check scenarios and their facts; exit 2 when one has an error, 3 when --strict finds a warning."""
    verdicts = [verdict(name) for name in files]
    if as_json:
        told = [{**vars(problem), "severity": severity} for one in verdicts for severity, problem in one.said]
        typer.echo(json.dumps(told, ensure_ascii=False))
    else:
        for line in _lines(verdicts):
            typer.echo(line)
    if any(one.count("error") for one in verdicts):
        raise typer.Exit(InputError.exit_code)
    raise typer.Exit(DOUBTED if strict and any(one.count("warning") for one in verdicts) else 0)


def verdict(name: str) -> Verdict:
    """Everything there is to say of one scenario; InputError where there is none of this name."""
    try:
        loaded = library.load(name)
    except ScenarioError as error:
        return Verdict(name, tuple(("error", problem) for problem in error.problems))
    said = [("warning", problem) for problem in library.remarks(loaded)]
    said += [("note", problem) for problem in library.hints(loaded)]
    figures = shares(loaded.scenario, library.facts_of(loaded))
    return Verdict(str(loaded.path), tuple(said), loaded.scenario, figures)


def _lines(verdicts: list[Verdict]) -> Iterator[str]:
    for one in verdicts:
        for severity, problem in one.said:
            yield f"{problem}" if severity == "error" else f"{problem} ({severity})"
    for one in verdicts:
        yield _summed(one)


def _summed(one: Verdict) -> str:
    """The verdict on a file, on one line."""
    if one.scenario is None or one.figures is None:
        return f"{one.file}: {_counted(one.count('error'), 'error')}"
    doubts = _counted(one.count("warning"), "warning")
    return (
        f"{one.file}: no errors, {doubts}, {_counted(len(one.scenario.events), 'entry', 'entries')}; "
        + figures_told(one.figures, one.scenario)
    )


def figures_told(figures: Shares, scenario: Scenario) -> str:
    """What the figures of a scenario rest on, in words."""
    if scenario.basis == "fictional":
        return f"fictional: all {figures.total} figures are invented"
    parts = (f"{count} {kind} ({count / (figures.total or 1):.0%})" for kind, count in figures._asdict().items())
    return f"{figures.total} figures: {', '.join(parts)}"


def _counted(count: int, one: str, several: str = "") -> str:
    return f"{count or 'no'} {one if count == 1 else several or one + 's'}"
