r"""Keeps the siren history on disk: a file for each channel, a header that says whence, then columns under one hash.

alertsim siren history 1\n
{"channel": …, "imported": …, "origins": […], "areas": [ids], "rows": n, "sha256": …}\n
zstd of the columns, little-endian: start (8 bytes, ms), length (8), area (2, index into areas), naive (1)
"""

import hashlib
import json
import os
import sys
import tempfile
from array import array
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from itertools import starmap
from pathlib import Path
from typing import Any

import zstandard

from alertsim.errors import AlertSimError, InputError
from alertsim.history.past import CHANNELS, Channel, Origin, Past, PastAlert
from alertsim.times import Millis

_MAGIC = b"alertsim siren history "
_VERSION = b"1"
_COLUMNS = ("q", "q", "H", "B")
_ROW = sum(array(code).itemsize for code in _COLUMNS)
_MOST_ROWS = 10_000_000
_MOST_BYTES = 256 * 1024 * 1024


class _NotOurs(ValueError):  # noqa: N818 - it says what is wrong with a file, and never leaves this module
    pass


def write(past: Past, folder: Path) -> Path:
    """Keep one channel, in place of what was kept of it: all of it, or nothing, whatever the disk does."""
    areas = sorted({alert.area for alert in past.alerts})
    body = _packed(past.alerts, areas)
    header = {
        "channel": past.channel,
        "imported": past.imported,
        "origins": [asdict(origin) for origin in past.origins],
        "areas": areas,
        "rows": len(past.alerts),
        "sha256": _hash(areas, body),
    }
    text = json.dumps(header, ensure_ascii=False).encode()
    path = _path(folder, past.channel)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _replace(path, _MAGIC + _VERSION + b"\n" + text + b"\n" + zstandard.compress(body, 9))
    except OSError as error:
        raise AlertSimError(f"cannot write {path}: {error.strerror}") from None
    return path


def load(folder: Path, channel: Channel) -> Past:
    """What is kept of one channel; InputError where nothing is, or what is there cannot be read."""
    path = _path(folder, channel)
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES)
    except FileNotFoundError:
        raise InputError(
            f"no {channel} siren history in {folder}: get its CSV files (`alertsim history import --help` says where) "
            "and import them"
        ) from None
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from None
    try:
        return _read(content, channel)
    except (_NotOurs, ValueError, KeyError, TypeError, zstandard.ZstdError, RecursionError) as error:
        why = error if isinstance(error, _NotOurs) else "it is damaged"
        raise InputError(f"{path}: {why}; import the CSV files again") from None


def kept(folder: Path) -> tuple[Channel, ...]:
    """The channels of which something is kept."""
    return tuple(channel for channel in CHANNELS if _path(folder, channel).is_file())


def _path(folder: Path, channel: Channel) -> Path:
    return folder / f"{channel}.sirens"


def _replace(path: Path, content: bytes) -> None:
    """Write beside the file, then take its place."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise


def _packed(alerts: Sequence[PastAlert], areas: Sequence[str]) -> bytes:
    index = {area: n for n, area in enumerate(areas)}
    columns = (
        array("q", (alert.start for alert in alerts)),
        array("q", (alert.lasted for alert in alerts)),
        array("H", (index[alert.area] for alert in alerts)),
        array("B", (alert.naive for alert in alerts)),
    )
    return b"".join(map(_little_endian, columns))


def _hash(areas: Sequence[str], body: bytes) -> str:
    """Of what the alerts are made from."""
    return hashlib.sha256("\n".join(areas).encode() + body).hexdigest()


def _little_endian(column: "array[int]") -> bytes:
    if sys.byteorder == "big":
        column.byteswap()
    return column.tobytes()


def _read(content: bytes, channel: Channel) -> Past:
    first, _, rest = content.partition(b"\n")
    if not first.startswith(_MAGIC):
        raise _NotOurs("is no store of the siren history")
    if first != _MAGIC + _VERSION:
        raise _NotOurs(f"was written by another version of alertsim (format {first[len(_MAGIC) :][:10].decode()})")
    text, _, packed = rest.partition(b"\n")
    header: dict[str, Any] = json.loads(text)
    if header["channel"] != channel or not 0 <= header["rows"] <= _MOST_ROWS:
        raise _NotOurs(f"does not hold the {channel} channel")
    size = header["rows"] * _ROW
    if zstandard.frame_content_size(packed) != size:
        raise _NotOurs("is damaged")
    body = zstandard.decompress(packed)
    if _hash(header["areas"], body) != header["sha256"]:
        raise _NotOurs("is damaged")
    origins = tuple(Origin(**origin) for origin in header["origins"])
    return Past(channel, tuple(_alerts(body, header["rows"], header["areas"])), origins, header["imported"])


def _alerts(body: bytes, rows: int, areas: Sequence[str]) -> "list[PastAlert]":
    columns, at = list[Sequence[int]](), 0
    for code in _COLUMNS:
        column = array(code)
        column.frombytes(body[at : at + rows * column.itemsize])
        if sys.byteorder == "big":
            column.byteswap()
        columns.append(column)
        at += rows * column.itemsize
    starts, lengths, places, naive = columns
    return list(starmap(_alert, zip(starts, lengths, (areas[n] for n in places), naive, strict=True)))


def _alert(start: int, length: int, area: str, naive: int) -> PastAlert:
    return PastAlert(Millis(start), area, Millis(start + length), bool(naive))
