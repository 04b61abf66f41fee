"""What `check` doubts: each doubt in the smallest scenario that deserves it, and none in one that does not."""

from pathlib import Path

import pytest
from hypothesis import given, settings

from alertsim import library
from alertsim.scenario import warnings
from alertsim.scenario.brands import brands
from alertsim.scenario.dates import days, distant_days
from alertsim.scenario.places import elsewhere, english, forms, mentions, stem
from alertsim.scenario.rules.notes import notes
from alertsim.times import parse_instant
from tests.scenario_texts import CATALOGUE, read
from tests.strategies import Written, written_scenarios

SEEDS = Path(__file__).parents[2] / "seeds"
HEADER = """\
alertsim: 1
basis: fictional
title: A drill
exercise: {type: drill, contact: control}
start: 2024-01-01T00:00:00+02:00
"""
RELAPSE = "{at: +6m, up: {fixed: 0}}, {at: +6m30s, up: {fixed: 1}}]"
END = "- {id: end, at: +1h, news: {text: a}}\n"


def strike(name: str, at: str = "+1m", more: str = "") -> str:
    """A strike of one weapon, as an entry on one line."""
    salvo = "salvo: [{weapon: shahed, count: 1}], outcome: {impacted: 1}"
    return f"- {{id: {name}, at: {at}, strike: {{{salvo}, target: UA-53{more}}}}}\n"


def outage(more: str) -> str:
    """An outage of a made-up operator from the start on."""
    return f"- {{id: out, at: +0s, outage: {{operator: operator-a, {more}}}}}\n"


def incident(*times: str, more: str = "") -> str:
    """Reports at these times."""
    updates = ", ".join(f"{{at: {at}, text: a}}" for at in times)
    return f"- {{id: fire, incident: {{area: UA-30, updates: [{updates}]}}{more}}}\n"


def doubted(rest: str, header: str = HEADER) -> list[str]:
    """What is remarked: place and message."""
    text = header + rest
    found = warnings(read(text, None), text, file="f", facts=None, catalogue=CATALOGUE)
    return [str(one).removeprefix("f:") for one in found]


def told(rest: str) -> list[str]:
    text = HEADER + rest
    return [one.message for one in notes(read(text, None), text, file="f")]


# Alerts and strikes.


@pytest.mark.parametrize(
    ("alert", "count"),
    [
        ("{area: UA-30, raised: +1m, cleared: +2m}", 0),
        ("{area: UA-30, raised: +1m}", 1),
        ("{area: UA-30, pre_alert: +1m, cleared: +2m}", 0),
        ("{area: UA-30, pre_alert: +1m}", 1),
        ("{area: UA-30, raised: +1m, lasts: 5m}", 0),
        ("{area: UA-43, standing: true}", 0),
    ],
)
def test_an_alert_ends(alert: str, count: int) -> None:
    """At an hour or after a time; a standing one does not."""
    found = doubted(f"events:\n- alert: {alert}\n")
    assert len(found) == count
    assert all("6:3: events[0].alert: this alert is never cleared" in one.replace("7:3", "6:3") for one in found)


@pytest.mark.parametrize(
    ("start", "area", "count"),
    [("2024", "UA-09", 1), ("2024", "UA-43", 1), ("2021", "UA-43", 0), ("2024", "UA-30", 0), ("2022", "UA-09", 0)],
)
def test_alerts_where_one_stands_already(start: str, area: str, count: int) -> None:
    """From the day on that it stands, an alert there is a standing one."""
    header = HEADER.replace("2024", start)
    found = doubted(f"events:\n- alert: {{area: {area}, raised: +1m, cleared: +2m}}\n", header)
    assert len(found) == count
    assert all("standing: true" in one for one in found)


@pytest.mark.parametrize(
    ("more", "count"),
    [
        ("", 1),
        ("- alert: {area: UA-59, raised: +1m, cleared: +5m}\n", 1),
        ("- alert: {area: UA-53, raised: +1m, cleared: +5m}\n", 0),
        ("- alert: {area: UA-53/109, raised: +1m, cleared: +5m}\n", 0),
        ("- alert: {area: UA-59, raised: +1m, updates: [{at: +2m, areas: [UA-53]}], cleared: +5m}\n", 0),
        (strike("two", more=", alert: auto"), 0),
        (strike("two", more=", alert: {areas: [UA-53/109]}"), 0),
    ],
)  # fmt: skip
def test_a_strike_has_a_siren(more: str, count: int) -> None:
    """In its area, in one around or inside it, before or after; written down or derived."""
    found = doubted(f"events:\n{strike('one')}{more}")
    assert len(found) == count
    assert all("no alert of this scenario covers UA-53" in one for one in found)


def covered(*alerts: str, sirens: str = "{sirens: direct}", at: str = "+1h", chapters: str = "") -> list[str]:
    """What is doubted of a strike on UA-53 with a derived siren, beside alerts written down."""
    written = "".join(f"- {{alert: {alert}}}\n" for alert in alerts)
    end = "- {id: end, at: +2h, news: {text: a}}\n"
    return doubted(f"{chapters}events:\n{strike('hit', at, f', warning: 9m, alert: {sirens}')}{written}{end}")


@pytest.mark.parametrize(
    ("alert", "count"),
    [
        ("{area: UA-53, raised: +50m, cleared: +90m}", 1),
        ("{area: UA-53, raised: +30m, lasts: {p0: 20m, p100: 30m}}", 1),
        ("{area: UA-53, raised: +30m, lasts: {p0: 10m, p100: 20m}}", 0),
        ("{area: UA-53, standing: true}", 1),
        ("{area: UA-53, raised: +52m, cleared: +90m}", 0),
        ("{area: UA-53, pre_alert: +50m, raised: +52m, cleared: +90m}", 0),
        ("{area: UA-53, raised: +50m, cleared: +51m}", 0),
        ("{area: UA-53/109, raised: +50m, cleared: +90m}", 0),
        ("{area: UA-53, raised: +50m, cleared: +90m}, chance: 0.5", 0),
        ("{area: UA-53, raised: +50m, cleared: +90m}, only_if: 'end:published'", 0),
    ],
)
def test_a_derived_siren_gives_way_to_a_written_alert(alert: str, count: int) -> None:
    """Where that surely stands when the siren would sound, ten seconds after the detection: nothing would be heard."""
    found = covered(alert)
    assert len(found) == count
    assert all("UA-53 is under a written alert then, and the siren of `hit` adds nothing" in one for one in found)


def test_each_area_of_a_derived_siren_may_be_covered() -> None:
    """By itself; the others are heard."""
    alert = "{area: UA-59, raised: +50m, cleared: +90m}"
    assert len(covered(alert, sirens="{areas: [UA-53, UA-59], delay: 30s}")) == 1
    assert covered("{area: UA-53, raised: +0s, cleared: +20s}", at="+1m", sirens="{sirens: direct, delay: 25s}") == []
    assert len(covered("{area: UA-53, raised: +0s, cleared: +30s}", at="+1m", sirens="{sirens: direct}")) == 1


@pytest.mark.parametrize(
    ("sirens", "until", "count"),
    [("auto", "+2h", 0), ("auto", "+110m", 1), ("{lasts: 9m}", "+61m", 0), ("{lasts: {p0: 1s, p100: 9m}}", "+59m", 1)],
)
def test_a_drawn_all_clear_comes_before_the_end(sirens: str, until: str, count: int) -> None:
    """At least in half of all seeds, and never before the last arrival; without chapters play waits for it."""
    found = [
        one for one in covered(sirens=sirens, chapters=f"chapters: {{a: {{until: {until}}}}}\n") if "all-cl" in one
    ]
    assert len(found) == count
    assert all("and cancels the alert: give a shorter `lasts`, or a later end" in one for one in found)
    assert covered(sirens=sirens) == []


def test_a_drawn_end_of_a_written_alert_counts_too() -> None:
    """Its median decides."""
    few, many, flat = (
        "{p0: 1m, p90: 90m, p100: 3h}",
        "{p0: 1m, p50: 61m, p100: 3h}",
        "{p0: 0s, p60: 66m, p80: 67m, p100: 67m}",
    )
    for lasts, count in ((few, 0), (many, 1), (flat, 0)):
        rest = f"events:\n- alert: {{area: UA-53, raised: +0s, lasts: {lasts}}}\n"
        assert len(doubted("chapters: {a: {until: +1h}}\n" + rest)) == count


@pytest.mark.parametrize(
    ("people", "count"),
    [
        ("{injured: 2, children: 2, hospitalised: 2}", 0),
        ("{injured: 2, children: 3}", 1),
        ("{injured: 2, killed: 1, women: 3}", 0),
        ("{injured: 2, killed: 1, hospitalised: 3, men: 4}", 2),
        ("{children: 3}", 0),
    ],
)
def test_no_part_of_the_people_is_larger_than_all(people: str, count: int) -> None:
    """In one report, as far as it says how many are injured; children may be among the killed."""
    report = f"{{at: +1m, text: a, casualties: {people}}}"
    found = doubted(f"events:\n- {{id: fire, incident: {{area: UA-53, updates: [{report}, {{at: +2m, text: a}}]}}}}\n")
    assert len(found) == count
    assert all("and only 2 injured: correct one of them" in one for one in found)


# Outages.


@pytest.mark.parametrize(
    ("more", "count"),
    [
        ("up: {data: 0}, restoration: [{at: +50s, up: {data: 1}}]", 1),
        ("up: {data: 0}, restoration: [{at: +70s, up: {data: 1}}]", 0),
        ("up: {voice: 0}, restoration: [{at: +50s, up: {voice: 1}}]", 0),
        ("up: {data: 0}, restoration: [{at: +30s, over: 40s, up: {data: 1}}]", 0),
        ("up: {data: 0}", 0),
        ("up: {fixed: 0.5}, restoration: [{at: +5m, up: {fixed: 1}}, {at: +6m, up: {fixed: 0}}]", 0),
        ("up: {fixed: 0.5}, restoration: [{at: +5m, up: {fixed: 1}}, " + RELAPSE, 1),
        ("up: {data: 0}, restoration: [{at: +50s, up: {voice: 1}}, {at: +9m, up: {data: 1}}]", 0),
    ],
)  # fmt: skip
def test_an_outage_lasts_longer_than_a_keep_alive(more: str, count: int) -> None:
    """Each stretch without data or fixed lines; voice carries no messages."""
    found = doubted(f"events:\n{outage(more)}{END}")
    assert len(found) == count
    assert all("MQTT clients notice an outage after about a minute: let it last" in one for one in found)


def test_the_pace_of_an_outage_counts() -> None:
    """Two minutes are too short at a rate of three; what lies between chapters does not count."""
    down = outage("up: {data: 0}, restoration: [{at: +2m, up: {data: 1}}]")
    assert doubted(f"events:\n{down}{END}") == []
    (only,) = doubted(f"chapters: {{a: {{until: +1h, rate: 3}}}}\nevents:\n{down}{END}")
    assert "8:17: events[0].at: data is down for 40 s at the pace of its chapters" in only
    assert only.endswith("let it last 1m longer, or play these chapters at rate 2 or slower")
    (only,) = doubted(f"chapters: {{a: {{until: +1s, rate: 3}}, b: {{from: +3m, until: +1h}}}}\nevents:\n{down}{END}")
    assert "data is down for 0.33 s at the pace" in only
    (only,) = doubted(f"events:\n{outage('up: {data: 0}, restoration: [{at: +50s, up: {data: 1}}]')}{END}")
    assert only.endswith("let it last 10s longer")


def test_an_area_counts_as_the_country_does() -> None:
    """A stretch that is too short in one area only is told of with that area."""
    down = "up: {data: 0}, areas: {UA-46: {data: 0.5}}, restoration: ["
    back = "{at: +9m, up: {data: 1}}]"
    assert doubted(f"events:\n{outage(f'{down}{back}')}{END}") == []
    (only,) = doubted(f"events:\n{outage(f'{down}{{at: +50s, areas: {{Lviv oblast: {{data: 1}}}}}}, {back}')}{END}")
    assert "events[0].at: data is down in UA-46 for 50 s at the pace of its chapters, and MQTT clients" in only
    dip = "{at: +9m, areas: {UA-30: {fixed: 0}}}, {at: +9m30s, areas: {UA-30: {fixed: 1}}}]"
    (only,) = doubted(f"events:\n{outage(f'up: {{fixed: 1}}, restoration: [{dip}')}{END}")
    assert "events[0].outage.restoration[0].at: fixed is down in UA-30 for 30 s at the pace" in only


@pytest.mark.parametrize(
    ("more", "rate", "count"),
    [
        ("up: {data: 0}, flapping: {every: 10m, down: 2m, until: +20m}, restoration: [{at: +1h, up: {data: 1}}]", 1, 0),
        ("up: {data: 0}, flapping: {every: 10m, down: 2m, until: +20m}, restoration: [{at: +1h, up: {data: 1}}]", 3, 1),
        ("up: {voice: 0}, flapping: {every: 10m, down: 2m, until: +20m}", 3, 0),
        ("areas: {UA-46: {fixed: 0}}, flapping: {every: 10m, down: 30s, until: +20m}", 1, 1),
        ("up: {data: 0}, restoration: [{at: +30m, up: {data: 1}, flapping: {every: 1m, down: 9s, until: +40m}}]", 1, 1),
    ],
)  # fmt: skip
def test_what_flaps_is_down_longer_than_a_keep_alive(more: str, rate: int, count: int) -> None:
    """Each time, at the pace of the chapters; voice carries no messages."""
    chapters = f"chapters: {{a: {{until: +2h, rate: {rate}}}}}\n"
    found = doubted(f"{chapters}events:\n{outage(more)}{END}")
    assert len(found) == count
    assert all("flapping.down: each time it is down for " in one for one in found)
    assert all("MQTT clients notice an outage after about a minute: let it last" in one for one in found)


def test_roaming_that_is_never_opened_is_doubted() -> None:
    """Whoever blocks it says when that is lifted."""
    (only,) = doubted(f"events:\n{outage('roaming: blocked')}{END}")
    assert only.endswith(
        "outage: roaming stays blocked: write `roaming: open` in the step of `restoration` that lifts it"
    )
    assert doubted(f"events:\n{outage('roaming: blocked, restoration: [{at: +1m, roaming: open}]')}{END}") == []


def test_what_an_outage_names_is_part_of_the_story() -> None:
    """A text may speak of an oblast whose network or sirens fail; the name of a city is read as its oblast."""
    news = '- {id: told, at: +5m, news: {text: "Lviv oblast has no network, Sumy oblast no sirens"}}\n'
    down = "areas: {Lviv: {data: 0}}, sirens: {UA-59: {share: 1, fallback: In Odesa bells ring}}"
    (only,) = doubted(f"events:\n{outage(down)}{news}{END}")
    assert "fallback: speaks of Odesa, nothing happens there" in only
    (read_as,) = (one for one in told(f"events:\n{outage(down)}{news}{END}") if "is read as" in one)
    assert read_as == "`Lviv` is read as UA-46, Lvivska oblast; the city is `Lviv city`"


# Expectations.


def expecting(within: str, at: str = "+0s", chapters: str = "", play: str = "") -> list[str]:
    inject = f"- {{id: ask, at: {at}, inject: {{method: phone, text: a}}, "
    inject += f"expect: [{{who: all, what: ack, within: {within}}}]}}\n"
    return doubted(f"{play}{chapters}events:\n{inject}{END}")


@pytest.mark.parametrize(
    ("within", "rate", "count"),
    [("5s", 1, 0), ("4s", 1, 1), ("4m", 59, 1), ("5m", 59, 0), ("1m", 60, 0), ("1m", 900, 0)],
)
def test_people_have_time_to_act(within: str, rate: int, count: int) -> None:
    """Five real seconds at least, unless the chapter is there to be watched."""
    found = expecting(within, chapters=f"chapters: {{a: {{until: +1h, rate: {rate}}}}}\n")
    assert len(found) == count
    assert all("nobody acts so fast" in one for one in found)


def test_what_follows_may_be_faster() -> None:
    """The time runs at the pace of each chapter it reaches into."""
    chapters = "chapters: {a: {until: +1m, rate: 1}, b: {until: +1h, rate: 600}}\n"
    assert expecting("5m", at="+58s", chapters=chapters) != []
    assert expecting("5m", at="+50s", chapters=chapters) == []


@pytest.mark.parametrize(
    ("at", "play", "count"),
    [
        ("+55m", "", 0),
        ("+56m", "", 1),
        ("+6m", "play: [a]\n", 1),
        ("+5m", "play: [a]\n", 0),
        ("+12m", "play: [a]\n", 0),
    ],
)
def test_an_expectation_ends_before_play_does(at: str, play: str, count: int) -> None:
    """With the last chapter that is played; what lies behind it, with the last of all."""
    chapters = "chapters: {a: {until: +10m}, b: {until: +1h}}\n"
    found = [one for one in expecting("5m", at=at, chapters=chapters, play=play) if "nothing happens" not in one]
    assert len(found) == count
    assert all("play ends at 2024-01-01T0" in one for one in found)


def test_without_chapters_play_ends_with_the_last_event() -> None:
    """Nobody waits for an answer to it."""
    assert expecting("5m", at="+2h") != []
    assert expecting("5m", at="+1m") == []


def test_the_siren_is_what_people_answer() -> None:
    """The time of an alert counts from its siren, of an incident from its first report."""
    expect = "expect: [{who: all, what: ack, within: 5m}]"
    chapters = "chapters: {a: {until: +20m}, b: {from: +30m, until: +1h}}\n"
    early = "- {id: x, at: +1m, news: {text: a}}\n"
    raised = "area: UA-30, pre_alert: +1m, raised: +18m, cleared: +1h"
    assert doubted(f"{chapters}events:\n- {{alert: {{{raised}}}, {expect}}}\n{END}") == []
    assert doubted(f"{chapters}events:\n- {{alert: {{area: UA-43, standing: true}}, {expect}}}\n{early}{END}") == []
    assert doubted(f"{chapters}events:\n{incident('+25m', '+35m', more=', ' + expect)}{early}{END}") == []


# Chapters.


def test_something_happens_in_a_chapter() -> None:
    """Also the middle of an outage's onset, and a salvo that goes on."""
    chapters = "chapters: {a: {until: +10m}, b: {until: +20m}, c: {until: +1h}}\n"
    start = "- {id: x, at: +1m, news: {text: a}}\n"
    (only,) = doubted(f"{chapters}events:\n{start}{END}")
    assert only.startswith("6:30: chapters.b: nothing happens in `b`")
    onset = "- {id: out, at: +9m, outage: {operator: operator-a, onset: 40m, up: {data: 0}}}\n"
    assert doubted(f"{chapters}events:\n{start}{onset}{END}") == []
    salvo = strike("hit", "+9m", ", spread: 5m, alert: {lasts: 5m}")
    assert doubted(f"{chapters}events:\n{start}{salvo}{END}") == []


@pytest.mark.parametrize(("others", "said"), [(0, ""), (1, "passes over e0:"), (3, "passes over e0 and 2 more:")])
def test_play_jumps_over_nothing_that_happens(others: int, said: str) -> None:
    """An entry that lies wholly in a chapter left out between two that are played is missed."""
    chapters = "play: [a, c]\nchapters: {a: {until: +10m}, b: {until: +20m}, c: {until: +1h}}\n"
    events = "".join(f"- {{id: e{n}, at: +15m, news: {{text: a}}}}\n" for n in range(others))
    found = doubted(f"{chapters}events:\n{incident('+5m', '+12m', '+30m')}{events}{END}")
    assert len(found) == bool(others)
    assert all(said in one and one.startswith("6:11: play[1]: ") for one in found)


def test_what_is_good_to_know_is_no_doubt() -> None:
    """Chapters left out unless asked, expectations that are shown only: notes, not warnings."""
    chapters = "play: [a]\nchapters: {a: {until: +10m, rate: 100}, b: {until: +20m}, c: {until: +1h}}\n"
    ask = "- {id: ask, at: +1m, inject: {method: phone, text: a}, expect: [{who: all, what: ack, within: 1m}]}\n"
    rest = f"{chapters}events:\n{ask}- {{id: x, at: +15m, news: {{text: a}}}}\n{END}"
    assert doubted(rest) == []
    assert told(rest)[1:3] == [
        "`run` leaves b and c out unless asked: --chapter b",
        "1 expectation lies in chapters faster than a person acts (ask): `run --rate 1` gives people their time",
    ]


# What is good to know.


def noted(events: str, words: str, header: str = HEADER) -> list[str]:
    """The notes that have these words, with their places."""
    text = header + f"events:\n{events}"
    found = notes(read(text, None), text, file="f")
    return [str(one).removeprefix("f:") for one in found if words in one.message]


def test_a_city_that_is_read_as_an_oblast_is_noted() -> None:
    """Once for each name, where it is first: of an alert, a target, a list of areas; a full name says what it means."""
    alert = "- alert: {{area: {}, raised: +{}m, cleared: +{}m}}\n"
    several = "- alert: {area: UA-56, raised: +1m, updates: [{at: +2m, areas: [Суми, UA-05]}], cleared: +5m}\n"
    full = "".join(alert.format(area, 1, 2) for area in ("м. Харків", "Sumska oblast", "Київ", "UA-53", "Волинь"))
    assert noted(full, "is read as") == []
    assert noted(alert.format("Kharkiv", 1, 2) + alert.format("Kharkiv", 3, 4) + several, "is read as") == [
        "7:17: events[0].alert.area: `Kharkiv` is read as UA-63, Kharkivska oblast; the city is `Kharkiv city`",
        "9:65: events[2].alert.updates[0].areas[0]: `Суми` is read as UA-59, Сумська область; the city is `м. Суми`",
    ]


def test_what_is_not_played_by_default_is_noted() -> None:
    """News are on the track of information, unless their author says otherwise."""
    news = "- {{id: {}, at: +1m, news: {{text: a}}{}}}\n"
    assert noted(news.format("a", ", track: incidents"), "--track") == []
    (one,) = noted(news.format("a", ""), "--track information")
    assert one.startswith("7:3: events[0]: 1 entry is on the track information, which is played only when asked for")
    assert "2 entries are on the track information" in noted(news.format("a", "") + news.format("b", ""), "--track")[0]


def asked(*pairs: tuple[str, str]) -> list[str]:
    """What is noted of injects that go to one and expect something of another."""
    rows = [
        f"- {{id: ask-{n}, at: +1m, inject: {{method: phone, to: {to}, text: a}}, "
        f"expect: [{{who: {who}, what: ack, within: 5m}}]}}\n"
        for n, (to, who) in enumerate(pairs)
    ]
    return [one.partition(": ")[2] for one in noted("".join(rows), "did you mean")]


def test_a_role_misspelt_is_noted() -> None:
    """Where another one is almost the same; who is numbered or lettered is somebody else, and so is everybody."""
    assert asked(("dispatcher", "dispacher")) == [
        "events[0].expect[0].who: no inject goes to `dispacher`; did you mean `dispatcher`?"
    ]
    assert len(asked(("dispatcher", "Dispatcher"), ("press-office", "Press Office"))) == 2
    assert asked(("press-office", "press-office"), ("press-ofice", "all")) == [
        "events[1].inject.to: nothing else is for `press-ofice`; did you mean `press-office`?"
    ]
    assert asked(("crew-a", "crew-b"), ("crew-c", "crew-a"), ("crew-2", "Crew 1")) == []
    assert asked(("operator-a", "operator-b"), ("hospital-12", "hospital-13"), ("operator-c", "operator-a")) == []
    assert asked(("all", "players"), ("player", "players"), ("duty-officer", "press-officer")) == []


def test_a_text_in_one_language_is_noted() -> None:
    """Once for each language, where it is first; names and figures are the same in both."""
    header = HEADER.replace("A drill", "{uk: Тренування, en: A drill}")
    news = "- {{id: {}, at: +1m, track: incidents, news: {{text: {}}}}}\n"
    both = "".join(news.format(f"a{n}", text) for n, text in enumerate(("'12:30'", "Штаб / HQ", "{uk: Ні, en: No}")))
    assert noted(both, "both languages", header) == []
    english, ukrainian = noted(
        both + news.format("b", "'Fire'") + news.format("c", "{uk: Дим}") + news.format("d", "{en: Rain}"),
        "both languages",
        header,
    )
    assert english.startswith(
        "10:51: events[3].news.text: no Ukrainian text for 2 texts, of which this is the first: the Eng"
    )
    assert ukrainian.endswith("events[4].news.text.uk: no English text: the Ukrainian goes out in both languages")


@pytest.mark.parametrize(
    ("start", "kyiv"),
    [
        ("2026-03-29T02:59:59+02:00", ""),
        ("2026-03-29T04:00:00+02:00", "+03:00"),
        ("2026-10-25T03:59:59+03:00", ""),
        ("2026-10-25T04:00:00+03:00", "+02:00"),
        ("2026-01-01T00:00:00+02:00", ""),
        ("2026-07-01T00:00:00+00:00", "+03:00"),
        ("1991-07-01T00:00:00+04:00", ""),
    ],
)
def test_a_start_by_other_clocks_than_those_of_kyiv_is_noted(start: str, kyiv: str) -> None:
    """Summer time lasts from the last Sunday of March to that of October; before 1997 nothing is said."""
    found = noted(END, "not Kyiv's offset", HEADER.replace("2024-01-01T00:00:00+02:00", start))
    assert [one.rpartition(" ")[2] for one in found] == [kyiv] * bool(kyiv)


def test_expectations_too_fast_are_named() -> None:
    """The first five; each entry once."""
    chapters = "chapters: {a: {until: +1h, rate: 100}}\n"
    expect = ", ".join(["{who: all, what: ack, within: 1m}"] * 2)
    rows = "".join(f"- {{id: e{n}, at: +1m, news: {{text: a}}, expect: [{expect}]}}\n" for n in range(7))
    (one,) = noted(rows, "faster than a person acts", HEADER + chapters)
    assert "14 expectations lie" in one
    assert "(e0, e1, e2, e3, e4 and 2 more)" in one


# Words.


def spoken(text: str, area: str = "UA-53", header: str = HEADER) -> list[str]:
    """What of a text in a scenario of one area is doubted."""
    alert = f"- alert: {{area: {area}, raised: +1m, cleared: +2m}}\n"
    rest = f"events:\n{alert}- {{id: n, at: +1m, news: {{text: '{text}'}}}}\n"
    return [one.partition("speaks of ")[2].partition(",")[0] for one in doubted(rest, header)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Вибухи в Полтаві, на Полтавщині", []),
        ("Вибухи в Києві", ["Києві"]),
        ("Громада на Чернігівщині й одеські лікарні", ["Чернігівщині", "одеські"]),
        ("Sirens are down in Sumy, Bucha and Irpin", ["Sumy", "Bucha", "Irpin"]),
        ("Chernihiv oblast", ["Chernihiv oblast"]),
        ("Дніпровський район, Миргородський район", ["Дніпровський район"]),
        ("Myrhorodskyi district, Dniprovskyi district", ["Dniprovskyi district"]),
        ("Загоряння під Ніжином", ["Ніжином"]),
        ("Долина порожня. Долина тиха", []),
        ("«Київстар» мовчить", ["«Київстар»"]),
        ("Kyivstar and Vodafone are down", ["Kyivstar", "Vodafone"]),
        ("Оператор А мовчить", []),
        ("Після удару 11 грудня", []),
        ("As on 11 March or July 4", ["11 March", "July 4"]),
    ],
)
def test_texts_speak_of_what_is_there(text: str, words: list[str]) -> None:
    """In a made-up scenario: places of it, made-up operators, days near it."""
    assert sorted(spoken(text)) == sorted(words)


def test_kyiv_is_a_city_and_an_oblast() -> None:
    """Each has its own names; an adjective fits both, and the districts of the city are no areas."""
    assert spoken("Київ, Дніпровський район, київські лікарні", "UA-30") == []
    assert spoken("Київ і Київщина", "UA-32") == ["Київ"]
    assert spoken("Київська область", "UA-30") == ["Київська"]
    assert spoken("київські лікарні, Буча, Kyiv oblast", "UA-32") == []


def test_without_areas_any_place_is_right() -> None:
    """A scenario of news alone happens nowhere."""
    assert doubted("events: [{id: a, at: +1m, news: {text: Kyiv}}]\n") == []


def test_other_fields_are_not_read() -> None:
    """Who answers for an exercise may sit anywhere."""
    header = HEADER.replace("contact: control", "contact: Kyiv")
    assert spoken("Полтава", header=header) == []


def test_days_of_any_year_and_none() -> None:
    """A day counts in the year in which it is nearest; 29 February may be in none."""
    first, last = (parse_instant(text)[0] for text in ("2023-12-20T00:00:00+02:00", "2024-01-02T00:00:00+02:00"))
    assert list(days("5 January, 30 листопада, July 4")) == ["5 January", "30 листопада", "July 4"]
    assert list(distant_days("5 January, 30 листопада, July 4, 29 February", first, last, 120)) == [
        "July 4",
        "29 February",
    ]


def test_every_city_and_land_is_known_in_all_cases() -> None:
    """Each form is found, and found to be of its area, in its case."""
    for kind in ("city", "land"):
        for area, six in forms(kind).items():
            for case, word in enumerate(six):
                (mention,) = mentions(f"«{word}», ")
                assert (mention.area, mention.start, mention.end) == (area, 1, 1 + len(word))
                assert case in mention.cases
            assert next(mentions(english(area))).area == area
        assert all(len(six) == 6 for six in forms(kind).values())


@pytest.mark.parametrize("ending", ["а", "ої", "ій", "ими"])
def test_adjectives_are_known(ending: str) -> None:
    """With any ending, capital or not; before `область` that of Kyiv is the oblast's."""
    for area in ("UA-53", "UA-30", "UA-40", "UA-43", "UA-26"):
        (mention,) = mentions(f"у {stem(area)}{ending} лікарні")
        assert (mention.area, mention.kind) == (area, "adjective")
    (mention,) = mentions(f"Київськ{ending} області")
    assert mention.area == "UA-32"


def test_brands_are_known_with_their_endings() -> None:
    """In guillemets or not, in both languages, by the first word of a longer name."""
    found = [
        (brand.operator, brand.ending)
        for brand in brands("«Київстару», KYIVSTAR і Vodafone Україна; Київстарня", CATALOGUE)
    ]
    assert found == [("kyivstar", "у"), ("kyivstar", ""), ("vodafone-ua", "")]


def test_towns_decline() -> None:
    """Vowels that change, plurals, two words; not in the middle of other words."""
    text = "в Ірпені, у Броварах, до Ніжина, у Кривому Розі, з Новограда-Волинського, броварський"
    words = [text[one.start : one.end] for one in elsewhere(text, {"UA-53"})]
    assert {"Ірпені", "Броварах", "Ніжина"} <= set(words)


# All of it.


@pytest.mark.parametrize("name", [path.parent.name for path in SEEDS.glob("*/scenario.yaml")])
def test_ours_are_beyond_doubt(name: str) -> None:
    """No scenario that comes with alertsim has a warning."""
    assert list(map(str, library.remarks(library.load(name)))) == []


@settings(max_examples=30)
@given(written_scenarios())
def test_doubts_stand_where_they_can_be_mended(written: Written) -> None:
    """Whatever the scenario: each on a line of the file, each once."""
    found = warnings(written.scenario, written.text, file="f", facts=None, catalogue=CATALOGUE)
    assert len(set(found)) == len(found)
    rows = written.text.split("\n")
    assert all(1 <= one.line <= len(rows) and one.field for one in found)
