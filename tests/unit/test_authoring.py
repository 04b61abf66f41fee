"""New scenarios out of old ones, changes to a file that leave the rest alone, and what an editor is told."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from alertsim import areas, library
from alertsim.authoring import MODELINE, Made, Wish, citing, derived, editor_schema
from alertsim.authoring.patch import Patch
from alertsim.authoring.spans import spans
from alertsim.authoring.wish import moved
from alertsim.authoring.wording import Wording
from alertsim.errors import InputError, ScenarioError
from alertsim.events import Track
from alertsim.scenario import InjectEntry, OutageEntry, Scenario, StrikeEntry, parse, parse_facts, warnings
from alertsim.scenario.document.compose import load
from alertsim.scenario.rules.moments import moments
from alertsim.times import Millis, parse_instant
from tests.scenario_texts import CATALOGUE, FACTS, RICH, read
from tests.strategies import Written, scenario_data, written_scenarios, yaml_texts

SEEDS = Path(__file__).parents[2] / "seeds"
OURS = sorted(path.parent.name for path in SEEDS.glob("*/scenario.yaml"))
POLTAVA = Wish(("Poltava",), parse_instant("2026-03-01T21:00:00+02:00"))
DRILL = """\
alertsim: 1
basis: fictional
title: A drill
exercise: {type: drill, contact: control}
start: 2024-01-01T00:00:00+02:00
"""


def plain(text: str) -> Any:
    return load(text, "f").data


def fresh(made: Made) -> Scenario:
    return parse(made.text, name="new", file="f", facts=None, catalogue=CATALOGUE)


def of(text: str, wish: Wish, facts: str | None = None) -> Made:
    """What becomes of a scenario."""
    return derived(read(text, facts), text.encode(), wish, CATALOGUE, origin="night")


def of_drill(rest: str, wish: Wish = POLTAVA) -> Made:
    return of(DRILL + rest, wish)


# Where things stand, and changes there.


@settings(max_examples=40)
@given(st.data(), scenario_data())
def test_every_value_is_where_its_span_says(data: st.DataObject, written: dict[str, Any]) -> None:
    """Read by itself, what stands in a span is the value; its key stands before it."""
    text = data.draw(yaml_texts(written))
    found, places = spans(text), load(text, "f").places
    assert found.keys() == places.keys()
    for path, span in found.items():
        key_at, value_at = places[path]
        assert span.start == value_at or not path
        assert span.key_at == key_at or not path
        if path and isinstance(path[-1], str) and text[span.key_at] not in "\"'":
            assert text[span.key_at : span.key_end] == path[-1]
        if path and span.flow:
            assert plain(text[span.start : span.end]) == at(written, path)


def at(data: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        data = data[step]
    return data


@settings(max_examples=40)
@given(st.data(), scenario_data())
def test_what_is_left_out_leaves_the_rest(data: st.DataObject, written: dict[str, Any]) -> None:
    """Fields and entries left out of a file in any style: what remains reads as if they had never been there."""
    assume(len(written["events"]) > 1)
    text = data.draw(yaml_texts(written))
    gone = data.draw(
        st.sets(st.integers(0, len(written["events"]) - 1), min_size=1, max_size=len(written["events"]) - 1)
    )
    fields = data.draw(st.sets(st.sampled_from(["id", "at", "track", "expect", "valid_for"])))
    patch = Patch(text)
    patch.without(("events",), gone)
    for n in range(len(written["events"])):
        patch.without(("events", n), fields)
    kept = [entry for n, entry in enumerate(plain(text)["events"]) if n not in gone]
    wanted = [{name: value for name, value in entry.items() if name not in fields} for entry in kept]
    assert plain(patch.applied()) == {**plain(text), "events": wanted}


@settings(max_examples=40)
@given(st.data(), scenario_data())
def test_notes_are_comments(data: st.DataObject, written: dict[str, Any]) -> None:
    """A note behind any value, in any style, changes nothing that is read, and no line's number."""
    text = data.draw(yaml_texts(written))
    patch = Patch(text)
    for path in data.draw(st.lists(st.sampled_from(sorted(patch.spans, key=str)), min_size=1, max_size=20)):
        patch.note(path, "look")
        patch.note(path, "look")
    noted = patch.applied()
    assert plain(noted) == plain(text)
    assert noted.count("\n") == text.count("\n")
    assert noted.count("TODO") <= 20


@pytest.mark.parametrize(
    ("text", "dropped", "left"),
    [
        ("a: 1\nb: 2 # two\nc: 3\n", "b", "a: 1\nc: 3\n"),
        ("a: 1\nb: 2", "b", "a: 1\n"),
        ("{a: 1, b: 2, c: 3}", "b", "{a: 1, c: 3}"),
        ("{a: 1, b: 2, c: 3}", "bc", "{a: 1, }"),
        ("{a: 1, c: 3}", "c", "{a: 1}"),
        ("{a: 1,\n c: 3}", "c", "{a: 1,\n }"),
        ("- x: 1\n", "", "- x: 1\n"),
    ],
)
def test_lines_and_commas_go_with_what_is_left_out(text: str, dropped: str, left: str) -> None:
    """Nothing of a field stays behind: neither its comment nor its comma."""
    patch = Patch(text)
    patch.without((), list(dropped))
    assert patch.applied() == left


def test_the_first_of_an_item_goes_too() -> None:
    """Behind a dash stands the first field that is kept; a comment above an item goes with it, a heading stays."""
    patch = Patch("a:\n  - x: 1\n    y: 2\n    z: 3\n  # of q\n  - q: 1\n\n  # heading\n\n  - r: 1\n")
    patch.without(("a", 0), ["x", "y"])
    patch.without(("a",), [1])
    assert patch.applied() == "a:\n  - z: 3\n  # heading\n\n  - r: 1\n"


def test_a_note_waits_for_the_end_of_a_text() -> None:
    """Inside a text of several lines `#` is a letter; behind the sign of a folded one it is a comment."""
    assert [comment[0] for comment in Patch("{b: 'x\n # y'} # z").comments()] == ["# z"]
    patch = Patch("q: {a: 1, b: 'x\n # y', c: 2}\nd: >-\n  # z\n")
    assert (patch.note(("q", "a"), "look"), patch.note(("d",), "here")) == (2, 3)
    assert patch.applied() == "q: {a: 1, b: 'x\n # y', c: 2}  # TODO: look\nd: >-  # TODO: here\n  # z\n"


def test_a_note_on_what_ends_with_a_block_stands_below_it() -> None:
    """The last line of a literal text is text to its end."""
    patch = Patch("a:\n  b: |-\n    x\nc: 1\n")
    assert patch.note(("a",), "look") == 4
    assert plain(patch.applied()) == {"a": {"b": "x"}, "c": 1}


# A scenario for another place and time.


@pytest.mark.parametrize("name", OURS)
@pytest.mark.parametrize("asked", ["Poltava", "м. Київ"])
def test_each_of_ours_can_be_anywhere(name: str, asked: str) -> None:
    """Every scenario of ours becomes one of any other area, and what is doubtful in it is marked."""
    loaded, catalogue = library.load(name), library.catalogue()
    wish = Wish((asked,), parse_instant("2027-07-01T12:00:00+03:00"))
    made = derived(loaded.scenario, loaded.files["scenario.yaml"], wish, catalogue, origin=name)
    new = parse(made.text, name="new", file="f", facts=None, catalogue=catalogue)
    assert made.text.startswith(MODELINE)
    assert new.basis == "fictional"
    assert areas.find(asked).id in made.areas.values()
    rows = made.text.splitlines()
    said = warnings(new, made.text, file="f", facts=None, catalogue=catalogue)
    strange = [one for one in said if "speaks of" in one.message]
    assert all("TODO" in rows[one.line - 1] for one in strange)
    assert {one.line for one in strange} <= {line for lines in made.doubtful.values() for line in lines}


@settings(max_examples=30)
@given(
    written_scenarios(),
    st.integers(-(10**10), 10**10),
    st.integers(-14 * 60, 14 * 60),
    st.sampled_from(areas.all_areas()),
)
def test_time_moves_as_a_whole(written: Written, by: int, offset: int, area: areas.Area) -> None:
    """Every moment moves by the same, to the millisecond; no entry is lost, none changes its kind."""
    start = Millis(written.scenario.start + by)
    try:
        made = of(written.text, Wish((area.id,), (start, offset)))
    except InputError:  # no area to move, or no room in the new one
        made = of(written.text, Wish((), (start, offset)))
    new = fresh(made)
    assert (new.start, new.offset) == (start, offset)
    for old_entry, new_entry in zip(written.scenario.events, new.events, strict=True):
        assert type(old_entry) is type(new_entry)
        assert [at + by for _, at in moments(old_entry)] == [at for _, at in moments(new_entry)]
    assert [one.until + by for one in written.scenario.chapters.values()] == [
        one.until for one in new.chapters.values()
    ]


def test_fields_named_after_areas_move_too() -> None:
    """What an outage says of an area, and of the sirens of an oblast, it says of the new one."""
    areas_, sirens = (
        "{Sumy oblast: {data: 1}, UA-59/116: {data: 0}}",
        "{UA-59: {share: 0.5, fallback: Bells in Sumy oblast}}",
    )
    down = f"up: {{data: 0}}, areas: {areas_}, sirens: {sirens}"
    made = of_drill(f"events:\n- {{id: down, at: +1m, outage: {{operator: operator-a, {down}}}}}\n", Wish(("Poltava",)))
    (entry,) = fresh(made).events
    assert isinstance(entry, OutageEntry)
    first, second = entry.outage.areas
    assert (first, second.partition("/")[0], list(entry.outage.sirens)) == ("UA-53", "UA-53", ["UA-53"])
    assert "Poltavska oblast: {data: 1}" in made.text
    assert "Bells in Poltavska oblast" in made.text


def test_what_lies_inside_an_area_that_stays_stays() -> None:
    """A hromada of an oblast that is named too is not moved to another raion where nothing was asked."""
    hits = "".join(
        f"- {{id: hit-{n}, at: +1m, strike: {{salvo: [{{weapon: shahed, count: 1}}], target: {area}, "
        "outcome: {impacted: 1}}}\n"
        for n, area in enumerate(("UA-07", "UA-07/38/255"))
    )
    text = "alertsim: 1\nbasis: fictional\ntitle: A drill\nexercise: {type: drill, contact: control}\n"
    text += "start: 2024-01-01T00:00:00+02:00\nevents:\n" + hits
    assert of(text, Wish()).text == MODELINE + "\n" + text


@settings(max_examples=40)
@given(written_scenarios())
def test_nothing_asked_is_nothing_changed(written: Written) -> None:
    """Without a wish a fictional scenario stays as it is, but for the line that editors need."""
    line_break = "\r\n" if "\r\n" in written.text else "\n"
    assert of(written.text, Wish()).text == MODELINE + line_break + written.text


def test_history_becomes_fiction() -> None:
    """Citations and notes on them go, real operators are replaced, in fields, ids and texts; the rest stays."""
    made = of(RICH, POLTAVA, FACTS)
    new = fresh(made)
    assert not any(word in made.text for word in ("cite:", "invented", "kyivstar", "historical"))
    assert made.operators == {"kyivstar": "operator-a", "vodafone-ua": "operator-b"}
    assert made.areas == {"UA-30": "UA-53"}
    assert [entry.id for entry in new.events][:2] == ["operator-a-down", "ballistic-night"]
    strike = new.events[1]
    assert isinstance(strike, StrikeEntry)
    assert (strike.strike.target, strike.at - new.start) == ("UA-53", read(RICH).events[1].at - read(RICH).start)  # type: ignore[union-attr]  # a strike
    assert made.text.count("\n") < RICH.count("\n")
    assert "'Poltava: 53 people injured, it''s the last count'" in made.text
    assert "  before:\n    from: 2026-03-02T18:45:00+02:00\n" in made.text


def test_news_of_a_real_day_are_marked() -> None:
    """What was politics of history is for the author to judge."""
    made = of(RICH, POLTAVA, FACTS)
    assert list(made.doubtful) == ["news of a real day"]
    (line,) = made.doubtful["news of a real day"]
    assert made.text.splitlines()[line - 1].endswith("# TODO: news of a real day")
    assert made.text.rstrip().endswith("# TODO: news of a real day")


def test_comments_tell_the_new_story() -> None:
    """Hours move, places change; what speaks of sources or days goes; in a made-up scenario every comment stays."""
    text = RICH.replace("events:\n", "events:\n  # ── 02:59: Kyiv ──\n\n  # As of 12 December.\n").replace(
        "    spread", "    # cited by the press\n      spread"
    )
    made = of(text, POLTAVA, FACTS)
    comments = [row.strip() for row in made.text.splitlines()[3:] if "#" in row and "TODO" not in row]
    assert comments == ["# ── 18:59: Poltava ──"]
    assert "# Kept" in of_drill("# Kept\nevents: [{id: a, at: +1m, news: {text: Kyiv}}]\n", Wish()).text


def test_line_ends_stay() -> None:
    """A file from another system keeps its line ends, also in new lines."""
    made = of(RICH.replace("\n", "\r\n"), POLTAVA, FACTS.replace("\n", "\r\n"))
    assert made.text.count("\r\n") == made.text.count("\n")
    assert fresh(made) == fresh(of(RICH, POLTAVA, FACTS))


def test_escaped_words_are_left_and_told() -> None:
    """A name written in escapes is not touched, but not overlooked either."""
    text = json.dumps(plain(RICH), ensure_ascii=True)
    made = of(text, Wish(("Poltava",)), FACTS)
    assert "Київ" in made.doubtful
    assert made.text.rstrip().endswith(("news of a real day", "Київ"))


def test_a_reference_follows_its_entry() -> None:
    """Ids change with the names in them, and all that refers to them; what has no id and is referred to gets one."""
    made = of_drill(
        "events:\n"
        "- alert: {area: Київ, raised: +1m, cleared: +9m}\n"
        "- {id: hit-kyiv, only_if: alert-ua-30-20231231t220100z:raised, at: +2m, strike: {salvo: [{weapon: shahed, "
        "count: 1}], target: UA-30, outcome: {impacted: 1}}}\n"
        "- {id: fire, incident: {area: Kyiv, cause: hit-kyiv, updates: [{at: +3m, text: Fire}]}}\n"
    )
    assert [entry.id for entry in fresh(made).events] == ["entry-1", "hit-poltava", "fire"]
    assert "only_if: entry-1:raised" in made.text
    assert "cause: hit-poltava" in made.text
    assert "area: м. Полтава" not in made.text
    assert "- id: entry-1\n  alert: {area: " in made.text


def test_two_ids_never_become_one() -> None:
    """Where the new name of an entry is taken, it keeps its own."""
    made = of_drill(
        "events:\n- {id: in-kyiv, at: +1m, news: {text: a}}\n- {id: in-poltava, at: +1m, news: {text: a}}\n"
        "- {id: a, incident: {area: UA-30, updates: [{at: +3m, text: Fire}]}}\n"
    )
    assert [entry.id for entry in fresh(made).events] == ["in-kyiv", "in-poltava", "a"]


def test_a_name_that_several_have_is_no_place() -> None:
    """Areas are named as the author named them, but by their id where the name does not tell them apart."""
    events = "events: [{{alert: {{area: {}, raised: +1m, cleared: +2m}}}}]\n"
    town = next(area for area in areas.all_areas() if area.name_uk == "Городищенська територіальна громада")
    assert f"area: {town.id}" in of_drill(events.format("м. Київ"), Wish((town.id,))).text
    assert "area: Сумська область" in of_drill(events.format("м. Київ"), Wish(("UA-59",))).text
    assert "area: Sumska oblast" in of_drill(events.format("Kyiv"), Wish(("UA-59",))).text
    assert "area: UA-59" in of_drill(events.format("UA-30"), Wish(("UA-59",))).text


# Tracks left out.


def test_what_depends_on_a_dropped_track_goes_too() -> None:
    """Entries that happen only if another did, causes, objectives and chapters that have lost their meaning."""
    made = of_drill(
        "objectives: [{id: warn, text: Warn}, {id: net, text: Net}]\n"
        "play: [a, c]\n"
        "chapters:\n  a: {until: +2m}\n  b: {until: +4m} # of `b`\n  c: {until: +9m}\n"
        "events:\n"
        "- {id: say, at: +1m, news: {text: a}, expect: [{who: all, what: ack, within: 1m, objective: warn}]}\n"
        "# of the raid\n"
        "- {id: raid, at: +3m, expect: [{who: all, what: ack, within: 1m, objective: net}], strike: {salvo: [{weapon: "
        "shahed, count: 1}], target: UA-30, outcome: {impacted: 1}}}\n"
        "- {id: dark, track: network, only_if: raid:impacted, at: +3m, news: {text: a}}\n"
        "- {id: fire, track: casualties, unless: raid:intercepted, incident: {area: Kyiv, cause: raid, updates: "
        "[{at: +5m, text: Fire}]}}\n",
        Wish(dropped=frozenset({Track.INCIDENTS})),
    )
    new = fresh(made)
    assert made.left_out == ("raid", "dark")
    assert [entry.id for entry in new.events] == ["say", "fire"]
    assert [objective.id for objective in new.objectives] == ["warn"]
    assert (list(new.chapters), new.play) == (["a", "c"], ("a", "c"))
    assert new.chapters["c"].from_ == new.start + 4 * 60_000
    assert not any(word in made.text for word in ("raid", "cause", "unless", "`b`"))


def test_without_alerts_no_siren_sounds() -> None:
    """Sirens that follow from a strike go with the track of alerts, and what happens only if they warned."""
    rest = (
        "events:\n"
        "- {id: raid, at: +3m, strike: {salvo: [{weapon: shahed, count: 1}], target: UA-30, outcome: {impacted: 1}, "
        "alert: auto}}\n"
        "- {id: heard, only_if: raid:warned, at: +3m, news: {text: a}}\n"
        "- {id: silent, unless: raid:warned, at: +3m, news: {text: a}}\n"
    )
    made = of_drill(rest, Wish(dropped=frozenset({Track.ALERTS})))
    assert [entry.id for entry in fresh(made).events] == ["raid", "silent"]
    assert "auto" not in made.text
    assert "unless" not in made.text


@pytest.mark.parametrize("style", ["\n  a: {until: +1m}\n  b: {until: +9m}", " {a: {until: +1m}, b: {until: +9m}}"])
def test_chapters_and_objectives_may_all_go(style: str) -> None:
    """A field of the header goes with the last of its items."""
    made = of_drill(
        f"objectives: [{{id: net, text: Net}}]\nplay: [a]\nchapters:{style}\n"
        "events:\n- {id: late, at: +1h, news: {text: a}}\n"
        "- {id: say, track: network, at: +1m, news: {text: a}, "
        "expect: [{who: all, what: ack, within: 1m, objective: net}]}\n",
        Wish(dropped=frozenset({Track.NETWORK})),
    )
    new = fresh(made)
    assert new.objectives == ()
    assert (new.chapters, new.play) == ({}, ())


def test_something_must_be_left() -> None:
    """All tracks dropped is a mistake, not an empty scenario."""
    with pytest.raises(InputError, match="nothing would be left"):
        of_drill("events: [{id: a, at: +1m, news: {text: a}}]\n", Wish(dropped=frozenset(Track)))
    assert fresh(of_drill("", Wish(dropped=frozenset(Track)))).events == ()


# Areas.

THREE = DRILL + (
    "events:\n"
    "- alert: {area: UA-32, raised: +1m, cleared: +9m}\n"
    "- alert: {area: UA-32/75, raised: +1m, cleared: +9m}\n"
    "- alert: {area: UA-32/75/705, raised: +1m, cleared: +9m, updates: [{at: +2m, areas: [UA-74]}]}\n"
    "- {id: hit, at: +2m, strike: {salvo: [{weapon: shahed, count: 1}], target: UA-30, outcome: {impacted: 1}}}\n"
    "- {id: raid, at: +2m, strike: {salvo: [{weapon: shahed, count: 1}], target: UA-30, outcome: {impacted: 1}, "
    "alert: {areas: [UA-30]}}}\n"
    "- {id: news, at: +2m, news: {text: a}}\n"
)


@pytest.mark.parametrize(
    ("asked", "becomes"),
    [
        ([], {}),
        (["Poltava"], {"UA-30": "UA-53"}),
        (
            ["Poltava", "Sumy"],
            {"UA-30": "UA-53", "UA-32": "UA-59", "UA-32/75": "UA-59/114", "UA-32/75/705": "UA-59/114/1187"},
        ),
        (["UA-32=Poltava"], {"UA-32": "UA-53", "UA-32/75": "UA-53/109", "UA-32/75/705": "UA-53/109/1060"}),
        (["UA-32"], {"UA-30": "UA-32", "UA-32": "UA-30", "UA-32/75": "UA-30", "UA-32/75/705": "UA-30"}),
        (
            ["UA-74", "UA-30"],
            {"UA-30": "UA-74", "UA-32": "UA-30", "UA-74": "UA-32", "UA-32/75": "UA-30", "UA-32/75/705": "UA-30"},
        ),
        (["UA-32/75=UA-32/76"], {"UA-32/75": "UA-32/76", "UA-32/75/705": "UA-32/76/724"}),
    ],
)
def test_areas_become_others(asked: list[str], becomes: Mapping[str, str]) -> None:
    """The main area first; what is inside moves along; who is driven out changes places."""
    found = moved(read(THREE, None), asked)
    assert {old: new for old, new in found.items() if old != new} == becomes


@pytest.mark.parametrize(
    ("old", "area", "new"),
    [
        ("UA-53/109", "Kharkiv", "UA-63/124"),
        ("UA-53/109", "Dnipro", "UA-12/44"),
        ("UA-53/109/1060", "Lviv", "UA-46/90/845"),
        ("UA-53/108", "Poltava", "UA-53/108"),
    ],
)
def test_the_middle_of_an_oblast_stays_in_the_middle(old: str, area: str, new: str) -> None:
    """The raion, and the hromada, of the city an oblast goes by become those of the other's city."""
    header = THREE[: THREE.index("events:")]
    found = moved(
        read(f"{header}events:\n  - alert: {{area: {old}, raised: +1m, cleared: +2m}}\n", None), [f"UA-53={area}"]
    )
    assert found.get(old, old) == new


def test_what_was_not_in_the_middle_is_not_moved_there() -> None:
    """Myrhorod is no centre: a raion around another town stands for it, as long as there is one."""
    header = THREE[: THREE.index("events:")]
    text = f"{header}events:\n  - alert: {{area: UA-53/108, raised: +1m, cleared: +2m}}\n"
    (new,) = (new for old, new in moved(read(text, None), ["UA-53=Kharkiv"]).items() if old == "UA-53/108")
    assert new.startswith("UA-63/")
    assert new != "UA-63/124"


def night(shift_h: int) -> Made:
    """A scenario whose texts speak of hours, moved by some."""
    header = THREE[: THREE.index("events:")]
    ukrainian = "'Увечері, вночі й ранкова тривога з півдня'"
    news = f"  - {{id: n, at: +1m, news: {{text: {{en: 'Tonight, a Nightingale', uk: {ukrainian}}}}}}}\n"
    inject = "  - id: i\n    at: +2m\n    inject: {method: dusk mail, text: {en: Good night, uk: Доброго вечора}}\n"
    text = f"{header}events:\n{news}{inject}"
    old = read(text, None)
    return of(text, Wish((), (Millis(old.start + shift_h * 3_600_000), old.offset)))


def test_words_of_day_and_night_are_told_where_the_hours_moved() -> None:
    """By more than an hour on the wall, what people read only; a day later is the same hour."""
    told = night(12).hours
    (first,), (second,) = told["tonight"], told["night"]
    words = {"tonight": first, "увечері": first, "вночі": first, "ранкова": first, "night": second, "вечора": second}
    assert told == {word: (line,) for word, line in words.items()}
    assert second == first + 3
    assert [bool(night(hours).hours) for hours in (0, 1, 2, 22, 23, 24, 25, 26)] == [
        False, False, True, True, False, False, False, True,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["Poltava", "Poltava"], "UA-53 is asked for twice"),
        (["UA-30=Sumy", "UA-30=Poltava"], "UA-30 is asked for twice"),
        (["UA-99"], "no area"),
        (["UA-05=Poltava"], "nothing happens in UA-05"),
        (["UA-53", "UA-59", "UA-63", "UA-65"], "has no further area"),
    ],
)
def test_areas_that_cannot_be_are_refused(asked: list[str], said: str) -> None:
    """Each with what would be right."""
    with pytest.raises(InputError, match=said):
        moved(read(THREE, None), asked)


def test_a_result_that_breaks_a_rule_is_refused() -> None:
    """Two areas of one name in the end are two alerts at once: told as what they are."""
    text = DRILL + "events:\n- alert: {area: UA-30, raised: +1m, cleared: +9m}\n"
    assert fresh(of(text, Wish(("UA-53",)))).events
    with pytest.raises(InputError, match="years 1900 to 2200"):
        of(
            DRILL + "events: [{id: a, at: 2030-01-01T00:00:00+02:00, news: {text: a}}]\n",
            Wish((), parse_instant("2199-01-01T00:00:00+00:00")),
        )


def test_operators_may_run_out() -> None:
    """More real operators than made-up ones is told, with the file to mend."""
    few = CATALOGUE.model_copy(update={"operators": {"kyivstar": CATALOGUE.operators["kyivstar"]}})
    with pytest.raises(InputError, match="only 0 made-up ones"):
        derived(read(RICH), RICH.encode(), POLTAVA, few, origin="night")


# Words.


def wording(shift_min: int = 0, **changed: str) -> Wording:
    pairs = {old.replace("_", "-"): new for old, new in changed.items()} or {"UA-30": "UA-53", "UA-74": "UA-59"}
    operators = {"kyivstar": "operator-a", "vodafone-ua": "operator-b"}
    return Wording(pairs, operators, CATALOGUE, shift_min)


@pytest.mark.parametrize(
    ("text", "new"),
    [
        ("Балістичний удар по Києву", "Балістичний удар по Полтаві"),
        ("Київ: 25 постраждалих", "Полтава: 25 постраждалих"),
        ("удар на Київ, через Київ, у Київ", "удар на Полтаву, через Полтаву, у Полтаву"),
        ("у Києві, з Києва, під Києвом, КИЇВ", "у Полтаві, з Полтави, під Полтавою, ПОЛТАВА"),
        ("на Чернігівщині, київські лікарні, Чернігівська область", "на Сумщині, полтавські лікарні, Сумська область"),
        ("Kyiv's sirens; Chernihiv oblast; Kyiv oblast", "Poltava's sirens; Sumska oblast; Kyiv oblast"),
        ("«Київстар» не працює. Kyivstar is down", "Оператор А не працює. Оператор А is down"),
        ("Kyivstar is down, Kyivstar's sirens", "Operator A is down, operator A's sirens"),
        ("без «Київстару», на «Київстар», Vodafone", "без оператора А, на оператора А, оператор Б"),
        ("«Київстарами»", "«Київстарами»"),
        ("Києво-Печерська, Києвом", "Києво-Печерська, Полтавою"),
    ],
)
def test_words_change_in_their_case(text: str, new: str) -> None:
    """Ukrainian names keep their case, also where the new name tells two apart that were one."""
    assert wording().reworded(text) == new


@pytest.mark.parametrize(
    ("text", "new"),
    [
        ("до Вінниці", "до Сум"),
        ("у Вінниці", "у Сумах"),
        ("Вінниці", "Сум"),
        ("по Вінниці", "по Сумах"),
        ("через Вінницю", "через Суми"),
    ],
)
def test_one_form_may_stand_for_several_cases(text: str, new: str) -> None:
    """Then the preposition decides."""
    assert wording(UA_05="UA-59").reworded(text) == new
    assert wording(UA_30="UA-59").reworded("по Києву, завдяки Києву") == "по Сумах, завдяки Сумам"


def test_what_has_no_word_stays() -> None:
    """A land without a name of that kind, an oblast that is a city, a raion: left to the author."""
    assert (
        wording(UA_74="UA-30").reworded("на Чернігівщині, Чернігівська область")
        == "на Чернігівщині, Чернігівська область"
    )
    assert wording(UA_30="UA-32").reworded("у Києві, київський") == "у Києві, київський"
    assert wording(UA_30="UA-53/109").reworded("у Києві") == "у Києві"


@pytest.mark.parametrize(
    ("text", "new"),
    [
        ("о 02:59:40 і 23:30", "о 04:29:40 і 01:00"),
        ("12:30:00.5? 1:2, 25:00, 1.10:30", "14:00:00.5? 1:2, 25:00, 1.10:30"),
    ],
)
def test_hours_move(text: str, new: str) -> None:
    """Times of the day in words move with the story; what is none stays."""
    assert wording(90).reworded(text) == new


def test_slugs_stay_short() -> None:
    """An id that would grow too long keeps its old name; `kyiv` is the city before the oblast."""
    both = wording(UA_30="UA-53", UA_32="UA-59")
    assert both.slug("alert-kyiv") == "alert-poltava"
    assert both.slug("alert-kyivska") == "alert-sumska"
    assert both.slug("kyiv-" + "x" * 57) == "kyiv-" + "x" * 57


# What a scenario rests on.


def test_every_source_knows_who_cites_it() -> None:
    """Entries with the time of the part that cites; what nobody uses; figures that nobody states."""
    facts = parse_facts(
        FACTS.replace("conflicts:", "  alone: {says: Nobody cites this., source: abc, confidence: read}\nconflicts:"),
        file="f",
    )
    found = citing(read(RICH), facts)
    assert [told.entry for told in found.cited["siren"]] == ["alert-ua-30-20231213t010013z"] * 2
    assert [told.at[11:16] for told in found.cited["siren"]] == ["03:00", "03:10"]
    assert [told.at[11:16] for told in found.cited["voice-back"]] == ["18:00"]
    assert found.unused == ("article.p3", "alone")
    assert found.unstated == {"article.p1": (), "alone": ()} or "article.p1" not in found.unstated
    assert found.shares.total == sum(found.shares)


# Editors.

SCHEMA = editor_schema(library.catalogue())
VALIDATOR = jsonschema.Draft7Validator(SCHEMA)


def test_the_schema_is_one_that_editors_read() -> None:
    """Draft-07, and every field has a description."""
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    models = {"": SCHEMA, **SCHEMA["$defs"]}
    bare = [
        f"{name}.{field}"
        for name, model in models.items()
        for field, said in model.get("properties", {}).items()
        if not said.get("description") and name != "Text"
    ]
    assert bare == []


@pytest.mark.parametrize("name", OURS)
def test_ours_fit_the_schema(name: str) -> None:
    """Every scenario that comes with alertsim, and what `new` makes of it."""
    loaded = library.load(name)
    made = derived(loaded.scenario, loaded.files["scenario.yaml"], Wish(), library.catalogue(), origin=name)
    VALIDATOR.validate(plain(loaded.files["scenario.yaml"].decode()))
    VALIDATOR.validate(plain(made.text))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("basis: historical", "basis: history"), ("rate: 3600", "rate: fast"), ("onset: 90m", "onst: 90m"),
        ("raised: 2023-12-13T03:00:13+02:00", "raised: 03:00:13"), ("voice: 0.0", "voice: 3"), ("count: 6", "count: 0"),
        ("threats: [ballistic_missiles]", "threats: [rain]"), ("  - id: injured", "  - ida: injured"),
        ("method: phone", "metod: phone"), ("within: 60s", "within: 60"), ("injured: 25", "injured: '25'"),
        ("up: {voice", "up: {voise"),
    ],
)  # fmt: skip
def test_typical_mistakes_do_not_fit_the_schema(old: str, new: str) -> None:
    """An editor underlines them while they are typed."""
    assert old in RICH
    assert VALIDATOR.is_valid(plain(RICH))
    assert not VALIDATOR.is_valid(plain(RICH.replace(old, new, 1)))


def test_names_are_offered() -> None:
    """Areas, weapons and operators can be completed; any other that is right is taken too."""
    weapon = SCHEMA["$defs"]["Volley"]["properties"]["weapon"]
    assert "iskander-m" in weapon["examples"]
    assert "UA-53" in SCHEMA["$defs"]["Strike"]["properties"]["target"]["examples"]


def test_the_inject_keeps_its_place_in_time() -> None:
    """A time counted from the start stays as it is written."""
    made = of(RICH, POLTAVA, FACTS)
    call = fresh(made).events[4]
    assert isinstance(call, InjectEntry)
    assert "at: +22:20:00" in made.text
    assert call.at - fresh(made).start == 80_400_000


def test_a_broken_source_is_not_derived() -> None:
    """What cannot be read is told by the reader, before anything is made."""
    with pytest.raises(ScenarioError):
        of(RICH.replace("rate: 3600", "rate: x"), POLTAVA, FACTS)


def test_the_schema_promises_nothing_that_is_not_done() -> None:
    """People judge expectations and objectives, no report does; a target is an area of any level."""
    told = json.dumps(editor_schema(CATALOGUE))
    assert told.count("evaluators judge") == 2
    assert "an area, never a point" in told
    assert not any(word in told for word in ("the report is", "from the recording", "more exact than a raion"))
