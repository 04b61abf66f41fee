"""Every number of a report's JSON, worked out a second time: by SQL, over the exported table, by none of our code."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from alertsim.recording.export import export
from alertsim.recording.lines import lines
from alertsim.report.log import Log
from alertsim.report.reported import About, Report
from tests.conducted import conducted, scenario, written

IDENTITY = ("id", "topic", "operator", "entry", "who", "area", "incident", "event", "about", "reason")
"""What tells the rows of a list apart; as many of them as a row has."""

OWN = {"alerts": ("area",), "silenced": ("area",), "stalled": ("operator",), "storms": ("back_off_s",)}
EXPECTATION = "entry TEXT, event TEXT, who TEXT, what TEXT, within_ms INT, objective TEXT"
SQL = Path(__file__).parent.parent / "data" / "report"


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, float], Path]:
    """The numbers of the report of a night, and the same night as a table."""
    folder = tmp_path_factory.mktemp("by-sql")
    recording = written(folder, conducted().lines)
    report = Report(About(metadata=recording.metadata, scenario=scenario()), Log().add(lines(recording)))  # type: ignore[arg-type]  # no strangers in it
    export(recording, folder / "run.parquet", recording.metadata)
    return dict(numbers(report.as_json())), folder / "run.parquet"


def numbers(found: Any, path: str = "") -> Iterator[tuple[str, float]]:
    """Every number in a JSON value, with where it stands."""
    match found:
        case bool() | None | str():
            return
        case int() | float():
            yield path, found
        case dict():
            for name, value in found.items():
                yield from numbers(value, f"{path}.{name}".lstrip("."))
        case list():
            for row in found:
                yield from numbers(row, f"{path}.{identity(row, path)}")


def identity(row: dict[str, Any], path: str) -> str:
    """What a row is told apart by."""
    return "|".join(str(row[name]) for name in OWN.get(path.rpartition(".")[2], IDENTITY) if name in row)


def queries() -> Iterator[tuple[str, str]]:
    """Where numbers stand, and the query they come from."""
    for block in (SQL / "numbers.sql").read_text(encoding="utf-8").split("\n\n")[1:]:
        where, _, query = block.strip().partition("\n")
        yield where.removeprefix("-- "), query


def worked_out(table: Path) -> dict[str, float]:
    """The same numbers by SQL."""
    with duckdb.connect() as db:
        db.execute(f"CREATE VIEW r AS SELECT * FROM '{table}'")
        db.execute(f"CREATE TABLE expectation ({EXPECTATION})")
        stages = {"kyiv": "kyiv:raised", "ask": "ask:sent", "again": "again:sent", "open": "open:sent"}
        for entry in scenario().events:
            for each in entry.expect:
                row = (entry.id, stages[entry.id], each.who, each.what, each.within, each.objective or "")
                db.execute("INSERT INTO expectation VALUES (?, ?, ?, ?, ?, ?)", row)
        db.execute((SQL / "views.sql").read_text(encoding="utf-8"))
        return {name: value for where, query in queries() for name, value in _found(db, where, query)}


def _found(db: duckdb.DuckDBPyConnection, where: str, query: str) -> Iterator[tuple[str, float]]:
    place, _, columns = where.partition("=")
    gaps = place.count("{}")
    for row in db.execute(query).fetchall():
        for name, value in zip(columns.split(","), row[gaps:], strict=True):
            if value is not None:
                yield place.format(*row[:gaps]) + name, float(value)


def test_every_number_comes_out_the_same_by_sql(told: tuple[dict[str, float], Path]) -> None:
    """The numbers of report.json and those of the queries: the same places, the same values."""
    reported, table = told
    by_sql = worked_out(table)
    assert reported.keys() - by_sql.keys() == set()
    assert by_sql.keys() - reported.keys() == set()
    assert {
        name: (value, by_sql[name]) for name, value in reported.items() if by_sql[name] != pytest.approx(value)
    } == {}
    assert len(reported) > 150
