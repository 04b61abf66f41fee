"""The rules of outages: operators that are known, phases that say something, areas named once, turns that fit."""

from collections.abc import Collection, Iterator

from alertsim.areas import find
from alertsim.errors import Problem
from alertsim.scenario.document.source import Path
from alertsim.scenario.document.wording import unknown
from alertsim.scenario.draft import Draft
from alertsim.scenario.model import Entry, Flapping, Outage, OutageEntry, Phase, SirenLoss
from alertsim.scenario.rules.moments import Stage, stages
from alertsim.times import duration_text

LONGEST_FALLBACK = 80
"""Characters; a headline has room for hardly more."""


def outage(draft: Draft, at: Path, entry: OutageEntry) -> Iterator[Problem]:
    """What is wrong with an outage whose fields are right one by one."""
    if wrong := _operator(draft, entry.outage.operator, entry):
        yield draft.located.problem((*at, "outage", "operator"), wrong)
    yield from _spill_over(draft, (*at, "outage", "spill_over"), entry)
    yield from _sirens(draft, (*at, "outage", "sirens"), entry.outage)
    blocked = False
    for path, phase, *_ in stages(entry):
        yield from _phase(draft, (*at, *path), phase)
        if phase.roaming == "open" and not blocked:
            message = "roaming is not blocked before: write `roaming: blocked` where that begins"
            yield draft.located.problem((*at, *path, "roaming"), message)
        blocked = blocked if phase.roaming is None else phase.roaming == "blocked"


def _operator(draft: Draft, name: str, entry: Entry) -> str | None:
    """What is wrong with naming this operator: it must be known, and a real one needs citations."""
    known = draft.catalogue.operators
    if name not in known:
        return unknown("operator", name, known)
    if not known[name].brand or not draft.sure("basis"):
        return None
    if draft.header.basis == "fictional":
        made_up = ", ".join(other for other, operator in known.items() if not operator.brand)
        return f"`{name}` is a real operator, and this scenario is fictional; made-up ones: {made_up}"
    return None if entry.cite else f"`{name}` is a real operator: `cite` what is known of its outage"


def _spill_over(draft: Draft, at: Path, entry: OutageEntry) -> Iterator[Problem]:
    for name, spill in entry.outage.spill_over.items():
        wrong = _operator(draft, name, entry)
        if name == entry.outage.operator:
            wrong = f"`{name}` is the operator that fails: name another one it spills over on"
        elif not wrong and not spill.model_fields_set:
            wrong = f"nothing spills over on `{name}`: write `load`, `latency_ms` or `loss`, or leave it out"
        if wrong:
            yield draft.located.problem((*at, name), wrong, key=True)


def _sirens(draft: Draft, at: Path, failed: Outage) -> Iterator[Problem]:
    yield from _once(draft, at, failed.sirens)
    for name in draft.located.names.get(at, ()):
        path, area = (*at, name), find(name).id
        if "/" in area:
            message = f"sirens are told of whole oblasts: write {area.partition('/')[0]} and the share of its sirens"
            yield draft.located.problem(path, message, key=True)
        yield from _fallback(draft, (*path, "fallback"), failed.sirens[area])


def _fallback(draft: Draft, at: Path, lost: SirenLoss) -> Iterator[Problem]:
    if lost.fallback:
        for language, text in (("uk", lost.fallback.uk), ("en", lost.fallback.en)):
            if len(text) > LONGEST_FALLBACK:
                message = f"expected {LONGEST_FALLBACK} characters or fewer, found {len(text)}"
                yield draft.located.problem((*at, language), message)


def _phase(draft: Draft, at: Path, phase: Phase) -> Iterator[Problem]:
    said = bool(phase.up or phase.areas)
    if not said and phase.roaming is None:
        yield draft.located.problem(at, "nothing changes: write `up`, `areas` or `roaming`", key=True)
    yield from _once(draft, (*at, "areas"), phase.areas)
    for name in draft.located.names.get((*at, "areas"), ()):
        if not phase.areas[find(name).id]:
            message = "nothing is said of this area: write what is up there, or leave it out"
            yield draft.located.problem((*at, "areas", name), message, key=True)
    if phase.flapping:
        if not said:
            message = "nothing comes and goes: write `up` or `areas` beside it"
            yield draft.located.problem((*at, "flapping"), message, key=True)
        yield from _flapping(draft, (*at, "flapping"), phase.flapping)


def _flapping(draft: Draft, at: Path, flapping: Flapping) -> Iterator[Problem]:
    if not 0 < flapping.down < flapping.every:
        every = duration_text(flapping.every)
        message = f"expected more than 0s and less than `every`, {every}, found {duration_text(flapping.down)}"
        yield draft.located.problem((*at, "down"), message)


def turns(stage: Stage) -> int:
    """About how often it comes and goes."""
    flapping = stage.phase.flapping
    return 2 * max(0, flapping.until - stage.reached) // max(1, flapping.every) if flapping else 0


def _once(draft: Draft, at: Path, areas: Collection[str]) -> Iterator[Problem]:
    """No area under two names: only the second would count."""
    names = draft.located.names.get(at, ())
    first: dict[str, str] = {}
    for name in names if len(names) > len(areas) else ():
        other = first.setdefault(find(name).id, name)
        if other != name:
            message = f"`{other}` and `{name}` are one area, {find(name).id}: keep one"
            yield draft.located.problem((*at, name), message, key=True)
