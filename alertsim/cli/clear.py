"""`alertsim clear`: take back what a killed exercise left at a broker."""

import sys
from typing import Annotated

import typer

from alertsim import clearing
from alertsim.broker import parse_target
from alertsim.cli.interruptible import run_until_interrupted
from alertsim.cli.options import BrokerUrl, Ca, Cert, Key, Out, PasswordFile, read_access, runs_folder
from alertsim.cli.run import read_exercise_id


def clear(
    out: Out = None,
    broker: BrokerUrl = "mqtt://127.0.0.1",
    exercise_id: Annotated[
        str | None, typer.Option("--exercise", help="Clear this exercise, though no run folder knows it, at --broker.")
    ] = None,
    ca: Ca = None,
    cert: Cert = None,
    key: Key = None,
    password_file: PasswordFile = None,
) -> None:
    """Cancel and clear what killed exercises left retained; only what is ours, only what is dead."""
    name, failures = read_exercise_id(exercise_id), list[str]()
    if name is not None:
        target = parse_target(broker)
        access = read_access(target, ca, cert, key, password_file)
        cleared = run_until_interrupted(clearing.clear_one(target, name, access))
    else:
        access = read_access(None, ca, cert, key, password_file)
        cleared, failures = run_until_interrupted(
            clearing.clear_left_over(runs_folder(out), parse_target(broker), access)
        )
    for cleared_name, count in cleared:
        typer.echo(f"{cleared_name}: {count} retained topics cancelled and cleared")
    for failure in failures:
        sys.stderr.write(f"{failure}\n")
    if not (cleared or failures):
        typer.echo("nothing was left over")
    raise typer.Exit(1 if failures else 0)
