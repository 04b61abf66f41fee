"""What is read: the values of a scenario, of its facts and of the catalogue, and the schema that describes them."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings

from alertsim.errors import ScenarioError
from alertsim.events import Service, Text, Threat, Track
from alertsim.scenario import (
    ENTRY_KINDS,
    AlertEntry,
    Header,
    IncidentEntry,
    InjectEntry,
    NewsEntry,
    OutageEntry,
    Scenario,
    StrikeEntry,
    parse,
    parse_catalogue,
    parse_facts,
    schema,
)
from alertsim.scenario.document.compose import load
from alertsim.scenario.model_fields import fields_at
from alertsim.scenario.rules.moments import moments
from alertsim.times import MINUTE, SECOND, parse_instant
from tests.scenario_texts import CATALOGUE, FACTS, RICH, problems, read
from tests.strategies import Written, scenario_data, scenarios, written_scenarios

ROOT = Path(__file__).parents[2]
FICTION = """\
alertsim: 1
basis: fictional
title: A drill
exercise: {type: drill, contact: control}
start: 2024-01-01T00:00:00-03:30
"""


def plain(text: str) -> Any:
    return load(text, "f").data


def at(text: str) -> int:
    return parse_instant(text)[0]


def test_everything_written_is_read() -> None:
    """The scenario with everything in it has the values its author wrote."""
    night = read()
    assert (night.name, night.offset, night.seed, night.basis) == ("night", 120, 7, "historical")
    assert night.title == Text(uk="Ніч, у якій є все", en="A night with everything")
    assert night.objectives[0].text == Text(uk="Pass on the alert", en="Pass on the alert")
    assert night.play == ("before", "alert")
    assert [chapter.rate for chapter in night.chapters.values()] == [3600, 60, 150]
    assert night.chapters["outage"].from_ is None
    down, salvo, alert, injured, call, news = night.events
    assert isinstance(down, OutageEntry)
    assert down.outage.onset == 90 * MINUTE
    assert down.outage.restoration[1].up == {Service.VOICE: 0.99, Service.FIXED: 1.0}
    assert down.invented == "ninety minutes from the first signs to standstill"
    assert isinstance(salvo, StrikeEntry)
    assert (salvo.strike.count, salvo.strike.spread, salvo.strike.target) == (10, 40 * SECOND, "UA-30")
    assert isinstance(alert, AlertEntry)
    assert alert.alert.updates[1].threats == (Threat.DRONES,)
    assert isinstance(injured, IncidentEntry)
    assert injured.incident.area == "UA-30"
    assert injured.incident.updates[0].text.uk == "Київ: 25 постраждалих,\nсеред них діти\n"
    assert injured.on_track is Track.CASUALTIES
    assert isinstance(call, InjectEntry)
    assert call.at == at("2023-12-13T03:20:00+02:00")
    assert isinstance(news, NewsEntry)
    assert news.news.text.en == "A plain text on two lines"


def test_what_has_no_id_gets_one() -> None:
    """An alert is named by its area and raising, news by its time, both in UTC; other areas' slashes are hyphens."""
    assert [read().events[n].id for n in (2, 5)] == ["alert-ua-30-20231213t010013z", "news-20231213t044500z"]
    text = FICTION + "events: [{alert: {area: UA-32/75/702, raised: +1500ms}}]"
    assert read(text, None).events[0].id == "alert-ua-32-75-702-20240101t033001z"


def test_a_scenario_needs_no_more_than_a_header() -> None:
    """Events, chapters and objectives may be missing; times are shown in the offset of the start."""
    night = read(FICTION, None)
    assert (night.events, night.chapters, night.objectives, night.seed) == ((), {}, (), None)
    assert night.offset == -210


def test_the_text_may_be_bytes_with_any_line_ends() -> None:
    """Bytes or text, LF or CRLF: the same scenario."""
    assert read(RICH.encode()) == read(RICH) == read(RICH.replace("\n", "\r\n"), FACTS.replace("\n", "\r\n"))


@given(written_scenarios())
def test_random_scenarios_are_read(written: Written) -> None:
    """Every scenario that keeps the rules is read: each entry, its times within the scenario, its id its own."""
    entries = plain(written.text)["events"]
    assert [entry["id"] for entry in entries] == [entry.id for entry in written.scenario.events]
    for given_as, entry in zip(entries, written.scenario.events, strict=True):
        assert isinstance(entry, next(model for kind, model in ENTRY_KINDS.items() if kind in given_as))
        assert all(moment >= written.scenario.start for _, moment in moments(entry))


@settings(max_examples=50)
@given(scenarios())
def test_what_was_read_can_be_kept_as_json(scenario: Scenario) -> None:
    """A scenario is plain values all through: it becomes JSON, name and offset apart."""
    kept = json.loads(scenario.model_dump_json(by_alias=True))
    assert kept.keys() == {*fields_at(Header, ()), "events"}
    assert len(kept["events"]) == len(scenario.events)


def test_the_seeds_are_right() -> None:
    """The scenarios that come with alertsim, and their catalogue, have no problem."""
    names = ("weapons", "operators", "sirens")
    catalogue = parse_catalogue(*((ROOT / "config" / f"{name}.yaml").read_text("utf-8") for name in names))
    for path in (ROOT / "seeds").glob("*/scenario.yaml"):
        facts = path.with_name("facts.yaml")
        rest = (facts.read_bytes(), str(facts)) if facts.is_file() else None
        parse(path.read_bytes(), name=path.parent.name, file=str(path), facts=rest, catalogue=catalogue)


# The facts and the catalogue, read by themselves.


def test_facts_are_read_by_themselves() -> None:
    """A facts file has its values, and knows what can be cited."""
    facts = parse_facts(FACTS, file="facts.yaml")
    assert list(facts.paragraphs) == ["p1", "p2", "p3"]
    assert [name for name, _ in facts.cited()][:4] == ["article.p1", "article.p2", "article.p3", "outage"]
    assert dict(facts.cited())["article.p1"] == {"intercepted": 10, "children": 6}


def test_facts_by_themselves_tell_what_is_wrong() -> None:
    """Without a scenario everything is found that needs none."""
    with pytest.raises(ScenarioError) as caught:
        parse_facts(FACTS.replace("  p2:", "  p4:").replace("follows: injured-53", "follows: outage"), file="f")
    assert [problem.line for problem in caught.value.problems] == [11, 48]


@pytest.mark.parametrize(
    ("weapons", "operators", "said"),
    [
        ("{}", "{a: {name: A, brand: 1}}", "operators.yaml:1:22: operators.a.brand: expected true or false, found 1"),
        ("{}", "{a: {nam: A}}", "operators.yaml:1:6: operators.a.nam: unknown field `nam`; did you mean `name`?"),
        ("{}", "{A: {name: A}}", "operators.yaml:1:2: operators.A: expected lower-case letters, digits and hyphens, "),
        ("{}", "", "operators.yaml:1:1: operators: expected names with a value each, found nothing"),
        ("x: *y", "{}", "weapons.yaml:1:4: x: `*y` begins like an anchor or alias of YAML; there are none here: "),
        ("a: b: c", "{}", "weapons.yaml:1:5: a colon cannot stand here: look at the indentation"),
        ("a: {name: A, kind: drone, warning: [2h, 1h], source: none}", "{}",
         "weapons.yaml:1:36: weapons.a.warning: expected the shorter time first, found 2h and 1h"),
    ],
)  # fmt: skip
def test_the_catalogue_tells_what_is_wrong(weapons: str, operators: str, said: str) -> None:
    """Mistakes in weapons.yaml and operators.yaml are located in their files."""
    with pytest.raises(ScenarioError) as caught:
        parse_catalogue(weapons, operators)
    (only,) = caught.value.problems
    assert str(only).startswith(said)


# The schema.

VALIDATOR = jsonschema.Draft202012Validator(schema())


def test_the_schema_is_one() -> None:
    """The schema is a valid schema of its draft, and plain JSON."""
    jsonschema.Draft202012Validator.check_schema(schema())
    assert json.loads(json.dumps(schema())) == schema()


@given(scenario_data())
def test_the_schema_takes_what_is_read(data: dict[str, object]) -> None:
    """Every scenario that keeps the rules fits the schema."""
    VALIDATOR.validate(data)


def test_the_schema_takes_the_rich_scenario() -> None:
    """Also the one with everything in it."""
    VALIDATOR.validate(plain(RICH))


@pytest.mark.parametrize(
    "entry",
    [
        "{}", "{id: x}", "{at: +1m, news: {text: a}, alert: {area: UA-30, raised: +1m}}", "{at: +1m, nws: {text: a}}",
        "{at: 12, news: {text: a}}", "{at: 12:30, news: {text: a}}", "{at: +1m, news: {text: {}}}",
        "{at: +1m, news: {text: {de: a}}}", "{at: +1m, inject: {text: a}}", "{at: +1m, news: {text: a}, id: A}",
    ],
)  # fmt: skip
def test_the_schema_refuses_what_is_not_read(entry: str) -> None:
    """An entry of no kind, of two kinds, with an unknown or missing field, or a value of another form fits neither."""
    text = f"{FICTION}events: [{entry}]"
    assert problems(text, None)
    assert not VALIDATOR.is_valid(plain(text))


def test_the_schema_knows_the_fields_of_the_models() -> None:
    """Each entry of the schema has exactly the fields its model has."""
    definitions = schema()["$defs"]
    for model in ENTRY_KINDS.values():
        assert set(definitions[model.__name__]["properties"]) == set(fields_at(model, ()))


def test_a_relative_time_needs_a_start() -> None:
    """A model that is read outside a scenario says so."""
    with pytest.raises(ValueError, match="nothing says from when on"):
        NewsEntry.model_validate({"at": "+1m", "news": {"text": "a"}})


def test_one_catalogue_serves_many() -> None:
    """A catalogue is a value."""
    assert CATALOGUE.weapons["shahed"].warning == (30 * MINUTE, 180 * MINUTE)
    assert not CATALOGUE.operators["operator-a"].brand
