"""Named networks: the shipped ones, and what is said of a file that is none."""

from pathlib import Path

import pytest

from alertsim.errors import InputError
from alertsim.operators.conditions import CALM, Conditions
from alertsim.operators.profiles import find_profile, parse_profiles

SHIPPED = Path("config/profiles.yaml").read_text(encoding="utf-8")


def test_the_shipped_profiles() -> None:
    """All of the promised ones, in both languages, each with a source, slower upstream than down, none calm."""
    profiles = parse_profiles(SHIPPED)
    assert list(profiles) == ["gprs", "edge", "3g", "dsl-poor", "dsl-good", "wifi", "satellite", "brownout", "blackout"]
    for profile in profiles.values():
        assert set(profile.names) == {"uk", "en"}
        assert len(profile.source) > 20
        assert profile.upstream.rate_kb <= profile.downstream.rate_kb
        assert not profile.upstream.calm and not profile.downstream.calm
    assert find_profile(profiles, "blackout").upstream == Conditions(down="timeout")


def test_what_is_not_said_is_calm() -> None:
    """A profile may be of one direction only."""
    one = parse_profiles("x: {name: {en: x}, source: somewhere, downstream: {latency_ms: 5}}")["x"]
    assert (one.upstream, one.downstream, one.up) == (CALM, Conditions(latency_ms=5), 1.0)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[", "p.yaml: "),
        ("- x", "p.yaml: expected names with values, found ['x']"),
        ("x: 3", "p.yaml: x: expected names with values, found 3"),
        ("x: {nmae: x}", "p.yaml: x: nmae is none of name, upstream, downstream, up, source"),
        ("x: {name: {en: 3}, source: s}", "p.yaml: x.name: expected a text, found 3"),
        ("x: {name: {en: x}}", "p.yaml: x.source: expected a text, found None"),
        ("x: {name: {en: x}, source: s, up: 2}", "p.yaml: x.up: expected a share from 0 to 1, found 2"),
        ("x: {name: {en: x}, source: s, up: yes}", "p.yaml: x.up: expected a share from 0 to 1, found True"),
        ("x: {name: {en: x}, source: s, upstream: 3}", "p.yaml: x.upstream: expected names with values, found 3"),
        ("x: {name: {en: x}, source: s, upstream: {lag: 3}}", "p.yaml: x.upstream.lag: no such condition; "),
    ],
)
def test_mistakes_are_located(text: str, said: str) -> None:
    """The file, the profile and the field are named, and what is right."""
    with pytest.raises(InputError) as caught:
        parse_profiles(text, "p.yaml")
    assert str(caught.value).startswith(said)


def test_an_unknown_profile() -> None:
    """Those there are are named."""
    with pytest.raises(InputError, match="no network profile '5g'; there are gprs, edge"):
        find_profile(parse_profiles(SHIPPED), "5g")
