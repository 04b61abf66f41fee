"""What a recording is exported as: every line a row, in NDJSON and Parquet alike."""

import io
import json
import sys
from pathlib import Path

import duckdb
import pytest
import zstandard
from pyarrow import parquet

from alertsim.errors import InputError, RecordingError
from alertsim.events import StrikeImpacted
from alertsim.observations import AlertReached, CohortReached, EventSkipped
from alertsim.recording import Recorded, Recording, read
from alertsim.recording.contents import Contents
from alertsim.recording.export import export, ndjson
from alertsim.recording.rows import COLUMNS, row
from alertsim.times import Millis
from tests.recordings import CHUNKS, METADATA, PER_CHUNK, Sent, fill, recorder

LINES = CHUNKS * PER_CHUNK + 4
SKIPPED = StrikeImpacted(event="s:hit", at=Millis(7_000), entry="s", strike="s-1", weapon="w", target="UA-30")
SPREAD = AlertReached(
    event="a:raised", seq=7, topic="public/alert/UA-30", cohorts=(CohortReached("phones", "kyivstar", 3, 2, 1, 4),)
)
ALERT = '{"kind":"alert.raised","event":"a:raised","at":"2023-12-13T03:00:13+02:00","area":"UA-30",\n"intended_us":5}'
STRANGE = '{"kind":7,"at":"noon","intended_us":99999999999999999999,"operator":{},"reason":"так"}'


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    """A finished recording with every way a line can look."""
    path = tmp_path_factory.mktemp("export") / "run.mcap"
    with recorder(path) as made:
        fill(made)
        for seq, payload in enumerate((ALERT, STRANGE)):
            made.message("public/alert/UA-30", Sent(payload.encode()), kind="", due_us=1, actual_us=2, seq=seq)
        for seen in (SPREAD, EventSkipped(skipped=SKIPPED)):
            made.observe(seen, actual_us=3, seq=9)
        made.finish()
    return read(path)


def test_a_row_has_the_fields_of_its_line(found: Recording) -> None:
    """Message, message of a stranger, spread, event passed over: what is known stands in its own column."""
    alert, strange, spread, skipped = (row(line, n) for n, line in enumerate(list(found)[-4:]))
    assert (alert["kind"], alert["event"], alert["area"]) == ("alert.raised", "a:raised", "UA-30")
    assert (alert["at_ms"], alert["intended_us"], alert["retain"]) == (1_702_429_213_000, 5, True)
    assert (strange["at_ms"], strange["intended_us"], strange["operator"], strange["reason"]) == (
        None,
        None,
        None,
        "так",
    )
    assert (spread["what"], spread["about_seq"], spread["about_topic"]) == ("observation", 7, "public/alert/UA-30")
    assert spread["cohorts"][0]["operator"] == "kyivstar"
    assert (skipped["event"], skipped["at_ms"], skipped["area"], skipped["strike"]) == ("s:hit", 7_000, "UA-30", "s-1")
    assert {*alert} == {*strange} == {*spread} == {*skipped} == {column.name for column in COLUMNS}


def test_each_line_is_an_object_with_its_payload_as_recorded(found: Recording) -> None:
    """One line each, whatever the payload looks like, and nothing but JSON."""
    lines = list(ndjson(found))
    assert len(lines) == LINES
    for text, line in zip(lines, found, strict=True):
        assert text.count(b"\n") == 1
        told = json.loads(text)
        assert told["payload"] == (json.loads(line.data) if line.data else None)
        assert (told["seq"], told["topic"], told["due_us"]) == (line.seq, line.topic, line.due_us)


def test_all_forms_say_the_same(found: Recording, tmp_path: Path) -> None:
    """DuckDB reads the same rows from Parquet as stand in the NDJSON; the file says what its columns mean."""
    for name in ("a.ndjson", "a.ndjson.zst", "a.parquet"):
        export(found, tmp_path / name, found.metadata)
    plain = (tmp_path / "a.ndjson").read_bytes()
    packed = io.BytesIO((tmp_path / "a.ndjson.zst").read_bytes())
    assert zstandard.ZstdDecompressor().stream_reader(packed).read() == plain == b"".join(ndjson(found))
    with duckdb.connect() as db:
        fetched = db.sql(f"from '{tmp_path / 'a.parquet'}'").fetchall()
    names = [column.name for column in COLUMNS]
    for got, text in zip(fetched, plain.splitlines(), strict=True):
        one = dict(zip(names, got, strict=True))
        assert one | {"payload": one["payload"] and json.loads(one["payload"])} == json.loads(text)
    schema = parquet.read_schema(tmp_path / "a.parquet")
    assert schema.metadata[b"alertsim.exercise"].decode() == METADATA["exercise"]
    assert all(field.metadata[b"meaning"] for field in schema)


def test_nothing_is_overwritten_and_nothing_half_done_stays(found: Recording, tmp_path: Path) -> None:
    """A file that exists stays as it is; an export that fails leaves none."""
    path = tmp_path / "a.ndjson"
    path.write_text("mine")
    with pytest.raises(InputError, match="exists already"):
        export(found, path, {})
    assert path.read_text() == "mine"
    with pytest.raises(InputError, match=r"\.ndjson\.zst or \.parquet"):
        export(found, tmp_path / "a.csv", {})
    with pytest.raises(InputError, match="cannot write"):
        export(found, tmp_path / "none" / "a.ndjson", {})

    def failing() -> "list[Recorded]":
        raise OSError(28, "No space left on device")

    with pytest.raises(RecordingError, match="No space left"):
        export((line for _ in (1,) for line in failing()), tmp_path / "b.parquet", {})
    assert not (tmp_path / "b.parquet").exists()


def test_parquet_without_pyarrow_is_a_sentence(
    found: Recording, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says what to install, and what needs nothing."""
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(InputError, match=r"pip install 'alertsim\[parquet\]', or export to \.ndjson"):
        export(found, tmp_path / "a.parquet", {})
    assert not (tmp_path / "a.parquet").exists()


def test_what_does_not_fit_a_table_is_told(tmp_path: Path) -> None:
    """A number too large for a column is a sentence with its place, not an exception of the library."""
    with recorder(tmp_path / "run.mcap") as made:
        huge = SPREAD.model_copy(update={"cohorts": (CohortReached("a", "b", 2**70, 0, 0, 0),)})
        made.observe(huge, actual_us=3, seq=9)
    with pytest.raises(RecordingError, match="lines 1 to 1 do not fit"):
        export(read(tmp_path / "run.mcap"), tmp_path / "a.parquet", {})
    assert not (tmp_path / "a.parquet").exists()


def test_contents_count_what_is_there(found: Recording) -> None:
    """Every line once by branch and once by kind; the span of the story and of the clock on the wall."""
    counted = Contents()
    assert [counted.counting(line) for line in found] == list(found)
    assert counted.lines == counted.branches.total() == counted.kinds.total() == LINES
    assert (counted.messages, counted.observations) == (LINES - CHUNKS - 2, CHUNKS + 2)
    assert counted.branches["control/strike"] == CHUNKS
    assert (counted.from_at, counted.until_at) == (1_702_429_213_000, 1_702_429_213_000)
    assert (counted.first_us, counted.last_us) == (2, max(line.actual_us for line in found))
