"""How often the broker was made to fail and what that cost, in a sentence."""

from collections.abc import Sequence

from alertsim.report.broken import Broken
from alertsim.report.spoken import span
from alertsim.wire.headlines import BROKER_FAULTS

_TOLD = 4
"""Of so many faults one sentence tells."""


def broken_en(broken: Sequence[Broken]) -> str:
    """Each fault, how long it lasted and what came late or never; behind a blank, and empty where there was none."""
    said = [_fault_en(each) for each in broken]
    more = f"; and {len(said) - _TOLD} more faults" if len(said) > _TOLD else ""
    return f" As planned: {'; '.join(said[:_TOLD])}{more}." if said else ""


def _fault_en(each: Broken) -> str:
    kept = {True: " with its state", False: " without its state", None: ""}[each.persistence]
    gone = "not back before the end" if each.gone_ms is None else f"back after {span(each.gone_ms, 'en')}"
    messages = "message" if each.late == 1 else "messages"
    late = f", {each.late} {messages} late by up to {span(each.latest_ms, 'en')}" if each.late else ""
    never = f", {each.never} never sent" if each.never else ""
    return f"{BROKER_FAULTS[each.fault].en}{kept}, {gone}{late}{never}"


def broken_uk(broken: Sequence[Broken]) -> str:
    """The same in Ukrainian."""
    said = [_fault_uk(each) for each in broken]
    more = f"; ще збоїв: {len(said) - _TOLD}" if len(said) > _TOLD else ""
    return f" За планом: {'; '.join(said[:_TOLD])}{more}." if said else ""


def _fault_uk(each: Broken) -> str:
    kept = {True: " зі станом", False: " без стану", None: ""}[each.persistence]
    gone = "до кінця не повернувся" if each.gone_ms is None else f"знову є за {span(each.gone_ms, 'uk')}"
    late = f", запізнилися повідомлення: {each.late}, щонайбільше на {span(each.latest_ms, 'uk')}" if each.late else ""
    never = f", зовсім не надіслано: {each.never}" if each.never else ""
    return f"{BROKER_FAULTS[each.fault].uk}{kept}, {gone}{late}{never}"
