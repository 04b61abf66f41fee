"""Whether the numbers can be trusted: was this machine itself the bottleneck, or a known trap of TCP?"""

from dataclasses import dataclass
from typing import Literal

from alertsim.swarm.histogram import Histogram

MOST_WAITING = 0.10
"""Share of the time in the run queue above which the subscribers' process was held up. Without another load 2 % was
measured, with one hog on two cores 15 %, with four 37 %; CPU per delivery and the longest batch tell nothing."""

MOST_LAG_US = 5_000
"""How late the publisher may come to its own messages, at the 99th percentile."""

_PLATEAU_US = (38_000, 46_000)
_BEFORE_US = (26_000, 38_000)


@dataclass(frozen=True)
class Check:
    """`unavailable`: this system does not tell. `reasons`: sentences, for INVALID and for what else was noticed."""

    verdict: Literal["valid", "invalid", "unavailable"]
    reasons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def check(waited_share: float | None, lag_us: int | None, latency: Histogram) -> Check:
    """The check of a run: run-queue wait over wall time, the publisher's p99 lag (None: not ours), all latencies."""
    reasons = []
    if waited_share is not None and waited_share > MOST_WAITING:
        reasons.append(
            f"the subscribers' process waited {waited_share:.0%} of the time for a CPU (at most {MOST_WAITING:.0%}): "
            "fewer subscribers or messages, or a machine with more cores"
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


NAGLE = (
    "many latencies lie at 40 ms: the broker's small packets wait for delayed acknowledgements (Nagle's algorithm); "
    "switch TCP_NODELAY on at the broker (mosquitto: set_tcp_nodelay true)"
)


def has_plateau(latency: Histogram) -> bool:
    """Whether latencies heap up at the 40 ms of a delayed acknowledgement: a twentieth, and thrice those before it."""
    heap, before = latency.between(*_PLATEAU_US), latency.between(*_BEFORE_US)
    return heap * 20 >= latency.total > 0 and heap > 3 * before
