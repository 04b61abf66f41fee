"""A recording in the forms other tools read: NDJSON, an object a line, or Parquet; the name of the file says which."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO

import zstandard
from pydantic_core import from_json, to_json

from alertsim.errors import InputError, RecordingError
from alertsim.recording.parquet import Parquet
from alertsim.recording.read import Recorded
from alertsim.recording.rows import row

Write = Callable[[Iterable[Recorded], IO[bytes]], None]


def ndjson(lines: Iterable[Recorded]) -> Iterator[bytes]:
    """Each line as one JSON object with the columns of `rows.COLUMNS`; the payload in it exactly as recorded."""
    for number, line in enumerate(lines, 1):
        flat = dict(row(line, number))
        payload = flat.pop("payload") or b"null"
        on_one_line = to_json(from_json(payload)) if b"\n" in payload or b"\r" in payload else payload
        yield b'%b,"payload":%b}\n' % (to_json(flat)[:-1], on_one_line)


def export(lines: Iterable[Recorded], path: Path, about: Mapping[str, str]) -> None:
    """Write all lines to a new file. `about`: what the recording is of; Parquet keeps it.

    InputError: another ending, a file that exists, or no pyarrow for Parquet. RecordingError: the disk fails, and then
    nothing of it stays.
    """
    write = _form(path.name, about)
    try:
        file = path.open("xb")
    except FileExistsError:
        raise InputError(f"{path} exists already, and nothing is overwritten: take another name") from None
    except OSError as error:
        raise InputError(f"cannot write {path}: {error.strerror}") from None
    try:
        with file:
            write(lines, file)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise RecordingError(f"cannot write {path}: {error.strerror or error}") from None
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _form(name: str, about: Mapping[str, str]) -> Write:
    """What writes a file of this name."""
    if name.endswith(".parquet"):
        return Parquet(about).write
    if name.endswith(".ndjson"):
        return lambda lines, file: file.writelines(ndjson(lines))
    if name.endswith(".ndjson.zst"):
        return _compressed
    raise InputError(f"cannot export to {name}: expected a name that ends with .ndjson, .ndjson.zst or .parquet")


def _compressed(lines: Iterable[Recorded], file: IO[bytes]) -> None:
    with zstandard.ZstdCompressor().stream_writer(file, closefd=False) as compressor:
        for line in ndjson(lines):
            compressor.write(line)
