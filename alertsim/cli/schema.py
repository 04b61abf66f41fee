"""`alertsim schema`: the JSON Schema of a scenario file, for editors."""

from pathlib import Path
from typing import Annotated

import typer

from alertsim import library
from alertsim.authoring import MODELINE
from alertsim.errors import InputError


def schema(
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Write it to this file instead.")] = None,
) -> None:
    """Print the JSON Schema of a scenario file; editors complete, explain and check with it."""
    text = library.schema_text()
    if out is None:
        typer.echo(text, nl=False)
        return
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"cannot write {out}: {error.strerror}") from None
    typer.echo(f"{out} is written; a scenario beside it uses it by its first line:")
    typer.echo(MODELINE.partition("=")[0] + f"={out.name}")
