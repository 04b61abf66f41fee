"""`alertsim clear`: take back what a killed exercise left at a broker."""

import asyncio
from typing import Annotated

import typer

from alertsim import exercise
from alertsim.broker import parse_target
from alertsim.cli.options import Out, runs_folder


def clear(
    out: Out = None,
    broker: Annotated[
        str, typer.Option(help="With --exercise: the broker, mqtt://127.0.0.1:PORT.")
    ] = "mqtt://127.0.0.1",
    exercise_id: Annotated[
        str | None, typer.Option("--exercise", help="Clear this exercise, though no run folder knows it.")
    ] = None,
) -> None:
    """Cancel and clear what killed exercises left retained; only what is ours, only what is dead."""
    if exercise_id is not None:
        cleared = asyncio.run(exercise.clear_one(parse_target(broker), exercise_id))
    else:
        cleared = asyncio.run(exercise.clear_left_over(runs_folder(out)))
    for name, count in cleared:
        typer.echo(f"{name}: {count} retained topics cancelled and cleared")
    if not cleared:
        typer.echo("nothing was left over")
