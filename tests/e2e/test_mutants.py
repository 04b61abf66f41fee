"""Every file that comes with alertsim, spoilt by one meaningful mistake at a known line: refused, and at that line."""

import os
import random
import re
from collections.abc import Callable, Iterator
from functools import cache
from itertools import chain, islice, zip_longest
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from alertsim import library
from alertsim.authoring.spans import Span, spans
from alertsim.contradiction import contradictions
from alertsim.errors import Problem, ScenarioError
from alertsim.scenario import parse
from alertsim.scenario.document.compose import load
from alertsim.scenario.model import ENTRY_KINDS
from alertsim.scenario.rules import texts
from alertsim.times import parse_instant, rfc3339

MUTANTS = int(os.environ.get("ALERTSIM_MISTAKES", "50"))
"""So many mistakes for each file."""

SEEDS = Path(__file__).parents[2] / "seeds"
SCENARIOS = sorted(SEEDS.glob("*/scenario.yaml"))
FACTS = sorted(SEEDS.glob("*/facts.yaml"))
FREE = {"chapters", "spill_over", "facts", "paragraphs", "value", "up"}
"""Fields below which the names are the author's own, or told of elsewhere."""

MANDATORY = {"id", "at", "area", "target", "salvo", "outcome", "method", "text", "until", "who", "what", "within",
             "type", "contact", "basis", "title", "exercise", "start", "weapon", "count", "operator"}  # fmt: skip
Path_ = tuple[Any, ...]


class Mutant(NamedTuple):
    """A spoilt text, and the lines of which one must be told of."""

    mistake: str
    text: str
    lines: tuple[int, ...]


class Page:
    """A file and where everything in it stands."""

    def __init__(self, path: Path) -> None:
        self.text = path.read_text("utf-8")
        self.spans = {path: span for path, span in spans(self.text).items() if path}
        self.lists = [span for span in self.spans.values() if span.steps is not None]
        located = load(self.text, "f")
        self.texts = dict(located.texts())
        self.data: Any = located.data

    def line(self, index: int) -> int:
        return self.text.count("\n", 0, index) + 1

    def value(self, mistake: str, path: Path_, value: str) -> Mutant:
        """Another value; it is told of where it stands."""
        span = self.spans[path]
        return Mutant(mistake, self.text[: span.start] + value + self.text[span.end :], (self.line(span.start),))

    def row(self, span: Span) -> tuple[int, int]:
        """The line a key begins on, from and to, if it stands there alone with a short value."""
        begins = self.text.rfind("\n", 0, span.key_at) + 1
        ends = self.text.find("\n", span.end) + 1 or len(self.text)
        alone = span.key_at != span.start and not self.text[begins : span.key_at].strip()
        in_lines = not any(outer.flow and outer.start < span.start < outer.end for outer in self.lists)
        return (begins, ends) if alone and in_lines and self.line(span.end) == self.line(span.key_at) else (0, 0)

    def scalars(self, *names: str) -> Iterator[tuple[Path_, Span]]:
        """The values of fields of these names."""
        found = ((path, span) for path, span in self.spans.items() if span.steps is None)
        return (item for item in found if item[0][-1] in names)


Maker = Callable[[Page], Iterator[Mutant]]


def misspelt_keys(page: Page) -> Iterator[Mutant]:
    for path, span in page.spans.items():
        if not isinstance(path[-1], str) or (len(path) > 1 and path[-2] in FREE):
            continue
        line = page.line(span.key_at)
        if len(path) == 3 and path[0] == "events" and path[-1] in ENTRY_KINDS:
            line = page.line(page.spans[path[:2]].start)
        wrong = path[-1][:-1] + "q" + path[-1][-1:]
        yield Mutant("misspelt", page.text[: span.key_at] + wrong + page.text[span.key_end :], (line,))


def lists_for_values(page: Page) -> Iterator[Mutant]:
    for path, span in page.spans.items():
        if span.steps is None and isinstance(path[-1], str) and path[-2:-1] != ("value",):
            yield page.value("a list", path, "[[]]")


def wrong_times(page: Page) -> Iterator[Mutant]:
    for path, _ in page.scalars("at", "raised", "cleared", "until", "start", "from"):
        if path[0] in {"events", "chapters", "start"}:
            for wrong in ("2023-12-13 03:00", "2023-12-13T03:00:13Z", "12", "2023-02-30T00:00:00+02:00", "yesterday"):
                if path[-1] != "from" or path[0] == "chapters":
                    yield page.value("no time", path, wrong)


def unknown_names(page: Page) -> Iterator[Mutant]:
    for name, wrong in {
        "weapon": "iskander-n", "area": "Атлантида", "target": "UA-99", "operator": "kyivstr", "cause": "no-such-entry",
        "objective": "no-such-objective", "track": "politics", "basis": "history", "type": "secret",
        "confidence": "hearsay", "follows": "no-such-fact", "only_if": "no-such-entry:sent", "sirens": "loud",
    }.items():  # fmt: skip
        for path, span in page.scalars(name):
            if page.text[span.start] not in "{[" and "value" not in path:
                yield page.value(f"unknown {name}", path, wrong)


def unknown_in_lists(page: Page) -> Iterator[Mutant]:
    for path in page.spans:
        match path[-2:]:
            case ("cite" | "between" | "play", int()):
                yield page.value("unknown in a list", path, "nobody-said-so")
            case ("threats", int()):
                yield page.value("unknown threat", path, "rain")


def late_raising(page: Page) -> Iterator[Mutant]:
    for path, _ in page.scalars("cleared"):
        if path[0] == "events":
            raised = page.texts.get((*path[:-1], "raised"), "+")
            if not raised.startswith("+"):
                at, offset = parse_instant(raised)
                yield page.value("cleared before raised", path, rfc3339(at - 3_600_000, offset))  # type: ignore[arg-type]  # Millis


def other_numbers(page: Page) -> Iterator[Mutant]:
    """Figures of history that are not those of their facts, and counts that do not add up."""
    for path, span in page.scalars(
        "injured", "killed", "hospitalised", "buildings", "districts", "intercepted", "impacted"
    ):
        if page.data["basis"] == "historical" or path[-1] in {"intercepted", "impacted"}:
            number = int(page.text[span.start : span.end])
            yield page.value("another number", path, str(number + 1))
    for path, _ in page.scalars("raised", "cleared"):
        if page.data["basis"] == "historical" and path[0] == "events":
            at, offset = parse_instant(page.texts[path])
            yield page.value("another second", path, rfc3339(at + 1_000, offset))  # type: ignore[arg-type]  # Millis


def twice(page: Page) -> Iterator[Mutant]:
    """The id of another, a field given again."""
    ids = [path for path in page.spans if path[-1] == "id" and path[0] == "events"]
    for path in ids[1:]:
        yield page.value("the id of another", path, page.texts[ids[0]])
    for path, span in page.spans.items():
        begins, ends = page.row(span)
        if ends and len(path) > 1:
            text = page.text[:ends] + page.text[begins:ends] + page.text[ends:]
            yield Mutant("a field twice", text, (page.line(begins) + 1,))


def missing(page: Page) -> Iterator[Mutant]:
    for path, span in page.spans.items():
        begins, ends = page.row(span)
        if ends and path[-1] in MANDATORY | {"says", "source", "confidence", "about", "follows", "why"}:
            if path[-1] in {"title", "type"} and path[0] in {"chapters", "events"}:
                continue
            if path[-1] == "id" and {"alert", "news"} & page.data["events"][path[1]].keys():
                continue
            if path[0] == "facts" and path[-1] == "at":
                continue
            around = page.spans[path[:-1]].key_at if path[:-1] else min(span.key_at for span in page.spans.values())
            yield Mutant(f"no {path[-1]}", page.text[:begins] + page.text[ends:], (page.line(around),))


def no_yaml(page: Page) -> Iterator[Mutant]:
    """Indentation, tabs, quotes, brackets, anchors: told of on the line, or on the next."""
    for path, span in page.spans.items():
        begins, ends = page.row(span)
        if not ends or span.key_at == begins:
            continue
        line = page.line(begins)
        steps = page.spans[path[:-1]].steps or []
        if steps.index(path[-1]) and isinstance(path[-1], str):  # the first sets the indentation of the others
            indented = page.text[:begins] + " " + page.text[begins:]
            yield Mutant("indentation", indented, (line - 1, line, line + 1))
        yield Mutant("a tab", page.text[:begins] + "\t" + page.text[begins:], (line,))
        if '"' not in page.text[ends:]:  # else the next one closes it, and what that leaves is told of there
            yield page.value("a quote left open", path, '"open')
        yield page.value("an anchor", path, "&a x")
        yield page.value("an alias", path, "*a")
        yield page.value("a bracket left open", path, "{a: b")._replace(lines=(line, line + 1, line + 2, line + 3))


def contradiction(page: Page) -> Iterator[Mutant]:
    for path, span in page.spans.items():
        if path[-1] in {"en", "uk"} and span.steps is None:
            yield page.value("against the mark", path, "This is not a drill")
            yield page.value("against the mark", path, "Це не навчання")


def wrong_order(page: Page) -> Iterator[Mutant]:
    for name in page.data.get("chapters", {}):
        yield page.value("before the start", ("chapters", name, "until"), "2001-01-01T00:00:00+02:00")
    for path in page.texts:
        if path[0] == "events" and path[-1] in {"at", "raised"} and not page.texts[path].startswith("+"):
            yield page.value("before the start", path, "2001-01-01T00:00:00+02:00")


def out_of_range(page: Page) -> Iterator[Mutant]:
    for path, _ in page.scalars("rate", "count", "injured", "voice", "data", "load", "fixed", "sms"):
        if path[0] in {"events", "chapters"}:
            yield page.value("out of range", path, "-1")


def renumbered(page: Page) -> Iterator[Mutant]:
    """A paragraph number left out, a fact named like a paragraph."""
    for path, span in page.spans.items():
        if len(path) == 2 and path[0] == "paragraphs" and path[1] != "p1":
            text = page.text[: span.key_at] + "p90" + page.text[span.key_end :]
            nth = list(page.data["paragraphs"]).index(path[1])
            later = list(page.data["paragraphs"])[nth + 1 :]
            follows = page.spans["paragraphs", later[0]].key_at if later else span.key_at
            yield Mutant("a gap", text, (page.line(span.key_at), page.line(follows)))
        if len(path) == 2 and path[0] == "facts":
            text = page.text[: span.key_at] + "article.p99" + page.text[span.key_end :]
            yield Mutant("named like a paragraph", text, (page.line(span.key_at),))


SCENARIO_MISTAKES: list[Maker] = [
    misspelt_keys,
    lists_for_values,
    wrong_times,
    unknown_names,
    unknown_in_lists,
    late_raising,
    other_numbers,
    twice,
    missing,
    no_yaml,
    contradiction,
    wrong_order,
    out_of_range,
]
FACTS_MISTAKES: list[Maker] = [
    misspelt_keys,
    lists_for_values,
    unknown_names,
    unknown_in_lists,
    twice,
    missing,
    no_yaml,
    renumbered,
]


def chosen(page: Page, makers: list[Maker], seed: str) -> list[Mutant]:
    """Mistakes of every kind in turn, each kind at places drawn once and for all."""
    kinds = [list(maker(page)) for maker in makers]
    for kind in kinds:
        random.Random(seed).shuffle(kind)
    turns = chain.from_iterable(zip_longest(*kinds))
    return list(islice((mutant for mutant in turns if mutant), MUTANTS))


@pytest.fixture(autouse=True)
def _lint_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nearly all texts of a mutant are those of the last one: each is searched for contradictions once."""
    monkeypatch.setattr(texts, "contradictions", cache(contradictions))


def told(scenario: str, facts: str | None) -> tuple[Problem, ...]:
    rest = None if facts is None else (facts, "facts.yaml")
    try:
        parse(scenario, name="night", file="scenario.yaml", facts=rest, catalogue=library.catalogue())
    except ScenarioError as error:
        return error.problems
    return ()


def unseen(mutants: list[Mutant], file: str, tell: Callable[[str], tuple[Problem, ...]]) -> list[str]:
    """The mistakes that are not told of at their line."""
    missed = []
    for mutant in mutants:
        problems = tell(mutant.text)
        lines = {problem.line for problem in problems if problem.file == file}
        if not lines.intersection(mutant.lines):
            said = "; ".join(map(str, problems[:2])) or "nothing"
            missed.append(f"{mutant.mistake} on line {mutant.lines}: told {said}")
    return missed


def named(path: Path) -> str:
    return path.parent.name


@pytest.mark.parametrize("path", SCENARIOS, ids=named)
def test_mistakes_in_a_scenario_are_told_where_they_are(path: Path) -> None:
    """Fifty mutants of a scenario, of all kinds: each is refused at the line of its mistake."""
    beside = path.with_name("facts.yaml")
    facts = beside.read_text("utf-8") if beside.is_file() else None
    mutants = chosen(Page(path), SCENARIO_MISTAKES, path.parent.name)
    assert len(mutants) == MUTANTS
    assert unseen(mutants, "scenario.yaml", lambda text: told(text, facts)) == []


@pytest.mark.parametrize("path", FACTS, ids=named)
def test_mistakes_in_facts_are_told_where_they_are(path: Path) -> None:
    """So it is with the facts."""
    scenario = path.with_name("scenario.yaml").read_text("utf-8")
    mutants = chosen(Page(path), FACTS_MISTAKES, path.parent.name)
    assert len(mutants) == MUTANTS
    assert unseen(mutants, "facts.yaml", lambda text: told(scenario, text)) == []


@pytest.mark.parametrize("path", FACTS, ids=named)
def test_a_figure_changed_in_the_facts_is_told_on_both_sides(path: Path) -> None:
    """A count of a fact that an entry cites: the entry's line is named, and the fact's in the message."""
    scenario, page = path.with_name("scenario.yaml").read_text("utf-8"), Page(path)
    changed = 0
    for found, span in page.scalars("injured", "intercepted", "hospitalised", "buildings"):
        mutant = page.value("another number", found, str(int(page.text[span.start : span.end]) + 1))
        problems = told(scenario, mutant.text)
        changed += bool(problems)
        assert all(problem.file == "scenario.yaml" for problem in problems)
        assert not problems or any(re.search(rf"facts\.yaml, line {mutant.lines[0]}\)", str(one)) for one in problems)
    assert changed or not list(page.scalars("injured", "intercepted"))
