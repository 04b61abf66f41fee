"""A scenario file as far as it can be read: each part by itself, so that one mistake hides no other."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from alertsim.errors import Problem, ScenarioError
from alertsim.scenario.catalogue import Catalogue
from alertsim.scenario.document.located import Located, Plain
from alertsim.scenario.document.source import Path
from alertsim.scenario.document.wording import found, listed, nearest
from alertsim.scenario.fields import NAME, instant
from alertsim.scenario.model import AUTO, ENTRY_KINDS, AlertEntry, AnyEntry, Entry, Header, NewsEntry
from alertsim.scenario.validation import problems, salvaged, validated
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
        return {n: name for n, name in (written | right).items() if isinstance(name, str) and re.fullmatch(NAME, name)}

    @cached_property
    def names(self) -> frozenset[str]:
        """All ids."""
        return frozenset(self.ids.values())

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
    """The header, which of its fields are doubtful, and what is wrong so far."""
    fields = {name: value for name, value in written.items() if name != "events"}
    header, errors = salvaged(Header, fields, _STAND_INS, context=context)
    doubtful = frozenset(str(error["loc"][0]) for error in errors)
    wrong = [*located.problems, *problems(errors, Header, (), located)]
    if "events" in written and not isinstance(written["events"], list):
        wrong.append(located.problem(("events",), f"expected a list of entries, found {found(written['events'])}"))
    return header, doubtful, wrong


def _entries(located: Located, context: Context, wrong: list[Problem]) -> Mapping[int, AnyEntry]:
    """The entries that are right, by number; what is wrong with the others is added to `wrong`."""
    right: dict[int, AnyEntry] = {}
    for n, written in enumerate(events(located)):
        match _entry(located, n, written, context):
            case Problem() as problem:
                wrong.append(problem)
            case list() as several:
                wrong += several
            case entry:
                right[n] = _with_id(entry)
        if len(wrong) >= MOST_PROBLEMS:
            break
    return right


def _entry(located: Located, n: int, written: Plain, context: Context) -> AnyEntry | Problem | list[Problem]:
    """One entry, or what is wrong with it."""
    at: Path = ("events", n)
    kinds = [name for name in written if name in ENTRY_KINDS] if isinstance(written, dict) else []
    if not isinstance(written, dict) or not kinds:
        return [] if located.ignores(at) else located.problem(at, _no_kind(written))
    if len(kinds) > 1:
        message = f"`{kinds[1]}` beside `{kinds[0]}`: make an entry of its own of it"
        return located.problem((*at, kinds[1]), message, key=True)
    model = ENTRY_KINDS[kinds[0]]
    entry, errors = validated(model, _spelled_out(written), context)
    return entry or list(problems(errors, model, at, located))


def _spelled_out(written: Mapping[str, Plain]) -> Mapping[str, Plain]:
    """The entry without shorthand: `alert: auto` of a strike is an alert of which nothing is said."""
    strike = written.get("strike")
    if isinstance(strike, dict) and strike.get("alert") == AUTO:
        return {**written, "strike": {**strike, "alert": {}}}
    return written


def _no_kind(written: Plain) -> str:
    names = [name for name in written if name not in Entry.model_fields] if isinstance(written, dict) else []
    near = next(filter(None, (nearest(name, ENTRY_KINDS) for name in names)), None)
    wanted = f"expected an entry with one of the fields {listed(ENTRY_KINDS)}, found {found(written)}"
    return f"{wanted}; did you mean `{near}`?" if near else wanted


def _with_id(entry: AnyEntry) -> AnyEntry:
    """The entry with its default id, if it has none of its own."""
    match entry:
        case AlertEntry(id="", alert=alert):
            area, since = alert.area.lower().replace("/", "-"), alert.begins
            stands = "standing" if since is None else _stamp(since)
            return entry.model_copy(update={"id": f"alert-{area}-{stands}"})
        case NewsEntry(id="", at=at):
            return entry.model_copy(update={"id": f"news-{_stamp(at)}"})
        case _:
            return entry


def _stamp(at: Millis) -> str:
    """An instant in UTC, to the second, as it stands in an id: `20231213t010013z`."""
    return re.sub("[-:]", "", rfc3339(at, 0)[:19]).lower() + "z"
