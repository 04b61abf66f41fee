"""The swarm's time: CLOCK_MONOTONIC, which all processes of a machine share, plus one offset to Unix time.

The publisher and the subscribers use the same offset, so that a step of the wall clock is no latency.
"""

from time import monotonic_ns, sleep  # noqa: TID251 — read for every delivery and by threads: `clock` is for loops

__all__ = ["monotonic_ns", "monotonic_s", "sleep", "unix_us"]


def monotonic_s() -> float:
    """Real seconds from an arbitrary start."""
    return monotonic_ns() / 1e9


def unix_us(offset_us: int) -> int:
    """Unix microseconds by the monotonic clock and the offset of this run."""
    return monotonic_ns() // 1_000 + offset_us
