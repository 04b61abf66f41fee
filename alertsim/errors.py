"""What can go wrong, grouped by who must act; every message is one sentence for that person."""

from collections.abc import Iterable
from dataclasses import dataclass


class AlertSimError(Exception):
    """The world failed: a broker, a disk, a network. Exit code 1."""

    exit_code = 1


class BrokerError(AlertSimError):
    """The person who runs the broker must act."""


class RecordingError(AlertSimError):
    """A recording could not be written or read; the owner of the disk or the file must act."""


class InputError(AlertSimError):
    """What was typed or written is wrong; the person who typed it must act. Exit code 2."""

    exit_code = 2


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong in a file: where it is, and what to do about it.

    Lines and columns count from 1, as editors do. `field` is the path inside the document
    (`events[3].strike.salvo[0].count`); empty for the document as a whole.
    """

    file: str
    line: int
    column: int
    field: str
    message: str

    def __str__(self) -> str:
        """The form editors and people can jump to: `file:line:column: field: message`."""
        where = f"{self.file}:{self.line}:{self.column}: "
        return where + (f"{self.field}: " if self.field else "") + self.message


class ScenarioError(InputError):
    """A scenario file is wrong; its author must act. Carries every problem found, in file order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(map(str, self.problems)))
