"""Conditions as people write them, and toxics upon them."""

from dataclasses import asdict, replace
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertsim.errors import InputError
from alertsim.operators.conditions import CALM, Conditions, read_conditions
from alertsim.operators.toxics import ATTRIBUTES, Kind, Toxic, both, down, effective, felt

times = st.floats(0, 1e6).map(round)
conditions = st.builds(
    Conditions,
    latency_ms=times,
    jitter_ms=times,
    rate_kb=times,
    down=st.sampled_from(["", "timeout", "reset_peer", "refuse"]),
    after_ms=times,
    slow_close_ms=times,
    limit_bytes=st.none() | st.integers(0, 10**6),
    slice_bytes=st.integers(0, 1_000),
    slice_vary_bytes=st.integers(0, 1_000),
    slice_ms=times,
    connects_per_s=times,
)


@given(conditions)
def test_what_was_written_is_read(given_conditions: Conditions) -> None:
    """Conditions survive their way as plain values."""
    assert read_conditions(asdict(given_conditions)) == given_conditions


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ({"latency": 4}, "here: latency: no such condition; there are latency_ms, "),
        ({"latency_ms": -1}, "here: latency_ms: expected a number from 0 on, found -1"),
        ({"latency_ms": True}, "here: latency_ms: expected a number from 0 on, found True"),
        ({"latency_ms": float("nan")}, "here: latency_ms: expected a number from 0 on, found nan"),
        ({"rate_kb": "fast"}, "here: rate_kb: expected a number from 0 on, found 'fast'"),
        ({"limit_bytes": 1.5}, "here: limit_bytes: expected a whole number from 0 on, found 1.5"),
        ({"down": "up"}, "here: down: expected one of timeout, reset_peer, refuse, found 'up'"),
    ],
)
def test_mistakes_are_named(written: dict[str, Any], said: str) -> None:
    """Whoever mistypes a condition reads which, where, and what is right."""
    with pytest.raises(InputError) as caught:
        read_conditions(written, "here: ")
    assert str(caught.value).startswith(said)


def test_only_what_changes_nothing_is_calm() -> None:
    """Every condition but the rate of new connections keeps bytes off the short way."""
    changes: dict[str, Any] = {"down": "timeout", "limit_bytes": 0}
    for name, value in asdict(CALM).items():
        other = replace(CALM, **{name: changes.get(name, 1)})
        assert other.calm is (name in {"connects_per_s", "after_ms", "slice_vary_bytes", "slice_ms"}), (name, value)


@given(conditions, conditions)
def test_the_order_of_two_stretches_does_not_matter(one: Conditions, other: Conditions) -> None:
    """A wire behind a wire is the same the other way round."""
    assert both(one, other) == both(other, one)


@given(conditions)
def test_a_calm_stretch_changes_nothing(one: Conditions) -> None:
    """But for values that mean nothing by themselves."""
    meant = replace(one, after_ms=one.after_ms if one.down else 0.0)
    if not one.slice_bytes:
        meant = replace(meant, slice_vary_bytes=0)
    assert replace(both(meant, CALM)) == meant


def test_how_toxics_add_up() -> None:
    """Latencies add, bandwidth is the minimum, any timeout wins, a reset over it; in any order."""
    toxics = [
        Toxic("slow", "latency", attributes={"latency": 100, "jitter": 5}),
        Toxic("slower", "latency", attributes={"latency": 300}),
        Toxic("wide", "bandwidth", attributes={"rate": 100}),
        Toxic("narrow", "bandwidth", attributes={"rate": 20}),
        Toxic("open", "bandwidth"),
        Toxic("lazy", "slow_close", attributes={"delay": 7}),
        Toxic("hole", "timeout", attributes={"timeout": 50}),
        Toxic("reset", "reset_peer", attributes={"timeout": 20}),
        Toxic("coarse", "slicer", attributes={"average_size": 90, "size_variation": 9, "delay": 1_000}),
        Toxic("fine", "slicer", attributes={"average_size": 30, "size_variation": 3, "delay": 2_000}),
        Toxic("short", "limit_data", attributes={"bytes": 11}),
        Toxic("long", "limit_data", attributes={"bytes": 1_000}),
    ]
    expected = Conditions(
        latency_ms=401,
        jitter_ms=5,
        rate_kb=20,
        down="reset_peer",
        after_ms=20,
        slow_close_ms=7,
        limit_bytes=11,
        slice_bytes=30,
        slice_vary_bytes=3,
        slice_ms=3,
    )
    for order in list(permutations(toxics[:4])) + [toxics[::-1]]:
        rest = [toxic for toxic in toxics if toxic not in order]
        assert effective(Conditions(latency_ms=1), [*order, *rest]) == expected


def test_the_first_end_of_several_counts() -> None:
    """A timeout of 0 never ends by itself; a reset of 0 comes at once."""
    never, soon, later = (Toxic(f"{ms}", "timeout", attributes={"timeout": ms}) for ms in (0, 10, 20))
    assert effective(CALM, [never]).after_ms == 0
    assert effective(CALM, [later, never, soon]).after_ms == 10
    resets = [Toxic(f"{ms}", "reset_peer", attributes={"timeout": ms}) for ms in (30, 0)]
    assert effective(CALM, [soon, *resets]) == Conditions(down="reset_peer", after_ms=0)


def test_every_kind_does_something() -> None:
    """No kind of toxic leaves a wire calm, if its attributes say something."""
    kinds: list[Kind] = list(ATTRIBUTES)
    for kind in kinds:
        assert not Toxic("t", kind, attributes=dict.fromkeys(ATTRIBUTES[kind], 1)).conditions.calm


def test_toxicity_is_a_share_of_clients() -> None:
    """A third of the clients feels a toxic of 0.33, the same ones each time; all feel 1, nobody 0; one stream only."""
    names = [f"{number:06}" for number in range(3_000)]
    third = Toxic("some", "latency", toxicity=0.33)
    assert abs(sum(map(third.holds, names)) - 990) < 80
    assert list(map(third.holds, names)) == list(map(third.holds, names))
    assert list(map(third.holds, names)) != list(map(replace(third, name="others").holds, names))
    assert all(map(replace(third, toxicity=1.0).holds, names))
    assert not any(map(replace(third, toxicity=0.0).holds, names))
    every = Toxic("all", "latency")
    assert felt([every, third], "downstream", "") == ((every, third) if third.holds("") else (every,))
    assert felt([every], "upstream", "") == ()


def test_down_is_only_ever_worse() -> None:
    """Who is cut does not escape the reset that everybody gets; not down is no change."""
    resets = Conditions(latency_ms=3, down="reset_peer")
    assert down(resets, "timeout") == resets
    assert down(Conditions(latency_ms=3), "timeout") == Conditions(latency_ms=3, down="timeout")
    assert down(resets, "") is resets
