"""A scenario file as far as it can be read: each part by itself, so that one mistake hides no other."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from alertsim.errors import Problem, ScenarioError
from alertsim.scenario.catalogue import Catalogue
from alertsim.scenario.fields import instant
from alertsim.scenario.located import Located, Plain
from alertsim.scenario.model import ENTRY_KINDS, AlertEntry, AnyEntry, Entry, Header, NewsEntry
from alertsim.scenario.source import Path
from alertsim.scenario.validation import problems, validated
from alertsim.scenario.wording import found, listed, nearest
from alertsim.times import Millis, parse_instant, rfc3339

MOST_PROBLEMS = 200
"""More are not worth reading at once."""

_START = "2000-01-01T00:00:00+00:00"
_STAND_INS: Mapping[str, Plain] = {
    "alertsim": 1,
    "basis": "fictional",
    "title": "-",
    "exercise": {"type": "drill", "contact": "---"},
    "start": _START,
}
"""What a header is read on with where a field of it is wrong."""

Context = Mapping[str, object]


@dataclass(frozen=True)
class Draft:
    """What could be read.

    `doubtful` are the fields of the header that were wrong: they hold a stand-in, or their default. `entries` are
    those that were right, by their number in the file; `ids` has also those of the others.
    """

    located: Located
    header: Header
    doubtful: frozenset[str]
    offset: int
    entries: Mapping[int, AnyEntry]
    problems: Sequence[Problem]
    catalogue: Catalogue

    @cached_property
    def ids(self) -> Mapping[int, str]:
        """The id of each entry that has one, by the number of the entry."""
        written = {n: entry.get("id") for n, entry in enumerate(events(self.located)) if isinstance(entry, dict)}
        right = {n: entry.id for n, entry in self.entries.items()}
        return {n: name for n, name in (written | right).items() if isinstance(name, str)}

    def sure(self, *fields: str) -> bool:
        """Whether these fields of the header are as the author wrote them."""
        return self.doubtful.isdisjoint(fields)


def drafted(located: Located, catalogue: Catalogue) -> Draft:
    """The scenario as far as it can be read; ScenarioError where it is no mapping."""
    written = located.data
    if not isinstance(written, dict):
        empty = "the file is empty" if written is None else f"expected names with values, found {found(written)}"
        raise ScenarioError([*located.problems, located.problem((), f"{empty}: a scenario begins with `alertsim: 1`")])
    start, offset = _start(written.get("start"))
    context = {"start": start}
    header, doubtful, wrong = _header(located, written, context)
    entries = _entries(located, context, wrong)
    return Draft(located, header, doubtful, offset, entries, wrong, catalogue)


def events(located: Located) -> Sequence[Plain]:
    """What is written under `events`, if it is a list at all."""
    written = located.data.get("events") if isinstance(located.data, dict) else None
    return written if isinstance(written, list) else ()


def _start(written: Plain) -> tuple[Millis, int]:
    """The start and its offset in minutes, or a stand-in."""
    try:
        instant(written)
    except ValueError:
        return parse_instant(_START)
    return parse_instant(str(written))


def _header(
    located: Located, written: Mapping[str, Plain], context: Context
) -> tuple[Header, frozenset[str], list[Problem]]:
    fields = {name: value for name, value in written.items() if name != "events"}
    header, errors = validated(Header, fields, context)
    doubtful = frozenset(str(error["loc"][0]) for error in errors)
    if header is None:
        right = {name: value for name, value in fields.items() if name not in doubtful}
        header, _ = validated(Header, {**_STAND_INS, **right}, context)
    wrong = [*located.problems, *problems(errors, Header, (), located)]
    ...
