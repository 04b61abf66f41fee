"""The rules of chance: what is drawn has no place in history; a condition names what can become of another entry."""

from collections.abc import Iterator, Mapping

from alertsim.errors import Problem
from alertsim.scenario.document.source import Path
from alertsim.scenario.document.wording import listed, unknown
from alertsim.scenario.draft import Draft
from alertsim.scenario.model import AlertEntry, AnyEntry, StrikeEntry

STAGES: Mapping[str, tuple[str, ...]] = {
    "strike": ("launched", "detected", "intercepted", "impacted", "warned"),
    "alert": ("announced", "raised", "cleared"),
    "incident": ("reported",),
    "outage": ("changed",),
    "inject": ("sent",),
    "news": ("published",),
}
"""What can become of an entry, by its kind; a strike has warned people if its siren was heard."""


def drawn(draft: Draft) -> Iterator[Problem]:
    """What is wrong with chances, conditions and derived alerts."""
    for n, entry in draft.entries.items():
        if draft.header.basis == "historical" and draft.sure("basis"):
            yield from _in_history(draft, ("events", n), entry)
        for field in ("only_if", "unless"):
            stage = getattr(entry, field)
            if stage is not None and (message := _condition(draft, n, stage)):
                yield draft.located.problem(("events", n, field), message)


def _in_history(draft: Draft, at: Path, entry: AnyEntry) -> Iterator[Problem]:
    for path in _draws(entry):
        message = "a draw, and this scenario is historical: write down what happened, or make it `fictional`"
        yield draft.located.problem((*at, *path), message, key=True)


def _draws(entry: AnyEntry) -> Iterator[Path]:
    """Where an entry leaves something to chance."""
    yield from ((field,) for field in ("chance", "only_if", "unless") if getattr(entry, field) is not None)
    if isinstance(entry, AlertEntry) and entry.alert.lasts:
        yield "alert", "lasts"
    if isinstance(entry, StrikeEntry):
        if entry.strike.outcome.chance is not None:
            yield "strike", "outcome", "chance"
        if entry.strike.alert:
            yield "strike", "alert"


def _condition(draft: Draft, n: int, stage: str) -> str | None:
    """What is wrong with depending on `stage`."""
    name, _, what = stage.partition(":")
    others = {draft.ids[k]: entry for k, entry in draft.entries.items() if k in draft.ids}
    if name == draft.ids.get(n):
        return "an entry does not depend on itself: name another one"
    if name not in draft.names:
        return unknown("entry", name, draft.ids.values())
    if name not in others:
        return None  # it was wrong, which is told there
    kind = next(kind for kind in STAGES if hasattr(others[name], kind))
    if what not in STAGES[kind]:
        return f"expected one of {listed(STAGES[kind])} after `{name}:`, found '{what}'"
    if others[name].only_if or others[name].unless:
        return f"`{name}` depends on another entry itself: name that one"
    return None
