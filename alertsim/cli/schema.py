"""`alertsim schema`: the JSON Schema of a scenario file, for editors."""

import json

import typer

from alertsim import scenario


def schema() -> None:
    """Print the JSON Schema of a scenario file; editors complete and check with it."""
    typer.echo(json.dumps(scenario.schema(), ensure_ascii=False, indent=2))
