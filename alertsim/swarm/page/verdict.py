"""What comes first on a load test's page: whether to trust it, whether it holds, and the figures in short."""

from alertsim.page.tables import entry
from alertsim.page.tongue import NA, Tongue
from alertsim.picture.shapes import safe
from alertsim.swarm.findings import Findings
from alertsim.swarm.page import words
from alertsim.swarm.page.tables import thresholds
from alertsim.wire.headlines import Said

_KINDS = {"valid": "good", "invalid": "bad", "unavailable": "unsure"}
_COUNTS = (
    ("missing", words.MISSING),
    ("unreachable", words.UNREACHABLE),
    ("caught_up", words.CAUGHT_UP),
    ("duplicates", words.DUPLICATES),
    ("out_of_order", words.OUT_OF_ORDER),
    ("late", words.LATE),
    ("stale", words.STALE),
)


def verdict(found: Findings, say: Tongue) -> str:
    """A box in words, sign and colour, then the thresholds and the figures."""
    lines = _failure(found, say) + _validity(found, say) + _holding(found, say)
    box = f'<div class="verdict {_kind(found)}" role="status">{lines}</div>'
    return box + thresholds(found, say) + figures(found, say)


def figures(found: Findings, say: Tongue) -> str:
    """The figures in short."""
    result, measured = found.result, found.measured
    counts = result["counts"]
    reached = say.say(words.OF, say.number(result["subscribed"]), say.number(result["subscribers"]))
    rows = [(words.SUBSCRIBED, reached), (words.CONNECT_RATE, _per_s(found.connects_per_s, say))]
    rows += _published(found, say)
    rows += [(said, say.number(number)) for said, number in _unusual(found) if number]
    rows += [(words.DELIVERED, say.number(counts["delivered"] + counts["uninvited"]))]
    rows += [(said, say.number(counts.get(name))) for name, said in _COUNTS]
    rows += [(Said(name, name), say.latency(measured[name])) for name in ("p50", "p90", "p99", "p99.9")]
    rows += [(words.HIGHEST, say.latency(measured["max"])), (words.LAST, say.latency(measured["last"]))]
    cost = result["cpu_s"] / result["deliveries"] * 1e6 if result["deliveries"] else None
    rows += [(words.COST, say.measure(cost, "µs", 1))]
    return '<dl class="figures">' + "".join(entry(say.say(said), text) for said, text in rows) + "</dl>"


def _kind(found: Findings) -> str:
    failure = found.published.failure if found.published else ""
    return "bad" if failure or found.failed else _KINDS[found.check.verdict]


def _validity(found: Findings, say: Tongue) -> str:
    """Whether to trust it, and why not."""
    sign, said = words.VALIDITY[found.check.verdict]
    reasons = [*found.check.reasons, *found.check.notes]
    listed = "".join(f'<li lang="en">{safe(reason)}</li>' for reason in reasons)
    kind = _KINDS[found.check.verdict]
    return _line(kind, sign, say.say(said)) + (f"<ul>{listed}</ul>" if listed else "")


def _failure(found: Findings, say: Tongue) -> str:
    """Why nothing could be published, if so."""
    if not found.published or not found.published.failure:
        return ""
    failure = f'<span lang="en">{safe(found.published.failure)}</span>'
    return _line("bad", "✕", say.say(words.NOT_PUBLISHED), failure)


def _holding(found: Findings, say: Tongue) -> str:
    """Whether the thresholds hold, and whether that says anything."""
    if found.failed:
        return _line("bad", "✕", say.say(words.SOME_FAIL, len(found.failed), len(found.thresholds)))
    if not found.thresholds:
        return ""
    if found.check.verdict == "invalid":
        return _line("unsure", "?", say.say(words.HOLD_BUT))
    return _line("good", "✓", say.say(words.ALL_HOLD))


def _line(kind: str, sign: str, text: str, more: str = "") -> str:
    return f'<p class="{kind}">{sign} {safe(text)} {more}</p>'


def _unusual(found: Findings) -> list[tuple[Said, int]]:
    """What is told only where it happened."""
    told = [(words.AWAY, found.result.get("away", 0)), (words.CLOSED_EARLY, found.result["closed_early"])]
    if found.published:
        told += [(words.SKIPPED, found.published.skipped), (words.UNACKNOWLEDGED, found.published.unacknowledged)]
    return told


def _published(found: Findings, say: Tongue) -> list[tuple[Said, str]]:
    """How many messages, and how late they went out."""
    if not found.published:
        return [(words.HEARD, say.number(found.result["messages"]))]
    lag = say.latency(found.published.lag_us)
    return [(words.PUBLISHED, say.number(found.published.messages)), (words.LAG, lag)]


def _per_s(rate: float | None, say: Tongue) -> str:
    return say.say(NA) if rate is None else f"{say.number(rate)}/{say.unit('s')}"
