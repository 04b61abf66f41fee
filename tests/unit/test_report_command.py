"""`alertsim report` at the command line: what it prints and writes, and how it ends."""

import json
import sys
from pathlib import Path

import pytest

from alertsim import library
from alertsim.cli import main as program
from alertsim.library import FACTS, SCENARIO
from alertsim.observations import Played
from alertsim.report.page import OURS
from tests.conducted import conducted, written

KYIV = library.load("kyiv-2023-12-13").files


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run's folder with a recording in it; its scenario is one of ours."""
    made = tmp_path_factory.mktemp("run")
    written(made, conducted().lines, {SCENARIO: KYIV[SCENARIO], FACTS: KYIV[FACTS]})
    return made


class Said:
    """What a command said and how it ended."""

    def __init__(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *typed: object) -> None:
        monkeypatch.setattr(sys, "argv", ["alertsim", "report", *map(str, typed)])
        with pytest.raises(SystemExit) as ended:
            program.main()
        told = capsys.readouterr()
        self.code, self.out, self.err = ended.value.code or 0, told.out, told.err


def test_it_tells_the_exercise_in_a_few_lines(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a file to write: sentences, expectations, findings; 3 with --strict, for nobody did what was expected."""
    said = Said(capsys, monkeypatch, folder, "--lang", "en")
    assert said.code == 0 and "The siren came 40 s after the first explosion in Kyiv City" in said.out
    assert "− Sumska oblast: no siren sounded; of 1 weapons 1 hit." in said.out
    assert "alert-kyiv · players: not played" in said.out
    assert Said(capsys, monkeypatch, folder, "--strict").code == 0


def test_it_writes_a_page_json_and_junit(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One run of the command makes all three, and over a page of its own again; the same bytes."""
    html, junit = tmp_path / "r.html", tmp_path / "r.xml"
    said = Said(capsys, monkeypatch, folder / "run.mcap", "-o", html, "--junit", junit, "--json")
    first = html.read_bytes()
    assert said.code == 0 and json.loads(said.out)["summary"]["events"] == 27
    assert OURS in first.decode() and b"<testsuite" in junit.read_bytes()
    again = Said(capsys, monkeypatch, folder, "-o", html)
    assert again.code == 0 and again.out == f"{html}\n" and html.read_bytes() == first


def test_strict_fails_where_an_expectation_was_missed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody acknowledged the alert of Kyiv, which was played."""
    renamed = [
        line._replace(event=line.event.model_copy(update={"entry": "alert-kyiv"})) if isinstance(line, Played) else line
        for line in conducted().lines
    ]
    written(tmp_path, renamed, {SCENARIO: KYIV[SCENARIO], FACTS: KYIV[FACTS]})
    assert Said(capsys, monkeypatch, tmp_path, "--strict", "--lang", "en").code == 3


@pytest.mark.parametrize("files", [{}, {SCENARIO: b"alertsim: 99\n"}, {FACTS: b"- nothing"}])
def test_a_recording_without_its_scenario_is_reported_on(
    files: dict[str, bytes], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of another version, or of a stranger: what its lines say; killed and cut off too, which is said."""
    found = written(tmp_path, conducted().lines, files, finished=False)
    found.path.write_bytes(found.path.read_bytes()[:-900])
    said = Said(capsys, monkeypatch, tmp_path, "-o", tmp_path / "r.html", "--lang", "en")
    assert said.code == 0
    assert "has no proper end" in (tmp_path / "r.html").read_text(encoding="utf-8")
    assert json.loads(Said(capsys, monkeypatch, tmp_path, "--json").out)["damage"]
    assert "at byte" in Said(capsys, monkeypatch, tmp_path).out


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (["{tmp}/nowhere"], "nowhere"),
        (["{tmp}"], "run.mcap"),
        (["{tmp}/note.txt"], "no MCAP file"),
        (["{run}", "-o", "{tmp}/r.pdf"], "end the name in .html"),
        (["{run}", "-o", "{tmp}/other.html"], "something else than a report of ours"),
        (["{run}", "-o", "{tmp}"], "end the name in .html"),
        (["{run}", "--evaluation", "{tmp}/none.yaml"], "none.yaml"),
        (["{run}", "--evaluation", "{tmp}/note.txt"], "note.txt:1:1:"),
    ],
)
def test_bad_input_is_told_in_a_sentence(
    typed: list[str], told: str, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """No recording, no page of ours, notes that are none: exit code 2, nothing on stdout, nothing written."""
    (tmp_path / "note.txt").write_text("just words")
    (tmp_path / "other.html").write_text("<h1>mine</h1>")
    said = Said(capsys, monkeypatch, *(text.format(run=folder, tmp=tmp_path) for text in typed))
    assert (said.code, said.out) == (2, "") and told in said.err and "Traceback" not in said.err
    assert (tmp_path / "other.html").read_text() == "<h1>mine</h1>"


def test_a_disk_that_takes_nothing_fails_the_world(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that is not there: exit code 1 and why."""
    said = Said(capsys, monkeypatch, folder, "--junit", tmp_path / "no" / "r.xml")
    assert said.code == 1 and "No such file" in said.err
