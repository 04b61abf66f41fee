"""Recordings that are none, or no longer whole: a sentence with its place, or what is left; never a traceback."""

import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import zstandard
from mcap.data_stream import RecordBuilder
from mcap.records import Chunk
from mcap.writer import MCAP0_MAGIC as MAGIC
from typer.testing import CliRunner

from alertsim.cli.recording import recording as commands
from alertsim.errors import AlertSimError
from alertsim.recording import read
from alertsim.recording.walk import LIMIT
from tests.recordings import fill, recorder

ALL = "ALERTSIM_TEST_ALL" in os.environ
"""On demand: every byte flipped, every length, ten gigabytes."""

SAMPLED = 60
HUGE = 10 * 2**30 if ALL else 2**30


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A finished recording of a few kilobytes."""
    path = tmp_path_factory.mktemp("good") / "run.mcap"
    with recorder(path) as made:
        for _ in range(3):
            fill(made)
        made.finish({"summary": "{}"})
    return path.read_bytes()


def said(*words: object) -> tuple[int, str]:
    """Exit code and answer of `alertsim recording`; an error of ours as `main` would tell it, any other is raised."""
    result = CliRunner().invoke(commands, [str(word) for word in words])
    if isinstance(result.exception, AlertSimError):
        return result.exception.exit_code, f"{result.exception}\n"
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


def all_said(path: Path) -> Iterator[tuple[str, int, str]]:
    """What each command says of a file."""
    new = path.with_name("new.mcap")
    for words in (
        ("info", "--json"),
        ("verify",),
        ("recover", "-o", new),
        ("export", "-o", path.with_name("a.ndjson")),
    ):
        yield str(words[0]), *said(words[0], path, *words[1:])
    for made in (new, path.with_name("a.ndjson")):
        made.unlink(missing_ok=True)


def places(size: int) -> list[int]:
    """Every place of a file, or some."""
    return list(range(size)) if ALL else sorted(random.Random(1).sample(range(size), SAMPLED))


def test_each_flipped_byte_is_told(good: bytes, tmp_path: Path) -> None:
    """Whatever byte it is: every command ends with an answer, `verify` with exit 3 or, where it is none of ours, 2."""
    path = tmp_path / "run.mcap"
    for at in places(len(good)):
        path.write_bytes(good[:at] + bytes([good[at] ^ 1 << at % 8]) + good[at + 1 :])
        for command, code, answer in all_said(path):
            assert answer
            assert code == (3 if command == "verify" else 0), (at, command, answer)


def test_each_length_leaves_what_was_whole(good: bytes, tmp_path: Path) -> None:
    """Cut anywhere: what is recovered is what could be read, and is whole itself."""
    path = tmp_path / "run.mcap"
    for length in places(len(good)):
        path.write_bytes(good[:length])
        code, answer = said("recover", path, "-o", tmp_path / "new.mcap")
        if code:
            assert (code, answer.count("\n"), (tmp_path / "new.mcap").exists()) == (2, 1, False), (length, answer)
            continue
        assert list(read(tmp_path / "new.mcap")) == list(read(path))
        assert said("verify", tmp_path / "new.mcap")[0] == 0
        (tmp_path / "new.mcap").unlink()


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"hello\n" * 100, bytes(1_000), zstandard.compress(b"a" * 99), MAGIC[:5]]
)
def test_what_is_no_recording_is_a_sentence(content: bytes, tmp_path: Path) -> None:
    """Empty, text, zeros, another format, a beginning: exit 2 with the file's name, and nothing is made of it."""
    path = tmp_path / "some.mcap"
    path.write_bytes(content)
    for _, code, answer in all_said(path):
        assert (code, answer.count("\n"), str(path) in answer) == (2, 1, True)


def test_what_is_no_file_is_a_sentence(tmp_path: Path) -> None:
    """Nothing, a folder, a pipe, a file one may not read: exit 2, and nobody waits for a pipe."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "shut").write_bytes(MAGIC)
    (tmp_path / "shut").chmod(0)
    names = ["none", ".", "pipe"] + ([] if os.geteuid() == 0 else ["shut"])
    for name in names:
        code, answer = said("info", tmp_path / name)
        assert (code, answer.count("\n")) == (2, 1), answer


def test_an_empty_mcap_file_holds_nothing(tmp_path: Path) -> None:
    """Of nothing but the magic number nothing is recovered."""
    (tmp_path / "a.mcap").write_bytes(MAGIC)
    assert json.loads(said("info", tmp_path / "a.mcap", "--json")[1])["lines"] == 0
    code, answer = said("recover", tmp_path / "a.mcap", "-o", tmp_path / "b.mcap")
    assert (code, "nothing that can be recovered" in answer, (tmp_path / "b.mcap").exists()) == (2, True, False)


@pytest.mark.parametrize("honest", [True, False])
def test_a_bomb_does_not_go_off(honest: bool, tmp_path: Path) -> None:
    """A chunk that would unpack to more than the limit is damage, whether it says so or not; the rest is read."""
    zeros = zstandard.ZstdCompressor(write_content_size=honest).compress(bytes(LIMIT + 1))
    builder = RecordBuilder()
    Chunk("zstd", zeros, 0, 0, 0, uncompressed_size=LIMIT + 1 if honest else 100).write(builder)
    bomb = builder.end()  # type: ignore[no-untyped-call]  # mcap does not annotate it
    with recorder(tmp_path / "run.mcap") as made:
        fill(made)
    path = tmp_path / "bomb.mcap"
    path.write_bytes((tmp_path / "run.mcap").read_bytes() + bomb)
    recording = read(path)
    assert list(recording) == list(read(tmp_path / "run.mcap"))
    assert f"at byte {path.stat().st_size - len(bomb)}: a record cannot be read" in (recording.damage or "")


SPARSE = """
import resource, sys
from pathlib import Path
from alertsim.recording import read
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
recording = read(Path(sys.argv[1]))
print(len(list(recording)), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before, recording.damage)
"""


def test_a_huge_hole_costs_neither_memory_nor_what_is_before_it(good: bytes, tmp_path: Path) -> None:
    """A file that is nearly all hole: all its lines, in a few megabytes, and the place where it breaks off."""
    whole, path = tmp_path / "whole.mcap", tmp_path / "sparse.mcap"
    whole.write_bytes(good)
    cut = good[: len(good) // 2]
    path.write_bytes(cut)
    readable = len(list(read(path)))
    with path.open("r+b") as file:
        file.truncate(HUGE)
    ran = subprocess.run([sys.executable, "-c", SPARSE, path], capture_output=True, text=True, check=True)
    lines, kib, damage = ran.stdout.split(maxsplit=2)
    assert int(lines) == readable > 0
    assert int(kib) < 100_000
    assert f"at byte {HUGE}: it was not finished" in damage


def test_what_can_be_read_of_a_damaged_recording_is_exported(good: bytes, tmp_path: Path) -> None:
    """Every line of it, and the damage is told beside it."""
    path = tmp_path / "run.mcap"
    path.write_bytes(good[: len(good) // 2])
    code, answer = said("export", path, "-o", tmp_path / "a.ndjson")
    assert (code, "what could be read was exported" in answer) == (0, True)
    assert len((tmp_path / "a.ndjson").read_bytes().splitlines()) == len(list(read(path)))
