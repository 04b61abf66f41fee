"""Toxiproxy's toxics as conditions: who feels one, and what several are together; by names and attributes of its API.

Nothing is spliced into a living connection (its issues 210, 412 and 558: such calls hang): whatever toxics there are,
they are one value in the end.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Final, Literal

from alertsim.operators.conditions import Conditions, Down, Stream
from alertsim.operators.cut import place

Kind = Literal["latency", "bandwidth", "slow_close", "timeout", "reset_peer", "slicer", "limit_data"]

ATTRIBUTES: Final[Mapping[Kind, tuple[str, ...]]] = MappingProxyType(
    {
        "latency": ("latency", "jitter"),
        "bandwidth": ("rate",),
        "slow_close": ("delay",),
        "timeout": ("timeout",),
        "reset_peer": ("timeout",),
        "slicer": ("average_size", "size_variation", "delay"),
        "limit_data": ("bytes",),
    }
)
"""What each kind is told: ms, but for `rate` (kB/s), the slicer (bytes, and a `delay` in µs) and `bytes`."""

_WORSE: Final[tuple[Down, ...]] = ("", "timeout", "reset_peer", "refuse")


@dataclass(frozen=True)
class Toxic:
    """One toxic; an attribute that is not told is 0. `toxicity`: the share of connections that feel it."""

    name: str
    type: Kind
    stream: Stream = "downstream"
    toxicity: float = 1.0
    attributes: Mapping[str, float] = field(default_factory=dict)

    def holds(self, who: str) -> bool:
        """Whether a client feels it: a stable hash of both names below the toxicity, the same in every run."""
        return self.toxicity >= 1 or place(f"{self.name} {who}") < self.toxicity

    @property
    def conditions(self) -> Conditions:
        """What it does to a wire where it is alone."""
        told = [self.attributes.get(name, 0) for name in ATTRIBUTES[self.type]]
        return Conditions(**_meant(self.type, *told))


def felt(toxics: Iterable[Toxic], stream: Stream, who: str) -> tuple[Toxic, ...]:
    """Those that a client feels in one direction."""
    return tuple(toxic for toxic in toxics if toxic.stream == stream and toxic.holds(who))


def effective(conditions: Conditions, toxics: Iterable[Toxic]) -> Conditions:
    """Conditions with toxics upon them: latencies add, bandwidth is the minimum, any timeout wins, a reset over it."""
    for toxic in toxics:
        conditions = both(conditions, toxic.conditions)
    return conditions


def both(one: Conditions, other: Conditions) -> Conditions:
    """Two stretches of a wire, one behind the other; the order does not matter."""
    down = max(one.down, other.down, key=_WORSE.index)
    limits = [limit for limit in (one.limit_bytes, other.limit_bytes) if limit is not None]
    slices = min(one, other, key=_coarseness)
    return Conditions(
        latency_ms=one.latency_ms + other.latency_ms,
        jitter_ms=one.jitter_ms + other.jitter_ms,
        rate_kb=_least(one.rate_kb, other.rate_kb),
        down=down,
        after_ms=_after(down, [each.after_ms for each in (one, other) if each.down == down]),
        slow_close_ms=one.slow_close_ms + other.slow_close_ms,
        limit_bytes=min(limits, default=None),
        slice_bytes=slices.slice_bytes,
        slice_vary_bytes=slices.slice_vary_bytes,
        slice_ms=one.slice_ms + other.slice_ms,
        connects_per_s=_least(one.connects_per_s, other.connects_per_s),
    )


def down(conditions: Conditions, how: Down) -> Conditions:
    """The same wire, down as well."""
    return both(conditions, replace(Conditions(), down=how)) if how else conditions


def _meant(kind: Kind, first: float, second: float = 0, third: float = 0) -> dict[str, Any]:
    """The conditions that attributes of a toxic stand for."""
    match kind:
        case "latency":
            return {"latency_ms": first, "jitter_ms": second}
        case "bandwidth":
            return {"rate_kb": first}
        case "slow_close":
            return {"slow_close_ms": first}
        case "slicer":
            return {"slice_bytes": int(first), "slice_vary_bytes": int(second), "slice_ms": third / 1_000}
        case "limit_data":
            return {"limit_bytes": int(first)}
        case _:
            return {"down": kind, "after_ms": first}


def _after(how: Down, times: list[float]) -> float:
    """The first of several ends; a timeout of 0 has none."""
    if how == "timeout":
        times = [time for time in times if time]
    return min(times, default=0.0)


def _least(one: float, other: float) -> float:
    """The smaller of two rates, of which 0 is without limit."""
    return min(one, other) or max(one, other)


def _coarseness(conditions: Conditions) -> tuple[bool, int, int]:
    """The finer slices count; none at all are the coarsest."""
    return not conditions.slice_bytes, conditions.slice_bytes, conditions.slice_vary_bytes
