"""What is typed for `load`: each value read, or refused with what to write instead."""

from collections.abc import Callable
from contextlib import suppress
from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertsim.cli.load_texts import (
    read_filter,
    read_flash,
    read_length,
    read_moment,
    read_outages,
    read_rate,
    read_stages,
    read_version,
)
from alertsim.errors import InputError
from alertsim.swarm.attendance import ALL
from alertsim.swarm.conduct import Turn
from alertsim.swarm.plan import Stage

OPERATORS = {"operator-a", "operator-b"}
DOWN, UP = (("data", 0.0), ("fixed", 0.0)), (("data", 1.0), ("fixed", 1.0))


@pytest.mark.parametrize(
    ("text", "per_s"),
    [
        ("10/s", 10),
        ("30/m", 0.5),
        ("0.5/s", 0.5),
        ("7", 7),
        ("3600/h", 1),
        ("0.001", 0.001),
        ("999999.999/s", 999999.999),
    ],
)
def test_rates(text: str, per_s: float) -> None:
    """So many a second, a minute or an hour; without a unit a second."""
    assert read_rate("--x", text) == pytest.approx(per_s)


@pytest.mark.parametrize(
    "text",
    ["", "0", "0/s", "0.000/m", "-1/s", "1e3", "10/d", "10 /s", "١/s", "1/s ", "inf", "nan", "9999999/s", "1.2345"],
)
def test_no_rates(text: str) -> None:
    """Nothing, nothing at all, less than nothing, other notations, other digits."""
    with pytest.raises(InputError, match=r"--x '.*': expected like 10/s, 30/m or 0.5/s"):
        read_rate("--x", text)


def test_lengths_and_moments() -> None:
    """A moment may be the start; a length is above nothing."""
    assert read_moment("--x", "0s") == 0
    assert read_moment("--x", "1m30s") == read_length("--x", "00:01:30") == 90
    assert read_length("--x", "500ms") == 0.5
    with pytest.raises(InputError, match="--x '0s': expected more than nothing"):
        read_length("--x", "0s")
    for wrong in ("", "1", "-1s", "1.5s", "s", "1s1m", "٣s"):
        with pytest.raises(InputError, match=r"--x '.*': expected a duration"):
            read_moment("--x", wrong)


def test_versions() -> None:
    """4 and 5; how others write it is answered with how we do."""
    assert (read_version("4"), read_version("5")) == (4, 5)
    for wrong, instead in {
        "3.1.1": "write -V 4",
        "5.0": "write -V 5",
        "3": "expected 5, or 4",
        "": "expected 5",
    }.items():
        with pytest.raises(InputError, match=instead):
            read_version(wrong)


def test_stages() -> None:
    """A rate for all, an interval in milliseconds, stages, or none of these."""
    assert read_stages(100, None, None, None) == ()
    assert read_stages(100, 20.0, None, None) == read_stages(100, None, 50.0, None) == (Stage(100, 20.0),)
    assert read_stages(100, None, None, "10@5/s, 50@0.5,100@max") == (Stage(10, 5.0), Stage(50, 0.5), Stage(100, None))


@pytest.mark.parametrize(
    ("per_s", "interval_ms", "ramp", "says"),
    [
        (1.0, 1.0, None, "give one of them"),
        (inf, None, None, "expected a number"),
        (nan, None, None, "expected a number"),
        (None, inf, None, "expected a number"),
        (1.0, None, "100@max", "give one of them"),
        (None, 1.0, "100@max", "give one of them"),
        (None, None, "", "expected like"),
        (None, None, "100@max,", "expected like"),
        (None, None, "100@0", "expected like"),
        (None, None, "100@0/s", "expected like"),
        (None, None, "100@0.0/s", "expected like"),
        (None, None, "100@0.000", "expected like"),
        (None, None, "100@5/m", "expected like"),
        (None, None, "50@1,50@2,100@3", "more subscribers than the one before"),
        (None, None, "0@1,100@max", "expected like"),
        (None, None, "50@max", "must end with all 100"),
        (None, None, "200@max", "must end with all 100"),
    ],
)
def test_no_stages(per_s: float | None, interval_ms: float | None, ramp: str | None, says: str) -> None:
    """Two ways at once, a stage that never ends or has nobody, and others than -c says."""
    with pytest.raises(InputError, match=says):
        read_stages(100, per_s, interval_ms, ramp)


@pytest.mark.parametrize(
    ("text", "turns"),
    [
        ("operator-a@5s+3s", (Turn(5, "operator-a", DOWN), Turn(8, "operator-a", UP))),
        ("all@0s+10s", (Turn(0, ALL, DOWN), Turn(10, ALL, UP))),
        (
            "operator-b:0.4@1s+500ms",
            (Turn(1, "operator-b", (("data", 0.4), ("fixed", 0.4))), Turn(1.5, "operator-b", UP)),
        ),
        ("all:.25@1s+1s", (Turn(1, ALL, (("data", 0.25), ("fixed", 0.25))), Turn(2, ALL, UP))),
    ],
)
def test_outages(text: str, turns: tuple[Turn, Turn]) -> None:
    """Down at its time by its share, wholly up when it is over."""
    assert read_outages([text], OPERATORS, 10.0) == turns


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "expected like"),
        ("all", "expected like"),
        ("all@5s", "expected like"),
        ("all:2@1s+1s", "expected like"),
        ("all:-1@1s+1s", "expected like"),
        ("All@1s+1s", "expected like"),
        ("all@+1s", "expected like"),
        ("all@x+1s", "expected a duration"),
        ("all@1s+0s", "expected more than nothing"),
        ("all@1s+1s+1s", "expected a duration"),
        ("all@5s+6s", "it ends after the test, which lasts 10 s; see --duration"),
        ("operator-c@1s+1s", "no subscriber is with operator-c; there are: operator-a, operator-b, and all"),
    ],
)
def test_no_outages(text: str, says: str) -> None:
    """Anything else is told what is wrong with it."""
    with pytest.raises(InputError, match=says):
        read_outages([text], OPERATORS, 10.0)


def test_an_operator_fails_once_at_a_time() -> None:
    """One outage may follow on another in whatever order they are given, but not begin before it is over."""
    first, second, other = "operator-a@1s+2s", "operator-a:0.5@3s+2s", "all@2s+2s"
    turns = read_outages([second, other, first], OPERATORS, 10.0)
    mine = [(turn.at_s, turn.up[0][1]) for turn in turns if turn.operator == "operator-a"]
    assert mine == [(1, 0.0), (3, 1.0), (3, 0.5), (5, 1.0)]
    with pytest.raises(InputError, match=r"'operator-a@2s\+1s': it begins before 'operator-a@1s\+2s' ends"):
        read_outages(["operator-a@2s+1s", first], OPERATORS, 10.0)
    assert read_outages([], OPERATORS, 10.0) == ()


def test_without_operators_all_can_fail() -> None:
    """Where no subscriber has one, only `all` is left to name."""
    assert len(read_outages(["all@1s+1s"], set(), 10.0)) == 2
    with pytest.raises(InputError, match="there are: none, and all"):
        read_outages(["operator-a@1s+1s"], set(), 10.0)


def test_flash_crowds() -> None:
    """So many at a moment before the end, and somebody before them; without the option nobody."""
    assert read_flash(None, 100, 10.0) == (0, ())
    assert read_flash("40@2s", 100, 10.0) == (40, (Turn(2.0, None),))
    for wrong in ("", "40", "40@", "0@1s", "100@1s", "-1@1s", "4x@1s"):
        with pytest.raises(InputError, match="expected"):
            read_flash(wrong, 100, 10.0)
    with pytest.raises(InputError, match="comes after the test"):
        read_flash("40@10s", 100, 10.0)


def test_filters() -> None:
    """A filter and --listen-only need each other."""
    assert read_filter(None, listen_only=False) is None
    assert read_filter("a/+/#", listen_only=True) == "a/+/#"
    for topic, listen_only, says in (
        ("a", False, "-t goes with --listen-only"),
        (None, True, "needs to know what to listen to"),
        ("a/#/b", True, "the filter"),
        ("", True, "the filter"),
    ):
        with pytest.raises(InputError, match=says):
            read_filter(topic, listen_only=listen_only)


READERS: list[Callable[[str], object]] = [
    lambda text: read_rate("--x", text),
    lambda text: read_length("--x", text),
    read_version,
    lambda text: read_stages(100, None, None, text),
    lambda text: read_outages([text], OPERATORS, 10.0),
    lambda text: read_flash(text, 100, 10.0),
    lambda text: read_filter(text, listen_only=True),
]


@given(
    st.sampled_from(READERS),
    st.text(max_size=20)
    | st.text("0123456789.@+:/,smhmax-", max_size=20)
    | st.from_regex(r"all(:0\.\d)?@\d+s\+.{0,5}"),
)
def test_nothing_typed_is_a_crash(read: Callable[[str], object], text: str) -> None:
    """Any text is a value or an InputError and nothing else."""
    with suppress(InputError):
        read(text)
