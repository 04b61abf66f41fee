"""Strengths and areas for improvement as a recording shows them: facts with their figures, no opinions."""

from collections.abc import Iterator, Sequence
from typing import Literal

from alertsim.events import Frozen
from alertsim.report.expectations import Expected
from alertsim.report.figures import Figures
from alertsim.report.summary import Summary, Warned

Topic = Literal[
    "warned_in_time",
    "expected_met",
    "heard_by_all",
    "all_confirmed",
    "warned_late",
    "never_warned",
    "expected_failed",
    "never_heard",
    "sirens_silent",
    "not_sent",
    "broker_lost",
    "degraded",
    "slept",
    "unfinished",
]


class Finding(Frozen):
    """One fact: what about, where or whose, and up to two figures: so many of so many, or seconds."""

    topic: Topic
    strength: bool
    about: str = ""
    count: int = 0
    base: int = 0
    seconds: float = 0.0


def findings(summary: Summary, expected: Sequence[Expected], found: Figures) -> tuple[Finding, ...]:
    """All that can be said of an exercise, what was good first."""
    return (*_strengths(summary, expected), *_weaknesses(summary, expected, found))


def _strengths(summary: Summary, expected: Sequence[Expected]) -> Iterator[Finding]:
    for alert in _timed(summary):
        if (alert.lead_ms or 0) >= 0:
            yield Finding(topic="warned_in_time", strength=True, about=alert.area, seconds=(alert.lead_ms or 0) / 1000)
    if met := sum(each.verdict == "met" for each in expected):
        yield Finding(topic="expected_met", strength=True, count=met, base=_judged(expected))
    if summary.spread and (alerts := summary.spread.alerts).meant and not alerts.missed:
        yield Finding(topic="heard_by_all", strength=True, count=alerts.heard, base=alerts.meant)
    if summary.events and summary.confirmed >= summary.events and not summary.not_sent:
        yield Finding(topic="all_confirmed", strength=True, count=summary.confirmed, base=summary.events)


def _weaknesses(summary: Summary, expected: Sequence[Expected], found: Figures) -> Iterator[Finding]:
    if summary.ended == "unfinished":
        yield Finding(topic="unfinished", strength=False)
    yield from _unwarned(summary)
    if failed := sum(each.failed for each in expected):
        yield Finding(topic="expected_failed", strength=False, count=failed, base=_judged(expected))
    for operator, heard in summary.spread.operators.items() if summary.spread else ():
        if heard.never:
            yield Finding(topic="never_heard", strength=False, about=operator, count=heard.never, base=heard.meant)
    yield from _machinery(summary, found)


def _unwarned(summary: Summary) -> Iterator[Finding]:
    """Where people were warned too late, or not, or not by all sirens."""
    for alert in _timed(summary):
        if (alert.lead_ms or 0) < 0:
            yield Finding(topic="warned_late", strength=False, about=alert.area, seconds=-(alert.lead_ms or 0) / 1000)
    for area in summary.unwarned:
        yield Finding(topic="never_warned", strength=False, about=area.area, count=area.impacted, base=area.weapons)
    for oblast in summary.silenced:
        yield Finding(topic="sirens_silent", strength=False, about=oblast.area, count=oblast.alerts)


def _machinery(summary: Summary, found: Figures) -> Iterator[Finding]:
    """What failed of the exercise itself."""
    for reason, count in summary.not_sent.items():
        yield Finding(topic="not_sent", strength=False, about=reason, count=count, base=summary.events)
    if summary.broker_lost:
        away = sum(each.real_ms or 0 for each in found.outages) / 1000
        yield Finding(topic="broker_lost", strength=False, count=summary.broker_lost, seconds=away)
    yield from (Finding(topic="degraded", strength=False, about=part) for part in summary.degraded)
    if summary.slept_ms:
        yield Finding(topic="slept", strength=False, seconds=summary.slept_ms / 1000)


def _timed(summary: Summary) -> Iterator[Warned]:
    """The alerts in whose area there was an explosion; one that goes on elsewhere was told already."""
    return (alert for alert in summary.alerts if alert.lead_ms is not None and not alert.continues)


def _judged(expected: Sequence[Expected]) -> int:
    """Expectations of which the recording can tell."""
    return sum(each.verdict in {"met", "late", "missed"} for each in expected)
