"""`alertsim scenarios`: what comes with alertsim."""

import json
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from alertsim import library
from alertsim.cli.options import Lang
from alertsim.scenario import Scenario
from alertsim.times import rfc3339


def scenarios(
    lang: Lang,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON array.")] = False,  # noqa: FBT002 — a flag
) -> None:
    """List the scenarios that come with alertsim."""
    known = [library.load(name).scenario for name in library.scenario_names()]
    if as_json:
        listed = [
            {
                "name": one.name,
                "title": one.title.model_dump(),
                "basis": one.basis,
                "start": rfc3339(one.start, one.offset),
            }
            for one in known
        ]
        typer.echo(json.dumps(listed, ensure_ascii=False))
        return
    table = Table("name", "title", "basis", "start", box=None)
    for one in known:
        table.add_row(one.name, getattr(one.title, lang), one.basis, _start(one))
    Console().print(table)


def _start(scenario: Scenario) -> str:
    return rfc3339(scenario.start, scenario.offset)
