"""The rules across a scenario and its facts, one small scenario each."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alertsim.errors import ScenarioError
from alertsim.scenario import Scenario, claims, parse_facts, warnings
from alertsim.scenario.document.wording import found, hint, listed, nearest, short, unknown
from alertsim.scenario.draft import MOST_PROBLEMS
from tests.scenario_texts import FACTS, RICH, problems, read
from tests.strategies import Written, scenarios, written_scenarios

HEADER = """\
alertsim: 1
basis: {}
title: A drill
exercise: {{type: drill, contact: control}}
start: 2024-01-01T00:00:00+02:00
events:
"""
FICTION, HISTORY = HEADER.format("fictional"), HEADER.format("historical")
FIRST = FICTION.count("\n") + 1


def said(events: str, facts: str | None = None, *, header: str = FICTION) -> list[str]:
    """What is wrong, as `line:column field: message`; the first entry begins on line `FIRST`."""
    return [str(problem).removeprefix("night.yaml:") for problem in problems(header + events, facts)]


def alert(raised: str, cleared: str | None, area: str = "UA-30") -> str:
    end = f", cleared: {cleared}" if cleared else ""
    return f"- alert: {{area: {area}, raised: {raised}{end}}}\n"


# Alerts of one area.


@pytest.mark.parametrize(
    ("events", "count"),
    [
        (alert("+1m", "+2m") + alert("+3m", "+4m"), 0),
        (alert("+1m", "+1m"), 1),
        (alert("+3m", None) + alert("+1m", "+2m"), 0),
        (alert("+1m", "+9m") + alert("+3m", "+4m"), 1),
        (alert("+1m", None) + alert("+3m", "+4m"), 1),
        (alert("+1m", "+3m") + alert("+3m", "+4m"), 1),
        (alert("+1m", "+9m") + alert("+3m", "+4m", "UA-32"), 0),
        (alert("+1m", "+9m") + alert("+3m", "+4m", "м. Київ"), 1),
    ],
)  # fmt: skip
def test_an_area_is_under_one_alert_at_a_time(events: str, count: int) -> None:
    """A second alert waits for the all-clear of the first, whatever the area is called and in whatever order."""
    assert len(said(events)) == count


def test_the_alert_that_overlaps_names_the_other() -> None:
    """The later raising is the one that is wrong; the line of the other is given."""
    (only,) = said(alert("+3m", "+4m") + alert("+1m", None))
    assert only == f"{FIRST}:32: events[0].alert.raised: UA-30 is under alert already: that of line 8 is never cleared"


# Names.


def test_default_ids_are_ids() -> None:
    """Two things that would get the same id are told to take one; so is what has the id of another by chance."""
    news = "- {at: +1m, news: {text: a}}\n"
    (only,) = said(news + news)
    assert only.startswith(
        f"{FIRST + 1}:3: events[1]: `news-20231231t220100z` is the id of what stands on line {FIRST}"
    )
    (only,) = said(news + "- {id: news-20231231t220100z, at: +2m, news: {text: b}}\n")
    assert only.startswith(f"{FIRST + 1}:8: events[1].id: ")


def test_an_entry_that_is_wrong_still_has_its_id() -> None:
    """The id of an entry that cannot be read may be a cause, and may not be taken again."""
    wrong = "- {id: hit, at: 5, news: {text: a}}\n- {id: [], at: +1m, news: {text: a}}\n- 7\n"
    incident = "- {id: fire, incident: {area: UA-30, cause: hit, updates: [{at: +1m, text: a}]}}\n"
    assert len(said(wrong + incident)) == 3
    assert len(said(wrong + incident + "- {id: hit, at: +1m, news: {text: a}}")) == 4


def test_a_misspelt_kind_of_entry_is_guessed() -> None:
    """What may have been meant is looked for among the fields that are no entry's, not among those that are."""
    assert said("- {alrt: 5, invented: all of it}")[0].endswith("; did you mean `alert`?")
    assert said("- {id: a, invented: all of it}")[0].endswith("found the fields id, invented")


@pytest.mark.parametrize("name", ["operator-a", "kyivstar"])
def test_a_real_operator_is_for_real_nights(name: str) -> None:
    """In a fictional scenario operators are made up; while the basis itself is wrong nothing is said."""
    outage = f"- {{id: down, at: +1m, outage: {{operator: {name}, up: {{voice: 0}}}}}}\n"
    assert len(said(outage)) == (name == "kyivstar")
    assert len(said(outage, header=HEADER.format("real"))) == 1


def test_a_real_operator_is_cited() -> None:
    """In a historical scenario it is not enough to invent the outage of a real operator."""
    outage = "- {id: down, at: +1m, outage: {operator: kyivstar, up: {voice: 0}}, invented: all}\n"
    (only,) = said(outage, "{article: {title: An old report}, paragraphs: {}}", header=HISTORY)
    assert only.endswith("`kyivstar` is a real operator: `cite` what is known of its outage")


def test_what_is_interpolated_cites_what_it_lies_between() -> None:
    """To say that a figure lies between others is not to say where those come from."""
    news = "- {{at: +1m, news: {{text: a}}, interpolated: halfway{}}}\n"
    facts = "{article: {title: An old report}, paragraphs: {p1: {retold: It was told here}}}"
    wrong = said(news.format(""), facts, header=HISTORY)
    assert wrong[-1].endswith("nothing is cited: `cite` the facts between which this is interpolated")
    assert said(news.format(", cite: [article.p1]"), facts, header=HISTORY) == []


def test_wrong_objectives_hide_that_they_are_expected() -> None:
    """While the objectives are wrong, no expectation is told that it names none of them."""
    news = "- {at: +1m, news: {text: a}, expect: [{who: all, what: ack, within: 1m, objective: warn}]}\n"
    assert len(said(news)) == 1
    assert len(said(news + "objectives: 5\n")) == 1
    assert said(news + "objectives: [{id: warn, text: Warn}]\n") == []
    assert said(news.replace(", objective: warn", "")) == []


# Broker faults.


def broken(at: str, fault: str, n: int = 0) -> str:
    return f"- {{id: broken-{n}, at: {at}, broker: {{{fault}}}}}\n"


@pytest.mark.parametrize(
    ("fault", "wrong"),
    [
        ("fault: kill, for: 30s", ""),
        ("fault: restart, for: 1s, persistence: true", ""),
        ("fault: restart, for: 4m, persistence: false", ""),
        ("fault: crash, for: 30s", "expected kill, stop or restart, found 'crash'"),
        ("fault: stop", "`for` is missing: add it"),
        ("fault: stop, for: 0s", "expected more than 0s: how long the broker is gone"),
        ("fault: stop, for: 5m", "before the broker is back: expected 4m or less"),
        ("fault: kill, for: 1s, persistence: true", "a `kill` keeps or loses what it may: only a `restart` has"),
    ],
)
def test_a_broker_fault_is_one_that_can_be_done(fault: str, wrong: str) -> None:
    """A known fault of some length, over before play is; only a restart has a state to keep."""
    chapters = "chapters: {one: {until: +5m}, two: {until: +9m}}\nplay: [one]\n"
    found = said(broken("+1m", fault) + chapters)
    assert [wrong in each for each in found] == ([True] if wrong else []), found


def test_a_fault_in_no_chapter_ends_when_it_likes() -> None:
    """Nobody plays it."""
    assert said(broken("+10m", "fault: kill, for: 30m") + "chapters: {one: {until: +5m}}\n") == []


def test_whether_a_fault_fits_is_not_said_where_play_is_unsure() -> None:
    """Chapters with a mistake of their own leave its length alone."""
    found = said(broken("+1m", "fault: kill, for: 30m") + "chapters: {one: {until: soon}}\nplay: [one]\n")
    assert found and not any("before the broker is back" in each for each in found)


def test_a_broker_fails_once_at_a_time() -> None:
    """A fault waits for the end of the one before it, in whatever order they stand."""
    kill = "fault: kill, for: 1m"
    (only,) = said(broken("+2m", kill, 1) + broken("+1m", kill, 2))
    assert only.startswith(
        f"{FIRST}:22: events[0].at: the broker fails already: the fault of line {FIRST + 1} lasts until"
    )
    assert said(broken("+2m1s", kill, 1) + broken("+1m", kill, 2)) == []


def test_a_stop_that_no_keep_alive_tells_is_doubted() -> None:
    """A stopped broker breaks no connection; at a slow pace, or killed, it is noticed."""
    stop, kill = (broken("+1m", f"fault: {fault}, for: 2m") for fault in ("stop", "kill"))
    for events, rate, count in ((stop, 60, 1), (stop, 1, 0), (kill, 60, 0)):
        text = FICTION + events + f"chapters: {{one: {{until: +5m, rate: {rate}}}}}\n"
        found = warnings(read(text, None), text, file="night.yaml", facts=None)
        assert ["the broker stands still for 2 s" in str(each) for each in found] == [True] * count


# Outages.


def outage(more: str, at: str = "+1m") -> str:
    return f"- {{id: down, at: {at}, outage: {{operator: operator-a, {more}}}}}\n"


@pytest.mark.parametrize(
    ("more", "wrong"),
    [
        ("up: {data: 0}, areas: {UA-46: {data: 0.5}, Kyiv: {data: 1}}", ""),
        ("areas: {UA-46: {data: 0}}", ""),
        ("roaming: blocked", ""),
        ("up: {data: 0}, restoration: [{at: +5m, roaming: blocked}, {at: +9m, roaming: open}]", ""),
        ("up: {data: 0}, flapping: {every: 10m, down: 2m, until: +1h}, restoration: [{at: +1h, up: {data: 1}}]", ""),
        ("up: {data: 0}, restoration: [{at: +5m, up: {data: 1}}, {at: +9m, over: 1m, up: {data: 0.5}}]", ""),
        ("up: {data: 0}, sirens: {UA-32: {share: 0.5}, Sumy oblast: {share: 0, fallback: bells}}", ""),
        ("onset: 5m", "outage: nothing changes: write `up`, `areas` or `roaming`"),
        ("up: {data: 0}, restoration: [{at: +5m}]", "outage.restoration[0]: nothing changes: write `up`, `areas` or"),
        ("areas: {}", "outage: nothing changes"),
        ("areas: {UA-46: {}}", "outage.areas.UA-46: nothing is said of this area: write what is up there, or leave it"),
        ("areas: {UA-46: {data: 0}, Lviv oblast: {data: 1}}",
         "outage.areas.Lviv oblast: `UA-46` and `Lviv oblast` are one area, UA-46: keep one"),
        ("areas: {UA-46: {data: 1.5}}", "outage.areas.UA-46.data: expected 1 or less, found 1.5"),
        ("areas: {UA-99: {data: 1}}", "outage.areas.UA-99: no area is called 'UA-99'"),
        ("areas: {UA-46: {daat: 1}}", "outage.areas.UA-46.daat: expected voice, sms, data or fixed, found 'daat'"),
        ("up: {data: 0}, roaming: open", "outage.roaming: roaming is not blocked before: write `roaming: blocked`"),
        ("roaming: blocked, restoration: [{at: +5m, roaming: open}, {at: +9m, roaming: open}]",
         "outage.restoration[1].roaming: roaming is not blocked before"),
        ("roaming: shut", "outage.roaming: expected blocked or open, found 'shut'"),
        ("up: {data: 0}, spill_over: {operator-b: {}}",
         "outage.spill_over.operator-b: nothing spills over on `operator-b`: write `load`, `latency_ms` or `loss`"),
        ("up: {data: 0}, spill_over: {operator-b: {loss: 1.2}}", "spill_over.operator-b.loss: expected 1 or less"),
        ("up: {data: 0}, spill_over: {operator-b: {latency_ms: 0.5}}", "latency_ms: expected a whole number, found"),
        ("up: {data: 0}, spill_over: {operator-z: {}}", "outage.spill_over.operator-z: unknown operator `operator-z`"),
        ("up: {data: 0}, flapping: {every: 10m, down: 10m, until: +1h}",
         "outage.flapping.down: expected more than 0s and less than `every`, 10m, found 10m"),
        ("up: {data: 0}, flapping: {every: 10m, down: 0s, until: +1h}", "outage.flapping.down: expected more than 0s"),
        ("up: {data: 0}, onset: 5m, flapping: {every: 2m, down: 1m, until: +6m}",
         "outage.flapping.until: expected a time after 2024-01-01T00:06:00+02:00, when it begins to come and go,"),
        ("up: {data: 0}, flapping: {every: 2m, down: 1m, until: +6m}, restoration: [{at: +5m, up: {data: 1}}]",
         "outage.restoration[0].at: expected 2024-01-01T00:06:00+02:00 or later (the onset, or the step before it"),
        ("roaming: blocked, flapping: {every: 2m, down: 1m, until: +6m}",
         "outage.flapping: nothing comes and goes: write `up` or `areas` beside it"),
        ("up: {data: 0}, flapping: {every: 1s, down: 1ms, until: +999h}", ": the entries make about 7,192,"),
        ("up: {data: 0}, flapping: {every: 0s, down: 1s, until: +61s}", "outage.flapping.down: expected more than 0s"),
        ("up: {data: 0}, sirens: {Bucha city: {share: 0.5}}",
         "outage.sirens.Bucha city: sirens are told of whole oblasts: write UA-32 and the share of its sirens"),
        ("up: {data: 0}, sirens: {UA-32: {share: 0.5}, Kyiv oblast: {share: 0.6}}",
         "outage.sirens.Kyiv oblast: `UA-32` and `Kyiv oblast` are one area, UA-32: keep one"),
        ("up: {data: 0}, sirens: {UA-32: {share: 0.5, fallback: {uk: дзвони, en: " + "a" * 81 + "}}}",
         "outage.sirens.UA-32.fallback.en: expected 80 characters or fewer, found 81"),
        ("up: {data: 0}, sirens: {UA-32: {fallback: bells}}", "outage.sirens.UA-32: `share` is missing: add it"),
    ],
)  # fmt: skip
def test_an_outage_holds_together(more: str, wrong: str) -> None:
    """What its phases, its areas, its turns and its sirens say fits, or is told of where it is written."""
    found = said(outage(more))
    assert all(wrong in each for each in found[:1])
    assert bool(found) == bool(wrong)


def test_figures_of_areas_and_sirens_are_held_to_their_facts() -> None:
    """A fact may give the share of a service in an area, of sirens in an oblast, and all that spills over."""
    value = "{up.data.UA-46: 0.5, sirens.UA-59: 0.25, loss.vodafone-ua: 0.1, latency_ms.vodafone-ua: 40, up.voice: 0}"
    facts = "{article: {title: An old report}, paragraphs: {}, facts: {low: {says: It was low there., source: abc, "
    facts += f"confidence: read, value: {value}}}}}}}"
    told = """\
- id: down
  at: +1m
  cite: [low]
  outage:
    operator: kyivstar
    up: {voice: 0}
    areas:
      UA-46: {data: 0.5}
    spill_over: {vodafone-ua: {loss: 0.1, latency_ms: 40}}
    sirens:
      UA-59: {share: 0.25, cite: [low]}
"""
    assert said(told, facts, header=HISTORY) == []
    for right, other, where in (
        ("data: 0.5", "data: 0.4", "14:21: events[0].outage.areas.UA-46.data: up.data.UA-46 is 0.4 here, but 0.5 in"),
        ("share: 0.25", "share: 0.3", "events[0].outage.sirens.UA-59.share: sirens.UA-59 is 0.3 here, but 0.25"),
        ("loss: 0.1", "loss: 0.2", "events[0].outage.spill_over.vodafone-ua.loss: loss.vodafone-ua is 0.2"),
        ("latency_ms: 40", "latency_ms: 50", "spill_over.vodafone-ua.latency_ms: latency_ms.vodafone-ua is 50 here"),
        ("voice: 0", "voice: 1", "events[0].outage.up.voice: up.voice is 1.0 here, but 0 in"),
        ("cite: [low]}", "cite: [lwo]}", "events[0].outage.sirens.UA-59.cite[0]: unknown fact `lwo`"),
    ):
        (only,) = said(told.replace(right, other), facts, header=HISTORY)
        assert where in only


def test_weapons_of_one_type_are_held_to_their_fact() -> None:
    """A fact may give how many of a type there were; what differs is told of at the salvo."""
    (only,) = problems(RICH, FACTS.replace("launched: 10,", "launched: 10, launched.s-400: 5,"))
    assert (only.field, only.message[:38]) == ("events[1].strike.salvo", "launched.s-400 is 4 here, but 5 in `st")


# Sizes.


def test_a_scenario_makes_a_bounded_number_of_events() -> None:
    """What compiles into too many events is refused before it is compiled."""
    salvo = "[{weapon: shahed, count: 9000}]"
    strike = "- {{id: s{}, at: +1m, strike: {{salvo: {}, target: UA-30, outcome: {{impacted: 9000}}}}}}\n"
    assert said("".join(strike.format(n, salvo) for n in range(3))) == []
    (only,) = said("".join(strike.format(n, salvo) for n in range(4)))
    assert only.startswith("6:1: events: the entries make about 108,000 events, more than 100,000")


def test_not_everything_is_told_at_once() -> None:
    """A file that is wrong in each of many entries, or many times in one, is told a bounded part of it."""
    assert len(said("- 5\n" * 1_000)) == MOST_PROBLEMS
    strike = "- {id: x, at: +1m, strike: {target: UA-30, outcome: {}, salvo: [" + "5," * 90 + "]}}\n"
    assert len(said(strike)) == 90
    assert len(said(strike * 9)) == MOST_PROBLEMS
    assert len(said("- {at: +1m, news: {text: a}}\n" * 1_000)) == MOST_PROBLEMS


# Times.


def test_times_reach_no_further_than_a_calendar() -> None:
    """No time and no duration is so far off that it could not be shown."""
    far = "- {at: 9999-12-31T23:59:59-14:00, news: {text: a}}\n- {at: +999999d, news: {text: a}}\n"
    far += "- {at: 0001-01-01T00:00:00+14:00, news: {text: a}}\n- {at: +1m, news: {text: a}, valid_for: 999999d}\n"
    assert [line.split(": ", 2)[2][:46] for line in said(far)] == [
        "expected a time between the years 1900 and 220",
        "expected a duration of ten years at most, foun",
        "expected a time between the years 1900 and 220",
        "expected a duration of ten years at most, foun",
    ]
    assert "between the years" in said("- {at: +3660d, news: {text: a}}", header=FICTION.replace("2024", "2199"))[0]


def test_a_wrong_start_hides_what_follows_from_it() -> None:
    """While the start is wrong nothing is said about times before it, nor about the order of others."""
    events = alert("2020-01-01T00:00:00+02:00", "2019-01-01T00:00:00+02:00") + alert("+1m", "+2m")
    (only,) = said(events, header=FICTION.replace("2024", "24"))
    assert only.startswith("5:8: start:")


# The words.


def test_no_name_of_a_chapter_contradicts_the_mark() -> None:
    """The name of a chapter is read by people too."""
    (only,) = said("  []\nchapters: {this-is-not-a-drill: {until: +1m}}\n")
    assert only.startswith(f"{FIRST + 1}:12: chapters.this-is-not-a-drill: ")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("capability: Public Information and Warning", "capability: This is not a drill"),
        ("contact: Exercise control", "contact: This is not a drill"),
        ("text: Pass on the alert", "text: This is not a drill"),
        ("en: A quiet night", "en: This is not a drill"),
        ("what: ack", "what: This is not a drill"),
        ("method: phone", "method: This is not a drill"),
        ("expected_action: Confirm the alert", "expected_action: This is not a drill"),
        ("invented: six and four", "invented: This is not a drill"),
        ("en: Callers ask whether the danger is over", "en: This is not a drill"),
        ("to: duty-officer", "to: this-is-not-a-drill"),
    ],
)  # fmt: skip
def test_no_text_contradicts_the_mark(before: str, after: str) -> None:
    """Whatever field it stands in, a text that contradicts the exercise mark is refused where it stands."""
    text = RICH.replace(before, after, 1)
    (only,) = problems(text)
    start = len("\n".join(text.split("\n")[: only.line - 1])) + only.column
    assert text[start:].lower().startswith(("this is not a drill", "this-is-not-a-drill"))
    assert "contradicts the exercise mark" in only.message


# Facts.

ARTICLE = "article: {title: An old report}\nparagraphs:\n  p1: {retold: Something happened.%s}\n"
NEWS = "- {at: 2024-01-01T01:00:00+02:00, news: {text: a}, cite: [%s]}\n"


def test_times_of_facts_are_compared_as_times() -> None:
    """The same instant at another offset is the same figure; another instant is not."""
    for value, count in (("2023-12-31T23:00:00+00:00", 0), ("2023-12-31T23:00:01+00:00", 1)):
        facts = ARTICLE % f", value: {{at: {value}}}"
        assert len(said(NEWS % "article.p1", facts, header=HISTORY)) == count


def test_areas_of_facts_are_compared_as_areas() -> None:
    """A fact may call the area otherwise."""
    assert problems(RICH, FACTS.replace("area: UA-30", "area: Kyiv")) == ()
    (only,) = problems(RICH, FACTS.replace("area: UA-30", "area: Kyiv oblast"))
    assert only.message.startswith("area is UA-30 here, but UA-32 in `siren`")


def test_what_must_be_known_is_never_invented() -> None:
    """Counts and alert times need a fact that has them, also where something is said to be invented."""
    for value, count in ((", value: {launched: 2, impacted: 2}", 0), (", value: {launched: 2}", 1), ("", 2)):
        strike = "{salvo: [{weapon: shahed, count: 2}], target: UA-30, outcome: {impacted: 2}}"
        entry = f"- {{id: hit, at: +1m, strike: {strike}, cite: [article.p1], invented: all}}\n"
        assert len(said(entry, ARTICLE % value, header=HISTORY)) == count


def test_a_fact_that_cannot_be_read_is_not_missed() -> None:
    """While a fact that is cited is wrong itself, nobody is told that it does not give a figure."""
    strike = "{salvo: [{weapon: shahed, count: 2}], target: UA-30, outcome: {intercepted: 2}}"
    entry = f"- {{id: hit, at: +1m, strike: {strike}, cite: [article.p1]}}\n"
    (only,) = said(entry, ARTICLE % ", valu: {launched: 2}", header=HISTORY)
    assert "unknown field `valu`" in only
    (only,) = said(entry, ARTICLE % ", value: {launched: two, intercepted: 2}", header=HISTORY)
    assert only.endswith("value.launched: expected a whole number, found 'two'")


def test_a_part_of_an_entry_cites_for_itself() -> None:
    """A report that neither cites nor invents rests on what its entry says, if that says anything."""
    report = "- {id: fire, incident: {area: UA-30, updates: [{at: +1m, text: a%s}]}%s}\n"
    cite, facts = ", cite: [article.p1]", ARTICLE % ""
    assert said(report % (cite, ""), facts, header=HISTORY) == []
    assert said(report % ("", cite), facts, header=HISTORY) == []
    assert len(said(report % (", invented: all of it", ""), facts, header=HISTORY)) == 1
    (_, only) = said(report % ("", ""), facts, header=HISTORY)
    assert only.startswith(f"{FIRST}:48: events[0].incident.updates[0]: nothing is cited")


def test_a_fictional_scenario_may_cite() -> None:
    """It need not; but what it cites must exist, and no figure is held to it."""
    facts = ARTICLE % ", value: {at: 2023-01-01T00:00:00+02:00}"
    assert said(NEWS % "article.p1", facts) == []
    assert len(said(NEWS % "article.p1, article.p2", facts)) == 1
    assert len(said(NEWS % "article.p1")) == 1
    assert said("  []\n") == []


def test_paragraphs_are_used_or_say_why_not() -> None:
    """An entry, even a wrong one, or a conflict uses a paragraph; `unused` is for those that nothing uses."""
    reason = ", unused: It tells of nothing."
    assert len(said("  []\n", ARTICLE % "")) == 1
    assert said("  []\n", ARTICLE % reason) == []
    assert len(said(NEWS % "article.p1", ARTICLE % reason)) == 1
    (only,) = said((NEWS % "article.p1").replace("text: a", "text: 5"), ARTICLE % "")
    assert "expected a text" in only
    conflict = "conflicts: [{between: [article.p1, x], about: They disagree here., follows: x, why: It is exact.}]\n"
    facts = "facts: {x: {says: Something else., source: abc, confidence: read}}\n"
    assert said("  []\n", ARTICLE % "" + facts + conflict) == []


@pytest.mark.parametrize("facts", ["", "- 5", "a: b: c", "article: [", "paragraphs: 5", "{facts: [], article: 5}"])
def test_facts_that_cannot_be_read_are_a_problem_of_their_own(facts: str) -> None:
    """Broken facts have problems, and the scenario is not told that it cites what is not there."""
    assert problems(RICH, facts)
    if facts in {"", "- 5", "a: b: c", "article: ["}:
        assert {problem.file for problem in problems(RICH, facts)} == {"facts.yaml"}
    with pytest.raises(ScenarioError):
        parse_facts(facts, file="f")


def test_both_files_are_told_at_once() -> None:
    """A scenario and facts that are no YAML at all make a problem each."""
    assert [problem.file for problem in problems("a: b: c", "- - a\n b")] == ["facts.yaml", "night.yaml"]


@settings(max_examples=50)
@given(scenarios())
def test_every_part_of_an_entry_claims_something(scenario: Scenario) -> None:
    """Claims stand where the entry has a part, and their figures are numbers or names."""
    for entry in scenario.events:
        for claim in claims(entry):
            assert claim.by is entry
            assert all(isinstance(figure, int | float | str) for figure in claim.figures.values())


# Remarks.


def remarked(text: str, facts: str | None) -> list[str]:
    rest = (facts, "facts.yaml") if facts is not None else None
    return list(map(str, warnings(read(text, facts), text, file="night.yaml", facts=rest)))


def test_what_may_be_a_mistake_is_remarked() -> None:
    """Texts too long for a headline, facts and figures nobody uses."""
    alone = "  alone: {says: Nobody cites this., source: abc, confidence: read}\nconflicts:"
    conflict = "  - {between: [strike, siren], about: Nothing at all., follows: siren, why: It is exact.}\n"
    facts = FACTS.replace("  p2:\n", "  p2:\n    value: {days: 79}\n").replace("conflicts:", alone) + conflict
    text = RICH.replace("Callers ask whether the danger is over", "Callers ask. " * 20)
    text = text.replace("A plain text", "x" * 140).replace("Kyiv: 25 people injured", "Kyiv: " + "x" * 130)
    cut = "characters: a headline has room for 130 and cuts the rest off"
    assert remarked(text, facts) == [
        "facts.yaml:10:13: paragraphs.p2.value.days: no entry that cites article.p2 states days",
        "facts.yaml:46:3: facts.alone: nothing cites `alone`",
        "night.yaml:22:3: chapters.before: nothing happens in `before`: put something into it, or remove it",
        f"night.yaml:83:17: events[3].incident.updates[0].text.en: 136 {cut}",
        f"night.yaml:102:18: events[4].inject.text.en: 259 {cut}",
        f"night.yaml:108:9: events[5].news.text: 153 {cut}",
    ]


def test_an_entry_outside_every_chapter_is_remarked() -> None:
    """It is always passed over; without chapters everything is played."""
    news = "- {at: +1m, news: {text: a}}\n- {at: +3m, news: {text: a}}\n"
    assert remarked(FICTION + news, None) == []
    assert remarked(FICTION + news + "chapters: {a: {until: +4m}}\n", None) == []
    assert len(remarked(FICTION + news + "chapters: {a: {until: +2m}}\n", None)) == 1
    assert len(remarked(FICTION + news + "chapters: {a: {from: +2m, until: +4m}}\n", None)) == 1


@settings(max_examples=50)
@given(written_scenarios())
def test_remarks_are_made_of_any_scenario(written: Written) -> None:
    """A remark stands on a line of its file, in an entry or a chapter."""
    remarks = warnings(written.scenario, written.text, file="f", facts=None)
    assert all(remark.line <= written.text.count("\n") + 1 for remark in remarks)
    assert all(remark.field.startswith(("events[", "chapters.", "play[")) for remark in remarks)


# The words of errors.


@given(st.text(max_size=500))
def test_a_text_in_a_message_is_short_and_on_one_line(text: str) -> None:
    """Whatever stands in the file, the message stays a line."""
    assert len(short(text)) <= 61
    assert "\n" not in found(text)


def test_values_are_called_what_they_are() -> None:
    """A value in a message reads as it is written."""
    values = [None, True, 5, 1.5, "a", [], [1, 2], {}, {"a": 1, "b": 2}]
    assert list(map(found, values)) == [
        "nothing", "true", "5", "1.5", "'a'", "an empty list", "a list of 2", "no fields at all", "the fields a, b",
    ]  # fmt: skip


def test_names_are_suggested() -> None:
    """The nearest name if there is one, else all if they are few, else none."""
    assert unknown("thing", "Shaded", ["shahed", "other"]) == "unknown thing `Shaded`; did you mean `shahed`?"
    assert unknown("thing", "zzz", ["a", "b", "a"]) == "unknown thing `zzz`; known: a, b"
    assert hint("zzz", []) == hint("zzz", map(str, range(20))) == ""
    assert nearest("", ["a"]) is None
    assert [listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"], "and")] == ["a", "a or b", "a, b and c"]
