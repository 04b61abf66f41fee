"""Reads CSV files of the siren history row by row, in bounded memory, and says of each bad row what is wrong."""

import csv
import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, NamedTuple

from alertsim.errors import InputError
from alertsim.history.past import CHANNELS, Channel, Origin, Past, PastAlert
from alertsim.history.rows import FORMS, BadRow, Form, read_row, recognised

LONGEST_LINE = 4_096
MOST_REFUSED = 10_000
"""A file with more bad rows than that is something else, and is left."""

MOST_ROWS = 5_000_000
_STEP = 1_000
_EXPECTED = " or ".join(f"{', '.join(columns)} ({channel})" for channel, columns in FORMS.items())

Progress = Callable[[int, int], None]
"""Told now and then how many bytes were read and how many rows they had."""


class Refused(NamedTuple):
    """One row that was skipped; it prints as editors jump to it."""

    file: str
    line: int
    field: str
    why: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.field}: {self.why}"


@dataclass
class Reading:
    """What one file gave."""

    channel: Channel
    origin: Origin
    alerts: list[PastAlert] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)


@dataclass(frozen=True)
class Imported:
    """What is kept of one channel; rows told twice are kept once."""

    past: Past
    duplicates: int
    overlaps: int


def read(path: Path, progress: Progress = lambda _bytes, _rows: None) -> Reading:
    """One file; InputError where it is no siren history at all, or cannot be read."""
    try:
        with path.open("rb") as file:
            return _Reader(path, file, progress).whole()
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from None


def together(readings: Iterable[Reading], imported: str) -> Iterator[Imported]:
    """What all files say of each channel they speak of."""
    by_channel: dict[Channel, list[Reading]] = {}
    for reading in readings:
        by_channel.setdefault(reading.channel, []).append(reading)
    for channel in CHANNELS:
        if found := by_channel.get(channel):
            told = sorted(alert for reading in found for alert in reading.alerts)
            alerts = tuple(dict.fromkeys(told))
            past = Past(channel, alerts, tuple(reading.origin for reading in found), imported)
            yield Imported(past, len(told) - len(alerts), _overlaps(alerts))


def _overlaps(alerts: Sequence[PastAlert]) -> int:
    """How many begin while their area is under alert already."""
    until: dict[str, int] = {}
    count = 0
    for alert in alerts:
        count += alert.start < until.get(alert.area, alert.start)
        until[alert.area] = max(alert.end, until.get(alert.area, alert.end))
    return count


class _Reader:
    """One open file, line by line."""

    def __init__(self, path: Path, file: BinaryIO, progress: Progress) -> None:
        self._path, self._file, self._progress = path, file, progress
        self._hash, self._bytes, self._line = hashlib.sha256(), 0, 0
        self._refused: list[Refused] = []

    def whole(self) -> Reading:
        """Header and rows."""
        table = csv.reader(self._lines())
        form = self._form(next(table, None))
        alerts: list[PastAlert] = []
        while (cells := self._next(table)) is not None:
            try:
                alerts.append(read_row(form, cells))
            except BadRow as bad:
                self._refuse(bad.field, bad.why)
            if len(alerts) % _STEP == 0:
                self._progress(self._bytes, len(alerts))
            if len(alerts) > MOST_ROWS:
                raise self._no("it has more than 5,000,000 rows; expected those of one country")
        if not alerts:
            raise self._no("it has no row that tells of an alert" + self._first_refusal())
        self._progress(self._bytes, len(alerts))
        origin = Origin(self._path.name, self._hash.hexdigest(), len(alerts), len(self._refused))
        return Reading(form.channel, origin, alerts, self._refused)

    def _form(self, header: list[str] | None) -> Form:
        if header is None:
            raise self._no("it is empty")
        form = recognised(header)
        if form is None:
            found = ", ".join(header)[:200]
            raise self._no(f"expected a header with {_EXPECTED}; found {found!r}")
        return form

    def _next(self, table: Iterator[list[str]]) -> list[str] | None:
        """The next row; None after the last. What csv cannot split is refused."""
        while True:
            try:
                return next(table, None)
            except csv.Error as error:
                self._refuse("row", str(error))

    def _lines(self) -> Iterator[str]:
        """The text of the file, line by line, without a BOM; a line that is no UTF-8 is refused."""
        while line := self._file.readline(LONGEST_LINE + 1):
            self._line += 1
            self._bytes += len(line)
            self._hash.update(line)
            if len(line) > LONGEST_LINE:
                raise self._no(f"a line is longer than {LONGEST_LINE:,} bytes")
            try:
                text = line.decode("utf-8-sig" if self._line == 1 else "utf-8")
            except UnicodeDecodeError as error:
                self._refuse("row", f"byte {error.start + 1} of the line, 0x{line[error.start]:02x}, is no UTF-8")
                continue
            yield text

    def _refuse(self, field: str, why: str) -> None:
        self._refused.append(Refused(str(self._path), self._line, field, why))
        if len(self._refused) > MOST_REFUSED:
            raise self._no(f"more than {MOST_REFUSED:,} of its rows are bad" + self._first_refusal())

    def _first_refusal(self) -> str:
        return f"; the first bad one: {self._refused[0]}" if self._refused else ""

    def _no(self, why: str) -> InputError:
        return InputError(f"{self._path}:{max(self._line, 1)}: not a siren history: {why}")
