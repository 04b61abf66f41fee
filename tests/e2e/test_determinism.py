"""`compile` gives the same bytes everywhere: the seed alone decides."""

import difflib
import shutil
import subprocess
import sys

import pytest

from tests.e2e.programs import Program
from tests.e2e.world import ROOT, SCENARIO, World

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
    python = sys.executable if f"{sys.version_info.major}.{sys.version_info.minor}" == version else f"python{version}"
    found = shutil.which(python)
    if not found or subprocess.run([found, "-c", DEPENDENCIES], capture_output=True, check=False).returncode:
        pytest.skip(f"no {python} that has our dependencies")
    assert_golden(world.program(found, "-m", "alertsim", *COMPILE, PYTHONPATH=str(ROOT)))
