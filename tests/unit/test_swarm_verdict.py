"""What is made of the numbers: thresholds, self-check, and how they are told."""

import json
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertsim.errors import InputError
from alertsim.swarm.entry import Counts
from alertsim.swarm.findings import Findings, Published, as_json, as_junit, as_lines
from alertsim.swarm.histogram import Histogram
from alertsim.swarm.selfcheck import NAGLE, check, has_plateau
from alertsim.swarm.series import Series
from alertsim.swarm.thresholds import NUMBERS, TIMES, read_threshold
from alertsim.swarm.vitals import vitals


def latencies(*us: int) -> Histogram:
    histogram = Histogram()
    for each in us:
        histogram.record(each)
    return histogram


def found(*thresholds: str, published: Published | None = None, **changes: Any) -> Findings:
    """The findings of a plain run of a hundred deliveries of 1 to 100 ms."""
    result = {
        "subscribers": 10,
        "subscribed": 10,
        "away": 0,
        "connects": 12,
        "first_connects": 10,
        "connect_s": 0.01,
        "causes": {},
        "strangers": 0,
        "messages": 10,
        "closed_early": 0,
        "counts": Counts(expected=100, delivered=100)._asdict(),
        "latency": latencies(*range(1_000, 101_000, 1_000)).sparse(),
        "lasts": latencies(90_000, 100_000).sparse(),
        "reached": [],
        "warm_up": {"messages": 0, "latency": {}},
        "cool_down_s": 0.1,
        "cohorts": [],
        "series": Series().as_json(),
        "deliveries": 100,
        "wall_s": 10.0,
        "cpu_s": 0.0005,
        "waited_s": 0.0001,
        "turns": 20,
        "resident_before": 10_000_000,
        "resident": 10_010_240,
    }
    return Findings(
        "load-x", "mqtt://127.0.0.1:1", 1, result | changes, published, tuple(map(read_threshold, thresholds))
    )


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("p99<500ms", True),
        ("p99 < 100 ms", True),
        ("p99<=0.05s", False),
        ("p99.9<100000us", False),
        ("p50>50ms", True),
        ("max<1s", True),
        ("last<101ms", True),
        ("last<100ms", False),
        ("missing==0", True),
        ("missing!=0", False),
        ("delivered>=100", True),
        ("connected==10", True),
        ("connects_per_s>10000", False),
    ],
)
def test_thresholds(text: str, holds: bool) -> None:
    """Times in their units, numbers plain, each of the six signs."""
    one = found(text)
    assert (one.failed == ()) is holds
    assert one.exit_code == (0 if holds else 3)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("p99", "expected like"),
        ("p98<5ms", "with one of p50"),
        ("p99<500", "a time, with its unit"),
        ("missing==0ms", "a number without a unit"),
        ("p99<0ms", "nothing is below 0"),
        ("missing<0", "did you mean missing==0"),
        ("p99=<5ms", "expected like"),
        ("", "expected like"),
        ("p99<1e3ms", "expected like"),
        ("p99<٣ms", "expected like"),
    ],
)
def test_what_is_no_threshold(text: str, says: str) -> None:
    """The sentence says what one looks like."""
    with pytest.raises(InputError, match=says):
        read_threshold(text)


@given(st.text(max_size=30))
def test_reads_anything_or_says_why(text: str) -> None:
    """No text ends in anything else than a threshold or a sentence."""
    try:
        measure = read_threshold(text).measure
    except InputError:
        return
    assert measure in TIMES + NUMBERS


def test_what_was_not_measured_is_not_reached() -> None:
    """Without a single delivery no latency threshold holds."""
    nothing = found("p99<1s", "p50>1us", latency={}, lasts={}, deliveries=0)
    assert len(nothing.failed) == 2


def test_an_overloaded_generator_is_invalid() -> None:
    """More than a tenth of the time waiting for a CPU, or a publisher that is late: exit 3, and it says why."""
    for one in (found(waited_s=1.01), found(published=Published(10, 5_100))):
        assert one.check.verdict == "invalid"
        assert one.exit_code == 3
        assert any(line.startswith("INVALID: generator overloaded: the ") for line in as_lines(one))


def test_nothing_published_is_the_worlds_failure() -> None:
    """A publisher that was never let in: exit 1, and it says why."""
    one = found("missing==0", published=Published(0, None, failure="nothing could be published: refused"), messages=0)
    assert one.exit_code == 1
    assert any("nothing could be published: refused" in line for line in as_lines(one))


def test_a_machine_that_does_not_tell_is_not_called_valid() -> None:
    """Without /proc/self/schedstat the self-check is unavailable, which fails nothing."""
    one = found(waited_s=None)
    assert (one.check.verdict, one.exit_code) == ("unavailable", 0)
    assert any("unavailable" in line for line in as_lines(one))


def test_a_run_that_kept_up_is_valid() -> None:
    """Just below every limit; of the two that go together one may be far above."""
    assert check(0.10, 5_000, Histogram(), busy_share=0.21, turn_us=4_000.0).verdict == "valid"
    assert check(0.10, 5_000, Histogram(), busy_share=0.01, turn_us=120.0).verdict == "valid"


@given(st.floats(1e-5, 0.1), st.floats(121, 1e5))
def test_a_hog_is_seen_at_any_load(share: float, turn_us: float) -> None:
    """Who waits as long as he runs, for long each time, shares his core, however little he runs; a fifth is no hog."""
    found = check(share, None, Histogram(), busy_share=share, turn_us=turn_us)
    assert found.verdict == "invalid"
    assert "end what else runs here" in found.reasons[0]
    assert check(share, None, Histogram(), busy_share=share * 4, turn_us=turn_us).verdict == "valid"


def test_this_process_has_vitals() -> None:
    """They grow with what it does; where the system tells of waiting, it tells of turns too."""
    before = vitals()
    assert sum(range(3_000_000))
    after = vitals()
    assert after.at_s > before.at_s and after.cpu_s > before.cpu_s and after.resident > 1_000_000
    assert (after.waited_s is None) == (after.turns is None)
    if before.waited_s is not None and after.waited_s is not None and before.turns and after.turns:
        assert after.waited_s >= before.waited_s and after.turns >= before.turns


def test_names_the_plateau_of_nagle() -> None:
    """A heap at 40 ms is named; an even spread is not, nor what came in a lump later, nor where all was held up."""
    heap = latencies(*range(500, 5_000, 50), *([41_000] * 30))
    even = latencies(*range(1_000, 100_000, 500))
    assert not has_plateau(latencies(*range(500, 5_000, 50), *range(40_000, 80_000, 500)))
    assert not has_plateau(latencies(*range(38_000, 50_000, 100)))
    assert has_plateau(heap)
    assert not has_plateau(even)
    assert not has_plateau(Histogram())
    assert NAGLE in as_lines(found(latency=heap.sparse()))


def test_tells_people() -> None:
    """Everything a person asks for is in the text."""
    one = found(
        "p99<5ms",
        published=Published(10, 200, skipped=4, unacknowledged=2, causes={"publisher: reset": 1}),
        causes={"refused": 3},
        closed_early=7,
    )
    text = "\n".join(as_lines(one))
    for part in (
        "10 of 10 subscribers, 1,000 connects/s",
        "3 × refused",
        "Published      10 messages, at most 0.2 ms",
        "2 were not acknowledged",
        "4 were due while the publisher had no connection",
        "1 × publisher: reset",
        "7 messages were closed early",
        "p50 50.2 ms",
        "100.4 ms for the slowest",
        "5.0 µs of CPU a delivery; the process grew by 0.0 MB to 9.5 MB",
        "p99<5ms: FAILED (99.3 ms)",
        "Every message was marked TEST",
    ):
        assert part in text


def test_claims_no_mark_it_has_not_put_on() -> None:
    """Where somebody else published, the text says so."""
    assert next(as_lines(found())).endswith("QoS 1. Somebody else published.")


def test_tells_scripts() -> None:
    """One JSON object: the status, every measure, and the histogram, from which anybody can compute his own."""
    said = json.loads(as_json(found("missing==0", published=Published(10, 200, causes={"PUBACK 0x87": 1}))))
    assert said["status"] == "Test"
    assert said["thresholds"] == [{"threshold": "missing==0", "holds": True, "measured": 0}]
    assert said["measured"].keys() == {*TIMES, *NUMBERS}
    assert Histogram.from_sparse(said["latency"]).total == 100
    assert said["published"]["causes"] == {"PUBACK 0x87": 1}
    assert json.loads(as_json(found()))["published"] is None


@pytest.mark.parametrize(
    ("waited_s", "failures", "inside"), [(0.0001, 1, None), (5.0, 2, "failure"), (None, 1, "skipped")]
)
def test_tells_ci(waited_s: float | None, failures: int, inside: str | None) -> None:
    """JUnit: a case for each threshold and one for the self-check."""
    suite = fromstring(as_junit(found("missing==0", "p99<1us", waited_s=waited_s)))
    assert (suite.get("tests"), suite.get("failures")) == ("3", str(failures))
    held, failed, checked = suite.findall("testcase")
    assert held.get("name") == "missing==0"
    assert held.find("failure") is None
    assert failed.find("failure") is not None
    assert [child.tag for child in checked] == ([inside] if inside else [])


def test_who_gets_nothing_more_is_named() -> None:
    """With the broker's window, and whose they are where they have an operator."""
    lines = list(as_lines(found(stalled=[["", 5, 20], ["operator-a", 20, 1_000]])))
    tail = "unacknowledged messages (the broker's max_inflight_messages)"
    assert f"Stalled        20 subscribers stand at 5 {tail}" in lines
    assert f"Stalled        1,000 subscribers of operator-a stand at 20 {tail}" in lines
    assert not any("Stalled" in line for line in as_lines(found()))
