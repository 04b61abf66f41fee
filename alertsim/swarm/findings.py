"""What a run found, for people, for scripts and for CI: one value, told three ways."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import zip_longest
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from alertsim.swarm.entry import Counts
from alertsim.swarm.histogram import Histogram
from alertsim.swarm.selfcheck import Check, check
from alertsim.swarm.storms import Crowd, Storm, find_storms, storm_lines
from alertsim.swarm.thresholds import NUMBERS, TIMES, Threshold

_PERCENTS = {"p50": 50.0, "p90": 90.0, "p99": 99.0, "p99.9": 99.9, "max": 100.0}


@dataclass(frozen=True)
class Published:
    """What our own publisher did: how many it sent, how late it came to them at p99, and what went wrong.

    `skipped`: due while it had no connection. `failure`: why nothing could be published at all.
    """

    messages: int
    lag_us: int | None
    skipped: int = 0
    unacknowledged: int = 0
    failure: str = ""
    causes: Mapping[str, int] | None = None


@dataclass(frozen=True)
class Findings:
    """`result` is the last word of the subscribers' process; `published` None where somebody else published."""

    exercise: str
    broker: str
    qos: int
    result: dict[str, Any]
    published: Published | None
    thresholds: tuple[Threshold, ...] = ()

    @property
    def latency(self) -> Histogram:
        """From the intended time of each message to each subscriber."""
        return Histogram.from_sparse(self.result["latency"])

    @property
    def check(self) -> Check:
        """Whether to trust it."""
        result, wall = self.result, self.result["wall_s"] or 1.0
        waited, turns = result["waited_s"], result.get("turns")
        return check(
            None if waited is None else waited / wall,
            self.published.lag_us if self.published else None,
            self.latency,
            busy_share=result["cpu_s"] / wall,
            turn_us=waited / turns * 1e6 if turns and waited is not None else None,
        )

    @property
    def measured(self) -> dict[str, float | None]:
        """Everything a threshold may name; times in µs; None where there is nothing to measure."""
        result, latency = self.result, self.latency
        last = Histogram.from_sparse(result["lasts"]).percentile(100)
        times: dict[str, float | None] = {name: latency.percentile(_PERCENTS[name]) for name in TIMES if name != "last"}
        numbers = result["counts"] | {"connected": result["subscribed"], "connects_per_s": self.connects_per_s}
        return times | {"last": last} | {name: numbers[name] for name in NUMBERS}

    @property
    def connects_per_s(self) -> float | None:
        """CONNACKs a second in the first round, from the first dial on."""
        connects, seconds = self.result["first_connects"], self.result["connect_s"]
        return connects / seconds if connects and seconds > 0 else None

    @property
    def storms(self) -> tuple[Storm | Crowd, ...]:
        """What befell many connections at once."""
        result = self.result
        return find_storms(result["series"], result["reached"], messages=result["messages"])

    @property
    def failed(self) -> tuple[Threshold, ...]:
        """The thresholds that do not hold."""
        measured = self.measured
        return tuple(each for each in self.thresholds if not each.holds(measured))

    @property
    def exit_code(self) -> int:
        """0, 1 where nothing could be published, or 3 where a threshold fails or the numbers are not to be trusted."""
        if self.published and self.published.failure:
            return 1
        return 3 if self.failed or self.check.verdict == "invalid" else 0


def as_lines(found: Findings) -> Iterator[str]:
    """For people."""
    result, counts, check_ = found.result, found.result["counts"], found.check
    rate = found.connects_per_s
    whose = "Every message was marked TEST." if found.published else "Somebody else published."
    broker = f"{found.broker} ({version})" if (version := result.get("broker_version")) else found.broker
    yield f"Load test {found.exercise} at {broker}, QoS {found.qos}. {whose}"
    speed = f", {rate:,.0f} connects/s" if rate else ""
    away = f" ({result['away']:,} asleep, without coverage or still to come)" if result["away"] else ""
    yield f"Connected      {result['subscribed']:,} of {result['subscribers']:,} subscribers{away}{speed}"
    yield from (f"               {number:,} × {cause}" for cause, number in sorted(result["causes"].items()))
    yield from _published_lines(found)
    yield (
        f"Deliveries     {counts['delivered'] + counts['uninvited']:,} (of {result['messages']:,} messages): "
        f"{counts['missing']:,} missing, {counts['unreachable']:,} unreachable, {counts['duplicates']:,} duplicates, "
        f"{counts['out_of_order']:,} out of order, {counts['late']:,} late, {counts['stale']:,} stale"
    )
    if result["closed_early"]:
        yield f"               {result['closed_early']:,} messages were closed early for lack of memory"
    yield from _latency_lines(found)
    yield from _phase_lines(found)
    yield from _operator_lines(found)
    if result["deliveries"]:
        cpu_us = result["cpu_s"] / result["deliveries"] * 1e6
        before, after = result["resident_before"] / 2**20, result["resident"] / 2**20
        grown = f"the process grew by {after - before:.1f} MB to {after:.1f} MB"
        yield f"Cost           {cpu_us:.1f} µs of CPU a delivery; {grown}"
    yield from _stall_lines(found)
    yield from storm_lines(found.storms)
    yield from check_.notes
    yield from _verdict_lines(found)


def _published_lines(found: Findings) -> Iterator[str]:
    if published := found.published:
        lag = "" if published.lag_us is None else f", at most {published.lag_us / 1000:.1f} ms after their time (p99)"
        yield f"Published      {published.messages:,} messages{lag}"
        if published.skipped:
            yield f"               {published.skipped:,} were due while the publisher had no connection, and not sent"
        if published.unacknowledged:
            yield f"               {published.unacknowledged:,} were not acknowledged by the broker"
        yield from (
            f"               {number:,} × {cause}" for cause, number in sorted((published.causes or {}).items())
        )
        if published.failure:
            yield f"               {published.failure}"


def _phase_lines(found: Findings) -> Iterator[str]:
    """How long the end of it took, and the warm-up apart."""
    warm_up = found.result["warm_up"]
    if warm_up["messages"]:
        latency = Histogram.from_sparse(warm_up["latency"])
        times = "  ".join(f"{name} {_ms(latency.percentile(_PERCENTS[name]))}" for name in ("p50", "p99", "max"))
        yield f"Warm-up        {warm_up['messages']:,} messages, not in the latencies above: {times}"
    yield f"Cool-down      {found.result['cool_down_s']:.1f} s until nothing was on its way"


def _operator_lines(found: Findings) -> Iterator[str]:
    """A row for each operator, where there are several."""
    rows: dict[str, tuple[int, Counts, Histogram]] = {}
    for cohort in found.result["cohorts"]:
        many, counts, latency = rows.get(cohort["operator"], (0, Counts(), Histogram()))
        more = Histogram.from_sparse(cohort["latency"])
        rows[cohort["operator"]] = (
            many + cohort["subscribers"],
            counts.plus(Counts(**cohort["counts"])),
            latency.merge(more),
        )
    if len(rows) < 2:
        return
    for operator, (many, counts, latency) in sorted(rows.items()):
        times = "  ".join(f"p{percent} {_ms(latency.percentile(percent))}" for percent in (50, 99))
        yield (
            f"  {operator:<13}{many:,} subscribers: {counts.delivered + counts.uninvited:,} deliveries, "
            f"{counts.missing:,} missing, {counts.unreachable:,} unreachable; {times}"
        )


def _stall_lines(found: Findings) -> Iterator[str]:
    """Who got nothing more, because the broker waited for their answers."""
    for operator, unanswered, many in found.result.get("stalled", ()):
        whose = f" of {operator}" if operator else ""
        yield (
            f"Stalled        {many:,} subscribers{whose} stand at {unanswered:,} unacknowledged messages "
            "(the broker's max_inflight_messages)"
        )


def _latency_lines(found: Findings) -> Iterator[str]:
    measured, median = found.measured, Histogram.from_sparse(found.result["lasts"]).percentile(50)
    if measured["p50"] is None:
        yield "Latency        nothing was measured"
        return
    yield "Latency        " + "  ".join(f"{name} {_ms(measured[name])}" for name in TIMES if name != "last")
    yield f"To the last    {_ms(median)} for the median message, {_ms(measured['last'])} for the slowest"


def _verdict_lines(found: Findings) -> Iterator[str]:
    measured, failed = found.measured, found.failed
    for threshold in found.thresholds:
        value = measured[threshold.measure]
        shown = "n/a" if value is None else _ms(value) if threshold.measure in TIMES else f"{value:,.0f}"
        yield f"Threshold      {threshold.text}: {'FAILED' if threshold in failed else 'holds'} ({shown})"
    match found.check.verdict:
        case "invalid":
            yield "INVALID: generator overloaded: " + "; ".join(found.check.reasons)
        case "unavailable":
            yield "Self-check     unavailable: this system does not tell how long a process waits for a CPU"
        case "valid":
            yield "Self-check     valid: the generator kept up"


def compared(jittered: Findings, fixed: Findings) -> Iterator[str]:
    """Two runs that differ only in how who was cut comes back: storm by storm, side by side."""
    yield "Back-off       spread by chance | fixed"
    pairs = zip_longest(*(each.storms for each in (jittered, fixed)))
    yield from (f"Storm {n}        {_storm(one)} | {_storm(other)}" for n, (one, other) in enumerate(pairs, 1))


def _storm(storm: Storm | Crowd | None) -> str:
    if storm is None:
        return "none"
    peak = f"peak {storm.peak_connects_per_s:,.0f} CONNECT/s"
    if isinstance(storm, Crowd):
        return f"{storm.came:,} came at once, {peak}"
    back = "not all back" if storm.back_s is None else f"all back in {storm.back_s:.1f} s"
    missed = "" if storm.missed is None else f", {storm.missed:,} times a message was missed"
    return f"{storm.lost:,} lost, {peak}, {back}{missed}"


def as_json(found: Findings) -> str:
    """For scripts: one object. Times in µs; `latency` has HDR bucket index to count."""
    published, check_ = found.published, found.check
    return json.dumps(
        {
            "status": "Test",
            "exercise": found.exercise,
            "broker": found.broker,
            "qos": found.qos,
            "validity": {"verdict": check_.verdict, "reasons": check_.reasons, "notes": check_.notes},
            "thresholds": [
                {"threshold": each.text, "holds": each not in found.failed, "measured": found.measured[each.measure]}
                for each in found.thresholds
            ],
            "measured": found.measured,
            "storms": [asdict(storm) for storm in found.storms],
            "published": None if published is None else vars(published),
            **found.result,
        }
    )


def as_junit(found: Findings) -> bytes:
    """For CI: a test case for each threshold, and one for the self-check."""
    failed, check_ = found.failed, found.check
    suite = Element("testsuite", name=f"alertsim load {found.exercise}", tests=str(len(found.thresholds) + 1))
    for threshold in found.thresholds:
        case = SubElement(suite, "testcase", classname="alertsim.load", name=threshold.text)
        if threshold in failed:
            SubElement(case, "failure", message=f"measured {found.measured[threshold.measure]}")
    case = SubElement(suite, "testcase", classname="alertsim.load", name="self-check")
    if check_.verdict == "invalid":
        SubElement(case, "failure", message="INVALID: generator overloaded: " + "; ".join(check_.reasons))
    if check_.verdict == "unavailable":
        SubElement(case, "skipped", message="self-check unavailable on this system")
    suite.set("failures", str(len(failed) + (check_.verdict == "invalid")))
    document: bytes = tostring(suite, encoding="utf-8", xml_declaration=True)
    return document


def _ms(us: float | None) -> str:
    if us is None:
        return "n/a"
    return f"{us / 1000:.1f} ms" if us < 10_000_000 else f"{us / 1e6:.1f} s"
