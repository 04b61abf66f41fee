"""`alertsim history` as people use it: import, play into a real broker, export; and what is wrong is told."""

import csv
import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.e2e.world import ROOT, World

SIRENS = ROOT / "tests" / "data" / "sirens"
FILES = [str(SIRENS / name) for name in ("kyivstar-outage-2023-12.csv", "volunteer-2023-12-14.csv")]
DAY = ("--from", "2023-12-14T02:00:00+02:00", "--until", "2023-12-15T02:00:00+02:00")
"""14 December 2023 of UTC, the day the volunteers' sample holds."""


@pytest.fixture
def stocked(world: World) -> World:
    """A world whose store has both samples."""
    run = world.alertsim("history", "import", *FILES, "--store", "store", "--json")
    assert run.ended() == 0, run.err
    assert [(one["channel"], one["alerts"], one["refused"]) for one in json.loads(run.out)] == [
        ("official", 193, []),
        ("volunteer", 120, []),
    ]
    return world


def rows(file: str, column: str) -> list[str]:
    """What a column of a file has on 14 December 2023 of UTC."""
    with Path(file).open(encoding="utf-8") as text:
        return sorted(row[column] for row in csv.DictReader(text) if row[column].startswith("2023-12-14"))


@pytest.mark.mosquitto
def test_a_day_arrives_as_it_was(stocked: World) -> None:
    """Every siren and all-clear of both channels is heard, marked, with the second that stands in the CSV files."""
    broker = stocked.mosquitto()
    watcher = stocked.watch(broker.port)
    options = ("--rate", "max", "--source", "both", "--store", "store", "--subscribers", "0", "--json")
    run = stocked.alertsim("history", "play", *DAY, "--broker", broker.url, *options)
    assert run.ended() == 0, run.err
    summary = json.loads(run.out)
    assert summary["confirmed"] == summary["events"]
    watcher.hears("clear", "public/state")
    heard = {"raised": list[str](), "cleared": list[str]()} | {
        f"volunteer {word}": list[str]() for word in ("raised", "cleared")
    }
    for message in watcher.heard:
        if message.word in {"raised", "cleared", "relayed"} and not message.body.get("catch_up"):
            assert (message.body["status"], message.body["exercise"]) == ("Exercise", summary["exercise"])
            at = datetime.fromisoformat(message.body["at"]).astimezone(UTC).isoformat(" ")
            heard[f"volunteer {message.body['says']}" if message.word == "relayed" else message.word].append(at)
    assert sorted(heard["raised"]) == rows(FILES[0], "started_at")
    assert sorted(heard["cleared"]) == rows(FILES[0], "finished_at")
    assert sorted(heard["volunteer raised"]) == rows(FILES[1], "started_at")
    assert sorted(heard["volunteer cleared"]) == rows(FILES[1], "finished_at")


def test_what_is_wrong_is_told(stocked: World) -> None:
    """Exit code 2 and a sentence that says what to do, never a traceback."""
    (stocked.folder / "other.csv").write_text("a,b\n1,2\n")
    shutil.copy(FILES[0], stocked.folder / "facts.yaml")
    for command, why in (
        (("import", "other.csv"), "other.csv:1: not a siren history: expected a header with"),
        (("play", "--store", "empty"), "no official siren history in empty: get its CSV files"),
        (("play", "--store", "store", "--from", "14 December"), "--from '14 December': expected a day like 2023-12-14"),
        (("export", "--store", "store", "--from", "2023-12-14", "--until", "2023-12-15", "-o", "x.yaml"), "facts.yaml"),
        (("show", "--store", "store", "--area", "Atlantis"), "no area is called 'Atlantis'"),
    ):
        run = stocked.alertsim("history", *command)
        assert run.ended() == 2, (command, run.err)
        assert why in run.err
        assert "Traceback" not in run.err


def test_an_exported_day_is_a_scenario(stocked: World) -> None:
    """It passes `check --strict` and plays to its end."""
    exported = stocked.alertsim("history", "export", *DAY, "--store", "store", "-o", "day/scenario.yaml")
    assert exported.ended() == 0, exported.err
    checked = stocked.alertsim("check", "--strict", "day")
    assert checked.ended() == 0, checked.out + checked.err
    run = stocked.alertsim("run", "day", "--rate", "max", "--json", "--subscribers", "0")
    assert run.ended() == 0, run.err
    assert json.loads(run.out)["kinds"]["alert.raised"] > 100
