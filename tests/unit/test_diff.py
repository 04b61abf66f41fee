"""What differs between two accounts of an exercise: exactly what was done to one of them, each message by name."""

import json
from collections.abc import Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from alertsim.events import AlertRaised, Event, InjectSent, NewsPublished
from alertsim.observations import Played
from alertsim.report.accounts import Told, told
from alertsim.report.diff import Difference, diff
from alertsim.wire import Mark, clear, mark

ONE, OTHER = Mark("night-1", "duty officer"), Mark("night-2", "duty officer")
DUE = 10**15
LATE_US = 1_000_000


def account(events: Sequence[Any], by: Mark, *, took_us: int = 0) -> list[Told]:
    """The messages of an exercise, as a recording gives them back."""
    messages = [mark(Played(seq, DUE, DUE, event), by) for seq, event in enumerate(events)]
    found = [
        told(
            message.topic.removeprefix(by.root + "/"),
            message.payload,
            qos=message.qos,
            retain=message.retain,
            properties=message.properties,
            actual_us=DUE + took_us,
        )
        for message in [*messages, clear(by.root + "/public/state", by)]
    ]
    return [each for each in found if each]


def compared(first: Sequence[Told], second: Sequence[Told], **options: Any) -> Difference:
    return diff(first, second, late_us=LATE_US, **options)


def event(n: int) -> Event:
    """One of a hundred events on four topics."""
    about: dict[str, Any] = {"event": f"e-{n}:s", "at": DUE // 1_000 + n, "entry": f"e-{n}"}
    match n % 3:
        case 0:
            return NewsPublished(**about, text="news")
        case 1:
            return AlertRaised(**about, area="UA-30" if n % 2 else "UA-32")
        case _:
            return InjectSent(
                **about, inject="i", audience="all", type="contextual", method="phone", sender="s", text="t"
            )


distinct = st.lists(st.integers(0, 99), max_size=12, unique=True).map(lambda several: list(map(event, several)))


@given(distinct)
def test_two_exercises_that_said_the_same_do_not_differ(events: list[Any]) -> None:
    """Another id, another moment, messages delivered twice: equal, and all of them counted."""
    first, second = account(events, ONE), account(events, OTHER, took_us=LATE_US)
    found = compared(first, [each for each in second for _ in range(1 if each.seq is None else 2)])
    assert (bool(found), found.equal) == (False, len(first))


@given(distinct, st.data())
def test_what_was_left_out_is_missing_and_nothing_else(events: list[Any], data: st.DataObject) -> None:
    """Exactly the messages left out, by name; the other way round they are extra."""
    whole = account(events, ONE)
    out = data.draw(st.sets(st.sampled_from(range(len(whole)))))
    left = [each for n, each in enumerate(whole) if n not in out]
    found, back = compared(whole, left), compared(left, whole)
    assert sorted(map(str, found.missing)) == sorted(str(whole[n]) for n in out) == sorted(map(str, back.extra))
    assert (
        (found.extra, found.changed, found.moved, found.late)
        == ([], [], [], [])
        == (
            back.missing,
            back.changed,
            back.moved,
            back.late,
        )
    )
    assert found.equal == back.equal == len(left)


@given(distinct.filter(bool), st.data())
def test_what_was_changed_is_told_field_by_field(events: list[Any], data: st.DataObject) -> None:
    """One field of one message: named, with what was and what is; not when it is ignored."""
    first = account(events, ONE)
    at = data.draw(st.integers(0, len(first) - 1))
    second = [*first[:at], first[at]._replace(said=first[at].said._replace(qos=2)), *first[at + 1 :]]
    (changed,) = compared(first, second).changed
    assert (changed.told, changed.fields) == (first[at], {"qos": (first[at].said.qos, 2)})
    assert not compared(first, second, ignore=["qos"])


def test_a_message_of_another_wording_is_changed_not_missing() -> None:
    """The same event on the same topic is the same message, whatever it says."""
    found = compared([said("a", text="one")], [said("a", text="two"), said("b")])
    assert [each.fields for each in found.changed] == [{"text": ("one", "two")}]
    assert ([each.event for each in found.extra], found.missing) == (["b"], [])
    assert json.loads(json.dumps(found.as_json()))["changed"][0]["fields"] == {"text": ["one", "two"]}


def said(event: str, topic: str = "public/news", *, took_us: int = 0, seq: int | None = None, **more: Any) -> Told:
    """A message."""
    body = {"event": event, "kind": "news.published", "intended_us": DUE, "seq": seq, **more}
    found = told(topic, json.dumps(body).encode(), qos=1, retain=False, properties=(), actual_us=DUE + took_us)
    assert found is not None
    return found


@given(st.permutations(range(6)))
def test_what_stands_elsewhere_is_moved_and_no_more_than_must_be(order: list[int]) -> None:
    """As many as must be taken out for the rest to keep its order on its topic."""
    whole = [said(str(n)) for n in range(6)]
    moved = compared(whole, [whole[n] for n in order]).moved
    kept = [n for n in order if whole[n] not in moved]
    assert kept == sorted(kept)
    assert len(moved) == 6 - longest(order)
    others = [said(str(n), f"public/incident/{n}") for n in range(6)]
    assert not compared(others, [others[n] for n in order])


def longest(order: Sequence[int]) -> int:
    """The length of the longest rising subsequence, by trying each."""
    ends: list[int] = []
    for n, value in enumerate(order):
        ends.append(1 + max((ends[before] for before in range(n) if order[before] < value), default=0))
    return max(ends)


def test_late_is_what_came_in_time_before() -> None:
    """Longer than the threshold in the second account alone; equal all the same."""
    quick, slow = said("a", took_us=LATE_US), said("a", took_us=LATE_US + 1)
    found = compared([quick], [slow])
    assert (found.late[0].told, found.late[0].late_us, found.equal, bool(found)) == (slow, LATE_US + 1, 1, True)
    assert found.as_json()["late"] == [slow.as_json() | {"late_s": 1.000001}]
    assert not compared([slow], [slow])
    assert not compared([slow], [quick])


def test_the_same_event_twice_is_matched_with_its_like() -> None:
    """One of three copies on a topic is missing: that one, and the others are not said to have changed."""
    three = [said("live", n=n, seq=n) for n in range(3)]
    found = compared(three, [three[0], three[2]])
    assert (found.missing, found.changed, found.equal) == ([three[1]], [], 2)


def test_bytes_that_are_no_json_are_compared_too() -> None:
    """What a stranger sent, and the clear of a retained topic."""
    one, other = (told("t", data, qos=0, retain=False, properties=()) for data in (b"\xff", b"{"))
    assert one
    assert other
    assert compared([one], [other]).changed[0].fields == {"bytes": ("\\xff", "{")}
    assert told("public/clock", b'{"kind":"clock.ticked"}', qos=0, retain=False, properties=()) is None
    assert told("ack/c", b"{}", qos=0, retain=False, properties=()) is None
