"""What somebody typed or wrote wrong: exit 2 and one sentence that says what to do, never a traceback."""

import os
import re
import shutil
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.e2e.programs import PROGRAM, Program
from tests.e2e.world import ROOT, SCENARIO, World

RUN = ("run", SCENARIO)
UNKNOWN_AREA = r"scenario\.yaml:\d+:\d+: events\[\d+\]\.alert\.area: no area .*Chernihivsk oblast.*Chernihivska oblast"
MISTAKES: dict[str, tuple[tuple[str, ...], str]] = {
    "unknown scenario": (("run", "kyiv-2023-12-14"), rf"no scenario 'kyiv-2023-12-14'.*{SCENARIO}"),
    "unknown scenario to compile": (("compile", "kyiv"), rf"no scenario 'kyiv'.*{SCENARIO}"),
    "another ending": (("check", "copied/scenario.yml"), r"no scenario .*; nearest: copied/scenario\.yaml$"),
    "a file that is missing": (("run", "copied/nihgt.yaml"), r"nearest: copied/(facts|scenario)\.yaml"),
    "a folder that is missing": (("run", "no/such.yaml"), r"nearest: .*template"),
    "unknown area": (("run", "copied"), UNKNOWN_AREA),
    "a password in sight": ((*RUN, "--broker", "mqtt://me:x@10.0.0.1"), r"'\.\.\.@10\.0\.0\.1'.*--password-file"),
    "another protocol": ((*RUN, "--broker", "http://x"), r"'http://x'.*mqtt://127\.0\.0\.1:PORT"),
    "no expiry elsewhere": ((*RUN, "--no-expiry", "--broker", "mqtt://192.0.2.1:1883"), r"--no-expiry at mqtt://192"),
    "rate 0": ((*RUN, "--rate", "0"), r"--rate '0': expected .*max"),
    "rate below 0": ((*RUN, "--rate", "-1"), r"--rate '-1': expected .*max"),
    "rate in words": ((*RUN, "--rate", "abc"), r"--rate 'abc': expected .*max"),
    "from after the end": ((*RUN, "--from", "2024-01-01T00:00:00+02:00"), r"nothing to play .*2023-12-12T05:00:00\+02"),
    "from in words": ((*RUN, "--from", "yesterday"), r"--from 'yesterday': expected .*2023-12-13T03:00:13\+02:00"),
    "unknown chapter": ((*RUN, "--chapter", "nope"), r"no chapter 'nope'.*before, salvo, alert, morning"),
    "exercise id": ((*RUN, "--exercise", "Bad Id"), r"--exercise 'Bad Id': expected .*lower-case"),
    "exercise id to clear": (("clear", "--exercise", "a/#"), r"--exercise 'a/#': expected .*lower-case"),
    "a run that exists": ((*RUN, "--rate", "max", "--out", "runs", "--exercise", "taken-1"), r"taken-1 exists already"),
    "a file that cannot be read": (("run", "unreadable.yaml"), r"cannot read .*unreadable\.yaml: "),
    "a folder": (("run", "empty"), r"no scenario 'empty'"),
    "bytes": (("run", "binary.yaml"), r"binary\.yaml:1:\d: .*UTF-8"),
    "10 MB of nonsense": (("run", "nonsense.yaml"), r"nonsense\.yaml:\d+:\d+: .*2 MiB"),
}


def files(folder: Path) -> None:
    """What the mistakes are made with."""
    shutil.copytree(ROOT / "seeds" / SCENARIO, folder / "copied")
    copied = folder / "copied" / "scenario.yaml"
    copied.write_text(copied.read_text(encoding="utf-8").replace("area: UA-74", "area: Chernihivsk oblast"), "utf-8")
    (folder / "runs" / "taken-1").mkdir(parents=True)
    (folder / "empty").mkdir()
    (folder / "binary.yaml").write_bytes(b"\x7fELF\xff\x00" * 1000)
    (folder / "nonsense.yaml").write_bytes(b"- {a: [b, c: &d *d\n" * (10 * 2**20 // 19))
    (folder / "unreadable.yaml").touch(mode=0)
    if os.access(folder / "unreadable.yaml", os.R_OK):  # root reads everything but this
        (folder / "unreadable.yaml").unlink()
        (folder / "unreadable.yaml").symlink_to("/proc/self/mem")


def finished(world: World, arguments: tuple[str, ...]) -> Program:
    run = world.alertsim(*arguments)
    run.ended()
    return run


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Future[Program]]]:
    """All mistakes, a few at a time."""
    with World(tmp_path_factory.mktemp("mistakes")) as world, ThreadPoolExecutor(3) as pool:
        files(world.folder)
        yield {name: pool.submit(finished, world, arguments) for name, (arguments, _) in MISTAKES.items()}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_told(name: str, made: dict[str, Future[Program]]) -> None:
    """Exit 2, nothing on stdout, on stderr one line that names what is wrong and what would be right."""
    run = made[name].result()
    assert (run.process.returncode, run.out, run.err.count("\n")) == (2, "", 1), run.err
    assert re.search(MISTAKES[name][1], run.err), run.err


def test_check_tells_them_as_its_answer(world: World) -> None:
    """`check` names every error on stdout, with its place, and exits 2; of a scenario without, it says so with 0."""
    files(world.folder)
    wrong, fine = world.alertsim("check", "copied", "binary.yaml"), world.alertsim("check", SCENARIO)
    assert (wrong.ended(), wrong.err) == (2, "")
    assert [bool(re.search(UNKNOWN_AREA, line)) for line in wrong.said[:2]] == [True, False]
    assert wrong.said[1].startswith("binary.yaml:1:")
    assert (fine.ended(), fine.err) == (0, "")
    assert "no errors" in fine.out


def test_nonsense_takes_little_memory(world: World) -> None:
    """10 MB of nonsense are refused within 250 MB."""
    files(world.folder)
    measure = (
        "import resource, subprocess, sys;"
        "code = subprocess.run(sys.argv[1:], capture_output=True).returncode;"
        "print(code, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    measured = world.program(sys.executable, "-IS", "-c", measure, PROGRAM, "check", "nonsense.yaml")
    assert measured.ended() == 0, measured.err
    code, most = map(int, measured.out.split())
    assert code == 2
    assert most * (1 if sys.platform == "darwin" else 1024) < 250e6
