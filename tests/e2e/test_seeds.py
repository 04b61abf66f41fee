"""The scenarios that come with alertsim: each is without remark, plays to its end, and tells what its sources have."""

import csv
import difflib
import json
import re
from datetime import datetime

import pytest

from alertsim import areas, library
from alertsim.operators.coverage import EVERYWHERE, Condition
from alertsim.scenario import Alert, AlertEntry, Facts, OutageEntry, Scenario, parse_facts
from alertsim.timeline import compile_scenario, lines, pace
from alertsim.timeline.compile import DEFAULT_TRACKS
from alertsim.times import Millis
from tests.e2e.world import ROOT, World

NAMES = library.scenario_names()
HISTORICAL = [name for name in NAMES if library.load(name).scenario.basis == "historical"]
OUTAGE = "kyivstar-outage-2023-12-12"
SIRENS = ROOT / "tests" / "data" / "sirens" / "kyivstar-outage-2023-12.csv"
SEED, LONGEST_S = 7, 240
FOUND_ALERTS = (178, 15)
"""How many alerts fell into the outage and into the fault of 20 December."""

NOTHING: Condition = {EVERYWHERE: {}}
"""What a step says of no service: the lifting of a ban on roaming is no end of an outage."""

Raised = tuple[str, Millis, Millis]
"""Area, siren and all-clear."""


def facts(name: str) -> Facts:
    """What a historical scenario rests on."""
    return parse_facts(library.load(name).files[library.FACTS], file=name)


# ── every scenario ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", NAMES)
def test_the_golden_timeline_holds(name: str) -> None:
    """Compiled with seed 7 it is the file in tests/golden, line by line."""
    golden = ROOT / "tests" / "golden" / f"{name}.seed{SEED}.ndjson"
    assert golden.is_file(), f"alertsim compile {name} --seed {SEED} > {golden.relative_to(ROOT)}"
    timeline = compile_scenario(library.load(name).scenario, SEED, library.catalogue())
    differences = difflib.unified_diff(golden.read_text("utf-8").splitlines(), [*lines(timeline)], n=0, lineterm="")
    assert list(differences)[:40] == []


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_remarked(name: str) -> None:
    """It has no error, nor anything that may be a mistake."""
    assert [str(remark) for remark in library.remarks(library.load(name))] == []


@pytest.mark.parametrize("name", [name for name in NAMES if library.load(name).scenario.chapters])
def test_it_is_watched_in_minutes(name: str) -> None:
    """What `run` plays, left alone, takes less than four minutes."""
    scenario = library.load(name).scenario
    played = pace(scenario, compile_scenario(scenario, SEED, library.catalogue(), DEFAULT_TRACKS).until)
    assert sum((segment.until - segment.start) / 1000 / segment.rate for segment in played) < LONGEST_S


@pytest.mark.parametrize("name", NAMES)
def test_it_runs_to_its_end(name: str, world: World) -> None:
    """As fast as possible it ends with exit 0, and every message was confirmed."""
    run = world.alertsim("run", name, "--rate", "max", "--json")
    assert run.ended() == 0, run.err
    summary = json.loads(run.out)
    assert (summary["ended"], summary["failures"], summary["not_sent"]) == ("completed", [], {})
    assert summary["confirmed"] == summary["events"] > 0


# ── the article ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_whole_article_is_told() -> None:
    """Each of its paragraphs but the closing remark has a place in one of the scenarios."""
    told = {number for name in HISTORICAL for number, each in facts(name).paragraphs.items() if not each.unused}
    assert told == {f"p{n}" for n in range(1, 14)}


@pytest.mark.parametrize("name", HISTORICAL)
def test_what_is_left_out_is_where_it_says(name: str) -> None:
    """A paragraph that is unused because another scenario has it, is used there."""
    for number, paragraph in facts(name).paragraphs.items():
        for other in re.findall(r"[a-z][a-z-]*-\d{4}-\d\d-\d\d", paragraph.unused or ""):
            assert other in HISTORICAL, (number, other)
            assert not facts(other).paragraphs[number].unused, (number, other)


# ── the alerts of the outage ────────────────────────────────────────────────────────────────────────────────────────


def millis(text: str) -> Millis:
    """A time of the siren history."""
    return Millis(int(datetime.fromisoformat(text).timestamp()) * 1000)


def listed() -> list[Raised]:
    """The rows of the siren history, each with the area it names."""
    with SIRENS.open(encoding="utf-8", newline="") as file:
        return [
            (
                areas.find(", ".join(filter(None, (row["hromada"], row["raion"], row["oblast"])))).id,
                millis(row["started_at"]),
                millis(row["finished_at"]),
            )
            for row in csv.DictReader(file)
        ]


def told(scenario: Scenario) -> list[Raised]:
    """The alerts of a scenario that were raised and cleared."""
    alerts = [entry.alert for entry in scenario.events if isinstance(entry, AlertEntry)]
    return [times for alert in alerts if (times := _times(alert))]


def _times(alert: Alert) -> Raised | None:
    return (alert.area, alert.raised, alert.cleared) if alert.raised and alert.cleared else None


def test_every_alert_of_the_outage_is_in_the_siren_history_and_the_other_way_round() -> None:
    """Area, siren and all-clear, to the second."""
    assert sorted(told(library.load(OUTAGE).scenario)) == sorted(listed())


def test_each_alert_fell_into_the_outage() -> None:
    """Some part of it lies inside the outage or the fault of 20 December, as the scenario has them."""
    scenario = library.load(OUTAGE).scenario
    outages = [entry for entry in scenario.events if isinstance(entry, OutageEntry)]
    windows = [
        (entry.at, max(step.at + step.over for step in entry.outage.restoration if step.condition != NOTHING))
        for entry in outages
    ]
    inside = [[begins < cleared and raised < ends for begins, ends in windows] for _, raised, cleared in told(scenario)]
    assert tuple(map(sum, zip(*inside, strict=True))) == FOUND_ALERTS
    assert all(map(any, inside))


def test_each_alert_rests_on_a_fact_of_its_own() -> None:
    """Its area and its times are those of the one fact it cites, and no two cite the same."""
    known = facts(OUTAGE).facts
    cited = [
        entry.cite
        for entry in library.load(OUTAGE).scenario.events
        if isinstance(entry, AlertEntry) and _times(entry.alert)
    ]
    assert len({name for (name,) in cited}) == len(cited) == sum(FOUND_ALERTS)
    assert all({"area", "raised", "cleared"} == set(known[name].value) for (name,) in cited)
