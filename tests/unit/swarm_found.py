"""Findings made by hand: a calm run, a storm, nothing at all; what the subscribers' process would have told."""

from typing import Any

from alertsim.swarm.entry import Counts
from alertsim.swarm.findings import Findings, Published
from alertsim.swarm.histogram import Histogram
from alertsim.swarm.thresholds import read_threshold

START_US = 1_700_000_000_000_000
COUNTS = Counts()._asdict() | {"caught_up": 0}


def latencies(*us: int) -> Histogram:
    """A histogram of these."""
    histogram = Histogram()
    for each in us:
        histogram.record(each)
    return histogram


def cohort(name: str, latency: Histogram, **counts: int) -> dict[str, Any]:
    """A cohort of a hundred phones."""
    told = {"name": name, "operator": "operator-a", "network": "data", "device": "phone", "qos": 1}
    return told | {"subscribers": 100, "counts": COUNTS | counts, "latency": latency.sparse()}


def message(after_s: float, us: int, *, last_us: int | None = None, **counts: int) -> dict[str, Any]:
    """A message whose median, p90, p99, p99.9 are `us` and so on; its last at thrice that, or `last_us`."""
    return {
        "topic": "exercise/load/public/news",
        "seq": round(after_s * 10),
        "intended_us": START_US + round(after_s * 1e6),
        "counts": [COUNTS | counts],
        "first_us": us // 2,
        "percentiles": [us, us * 3 // 2, us * 2, us * 5 // 2],
        "last_us": us * 3 if last_us is None else last_us,
        "missing": [],
    }


def course(rows: list[tuple[int, int, int, int]], step_s: float = 0.1) -> dict[str, Any]:
    """A series of (connects, lost, cut, deliveries); levels follow."""
    level, connected = 0, []
    for connects, lost, _, _ in rows:
        level += connects - lost
        connected.append(level)
    columns = {name: [row[n] for row in rows] for n, name in enumerate(("connects", "lost", "cut", "deliveries"))}
    return {"start_us": START_US, "step_s": step_s, "connected": connected, **columns}


def found(*thresholds: str, published: Published | None = None, **changes: Any) -> Findings:
    """Findings of a run with these thresholds; everything of the result that is not told in `changes` is calm."""
    result = {
        "subscribers": 100,
        "subscribed": 100,
        "connects": 100,
        "first_connects": 100,
        "connect_s": 0.05,
        "causes": {},
        "strangers": 0,
        "messages": 0,
        "closed_early": 0,
        "counts": COUNTS,
        "latency": {},
        "lasts": {},
        "reached": [],
        "deliveries": 0,
        "wall_s": 10.0,
        "cpu_s": 0.05,
        "waited_s": 0.1,
        "resident_before": 10_000_000,
        "resident": 10_010_240,
    }
    told = tuple(map(read_threshold, thresholds))
    return Findings("load-x", "mqtt://127.0.0.1:1883", 1, result | changes, published, told)
