"""The tables of a load test's page: thresholds, storms, cohorts, causes, and where it was measured."""

from collections.abc import Mapping, Sequence
from typing import Any

from alertsim.page.tables import entry, table
from alertsim.page.tongue import NA, Tongue
from alertsim.picture.shapes import safe
from alertsim.swarm.findings import Findings
from alertsim.swarm.histogram import Histogram
from alertsim.swarm.page import words
from alertsim.swarm.storms import Crowd, Storm
from alertsim.swarm.thresholds import TIMES

_BYTES = {"memory", "memory_free"}


def thresholds(found: Findings, say: Tongue) -> str:
    """Each condition, what was measured, and whether it holds."""
    if not found.thresholds:
        return f"<p>{safe(say.say(words.NO_THRESHOLDS))}</p>"
    measured, failed = found.measured, found.failed
    rows = []
    for each in found.thresholds:
        value = measured[each.measure]
        shown = say.latency(value) if each.measure in TIMES else say.number(value)
        rows.append((each.text, shown, say.say(words.FAILED if each in failed else words.HOLDS)))
    heads = [say.say(said) for said in (words.THRESHOLD, words.MEASURED, words.OUTCOME)]
    return table(heads, rows, caption=say.say(words.THRESHOLDS))


def storms(found: Sequence[Storm | Crowd], say: Tongue) -> str:
    """Storms and crowds with the numbers they have in the plots."""
    if not found:
        return f"<p>{safe(say.say(words.NO_STORM))}</p>"
    step = say.measure(found[0].step_s, "s", 1)
    heads = (
        words.NUMBER, words.KIND, words.BEGAN, words.BEFORE, words.LOST_OR_CAME, words.LOWEST, words.BACK,
        words.PEAK_1, words.PEAK_STEP, words.MEANWHILE, words.MISSED,
    )  # fmt: skip
    rows = (_storm(n, one, say) for n, one in enumerate(found, 1))
    return table([say.say(head, step) for head in heads], rows, verbal=2)


def cohorts(result: Mapping[str, Any], say: Tongue) -> str:
    """All together, then cohort by cohort, those that missed most first."""
    heads = (
        words.COHORT, words.KIND, words.SUBSCRIBERS, words.DELIVERED,
        words.MISSING, words.UNREACHABLE, words.CAUGHT_UP, words.LATE, words.STALE, words.HALF, words.P99,
    )  # fmt: skip
    whole = {"name": say.say(words.EVERYBODY), **result}
    parts = sorted((_cohort(one, say) for one in result.get("cohorts") or ()), key=lambda part: part[0])
    rows = [_cohort(whole, say)[1], *(row for _, row in parts)]
    return table([say.say(head) for head in heads], rows, verbal=2, caption=say.say(words.COHORTS_ABOUT))


def causes(result: Mapping[str, Any], say: Tongue) -> str:
    """Why connections failed or ended, the most frequent first."""
    counted = sorted(result["causes"].items(), key=lambda cause: (-cause[1], cause[0]))
    if not counted:
        return f"<p>{safe(say.say(words.NO_CAUSES))}</p>"
    rows = [(cause, say.number(number)) for cause, number in counted]
    return table([say.say(words.CAUSE), say.say(words.TIMES)], rows)


def places(known: Sequence[tuple[str, str]], machine: Mapping[str, Any], say: Tongue) -> str:
    """What is `known` of the test, then the fingerprint of the machine, as far as it was taken."""
    facts = [(say.say(said), _fact(name, machine.get(name), say)) for name, said in words.FACTS.items()]
    rows = [*known, *(facts if machine else [(say.say(words.MACHINE), say.say(NA))])]
    return "<dl class='figures'>" + "".join(entry(*row) for row in rows) + "</dl>"


def _storm(number: int, one: Storm | Crowd, say: Tongue) -> tuple[str, ...]:
    steep = one.steepest_connects_per_s if one.step_s < 1 else None
    peaks = say.number(one.peak_connects_per_s), say.number(steep)
    began, before = say.measure(one.after_s, "s", 1), say.number(one.before)
    if isinstance(one, Crowd):
        return str(number), say.say(words.CROWD), began, before, say.number(one.came), "", "", *peaks, "", ""
    back = say.say(words.NEVER) if one.back_s is None else say.measure(one.back_s, "s", 1)
    lost, lowest, messages, missed = map(say.number, (one.lost, one.lowest, one.messages, one.missed))
    return str(number), say.say(words.STORM), began, before, lost, lowest, back, *peaks, messages, missed


def _cohort(one: Mapping[str, Any], say: Tongue) -> tuple[tuple[int, int, str], tuple[str, ...]]:
    """How bad it is, to sort by, and the row."""
    counts, latency = one["counts"], Histogram.from_sparse(one["latency"])
    p50, p99 = latency.percentiles(50, 99) or (None, None)
    shown = [one["subscribers"], counts["delivered"] + counts["uninvited"]]
    shown += [counts.get(name) for name in ("missing", "unreachable", "caught_up", "late", "stale")]
    about = [one.get(name, "") for name in ("operator", "network", "device")]
    about = [part for part in about if part not in one["name"]] + ([f"QoS {one['qos']}"] if "qos" in one else [])
    row = one["name"], " · ".join(about), *map(say.number, shown), say.latency(p50), say.latency(p99)
    return (-counts["missing"], -(p99 or 0), one["name"]), row


def _fact(name: str, value: Any, say: Tongue) -> str:
    if value is None:
        return say.say(NA)
    if name in _BYTES:
        return say.measure(value / 2**20, "MiB")
    return str(value) if isinstance(value, str) else say.number(value, 0 if isinstance(value, int) else 2)
