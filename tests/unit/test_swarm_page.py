"""The page of a load test: says what was measured in two languages, asks nobody for anything, invents nothing."""

import math
import re
from itertools import pairwise
from typing import Any, get_args
from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alertsim.page import style
from alertsim.page.plot import (
    LEFT,
    RIGHT,
    Plot,
    even_ticks,
    log_ticks,
    round_up,
    second_step,
    thinned,
    x_scale,
    y_scale,
)
from alertsim.page.tongue import NA, Tongue
from alertsim.picture.model import Language
from alertsim.swarm.findings import Findings, Published
from alertsim.swarm.histogram import HIGHEST_US, Histogram
from alertsim.swarm.page import page, words
from alertsim.swarm.page.course import _columns
from alertsim.swarm.page.latency import _curve
from alertsim.swarm.storms import Crowd, Storm
from alertsim.wire.headlines import Said
from tests.pages import Reader, said
from tests.unit.swarm_found import COUNTS, cohort, course, found, latencies, message

LANGUAGES: tuple[Language, ...] = get_args(Language)
EVEN = latencies(*range(1_000, 101_000, 1_000))


def calm(*thresholds: str, **changes: Any) -> Findings:
    """A hundred subscribers, twenty messages at ten a second, nothing special."""
    rows = [(100, 0, 0, 0)] + [(0, 0, 0, 100)] * 20
    told: dict[str, Any] = {
        "messages": 20,
        "counts": COUNTS | {"expected": 2_000, "delivered": 2_000},
        "latency": EVEN.sparse(),
        "lasts": latencies(90_000, 100_000).sparse(),
        "reached": [message(0.1 + n / 10, 10_000 + n) for n in range(20)],
        "deliveries": 2_000,
        "series": course(rows),
        "cohorts": [cohort("phones", EVEN, delivered=2_000)],
        "machine": {"cores": 2, "memory": 8 << 30, "quota": 1.5, "kernel": "Linux 6.1", "container": None},
        "broker_version": "mosquitto 2.0.22",
    }
    published = changes.pop("published", Published(20, 400))
    return found(*thresholds, published=published, **told | changes)


def storm(**changes: Any) -> Findings:
    """Sixty of a hundred lost and back within a second and a half, and a flash crowd later."""
    rows = [(100, 0, 0, 0)] + [(0, 0, 0, 90)] * 20 + [(0, 60, 60, 0)] + [(0, 0, 60, 0)] * 9 + [(60, 0, 0, 0)] * 1
    rows += [(0, 0, 0, 100)] * 20 + [(40, 0, 0, 100)] + [(0, 0, 0, 100)] * 20
    told = [message(2.5, 300_000, missing=7, unreachable=50), message(2.6, 1) | {"percentiles": None, "last_us": None}]
    return calm(series=course(rows), messages=2, reached=told, **changes)


def many() -> Findings:
    """A hundred cohorts, one slower than the other, in ten minutes of which only the beginning is told."""
    parts = [cohort(f"cohort-{n}", latencies(*[1_000 * (n + 1)] * 5), missing=n % 7) for n in range(100)]
    rows = [(1, 0, 0, 7)] * 3_100
    return calm(cohorts=parts, series=course(rows), messages=5_000, closed_early=3, away=9)


def bare() -> Findings:
    """Nothing was published and nothing measured."""
    return found(published=Published(0, None, skipped=4, unacknowledged=2, failure="nobody let us in <in>"))


ALL = {
    "calm": calm("p99<500ms", "missing==0"),
    "storm": storm(),
    "many": many(),
    "bare": bare(),
    "nothing": found(),
    "invalid": calm("p99<500ms", waited_s=4.0),
    "unavailable": calm("p99<1ms", waited_s=None),
}
PAGES = {(name, language): page(run, language) for name, run in ALL.items() for language in LANGUAGES}
SAMPLES = [(name, language) for name in ALL for language in LANGUAGES]


@pytest.mark.parametrize(("name", "language"), SAMPLES)
def test_one_file_that_asks_for_nothing(name: str, language: Language) -> None:
    """No script, no address, no import; every tag is closed, every id is one; each drawing is XML of its own."""
    text = PAGES[name, language]
    reader = Reader(text)
    assert reader.open == []
    assert reader.asked == ["data:,"]
    assert not {"script", "iframe", "object", "embed", "img", "form", "base"} & set(reader.tags)
    assert not re.search(r"@import|url\(|https?:|//(?!127)", text)
    assert set(reader.ids.values()) <= {1}
    assert f'<html lang="{language}">' in text
    for drawn in re.findall(r"<svg.*?</svg>", text, re.DOTALL):
        fromstring(drawn)


@pytest.mark.parametrize(("name", "language"), SAMPLES)
def test_marked_as_a_test_wherever_one_looks(name: str, language: Language) -> None:
    """In the title, on top, at the foot, on every printed page and in every plot, which says INVALID where it is."""
    text = PAGES[name, language]
    reader = Reader(text)
    assert reader.words("title")[0].startswith(words.BANNER)
    assert reader.words("b") == [words.BANNER] * 2
    assert text.index('class="banner"') < text.index("<h1>")
    assert f'@top-center{{content:"{words.BANNER}"' in text
    plots = re.findall(r'<svg viewBox="0 0 960.*?</svg>', text, re.DOTALL)
    stamp = f"TEST · {getattr(words.INVALID_STAMP, language)}" if name == "invalid" else "TEST"
    assert all(f'class="stamp" text-anchor="end">{stamp}</text>' in plot for plot in plots)
    assert bool(plots) == (name not in {"bare", "nothing"})


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("name", "kind", "lines"),
    [
        ("calm", "good", [("✓", words.VALIDITY["valid"][1]), ("✓", words.ALL_HOLD)]),
        ("storm", "good", [("✓", words.VALIDITY["valid"][1])]),
        ("bare", "bad", [("✕", words.NOT_PUBLISHED), ("✓", words.VALIDITY["valid"][1])]),
        ("invalid", "bad", [("✕", words.VALIDITY["invalid"][1]), ("?", words.HOLD_BUT)]),
        ("unavailable", "bad", [("?", words.VALIDITY["unavailable"][1]), ("✕", words.SOME_FAIL)]),
    ],
)
def test_the_verdict_in_words_and_colour(
    name: str, kind: str, lines: list[tuple[str, Said]], language: Language
) -> None:
    """It stands before everything else: a sign and words, and a border in the colour of the worst of them."""
    text = PAGES[name, language]
    assert re.findall(r'class="verdict (\w+)"', text) == [kind]
    shown = re.findall(r'<p class="(?:good|bad|unsure)">(.) ([^<]*)', text)
    told = [(sign, getattr(line, language).format(1, 1)) for sign, line in lines]
    assert [(sign, line.strip()) for sign, line in shown] == told
    assert text.index('class="verdict') < (text + "<svg").index("<svg")


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_not_measured_is_said_to_be_so(language: Language) -> None:
    """Without a message: no latency, no course, no storm, no machine, no version; the counts are counts."""
    say = Tongue(language)
    text = said(page(found(), language))
    for name in ("p50", "p90", "p99", "p99.9"):
        assert f"{name}\n{say.say(NA)}\n" in text
    assert text.count(say.say(words.NOT_MEASURED)) == 4
    for missing in (words.BROKER_VERSION, words.BEGUN, words.LENGTH, words.MACHINE, words.COST, words.LAST):
        assert f"{say.say(missing)}\n{say.say(NA)}" in text
    assert say.say(words.NO_THRESHOLDS) in text
    assert say.say(words.NO_CAUSES) in text


def test_no_storm_is_told_apart_from_no_course() -> None:
    """A calm run says that there was none; a run without a series that nothing was measured."""
    assert "None: never were 5 %" in page(calm(), "en")
    assert "None: never were 5 %" not in page(calm(series={}), "en")
    assert "None: never were 5 %" not in page(calm(series=course([]) | {"start_us": None}), "en")


def test_figures() -> None:
    """What the findings say stands on the page, with units, in the language's own separators."""
    english, ukrainian = (said(page(calm("p99<500ms", "missing==0"), language)) for language in LANGUAGES[::-1])
    for line in ("p50\n50.2 ms", "max\n100.4 ms", "Delivered\n2,000", "Published late by, p99\n0.40 ms"):
        assert line in english
    for line in ("Memory\n8,192 MiB", "Quota, cores\n1.50", "Container\nn/a", "Broker version\nmosquitto 2.0.22"):
        assert line in english
    assert "p99<500ms\n99.3 ms\n✓ holds\nmissing==0\n0\n✓ holds" in english
    assert "2023-11-14 22:13:20 UTC" in english
    assert "p50\n50,2 мс" in ukrainian
    assert "Доставлено\n2\u202f000" in ukrainian


def test_what_went_wrong_is_told() -> None:
    """Thresholds that fail, causes by number, messages that were closed early or not sent."""
    text = said(page(calm("p99<1ms", "connected==100", "p50>1s", causes={"reset": 3, "refused": 1_200}), "en"))
    assert "thresholds failed: 2 of 3" in text
    assert "p99<1ms\n99.3 ms\n✕ FAILED\nconnected==100\n100\n✓ holds" in text
    assert "refused\n1,200\nreset\n3" in text
    assert "Not sent for lack of a connection\n4\nNot acknowledged by the broker\n2" in said(PAGES["bare", "en"])
    assert "Asleep, without coverage or still to come\n9\nClosed early for lack of memory\n3" in said(
        PAGES["many", "en"]
    )
    assert "Messages heard, somebody else published\n20" in said(page(calm(published=None), "en"))


def test_what_somebody_wrote_is_text() -> None:
    """Names that would be markup, or reorder what follows, are shown as what they are."""
    evil = "</style><script>alert(1)</script>\u202e\x07"
    hostile = calm(cohorts=[cohort(evil, EVEN), cohort("b", EVEN)], causes={evil: 1}, broker_version=evil)
    text = page(Findings(evil, evil, 1, hostile.result, None), "en")
    assert "<script" not in text
    assert "\u202e" not in text
    assert "\x07" not in text
    assert text.count("&lt;script&gt;") >= 6


def test_storms_have_the_same_number_everywhere() -> None:
    """A storm and a crowd: shaded in every plot over time under their numbers, and a row each in the table."""
    run = storm()
    assert [type(one) for one in run.storms] == [Storm, Crowd]
    text = page(run, "en")
    plots = re.findall(r'<svg viewBox="0 0 960.*?</svg>', text, re.DOTALL)
    assert [plot.count('class="storm"') for plot in plots] == [0, 1, 1, 1, 1, 1]
    assert [plot.count('class="crowd"') for plot in plots] == [0, 1, 1, 1, 1, 1]
    assert [plot.count(">storm 1</title>") + plot.count(">flash crowd 2</title>") for plot in plots[1:]] == [2] * 5
    table = said(text).split("densest 0.1 s")[1]
    assert "\n1\nstorm\n2.1 s\n100\n60\n40\n1.1 s\n60\n600\n2\n57\n2\nflash crowd\n5.2 s\n100\n40\n40\n400\n" in table
    never = course([(100, 0, 0, 0)] + [(0, 0, 0, 0)] * 20 + [(0, 50, 0, 0)] + [(0, 0, 0, 0)] * 9)
    assert "\nnot all came back\n" in said(page(calm(series=never), "en"))


def test_messages_that_reached_nobody_or_not_everybody() -> None:
    """They have marks of their own and a key that says so; a calm run has neither."""
    text, quiet = page(storm(), "en"), page(calm(), "en")
    for told in ("did not reach everybody expected", "reached nobody"):
        assert told in text
        assert told not in quiet
    assert "The first 20 of 5,000 messages are shown" in PAGES["many", "en"]


def test_every_cohort_has_a_row_and_the_worst_come_first() -> None:
    """A hundred cohorts: all in the table, by what they missed, then by p99; six of them named in the curve."""
    text = PAGES["many", "en"]
    table = re.findall(r'<tr><th class="word" scope="row">([^<]*)</th>', text[text.index("<h2>Cohorts") :])
    worst = sorted(range(100), key=lambda n: (-(n % 7), -n))
    assert table[:101] == ["all", *(f"cohort-{n}" for n in worst)]
    curve = text[text.index("Latency curve") : text.index("Each message")]
    assert re.findall(r"</svg> (cohort-\d+): p99", curve) == [f"cohort-{n}" for n in range(99, 93, -1)]
    assert "94 other cohorts" in curve
    assert curve.count('class="line other"') == 94 + 1


@given(st.lists(st.one_of(st.integers(0, 300), st.integers(0, HIGHEST_US)), min_size=1), st.floats(0.1, 99.99))
def test_the_curve_is_the_percentiles(values: list[int], percent: float) -> None:
    """Where the curve stands at 1/(1-p) is the percentile p, as far as there is a delivery; it never falls."""
    points = list(_curve(latencies(*values)))
    assert all(one[0] <= other[0] and one[1] <= other[1] for one, other in pairwise(points))
    place = 1 / (1 - percent / 100)
    if place <= len(values):
        us = latencies(*values).percentile(percent)
        before = max((us for x, us in points if x <= place * (1 - 1e-9)), default=0)
        after = min((us for x, us in points if x >= place * (1 + 1e-9)), default=HIGHEST_US * 2)
        assert us is not None
        assert before <= max(1, us) <= after


def test_the_curve_of_nothing() -> None:
    """No delivery, no point."""
    assert list(_curve(Histogram())) == []


@given(st.lists(st.integers(0, 50), min_size=1, max_size=2_000), st.sampled_from([0.1, 0.2, 0.8, 12.8]))
def test_columns_keep_what_the_rows_say(rows: list[int], step_s: float) -> None:
    """As few columns as there is room for; the peak is the peak, and levels are levels, not rates."""
    series = {"step_s": step_s, "lost": rows, "connected": rows}
    rates, levels = _columns(series, "lost", max), _columns(series, "connected", min)
    assert len(rates.values) <= 430
    assert len(rates.values) * rates.step_s >= len(rows) * step_s - 1e-6
    assert max(rates.values) == max(rows) / step_s
    assert min(levels.values) == min(rows)


@given(st.floats(1, 4e9), st.floats(1, 4e9))
def test_logarithmic_ticks_reach_around_everything(one: float, other: float) -> None:
    """Round values, two to ten or so, from the last not above the lowest to the first not below the highest."""
    low, high = sorted((one, other))
    ticks = log_ticks(low, high)
    assert ticks == sorted(set(ticks))
    assert 2 <= len(ticks) <= 12
    assert ticks[0] <= low * (1 + 1e-9)
    assert ticks[-1] >= high * (1 - 1e-9)


@given(st.floats(1e-3, 1e12))
def test_even_ticks_reach_above(high: float) -> None:
    """From 0 in equal round steps to the first not below the highest."""
    ticks = even_ticks(high)
    assert ticks[0] == 0
    assert ticks[-2] < high * (1 + 1e-6)
    assert ticks[-1] >= high * (1 - 1e-6)
    assert 2 <= len(ticks) <= 7
    assert high <= round_up(high) * (1 + 1e-6) <= 2.6 * high


@given(st.floats(1, 1e8))
def test_a_step_of_time_leaves_room(seconds: float) -> None:
    """At most a dozen ticks, and more than two of them unless the run is as short as that."""
    assert 1 <= seconds / second_step(seconds) <= 12 + 1e-9


@given(st.lists(st.tuples(st.floats(0, 900), st.floats(0, 300)), max_size=50))
def test_thinning_moves_nothing(points: list[tuple[float, float]]) -> None:
    """Every point left out lies within half a pixel of one that stays; first and last stay."""
    kept = list(thinned(points))
    assert (kept[:1], kept[-1:]) == (points[:1], points[-1:])
    assert all(any(abs(x - a) + abs(y - b) < 0.5 or (x, y) == (a, b) for a, b in kept) for x, y in points)


@given(st.floats(1, 1e6), st.floats(1, 1e6), st.booleans())
def test_scales_stay_within_the_axes(low: float, value: float, log: bool) -> None:
    """What lies outside is drawn at the edge; larger values lie further right."""
    scale = x_scale(low, low * 10, log=log)
    assert LEFT - 1e-6 <= scale.at(value) <= RIGHT + 1e-6
    assert scale.at(low) < scale.at(low * 2) < scale.at(low * 10)


def test_labels_do_not_cover_each_other() -> None:
    """Of storms close to each other only the first has its number written."""
    plot = Plot("x", x_scale(0, 1_000), y_scale(0, 1, 100))
    for n in range(5):
        plot.shade(n * 5, n * 5 + 1, "storm", str(n), f"storm {n}")
    drawn = plot.finished("heading", "about", "TEST")
    assert re.findall(r'class="label">(\d)<', drawn) == ["0", "4"]
    assert drawn.count('class="storm"') == 5


def test_marks_of_nothing_are_not_drawn() -> None:
    """A path without a point would be an error in every browser."""
    plot = Plot("x", x_scale(0, 1), y_scale(0, 1, 100))
    plot.marks([], "h1", "c1")
    assert 'class="mark' not in plot.finished("heading", "about", "TEST")


def test_colours_can_be_read() -> None:
    """Texts stand out by 4.5 to 1 from what is below them, lines by 3 to 1 from the paper, in light and in dark."""
    for n in (0, 1):
        shades = {name: _luminance(pair[n]) for name, pair in style._COLOURS.items()}
        for text in ("ink", "faint", "good", "bad"):
            assert min(_contrast(shades[text], shades[below]) for below in ("paper", "band")) >= 4.5, (text, n)
        for below in ("storm", "crowd"):
            assert _contrast(shades["ink"], shades[below]) >= 4.5
        for line in (f"c{k}" for k in range(1, 7)):
            assert _contrast(shades[line], shades["paper"]) >= 3, (line, n)


def test_lines_differ_in_more_than_colour() -> None:
    """No two cohorts have the same dash, none that of all together."""
    assert len(set(style._DASHES.values())) == len(style._DASHES) == 5


@given(st.floats(0, 4e9))
def test_numbers_in_both_languages(value: float) -> None:
    """The same digits; only separators and units differ."""
    english, ukrainian = Tongue("en").latency(value), Tongue("uk").latency(value)
    assert re.sub(r"\D", "", english) == re.sub(r"\D", "", ukrainian)
    assert math.isclose(_us(english), value, rel_tol=0.006, abs_tol=50)


def test_every_word_has_both_languages() -> None:
    """No empty text, and the same gaps in both."""
    every = [one for one in vars(words).values() if isinstance(one, Said)]
    every += [*words.LESSONS, *words.FACTS.values(), *(one for _, one in words.VALIDITY.values())]
    assert len(every) > 80
    for one in every:
        assert one.uk.strip() and one.en.strip()
        assert one.uk.count("{}") == one.en.count("{}")


@settings(max_examples=25)
@given(
    st.lists(st.tuples(*[st.integers(0, 300)] * 4), max_size=40),
    st.lists(st.integers(0, HIGHEST_US), max_size=30),
    st.sampled_from([0.1, 1.6]),
    st.sampled_from(LANGUAGES),
)
def test_whatever_was_measured_can_be_shown(
    rows: list[tuple[int, int, int, int]], us: list[int], step_s: float, language: Language
) -> None:
    """No course and no latencies make it fail, or draw what is no number."""
    some = latencies(*us)
    told: list[dict[str, Any]] = [message(n, each, missing=each % 2) for n, each in enumerate(us)]
    run = calm(
        latency=some.sparse(), series=course(rows, step_s), reached=told, cohorts=[cohort(c, some) for c in "ab"]
    )
    text = page(run, language)
    assert Reader(text).open == []
    assert not re.search(r"\b(nan|inf|None(?!: never))\b", text)


def _luminance(colour: str) -> float:
    parts = (int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: float, other: float) -> float:
    """WCAG 2's contrast ratio of two luminances."""
    low, high = sorted((one, other))
    return (high + 0.05) / (low + 0.05)


def _us(text: str) -> float:
    number, unit = text.split("\xa0")
    return float(number.replace(",", "")) * {"ms": 1e3, "s": 1e6}[unit]
