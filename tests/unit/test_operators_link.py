"""A link: what leaves is a beginning of what came, later by exactly what its conditions say."""

from itertools import pairwise
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertsim.operators.conditions import CALM, Conditions
from alertsim.operators.link import CAPACITY, LEAST, PIECE, Link

START = 100_000.0
LATE = Conditions(latency_ms=400)


def carried(link: Link, until_s: float) -> list[tuple[float, bytes]]:
    """What leaves until then, taken exactly when it is due."""
    out = []
    while (due_s := link.due()) <= until_s and (data := link.ready(due_s)):
        out.append((due_s, data))
    return out


some_conditions = st.builds(
    Conditions,
    latency_ms=st.integers(0, 500),
    jitter_ms=st.integers(0, 500),
    rate_kb=st.sampled_from([0, 0.5, 3, 1_000]),
    down=st.sampled_from(["", "", "", "timeout"]),
    slice_bytes=st.sampled_from([0, 0, 1, 7]),
    slice_vary_bytes=st.integers(0, 9),
    slice_ms=st.integers(0, 20),
)
steps = st.lists(
    st.tuples(st.sampled_from(["push", "take", "assign"]), st.binary(max_size=60), some_conditions, st.floats(0, 0.3)),
    max_size=30,
)


@given(steps, some_conditions)
def test_a_link_gives_a_beginning_of_what_it_got(
    order: list[tuple[str, bytes, Conditions, float]], first: Conditions
) -> None:
    """Whatever is assigned meanwhile nothing is lost, doubled or overtaken; once it is calm all comes, at once."""
    link, now_s, pushed, taken = Link(first, START), START, b"", b""
    for what, data, conditions, wait_s in order:
        now_s += wait_s
        match what:
            case "push":
                link.push(data, now_s)
                pushed += data
            case "assign":
                link.assign(conditions, now_s)
            case _:
                taken += link.ready(now_s)
        assert pushed.startswith(taken)
        assert link.held == len(pushed) - len(taken)
    link.assign(CALM, now_s)
    taken += link.ready(now_s + 10)
    assert taken == pushed and link.idle


@given(some_conditions, st.lists(st.tuples(st.floats(0, 0.1), st.binary(min_size=1, max_size=50)), max_size=10))
def test_a_link_is_never_due_for_nothing(conditions: Conditions, pushes: list[tuple[float, bytes]]) -> None:
    """Whenever it is due something leaves: a loop that wakes by it does not spin."""
    link, now_s = Link(conditions, START), START
    for wait_s, data in pushes:
        now_s += wait_s
        link.push(data, now_s)
    while (due_s := max(now_s, link.due())) < inf:
        assert link.ready(due_s)
    assert conditions.down or not link.held


def test_latency_is_added_once() -> None:
    """A thousand messages in a burst take 400 ms longer, not 400 s."""
    link = Link(LATE, START)
    for n in range(1_000):
        link.push(b"x", START + n / 1e4)
    assert link.ready(START + 0.399) == b""
    assert len(link.ready(START + 0.45 + 1e-9)) == 501
    assert len(link.ready(START + 0.5)) == 499


def test_bandwidth_is_exact_over_time() -> None:
    """100 kB/s are 100,000 bytes a second, however late and unevenly anybody looks."""
    link = Link(Conditions(rate_kb=100), START)
    link.push(bytes(500_000), START)
    passed = 0
    for look_s in (0.0003, 0.01, 0.7, 0.7001, 1.0, 3.33, 4.9999):
        passed += len(link.ready(START + look_s))
        assert abs(passed - look_s * 100_000) <= 1
    assert len(link.ready(START + 6)) == 500_000 - passed


def test_an_idle_wire_saves_nothing_up() -> None:
    """After a second of silence as much passes in a second as ever; nor is a stall of the receiver made good."""
    link = Link(Conditions(rate_kb=1), START)
    link.push(bytes(3_000), START + 1)
    assert len(link.ready(START + 1.5)) == 500
    link.resume(START + 2)
    assert len(link.ready(START + 2.1)) == 100


def test_a_slow_wire_trickles() -> None:
    """It gives what it carries in 10 ms, not each byte by itself nor all at the end."""
    link = Link(Conditions(rate_kb=10), START)
    link.push(bytes(1_000), START)
    sizes = {len(data) for _, data in carried(link, START + 1)}
    assert sizes <= {99, 100, 101} and not link.held


def test_jitter_never_overtakes_and_repeats() -> None:
    """Pieces come within the jitter, in their order, at the same times in every run, at others under another name."""
    conditions = Conditions(latency_ms=100, jitter_ms=50)

    def run(name: str) -> list[float]:
        link = Link(conditions, START, name)
        for n in range(100):
            link.push(bytes([n]), START + n * 0.2)
        out = carried(link, inf)
        assert b"".join(data for _, data in out) == bytes(range(100))
        return [due_s - START - n * 0.2 for n, (due_s, _) in enumerate(out)]

    delays = run("one")
    assert all(0.05 - 1e-9 <= delay <= 0.15 + 1e-9 for delay in delays)
    assert max(delays) - min(delays) > 0.08
    assert delays == run("one") != run("another")


def test_more_jitter_than_latency_is_never_early() -> None:
    """Nothing leaves before it came."""
    link = Link(Conditions(latency_ms=1, jitter_ms=500), START)
    for n in range(50):
        link.push(b"x", START + n)
        assert link.due() >= START + n
        assert link.ready(START + n + 0.6)


def test_less_latency_is_felt_at_once() -> None:
    """What is on its way comes no later than it would now; more latency does not hold it back, nor do other changes."""
    link = Link(Conditions(latency_ms=60_000), START)
    link.push(b"a", START)
    link.push(b"b", START + 1)
    link.assign(Conditions(latency_ms=90_000), START + 1)
    assert link.due() == START + 60
    link.assign(Conditions(latency_ms=500), START + 2)
    assert link.ready(START + 2.49) == b""
    assert link.ready(START + 2.5) == b"ab"
    link.push(b"c", START + 2.5)
    assert link.due() == START + 3


def test_memory_is_bounded_also_for_small_pieces() -> None:
    """Room ends at the capacity; a byte by itself counts more than a byte."""
    link = Link(Conditions(latency_ms=1e6), START)
    link.push(bytes(CAPACITY - LEAST - PIECE), START)
    assert link.room == LEAST
    link.push(b"x", START)
    assert link.room == 0
    small = Link(Conditions(latency_ms=1e6), START)
    while small.room:
        small.push(b"x", START)
    assert small.held < CAPACITY / PIECE


def test_a_hole_holds_and_then_gives() -> None:
    """A timeout lets nothing pass and takes nothing; when it is over everything comes, at the wire's pace."""
    link = Link(Conditions(down="timeout"), START)
    link.push(b"x" * 100, START)
    link.close(START)
    assert (link.room, link.due(), link.ready(START + 9), link.verdict(START + 9)) == (0, inf, b"", "")
    assert not link.idle
    link.assign(Conditions(rate_kb=1), START + 10)
    assert len(link.ready(START + 10.05)) == 50
    assert len(link.ready(START + 11)) == 50
    assert link.verdict(START + 11) == "ended"


def test_a_hole_may_end_connections() -> None:
    """A timeout of 2 s closes 2 s after it began, though it was assigned again meanwhile."""
    link = Link(CALM, START)
    link.assign(Conditions(down="timeout", after_ms=2_000), START + 1)
    link.assign(Conditions(down="timeout", after_ms=2_000, latency_ms=1), START + 2)
    assert link.due() == START + 3
    assert link.verdict(START + 2.9) == ""
    assert link.verdict(START + 3) == "closed"


@pytest.mark.parametrize("how", ["reset_peer", "refuse"])
def test_resets(how: str) -> None:
    """At once, or after a while."""
    at_once = Link(Conditions(down=how), START)  # type: ignore[arg-type]  # a table of cases holds plain strings
    assert (at_once.due(), at_once.verdict(START)) == (START, "reset")
    later = Link(Conditions(down=how, after_ms=500), START)  # type: ignore[arg-type]  # as above
    assert (later.verdict(START + 0.4), later.verdict(START + 0.5)) == ("", "reset")


def test_the_end_follows_the_bytes() -> None:
    """It passes behind them, later by the latency and by a slow close, and nothing more is taken."""
    link = Link(Conditions(latency_ms=100, slow_close_ms=1_000), START)
    link.push(b"x", START)
    link.close(START)
    assert link.room == 0
    assert link.ready(START + 0.1) == b"x"
    assert link.due() == link.verdict_s() == START + 1.1
    assert link.verdict(START + 1.05) == ""
    assert link.verdict(START + 1.1) == "ended"


def test_the_end_waits_for_bytes_that_wait() -> None:
    """However late it is: as long as bytes are on the wire, nothing has ended."""
    link = Link(Conditions(rate_kb=1), START)
    link.push(bytes(1_000), START)
    link.close(START)
    assert (link.verdict(START + 9), link.verdict_s()) == ("", inf)
    assert len(link.ready(START + 9)) == 1_000
    assert link.verdict(START + 9) == "ended"


def test_a_limit_of_bytes_closes() -> None:
    """So many pass, not one more, counted from when the limit was assigned; none at all closes at once."""
    link = Link(Conditions(latency_ms=1), START)
    link.push(b"before", START)
    assert link.ready(START + 1) == b"before"
    link.assign(Conditions(limit_bytes=4), START + 1)
    link.push(b"ab", START + 1)
    assert link.ready(START + 1) == b"ab"
    assert link.verdict(START + 1) == ""
    link.assign(Conditions(limit_bytes=4, latency_ms=2), START + 1)
    link.push(b"cdef", START + 1)
    assert link.ready(START + 2) == b"cd"
    assert (link.due(), link.verdict(START + 2), link.ready(START + 2)) == (0.0, "closed", b"")
    assert Link(Conditions(limit_bytes=0), START).verdict(START) == "closed"


def test_slices_leave_one_by_one() -> None:
    """Pieces of the average size, more or less by the variation, at least so far apart."""
    link = Link(Conditions(slice_bytes=10, slice_vary_bytes=3, slice_ms=5), START)
    link.push(bytes(200), START)
    out = carried(link, inf)
    sizes = [len(data) for _, data in out[:-1]]
    assert min(sizes) >= 7 and max(sizes) <= 13 and len(set(sizes)) > 2
    assert all(after - before >= 0.005 - 1e-9 for (before, _), (after, _) in pairwise(out))
    assert sum(len(data) for _, data in out) == 200


def test_a_calm_link_may_be_forgotten() -> None:
    """As soon as nothing is on it, not before, and never under conditions or with an end on its way."""
    link = Link(CALM, START)
    assert link.idle
    link.push(b"x", START)
    assert not link.idle
    assert link.ready(START) == b"x" and link.idle
    link.close(START)
    assert not link.idle
    assert not Link(LATE, START).idle
