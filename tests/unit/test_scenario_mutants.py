"""Scenarios broken at random: whatever an author's hand, disk or editor does to a file, there is never a traceback."""

import copy
import json
import os
import random
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from alertsim.contradiction import contradictions
from alertsim.errors import ScenarioError
from alertsim.scenario import Scenario, parse
from alertsim.scenario.document import compose
from alertsim.scenario.rules import texts
from tests.scenario_texts import CATALOGUE, FACTS, RICH

MUTANTS = int(os.environ.get("ALERTSIM_MUTANTS", "1000"))
"""How many: CI runs ten thousand once."""

TOKENS = [
    "null", "true", "no", "-1", "0", "007", "0x7fffffffffffffff", "1e999", ".nan", "-.inf", "9" * 400, "a" * 5000,
    "", " ", "\n", "\t", "\r", "\x00", "\\u0000", "\ud7ff", "\U0001f680", "\u202e", "\ufeff",
    "[]", "{}", "[[]]", "{a: b}", "{", "}", "]", ",", '"', "'", "\\", "|", ">", "-", "? ", ":", "#", "%", "@", "`",
    "&a", "*a", "!x", "!!python/object:os.system", "<<", "---", "...", "cite", "at", "id", "events", "alert",
    "2023-02-30T00:00:00+02:00", "2023-12-13T03:00:13Z", "+12:30:00", "-1s", "99999999999d",
    "UA-99", "kyivstar", "article.p99",
]  # fmt: skip
SEED = Path(__file__).parents[2] / "seeds" / "kyiv-2023-12-13" / "scenario.yaml"

Mutation = Callable[[random.Random, bytes], bytes]


def flip(draw: random.Random, text: bytes) -> bytes:
    at = draw.randrange(len(text))
    return text[:at] + bytes([text[at] ^ 1 << draw.randrange(8)]) + text[at + 1 :]


def insert(draw: random.Random, text: bytes) -> bytes:
    at = draw.randrange(len(text))
    return text[:at] + draw.randbytes(draw.randint(1, 4)) + text[at:]


def delete(draw: random.Random, text: bytes) -> bytes:
    at = draw.randrange(len(text))
    return text[:at] + text[at + draw.randint(1, 40) :]


def lines(draw: random.Random, text: bytes) -> bytes:
    """Two lines swapped, or one doubled, deleted, indented otherwise or moved."""
    rows = text.split(b"\n")
    one, other = draw.randrange(len(rows)), draw.randrange(len(rows))
    match draw.randrange(5):
        case 0:
            rows[one], rows[other] = rows[other], rows[one]
        case 1:
            rows.insert(other, rows[one])
        case 2:
            del rows[one]
        case 3:
            rows[one] = b" " * draw.randrange(9) + rows[one].lstrip()
        case _:
            rows.insert(other, rows.pop(one))
    return b"\n".join(rows)


def scalar(draw: random.Random, text: bytes) -> bytes:
    """One word of the file replaced by another, or by what no word of it is."""
    words = text.decode(errors="replace").split(" ")
    at = draw.randrange(len(words))
    words[at] = draw.choice(TOKENS) if draw.random() < 0.8 else draw.choice(words)
    return " ".join(words).encode()


def value(draw: random.Random, text: bytes) -> bytes:
    """All behind a colon replaced."""
    rows = text.decode(errors="replace").split("\n")
    at = draw.randrange(len(rows))
    name, colon, _ = rows[at].partition(": ")
    rows[at] = name + (colon or ": ") + draw.choice(TOKENS)
    return "\n".join(rows).encode()


def graft(draw: random.Random, text: bytes) -> bytes:
    """A value anywhere replaced by another of the file or by what is none, so that what comes out is still YAML."""
    try:
        data = compose.load(text, "f").data
    except ScenarioError:
        return scalar(draw, text)
    spots = list(_spots(data))
    if not spots:
        return text
    into, step = draw.choice(spots)
    other, where = draw.choice(spots)
    odd: list[Any] = [None, True, -1, 0, 1e999, 7.5, "", " ", "x" * 5000, "\u202e", [], {}, [[]], {"a": None}]
    into[step] = copy.deepcopy(draw.choice([*odd, *[other[where]] * 10]))
    if isinstance(into, dict) and draw.random() < 0.2:
        into[draw.choice(TOKENS).strip() or "x"] = into.pop(step)
    return json.dumps(data, ensure_ascii=False, indent=1).encode(errors="replace")


def _spots(data: Any) -> Iterator[tuple[Any, Any]]:
    """Every value inside, as what holds it and under what."""
    inside = list(data.items()) if isinstance(data, dict) else list(enumerate(data)) if isinstance(data, list) else []
    for step, held in inside:
        yield data, step
        yield from _spots(held)


MUTATIONS: list[Mutation] = [flip, insert, delete, lines, lines, scalar, scalar, value, value, graft, graft, graft]


def mutants(text: bytes, count: int) -> Iterator[bytes]:
    """`count` broken versions of `text`, always the same ones; most broken at one place, some at several."""
    for n in range(count):
        draw = random.Random(n)
        broken = text
        for _ in range(draw.choice([1, 1, 1, 2, 3, 8])):
            broken = draw.choice(MUTATIONS)(draw, broken)
        yield broken


@pytest.fixture(autouse=True)
def _lint_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nearly all texts of a mutant are those of the last one: each is searched for contradictions once."""
    monkeypatch.setattr(texts, "contradictions", cache(contradictions))


def read(text: bytes, facts: bytes | None) -> Scenario | ScenarioError:
    rest = None if facts is None else (facts, "facts.yaml")
    try:
        return parse(text, name="night", file="night.yaml", facts=rest, catalogue=CATALOGUE)
    except ScenarioError as error:
        return error


def check(found: Scenario | ScenarioError, files: dict[str, bytes]) -> None:
    """A scenario, or problems each of which lies in its file and is a sentence on a line."""
    if isinstance(found, Scenario):
        return
    assert found.problems
    for problem in found.problems:
        rows = files[problem.file].decode(errors="replace").split("\n")
        assert 1 <= problem.line <= len(rows)
        assert 1 <= problem.column <= len(rows[problem.line - 1]) + 1
        assert problem.message.isprintable()
        assert not any(word in problem.message for word in ("Input", "pydantic", "Traceback", "None", "Error"))
        assert len(str(problem)) < 1200
        str(problem).encode()


def test_no_mutant_of_a_scenario_is_a_traceback() -> None:
    """A mutant is a scenario or has problems, each at a line of the file, and most are found out."""
    facts, refused = FACTS.encode(), 0
    for mutant in mutants(RICH.encode(), MUTANTS):
        found = read(mutant, facts)
        check(found, {"night.yaml": mutant, "facts.yaml": facts})
        refused += isinstance(found, ScenarioError)
    assert refused > MUTANTS // 2


def test_no_mutant_of_the_facts_is_a_traceback() -> None:
    """So it is with the facts."""
    night = RICH.encode()
    for mutant in mutants(FACTS.encode(), MUTANTS // 5):
        check(read(night, mutant), {"night.yaml": night, "facts.yaml": mutant})


def test_no_mutant_of_a_real_scenario_is_a_traceback() -> None:
    """So it is with the scenario that comes with alertsim."""
    facts = SEED.with_name("facts.yaml").read_bytes()
    for mutant in mutants(SEED.read_bytes(), MUTANTS // 50):
        check(read(mutant, facts), {"night.yaml": mutant, "facts.yaml": facts})


def test_both_parsers_say_the_same_of_mutants(monkeypatch: pytest.MonkeyPatch) -> None:
    """PyYAML without its C parser reads the same data at the same places, and refuses what that refuses."""
    for mutant in mutants(RICH.encode(), MUTANTS // 10):
        fast = read(mutant, None)
        with monkeypatch.context() as patch:
            patch.setattr(compose, "PARSER", yaml.SafeLoader)
            pure = read(mutant, None)
        assert type(fast) is type(pure)
        if isinstance(fast, ScenarioError) and isinstance(pure, ScenarioError) and len(fast.problems) > 1:
            assert fast.problems == pure.problems
