"""The `alertsim` command: its subcommands, and how errors end it."""

import os
import sys
from io import TextIOWrapper
from typing import Annotated

import typer

from alertsim import __version__, logs
from alertsim.cli.check import check
from alertsim.cli.clear import clear
from alertsim.cli.compile import compile_
from alertsim.cli.run import run
from alertsim.cli.scenarios import scenarios
from alertsim.cli.schema import schema
from alertsim.cli.subscribe import subscribe
from alertsim.errors import AlertSimError

app = typer.Typer(
    name="alertsim",
    help="Rehearse air-raid alerts: cited scenarios played over MQTT, every message marked as an exercise.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
EXERCISES, ENGINEERING = "Exercises", "Engineering"

app.command(rich_help_panel=EXERCISES)(run)
app.command(rich_help_panel=EXERCISES)(subscribe)
app.command(rich_help_panel=EXERCISES)(scenarios)
app.command(rich_help_panel=EXERCISES)(check)
app.command(rich_help_panel=EXERCISES)(clear)
app.command("compile", rich_help_panel=ENGINEERING)(compile_)
app.command(rich_help_panel=ENGINEERING)(schema)


def _version(asked: bool) -> None:  # noqa: FBT001 — typer calls it so
    if asked:
        typer.echo(f"alertsim {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    _: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")] = False,  # noqa: FBT002 — a flag
) -> None:
    logs.configure()


def main() -> None:
    """Run the command line. Input that is wrong exits 2, a world that fails 1, Ctrl-C 130; never with a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # whatever the system speaks: half of what we say is Cyrillic
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        app()
    except AlertSimError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:
        sys.stderr.write(f"cannot go on: {error.strerror or error}\n")
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is left to write is lost anyway
        sys.exit(1)
