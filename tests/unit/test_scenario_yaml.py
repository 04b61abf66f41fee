"""Text to plain data: what is read, what is refused, and where things stand."""

import math
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from alertsim.errors import ScenarioError
from alertsim.scenario.document import compose
from alertsim.scenario.document.compose import MOST_NODES, MOST_TOGETHER, load
from alertsim.scenario.document.ink import written_at
from tests.strategies import scenario_data, yaml_texts

BOTH = pytest.mark.usefixtures("_parser")
TOP = "a: 1\n"


@pytest.fixture(params=[compose.PARSER, yaml.SafeLoader], ids=["fast", "pure"])
def _parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """PyYAML with its parser in C, and without."""
    monkeypatch.setattr(compose, "PARSER", request.param)


def plain(text: str) -> Any:
    """What `text` says, as plain data."""
    return load(text, "f").data


def refused(text: str | bytes) -> list[str]:
    """Everything said about `text`, as `line:column message`."""
    try:
        said = load(text, "f").problems
    except ScenarioError as error:
        said = error.problems
    return [f"{problem.line}:{problem.column} {problem.message}" for problem in said]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("", None), ("~", None), ("null", None), ("NULL", None), ("nUll", "nUll"),
        ("true", True), ("False", False), ("TRUE", True), ("no", "no"), ("on", "on"), ("y", "y"), ("Yes", "Yes"),
        ("12", 12), ("-12", -12), ("+5", 5), ("007", 7), ("0o17", 15), ("0x1F", 31), ("1_000", "1_000"), ("0b1", "0b1"),
        ("1.5", 1.5), (".5", 0.5), ("5.", 5.0), ("1e3", 1000.0), ("-1.5E-2", -0.015), ("1e999", math.inf),
        (".inf", math.inf), ("+.INF", math.inf), ("-.Inf", -math.inf), ("+", "+"), (".", "."), ("-x", "-x"),
        ("2023-12-13", "2023-12-13"), ("12:30", "12:30"), ("+12:30:00", "+12:30:00"), ("1:2:3", "1:2:3"), ("=", "="),
        ('"12"', "12"), ("'true'", "true"), ('""', ""), ("9" * 18, int("9" * 18)), ("9" * 19, "9" * 19),
        ("9" * 400, "9" * 400), ("0x" + "f" * 400, "0x" + "f" * 400),
        ("2.1576467149685825e-283", 2.1576467149685825e-283), ("1." + "0" * 400, "1." + "0" * 400),
    ],
)  # fmt: skip
@BOTH
def test_plain_scalars_are_those_of_yaml_1_2(written: str, meant: object) -> None:
    """Only what the core schema of YAML 1.2 calls a number, a truth value or null is one; and only unquoted."""
    read = plain(f"a: {written}\n")
    assert read == {"a": meant}
    assert type(read["a"]) is type(meant)


def test_nan_is_read() -> None:
    """`.nan` is a number, for the models to refuse."""
    assert math.isnan(plain("a: .nan")["a"])


@given(scenario_data().flatmap(lambda data: st.tuples(st.just(data), yaml_texts(data))))
def test_any_yaml_style_reads_the_same(both: tuple[dict[str, object], str]) -> None:
    """Flow, block, quoted, folded, JSON, with any line breaks: what was written is read, by both parsers, in place."""
    data, text = both
    fast = load(text, "f")
    assert fast.data == data
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compose, "PARSER", yaml.SafeLoader)
        assert load(text, "f") == fast


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (b"\xff\xfea\0", "1:1 the file is saved as UTF-16"),
        (b"\xfe\xff\0a", "1:1 the file is saved as UTF-16"),
        (b"\xef\xbb\xbfa: 1", "1:1 the file is saved as UTF-8 with a byte order mark"),
        ("\ufeffa: 1", "1:1 the invisible character U+FEFF"),
        (b"a: 1\nb: caf\xe9\n", "2:7 the byte 0xe9 is not UTF-8"),
        ("a: 1\nb: \0", "2:4 a zero character"),
        ("a: \x1b[1m", "1:4 the invisible character U+001B"),
        ("a: 1\rb: 2", "1:5 the invisible character U+000D"),
        ("a: x\u2028y", "1:5 the invisible character U+2028"),
        ("a: x\x85y", "1:5 the invisible character U+0085"),
        ("a: x\ud800y", "1:5 the invisible character U+D800"),
        ("a:\n\t- b", "2:1 a tab: write spaces"),
        ("x" * (2 * 2**20 + 1), "1:1 the file is larger than 2 MiB"),
    ],
)  # fmt: skip
def test_what_is_no_plain_text_is_refused(written: str | bytes, said: str) -> None:
    """A file that is no plain UTF-8 text gets one problem that says how to save it."""
    (only,) = refused(written)
    assert only.startswith(said)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("b: &x 1", "2:4 `&x` begins like an anchor"),
        ("b: *x", "2:4 `*x` begins like an anchor or alias"),
        ("b: !foo 1", "2:4 `!foo` begins like a tag"),
        ("b: !!python/object:os.system x", "2:4 `!!python/object:os.system` begins like a tag"),
        ("b: !<tag:yaml.org,2002:str> x", "2:4 `!<tag:yaml.org,2002:str>` begins like a tag"),
        ("b: &x [1]", "2:4 `&x` begins"), ("b: !t {}", "2:4 `!t` begins"), ("&x b: 1", "2:1 `&x` begins"),
        ("<<: {b: 1}", "2:1 merge keys"),
        ("'<<': {b: 1}", "2:1 merge keys"),
        ("a: 2", "2:1 `a` is given twice, first on line 1"),
        ("'a': 2", "2:1 `a` is given twice, first on line 1"),
        ("1: 2", "2:1 expected the name of a field, found 1"),
        ("true: 2", "2:1 expected the name of a field, found true"),
        ("~: 2", "2:1 expected the name of a field, found nothing"),
        ("[b]: 2", "2:1 expected the name of a field, found a bracket"),
        ("{b: 1}: 2", "2:1 expected the name of a field, found a bracket"),
        ("b: {c: 1, c: 2}", "2:11 `c` is given twice, first on line 2"),
        ('b: "x\\0"', "2:4 the text contains the invisible character U+0000"),
        ('b: "x\\e"', "2:4 the text contains the invisible character U+001B"),
        ("---\nb: 1", "2:1 a second document begins here"),
        ("b: " + "[" * 40, "2:35 nested more than 32 deep"),
    ],
)  # fmt: skip
@BOTH
def test_what_yaml_has_and_scenarios_have_not(written: str, said: str) -> None:
    """Tags, anchors, aliases, merge keys, keys given twice, keys that are no names: each is refused in place."""
    (only,) = refused(TOP + written)
    assert only.startswith(said)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("b: c: d", "2:5 a colon cannot stand here"),
        ("b: - c", "2:4 `- ` begins an item"),
        ('b: "c\nd: e', "2:4 a quotation mark is opened here and never closed"),
        ("b: 'c\n...\n", "2:4 a quotation mark is opened here and never closed"),
        ("b: @c", "2:4 no text begins with this character"),
        ("b: [1, 2\nc: 3", "3:2 expected a comma or `]`"),
        ("b: {c: 1\nd: 2", "3:2 expected a comma or `}`"),
        ("b: |x\n c", "2:5 expected the text on new lines"),
        ("b: *", "2:5 no text begins with `&` or `*`"),
        ("b: !<x", "2:7 no text begins with `!`"),
        ("b: !x!y z", "2:4 no text begins with `!`"),
        (" b: 1", "2:3 a colon cannot stand here"),
        ("b: 'c' d", "2:8 this fits nothing above"),
        ("b:\n  - c\n - d", "4:2 this fits nothing above"),
        ("b\nc\n", "3:1 expected `name: value`"),
        ("b: ]", "2:4 this fits nothing above"),
        ("b: [?", "2:6 this cannot be read"),
    ],
)  # fmt: skip
@BOTH
def test_what_is_no_yaml_gets_advice(written: str, said: str) -> None:
    """A file that stops being YAML has one problem, where it stops, that says what is probably meant."""
    (only,) = refused(TOP + written)
    assert only.startswith(said)


@pytest.mark.parametrize("written", [r'"\q"', r'"\xzz"', r'"\ud800"', "%b"])
@BOTH
def test_what_the_parsers_place_differently_both_refuse(written: str) -> None:
    """Escapes that mean nothing and directives are refused by both parsers, if not at the same column."""
    assert len(refused(written)) == 1


def test_nothing_more_is_said_about_what_was_refused() -> None:
    """Inside a key that is none everything may stand; values and places of what was right are kept."""
    located = load("a: 1\n[x, {y: 1, y: 2}]: {z: {z: 1}}\n<<: {a: [2]}\na: {b: 1}\nc: *x\nd: &q 7\n", "f")
    assert located.data == {"a": 1, "c": None, "d": 7}
    assert [problem.line for problem in located.problems] == [2, 3, 4, 5, 6]
    assert located.refused == {("c",)}
    assert located.ignores(("c", "deeper"))
    assert not located.ignores(("d",))


def test_every_key_and_value_has_its_place() -> None:
    """Line and column of each key and value, also of empty ones."""
    located = load("a:\n  - x\n  - {b: 'y', c: }\nd:\n", "f")
    places = {path: [located.source.position(index) for index in both] for path, both in located.places.items()}
    assert places == {
        (): [(1, 1), (1, 1)],
        ("a",): [(1, 1), (2, 3)],
        ("a", 0): [(2, 5), (2, 5)],
        ("a", 1): [(3, 5), (3, 5)],
        ("a", 1, "b"): [(3, 6), (3, 9)],
        ("a", 1, "c"): [(3, 14), (3, 16)],
        ("d",): [(4, 1), (4, 3)],
    }
    assert str(located.problem(("a", 1, "nothing", 7), "gone", key=True)) == "f:3:5: a[1]: gone"


@pytest.mark.parametrize(
    "bomb",
    [
        "[" * 100_000, "{" * 100_000, "- " * 500_000, "? " * 500_000, "&a " * 300_000, '"' * 1_000_000,
        "[{a: " * 100_000, "a: " + "[" * 50_000 + "]" * 50_000, "\n".join(" " * n + "a:" for n in range(1_000)),
        "-\n" * 500_000, "[" + "a," * 500_000, "{" + "a: b, " * 300_000, "---\n" * 300_000,
        "!" * 1_000_000, "* " * 500_000,
        "a: &a [x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n",
    ],
    ids=lambda bomb: repr(bomb[:8]),
)  # fmt: skip
def test_bombs_are_refused(bomb: str) -> None:
    """A megabyte of brackets, dashes, quotes or anchors is refused after a few hundred events."""
    assert 0 < len(refused(bomb)) <= compose.MOST_PROBLEMS + 1


def test_numbers_are_bounded() -> None:
    """Neither one list nor the whole file may hold more than a bounded number of values."""
    (only,) = refused("- a\n" * (MOST_TOGETHER + 1))
    assert only.startswith(f"{MOST_TOGETHER + 1}:3 more than 20,000 values in one list")
    lists = ("- [" + "a," * 19_000 + "]\n") * (MOST_NODES // 19_000 + 1)
    assert "more than 200,000 values" in refused(lists)[0]
    assert len(plain("- a\n" * MOST_TOGETHER)) == MOST_TOGETHER


def test_a_few_problems_are_enough() -> None:
    """A file that is wrong everywhere is not told everything."""
    assert len(refused("- *a\n" * 1_000)) == compose.MOST_PROBLEMS + 1


marked = st.text(st.sampled_from("aя 'б\n\"\\:#-"), max_size=40)


@given(before=marked, after=marked, data=st.data())
def test_a_character_of_a_text_is_found_where_it_is_written(before: str, after: str, data: st.DataObject) -> None:
    """However a text is quoted, folded, escaped or indented: its one mark is found in the file."""
    value = f"{before}⚑{after}"
    text = data.draw(yaml_texts({"deep": [{"key": value}, "x"]}))
    located = load(text, "f")
    assert located.data == {"deep": [{"key": value}, "x"]}
    index = written_at(text, located.places["deep", 0, "key"][1], value, len(before))
    assert text[index:].startswith(("⚑", "\\u2691"))
    problem = located.problem_inside(("deep", 0, "key"), value, len(before), "here")
    assert located.source.position(index) == (problem.line, problem.column)
    assert problem.field == "deep[0].key"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (r'"\x20\_\N\L\P\t\n\ \r\u0020\U00000020⚑"', " \xa0\x85\u2028\u2029\t\n \r  ⚑"),
        (r'"\u0444\U0001F680\/\"⚑"', 'ф🚀/"⚑'),
        ('"a\\\n   b\\\r\n  ⚑"', "ab⚑"),
        ("''''' ⚑'", "'' ⚑"),
        (">-   # why\n\n   a\n    b\n\n   ⚑", "\na\n b\n\n⚑"),
        ("|2+\n   a\n  ⚑\n", " a\n⚑\n"),
    ],
)  # fmt: skip
def test_escapes_are_counted_for_what_they_stand(text: str, value: str) -> None:
    """White space written as an escape is not counted, visible characters written as one count once."""
    assert written_at(text, 0, value, value.index("⚑")) == text.index("⚑")


def test_an_offset_beyond_the_text_is_its_start() -> None:
    """There is always some place."""
    assert written_at("ab", 0, "abc", 2) == 0
