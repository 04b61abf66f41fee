"""The subcommands by name: what the overview says of each, and the module it is loaded from when it is asked for.

Help and completion answer before anything else of alertsim is imported: that takes a second, which nobody waits for.
"""

from importlib import import_module
from typing import Annotated, Any, NamedTuple

import typer
from typer.core import TyperGroup
from typer.main import get_command, get_group

from alertsim.cli.completion import asks_for_options, completes, offered

EXERCISES, ENGINEERING = "Exercises", "Engineering"


class About(NamedTuple):
    """A command's line in the overview, and the example its own help ends with."""

    panel: str
    summary: str
    example: str


COMMANDS = {
    "run": About(EXERCISES, "Conduct a scenario over MQTT, and record it.", "run kyiv-2023-12-13 --lang uk"),
    "subscribe": About(EXERCISES, "Take part as a phone would.", "subscribe --area Kyiv"),
    "scenarios": About(EXERCISES, "List the scenarios that come with alertsim.", "scenarios --lang uk"),
    "show": About(EXERCISES, "Draw the timeline of a scenario.", "show kyiv-2023-12-13 -o night.svg"),
    "new": About(EXERCISES, "Make a scenario of your own from another.", "new poltava-night --area Poltava"),
    "check": About(EXERCISES, "Find every error of a scenario.", "check kyiv-2023-12-13"),
    "sources": About(EXERCISES, "Show what a scenario rests on, and who cites it.", "sources kyiv-2023-12-13"),
    "record": About(EXERCISES, "Record what a broker says.", "record --broker mqtt://127.0.0.1:1883 --for 10m"),
    "replay": About(EXERCISES, "Play a recording again, back and forth.", "replay runs/night --rate 60"),
    "recording": About(EXERCISES, "Look into a recording, export, check, repair it.", "recording info runs/night"),
    "history": About(
        EXERCISES, "Play, count and draw real alerts of the past.", "history play --from 2023-12-14 --rate 3600"
    ),
    "diff": About(EXERCISES, "Say what differs between two recordings.", "diff runs/night runs/other"),
    "clear": About(EXERCISES, "Take back what killed exercises left at a broker.", "clear"),
    "consent": About(
        EXERCISES,
        "Say who may use a broker you own.",
        "consent show --broker mqtts://owner@broker:8883",
    ),
    "report": About(EXERCISES, "Report on an exercise from its recording.", "report runs/night -o report.html"),
    "load": About(ENGINEERING, "Load a broker with many subscribers.", "load -c 5000 --threshold 'p99<500ms'"),
    "doctor": About(ENGINEERING, "Tell how many subscribers this machine can hold.", "doctor -c 20000"),
    "proxies": About(
        ENGINEERING, "Put bad networks in front of a broker.", "proxies --listen kyivstar:22883 --profile 3g"
    ),
    "compile": About(ENGINEERING, "Print a timeline, an event a line.", "compile kyiv-2023-12-13 --seed 7"),
    "schema": About(ENGINEERING, "Print the JSON Schema of a scenario file.", "schema > scenario.schema.json"),
}
"""In the order of the overview. `alertsim.cli.NAME` has the function or Typer NAME (NAME_ where Python has a NAME)."""


class Commands(TyperGroup):
    """Lists every command, and loads the one that is asked for."""

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """The command itself in place of its stand-in; typer has no public names for the types of either."""
        name, stand_in, rest = super().resolve_command(ctx, args)
        if name is None or (ctx.resilient_parsing and completes(name) and not asks_for_options()):
            return name, stand_in, rest
        return name, load(name), rest


def stand_in(_: Annotated[list[str] | None, typer.Argument(autocompletion=offered)] = None) -> None:
    """What is listed and completed for a command that is not loaded."""


def load(name: str) -> Any:
    """Import a subcommand; its help ends with an example."""
    module = import_module(f"alertsim.cli.{name}")
    found = getattr(module, name, None) or getattr(module, f"{name}_")
    if isinstance(found, typer.Typer):
        command: Any = get_group(found)
    else:
        alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode="rich")
        alone.command(name)(found)
        command = get_command(alone)
    command.epilog = f"Example: [bold]alertsim {COMMANDS[name].example}[/bold]"
    return command
