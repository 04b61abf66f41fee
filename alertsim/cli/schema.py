"""`alertsim schema`: the JSON Schemas of the files people write, for editors."""

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from alertsim import library
from alertsim.authoring import MODELINE
from alertsim.errors import InputError
from alertsim.swarm.population import population_schema


class What(StrEnum):
    """The files that have one."""

    SCENARIO = "scenario"
    POPULATION = "population"


def schema(
    what: Annotated[What, typer.Argument(help="Of which file.")] = What.SCENARIO,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Write it to this file instead.")] = None,
) -> None:
    """Print the JSON Schema of a scenario (or of a population) file; editors complete, explain and check with it."""
    text = library.schema_text() if what is What.SCENARIO else _population()
    if out is None:
        typer.echo(text, nl=False)
        return
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"cannot write {out}: {error.strerror}") from None
    typer.echo(f"{out} is written; a {what} beside it uses it by its first line:")
    typer.echo(MODELINE.partition("=")[0] + f"={out.name}")


def _population() -> str:
    return json.dumps(population_schema(), ensure_ascii=False, indent=2) + "\n"
