"""A scenario of one's own, as an author makes it: `new`, `check`, `run`, `sources`, `schema`, each as it is typed."""

import json
import re
from pathlib import Path

import jsonschema

from alertsim.scenario.document.compose import load
from tests.e2e.world import SCENARIO, World

START = "2026-03-01T21:00:00+02:00"


def said(world: World, *arguments: str, code: int = 0) -> str:
    """What the program says on stdout, or where it refuses on stderr."""
    run = world.alertsim(*arguments, LANG="en_GB.UTF-8")
    assert run.ended() == code, run.err
    return run.out or run.err


def text(world: World, name: str) -> str:
    return (world.folder / name / "scenario.yaml").read_text("utf-8")


def test_a_night_of_ones_own_is_made_checked_and_played(world: World) -> None:
    """Poltava out of Kyiv: it passes `check` at once, is doubted only where it is marked, and plays to its end."""
    made = said(world, "new", "poltava", "--from", SCENARIO, "--area", "Poltava", "--start", START)
    assert made.splitlines()[-4:] == [
        "Next:",
        "  1. Write: an editor for YAML completes and explains by scenario.schema.json; whom to ask is `contact`.",
        "  2. alertsim check --strict poltava",
        "  3. alertsim run poltava",
    ]
    assert "UA-30 Kyiv City → UA-53 Poltavska oblast" in made
    assert "no errors" in said(world, "check", "poltava")
    doubts = json.loads(said(world, "check", "--strict", "--json", "poltava", code=3))
    rows = text(world, "poltava").splitlines()
    marked = {n for n, row in enumerate(rows, 1) if "# TODO: " in row}
    assert {doubt["line"] for doubt in doubts if doubt["severity"] == "warning"} <= marked
    assert all(re.search(rf"\b{line}\b", made) for line in marked)
    assert not re.search("Киї?[єв]|Київ|Kyivstar|kyivstar", re.sub("Київськ|# .*", "", text(world, "poltava")))
    played = json.loads(said(world, "run", "poltava", "--rate", "max", "--json"))
    assert played["exercise"].startswith("poltava-")


def test_what_is_marked_can_be_mended(world: World) -> None:
    """With the marked lines rewritten nothing is doubted any more: `check --strict` is 0."""
    said(
        world,
        "new",
        "poltava",
        "--from",
        SCENARIO,
        "--area",
        "Poltava",
        "--start",
        START,
        "--drop-track",
        "information",
    )
    mended = re.sub(r"(?m)^( *(?:en|uk): ).*# TODO: .*$", r"\1Something else", text(world, "poltava"))
    (world.folder / "poltava" / "scenario.yaml").write_text(mended, "utf-8")
    assert "no errors, no warnings, 18 entries; fictional: all" in said(world, "check", "--strict", "poltava")


def test_what_was_made_is_told_with_what_to_look_at(world: World) -> None:
    """When it plays by its pace, in both languages; what a bare name means; what still speaks of the old hours."""
    made = said(world, "new", "a", "--from", "odesa-2023-12-12", "--start", START, "--area", "Kharkiv").splitlines()
    assert made[1] == "  plays 2026-03-02 10:55 to 15:15"
    assert made.count("  `Kharkiv` is read as UA-63, Kharkivska oblast; the city is `Kharkiv city`") == 1
    hours = made[made.index("The hours moved: look at what is said of day and night:") + 1 : made.index("Next:")]
    rows = text(world, "a").splitlines()
    assert all(
        re.search(rf"(?i)\b{word}\b", rows[int(line) - 1])
        for word, lines in (row.strip().split(": line ") for row in hours)
        for line in lines.split(", ")
    )
    assert len(hours) > 5
    plain = said(world, "new", "b", "--area", "UA-53=м. Харків", "--lang", "uk").splitlines()
    assert plain[1] == "  триває з 2026-03-01 21:00 до 21:10"
    assert not any("read as" in line or "The hours moved" in line for line in plain)


def test_the_template_is_where_one_starts(world: World) -> None:
    """Without more words: nothing to mend, nothing to doubt, and a schema that an editor finds beside it."""
    said(world, "new", "mine", "-o", "drills")
    folder = world.folder / "drills" / "mine"
    written = (folder / "scenario.yaml").read_text("utf-8")
    modeline = re.match(r"# yaml-language-server: \$schema=(\S+)\n", written)
    assert modeline
    schema = json.loads((folder / modeline[1]).read_text("utf-8"))
    jsonschema.Draft7Validator(schema).validate(load(written, "f").data)
    assert "no warnings" in said(world, "check", "--strict", str(folder))
    said(world, "new", "next", "--from", str(folder), "--area", "UA-53=Odesa")
    assert "no warnings" in said(world, "check", "--strict", "next")


REFUSED = {
    ("Poltava Night",): r"'Poltava Night': expected 1 to 40 lower-case .*, like poltava-night",
    ("../up",): r"'\.\./up': expected .*, like up",
    ("ніч",): r"'ніч': expected 1 to 40 lower-case letters, digits and hyphens$",
    ("taken",): r"taken exists already, and nothing is overwritten",
    ("x", "-o", "file"): r"cannot write file/x: ",
    ("x", "--from", "broken"): r"broken/scenario\.yaml:1:1: ",
    ("x", "--area", "Odesa", "--area", "Odesa"): r"UA-51 is asked for twice",
    ("x", "--start", "tomorrow"): r"--start 'tomorrow': expected a time like",
    ("x", "--from", "two", "--area", "UA-53/109=UA-30"): r"two does not fit what was asked for:",
}


def test_what_cannot_be_made_is_told(world: World) -> None:
    """One sentence that says what would be right, exit 2, and no folder is left behind."""
    (world.folder / "taken").mkdir()
    (world.folder / "file").touch()
    for name, written in {"broken": "a: &b 1\n", "two": TWO}.items():
        (world.folder / name).mkdir()
        (world.folder / name / "scenario.yaml").write_text(written, "utf-8")
    runs = {arguments: world.alertsim("new", *arguments) for arguments in REFUSED}
    for arguments, run in runs.items():
        assert (run.ended(), run.out) == (2, ""), run.err
        assert re.search(REFUSED[arguments], run.err.splitlines()[0]), run.err
    assert not (world.folder / "x").exists()


TWO = """\
alertsim: 1
basis: fictional
title: Two raions, of which one is to become a city without any
exercise: {type: drill, contact: control}
start: 2026-03-01T21:00:00+02:00
events:
  - alert: {area: UA-53/109, raised: +1m, cleared: +9m}
  - alert: {area: UA-53/109/1042, raised: +1m, cleared: +9m}
"""


def test_check_tells_errors_warnings_and_notes_apart(world: World) -> None:
    """In words and in JSON; a verdict a file at the end; only errors are 2, and warnings 3 when asked."""
    night = text_of_template(world).replace(
        "    until: +00:10:00", "    until: +00:40:00\n    rate: 1\n  last:\n    until: +01:00:00"
    )
    file = world.folder / "night.yaml"
    file.write_text(night.replace("    rate: 10\n", "    rate: 100\n", 1), "utf-8")
    lines = said(world, "check", "night.yaml", SCENARIO).splitlines()
    assert any(
        re.match(r"night\.yaml:\d+:3: chapters\.last: nothing happens in `last`.* \(warning\)$", line) for line in lines
    )
    assert any(re.search(r"play: `run` leaves outage and restoration out .* \(note\)$", line) for line in lines)
    assert re.match(
        r"night\.yaml: no errors, \d+ warnings?, 10 entries; fictional: all \d+ figures are invented", lines[-2]
    )
    assert re.search(
        r"scenario\.yaml: no errors, no warnings, 26 entries; 71 figures: 48 cited \(68%\), 0 inter", lines[-1]
    )
    said(world, "check", "--strict", "night.yaml", code=3)
    said(world, "check", "--strict", SCENARIO)
    file.write_text(night.replace("basis: fictional", "basis: fiction"), "utf-8")
    told = json.loads(said(world, "check", "--strict", "--json", "night.yaml", SCENARIO, code=2))
    assert {"error", "note"} == {one["severity"] for one in told}
    assert said(world, "check", "night.yaml", code=2).splitlines()[-1].endswith(": 1 error")


def text_of_template(world: World) -> str:
    said(world, "new", "base")
    return text(world, "base")


def test_sources_show_who_rests_on_what(world: World) -> None:
    """Paragraphs, facts with their sources and the entries that cite them, conflicts, the shares; or JSON."""
    shown = said(world, "sources", SCENARIO)
    assert "\x1b" not in shown
    assert "      cited by: alert-kyiv 2023-12-13 03:00:13" in shown
    assert "      figures: intercepted 10 · children 6" in shown
    assert "  article.p5 ↔ pause-79-days ↔ strike-2023-11-11" in shown
    assert shown.rstrip().endswith("71 figures: 48 cited (68%), 0 interpolated (0%), 23 invented (32%)")
    data = json.loads(said(world, "sources", SCENARIO, "--json"))
    assert len(data["paragraphs"]) == 14
    assert data["facts"]["siren-kyiv"]["cited_by"] == [{"entry": "alert-kyiv", "at": "2023-12-13T03:00:13+02:00"}]
    assert data["shares"] == {"cited": 48, "interpolated": 0, "invented": 23}
    assert "АБЗАЦИ СТАТТІ" in said(world, "sources", SCENARIO, "--lang", "uk")
    assert "rests on nothing" in said(world, "sources", "template", code=2)


def test_scenarios_are_listed(world: World) -> None:
    """Name, title and figures, in the language asked for; or JSON."""
    listed = said(world, "scenarios")
    assert re.search(rf"(?m)^{SCENARIO}$", listed)
    assert re.search(r"(?m)^  historical · 2023-12-13 02:45 · plays 2m7s · alerts 3 · strikes 1 *$", listed)
    assert "Балістичний удар по Києву" in said(world, "scenarios", "--lang", "uk")
    (one,) = (one for one in json.loads(said(world, "scenarios", "--json")) if one["name"] == SCENARIO)
    assert (one["alerts"], one["strikes"], round(one["plays_s"])) == (3, 1, 127)


def test_the_schema_is_a_file_when_asked(world: World) -> None:
    """The same as on stdout; the line for the scenario beside it is told."""
    printed = said(world, "schema")
    assert said(world, "schema", "-o", "my.json").endswith("# yaml-language-server: $schema=my.json\n")
    assert Path(world.folder / "my.json").read_text("utf-8") == printed
    assert "cannot write no/my.json" in said(world, "schema", "-o", "no/my.json", code=2)
