"""`compile` gives the same bytes everywhere, and every run sends the same messages: the seed alone decides."""

import difflib
import shutil
import subprocess
import sys
from collections.abc import Mapping

import pytest

from alertsim.recording import read
from alertsim.wire.comparable import Comparable
from tests.e2e.programs import Program
from tests.e2e.world import ROOT, SCENARIO, World
from tests.recordings import sent

COMPILE = ("compile", SCENARIO, "--seed", "7")
GOLDEN = ROOT / "tests" / "golden" / f"{SCENARIO}.seed7.ndjson"
SURROUNDINGS: dict[str, dict[str, str]] = {
    "hash seed 0": {"PYTHONHASHSEED": "0"},
    "random hash seed": {"PYTHONHASHSEED": "random"},
    "elsewhere": {"PYTHONHASHSEED": "1", "TZ": "Asia/Tokyo", "LC_ALL": "C", "PYTHONIOENCODING": "ascii"},
}
DEPENDENCIES = "import aiomqtt, iotcore, mcap, pydantic, rich, structlog, typer, yaml"


def assert_golden(run: Program) -> None:
    """The lines of the golden file, or the difference to them, line by line."""
    assert run.ended() == 0, run.err
    assert run.err == ""
    golden = GOLDEN.read_text(encoding="utf-8")
    differences = [*difflib.unified_diff(golden.splitlines(), run.out.splitlines(), str(GOLDEN), "compiled", n=0)]
    assert not differences, "\n".join(differences[:40])
    assert run.out == golden


def test_the_same_bytes_in_any_surroundings(world: World) -> None:
    """Again and again, whatever the hash seed, the time zone and the language: the golden file."""
    for run in [world.alertsim(*COMPILE, **surroundings) for surroundings in SURROUNDINGS.values()]:
        assert_golden(run)


def test_another_seed_is_another_night(world: World) -> None:
    """The seed matters: with another one the missiles come at other moments, and nothing else differs."""
    run = world.alertsim("compile", SCENARIO, "--seed", "8")
    assert run.ended() == 0
    golden = GOLDEN.read_text(encoding="utf-8").splitlines()
    seven, eight = (
        [line for line in lines if '"kind":"strike.' not in line] for lines in (golden, run.out.splitlines())
    )
    assert run.out.splitlines() != golden
    assert [line.partition(",")[2] for line in seven] == [line.partition(",")[2] for line in eight]


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13"])
def test_the_same_bytes_on_any_python(version: str, world: World) -> None:
    """Each Python we support, where one is installed with what we depend on, compiles the golden file."""
    assert_golden(world.program(*python_or_skip(version), *COMPILE, PYTHONPATH=str(ROOT)))


def python_or_skip(version: str) -> tuple[str, ...]:
    """The program under this Python, if it has what we depend on."""
    python = sys.executable if f"{sys.version_info.major}.{sys.version_info.minor}" == version else f"python{version}"
    found = shutil.which(python)
    if not found or subprocess.run([found, "-c", DEPENDENCIES], capture_output=True, check=False).returncode:
        pytest.skip(f"no {python} that has our dependencies")
    return found, "-m", "alertsim"


RUN = ("run", "template", "--seed", "7", "--subscribers", "20", "--json", "--broker")
"""Ten minutes in which an operator fails, and twenty who listen through theirs."""

PACES: Mapping[str, tuple[str, ...]] = {
    "60": ("--rate", "60"),
    "1000": ("--rate", "1000"),
    "max": ("--rate", "max"),
    "max again": ("--rate", "max"),
}
A_MOMENT: Mapping[str, tuple[str, ...]] = {
    "at its pace": ("--rate", "1", "--from", "+00:04:40", "--until", "+00:04:43"),
    "at its pace again": ("--rate", "1", "--from", "+00:04:40", "--until", "+00:04:43"),
    "at once": ("--rate", "max", "--from", "+00:04:40", "--until", "+00:04:43"),
}


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13"])
def test_the_same_messages_at_any_pace_on_any_python(version: str, world: World) -> None:
    """Played twice, in real time and as fast as it can, with an outage and subscribers: the same messages in order."""
    python = python_or_skip(version)
    sequences = told(world, python, {**PACES, **A_MOMENT})
    night, moment = sequences["max"], sequences["at once"]
    assert [sequences[pace] for pace in PACES] == [night] * len(PACES)
    assert [sequences[pace] for pace in A_MOMENT] == [moment] * len(A_MOMENT)
    assert len(night) > len(moment) > 10
    if python[0] != sys.executable:
        assert told(world, (sys.executable, "-m", "alertsim"), {"here": PACES["max"]})["here"] == night


def told(world: World, python: tuple[str, ...], paces: Mapping[str, tuple[str, ...]]) -> dict[str, list[Comparable]]:
    """What each of these runs, side by side at one broker, says that it sent."""
    broker, folder = world.mosquitto(), f"runs-{len(paces)}"
    names = {name: f"night-{number}" for number, name in enumerate(paces)}
    runs = [
        world.program(
            *python, *RUN, broker.url, "--exercise", names[name], "--out", folder, *pace, PYTHONPATH=str(ROOT)
        )
        for name, pace in paces.items()
    ]
    for run in runs:
        assert run.ended() == 0, run.err
    return {name: sent(read(world.folder / folder / each / "run.mcap")) for name, each in names.items()}
