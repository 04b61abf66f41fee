"""What a file says together with where it says it, so that every problem has a line and a column."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from alertsim.errors import Problem
from alertsim.scenario.document.ink import written_at
from alertsim.scenario.document.source import Path, Source

Plain = None | bool | int | float | str | list["Plain"] | dict[str, "Plain"]


@dataclass(frozen=True)
class Located:
    """A file read: its plain data, and for each path the indices in the text of its key and of its value.

    An item of a list has no key: both indices are its own. `refused` are paths whose value was no plain data
    (an alias, a tag): `problems` says so, and nothing more needs to be said about them.
    """

    source: Source
    data: Plain
    places: Mapping[Path, tuple[int, int]]
    refused: frozenset[Path] = frozenset()
    problems: tuple[Problem, ...] = ()

    @cached_property
    def names(self) -> Mapping[Path, Sequence[str]]:
        """The names inside each mapping, by its path."""
        inside = defaultdict[Path, list[str]](list)
        for path in self.places:
            if path and isinstance(path[-1], str):
                inside[path[:-1]].append(path[-1])
        return inside

    def problem(self, path: Path, message: str, *, key: bool = False) -> Problem:
        """A problem with the value at `path` or with its key; where nothing is there, with what is around it."""
        path = self._existing(path)
        return self.source.problem(self.places[path][0 if key else 1], message, path)

    def problem_inside(self, path: Path, text: str, offset: int, message: str) -> Problem:
        """A problem with the character `offset` of the `text` that is the value at `path`."""
        index = written_at(self.source.text, self.places[path][1], text, offset)
        return self.source.problem(index, message, path)

    def line(self, path: Path) -> int:
        """The line where what is at `path` begins, or what is around it."""
        return self.source.position(self.places[self._existing(path)][0])[0]

    def under(self, field: str) -> "Located":
        """The same file as one field of a document."""
        places = {(): (0, 0), **{(field, *path): place for path, place in self.places.items()}}
        refused = frozenset((field, *path) for path in self.refused)
        return replace(self, data={field: self.data}, places=places, refused=refused)

    def texts(self) -> Iterator[tuple[Path, str]]:
        """Every text that is a value, whichever field it is in."""
        waiting: list[tuple[Path, Plain]] = [((), self.data)]
        while waiting:
            path, value = waiting.pop()
            match value:
                case str():
                    yield path, value
                case dict():
                    waiting += [((*path, name), inside) for name, inside in value.items()]
                case list():
                    waiting += [((*path, n), inside) for n, inside in enumerate(value)]
                case _:
                    pass

    def ignores(self, path: Path) -> bool:
        """Whether the value at `path`, or one around it, was refused."""
        return any(path[:depth] in self.refused for depth in range(len(path) + 1))

    def _existing(self, path: Path) -> Path:
        while path not in self.places:
            path = path[:-1]
        return path
