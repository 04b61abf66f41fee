"""The picture: what stands in it, where, and that both renderers say so at any width."""

import json
import re
from collections import Counter
from itertools import product
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from alertsim import library
from alertsim.cells import cells
from alertsim.events import OperatorChanged, Service, Text, Track
from alertsim.operators.coverage import share_for
from alertsim.picture import OURS, Axis, BarKind, Picture, Row, Sign, compose, days, drawn, stretch_out, svg, ticks
from alertsim.picture.alerts import LATE, unwarned
from alertsim.picture.axis import Scale
from alertsim.picture.cells import clean, fit, split
from alertsim.picture.layout import clusters, halves, labels
from alertsim.picture.model import Language
from alertsim.picture.words import brief_area, length
from alertsim.scenario import Scenario
from alertsim.situation import situation_at
from alertsim.timeline import Segment, Timeline, compile_scenario, pace
from alertsim.times import DAY, HOUR, MINUTE, SECOND, Millis, rfc3339
from tests.nights import after, alert, chapters, news, night, outage, strike
from tests.scenario_texts import CATALOGUE
from tests.strategies import drawn_scenarios, scenarios

GOLDEN = Path(__file__).parents[1] / "golden" / "picture.txt"
NAMES = {
    "SVG": "{http://www.w3.org/2000/svg}",
}
every_scenario = scenarios() | drawn_scenarios()
some = settings(max_examples=50)
scales: st.SearchStrategy[Scale] = st.sampled_from(["play", "scenario"])
languages: st.SearchStrategy[Language] = st.sampled_from(["uk", "en"])
columns_of = st.integers(40, 240)


def shown(
    scenario: Scenario, *, language: Language = "en", scale: Scale | None = None, **asked: Any
) -> tuple[Timeline, Picture]:
    """The picture of a scenario under seed 1, all its tracks."""
    timeline = compile_scenario(scenario, 1, CATALOGUE, frozenset(Track))
    return timeline, compose(
        scenario, timeline, pace(scenario, timeline.until, **asked), language=language, scale=scale
    )


def rows(picture: Picture, title: str) -> tuple[Row, ...]:
    """The rows of one section; none if there is no such section."""
    return next((section.rows for section in picture.sections if section.title == title), ())


def text(picture: Picture, wide: int = 100) -> str:
    """What a terminal shows."""
    return "\n".join("".join(span.text for span in line) for line in drawn(picture, wide))


def xml(picture: Picture) -> ET.Element:
    """The SVG, parsed."""
    return ET.fromstring(svg(picture))


NIGHT = night(
    strike("raid", 60, intercepted=2, impacted=1, spread="30s"),
    alert(93, 600),
    alert(120, 400, 200, area="UA-32/75"),
    {"alert": {"area": "UA-09", "pre_alert": "+10s", "cleared": "+50s"}},
    {"alert": {"area": "UA-43", "standing": True}},
    {
        "id": "toll",
        "incident": {"area": "UA-30", "updates": [{"at": "+700s", "text": "x", "casualties": {"injured": 7}}]},
    },
    {"id": "ask", "at": "+300s", "inject": {"to": "duty", "method": "phone", "text": "Where are you?"}},
    news("told", 800),
    {"id": "broken", "at": "+820s", "broker": {"fault": "kill", "for": "30s"}},
    outage(
        "down",
        30,
        {"data": 0.0},
        {"at": "+300s", "areas": {"UA-46": {"data": 1.0}}},
        {"at": "+500s", "up": {"data": 1.0}, "roaming": "open"},
        spill_over={"operator-b": {"load": 1.5, "latency_ms": 80}},
        roaming="blocked",
        sirens={"UA-32": {"share": 0.5, "fallback": {"uk": "дзвони", "en": "bells"}}},
    ),
    chapters=chapters((0, 60, 60), (60, 120, 1), (120, 900, 60)),
)


@some
@given(every_scenario, scales)
def test_every_event_inside_is_shown_once(scenario: Scenario, scale: Scale) -> None:
    """Each planned event on the axis is one mark of one row; the others are counted as outside."""
    timeline, picture = shown(scenario, scale=scale)
    inside = [event for event in timeline.events if picture.axis.holds(event.at)]
    assert Counter(mark.event.event for mark in picture.marks) == Counter(event.event for event in inside)
    assert picture.outside.total == len(timeline.events) - len(inside)


@some
@given(every_scenario, scales, columns_of)
def test_nothing_crosses_the_axis(scenario: Scenario, scale: Scale, columns: int) -> None:
    """Bars and marks lie between the ends of the axis, and a bar covers at least half a column."""
    _, picture = shown(scenario, scale=scale)
    for row in picture.rows:
        for bar in row.bars:
            first, end = halves(bar, picture.axis, columns)
            assert bar.start <= bar.until
            assert 0 <= first < end <= 2 * columns
        assert all(0 <= cluster.column < columns for cluster in clusters(row.marks, picture.axis, columns))


@some
@given(every_scenario, st.data())
def test_bars_are_what_the_situation_says(scenario: Scenario, data: st.DataObject) -> None:
    """At any moment the areas whose bars cover it are those under alert, and the pre-alerts those announced."""
    timeline, picture = shown(scenario, scale="scenario")
    at = data.draw(st.sampled_from([event.at for event in timeline.events] or [picture.axis.start]))
    if not picture.axis.holds(at) or at == picture.axis.until:
        return
    covering = Counter(
        bar.kind
        for row in rows(picture, "Alerts")
        for bar in row.bars
        if bar.kind is not BarKind.UNWARNED and bar.start <= at < bar.until
    )
    situation = situation_at(timeline, at)
    assert covering[BarKind.ALERT] + covering[BarKind.STANDING] == len(situation.open_alerts)
    assert covering[BarKind.PRE_ALERT] == len(situation.uncleared) - len(situation.open_alerts)


@some
@given(every_scenario, st.data())
def test_curves_are_what_the_situation_says(scenario: Scenario, data: st.DataObject) -> None:
    """At any moment on the axis each service's curve has the share its operator has then; without a curve it is up."""
    timeline, picture = shown(scenario)
    changes = [event for event in timeline.events if isinstance(event, OperatorChanged)]
    at = data.draw(st.sampled_from([change.at for change in changes] or [picture.axis.start]))
    if not picture.axis.holds(at):
        return
    situation, operator = situation_at(timeline, at), ""
    curves: dict[tuple[str, str], float] = {}
    for row in rows(picture, "Networks"):
        operator = row.label if row.depth == 0 else operator
        if row.curve and row.depth == 1 and row.label not in {"load", "latency"}:
            value = [share for since, share in row.curve.points if since <= at][-1]
            curves |= {(operator, name): value for name in row.label.lower().split(", ")}
    for name, state in situation.operators.items():
        assert {service: curves.get((name, service), 1.0) for service in Service} == {
            service: state.up.get(service, 1.0) for service in Service
        }


@some
@given(every_scenario, st.data())
def test_areas_are_what_the_situation_says(scenario: Scenario, data: st.DataObject) -> None:
    """At any moment a thin curve has the share of its areas; an area without one is as what lies around it is."""
    timeline, picture = shown(scenario)
    changes = [event for event in timeline.events if isinstance(event, OperatorChanged)]
    at = data.draw(st.sampled_from([change.at for change in changes] or [picture.axis.start]))
    if not picture.axis.holds(at):
        return
    situation, services, operator = situation_at(timeline, at), list[str](), ""
    known: dict[tuple[str, str, str], float] = {}
    for row in rows(picture, "Networks"):
        operator = row.label if row.depth == 0 else operator
        services = row.label.lower().split(", ") if row.depth == 1 else services
        if row.curve and row.curve.thin:
            value = [share for since, share in row.curve.points if since <= at][-1]
            known |= {(operator, service, name): value for service in services for name in row.label.split(", ")}
    for name, state in situation.operators.items():
        for area, service in product(state.areas or {}, Service):
            share = share_for(state.condition, service, area)
            around = share_for(state.condition, service, area.rpartition("/")[0])
            assert known.get((name, service, brief_area(area, "en")), around) == share


@some
@given(every_scenario, scales, st.integers(60, 250), languages)
def test_no_line_is_wider_than_asked(scenario: Scenario, scale: Scale, wide: int, language: Language) -> None:
    """By our count and by that of the library that prints it, whatever the texts are."""
    _, picture = shown(scenario, scale=scale, language=language)
    for line in text(picture, wide).split("\n"):
        assert cells(line) <= wide, line
        assert cell_len(line) <= wide, line


@pytest.mark.parametrize("name", library.scenario_names())
def test_our_scenarios_fit_every_width(name: str) -> None:
    """From 60 columns to 250, played and told, in both languages."""
    scenario = library.load(name).scenario
    timeline = compile_scenario(scenario, scenario.seed or 1, library.catalogue(), frozenset(Track))
    for n, wide in enumerate(range(60, 251, 5)):
        segments = pace(scenario, timeline.until, start=scenario.start if n % 3 else None)
        picture = compose(
            scenario, timeline, segments, language="en" if n % 2 else "uk", scale="play" if n % 5 else "scenario"
        )
        assert max(cells(line) for line in text(picture, wide).split("\n")) == wide


@some
@given(every_scenario, languages)
def test_the_svg_is_xml_that_needs_nothing_else(scenario: Scenario, language: Language) -> None:
    """It parses, refers to nothing outside itself, runs nothing, and says each event in a title."""
    _, picture = shown(scenario, language=language)
    tree = xml(picture)
    titles = "\n".join(title.text or "" for title in tree.iter(f"{NAMES['SVG']}title")).split("\n")
    said = Counter(line.partition(" · ")[2] for line in titles)
    told = (
        mark
        for row in picture.rows
        for cluster in clusters(row.marks, picture.axis, 150)
        for mark in cluster.marks[:20]
    )
    assert all(said[mark.event.event] == 1 for mark in told)
    for element in tree.iter():
        assert element.tag.removeprefix(NAMES["SVG"]) not in {"script", "image", "use", "a", "foreignObject"}
        assert not any(name.startswith("on") or "href" in name for name in element.attrib)
        assert all("url(" not in value or value.startswith("url(#") for value in element.attrib.values())
    assert svg(picture).startswith(OURS)


BRIEFLY_LATE = night(strike("hit", 100, impacted=1), alert(101, 9000), news("end", 10_000))


@some
@given(every_scenario, columns_of)
@example(BRIEFLY_LATE, 60)
def test_labels_overlap_nothing(scenario: Scenario, columns: int) -> None:
    """Each lies on the strip; none lies on another or on a mark; those beside things lie on no bar."""
    _, picture = shown(scenario)
    for row in picture.rows:
        taken = Counter(cluster.column for cluster in clusters(row.marks, picture.axis, columns) if cluster.shown)
        for label in labels(row, picture.axis, columns):
            written = range(label.column, label.column + cells(label.text))
            assert written.start >= 0 and written.stop <= columns
            taken.update(written)
            if label.inside is None:
                spans = (halves(bar, picture.axis, columns) for bar in row.bars)
                assert not any(first // 2 <= cell < (end + 1) // 2 for first, end in spans for cell in written)
        assert all(count == 1 for count in taken.values())


@given(st.text(max_size=300), st.integers(0, 80))
def test_texts_are_made_harmless_and_fit(given_text: str, room: int) -> None:
    """Cleaned, a text is one printable line that XML takes; fitted, it is no wider than its room; split, as wide."""
    line = clean(given_text)
    assert not any(
        ord(character) < 32 or 0x7F <= ord(character) < 0xA0 or character in "\u2028\u202e\ufeff" for character in line
    )
    ET.fromstring(f"<t>{line.replace('&', '').replace('<', '')}</t>")
    short = fit(line, room)
    assert cells(short) <= room
    assert short in (line, "") or (short.endswith("…") and short[:-1] == line[: len(short) - 1].rstrip())
    assert len(split(line)) == cells(line)
    assert fit(line, cells(line)) == line


segments_of = st.lists(
    st.tuples(st.integers(0, 7200), st.integers(0, 7200), st.sampled_from([1.0, 60.0, 0.5])), min_size=1
)


def laid_out(parts: list[tuple[int, int, float]], scale: Scale = "play") -> Axis:
    """An axis of stretches of (gap before, length, rate), seconds."""
    segments, at = [], 1_702_350_000
    for n, (gap, long, rate) in enumerate(parts):
        segments.append(Segment(f"c{n}", Millis((at + gap) * SECOND), Millis((at + gap + long) * SECOND), rate))
        at += gap + long
    return stretch_out(segments, scale, {})


@given(segments_of, scales, st.lists(st.integers(-1000, 40_000), min_size=2))
def test_the_axis_never_turns(parts: list[tuple[int, int, float]], scale: Scale, moments: list[int]) -> None:
    """A later moment never lies left of an earlier one, and all lie on the axis."""
    axis = laid_out(parts, scale)
    places = [axis.place(Millis(axis.start + moment * SECOND)) for moment in sorted(moments)]
    assert places == sorted(places)
    assert all(0 <= place <= 1 for place in places)


@given(segments_of)
def test_play_is_real_time_and_scenario_is_story_time(parts: list[tuple[int, int, float]]) -> None:
    """A stretch is as wide as the real time it takes, or as the story time it covers; gaps take none."""
    for scale, weights in (("play", [long / rate for _, long, rate in parts]), ("scenario", [p[1] for p in parts])):
        axis = laid_out(parts, scale)  # type: ignore[arg-type]  # the two scales
        if whole := sum(weights):
            wide = [stretch.right - stretch.left for stretch in axis.stretches]
            assert wide == pytest.approx([weight / whole for weight in weights])


@given(segments_of, scales, st.integers(-14 * 60, 14 * 60), columns_of)
def test_ticks_are_round_and_apart(
    parts: list[tuple[int, int, float]], scale: Scale, offset: int, columns: int
) -> None:
    """Labels of ticks, and of dates, lie side by side on the axis and say the time of their place."""
    axis = laid_out(parts, scale)
    for marks in (ticks(axis, offset, columns), days(axis, offset, columns)):
        ends = 0
        for tick in marks:
            assert int(tick.place * columns) >= ends
            ends = int(tick.place * columns) + len(tick.label) + 1
            assert ends <= columns + 1
            assert tick.place == axis.place(tick.at)
            assert tick.label in rfc3339(tick.at, offset)


@pytest.mark.parametrize(
    ("long", "least", "form"),
    [
        (20 * SECOND, 2, r"02:00:\d[05]"),
        (10 * MINUTE, 3, r"02:\d\d"),
        (9 * HOUR, 3, r"\d\d:00"),
        (9 * DAY, 3, r"1970-01-\d\d"),
        (300 * DAY, 3, r"1970-\d\d"),
        (10 * 365 * DAY, 3, r"19\d\d"),
        (250 * 365 * DAY, 3, r"\d\d\d0"),
    ],
)
def test_any_span_has_ticks(long: int, least: int, form: str) -> None:
    """From seconds to centuries there are a few round ticks, never a crowd."""
    axis = stretch_out([Segment("all", Millis(0), Millis(long), 1.0)], "scenario", {})
    labelled = [tick.label for tick in ticks(axis, 120, 80)]
    assert least <= len(labelled) <= 14
    assert all(re.fullmatch(form, label) for label in labelled)


def test_centuries_on_a_few_columns_have_no_ticks() -> None:
    """Rather none than one that is not round."""
    assert ticks(stretch_out([Segment("all", Millis(0), Millis(7000 * 365 * DAY), 1.0)], "scenario", {}), 120, 12) == []


def test_words_of_another_day_have_its_date() -> None:
    """The date stands before the first of them, in both renderers."""
    _, picture = shown(night(news("today", 60), news("tomorrow", 86_400), news("then", 86_460)))
    wording = text(picture).split("In words")[1]
    assert wording.count("2023-12-13") == 1
    assert wording.index("today") < wording.index("2023-12-13") < wording.index("tomorrow") < wording.index("then")
    assert svg(picture).count(">2023-12-13<") == 2


def test_marks_above_letters_take_no_room() -> None:
    """A combining character joins the cell before it; without one it is left out; wide ones take two."""
    assert split("\u0301e\u0301漢\u0301x") == ["e\u0301", "漢\u0301", "", "x"]
    assert cells("е\u0301漢") == 3
    assert fit("漢漢漢", 4) == "漢…"
    assert fit("ab cd", 4) == "ab…"
    assert (fit("abc", 1), fit("abc", 0)) == ("…", "")


def test_gaps_have_their_date() -> None:
    """Where days are left out the next date stands, even if a date that could be guessed must go."""
    parts = [(0, 2 * 86_400, 1.0), (5 * 86_400, 86_400, 1.0)]
    assert [day.label for day in days(laid_out(parts), 120, 30)] == ["2023-12-12", "2023-12-19"]


def test_the_siren_after_the_explosions_is_seen() -> None:
    """A hatched bar runs from the first explosion to the siren, says how long, and the alert's bar begins there."""
    _, picture = shown(NIGHT)
    late, under, *_ = next(row for row in rows(picture, "Alerts") if row.label == "Kyiv City").bars
    assert (late.kind, late.start, late.until) == (BarKind.UNWARNED, after(60), after(93))
    assert (under.kind, under.start, under.until) == (BarKind.ALERT, after(93), after(600))
    assert "33s" in text(picture)


def sirens(*entries: dict[str, Any]) -> list[tuple[str, int, int]]:
    """Late sirens of a night, in seconds after its start."""
    timeline, _ = shown(night(*entries))
    start = after(0)
    return [
        (late.area, (late.explosion - start) // 1000, (late.until - start) // 1000)
        for late in unwarned(timeline.events)
        if late.siren
    ]


def test_a_siren_is_late_only_after_an_explosion_nobody_was_warned_of() -> None:
    """Not where an alert stood in the area or around it, not elsewhere, not after more than an hour."""
    hit = strike("hit", 100, impacted=1, area="UA-32/75")
    assert sirens(hit, alert(130, area="UA-32")) == [("UA-32", 100, 130)]
    assert sirens(hit, alert(130, area="UA-32/75")) == [("UA-32/75", 100, 130)]
    assert sirens(hit, alert(130, area="UA-30")) == []
    assert sirens(hit, alert(50, area="UA-32")) == []
    assert sirens(hit, alert(50, 90, area="UA-32"), alert(130, area="UA-32")) == [("UA-32", 100, 130)]
    assert sirens(hit, alert(100 + LATE // SECOND, area="UA-32")) == [("UA-32", 100, 100 + LATE // SECOND)]
    assert sirens(hit, alert(101 + LATE // SECOND, area="UA-32")) == []


def test_where_no_siren_came_for_explosions_is_seen() -> None:
    """A row of its own, hatched from the first explosion to the last; a siren hours later is none of theirs."""
    salvo = strike("salvo", 100, impacted=3, spread="5m", area="UA-32/75")
    _, picture = shown(night(salvo, alert(100 + 2 * LATE // SECOND, area="UA-32")))
    oblast, raion = rows(picture, "Alerts")
    assert (oblast.label, raion.label) == ("Kyivska oblast", "Buchanskyi raion")
    (silent,) = raion.bars
    assert (silent.kind, silent.start, silent.labels) == (BarKind.UNWARNED, after(100), ("explosions, no siren",))
    assert after(100) < silent.until <= after(400)
    assert [bar.kind for bar in oblast.bars] == [BarKind.ALERT]


def test_alerts_are_counted_and_what_is_no_alert_is_not() -> None:
    """The count beside an area is of its sirens; pre-alerts and standing alerts have bars of their own and no count."""
    _, picture = shown(night(alert(10, 20), alert(30, 40), {"alert": {"area": "UA-43", "standing": True}}))
    kyiv, crimea = rows(picture, "Alerts")
    assert (kyiv.note, crimea.note) == ("×2", "")
    assert [bar.kind for bar in crimea.bars] == [BarKind.STANDING]
    _, picture = shown(NIGHT)
    assert {bar.kind for row in picture.rows for bar in row.bars} == set(BarKind)


def test_raions_stand_below_their_oblast() -> None:
    """Areas around an alerted one are named, without a bar; those that are alerted first come first."""
    entries = (alert(30, area="UA-32/75/702"), alert(10, area="UA-74"), alert(40, area="UA-32/75"))
    _, picture = shown(night(*entries))
    named = [(row.label, row.depth, len(row.bars)) for row in rows(picture, "Alerts")]
    assert [(depth, bars) for _, depth, bars in named] == [(0, 1), (0, 0), (1, 1), (2, 1)]
    assert named[:3] == [("Chernihivska oblast", 0, 1), ("Kyivska oblast", 0, 0), ("Buchanskyi raion", 1, 1)]


def test_a_change_of_granularity_is_no_new_alert() -> None:
    """An alert that goes on in other areas has a bar there, and is counted where its siren was."""
    updates = [{"at": "+60s", "areas": ["UA-32/75", "UA-32/77"]}, {"at": "+80s", "areas": ["UA-32"]}]
    _, picture = shown(night({"alert": {"area": "UA-32", "raised": "+10s", "cleared": "+90s", "updates": updates}}))
    bars = [(row.depth, bar.start, bar.until) for row in rows(picture, "Alerts") for bar in row.bars]
    outer = [(0, after(10), after(60)), (0, after(80), after(90))]
    assert bars == [*outer, (1, after(60), after(80)), (1, after(60), after(80))]
    assert all(not row.note for row in rows(picture, "Alerts"))


def test_time_that_is_left_out_is_marked() -> None:
    """Between chapters with a gap stands a double rule, between others a dotted one; what happens there is counted."""
    _, picture = shown(night(alert(5, 60), news("lost", 35), **chapters_of((0, 20, 1), (20, 30, 1), (40, 60, 1))))
    assert picture.outside.between == 1
    assert [text(picture).count(rule) > 0 for rule in "┊║"] == [True, True]
    assert "1 between chapters" in text(picture)


def chapters_of(*stretches: tuple[float, float, float]) -> dict[str, Any]:
    """As the header of a scenario has them."""
    return {"chapters": chapters(*stretches)}


def test_an_operator_is_told_by_what_changes() -> None:
    """Services alike share a curve, those always up and a load that stays are said in words."""
    stay = outage("down", 30, {"data": 0.5, "sms": 0.5}, spill_over={"operator-b": {"load": 1.5}})
    for start in (30, 40):
        _, picture = shown(night(stay, news("end", 90)), start=after(start))
        network = rows(picture, "Networks")
        assert [(row.label, row.note, row.caption) for row in network] == [
            ("operator-a", "", "voice, fixed 100%"),
            ("SMS, data", "50%", ""),
            ("operator-b", "", "voice, SMS, data, fixed 100%; load ×1.5"),
        ]
    _, picture = shown(night(stay, news("end", 90)))
    assert ("load", "×1–×1.5") in {(row.label, row.note) for row in rows(picture, "Networks")}
    assert "▄▄▄" in text(picture)


def test_areas_that_differ_have_a_thin_curve_each_group() -> None:
    """Below that of the country, those that part from it first above the others; areas alike share one."""
    west = {"at": "+200s", "areas": {"UA-46": {"data": 1.0}, "UA-07": {"data": 1.0}}}
    centre = {"at": "+300s", "areas": {"UA-32": {"data": 0.5}, "UA-32/75": {"data": 1.0}}}
    rest = {"at": "+400s", "up": {"data": 1.0}}
    failed = outage(
        "down", 100, {"data": 0.0, "sms": 0.0}, west, centre, rest, spill_over={"operator-b": {"loss": 0.1}}
    )
    _, picture = shown(night(failed, news("end", 600)))
    told = [(row.label, row.note, row.depth) for row in rows(picture, "Networks")]
    assert told == [
        ("operator-a", "", 0),
        ("SMS", "0%–100%", 1),
        ("data", "0%–100%", 1),
        ("Volynska, Lvivska", "0%–100%", 2),
        ("Kyivska", "0%–100%", 2),
        ("Buchanskyi raion", "0%–100%", 2),
        ("operator-b", "", 0),
        ("voice, SMS, data", "90%–100%", 1),
    ]
    lines = text(picture).split("\n")
    (thin,) = (line for line in lines if "Volynska, Lvivska" in line)
    assert all(glyph in thin for glyph in "⎺⎽")
    (half,) = (line for line in lines if "    Kyivska" in line)
    assert "─" in half
    curves = [path for path in xml(picture).iter() if path.get("class") == "thin network-stroke"]
    assert len(curves) == 3


def test_a_part_may_be_as_the_country_is() -> None:
    """Where its oblast differs, a raion that does not has a curve of its own."""
    areas = {"UA-32": {"data": 0.5}, "UA-32/75": {"data": 0.0}}
    _, picture = shown(night(outage("down", 10, {"data": 0.0}, areas=areas), news("end", 60)))
    assert [row.label for row in rows(picture, "Networks")][-2:] == ["Buchanskyi raion", "Kyivska"]


def test_blocked_roaming_is_a_bar() -> None:
    """As long as it is blocked; a block that stood before, or still stands, reaches to the end of the picture."""
    lifted = {"at": "+200s", "roaming": "open"}
    again = [{"at": "+300s", "roaming": "blocked"}, {"at": "+300s", "roaming": "open"}]
    for steps, start, bars in (
        ([lifted], 0, [(100, 200)]),
        ([lifted, *again], 0, [(100, 200)]),
        ([lifted], 150, [(150, 200)]),
        ([lifted], 250, []),
        ([], 0, [(100, 600)]),
    ):
        failed = outage("ban", 100, {"data": 0.5}, *steps, roaming="blocked")
        _, picture = shown(night(failed, news("end", 600)), start=after(start))
        found = [row for row in rows(picture, "Networks") if row.label == "roaming"]
        assert [(bar.start, bar.until) for row in found for bar in row.bars] == [
            (after(begins), after(ends)) for begins, ends in bars
        ]
    _, picture = shown(night(outage("ban", 0, {"data": 0.5}, lifted, roaming="blocked")), language="uk")
    assert "роумінг заблоковано" in text(picture)


def test_silent_sirens_are_a_bar_an_oblast() -> None:
    """From the first that is silent to the return of the last: what is left at the worst, and what warns instead."""
    bells = {"uk": "дзвони", "en": "bells"}
    sirens: dict[str, dict[str, Any]] = {"UA-59": {"share": 0.5, "fallback": bells}, "UA-30": {"share": 0.0}}
    steps = [{"at": "+200s", "up": {"data": 0.5}}, {"at": "+300s", "areas": {"UA-59": {"data": 1.0}}}]
    _, picture = shown(night(outage("down", 100, {"data": 0.0}, *steps, sirens=sirens), news("end", 600)))
    (row,) = (row for row in rows(picture, "Networks") if row.label.startswith("sirens"))
    assert row.label == "sirens: Sumska"
    ((start, until, labels, title),) = ((bar.start, bar.until, bar.labels, bar.title) for bar in row.bars)
    assert (start, until) == (after(100), after(300))
    assert labels == ("50% left; bells", "50% left")
    assert title == "sirens: Sumska oblast: 50% left; bells"
    assert "▚50% left; bells" in text(picture, 200)
    del sirens["UA-59"]["fallback"]
    _, picture = shown(night(outage("down", 100, {"data": 0.0}, sirens=sirens), news("end", 600)), language="uk")
    assert "лишилося 50%" in text(picture)


def test_a_delay_is_a_curve_or_words() -> None:
    """As the load is: a curve where it changes, said where it stays."""
    slow = outage("down", 30, {"data": 0.5}, spill_over={"operator-b": {"latency_ms": 80}})
    _, picture = shown(night(slow, news("end", 90)))
    assert ("latency", "+0 ms–+80 ms") in {(row.label, row.note) for row in rows(picture, "Networks")}
    _, picture = shown(night(slow, news("end", 90)), start=after(40))
    assert "voice, SMS, data, fixed 100%; latency +80 ms" in {row.caption for row in rows(picture, "Networks")}


def test_the_key_tells_of_what_is_seen() -> None:
    """Each sign in the picture is explained, others are not; a detection under an interception is not seen."""
    _, picture = shown(NIGHT)
    key = text(picture, 250).split("\n\n")[-1]
    assert all(sign in key for sign in "█╍░▒─●✕◆▼■╷┃")
    assert "○" not in key


def test_the_banner_cannot_be_missed() -> None:
    """Both languages, at the top and at the bottom, over the whole width of the terminal; in the SVG the same."""
    _, picture = shown(NIGHT)
    first, *_, last = text(picture, 120).split("\n")
    assert first == last and len(first) == 120
    assert first.count("EXERCISE") >= 4 <= first.count("НАВЧАННЯ") + 1
    assert svg(picture).count('class="banner-text"') == 2


def test_an_empty_scenario_is_an_empty_picture() -> None:
    """It says so, and its single instant lies in the middle."""
    _, picture = shown(night())
    assert picture.sections == ()
    assert picture.axis.place(picture.axis.start) == 0.5
    assert "nothing happens" in text(picture, 60)
    assert "nothing happens" in svg(picture)


def test_a_single_instant_has_everything() -> None:
    """All that happens at once is one column, and nothing is lost."""
    timeline, picture = shown(night(strike("hit", 0, impacted=3), alert(0), news("now", 0)))
    assert len(picture.marks) == len(timeline.events)
    assert len(ticks(picture.axis, 120, 80)) == 1
    assert xml(picture) is not None


def test_texts_cannot_steer() -> None:
    """Control characters, overrides of direction and tags stay text; 2,000 wide characters are cut."""
    wild = "\x1b[31m\x07<script>&\"'\u202eevil " + "漢" * 1900
    _, picture = shown(night(news("x", 10)).model_copy(update={"title": Text(uk=wild, en=wild), "name": wild}))
    for out in (text(picture, 80), svg(picture)):
        assert not any(character in out for character in "\x1b\x07\u202e")
    assert "<script>" not in svg(picture)
    assert all(cells(line) <= 80 for line in text(picture, 80).split("\n"))


def test_a_crowd_is_told_in_short() -> None:
    """Many marks in one place are one sign that tells of the first twenty; many words end with how many more."""
    crowd = night(strike("swarm", 10, impacted=300), *(news(f"n{n}", n) for n in range(70)), news("end", 9999))
    _, picture = shown(crowd)
    assert "… more 580" in svg(picture)
    assert "… more 11" in text(picture)
    assert "… more 11" in svg(picture)


@pytest.mark.parametrize(("count", "axes"), [(30, 1), (31, 2)])
def test_the_axis_stands_below_a_long_picture_too(count: int, axes: int) -> None:
    """From the thirty-first row on."""
    report = {"area": "UA-30", "updates": [{"at": "+60s", "text": "broken windows"}]}
    _, picture = shown(night(*({"id": f"i{n}", "incident": report} for n in range(count))))
    assert sum("┬" in line for line in text(picture).split("\n")) == axes


@pytest.mark.parametrize(
    ("duration", "en", "uk"),
    [
        (1800, "1.8s", "1,8с"),
        (33_000, "33s", "33с"),
        (2_243_000, "37m23s", "37хв 23с"),
        (17_423_000, "4h50m", "4год 50хв"),
    ],
)
def test_durations_are_short(duration: int, en: str, uk: str) -> None:
    """Tenths below ten seconds, no seconds from an hour on."""
    assert (length(duration, "en"), length(duration, "uk")) == (en, uk)


def test_the_picture_is_golden() -> None:
    """The night of these tests at 100 columns, line by line; after a wanted change read the diff and write it anew."""
    _, picture = shown(NIGHT)
    assert text(picture) + "\n" == GOLDEN.read_text(encoding="utf-8")


@settings(max_examples=20)
@given(every_scenario)
def test_pictures_are_the_same_for_the_same(scenario: Scenario) -> None:
    """Same scenario, same seed: same bytes."""
    (_, one), (_, other) = shown(scenario), shown(scenario)
    assert one == other
    assert svg(one) == svg(other)


def test_nothing_but_sign_names_are_signs() -> None:
    """Every sign has a glyph of its own, one cell wide."""
    from alertsim.picture.words import BARS, SIGNS

    glyphs = [glyph for glyph, _ in (*SIGNS.values(), *BARS.values())]
    assert len(set(glyphs)) == len(glyphs) == len(Sign) + len(BarKind)
    assert all(cells(glyph) == 1 == len(glyph) for glyph in glyphs)
    assert json.dumps(sorted(SIGNS)) == json.dumps(sorted(Sign))
