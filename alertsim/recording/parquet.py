"""A recording as a Parquet file: typed columns, each with its meaning in the file itself."""

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import IO, Any

from alertsim.errors import InputError, RecordingError
from alertsim.recording.read import Recorded
from alertsim.recording.rows import COHORT, COLUMNS, Row, Type, row

_AT_ONCE = 10_000
_MISSING = "Parquet needs pyarrow, which is not installed: pip install 'alertsim[parquet]', or export to .ndjson"


class Parquet:
    """Writes lines to Parquet; InputError where pyarrow, which is large and seldom needed, is not installed."""

    def __init__(self, about: Mapping[str, str]) -> None:
        try:
            import pyarrow as pa  # noqa: PLC0415 — an extra, and half a second to import
            from pyarrow import parquet  # noqa: PLC0415 — as above
        except ImportError:
            raise InputError(_MISSING) from None
        self._arrow, self._parquet = pa, parquet
        fields = [self._field(column.name, column.type, column.meaning) for column in COLUMNS]
        self._schema = pa.schema(fields, metadata={f"alertsim.{name}": value for name, value in about.items()})

    def write(self, lines: Iterable[Recorded], file: IO[bytes]) -> None:
        """All lines, 10,000 in memory at once."""
        rows = (row(line, number) for number, line in enumerate(lines, 1))
        with self._parquet.ParquetWriter(file, self._schema, compression="zstd") as writer:
            while some := list(islice(rows, _AT_ONCE)):
                writer.write_batch(self._batch(some))

    def _batch(self, rows: list[Row]) -> Any:
        try:
            return self._arrow.RecordBatch.from_pylist(rows, schema=self._schema)
        except (self._arrow.ArrowException, OverflowError, UnicodeError) as error:
            where = f"lines {rows[0]['line']} to {rows[-1]['line']}"
            raise RecordingError(f"{where} do not fit into the columns of a table: {error}") from None

    def _field(self, name: str, type_: Type, meaning: str) -> Any:
        return self._arrow.field(name, self._type(type_), metadata={"meaning": meaning})

    def _type(self, type_: Type) -> Any:
        arrow = self._arrow
        text, whole = arrow.string(), arrow.int64()
        cohort = arrow.struct([(name, text if n < 2 else whole) for n, name in enumerate(COHORT)])
        types: Mapping[Type, Any] = {
            "text": text,
            "json": text,
            "int": whole,
            "bool": arrow.bool_(),
            "pairs": arrow.list_(arrow.list_(text)),
            "cohorts": arrow.list_(cohort),
        }
        return types[type_]
