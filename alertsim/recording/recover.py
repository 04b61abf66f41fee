"""Makes a finished recording of what can be read of a damaged one, line by line and byte for byte."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from alertsim.errors import InputError, RecordingError
from alertsim.recording.layout import RECOVERED
from alertsim.recording.read import Recorded, Recording
from alertsim.recording.schemas import SchemaOf
from alertsim.recording.write import Recorder

_FLUSH = 5_000


@dataclass(frozen=True)
class Recovered:
    """What came of it. `lost`: messages of the file that cannot be read; None where nobody had counted them."""

    lines: int
    lost: int | None
    damage: str | None


def recover(damaged: Recording, lines: Iterable[Recorded], path: Path, *, schema_of: SchemaOf) -> Recovered:
    """Write `lines`, those of `damaged`, to a new recording, with all that is known of the exercise and what is lost.

    InputError when the new file exists or nothing of ours can be read; RecordingError when the disk fails.
    """
    if path.exists():
        raise InputError(f"{path} exists already, and nothing is overwritten: take another name")
    if not damaged.metadata and next(iter(damaged), None) is None:
        raise InputError(f"{damaged.path} holds nothing that can be recovered: {damaged.damage}")
    with Recorder(path, schema_of=schema_of) as recorder:
        try:
            return _copied(damaged, lines, recorder)
        except RecordingError:
            path.unlink(missing_ok=True)
            raise


def _copied(damaged: Recording, lines: Iterable[Recorded], recorder: Recorder) -> Recovered:
    recorder.start(damaged.metadata, damaged.attachments)
    for number, line in enumerate(lines, 1):
        recorder.copy(line)
        if number % _FLUSH == 0:
            recorder.flush()
    made = Recovered(recorder.chain.lines, damaged.lost, damaged.damage)
    said = {"from": damaged.path.name, "damage": made.damage or "", "lines": str(made.lines), "lost": str(made.lost)}
    recorder.note(RECOVERED, said)
    recorder.finish(damaged.summary)
    return made
