"""`show` and `compile --summary` as a person calls them: what is printed, what is written, what is refused."""

import json
import os
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from alertsim.picture import OURS
from tests.e2e.world import SCENARIO, World

SHOW = ("show", SCENARIO, "--lang", "en")


def test_the_night_is_seen_in_a_pipe(world: World) -> None:
    """A hundred columns, no colour codes; explosions, the late siren, alerts, figures, networks, in order."""
    shown = world.alertsim(*SHOW)
    assert (shown.ended(), shown.err) == (0, "")
    assert "\x1b" not in shown.out
    assert max(map(len, shown.said)) == 101  # with its end of line
    places = [
        shown.out.index(word) for word in ("EXERCISE", "salvo", "ballistic-night", "33s", "injured-kyiv", "kyivstar")
    ]
    assert places == sorted(places)


def test_it_is_as_wide_as_asked_and_speaks_both_languages(world: World) -> None:
    """`--width`, `--lang`, one chapter, another scale."""
    shown = world.alertsim(
        "show", SCENARIO, "--lang", "uk", "--width", "140", "--chapter", "salvo", "--scale", "scenario"
    )
    assert (shown.ended(), shown.err) == (0, "")
    assert max(map(len, shown.said)) == 141
    assert "вибухи без сирени" in shown.out
    assert "ширина — час сценарію" in shown.out
    assert "03:37:36" not in shown.out.split("Дослівно")[0].split("Тривоги")[0]


def test_the_drawing_is_one_file(world: World) -> None:
    """`-o` writes SVG that parses, says where, and may be written again; the same seed gives the same bytes."""
    path = world.folder / "night.svg"
    for _ in range(2):
        run = world.alertsim(*SHOW, "-o", "night.svg")
        assert (run.ended(), run.err, run.out) == (0, "", "night.svg\n")
        drawn = path.read_bytes()
        assert drawn.startswith(OURS.encode())
    assert ET.fromstring(drawn).tag == "{http://www.w3.org/2000/svg}svg"
    again = world.alertsim(*SHOW, "-o", "other.svg", PYTHONHASHSEED="7")
    assert again.ended() == 0
    assert (world.folder / "other.svg").read_bytes() == drawn


def foreign(folder: Path) -> None:
    """What stands in the way of a drawing."""
    (folder / "mine.svg").write_text("<svg/>", encoding="utf-8")
    (folder / "folder.svg").mkdir()
    os.mkfifo(folder / "pipe.svg")


@pytest.mark.parametrize(
    ("out", "code", "told"),
    [
        ("mine.svg", 2, "-o mine.svg: something else than a picture of ours is there; choose another name"),
        ("folder.svg", 2, "-o folder.svg: something else than a picture of ours is there; choose another name"),
        ("pipe.svg", 2, "-o pipe.svg: something else than a picture of ours is there; choose another name"),
        ("night.png", 2, "-o night.png: pictures are SVG; end the name in .svg"),
        ("nowhere/night.svg", 1, "cannot write nowhere/night.svg: No such file or directory"),
        ("/proc/night.svg", 1, "cannot write /proc/night.svg: No such file or directory"),
    ],
)
def test_nothing_of_others_is_overwritten(world: World, out: str, code: int, told: str) -> None:
    """One sentence; what is there stays as it is."""
    foreign(world.folder)
    run = world.alertsim(*SHOW, "-o", out)
    assert (run.ended(), run.out, run.err) == (code, "", told + "\n")
    assert (world.folder / "mine.svg").read_text(encoding="utf-8") == "<svg/>"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--from", "yesterday"), "--from 'yesterday': expected "),
        (("--chapter", "nope"), "no chapter 'nope'"),
        (("--from", "2030-01-01T00:00:00+02:00"), "nothing to play between --from and --until"),
    ],
)
def test_mistakes_are_told(world: World, arguments: tuple[str, ...], told: str) -> None:
    """As `run` tells them."""
    run = world.alertsim(*SHOW, *arguments)
    assert (run.ended(), run.out) == (2, "")
    assert run.err.startswith(told)


def test_the_dry_run_is_what_a_run_comes_to(world: World) -> None:
    """`compile --summary --json` counts the events by kind that `run` then plays, and as many passed over."""
    dry = world.alertsim("compile", SCENARIO, "--summary", "--json")
    run = world.alertsim("run", SCENARIO, "--rate", "max", "--json")
    assert (dry.ended(), run.ended()) == (0, 0), dry.err + run.err
    counted, played = json.loads(dry.out), json.loads(run.out)
    assert counted["published"] == played["kinds"]
    assert counted["passed_over"] == played["skipped"]


def test_the_summary_is_a_table_and_the_timeline_stays(world: World) -> None:
    """Figures and chapters without `--json`; without `--summary` NDJSON as ever; `--json` alone says what it is for."""
    table, lines = world.alertsim("compile", SCENARIO, "--summary"), world.alertsim("compile", SCENARIO)
    alone = world.alertsim("compile", SCENARIO, "--json")
    assert (table.ended(), table.err, lines.ended(), lines.err) == (0, "", 0, "")
    assert any(line.split() == ["salvo", *line.split()[1:5], "1m15s", "×1", "1m15s", "22"] for line in table.said)
    assert [json.loads(line)["seq"] for line in lines.said] == list(range(len(lines.said)))
    assert (alone.ended(), alone.out) == (2, "")
    assert alone.err.startswith("--json belongs to --summary")
