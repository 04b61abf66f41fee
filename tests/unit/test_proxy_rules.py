"""Packet rules: what people may type, what it means, and that what a share strikes is the same in every run."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertsim.errors import InputError
from alertsim.mqtt import Kind, Publish
from alertsim.proxy.rule_text import FORM, read_rule
from alertsim.proxy.rules import PATIENCE, Action, Direction, Rule
from alertsim.times import Millis

durations = st.integers(1, 10**7).map(Millis)
filters = st.sampled_from(["exercise/+/public/#", "#", "+", "a/b", "тривога/київ", "$share/g/a", "qos=1", "up"])


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    """Any that make sense."""
    action = draw(st.sampled_from(Action))
    kind = draw(st.sampled_from([None, *(kind for kind in Kind if kind is not Kind.WILL)]))
    ways = [way for way in (None, *Direction) if _goes(kind, way)]
    some: dict[str, Any] = {"action": action, "kind": kind, "direction": draw(st.sampled_from(ways))}
    if kind is Kind.PUBLISH:
        some |= {"topic": draw(st.none() | filters), "qos": draw(st.sampled_from([None, 0, 1, 2]))}
    if action is Action.DELAY or (action is Action.REORDER and draw(st.booleans())):
        some["wait_ms"] = draw(durations)
    often = draw(st.sampled_from(["every", "probability", ""]))
    if often:
        some[often] = draw(st.integers(1, 999_999_999) if often == "every" else st.floats(0, 1, exclude_min=True))
    return Rule(**some, lasts_ms=draw(st.none() | durations))


def _goes(kind: Kind | None, way: Direction | None) -> bool:
    try:
        Rule(action=Action.DROP, kind=kind, direction=way)
    except InputError:
        return False
    return True


@given(rules())
def test_what_is_said_can_be_read(rule: Rule) -> None:
    """The text of a rule is a rule's text: reading it gives the same rule."""
    assert read_rule(str(rule)) == rule


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("drop puback every 3 up", {"kind": Kind.PUBACK, "every": 3, "direction": Direction.UP}),
        (
            "delay publish 500ms p=0.1 topic=exercise/+/public/# down",
            {
                "action": Action.DELAY,
                "kind": Kind.PUBLISH,
                "wait_ms": 500,
                "probability": 0.1,
                "topic": "exercise/+/public/#",
                "direction": Direction.DOWN,
            },
        ),
        ("duplicate  publish qos=1", {"action": Action.DUPLICATE, "kind": Kind.PUBLISH, "qos": 1}),
        ("duplicate publish qos 2 p 1", {"action": Action.DUPLICATE, "kind": Kind.PUBLISH, "qos": 2}),
        ("reorder publish every=5", {"action": Action.REORDER, "kind": Kind.PUBLISH, "every": 5}),
        ("reorder publish 2s", {"action": Action.REORDER, "kind": Kind.PUBLISH, "wait_ms": 2_000}),
        ("drop any for 00:01:00 up", {"lasts_ms": 60_000, "direction": Direction.UP}),
    ],
)
def test_people_type_rules(text: str, said: dict[str, Any]) -> None:
    """The forms that the manual shows, with blanks or `=` alike."""
    assert read_rule(text) == Rule(**{"action": Action.DROP} | said)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("", FORM),
        ("drop", FORM),
        ("x" * 3_000, FORM),
        ("drop puback sometimes", "'sometimes' is none of ACTION PACKET"),
        ("dorp puback", "there is no action 'dorp'; did you mean drop?"),
        ("drop pubak", "there is no packet type 'pubak'; did you mean puback?"),
        ("drop will", "there is no packet type 'will'; known are any, connect, connack"),
        ("drop puback every", "'' is no whole number"),
        ("drop puback every third", "'third' is no whole number"),
        ("drop puback every -1", "'-1' is no whole number"),
        ("drop puback every 0", "less there is not"),
        ("drop puback p=often", "'often' is no share: p=0.1 is one in ten"),
        ("drop puback p=nan", "p is above 0 and at most 1"),
        ("drop puback p=0", "p is above 0 and at most 1"),
        ("drop puback p=10", "p is above 0 and at most 1"),
        ("drop puback every 3 p=0.5", "say either every N or p=, not both"),
        ("drop puback up down", "'down' says a second time"),
        ("drop puback qos=1", "say `publish`"),
        ("drop any topic=a", "say `publish`"),
        ("drop connect down", "a connect only goes up"),
        ("drop pingresp up", "a pingresp only goes down"),
        ("drop publish qos=3", "the QoS is 0, 1 or 2"),
        ("drop publish topic=", "the topic filter is empty"),
        ("drop publish topic=a#", "the topic filter has a # that is not the whole last level"),
        ("drop publish 500ms", "a duration is for delay and reorder, not for drop; `for 30s` limits a rule"),
        ("delay publish", "say how long, like 500ms"),
        ("delay publish 500", "expected a duration like 90s"),
        ("delay publish 500ms for a while", "expected a duration like 90s"),
        ("drop publish for 0s", "it is over before it begins"),
    ],
)
def test_a_mistyped_rule_is_explained(text: str, answer: str) -> None:
    """Each mistake gets a sentence that repeats the rule and says what would be right."""
    with pytest.raises(InputError) as caught:
        read_rule(text)
    assert answer in str(caught.value) and text[:200] in str(caught.value)
    assert len(str(caught.value)) < 600


def test_a_topic_that_cannot_be_typed_is_refused() -> None:
    """A blank would tear the text of the rule apart."""
    with pytest.raises(InputError, match=r"blank: write \+"):
        Rule(action=Action.DROP, kind=Kind.PUBLISH, topic="a b")


_WORDS = [
    *FORM.split(),
    "drop",
    "any",
    "publish",
    "every",
    "for",
    "p=",
    "qos=1",
    "0ms",
    "9" * 30,
    "²",
    "١s",
    "\0",
    "=",
    "-",
]


@given(st.lists(st.sampled_from(_WORDS) | st.text()))
def test_whatever_is_typed_is_a_rule_or_a_mistake(words: list[str]) -> None:
    """No text makes anything but a rule or an InputError."""
    try:
        rule = read_rule(" ".join(words))
    except InputError:
        return
    assert read_rule(str(rule)) == rule


@given(st.integers(1, 50), st.integers(0, 200))
def test_every_nth(every: int, count: int) -> None:
    """Every third is the third, the sixth, the ninth; of so many, one in three and no more."""
    rule = Rule(action=Action.DROP, every=every)
    struck = [n for n in range(1, count + 1) if rule.strikes(n, seed=0, whose="c up")]
    assert struck == list(range(every, count + 1, every))


def test_a_share_repeats_and_differs() -> None:
    """A share strikes that share; the same packets in every run, others for another seed, client or rule."""

    def struck(text: str = "drop publish p=0.3", seed: int = 7, whose: str = "client-1 down") -> list[int]:
        return [n for n in range(1, 10_001) if read_rule(text).strikes(n, seed=seed, whose=whose)]

    once = struck()
    assert len(once) == pytest.approx(3_000, rel=0.05)
    assert once[:8] == [2, 4, 7, 8, 9, 10, 13, 16]
    others = [struck(seed=8), struck(whose="client-2 down"), struck(whose="client-1 up"), struck("drop any p=0.3")]
    for other in others:
        assert len(other) == pytest.approx(3_000, rel=0.05)
        assert len(set(once) & set(other)) == pytest.approx(900, rel=0.15)


def test_what_a_rule_is_about() -> None:
    """Kind and direction first, then topic and QoS of a message; whatever is not said does not matter."""
    rule = read_rule("drop publish qos=1 topic=exercise/+/public/# down")
    assert rule.concerns(Kind.PUBLISH, Direction.DOWN)
    assert not rule.concerns(Kind.PUBLISH, Direction.UP) and not rule.concerns(Kind.PUBACK, Direction.DOWN)
    assert rule.takes(Publish("exercise/x/public/alert/UA-30", b"", 1, 1))
    assert not rule.takes(Publish("exercise/x/public/alert/UA-30")) and not rule.takes(Publish("a", b"", 1, 1))
    assert read_rule("drop any").concerns(Kind.PINGREQ, Direction.UP) and read_rule("drop publish").takes(Publish("a"))


def test_how_long() -> None:
    """A rule without an end holds; another until its time is over. Reordering has patience of its own."""
    assert read_rule("drop any").lives(1e9)
    assert [read_rule("drop any for 2s").lives(age_s) for age_s in (0.0, 1.999, 2.0)] == [True, True, False]
    waits = [read_rule(text).wait_s for text in ("delay any 500ms", "reorder any", "reorder any 2s", "drop any")]
    assert waits == [0.5, PATIENCE / 1_000, 2.0, 0.0]
    assert [way.back for way in Direction] == [Direction.DOWN, Direction.UP]
