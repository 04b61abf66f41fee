"""The siren history is read row by row: what is right is kept to the second, what is wrong is told with its place."""

import csv
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertsim import areas
from alertsim.errors import InputError
from alertsim.history import reading, store
from alertsim.history.past import Origin, Past, PastAlert
from alertsim.history.reading import Reading, read, together
from alertsim.times import Millis, rfc3339

SIRENS = Path(__file__).parents[1] / "data" / "sirens"
OFFICIAL, VOLUNTEER = SIRENS / "kyivstar-outage-2023-12.csv", SIRENS / "volunteer-2023-12-14.csv"
HEAD = "oblast,raion,hromada,level,started_at,finished_at"
KYIV = "Kyiv City,,,oblast,2023-12-13 01:00:13+00:00,2023-12-13 01:37:36+00:00"
TOP = [area.id for area in areas.top_level()]

past_alerts = st.builds(
    lambda area, start, lasts, naive: PastAlert(Millis(start), area, Millis(start + lasts), naive),
    st.sampled_from([*TOP, "UA-32/75", "UA-32/75/702"]),
    st.integers(0, 2**42),
    st.integers(0, 10**9),
    st.booleans(),
)


def file(folder: Path, content: str | bytes) -> Path:
    """A CSV file with this content."""
    path = folder / "some.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def refusals(found: Reading) -> list[tuple[int, str]]:
    """Line and field of each bad row."""
    return [(row.line, row.field) for row in found.refused]


@pytest.mark.parametrize("path", [OFFICIAL, VOLUNTEER], ids=["official", "volunteer"])
def test_every_row_is_read(path: Path) -> None:
    """Each row of the samples becomes one alert with the times that stand there, to the second."""
    found = read(path)
    with path.open() as rows:
        wanted = [(row["started_at"], row["finished_at"]) for row in csv.DictReader(rows)]
    told = [tuple(rfc3339(at, 0).replace("T", " ") for at in (one.start, one.end)) for one in found.alerts]
    assert (told, found.refused) == (wanted, [])
    assert found.channel == path.stem.split("-")[0] or path == OFFICIAL


def test_areas_are_found_at_their_level() -> None:
    """Oblast, raion and hromada, each by its own id."""
    with OFFICIAL.open() as rows:
        levels = [row["level"] for row in csv.DictReader(rows)]
    assert [areas.by_id(alert.area).level for alert in read(OFFICIAL).alerts] == levels


@pytest.mark.parametrize("dress", ["\ufeff{}", "{}\r\n", '"{}"'], ids=["BOM", "CRLF", "quotes"])
def test_how_a_file_is_written_does_not_matter(dress: str, tmp_path: Path) -> None:
    """A BOM, CRLF, quotes, columns in another order and columns nobody knows change nothing."""
    rows = [HEAD.split(","), KYIV.split(",")]
    text = {
        "\ufeff{}": "\ufeff" + "\n".join(map(",".join, rows)),
        "{}\r\n": "".join(",".join(row) + "\r\n" for row in rows),
        '"{}"': "\n".join(",".join(f'"{cell}"' for cell in [*row[::-1], "new"]) for row in rows),
    }[dress]
    assert [alert.area for alert in read(file(tmp_path, text)).alerts] == ["UA-30"]


@pytest.mark.parametrize(
    ("row", "field", "why"),
    [
        ("Lubenskyi raion,Poltavska oblast,,raion,{t},{t}", "oblast", "no oblast but UA-53/106"),
        ("Atlantis,,,oblast,{t},{t}", "oblast", "no area is called"),
        ("Kyivska oblast,,Kamianska terytorialna hromada,hromada,{t},{t}", "hromada", "no area"),
        (",,,oblast,{t},{t}", "level", "no area"),
        ("Kyiv City,,,city,{t},{t}", "level", "expected oblast, raion or hromada"),
        ("Kyiv City,,,raion,{t},{t}", "level", "names oblast"),
        ("Kyiv City,,,oblast,2023-12-13 01:00:13,{t}", "started_at", "with its offset"),
        ("Kyiv City,,,oblast,yesterday,{t}", "started_at", "'yesterday'"),
        ("Kyiv City,,,oblast,{t},1023-12-13 01:00:13+00:00", "finished_at", "a year from 2000"),
        ("Kyiv City,,,oblast,{t},2023-12-13 01:00:12+00:00", "finished_at", "is before started_at"),
        ("Kyiv City,,,oblast,{t}", "row", "expected 6 values, found 5"),
        ("", "row", "found 0"),
    ],
)
def test_a_bad_row_is_told_and_skipped(row: str, field: str, why: str, tmp_path: Path) -> None:
    """It says its line, its field and what is wrong; the rows around it are kept."""
    bad = row.replace("{t}", "2023-12-13 01:00:13+00:00")
    found = read(file(tmp_path, f"{HEAD}\n{KYIV}\n{bad}\n{KYIV}"))
    assert (len(found.alerts), refusals(found), found.origin.refused) == (2, [(3, field)], 1)
    assert why in found.refused[0].why
    assert str(found.refused[0]).startswith(f"{tmp_path / 'some.csv'}:3: {field}: ")


def test_a_naive_that_is_neither_is_told(tmp_path: Path) -> None:
    """The volunteers' column says True or False."""
    row = "Kyiv City,2023-12-13 01:00:13+00:00,2023-12-13 01:30:13+00:00,"
    found = read(file(tmp_path, f"region,started_at,finished_at,naive\n{row}True\n{row}maybe\n"))
    assert ([alert.naive for alert in found.alerts], refusals(found)) == ([True], [(3, "naive")])


def test_broken_utf8_costs_its_row(tmp_path: Path) -> None:
    """A byte that is no UTF-8 is told with its line and place."""
    found = read(file(tmp_path, f"{HEAD}\n".encode() + b"Ky\xffiv,,\n" + KYIV.encode()))
    assert (len(found.alerts), refusals(found)) == (1, [(2, "row")])
    assert "byte 3" in found.refused[0].why


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "it is empty"),
        ("a,b\n1,2\n", "expected a header with"),
        (HEAD, "no row that tells of an alert"),
        (f"{HEAD}\n,,\n", "the first bad one"),
        (HEAD + "\n" + "x" * 5_000, "longer than 4,096 bytes"),
        (HEAD + "\n\n" * 10_001, "more than 10,000"),
        (f'{HEAD}\n"' + "x,\n" * 60_000, "field larger"),
    ],
)
def test_what_is_no_history_is_refused(content: str, why: str, tmp_path: Path) -> None:
    """One sentence with file and line, and nothing of it is read further than it takes to see that."""
    with pytest.raises(InputError, match=why) as refused:
        read(file(tmp_path, content))
    assert str(refused.value).startswith(f"{tmp_path / 'some.csv'}:")


def test_ten_empty_gigabytes_are_refused_at_once(tmp_path: Path) -> None:
    """A sparse file is seen by its first line; a folder and a file that is not there are told too."""
    with (tmp_path / "sparse.csv").open("wb") as sparse:
        sparse.truncate(10 * 1024**3)
    for name, why in (("sparse.csv", "longer than"), ("", "directory"), ("none.csv", "No such file")):
        with pytest.raises(InputError, match=why):
            read(tmp_path / name)


def test_too_many_rows_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file without end is left."""
    monkeypatch.setattr(reading, "MOST_ROWS", 2)
    with pytest.raises(InputError, match="more than 5,000,000 rows"):
        read(file(tmp_path, "\n".join((HEAD, *[KYIV] * 3))))


@given(told=st.lists(past_alerts, min_size=1, max_size=30))
def test_what_is_told_twice_is_kept_once(told: list[PastAlert]) -> None:
    """Files of one channel become one history in order of time; duplicates and overlaps are counted."""
    origin = Origin("f.csv", "0", len(told), 0)
    (found,) = together([Reading("official", origin, told), Reading("official", origin, told[:1])], "now")
    assert found.past.alerts == tuple(sorted(set(told)))
    assert found.duplicates == len(told) + 1 - len(set(told))
    by_area = [sorted(alert for alert in set(told) if alert.area == area) for area in {one.area for one in told}]
    wanted = sum(any(one.end > other.start for one in own[:n]) for own in by_area for n, other in enumerate(own))
    assert found.overlaps == wanted


@given(alerts=st.lists(past_alerts, max_size=30))
def test_what_is_kept_is_found_again(alerts: list[PastAlert], tmp_path_factory: pytest.TempPathFactory) -> None:
    """What was written is read back, and a second import takes the place of the first."""
    folder = tmp_path_factory.mktemp("store")
    past = Past("official", tuple(alerts), (Origin("f.csv", "0a", 3, 1),), "2026-11-22T22:00:00Z")
    for kept in (Past("official", (), (), ""), past):
        store.write(kept, folder)
        assert store.load(folder, "official") == kept
    assert (store.kept(folder), len(list(folder.iterdir()))) == (("official",), 1)


def test_a_damaged_store_is_told(tmp_path: Path) -> None:
    """Whichever byte of it is changed, or lost, it says so or is read as before; never a traceback."""
    alert = PastAlert(Millis(1_702_429_213_000), "UA-30", Millis(1_702_431_456_000))
    past = Past("official", (alert,), (), "now")
    path = store.write(past, tmp_path)
    whole = path.read_bytes()
    for n in range(len(whole)):
        for damaged in (whole[:n] + bytes([whole[n] ^ 0x15]) + whole[n + 1 :], whole[:n]):
            path.write_bytes(damaged)
            with suppress(InputError):
                assert store.load(tmp_path, "official").alerts == past.alerts


def test_a_store_that_cannot_be(tmp_path: Path) -> None:
    """Nothing kept, and a place that takes nothing, are told in a sentence."""
    with pytest.raises(InputError, match="history import --help"):
        store.load(tmp_path, "volunteer")
    (tmp_path / "official.sirens").mkdir()
    with pytest.raises(InputError, match="cannot read"):
        store.load(tmp_path, "official")
    (tmp_path / "file").touch()
    with pytest.raises(Exception, match="cannot write"):
        store.write(Past("official", (), (), ""), tmp_path / "file")
