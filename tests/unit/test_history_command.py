"""`alertsim history import`, `stats`, `show` and `export` in this process: what they print, keep and refuse."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from alertsim.cli.history import history
from alertsim.cli.history_options import read_moment, store_folder
from alertsim.errors import AlertSimError, InputError
from alertsim.times import parse_instant

SIRENS = Path(__file__).parents[1] / "data" / "sirens"
FILES = [str(SIRENS / name) for name in ("kyivstar-outage-2023-12.csv", "volunteer-2023-12-14.csv")]
RUNNER = CliRunner()


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store with both samples."""
    told = command("import", *FILES, "--store", str(tmp_path / "store"))
    assert told.exit_code == 0, told.output
    assert "official: 193 alerts" in told.stdout
    return tmp_path / "store"


def command(*arguments: str) -> Result:
    """A command of `history`, in English."""
    return RUNNER.invoke(history, arguments, env={"LC_ALL": "C.UTF-8"}, catch_exceptions=True)


def refused(*arguments: str) -> str:
    """What a command that is refused says."""
    found = command(*arguments).exception
    assert isinstance(found, AlertSimError), found
    return str(found)


def test_bad_rows_are_told_up_to_twenty(tmp_path: Path) -> None:
    """Twenty with their places, then how many more; those that are right are kept."""
    text = Path(FILES[0]).read_text(encoding="utf-8") + "Atlantis,,,oblast,x,y\n" * 25
    (tmp_path / "some.csv").write_text(text, encoding="utf-8")
    told = command("import", str(tmp_path / "some.csv"), "--store", str(tmp_path / "store"))
    assert (told.exit_code, told.stderr.count("skipped"), told.stderr.count(":195: oblast: ")) == (0, 21, 1)
    assert told.stderr.endswith("skipped 5 more rows\n")
    assert "193 alerts" in told.stdout
    assert "25 rows skipped" in told.stdout


def test_a_file_named_twice_is_refused(tmp_path: Path) -> None:
    """Its rows would count twice."""
    assert "named twice" in refused("import", FILES[0], FILES[0], "--store", str(tmp_path))


@pytest.mark.parametrize("lang", ["uk", "en"])
def test_stats_are_told(lang: str, store: Path) -> None:
    """The burst of 14 December and the lag of the volunteers stand there, in both languages."""
    told = command("stats", "--store", str(store), "--from", "2023-12-14", "--until", "2023-12-15", "--lang", lang)
    assert told.exit_code == 0, told.output
    assert "2023-12-14T14:08:53+02:00" in told.stdout
    assert ("siren later by" if lang == "en" else "запізнення сирени") in told.stdout


def test_stats_for_machines(store: Path) -> None:
    """115 sirens on the UTC day, 22 within a minute."""
    options = ("--store", str(store), "--source", "official", "--utc", "--json")
    told = json.loads(command("stats", *options, "--from", "2023-12-14", "--until", "2023-12-15").stdout)
    assert told["official"]["days"] == {"2023-12-14": 115}
    assert told["official"]["burst"] == {"count": 22, "at": "2023-12-14T12:08:53+00:00"}
    assert "lag" not in told
    assert "lag" in json.loads(command("stats", "--store", str(store), "--json").stdout)


def test_nothing_meant_is_refused(store: Path) -> None:
    """A time without alerts, a time that ends before it begins, both channels where one is needed."""
    kept = ("--store", str(store))
    assert "no alert of a top-level area" in refused("stats", *kept, "--from", "2030-01-01")
    assert "later than" in refused("stats", *kept, "--from", "2023-12-15", "--until", "2023-12-14")
    assert "no alert is meant" in refused("show", *kept, "--year", "2001")
    assert "of one channel" in refused("show", *kept, "--source", "both")
    export = ("export", *kept, "-o", str(store / "x.yaml"))
    assert "which time" in refused(*export)
    day = ("--from", "2023-12-14", "--until", "2023-12-15")
    assert "has one channel" in refused(*export, *day, "--source", "both")
    assert "no alert is meant" in refused(*export, "--from", "2001-01-01", "--until", "2001-01-02")
    assert "end the name in .yaml" in refused("export", *kept, *day, "-o", str(store / "x.txt"))
    assert "--contact" in refused(*export, *day, "--contact", "x")
    assert "--contact" in refused(*export, *day, "--contact", "This is not a drill")


def test_show_draws(store: Path, tmp_path: Path) -> None:
    """In the terminal, and as SVG into a file that is ours to write."""
    told = command("show", "--store", str(store), "--area", "Kyiv", "--lang", "en")
    assert (told.exit_code, "2023:" in told.stdout) == (0, True), told.output
    picture = tmp_path / "year.svg"
    assert command("show", "--store", str(store), "-o", str(picture)).exit_code == 0
    assert picture.read_text(encoding="utf-8").endswith("</svg>\n")
    picture.write_text("mine")
    assert "something else" in refused("show", "--store", str(store), "-o", str(picture))


def test_export_overwrites_nothing(store: Path, tmp_path: Path) -> None:
    """Both files are new, or neither is written."""
    export = ("export", "--store", str(store), "--from", "2023-12-14", "--until", "2023-12-15", "-o")
    out = tmp_path / "day" / "scenario.yaml"
    assert command(*export, str(out)).exit_code == 0
    assert "nothing is overwritten" in refused(*export, str(out))
    (tmp_path / "file").touch()
    assert "cannot write" in refused(*export, str(tmp_path / "file" / "scenario.yaml"))


def test_the_store_is_where_one_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The option, else ALERTSIM_HISTORY, else XDG_DATA_HOME, else the home folder."""
    for name in ("ALERTSIM_HISTORY", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert store_folder(None) == tmp_path / ".local" / "share" / "alertsim" / "history"
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "xdg"))
    assert store_folder(None) == tmp_path / "xdg" / "alertsim" / "history"
    monkeypatch.setenv("ALERTSIM_HISTORY", str(tmp_path / "own"))
    assert (store_folder(None), store_folder(tmp_path)) == (tmp_path / "own", tmp_path)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2023-12-14", "2023-12-14T00:00:00+02:00"),
        ("2023-07-14", "2023-07-14T00:00:00+03:00"),
        ("2023-03-26", "2023-03-26T00:00:00+02:00"),
        ("2023-10-29", "2023-10-29T00:00:00+03:00"),
        ("2023-12-14T12:08:25+00:00", "2023-12-14T12:08:25+00:00"),
    ],
)
def test_a_day_begins_at_midnight_in_kyiv(text: str, instant: str) -> None:
    """Winter and summer, also on the days when the clocks change; a whole time is taken as it is."""
    assert read_moment("--from", text) == parse_instant(instant)[0]
    assert read_moment("--from", None) is None


def test_a_day_that_is_none_is_told() -> None:
    """It names the option and the form."""
    with pytest.raises(InputError, match="--until '2023-13-14': expected a day like"):
        read_moment("--until", "2023-13-14")
