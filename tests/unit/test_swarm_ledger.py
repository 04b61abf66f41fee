from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from alertsim.swarm.entry import Counts
from alertsim.swarm.histogram import HIGHEST_US, Histogram, slot
from alertsim.swarm.ledger import LATE_US, MEMORY, Ledger, Reached

DUE = 1_795_000_000_000_000


def ledger_of(subscribers: int, *, late_us: int = LATE_US, memory: int = MEMORY) -> Ledger:
    """A ledger in which everybody is there."""
    ledger = Ledger([0] * subscribers, late_us=late_us, memory=memory)
    for subscriber in range(subscribers):
        ledger.expect(subscriber)
    return ledger


def test_says_who_is_missing() -> None:
    """Of ten expected, the three it did not come to are missing, and named."""
    ledger = ledger_of(10)
    entry = ledger.publish("t", 0, DUE)
    for subscriber in {*range(10)} - {2, 5, 9}:
        entry.deliver(subscriber, DUE + 5)
    assert entry.missing() == [2, 5, 9]
    assert ledger.close().sums == Counts(expected=10, delivered=7, missing=3)


def test_who_was_not_there_is_unreachable_not_missing() -> None:
    """Cut before it was published: unreachable; cut after it: missing; joined after it and got it: uninvited."""
    ledger = ledger_of(4)
    ledger.excuse(0)
    ledger.excuse(1)
    entry = ledger.publish("t", 0, DUE)
    ledger.expect(0)
    ledger.excuse(2)
    entry.deliver(0, DUE + 1)
    entry.deliver(3, DUE + 1)
    assert ledger.close().sums == Counts(expected=2, delivered=1, missing=1, uninvited=1, unreachable=1)


def test_a_retained_copy_counts_apart() -> None:
    """The broker's copy on subscribing is neither a delivery nor a latency."""
    ledger = ledger_of(1)
    ledger.publish("t", 0, DUE).note("retained", 0)
    tally = ledger.close()
    assert tally.sums == Counts(expected=1, missing=1, retained=1)
    assert tally.latency.total == 0


def test_late_and_stale() -> None:
    """After the limit it is late, after its expiry stale; both are delivered, and both count as latency."""
    ledger = ledger_of(4, late_us=1_000)
    entry = ledger.publish("t", 0, DUE, expires_us=DUE + 2_000)
    for subscriber, us in enumerate((1_000, 1_001, 2_001, HIGHEST_US * 2)):
        entry.deliver(subscriber, DUE + us)
    tally = ledger.close()
    assert tally.sums == Counts(expected=4, delivered=4, late=3, stale=2)
    assert tally.latency.sparse() == {str(slot(us)): 1 for us in (1_000, 1_001, 2_001, HIGHEST_US)} | {
        str(slot(1_000)): 2
    }


def test_a_foreign_clock_is_no_crash() -> None:
    """A delivery before its intended time counts as 0 µs."""
    ledger = ledger_of(1)
    ledger.publish("t", 0, DUE).deliver(0, DUE - 7)
    assert ledger.close().latency.sparse() == {"0": 1}


def test_order_is_judged_on_each_topic() -> None:
    """An older message after a newer one of the same topic is out of order; of another topic it is not."""
    ledger = ledger_of(1)
    first, other, second = ledger.publish("t", 0, DUE), ledger.publish("u", 1, DUE), ledger.publish("t", 2, DUE)
    for entry in (second, other, first):
        entry.deliver(0, DUE + 1)
    assert ledger.close().sums.out_of_order == 1


def test_neither_order_nor_latency_where_nobody_knows_them() -> None:
    """Somebody else's messages have no `seq` and no intended time: they come when and in the order they come."""
    reached: list[Reached] = []
    ledger = Ledger([0], settled=reached.append)
    ledger.expect(0)
    for entry in [ledger.publish("t", n, DUE, timed=False) for n in range(3)][::-1]:
        entry.deliver(0, DUE + 2_000_000)
    tally = ledger.close()
    assert tally.sums == Counts(expected=3, delivered=3, late=0)
    assert tally.latency.total == 0
    assert {one.last_us for one in reached} == {None}


def test_tells_how_a_message_spread() -> None:
    """First, percentiles and last of a message that is complete, though its latencies are not kept."""
    reached: list[Reached] = []
    ledger = Ledger([0] * 100, settled=reached.append)
    for subscriber in range(100):
        ledger.expect(subscriber)
    entry = ledger.publish("t", 7, DUE)
    for subscriber in range(100):
        entry.deliver(subscriber, DUE + 10 + subscriber)
    held = ledger.held
    assert ledger.review() == 0
    assert ledger.held < held
    ledger.close()
    (one,) = reached
    assert (one.seq, one.first_us, one.percentiles, one.last_us) == (7, 10, (59, 99, 108, 109), 109)


@given(st.lists(st.integers(0, 3 * HIGHEST_US // 2), min_size=1, max_size=50))
def test_counts_each_latency_in_its_bucket(latencies: list[int]) -> None:
    """The short way through `deliver` and the long one count as a histogram would."""
    ledger, histogram = ledger_of(len(latencies)), Histogram()
    entry = ledger.publish("t", 0, DUE)
    for subscriber, us in enumerate(sorted(latencies)):
        entry.deliver(subscriber, DUE + us)
        histogram.record(us)
    assert ledger.close().latency.sparse() == histogram.sparse()


def test_a_message_nobody_got_has_no_times() -> None:
    """Nothing came: no first, no last, no percentiles."""
    reached: list[Reached] = []
    ledger = Ledger([0], settled=reached.append)
    ledger.publish("t", 0, DUE)
    ledger.close()
    assert (reached[0].first_us, reached[0].percentiles, reached[0].last_us) == (None, None, None)


def test_holds_its_memory_and_says_what_it_gave_up() -> None:
    """Beyond the memory the oldest are closed, their counts stay, and what still comes for them is counted apart."""
    ledger = ledger_of(8_000, memory=200_000)
    entries = [ledger.publish("t", n, DUE) for n in range(500)]
    assert ledger.held <= 200_000
    assert ledger.find("t", 0) is None
    assert ledger.was_closed("t", 0)
    assert not ledger.was_closed("t", 499)
    assert ledger.find("t", 499) is entries[499]
    ledger.came_after_close(3)
    tally = ledger.close()
    assert tally.sums.expected == tally.sums.missing == 500 * 8_000
    assert tally.sums.after_close == 1
    assert 0 < tally.closed_early < 500


def test_forgets_the_order_of_topics_rather_than_the_memory() -> None:
    """A topic for each message costs no more than the memory either."""
    ledger = ledger_of(8_000, memory=200_000)
    for n in range(100):
        ledger.publish(f"t{n}", n, DUE).deliver(1, DUE)
        assert ledger.held <= 200_000
    assert ledger.close().sums.delivered == 100


def test_many_messages_at_once_give_up_their_own_percentiles_only() -> None:
    """Beyond a thousand on their way a message has no percentiles of its own; everything else is still exact."""
    reached: list[Reached] = []
    ledger = Ledger([0], settled=reached.append)
    ledger.expect(0)
    entries = [ledger.publish("t", n, DUE) for n in range(1_003)]
    for entry in entries:
        entry.deliver(0, DUE + 2_000_000)
    tally = ledger.close()
    assert [one.seq for one in reached if one.percentiles is None] == [1_000, 1_001, 1_002]
    assert tally.sums == Counts(expected=1_003, delivered=1_003, late=1_003)
    assert tally.latency.total == 1_003
    assert all(one.last_us == 2_000_000 for one in reached)


@given(
    st.lists(st.integers(0, 2), min_size=1, max_size=40),
    st.lists(st.tuples(st.integers(0, 39), st.integers(0, 5), st.integers(0, 5 * LATE_US)), max_size=120),
)
def test_agrees_with_plain_counting(cohorts: list[int], deliveries: list[tuple[int, int, int]]) -> None:
    """Whatever arrives in whatever order: the ledger says what sets and lists of everything would say."""
    ledger = Ledger(cohorts)
    absent = {n for n in range(len(cohorts)) if n % 5 == 4}
    for n in range(len(cohorts)):
        if n not in absent:
            ledger.expect(n)
    entries = [ledger.publish("t", seq, DUE) for seq in range(6)]
    came: set[tuple[int, int]] = set()
    newest: dict[int, int] = {}
    plain: Counter[tuple[str, int]] = Counter()
    for subscriber, seq, us in sorted(deliveries, key=lambda each: each[2]):
        if subscriber >= len(cohorts):
            continue
        entries[seq].deliver(subscriber, DUE + us)
        cohort = cohorts[subscriber]
        if (subscriber, seq) in came:
            plain["duplicates", cohort] += 1
            continue
        came.add((subscriber, seq))
        plain["late", cohort] += us > LATE_US
        plain["out_of_order", cohort] += newest.get(subscriber, -1) > seq
        newest[subscriber] = max(newest.get(subscriber, -1), seq)
        plain["uninvited" if subscriber in absent else "delivered", cohort] += 1
    before, tally = ledger.tally(), ledger.close()
    assert before.counts == tally.counts
    assert [ledger.latency(cohort).counts for cohort in range(len(tally.latencies))] == [
        each.counts for each in tally.latencies
    ]
    assert ledger.held == 8 * len(cohorts)
    for cohort, counts in enumerate(tally.counts):
        members = [n for n, own in enumerate(cohorts) if own == cohort]
        assert counts.expected == 6 * len([n for n in members if n not in absent])
        assert counts.missing == counts.expected - counts.delivered
        assert counts.unreachable == 6 * len(members) - counts.expected - counts.uninvited
        for name in ("delivered", "uninvited", "duplicates", "late", "out_of_order"):
            assert getattr(counts, name) == plain[name, cohort]
        assert tally.latencies[cohort].total == counts.delivered + counts.uninvited


def test_only_its_audience_can_miss_a_message() -> None:
    """Who does not listen to a topic is neither expected nor out of reach; the waiting ends without it."""
    ledger = Ledger([0, 0, 1, 1], audience={"a": 0b0011, "b": 0b1111, "c": 0}.__getitem__)
    for subscriber in (0, 2, 3):
        ledger.expect(subscriber)
    entries = {topic: ledger.publish(topic, 1, DUE) for topic in "abc"}
    assert ledger.review() == 2
    entries["a"].deliver(0, DUE)
    assert ledger.review() == 1
    assert ledger.tally().counts == (
        Counts(expected=2, delivered=1, missing=1, unreachable=2),
        Counts(expected=2, missing=2),
    )


@given(st.integers(0, 255), st.integers(0, 255), st.integers(0, 255), st.integers(0, 255))
def test_who_caught_up_had_missed_it(audience: int, present: int, came: int, copied: int) -> None:
    """A copy counts for those of the audience that the message itself has not reached, before or after, once each."""
    for copy_first in (True, False):
        ledger = Ledger([0] * 8, audience=lambda _: audience)
        for n in range(8):
            if present >> n & 1:
                ledger.expect(n)
        entry = ledger.publish("t", 0, DUE)
        for copy in (True, True, False) if copy_first else (False, True, True):
            for n in range(8):
                if copy and copied & audience & 1 << n:
                    entry.catch_up(n)
                if not copy and came & audience & 1 << n:
                    entry.deliver(n, DUE + 1)
        counts = ledger.close().sums
        assert counts.caught_up == (copied & audience & ~came).bit_count()
        assert counts.caught_up <= counts.missing + counts.unreachable
        assert counts.retained == 2 * (copied & audience).bit_count()
        whole = counts.delivered + counts.missing + counts.uninvited + counts.unreachable
        assert whole == audience.bit_count()
        assert counts.duplicates == 0


def test_what_goes_out_again_is_the_same_message() -> None:
    """A renewal opens no second account, and is known for one from then on."""
    ledger = ledger_of(2)
    entry = ledger.publish("t", 7, DUE)
    assert not entry.renewed
    assert ledger.publish("t", 7, DUE + 60_000_000) is entry
    assert entry.renewed
    entry.catch_up(1)
    assert ledger.messages == 1
    assert ledger.close().sums == Counts(expected=2, missing=2, retained=1, caught_up=1)


def test_what_waits_for_who_may_not_connect_is_not_missing() -> None:
    """Expected because of its session, but gone at the end: out of reach; what had come before that counts."""
    ledger = ledger_of(4)
    entry = ledger.publish("t", 0, DUE)
    entry.deliver(0, DUE + 1)
    entry.deliver(1, DUE + 1)
    assert ledger.review(0b1100) == 0
    assert ledger.review(0b0100) == 1
    assert ledger.review() == 1
    ledger.conclude(0b0110)
    assert ledger.close().sums == Counts(expected=3, delivered=2, missing=1, unreachable=1)


def test_tells_what_is_new_about_its_spread() -> None:
    """First all, then those of which more is known, at last that nothing spreads any further; never the same twice."""
    ledger = Ledger([0, 1])
    ledger.expect(0)
    ledger.expect(1)
    one, other = ledger.publish("t", 1, DUE), ledger.publish("u", 1, DUE)
    one.deliver(0, DUE + 5)
    (first,) = ledger.spread()
    assert (first.topic, first.closed, first.first_us, first.last_us, first.lasts) == ("t", False, 5, 5, (5, None))
    assert ([counts.delivered for counts in first.counts], first.sums.delivered) == ([1, 0], 1)
    assert ledger.spread() == []
    one.deliver(1, DUE + 9)
    other.catch_up(0)
    assert [each.topic for each in ledger.spread()] == ["t", "u"]
    ledger.review()
    (done,) = ledger.spread()
    assert (done.topic, done.closed, done.percentiles, done.lasts) == ("t", True, (5, 9, 9, 9), (5, 9))
    ledger.conclude()
    assert [(each.topic, each.closed, each.first_us) for each in ledger.spread()] == [("u", True, None)]
    assert ledger.spread() == []


def test_a_warm_up_counts_apart() -> None:
    """Its latencies are its own; those of what follows are only theirs, however many are on their way in either."""
    ledger = Ledger([0, 1])
    ledger.expect(0)
    ledger.expect(1)
    entries = []
    for steady in (False, True):
        ledger.steady = steady
        entries += [ledger.publish("t", n + 2_000 * steady, DUE) for n in range(1_010)]
    for entry in (*entries[::-1], *entries):
        us = 900_000_000 if entry.seq < 2_000 else 5
        entry.deliver(entry.seq % 2, DUE + us)
    assert ledger.warm_up().sparse() == {str(slot(900_000_000)): 1_010}
    tally = ledger.close()
    assert tally.latency.sparse() == {"5": 1_010}
    assert ledger.warm_ups == 1_010
    assert (tally.sums.delivered, tally.sums.duplicates) == (2_020, 2_020)


def test_long_warm_ups_do_no_harm() -> None:
    """Beyond a thousand on their way, slow in the warm-up and slow after it: still each where it belongs."""
    ledger = ledger_of(1)
    ledger.steady = False
    for entry in [ledger.publish("t", n, DUE) for n in range(1_005)]:
        entry.deliver(0, DUE + 900_000_000)
    ledger.steady = True
    for entry in [ledger.publish("t", 2_000 + n, DUE) for n in range(5)]:
        entry.deliver(0, DUE + 900_000_000)
    assert (ledger.warm_up().total, ledger.close().latency.total) == (1_005, 5)
