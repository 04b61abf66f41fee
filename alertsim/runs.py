"""The folder of one run: made once, never overwritten, its broker noted before the first message.

`target.json` says where messages went and whether they were cleared. The running exercise holds a lock on it, so that
the next start knows a killed run from one that lives, and clears only the dead one.
"""

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from alertsim.errors import InputError

TARGET, RECORDING, SUMMARY, LOG = "target.json", "run.mcap", "summary.json", "log.jsonl"


@dataclass(frozen=True)
class TargetNote:
    """Where an exercise published, and under whose name: enough to clear what it left.

    `host`, `port`: the address reached. `own`: the broker was started by the exercise and ends with it. `broker`: as it
    can be typed again, with the user but no password: who clears brings credentials of his own.
    """

    exercise: str
    host: str
    port: int
    contact: str
    offset: int
    own: bool = False
    cleared: bool = False
    broker: str = ""


def find_recording(asked: str) -> Path:
    """The recording of a run's folder, or the file itself; InputError where there is neither."""
    path = Path(asked)
    found = path / RECORDING if path.is_dir() else path
    if found.is_file():
        return found
    if path.is_dir():
        raise InputError(f"{asked} is a folder without a {RECORDING}: name a run's folder, or a recording in it")
    why = "it is no regular file" if found.exists() else "there is no such file"
    raise InputError(f"no recording {asked}: {why}")


def refuse_to_overwrite(out: Path, exercise: str) -> None:
    """InputError where the run has a folder already."""
    if (out / exercise).exists():
        raise InputError(f"{out / exercise} exists already; a run is never overwritten, choose another --exercise")


def make_folder(out: Path, exercise: str) -> Path:
    """`<out>/<exercise>`; OSError where the disk does not take it, or where it exists already."""
    folder = out / exercise
    folder.mkdir(parents=True)
    return folder


@contextmanager
def noted(folder: Path, note: TargetNote) -> Iterator[IO[str]]:
    """Note the target, locked while the exercise lives; `mark_cleared` it before leaving when all is well."""
    with (folder / TARGET).open("w", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # another start may hold it while it looks who lives
        _write(file, note)
        yield file


def mark_cleared(file: IO[str], note: TargetNote) -> None:
    """Say that nothing of this run is left at its broker."""
    _write(file, TargetNote(**asdict(note) | {"cleared": True}))


def left_over(out: Path) -> Iterator[tuple[IO[str], TargetNote]]:
    """The runs below `out` that ended without clearing and are not alive; each is locked while it is yielded."""
    for path in sorted(out.glob(f"*/{TARGET}")):
        try:
            with path.open("r+", encoding="utf-8") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                note = TargetNote(**json.load(file))
                if not note.cleared:
                    yield file, note
        except (OSError, ValueError, TypeError):
            continue  # alive, unreadable or not ours: none of it is ours to clear


def _write(file: IO[str], note: TargetNote) -> None:
    file.seek(0)
    file.truncate()
    json.dump(asdict(note), file)
    file.flush()
