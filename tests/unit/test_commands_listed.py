"""The overview of commands: complete, in two groups, quick; and what is offered after TAB is true."""

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from alertsim import cli, library
from alertsim.areas import find
from alertsim.cli.commands import COMMANDS, ENGINEERING, EXERCISES
from alertsim.cli.completion import areas, chapters, scenarios
from alertsim.cli.main import app

RUNNER = CliRunner()


def commands() -> set[str]:
    """The modules of `cli` that hold a command of their name."""
    assert cli.__file__
    names = {path.stem for path in Path(cli.__file__).parent.glob("*.py")} - {"__init__", "main", "commands"}
    modules = {name: vars(import_module(f"alertsim.cli.{name}")) for name in names}
    own = {name: module.get(name) or module.get(f"{name}_") for name, module in modules.items()}
    return {
        name
        for name, found in own.items()
        if isinstance(found, typer.Typer) or (found and found.__module__ == f"alertsim.cli.{name}")
    }


def test_every_command_is_listed() -> None:
    """Each module of a command has a line in the overview, and each line a module."""
    assert commands() == COMMANDS.keys()


def test_help_has_two_groups() -> None:
    """The overview shows every command with its line, exercises before engineering."""
    shown = RUNNER.invoke(app, ["--help"], env={"COLUMNS": "120"}).output
    places = [
        shown.index(EXERCISES),
        shown.index(ENGINEERING),
        *(shown.index(one.summary) for one in COMMANDS.values()),
    ]
    assert places[0] < places[2] < places[1] < places[-1]
    assert sorted(places[2:]) == places[2:]


@pytest.mark.parametrize("name", COMMANDS)
def test_help_ends_with_an_example(name: str) -> None:
    """A command's own help says what it does and ends with a command line of it."""
    told = RUNNER.invoke(app, [name, "--help"], env={"COLUMNS": "120"})
    assert (told.exit_code, f"Example: alertsim {COMMANDS[name].example}" in told.output) == (0, True), told.output
    assert COMMANDS[name].example.split()[0] == name


def test_a_typing_error_is_told() -> None:
    """A command that is none gets the nearest, a language that is none the two there are."""
    assert "Did you mean 'check'?" in RUNNER.invoke(app, ["chekc"]).stderr
    lang = RUNNER.invoke(app, ["scenarios", "--lang", "xx"])
    assert (lang.exit_code, "'uk'" in lang.stderr, "'en'" in lang.stderr) == (2, True, True)


@pytest.mark.parametrize(
    "asked", ["import alertsim.cli.main", "import alertsim.cli.completion as c; list(c.scenarios())"]
)
def test_help_and_completion_wait_for_nothing(asked: str) -> None:
    """Neither needs anything of alertsim but the command line, nor a library that takes long to import."""
    code = f"import sys; {asked}; print(*sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(told.stdout.split())
    own = {name for name in loaded if name.startswith("alertsim.") and not name.startswith("alertsim.cli")}
    assert own <= {"alertsim.errors"}
    assert not {"pydantic", "structlog", "yaml", "aiomqtt", "asyncio"} & loaded


def test_what_is_offered_exists(tmp_path: Path) -> None:
    """Scenarios and chapters as the library reads them, areas that are found; of what is no scenario, nothing."""
    assert tuple(scenarios()) == library.scenario_names()
    for name in scenarios():
        assert list(chapters(name)) == list(library.load(name).scenario.chapters)
    assert len({find(name).id for name in areas()}) == 27
    (tmp_path / "flow.yaml").write_text("chapters: {before: {rate: 1}}\n")
    assert [list(chapters(str(tmp_path / name))) for name in ("flow.yaml", "none.yaml")] == [[], []]
