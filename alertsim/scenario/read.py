"""From the texts of files to checked models, or to everything that is wrong with them at once."""

import json
from collections.abc import Callable, Iterable
from itertools import chain, islice
from typing import TypeVar

from alertsim.errors import Problem, ScenarioError
from alertsim.scenario.catalogue import Catalogue
from alertsim.scenario.document.compose import load
from alertsim.scenario.document.located import Plain
from alertsim.scenario.draft import MOST_PROBLEMS, Draft, drafted
from alertsim.scenario.facts import Facts
from alertsim.scenario.model import Scenario
from alertsim.scenario.rules.check import check
from alertsim.scenario.rules.citations import citations, uncited
from alertsim.scenario.sources import Sources, read_sources, rules
from alertsim.scenario.validation import problems, validated

Text = bytes | str
Read = TypeVar("Read")


def parse(text: Text, *, name: str, file: str, facts: tuple[Text, str] | None, catalogue: Catalogue) -> Scenario:
    """The scenario `name` in the `text` of `file`; `facts` is the text and the file name of its facts.yaml.

    Raises ScenarioError with the problems of both files, in file order; more than 200 are not told at once.
    """
    wrong: list[Problem] = []
    draft = _tried(lambda: drafted(load(text, file), catalogue), wrong)
    sources = _tried(lambda: read_sources(load(*facts)), wrong) if facts else None
    wrong += _wrong(draft, sources, factless=not facts)
    if wrong or draft is None:
        raise ScenarioError(wrong)
    entries = tuple(draft.entries.values())
    return Scenario.model_construct(**dict(draft.header), name=name, offset=draft.offset, events=entries)


def parse_facts(text: Text, *, file: str) -> Facts:
    """The facts in the `text` of `file`; ScenarioError with all problems that can be seen without a scenario."""
    sources = read_sources(load(text, file))
    if wrong := _wrong(None, sources, factless=False):
        raise ScenarioError(wrong)
    return sources.facts


def parse_catalogue(weapons: Text, operators: Text, sirens: Text = "{}") -> Catalogue:
    """What weapons.yaml, operators.yaml and sirens.yaml say; ScenarioError with the problems of all."""
    wrong: list[Problem] = []
    texts = {"weapons": weapons, "operators": operators, "sirens": sirens}
    read = {field: _part(field, text, wrong) for field, text in texts.items()}
    if wrong:
        raise ScenarioError(wrong)
    return Catalogue.model_validate_json(json.dumps(read), strict=True)


def _part(field: str, text: Text, wrong: list[Problem]) -> Plain:
    """One file of the catalogue, which makes up one field of it."""
    located = _tried(lambda: load(text, f"{field}.yaml"), wrong)
    if located is None:
        return None
    _, errors = validated(Catalogue, {"weapons": {}, "operators": {}, field: located.data})
    wrong += [*located.problems, *problems(errors, Catalogue, (), located.under(field))]
    return located.data


def _tried(read: Callable[[], Read], wrong: list[Problem]) -> Read | None:
    """What can be read, or None and what is wrong."""
    try:
        return read()
    except ScenarioError as error:
        wrong += error.problems
        return None


def _wrong(draft: Draft | None, sources: Sources | None, *, factless: bool) -> list[Problem]:
    """What is wrong with what could be read, as much of it as anybody wants to know at once."""
    found: list[Iterable[Problem]] = []
    if draft:
        found += [draft.problems, check(draft)]
    if sources:
        found += [sources.problems, rules(sources)]
    if draft and sources:
        found.append(citations(draft, sources))
    if draft and factless:
        found.append(uncited(draft))
    return list(islice(chain(*found), MOST_PROBLEMS))
