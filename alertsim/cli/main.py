"""The `alertsim` command: its subcommands, and how errors end it."""

import os
import sys
from io import TextIOWrapper
from typing import Annotated

import typer

from alertsim import __version__
from alertsim.cli.commands import COMMANDS, Commands, stand_in
from alertsim.errors import AlertSimError

app = typer.Typer(
    name="alertsim",
    help="Rehearse air-raid alerts: cited scenarios played over MQTT, every message marked as an exercise.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    cls=Commands,
)
for name, about in COMMANDS.items():  # a new command is a line in commands.py
    app.command(
        name, rich_help_panel=about.panel, help=about.summary, context_settings={"ignore_unknown_options": True}
    )(stand_in)


def _version(asked: bool) -> None:  # noqa: FBT001 — typer calls it so
    if asked:
        typer.echo(f"alertsim {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    _: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")] = False,  # noqa: FBT002 — a flag
) -> None:
    from alertsim import logs  # noqa: PLC0415 — help and completion do not wait for structlog

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
