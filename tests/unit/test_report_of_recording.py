"""The report of a recording: what was expected is judged, time under alert is counted once, nothing is told twice."""

import json
import math
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import get_args
from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertsim.errors import ScenarioError
from alertsim.events import AlertCancelled, AlertCleared, AlertRaised, AlertUpdated, Event, ExerciseState
from alertsim.observations import AlertReached, BrokerRestored, EventAcknowledged, Line, Observed, Played
from alertsim.recording import Recorded
from alertsim.recording.lines import event_of, lines
from alertsim.report import Fold, Summary
from alertsim.report.evaluation import parse_evaluation
from alertsim.report.expectations import speaks_for
from alertsim.report.figures import percentiles
from alertsim.report.findings import Topic
from alertsim.report.junit import as_junit
from alertsim.report.log import Log
from alertsim.report.reported import About, Report
from alertsim.report.storytime import Storytime
from alertsim.report.told import expectation, finding
from alertsim.report.under_alert import under_alert
from alertsim.times import Millis
from tests.conducted import BEGUN_US, Book, conducted, real_us, scenario, state, timeline, written
from tests.nights import after


def report_of(given_lines: list[Line], **about: object) -> Report:
    """The report of these lines, of the night of the tests."""
    return Report(About(metadata={"exercise": "night-1"}, scenario=scenario(), **about), Log().add(given_lines))  # type: ignore[arg-type]  # what each test says of it


# ── lines ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_recording_gives_back_the_lines_it_was_written_from(tmp_path: Path) -> None:
    """All of them, with the pace they were played at; and so the same summary as the exercise itself had."""
    book = conducted()
    recording = written(tmp_path, book.lines)
    assert list(lines(recording)) == book.lines
    assert recording.summary is not None
    told = Summary.model_validate_json(recording.summary["summary"])
    assert Fold().add(book.lines).summary == told


def recorded(kind: str, of: dict[str, object] | None, topic: str = "public/state", seq: int = 0) -> Recorded:
    """A message as it is read."""
    return Recorded(topic, kind, of, 1, 2, seq, b"", None)


def payload(event: Event, **more: object) -> dict[str, object]:
    """What a message of this event says."""
    plain = event.model_dump(mode="json", exclude_none=True)
    return plain | {"at": "2023-12-12T05:00:00+02:00", "headline": {"uk": "—", "en": "—"}} | more


def test_what_is_no_line_stays_what_it_is() -> None:
    """A clear, an end said on another topic, the goodbye said twice, a stranger, and what only looks like ours."""
    end = payload(state(ExerciseState.ENDED, after(0)))
    found = [
        recorded("exercise.state_changed", None),
        recorded("exercise.state_changed", end, "control/network/a"),
        recorded("exercise.state_changed", end),
        recorded("exercise.state_changed", end),
        recorded("", {"temperature": 21}),
        recorded("alert.raised", {"kind": "alert.raised", "at": "noon", "area": "UA-30"}),
        recorded("alert.raised", {"kind": "alert.raised"}),
    ]
    told = list(lines(found))
    assert [type(each) for each in told] == [Recorded, Recorded, Played, Recorded, Recorded, Recorded, Recorded]
    assert event_of({"kind": ["unhashable"]}) is None


@pytest.mark.parametrize(("rate", "known"), [(60, 60.0), (None, math.inf), ("fast", 1.0)])
def test_the_pace_is_that_of_the_clock(rate: object, known: float) -> None:
    """Before the first tick too; a tick without a rate was played at max; one that is none of ours tells nothing."""
    tick: dict[str, object] = {
        "kind": "clock.ticked",
        "event": "clock:0",
        "entry": "clock",
        "at": "2023-12-12T05:00:00+02:00",
    }
    told = [recorded("exercise.state_changed", payload(state(ExerciseState.RUNNING, after(0))))]
    told.append(recorded("clock.ticked", tick if rate is None else tick | {"rate": rate}, "public/clock"))
    told.append(recorded("clock.ticked", None, "public/clock"))
    rates = [line.rate for line in lines(told) if isinstance(line, Played)]
    assert set(rates) == {known}
    assert list(lines([])) == []


# ── when ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@given(st.lists(st.tuples(st.integers(1, 10**6), st.integers(0, 10**6)), min_size=1, max_size=20), st.integers())
def test_scenario_time_never_runs_back(steps: list[tuple[int, int]], asked: int) -> None:
    """Between known moments it lies between them; before the first and after the last it is theirs."""
    clock = Storytime()
    assert clock.at(asked) is None
    real = story = 0
    known = []
    for ahead, on in steps:
        real, story = real + ahead, story + on
        clock.played(Played(0, 0, real, state(ExerciseState.RUNNING, Millis(story))))
        clock.played(Played(0, 0, real, state(ExerciseState.RUNNING, Millis(0)), catch_up=True))
        known.append((real, story))
    assert all(clock.at(moment) == at for moment, at in known)
    moments = sorted([asked, *(moment for moment, _ in known), real // 2])
    times = [clock.at(moment) or 0 for moment in moments]
    assert all(one <= other for one, other in pairwise(times))
    assert known[0][1] <= (clock.at(asked) or 0) <= known[-1][1]


# ── expectations ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_expectations_are_judged_by_answers_and_by_what_was_heard() -> None:
    """Met, too late, missed, for the evaluator; each with its figures, in both languages."""
    found = report_of(conducted().lines).expected
    assert [(each.entry, each.what, each.verdict) for each in found] == [
        ("kyiv", "ack", "met"),
        ("kyiv", "heard", "missed"),
        ("kyiv", "heard", "missed"),
        ("ask", "ack", "met"),
        ("again", "ack", "late"),
        ("open", "opens the shelters", "to_judge"),
    ]
    assert [(each.heard, each.meant) for each in found[1:3]] == [(6, 10), (3, 6)]
    assert expectation(found[0], "en") == "met, after 30 s (of 1 min), phone-7"
    assert expectation(found[2], "uk") == "не виконано: 3 із 6, через 27 мс (із 10 с)"
    assert expectation(found[5], "en") == "for the evaluator"


def test_without_answers_everything_asked_for_is_missed_and_what_was_not_played_is_not() -> None:
    """Nobody answered; and an exercise that ended at once judges nobody."""
    silent = [line for line in conducted().lines if not _is_answer(line)]
    assert [each.verdict for each in report_of(silent).expected] == ["missed"] * 5 + ["to_judge"]
    assert {each.verdict for each in report_of([]).expected} == {"not_played"}
    assert not report_of([]).failed and report_of(silent).failed


def _is_answer(line: Line) -> bool:
    return isinstance(line, Observed) and isinstance(line.observation, EventAcknowledged)


@pytest.mark.parametrize(("share", "verdict"), [(None, "to_judge"), (0.0, "missed"), (1.0, "met")])
def test_hearing_is_judged_where_anybody_counted(share: float | None, verdict: str) -> None:
    """No swarm: for the evaluator. Nobody heard: missed. All in time: met."""
    told = list(_with_share(conducted().lines, share))
    assert report_of(told).expected[1].verdict == verdict


def _with_share(given_lines: list[Line], share: float | None) -> Iterator[Line]:
    for line in given_lines:
        if isinstance(line, Played) or not isinstance(seen := line.observation, AlertReached):
            yield line
        elif share is not None:
            last_us = 900 if share else None
            cohorts = tuple(
                each._replace(
                    delivered=int(each.expected * share), missing=0, unreachable=0 if share else 1, last_us=last_us
                )
                for each in seen.cohorts
            )
            yield line._replace(observation=seen.model_copy(update={"cohorts": cohorts}))


@pytest.mark.parametrize(
    ("client", "who", "does"),
    [
        ("exercise-subscriber-duty-officer", "duty-officer", True),
        ("duty-officer-2", "Duty Officer", True),
        ("off-duty-officers", "duty-officer", False),
        ("whoever", "players", True),
    ],
)
def test_a_client_speaks_for_the_role_in_its_name(client: str, who: str, does: bool) -> None:
    """Whole words; of `players` everybody is one."""
    assert speaks_for(client, who) is does


# ── time under alert ────────────────────────────────────────────────────────────────────────────────────────────────

AREAS = ("UA-30", "UA-32", "UA-32/75", "UA-32/76")
story = st.lists(st.tuples(st.sampled_from(AREAS), st.integers(0, 300), st.sampled_from("rRuck")), max_size=30)


@given(story, st.integers(0, 300), st.integers(0, 300))
def test_time_under_alert_is_that_of_a_clock_that_looks_every_second(
    told: list[tuple[str, int, str]], one: int, other: int
) -> None:
    """Second by second: is the oblast, or any part of it, under alert? No second counts twice."""
    since, until = sorted((one, other))
    events = [_alert(area, at, what) for area, at, what in told]
    found = {each.oblast: each.alerted_ms for each in under_alert(events, after(since), after(until))}
    expected = {
        oblast: 1000 * sum(_stands(told, oblast, at) for at in range(since, until)) for oblast in ("UA-30", "UA-32")
    }
    assert found == {oblast: length for oblast, length in expected.items() if length}


def _alert(area: str, at: int, what: str) -> Event:
    shared: dict[str, object] = {"event": f"{area}-{at}-{what}", "at": after(at), "entry": "a", "area": area}
    match what:
        case "r":
            return AlertRaised(**shared)
        case "R":
            return AlertRaised(**shared, standing=True)
        case "u":
            return AlertUpdated(**shared)
        case "c":
            return AlertCleared(**shared)
        case _:
            return AlertCancelled(**shared)


def _stands(told: list[tuple[str, int, str]], oblast: str, at: int) -> bool:
    """Whether the last word before the end of this second, in some area of the oblast, was an alert."""
    last: dict[str, bool] = {}
    for area, said, what in sorted(told, key=lambda each: each[1]):
        if said <= at and area.startswith(oblast) and what != "R":
            last[area] = what in "ru"
    return any(last.values())


# ── figures and findings ────────────────────────────────────────────────────────────────────────────────────────────


@given(st.lists(st.none() | st.integers(0, 1000)))
def test_percentiles_leave_so_many_values_above(values: list[int | None]) -> None:
    """At least half, and 99 %, are not above; and no smaller value would do."""
    known = [value for value in values if value is not None]
    found = percentiles(values)
    assert (found is None) == (not known)
    for percent, limit in ((50, found.p50_us), (99, found.p99_us), (100, found.max_us)) if found else ():
        assert 100 * sum(value <= limit for value in known) >= percent * len(known)
        assert 100 * sum(value < limit for value in known) < percent * len(known)


def _kind(line: Line) -> str:
    return line.observation.kind if isinstance(line, Observed) else line.event.kind


def test_every_kind_of_finding_is_said_in_both_languages() -> None:
    """The night of the tests has nearly all; an exercise where all went well, and one that was killed, the others."""
    book = conducted()
    well = [line for line in _with_share(book.lines, 1.0) if _kind(line) != "event.expired"]
    confirmed = next(line for line in well if _kind(line) == "event.published")
    assert isinstance(confirmed, Observed)
    more = [
        confirmed._replace(observation=confirmed.observation.model_copy(update={"seq": line.seq}))
        for line in well
        if isinstance(line, Played)
    ]
    several = (book.lines, [*well, *more], book.lines[:-2])
    told = [each for given_lines in several for each in report_of(given_lines).findings]
    assert {each.topic for each in told} == set(get_args(Topic))
    for each in told:
        for language in ("uk", "en"):
            assert "{" not in finding(each, language)


def test_a_broker_that_comes_back_before_it_went_is_no_outage() -> None:
    """The first connection is no return."""
    log = Log().add([Observed(0, BEGUN_US, BrokerRestored(waiting=1))])
    assert log.breaks == []


def test_a_report_is_the_same_whenever_it_is_made(tmp_path: Path) -> None:
    """The same recording gives the same JSON and the same JUnit, byte for byte; floats and all."""
    recording = written(tmp_path, conducted().lines)
    made = [Report(About(metadata=recording.metadata, scenario=scenario()), Log().add(lines(recording))) for _ in "12"]  # type: ignore[arg-type]  # no strangers in it
    assert len({json.dumps(each.as_json()) for each in made}) == 1
    assert len({as_junit(each) for each in made}) == 1


def test_junit_has_a_case_for_each_expectation_and_objective() -> None:
    """Failures are those missed or late, what a recording cannot tell is skipped, damage fails."""
    suite = fromstring(as_junit(report_of(conducted().lines, damage="at byte 7: a hole")))
    assert suite.attrib["tests"] == "9" == str(len(suite.findall("testcase")))
    failed = {case.attrib["name"] for case in suite.findall("testcase") if case.find("failure") is not None}
    assert {"warn", "assess", "whole", "again: duty-officer ack within 60 s"} <= failed and len(failed) == 6
    assert (suite.attrib["failures"], suite.attrib["skipped"]) == ("6", "1")
    nothing = fromstring(as_junit(Report(About(metadata={}), Log())))
    assert (nothing.attrib["tests"], nothing.attrib["failures"]) == ("1", "0")
    assert fromstring(as_junit(report_of([]))).attrib["skipped"] == "8"
    well = fromstring(as_junit(report_of(list(_with_share(conducted().lines, 1.0)))))
    warn = next(case for case in well.findall("testcase") if case.attrib["name"] == "warn")
    assert list(warn) == []


# ── an evaluator's notes ────────────────────────────────────────────────────────────────────────────────────────────

NOTES = """\
evaluator: Control group
objectives:
  warn: {rating: S, note: {uk: Пізно, en: Late}}
strengths: [{text: Calm, objective: assess}]
improvements: [{text: Nobody called}]
plan: [{issue: Late siren, action: A second channel, element: equipment, owner: Warning centre, until: 2024-02}]
"""


def test_notes_are_read() -> None:
    """Ratings by objective, strengths, areas for improvement, rows of the plan."""
    notes = parse_evaluation(NOTES, file="notes.yaml", objectives=["warn", "assess"])
    assert notes.objectives["warn"].rating == "S" and notes.plan[0].until == "2024-02"
    found = report_of(conducted().lines)
    rated = Report(found.about, found.log, notes).as_json()
    assert rated["objectives"][0]["rating"] == "S" and rated["evaluation"]  # type: ignore[index]  # plain JSON


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("rating: S", "rating: A", "objectives.warn.rating: expected"),
        ("rating: S", "ratings: S", "unknown field `ratings`"),
        ("  warn:", "  wran:", "notes.yaml:3:3: objectives.wran: unknown objective `wran`; did you mean `warn`?"),
        ("objective: assess", "objective: asess", "notes.yaml:4:37: strengths[0].objective: unknown objective"),
    ],
)
def test_what_is_wrong_with_notes_is_said_with_its_place(right: str, wrong: str, told: str) -> None:
    """A rating there is not, an unknown field, an objective the scenario has not: file, line, column."""
    with pytest.raises(ScenarioError) as raised:
        parse_evaluation(NOTES.replace(right, wrong), file="notes.yaml", objectives=["warn", "assess"])
    assert str(raised.value).startswith("notes.yaml:")
    assert told in str(raised.value)


@pytest.mark.parametrize(
    "text", ["- a list", "just words", "", "plan: 3", "plan: [3]", "objectives: [1]", "a: [", b"\xff"]
)
def test_notes_that_are_none_are_refused_with_their_place(text: str | bytes) -> None:
    """Whatever is given, there is a sentence and no traceback."""
    with pytest.raises(ScenarioError, match=r"notes\.yaml:1:"):
        parse_evaluation(text, file="notes.yaml", objectives=[])


def test_real_time_is_due_time_in_the_tests_world() -> None:
    """The night of the tests is played sixty times as fast as it is told."""
    assert real_us(after(60)) - BEGUN_US == 1_000_000 and timeline().events and Book().lines == []
