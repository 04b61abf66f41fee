"""Which filters are valid and what they take."""

import random
import re

import pytest
from hypothesis import given

from alertsim.mqtt import filter_fault, matches, topic_fault
from alertsim.mqtt.filters import group
from tests.mqtt_packets import pattern, random_sources, topic


@pytest.mark.parametrize(
    ("one", "fault"),
    [
        ("#", None), ("+", None), ("/", None), ("+/+", None), ("a/+/b", None), ("a/#", None), ("/#", None),
        ("$share/g/#", None), ("$share/g//", None), ("$SYS/#", None), ("$share", None), ("x" * 65_535, None),
        ("", "is empty"), ("a#", "has a #"), ("#/a", "has a #"), ("##", "has a #"), ("a/#/b", "has a #"),
        ("a+", "has a +"), ("+a/b", "has a +"), ("++", "has a +"), ("a\0", "contains a NUL"),
        ("\udfff", "contains half"), ("ж" * 32_768, "is longer"),
        ("$share/", "is shared"), ("$share/g", "is shared"), ("$share/g/", "is shared"), ("$share//a", "is shared"),
        ("$share/+/a", "is shared"), ("$share/#/a", "is shared"), ("$share/g/a#", "has a #"),
        ("$share/g/\0", "contains a NUL"),
    ],
)  # fmt: skip
def test_a_filter_is_valid_or_has_a_fault(one: str, fault: str | None) -> None:
    """Wildcards stand for whole levels, # comes last, a share has a group and a filter."""
    found = filter_fault(one)
    assert found == fault if fault is None else (found or "").startswith(fault)


@pytest.mark.parametrize(("one", "fault"), [("a/b", None), ("/", None), ("", "is empty"), ("a/+", "contains a wildc")])
def test_a_topic_is_valid_or_has_a_fault(one: str, fault: str | None) -> None:
    """A topic names itself: no wildcards, not empty."""
    found = topic_fault(one)
    assert found == fault if fault is None else (found or "").startswith(fault)


@pytest.mark.parametrize(
    ("one", "taken", "left"),
    [
        ("sport/tennis/player1/#", ["sport/tennis/player1", "sport/tennis/player1/x/y"], ["sport/tennis/player11"]),
        ("sport/#", ["sport", "sport/", "sport/a"], ["sports", "a/sport"]),
        ("#", ["a", "/", "a/b/c"], ["$SYS", "$SYS/a"]),
        ("+", ["a"], ["a/b", "/a", "$a"]),
        ("+/+", ["/a", "a/"], ["a", "a/b/c"]),
        ("/+", ["/a", "/"], ["a"]),
        ("sport/+", ["sport/"], ["sport"]),
        ("+/monitor/Clients", ["a/monitor/Clients"], ["$SYS/monitor/Clients"]),
        ("$SYS/#", ["$SYS", "$SYS/a"], ["SYS/a"]),
        ("$SYS/monitor/+", ["$SYS/monitor/Clients"], ["$SYS/monitor/a/b"]),
        ("a/+/c/#", ["a/b/c", "a/$b/c/d"], ["a/b", "a/b/d/c"]),
        ("$share/g/a/+", ["a/b"], ["$share/g/a/b", "a"]),
        ("$share/g/#", ["a"], ["$SYS/a"]),
    ],
)
def test_a_filter_takes_what_it_says(one: str, taken: list[str], left: list[str]) -> None:
    """The standard's own examples (§4.7), and shares."""
    assert [topic for topic in taken + left if matches(one, topic)] == taken


def expression(one: str) -> str:
    """The same filter as a regular expression: a second opinion."""
    _, rest = group(one)
    found = "/".join(
        "[^/]*" if level == "+" else "#" if level == "#" else re.escape(level) for level in rest.split("/")
    )
    found = "(?s:.*)" if found == "#" else re.sub("/#$", "(?s:(/.*)?)", found)
    return (r"(?!\$)" if rest[0] in "+#" else "") + found


@given(random_sources)
def test_a_second_opinion(draw: random.Random) -> None:
    """A regular expression made of the filter takes the same topics."""
    one, other = pattern(draw), topic(draw)
    near = group(one)[1].replace("+", "x").replace("#", "y")
    for name in (other, near, near.removesuffix("/y")):
        assert matches(one, name or "t") == bool(re.fullmatch(expression(one), name or "t"))
