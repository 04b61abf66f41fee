"""`alertsim check`: every error of a scenario at once, each with its place."""

import json
from typing import Annotated

import typer

from alertsim import library
from alertsim.errors import Problem, ScenarioError


def check(
    files: Annotated[list[str], typer.Argument(help="Scenario names, folders or files.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON array of problems.")] = False,  # noqa: FBT002 — a flag
) -> None:
    """Check scenarios and their facts; exit 2 when one has an error."""
    problems: list[Problem] = []
    fine = []
    for name in files:
        try:
            loaded = library.load(name)
        except ScenarioError as error:
            problems += error.problems
        else:
            fine.append(f"{loaded.path}: no errors, {len(loaded.scenario.events)} entries")
            fine += [f"{remark} (a remark)" for remark in library.remarks(loaded)]
    if as_json:
        typer.echo(json.dumps([vars(problem) for problem in problems], ensure_ascii=False))
    else:
        for line in (*fine, *map(str, problems)):
            typer.echo(line)
    raise typer.Exit(ScenarioError.exit_code if problems else 0)
