"""Chapters and what was asked for become the segments that are played."""

import math
from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from alertsim.errors import InputError
from alertsim.scenario import Scenario
from alertsim.timeline import DEFAULT_TRACKS, Segment, compile_scenario, pace
from alertsim.times import HOUR, Millis
from tests.nights import after, chapters, news, night
from tests.scenario_texts import CATALOGUE
from tests.strategies import START, scenarios

moments = st.integers(-3600, 8 * 3600).map(after)
GAPS = night(news("late", 100), chapters=chapters((10, 20, 60), (20, 30, 1), (50, 60, 3600)), play=["one", "three"])
LAST = after(100)


def last(scenario: Scenario) -> Millis:
    return compile_scenario(scenario, 1, CATALOGUE, DEFAULT_TRACKS).until


def spans(segments: tuple[Segment, ...]) -> list[tuple[str, float, float, float]]:
    """Name, start and end in seconds after the start, rate."""
    return [(name, (start - START) / 1e3, (until - START) / 1e3, rate) for name, start, until, rate in segments]


@settings(max_examples=30)
@given(scenarios())
def test_left_alone_a_scenario_plays_its_chapters(scenario: Scenario) -> None:
    """Those of `play`, or all, each with its own rate, one after the other; without chapters everything at rate 1."""
    segments = pace(scenario, last(scenario))
    assert [segment.name for segment in segments] == list(scenario.play or scenario.chapters or ["all"])
    assert all(one.until <= other.start for one, other in pairwise(segments))
    expected, ended = {"all": Segment("all", scenario.start, last(scenario), 1.0)}, scenario.start
    for name, chapter in scenario.chapters.items():
        begins = ended if chapter.from_ is None else chapter.from_
        expected[name], ended = Segment(name, begins, chapter.until, chapter.rate), chapter.until
    assert all(segment == expected[segment.name] for segment in segments)


@settings(max_examples=60)
@given(scenarios(), st.none() | moments, st.none() | moments, st.none() | st.sampled_from([0.5, 60.0, math.inf]))
def test_between_two_times_everything_is_played(
    scenario: Scenario, start: Millis | None, until: Millis | None, rate: float | None
) -> None:
    """With --from or --until the segments have no gap and reach from the one to the other, as far as the file goes."""
    assume((start, until) != (None, None))
    end = max([last(scenario), *(chapter.until for chapter in scenario.chapters.values())])
    begins = scenario.start if start is None else max(scenario.start, start)
    ends = end if until is None else min(end, until)
    if begins > ends:
        with pytest.raises(InputError, match="nothing to play between --from and --until: the scenario lasts from"):
            pace(scenario, last(scenario), rate=rate, start=start, until=until)
        return
    segments = pace(scenario, last(scenario), rate=rate, start=start, until=until)
    assert (segments[0].start, segments[-1].until) == (begins, ends)
    assert all(one.until == other.start for one, other in pairwise(segments))
    assert all(segment.start <= segment.until for segment in segments)
    if rate is not None:
        assert {segment.rate for segment in segments} == {rate}


def test_play_leaves_out_what_lies_between() -> None:
    """The chapters of `play` with their gaps; asked for a time, also what lies between, at the next one's pace."""
    assert spans(pace(GAPS, LAST)) == [("one", 10, 20, 60), ("three", 50, 60, 3600)]
    everything = [("one", 0, 20, 60), ("two", 20, 30, 1), ("three", 30, 100, 3600)]
    assert spans(pace(GAPS, LAST, start=after(0))) == everything
    assert spans(pace(GAPS, LAST, start=after(25), until=after(40))) == [("two", 25, 30, 1), ("three", 30, 40, 3600)]


def test_without_play_all_chapters_are_played_and_nothing_else() -> None:
    """What lies between chapters is passed over whether `play` names all of them or is left out; so `check` says."""
    plain = night(chapters=chapters((10, 20, 60), (50, 60, 3600)))
    named = night(chapters=chapters((10, 20, 60), (50, 60, 3600)), play=["one", "two"])
    assert pace(plain, LAST) == pace(named, LAST)
    assert spans(pace(plain, LAST)) == [("one", 10, 20, 60), ("two", 50, 60, 3600)]


def test_a_chapter_by_name() -> None:
    """Alone, also one that `play` leaves out, cut to --from and --until, at another rate where one is asked for."""
    assert spans(pace(GAPS, LAST, chapter="two")) == [("two", 20, 30, 1)]
    assert spans(pace(GAPS, LAST, chapter="one", rate=math.inf)) == [("one", 10, 20, math.inf)]
    assert spans(pace(GAPS, LAST, chapter="one", start=after(15), until=after(90))) == [("one", 15, 20, 60)]


@pytest.mark.parametrize(
    ("scenario", "asked", "said"),
    [
        (GAPS, {"chapter": "four"}, r"^no chapter 'four' in night; it has: one, two, three$"),
        (night(), {"chapter": "four"}, r"^no chapter 'four' in night; it has: no chapters$"),
        (
            GAPS,
            {"chapter": "two", "start": after(31)},
            r"^nothing to play .* chapter 'two' lasts from 2023-12-12T05:00:20\+02:00 to 2023-12-12T05:00:30\+02:00$",
        ),
        (
            GAPS,
            {"start": Millis(after(100) + HOUR)},
            r"^nothing to play .* the scenario lasts from 2023-12-12T05:00:00\+02:00 to 2023-12-12T05:01:40\+02:00$",
        ),
        (GAPS, {"start": after(12), "until": after(11)}, "nothing to play"),
    ],
)
def test_what_cannot_be_played_is_said(scenario: Scenario, asked: dict[str, Millis], said: str) -> None:
    """An unknown chapter, or times outside: one sentence with what there is."""
    with pytest.raises(InputError, match=said):
        pace(scenario, LAST, **asked)  # type: ignore[arg-type]  # a table of different options
