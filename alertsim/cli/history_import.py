"""`alertsim history import`: CSV files of the siren history into the store, with every bad row told."""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from alertsim.cli.history_options import Store, store_folder
from alertsim.clock import unix_us
from alertsim.errors import InputError
from alertsim.history import store
from alertsim.history.reading import Imported, Reading, Refused, read, together
from alertsim.times import Millis, rfc3339

_TOLD = 20
"""So many bad rows are told one by one."""


def import_(
    files: Annotated[list[Path], typer.Argument(help="CSV files; whose they are is seen by their columns.")],
    store_: Store = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,  # noqa: FBT002 — a flag
) -> None:
    """Read CSV files of the siren history into the store, in place of what it had of the same channel.

    The files are official_data_en.csv (or _uk) and volunteer_data_en.csv in the folder datasets/ of
    github.com/Vadimkin/ukrainian-air-raid-sirens-dataset (MIT licence, © 2022 Vadym Klymenko). Their times are UTC, of
    publication in the channel. Standing alerts (Luhansk oblast, Crimea) are not in them. A row that tells of no alert
    is reported and skipped.
    """
    folder = store_folder(store_)
    if len({file.resolve() for file in files}) < len(files):
        raise InputError("a file was named twice; name each once")
    readings = _read(files)
    found = list(together(readings, rfc3339(Millis(unix_us() // 1_000_000 * 1_000), 0)))
    _tell_refused([refused for reading in readings for refused in reading.refused])
    written = {one.past.channel: store.write(one.past, folder) for one in found}
    if as_json:
        typer.echo(json.dumps([_as_json(one, written[one.past.channel], readings) for one in found]))
        return
    for one in found:
        typer.echo(_sentence(one, readings))
    typer.echo(f"kept in {folder}")


def _read(files: Sequence[Path]) -> list[Reading]:
    readings = []
    with _progress() as bar:
        for file in files:
            size = file.stat().st_size if file.is_file() else None
            task = bar.add_task(file.name, total=size)
            readings.append(read(file, lambda read_, _rows, task=task: bar.update(task, completed=read_)))  # type: ignore[misc]  # mypy cannot infer a lambda with a default
    return readings


@contextmanager
def _progress() -> Iterator[Progress]:
    """A bar for each file, on a terminal."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        yield bar


def _tell_refused(refused: Sequence[Refused]) -> None:
    for row in refused[:_TOLD]:
        sys.stderr.write(f"skipped {row}\n")
    if len(refused) > _TOLD:
        sys.stderr.write(f"skipped {len(refused) - _TOLD} more rows\n")


def _sentence(one: Imported, readings: Sequence[Reading]) -> str:
    alerts = one.past.alerts
    places = len({alert.area for alert in alerts})
    first, last = (rfc3339(at, 0)[:10] for at in (alerts[0].start, alerts[-1].start))
    skipped = sum(len(reading.refused) for reading in readings if reading.channel == one.past.channel)
    return (
        f"{one.past.channel}: {len(alerts):,} alerts of {places} areas, {first} to {last}; "
        f"{skipped} rows skipped, {one.duplicates} told twice, {one.overlaps} overlap"
    )


def _as_json(one: Imported, path: Path, readings: Sequence[Reading]) -> dict[str, object]:
    own = [reading for reading in readings if reading.channel == one.past.channel]
    return {
        "channel": one.past.channel,
        "alerts": len(one.past.alerts),
        "areas": len({alert.area for alert in one.past.alerts}),
        "first": rfc3339(one.past.alerts[0].start, 0),
        "last": rfc3339(one.past.alerts[-1].start, 0),
        "refused": [row._asdict() for reading in own for row in reading.refused],
        "duplicates": one.duplicates,
        "overlaps": one.overlaps,
        "kept": str(path),
    }
