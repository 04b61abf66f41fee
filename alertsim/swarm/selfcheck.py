"""Whether the numbers can be trusted: was this machine itself the bottleneck, or a known trap of TCP?"""

from dataclasses import dataclass
from typing import Literal

from alertsim.swarm.histogram import Histogram

MOST_WAITING = 0.10
"""Share of the whole time above which the subscribers' process waited too long for a CPU."""

MOST_WANTING, MOST_A_TURN_US = 0.33, 120.0
"""Where both are exceeded it waited too long, however little it does: the share of the time it wanted to run (it ran or
waited), and the wait before each turn on a CPU.

A hog on the same core takes as much of it as we do, in long pieces. Runs of 4 to 5 s at 200, 1,000 and 5,000
subscribers and 1 and 10 messages a second, two cores (`python -m tests.benchmarks.hog`): with a hog 36 to 79 % and 134
to 7,300 µs; without, 3 to 35 % and 27 to 113 µs, never much of both; with everything but the broker on one core, and no
hog, 6 to 24 % and 32 to 114 µs. Where the broker too is on that core each waits for the other, 33 to 52 % and 157 to
624 µs, and INVALID is honest; so it is at full load on two cores (50,000 deliveries a second).
"""

MOST_LAG_US = 5_000
"""How late the publisher may come to its own messages, at the 99th percentile."""

_BEFORE_US, _PLATEAU_US, _AFTER_US = (24_000, 38_000), (38_000, 52_000), (52_000, 66_000)


@dataclass(frozen=True)
class Check:
    """`unavailable`: this system does not tell. `reasons`: sentences, for INVALID and for what else was noticed."""

    verdict: Literal["valid", "invalid", "unavailable"]
    reasons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def check(
    waited_share: float | None,
    lag_us: int | None,
    latency: Histogram,
    *,
    busy_share: float | None = None,
    turn_us: float | None = None,
) -> Check:
    """The check of a run: what of the whole time the subscribers' process waited for a CPU, and (`busy_share`) had one.

    `turn_us` is how long it waited before each turn on a CPU, `lag_us` the publisher's p99 lag (None: not ours),
    `latency` has all latencies.
    """
    reasons = []
    if waiting := _waiting(waited_share, busy_share, turn_us):
        reasons.append(
            f"the subscribers' process waited {waiting}: end what else runs here, or take fewer subscribers or "
            "messages, or a machine with more cores"
        )
    if lag_us is not None and lag_us > MOST_LAG_US:
        reasons.append(
            f"the publisher came to its messages {lag_us / 1000:.1f} ms late at p99 "
            f"(at most {MOST_LAG_US / 1000:.0f} ms): a lower rate, or a machine with more cores"
        )
    notes = (NAGLE,) if has_plateau(latency) else ()
    if reasons:
        return Check("invalid", tuple(reasons), notes)
    return Check("valid" if waited_share is not None else "unavailable", (), notes)


def _waiting(share: float | None, busy: float | None, turn_us: float | None) -> str:
    """How much too long it waited; empty: not too long, or nobody knows."""
    if share is None:
        return ""
    if share > MOST_WAITING:
        return f"{share:.0%} of the time for a CPU (at most {MOST_WAITING:.0%})"
    if busy is not None and turn_us is not None and turn_us > MOST_A_TURN_US:
        wanting = share / (share + busy)
        if wanting > MOST_WANTING:
            return f"{wanting:.0%} of the time it wanted to run for a CPU (at most {MOST_WANTING:.0%})"
    return ""


NAGLE = (
    "many latencies lie at 40 ms: the broker's small packets wait for delayed acknowledgements (Nagle's algorithm); "
    "switch TCP_NODELAY on at the broker (mosquitto: set_tcp_nodelay true)"
)


def has_plateau(latency: Histogram) -> bool:
    """Whether latencies heap up behind the 40 ms of a delayed acknowledgement, while others are prompt.

    The heap and the prompt are a twentieth of all or more, the heap twice what lies before it and more than what comes
    after: what spreads evenly, or was held up as a whole, is none.
    """
    prompt, before, heap, after = (
        latency.between(*span) for span in ((0, _BEFORE_US[0]), _BEFORE_US, _PLATEAU_US, _AFTER_US)
    )
    return min(prompt, heap) * 20 >= latency.total > 0 and heap > 2 * before and heap > after
