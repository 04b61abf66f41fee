"""`alertsim sources`: what a scenario rests on, paragraph by paragraph and fact by fact, and who cites it."""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, NamedTuple

import typer
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from alertsim import library
from alertsim.authoring import Citing, Told, citing
from alertsim.cli.check import figures_told
from alertsim.cli.options import Lang, Language, ScenarioName
from alertsim.errors import InputError
from alertsim.scenario import Conflict, Facts, Figure, Scenario

_UK = {
    "paragraphs": "абзаци статті",
    "facts": "факти",
    "conflicts": "розбіжності",
    "figures": "цифри",
    "cited by": "посилаються",
    "nobody cites it": "ніхто не посилається",
    "nobody states": "ніхто не наводить",
    "unused": "не використано",
    "follows": "обрано",
    "why": "чому",
    "verified": "перевірено",
    "read": "прочитано",
    "assumed": "припущено",
}


class Line(NamedTuple):
    """A line of the answer, longer than a terminal is wide perhaps."""

    indent: int
    text: str
    style: str = ""


def sources(
    scenario: ScenarioName,
    lang: Lang,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,  # noqa: FBT002 — a flag
) -> None:
    """Show what a scenario rests on: the article re-told, the facts, where they disagree, which entries cite them."""
    loaded = library.load(scenario)
    facts = library.facts_of(loaded)
    if facts is None:
        raise InputError(f"{loaded.path} has no facts.yaml beside it: a fictional scenario rests on nothing")
    cited = citing(loaded.scenario, facts)
    if as_json:
        typer.echo(json.dumps(_as_json(facts, cited), ensure_ascii=False))
        return
    console = Console(highlight=False)
    for line in _lines(loaded.scenario, facts, cited, lang):
        if sys.stdout.isatty():
            console.print(Padding(Text(line.text, line.style), (0, 0, 0, line.indent)))
        else:
            typer.echo(" " * line.indent + line.text)


def _lines(scenario: Scenario, facts: Facts, cited: Citing, lang: Language) -> Iterator[Line]:
    words = _UK if lang is Language.UK else {}
    yield Line(0, str(getattr(scenario.title, lang)), "bold")
    yield Line(0, facts.article.title)
    yield from (Line(0, note, "dim") for note in (facts.article.note,) if note)
    yield from _heading("paragraphs", words)
    for name, paragraph in facts.paragraphs.items():
        yield from _told(name, paragraph.retold, "")
        yield from _used(f"article.{name}", paragraph.value, cited, words)
        if paragraph.unused:
            yield Line(6, f"{words.get('unused', 'unused')}: {paragraph.unused}", "yellow")
    yield from _heading("facts", words)
    for name, fact in facts.facts.items():
        yield from _told(name, fact.says, f"{fact.source} · {words.get(fact.confidence, fact.confidence)}")
        yield from _used(name, fact.value, cited, words)
    yield from _heading("conflicts", words) if facts.conflicts else ()
    for conflict in facts.conflicts:
        yield from _conflict(conflict, words)
    yield Line(0, "")
    unused = ", ".join(cited.unused) or "—"
    yield Line(0, f"{words.get('unused', 'unused')}: {unused}", "yellow" if cited.unused else "dim")
    yield Line(0, figures_told(cited.shares, scenario), "bold")


def _heading(name: str, words: Mapping[str, str]) -> Iterator[Line]:
    yield Line(0, "")
    yield Line(0, words.get(name, name).upper(), "bold cyan")


def _told(name: str, says: str, source: str) -> Iterator[Line]:
    yield Line(0, "")
    yield Line(2, name, "bold")
    yield Line(6, " ".join(says.split()))
    if source:
        yield Line(6, source, "italic dim")


def _used(name: str, value: Mapping[str, Figure], cited: Citing, words: Mapping[str, str]) -> Iterator[Line]:
    """The figures of a source, and who cites it."""
    if value:
        figures = " · ".join(f"{key} {figure}" for key, figure in value.items())
        yield Line(6, f"{words.get('figures', 'figures')}: {figures}")
    entries = cited.cited[name]
    if entries:
        yield Line(6, f"{words.get('cited by', 'cited by')}: {_named(entries)}", "green")
    else:
        yield Line(6, words.get("nobody cites it", "nobody cites it"), "dim")
    if entries and (missing := cited.unstated.get(name)):
        yield Line(6, f"{words.get('nobody states', 'nobody states')}: {', '.join(missing)}", "dim")


def _named(entries: Iterable[Told]) -> str:
    return " · ".join(f"{told.entry} {told.at[:19].replace('T', ' ')}" for told in entries)


def _conflict(conflict: Conflict, words: Mapping[str, str]) -> Iterator[Line]:
    yield Line(0, "")
    yield Line(2, " ↔ ".join(conflict.between), "bold")
    yield Line(6, " ".join(conflict.about.split()))
    yield Line(6, f"{words.get('follows', 'follows')}: {conflict.follows}", "green")
    yield Line(6, f"{words.get('why', 'why')}: {' '.join(conflict.why.split())}", "dim")


def _as_json(facts: Facts, cited: Citing) -> dict[str, object]:
    by = {name: [told._asdict() for told in entries] for name, entries in cited.cited.items()}
    return {
        "article": facts.article.model_dump(),
        "paragraphs": {
            name: {**paragraph.model_dump(), "cited_by": by[f"article.{name}"]}
            for name, paragraph in facts.paragraphs.items()
        },
        "facts": {name: {**fact.model_dump(), "cited_by": by[name]} for name, fact in facts.facts.items()},
        "conflicts": [conflict.model_dump() for conflict in facts.conflicts],
        "unused": cited.unused,
        "shares": cited.shares._asdict(),
    }
