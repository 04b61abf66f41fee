"""The page of a report: says in two languages what the recording shows, asks nobody for anything, invents nothing."""

import json
import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import get_args
from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertsim import library
from alertsim.areas import top_level
from alertsim.areas.outlines import HIGH, WIDE, outlines
from alertsim.events import ExerciseState
from alertsim.observations import (
    CohortReached,
    EventAcknowledged,
    EventPublished,
    EventSkipped,
    Line,
    NetworkSeen,
    Observation,
    Observed,
    Played,
)
from alertsim.picture.model import Language
from alertsim.recording.lines import lines
from alertsim.report.evaluation import parse_evaluation
from alertsim.report.log import Log
from alertsim.report.page import OURS, page, words
from alertsim.report.page.curves import story_ticks
from alertsim.report.page.map import STEPS, limits_of
from alertsim.report.page.sheet import Sheet
from alertsim.report.page.style import sheet
from alertsim.report.reported import About, Report
from alertsim.scenario import Facts, Scenario, parse_facts
from alertsim.times import HOUR, MINUTE, Millis
from alertsim.wire.headlines import BANNER, Said
from tests.conducted import BEGUN_US, RATE, conducted, reached, scenario, state, written
from tests.nights import after, chapters, news, night
from tests.pages import Reader, said
from tests.unit.test_report_of_recording import NOTES

LANGUAGES: tuple[Language, ...] = get_args(Language)
SEGMENTS = json.dumps([["all", after(0), after(900), RATE], ["later", after(950), after(999), 1]])
METADATA = {
    "exercise": "night-1", "scenario": "night", "seed": "7", "contact": "control", "offset_minutes": "120",
    "version": "0.1", "segments": SEGMENTS,
}  # fmt: skip
FACTS = parse_facts(
    """\
article: {title: A night of tests in the paper}
paragraphs:
  p1: {retold: Sirens sounded late in the night.}
facts:
  radio: {says: The radio told of explosions., source: a radio station, confidence: read}
  other: {says: This one nobody has cited., source: a radio station, confidence: read}
""",
    file="facts.yaml",
)


def report(
    told: Sequence[Line], *, of: Scenario | None = None, facts: Facts | None = None, notes: str = "", **about: object
) -> Report:
    """A report of these lines."""
    known = About(**{"metadata": METADATA, "scenario": of, "facts": facts, **about})  # type: ignore[arg-type]  # what a test says of it
    evaluation = parse_evaluation(notes, file="notes.yaml", objectives=["warn", "assess"]) if notes else None
    return Report(known, Log().add(told), evaluation)


def plain() -> list[Played]:
    """Only what was played: no subscribers, no answers, no observation at all."""
    return [line for line in conducted().lines if isinstance(line, Played)]


ALL = {
    "whole": report(conducted().lines, of=scenario(), facts=FACTS),
    "evaluated": report(conducted().lines, of=scenario(), notes=NOTES),
    "killed": report(conducted().lines[:-2], of=scenario(), finished=False, damage="at byte 7: <a hole>"),
    "unknown": report(plain(), metadata={"segments": "[3]"}, strangers={"home/temperature": 3}),
    "foreign": report([], strangers={"home/temperature": 3}),
    "nothing": report([], metadata={}),
}
PAGES = {(name, language): page(found, language) for name, found in ALL.items() for language in LANGUAGES}


@pytest.mark.parametrize(("name", "language"), PAGES)
def test_one_file_that_asks_for_nothing(name: str, language: Language) -> None:
    """No script, no address but anchors of its own that are there; every tag closed; every drawing is XML; marked."""
    text = PAGES[name, language]
    read = Reader(text)
    assert read.open == [] and not {"script", "img", "iframe", "object", "form"} & read.tags.keys()
    anchors = {each.removeprefix("#") for each in read.asked if each != "data:,"}
    assert anchors <= read.ids.keys()
    assert [each for each, count in read.ids.items() if count > 1] == []
    assert "url(http" not in text and "@import" not in text and "nan" not in re.findall(r' d="[^"]*"', text)
    for drawing in re.findall(r"<svg.*?</svg>", text, re.DOTALL):
        fromstring(drawing)
    assert text.count(BANNER) >= 4 and OURS in text[:100]
    assert f'@top-center{{content:"{BANNER}"' in text
    assert len(text.encode()) < 400_000


@pytest.mark.parametrize("name", ALL)
def test_no_word_is_left_in_the_other_language(name: str) -> None:
    """Whatever the page says in Ukrainian words of ours it does not say in English ones, and the other way round."""
    texts = {language: said(PAGES[name, language]) for language in LANGUAGES}
    ours = [each for each in vars(words).values() if isinstance(each, Said) and "{" not in each.en and len(each.en) > 7]
    for each in (one for one in ours if one.uk != one.en):
        assert f"\n{each.en}\n" not in texts["uk"]
        assert f"\n{each.uk}\n" not in texts["en"]


def test_a_director_finds_the_night() -> None:
    """Objectives with what was expected, the late siren, the operator nobody heard through, room for an evaluator."""
    text = said(PAGES["whole", "en"])
    assert "Exercise data report" in text and "A night <of> tests" in text
    assert "No evaluator has written yet" in text and "☐ P ☐ S ☐ M ☐ U" in text
    assert "Warn in time" in text and "✓ met, after 30 s (of 1 min), phone-7" in text
    assert "✕ too late, after 1 min 30 s (of 1 min), duty-officer-2" in text
    assert "05:01:00\n05:01:40\n−40s\n05:08:20" in text and "05:06:40\n05:05:00\n+1m40s" in text
    assert "Sumska oblast\n—\n—\nnever" in text
    assert "operator-a\n6\n5\n30\n15\n6\n2\n13\n43 %" in text
    assert "Kyiv City\n6m40s\n1" in text and "Chernihivska oblast\n8m20s\n1" in text
    assert "interpolated:\n between two reports" in text and "invented:\n the minute" in text


def test_an_engineer_finds_his_figures() -> None:
    """Latencies, losses, storms, broker outages, who stalled."""
    text = said(PAGES["whole", "en"])
    assert "Event handed on after its time\n27\n0.25 ms\n0.47 ms\n0.47 ms" in text
    assert "Last one reached had it\n5\n33.0 ms\n42.0 ms\n42.0 ms" in text
    assert "operator-a\n05:05:00\n1.0 s, by chance\n6\n4\n2\n4\n2.0 s" in text
    assert "5s\ncable\n2.5s\n3" in text and "14s\nagain\nto the end\n0" in text
    assert "not sent: expired\n3" in text
    assert "operator-a: 2 subscribers got nothing more" in text
    assert "lateness is not measured" in said(page(report([]), "en"))


def test_an_evaluator_makes_it_an_after_action_report() -> None:
    """Its name changes; ratings are ticked, notes stand beside the facts, the plan has its rows."""
    text = said(PAGES["evaluated", "en"])
    assert "After-Action Report / Improvement Plan" in text and "Control group" in text
    assert "☐ P ☒ S ☐ M ☐ U" in text and "Late" in text and "Calm" in text
    assert "Late siren\nA second channel\nequipment\nWarning centre" in text
    unnamed = NOTES.replace("evaluator: Control group\n", "")
    assert "the evaluator" in said(page(report([], of=scenario(), notes=unnamed), "en"))


def test_what_is_wrong_comes_first() -> None:
    """Damage, an end that never came, a stranger's messages: before the first figure."""
    text = said(PAGES["killed", "uk"])
    assert text.index("at byte 7: <a hole>") < text.index("Головне\n")
    assert "не доведено до кінця" in text
    assert "no part of an exercise of ours: 3" in said(PAGES["foreign", "en"])


def test_sources_are_retold_once_where_they_are_cited() -> None:
    """An entry links to what it cites; what nobody cites is not told."""
    sources = {"cite": ("radio", "article.p1", "article.p1")}
    cited = [line._replace(event=line.event.model_copy(update=sources)) for line in plain()]
    text = page(report(cited, of=scenario(), facts=FACTS), "en")
    assert text.count('id="fact-radio"') == 1 and 'href="#fact-radio"' in text
    assert "a radio station · read" in said(text) and "nobody has cited" not in text
    unread = page(report(cited, of=scenario()), "en")
    assert "article.p1" in unread and "fact-radio" not in unread


def test_much_is_told_in_little_room() -> None:
    """Of thousands of entries, alerts and deliveries the page tells the most important, and how many more."""
    many = [
        line._replace(seq=n, event=line.event.model_copy(update={"event": f"e{n}:sent", "entry": f"e{n}"}))
        for n, line in enumerate(line for line in plain() * 100 if not line.event.kind.startswith("strike."))
    ]
    text = page(report(many, of=scenario()), "en")
    assert "… and " in said(text) and len(text.encode()) < 1_000_000


def test_the_same_recording_makes_the_same_bytes(tmp_path: Path) -> None:
    """Read twice, drawn twice, in both languages."""
    found = written(tmp_path, conducted().lines)
    for language in LANGUAGES:
        made = {page(report(list(lines(found)), of=scenario()), language) for _ in range(2)}  # type: ignore[arg-type]  # no strangers in it
        assert made == {PAGES["whole", language]} or len(made) == 1


# ── the map and the curves ──────────────────────────────────────────────────────────────────────────────────────────


def test_every_area_at_the_top_has_an_outline() -> None:
    """All 27, each closed, each within the drawing."""
    assert outlines().keys() == {area.id for area in top_level()}
    for path in outlines().values():
        assert re.fullmatch(r"(M\d+ \d+l(-?\d+ -?\d+ ?)+z)+", path)
        for x, y in re.findall(r"M(\d+) (\d+)", path):
            assert 0 <= int(x) <= WIDE and 0 <= int(y) <= HIGH


@given(st.integers(1, 10**12))
def test_steps_of_the_map_double_up_to_the_longest(most_ms: int) -> None:
    """Each is twice the one before it; the last is not below the longest."""
    limits = limits_of(most_ms)
    assert len(limits) == STEPS and all(other == 2 * one for one, other in pairwise(limits))
    assert limits[-1] >= most_ms


@given(st.integers(0, 10**13), st.integers(1, 400 * 24 * HOUR), st.sampled_from([-210, 0, 120, 345]))
def test_ticks_are_round_moments_within_the_story(since: int, length: int, offset: int) -> None:
    """Ten at most, inside, evenly apart, and each said as the clock of the place says it."""
    ticks = story_ticks(Millis(since), Millis(since + length), offset)
    assert len(ticks) <= 11
    assert all(since <= tick.value <= since + length for tick in ticks)
    steps = {int(other.value - one.value) for one, other in pairwise(ticks)}
    assert len(steps) <= 1
    for tick in ticks:
        assert all((tick.value + offset * MINUTE) % step == 0 for step in steps)


@given(st.integers(0, 500), st.integers(0, 500))
def test_a_share_is_never_rounded_to_all_or_nothing(part: int, more: int) -> None:
    """100 % is all, 0 % is none."""
    text = Sheet(ALL["nothing"], "en").share(part, part + more)
    assert (text == "100 %") == (part > 0 and more == 0)
    assert (text == "0 %") == (part == 0 and more > 0)


def test_styles_of_the_picture_hold_in_the_picture_alone() -> None:
    """Every rule it brings is below its own class, so that the page around it keeps its look."""
    foreign = sheet().split(".picture text{", 1)[1]
    for selectors in re.findall(r"([^{}\n]+)\{", foreign):
        for each in selectors.split(","):
            assert each.startswith((".picture ", "@media")), each


def test_every_shipped_scenario_can_be_reported_on() -> None:
    """What `run` would play of each, without anybody listening: a page of all its sections."""
    for name in library.scenario_names():
        loaded = library.load(name)
        about = About(metadata={"scenario": name}, scenario=loaded.scenario, facts=library.facts_of(loaded))
        assert page(Report(about, Log()), "uk").count("<section") == 13


# ── what is not in the night of the tests ───────────────────────────────────────────────────────────────────────────


def odd() -> list[Line]:
    """Seen of nobody, said twice, answered before it happened, caused by a command; a storm of none; and killed."""
    book, nobody = conducted(), CohortReached("phones", "operator-a", 0, 0, 0, 0)
    book.lines.pop()
    alert = next(line for line in book.lines if isinstance(line, Played) and line.event.kind == "alert.raised")
    down = next(line for line in book.lines if isinstance(line, Played) and line.event.kind == "operator.changed")
    inject = next(line for line in book.lines if isinstance(line, Played) and line.event.kind == "inject.sent")
    live = inject.event.model_copy(update={"event": "live-9:sent", "entry": "live", "inject": "live-9"})
    before = inject._replace(seq=98, event=inject.event.model_copy(update={"event": "ask:announced"}))
    book.lines[0:0] = [Observed(97, BEGUN_US, EventSkipped(skipped=down.event)), before]
    book.lines += [
        alert._replace(seq=90, catch_up=True),
        alert._replace(seq=91),
        down._replace(seq=92, event=down.event.model_copy(update={"event": "down:again"})),
        inject._replace(seq=93, event=live),
    ]
    seen: list[Observation] = [
        EventAcknowledged(event="ask:sent", seq=1, client="stranger", what="received", at_us=1),
        EventAcknowledged(event="nobody:sent", seq=1, client="c", what="received", at_us=1),
        EventAcknowledged(event="ask:sent", seq=1, client="duty-officer", what="received", at_us=1),
        EventPublished(event="nothing", seq=4_000, topic="public/news", at_us=1),
        NetworkSeen(operator="operator-c", subscribers=0, connected=0, cut=0),
        NetworkSeen(operator="operator-c", side="clients", subscribers=3, connected=1, cut=0),
        reached("news", 4_001, "public/news", 1),
        reached("kyiv:raised", 4_002, "public/alert/UA-30", 1).model_copy(update={"cohorts": (nobody,)}),
    ]
    for each in seen:
        book.see(each, BEGUN_US - 5)
    for n in range(40):
        book.play(alert.event.model_copy(update={"event": f"more:{n}:raised", "at": after(n)}))
        book.see(reached(f"more:{n}:raised", book.lines[-1].seq, "public/alert/UA-30", n), BEGUN_US)
    book.play(state(ExerciseState.ENDED, after(900), "the director"))
    return book.lines


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_odd_is_told_too(language: Language) -> None:
    """An end by the director, an entry that a command caused, more messages than there is room for."""
    found = report(odd(), of=scenario(), metadata=METADATA | {"segments": '[["one", 0, 9e15, null]]'})
    text = said(page(found, language))
    assert "the director" in text
    assert {"uk": "під час навчання", "en": "during the exercise"}[language] in text
    assert {"uk": "… і ще ", "en": "… and "}[language] in text
    assert found.expected[0].verdict == "met"


def _all_heard(seen: Observation) -> Observation:
    return seen.model_copy(update={"cohorts": (CohortReached("phones", "operator-a", 4, 4, 0, 0),)})


def test_chapters_are_as_wide_as_their_author_gave_them_time() -> None:
    """At whichever rate they were played; what never happened has no time of day."""
    told = night(*(news(f"n{n}", 10 * n) for n in range(9)), chapters=chapters((0, 60, 5), (60, 900, 300)))
    segments = json.dumps([["one", after(0), after(60), None], ["two", after(60), after(900), None]])
    text = page(report(plain(), of=told, metadata=METADATA | {"segments": segments}), "en")
    assert "×5 ·" in text and "×300 ·" in text
    assert Sheet(ALL["nothing"], "en").moment(None) == "—"


def test_a_recording_before_there_were_networks_has_curves_too() -> None:
    """What the subscribers heard is drawn though nobody saw who was connected; a storm nobody saw is not told."""
    older = [line for line in conducted().lines if isinstance(line, Played) or line.observation.kind == "alert.reached"]
    assert "heard when sent" in said(page(report(older, of=scenario()), "en"))
    whole = [
        line._replace(observation=_all_heard(line.observation)) if isinstance(line, Observed) else line
        for line in older
    ]
    assert "Messages that most did not hear" not in said(page(report(whole, of=scenario()), "en"))
    calm = [line for line in conducted().lines if isinstance(line, Played) or line.observation.kind != "storm.passed"]
    assert "Reconnect storms" not in said(page(report(calm, of=scenario()), "en"))


def test_shares_have_words_for_nearly_nothing_and_nearly_all() -> None:
    """One of a thousand, all but one, and of nobody nothing."""
    told = Sheet(ALL["nothing"], "en")
    assert [told.share(1, 1_000), told.share(999, 1_000), told.share(0, 0)] == ["<1 %", ">99 %", ""]
