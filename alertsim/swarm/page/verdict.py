"""What comes first on a load test's page: whether to trust it, whether it holds, and the figures in short."""

from alertsim.picture.shapes import safe
from alertsim.swarm.findings import Findings
from alertsim.swarm.page import words
from alertsim.swarm.page.tables import entry, thresholds
from alertsim.swarm.page.tongue import Tongue
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
    box = f'<div class="verdict {_kind(found)}" role="status">{_validity(found, say)}{_holding(found, say)}</div>'
    return box + thresholds(found, say) + figures(found, say)


def figures(found: Findings, say: Tongue) -> str:
    """The figures in short."""
    result, measured = found.result, found.measured
    counts = result["counts"]
    reached = say.say(words.OF, say.number(result["subscribed"]), say.number(result["subscribers"]))
    rows = [(words.SUBSCRIBED, reached), (words.CONNECT_RATE, _per_s(found.connects_per_s, say))]
    rows += [(words.PUBLISHED, _published(found, say))]
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


def _holding(found: Findings, say: Tongue) -> str:
    """Whether anything was published and the thresholds hold."""
    if found.published and found.published.failure:
        failure = f'<span lang="en">{safe(found.published.failure)}</span>'
        return _line("bad", "✕", say.say(words.NOT_PUBLISHED), failure)
    if found.failed:
        return _line("bad", "✕", say.say(words.SOME_FAIL, len(found.failed), len(found.thresholds)))
    return _line("good", "✓", say.say(words.ALL_HOLD)) if found.thresholds else ""


def _line(kind: str, sign: str, text: str, more: str = "") -> str:
    return f'<p class="{kind}">{sign} {safe(text)} {more}</p>'


def _published(found: Findings, say: Tongue) -> str:
    """How many messages, and how late they went out."""
    messages = say.say(words.MESSAGES, say.number(found.result["messages"]))
    if not found.published:
        return f"{messages}; {say.say(words.SOMEBODY)}"
    sent = say.say(words.MESSAGES, say.number(found.published.messages))
    lag = found.published.lag_us
    return sent if lag is None else f"{sent}, {say.say(words.LAG, say.latency(lag))}"


def _per_s(rate: float | None, say: Tongue) -> str:
    return say.say(words.NA) if rate is None else f"{say.number(rate)}/{say.unit('s')}"
