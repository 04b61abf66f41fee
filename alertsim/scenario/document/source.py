"""The text of a file, held to be plain text in UTF-8, and where its lines are."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from alertsim.errors import Problem, ScenarioError
from alertsim.scenario.document.wording import short

LARGEST = 2 * 2**20
"""Bytes; the largest file that is read at all."""

Path = tuple[str | int, ...]
"""Where something stands inside a document: `("events", 3, "at")`."""

FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
"""What no text of a scenario may contain, however it is written."""

_UNPRINTABLE = re.compile(rf"(?!\r\n)(?:{FORBIDDEN.pattern}|\t)")
_MARKS = {
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
    b"\xef\xbb\xbf": "UTF-8 with a byte order mark (BOM)",
}


@dataclass(frozen=True)
class Source:
    """A file's name and text."""

    file: str
    text: str

    def position(self, index: int) -> tuple[int, int]:
        """Line and column, from 1, of the character `index`."""
        line = bisect_right(self._lines, index)
        return line, index - self._lines[line - 1] + 1

    def problem(self, index: int, message: str, path: Path = ()) -> Problem:
        """A problem with what stands at `index`."""
        return Problem(self.file, *self.position(min(index, len(self.text))), _field(path), message)

    @cached_property
    def _lines(self) -> Sequence[int]:
        """Where each line starts."""
        return [0, *(end.end() for end in re.finditer("\n", self.text))]


def opened(given: bytes | str, file: str) -> Source:
    """The source, or a ScenarioError that says how to save the file."""
    if len(given) > LARGEST:
        raise _unfit(file, f"the file is larger than {LARGEST // 2**20} MiB: split the scenario")
    source = Source(file, given if isinstance(given, str) else _decoded(given, file))
    if found := _UNPRINTABLE.search(source.text):
        raise ScenarioError([source.problem(found.start(), _unprintable(found[0]))])
    return source


def _decoded(given: bytes, file: str) -> str:
    for mark, encoding in _MARKS.items():
        if given.startswith(mark):
            raise _unfit(file, f"the file is saved as {encoding}: save it as plain UTF-8")
    try:
        return given.decode()
    except UnicodeDecodeError as error:
        before = Source(file, given[: error.start].decode())
        message = f"the byte {given[error.start]:#04x} is not UTF-8: save the file as UTF-8"
        raise ScenarioError([before.problem(error.start, message)]) from None


def _unprintable(found: str) -> str:
    match found:
        case "\t":
            return "a tab: write spaces instead"
        case "\0":
            return "a zero character: save the file as plain text in UTF-8"
        case _:
            return f"the invisible character U+{ord(found):04X}: remove it"


def _unfit(file: str, message: str) -> ScenarioError:
    return ScenarioError([Problem(file, 1, 1, "", message)])


def _field(path: Path) -> str:
    """`events[3].strike.salvo[0].count`."""
    steps = (f"[{step}]" if isinstance(step, int) else f".{short(step)}" for step in path)
    return "".join(steps).removeprefix(".")
