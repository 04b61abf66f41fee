"""What waits to be sent."""

from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st

from alertsim.events import AlertCleared, AlertRaised, Event, NewsPublished, Text
from alertsim.observations import Played
from alertsim.publisher import Letter, Outbox
from alertsim.times import Millis
from alertsim.wire import Mark, clear, mark

BY = Mark("night", "contact")
S = 1_000_000


def letter(event: Event, seq: int = 0, due_us: int = 0) -> Letter:
    return Letter(mark(Played(seq, due_us, due_us, event), BY), event.event, seq, due_us)


def news(seq: int = 0, due_us: int = 0) -> Letter:
    return letter(
        NewsPublished(event=f"n{seq}:published", at=Millis(0), entry="n", text=Text(uk="так", en="yes")), seq, due_us
    )


def raised(seq: int = 0, due_us: int = 0, area: str = "UA-30") -> Letter:
    return letter(AlertRaised(event=f"a{seq}:raised", at=Millis(0), entry="a", area=area), seq, due_us)


def cleared(seq: int = 0, due_us: int = 0, area: str = "UA-30") -> Letter:
    return letter(AlertCleared(event=f"a{seq}:cleared", at=Millis(0), entry="a", area=area), seq, due_us)


areas = st.sampled_from(["UA-30", "UA-32", "UA-74"])
steps = st.lists(st.tuples(st.sampled_from(["put", "take", "done", "lost"]), areas), max_size=60)


@given(steps)
def test_order_holds_per_topic_and_nothing_is_lost(doings: list[tuple[str, str]]) -> None:
    """Whatever is put, taken, delivered and lost: each topic's letters arrive once, in the order they were put."""
    box, seq = Outbox(), 0
    put: dict[str, list[int]] = defaultdict(list)
    arrived: dict[str, list[int]] = defaultdict(list)
    flying: list[Letter] = []
    for what, area in doings:
        if what == "put":
            box.put(raised(seq, area=area))
            put[f"{BY.root}/public/alert/{area}"].append(seq)
            seq += 1
        elif what == "take":
            taken = box.take(0)
            flying += [taken] if taken else []
        elif flying:
            landed = flying.pop(0)
            if what == "done":
                box.done(landed)
                arrived[landed.message.topic].append(landed.seq)
            else:
                box.lost(landed)
        assert len({each.message.topic for each in flying}) == len(flying)
    for each in flying:
        box.lost(each)
    while taken := box.take(0):
        box.done(taken)
        arrived[taken.message.topic].append(taken.seq)
    assert arrived == put
    assert len(box) == 0


def test_what_grew_too_old_is_dropped_and_said() -> None:
    """News of five minutes is not delivered after six; its age is taken off its expiry before."""
    box = Outbox()
    box.put(news(1))
    box.put(news(2, due_us=100 * S))
    taken = box.take(350 * S)
    assert taken and taken.seq == 2
    assert taken.aged(350 * S).expiry_s == 50
    assert [(each.seq, reason) for each, reason in box.dropped] == [(1, "expired")]


def test_a_state_that_stands_never_grows_too_old() -> None:
    """An alert that waited longer than a lease is still true: it goes out, with a whole lease."""
    box = Outbox()
    box.put(raised())
    taken = box.take(1000 * S)
    assert taken
    assert taken.aged(1000 * S).expiry_s == 180


def test_a_state_that_no_longer_stands_is_superseded() -> None:
    """After a long outage of the broker nobody gets an old siren: only what stands now."""
    box = Outbox()
    box.put(raised(1))
    box.put(cleared(2, due_us=60 * S))
    taken = box.take(200 * S)
    assert taken and taken.seq == 2
    assert [(each.seq, reason) for each, reason in box.dropped] == [(1, "superseded")]


def test_a_purge_forgets_what_waits_and_what_flies() -> None:
    """After a termination neither a waiting alert nor one whose connection broke is ever tried again."""
    box = Outbox()
    box.put(raised(1))
    box.put(raised(2, area="UA-32"))
    flying = box.take(0)
    assert flying
    box.purge()
    box.lost(flying)
    assert box.take(0) is None
    assert len(box) == 0
    assert not box.holds(flying.message.topic)
    assert [reason for _, reason in box.dropped] == ["purged", "purged"]


def test_what_lands_after_a_purge_does_not_take_the_farewell_with_it() -> None:
    """An old letter's late confirmation says nothing about the new letter of its topic."""
    box = Outbox()
    box.put(raised(1))
    old = box.take(0)
    assert old
    box.purge()
    box.put(cleared(2))
    new = box.take(0)
    assert new
    box.done(old)
    assert len(box) == 1
    box.done(new)
    assert len(box) == 0


def test_a_clear_never_expires() -> None:
    """The zero-byte clear of a topic is worth delivering however late."""
    box = Outbox()
    box.put(Letter(clear(f"{BY.root}/public/state", BY), "", 0, 0))
    taken = box.take(10**12)
    assert taken and taken.aged(10**12).payload == b""


def test_everything_too_old_leaves_nothing() -> None:
    """A topic whose every letter expired is gone."""
    box = Outbox()
    box.put(news(1))
    assert box.take(400 * S) is None
    assert not box.holds(f"{BY.root}/public/news")
