"""A facts file as far as it can be read, and the rules inside it: what can be cited, and which figures it gives."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from pydantic_core import PydanticCustomError

from alertsim.errors import Problem, ScenarioError
from alertsim.scenario.claims import SOURCED_ALWAYS, Figure
from alertsim.scenario.document.located import Located, Plain
from alertsim.scenario.document.source import Path
from alertsim.scenario.document.wording import found, listed, short, unknown
from alertsim.scenario.facts import Facts
from alertsim.scenario.fields import CITATION, PARAGRAPH, area, count, duration, instant
from alertsim.scenario.validation import problems, salvaged

FORMS: Mapping[str, Callable[[object], Figure]] = {
    **dict.fromkeys(SOURCED_ALWAYS, count),
    "at": instant,
    "pre_alert": instant,
    "raised": instant,
    "cleared": instant,
    "onset": duration,
    "area": area,
    "target": area,
}
"""How a figure is read that is more than a number or a name."""

_STAND_INS: Mapping[str, Plain] = {"article": {"title": "unreadable"}, "paragraphs": {}}


@dataclass(frozen=True)
class Sources:
    """What could be read of a facts file. `ids` has all that can be cited, also what was wrong, and where it is."""

    located: Located
    facts: Facts
    problems: Sequence[Problem]

    @cached_property
    def ids(self) -> Mapping[str, Path]:
        """Everything that can be cited, and where it stands."""
        paragraphs = {f"article.{name}": ("paragraphs", name) for name in _names(self.located, "paragraphs")}
        facts = {name: ("facts", name) for name in _names(self.located, "facts")}
        return {name: path for name, path in (paragraphs | facts).items() if re.fullmatch(CITATION, name)}

    @cached_property
    def figures(self) -> Mapping[str, Mapping[str, Figure | None]]:
        """The figures of all that was right, by id; None for one that does not have the form its name asks for."""
        return {name: {key: _figure(key, given) for key, given in value.items()} for name, value in self.facts.cited()}


def read_sources(located: Located) -> Sources:
    """The facts as far as they can be read; ScenarioError where they are no mapping."""
    if not isinstance(located.data, dict):
        message = f"expected `article`, `paragraphs` and `facts`, found {found(located.data)}"
        raise ScenarioError([*located.problems, located.problem((), message)])
    facts, errors = salvaged(Facts, located.data, _STAND_INS, one_by_one=("paragraphs", "facts"))
    return Sources(located, facts, [*located.problems, *problems(errors, Facts, (), located)])


def rules(sources: Sources) -> Iterator[Problem]:
    """What is wrong inside a facts file, each field of which is right by itself."""
    yield from _gaps(sources)
    yield from _kept(sources)
    yield from _figures(sources)
    yield from _conflicts(sources)


def _names(located: Located, field: str) -> Sequence[str]:
    """The keys of a field of the file, if it has any."""
    inside = located.data.get(field) if isinstance(located.data, dict) else None
    return tuple(inside) if isinstance(inside, dict) else ()


def _gaps(sources: Sources) -> Iterator[Problem]:
    names = [name for name in _names(sources.located, "paragraphs") if re.fullmatch(PARAGRAPH, name)]
    numbers = sorted(int(name[1:]) for name in names)
    for number, wanted in zip(numbers, range(1, len(numbers) + 1), strict=True):
        if number != wanted:
            message = f"`p{wanted}` is missing before `p{number}`: number the paragraphs without gaps"
            yield sources.located.problem(("paragraphs", f"p{number}"), message, key=True)
            return


def _kept(sources: Sources) -> Iterator[Problem]:
    for name in _names(sources.located, "facts"):
        if name.startswith("article."):
            message = f"`{short(name)}`: names that begin with `article.` are those of paragraphs; name it otherwise"
            yield sources.located.problem(("facts", name), message, key=True)


def _figures(sources: Sources) -> Iterator[Problem]:
    for name, value in sources.facts.cited():
        for key, given in value.items():
            try:
                _read(key, given)
            except PydanticCustomError as error:
                yield sources.located.problem((*sources.ids[name], "value", key), error.message())


def _figure(key: str, given: Figure) -> Figure | None:
    try:
        return _read(key, given)
    except PydanticCustomError:
        return None


def _read(key: str, given: Figure) -> Figure:
    return FORMS[key](given) if key in FORMS else given


def _conflicts(sources: Sources) -> Iterator[Problem]:
    for n, conflict in enumerate(sources.facts.conflicts):
        for k, name in enumerate(conflict.between):
            if name not in sources.ids:
                yield sources.located.problem(("conflicts", n, "between", k), unknown("fact", name, sources.ids))
        if conflict.follows not in conflict.between:
            message = f"expected one of those in `between`, {listed(conflict.between)}, found {found(conflict.follows)}"
            yield sources.located.problem(("conflicts", n, "follows"), message)
