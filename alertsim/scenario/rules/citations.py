"""What is told rests on facts: citations that exist, figures that agree, paragraphs that are used or say why not."""

from collections.abc import Iterator

from alertsim.errors import Problem
from alertsim.scenario.claims import SOURCED_ALWAYS, Claim, Figure, claims
from alertsim.scenario.document.source import Path
from alertsim.scenario.document.wording import short, unknown
from alertsim.scenario.draft import Draft
from alertsim.scenario.fields import duration, instant
from alertsim.scenario.model import AlertEntry, AnyEntry, IncidentEntry, OutageEntry, Sourced
from alertsim.scenario.sources import FORMS, Sources
from alertsim.times import Millis, duration_text, rfc3339

_FOLLOWS = ("intercepted", "impacted")
"""Where one of these is zero it needs no source: the other and the salvo say so."""

_PLACES: dict[str, Path] = {
    "launched": ("salvo",),
    "intercepted": ("outcome", "intercepted"),
    "impacted": ("outcome", "impacted"),
    **{name: ("casualties", name) for name in ("injured", "hospitalised", "killed", "children", "women", "men")},
}
"""Where a figure stands inside its part of an entry, if not under its own name."""


def uncited(draft: Draft) -> Iterator[Problem]:
    """What is wrong with the citations of a scenario that has no facts file."""
    if draft.header.basis == "historical":
        yield draft.located.problem(("basis",), "a historical scenario rests on facts: write a facts.yaml beside it")
        return
    for path, _ in _cited(draft):
        yield draft.located.problem(path, "there is no facts.yaml beside the scenario to cite from")


def citations(draft: Draft, sources: Sources) -> Iterator[Problem]:
    """What is wrong with the citations of a scenario, and with the facts in the light of it."""
    for path, name in _cited(draft):
        if name not in sources.ids:
            yield draft.located.problem(path, unknown("fact", name, sources.ids))
    if draft.header.basis == "historical":
        for n, entry in draft.entries.items():
            for claim in claims(entry):
                yield from _agrees(draft, sources, ("events", n), claim)
                yield from _rests(draft, sources, ("events", n), claim)
    yield from _unused(draft, sources)


def _cited(draft: Draft) -> Iterator[tuple[Path, str]]:
    """Every citation with its place."""
    for n, entry in draft.entries.items():
        for inside, part in parts(entry):
            yield from ((("events", n, *inside, "cite", k), name) for k, name in enumerate(part.cite))


def parts(entry: AnyEntry) -> Iterator[tuple[Path, Sourced]]:
    """An entry and what inside it may cite for itself."""
    yield (), entry
    match entry:
        case AlertEntry(alert=alert):
            yield from ((("alert", "updates", n), update) for n, update in enumerate(alert.updates))
        case IncidentEntry(incident=incident):
            yield from ((("incident", "updates", n), report) for n, report in enumerate(incident.updates))
        case OutageEntry(outage=outage):
            yield from ((("outage", "restoration", n), step) for n, step in enumerate(outage.restoration))
            yield from ((("outage", "sirens", area), lost) for area, lost in outage.sirens.items())
        case _:
            return


def _agrees(draft: Draft, sources: Sources, at: Path, claim: Claim) -> Iterator[Problem]:
    """Each figure is the one that the cited facts have, as far as they have it."""
    for name in claim.by.cite:
        for key, said in sources.figures.get(name, {}).items():
            if said is not None and claim.figures.get(key, said) != said:
                where = (
                    f"{sources.located.source.file}, line {sources.located.line((*sources.ids[name], 'value', key))}"
                )
                here = _shown(draft, key, claim.figures[key])
                message = f"{key} is {here} here, but {_shown(draft, key, said)} in `{name}` ({where}): correct one"
                yield draft.located.problem(_place(draft, at, claim, key), message)


def _rests(draft: Draft, sources: Sources, at: Path, claim: Claim) -> Iterator[Problem]:
    """Something is cited or owned to be invented, and what must not be invented is in a cited fact."""
    if claim.by.interpolated and not claim.by.cite:
        message = "nothing is cited: `cite` the facts between which this is interpolated"
        yield draft.located.problem((*at, *claim.path), message, key=True)
    elif not claim.by.cite and not claim.by.invented:
        message = "nothing is cited: `cite` facts, or say under `invented` what is assumed and why"
        yield draft.located.problem((*at, *claim.path), message, key=True)
    elif all(name in sources.figures for name in claim.by.cite):
        given = {key for name in claim.by.cite for key in sources.figures[name]}
        for key, figure in claim.figures.items():
            if key in SOURCED_ALWAYS - given and not (key in _FOLLOWS and figure == 0):
                message = f"no cited fact gives {key} {_shown(draft, key, figure)}: cite one that has it as a `value`"
                yield draft.located.problem(_place(draft, at, claim, key), message)


def _place(draft: Draft, at: Path, claim: Claim, key: str) -> Path:
    """Where a figure of a claim is written."""
    part = (*at, *claim.path)
    first, _, rest = key.partition(".")
    places = draft.located.places
    inside = _inside(first, rest) if rest else _PLACES.get(key, (key,))
    return (*at, key) if (*part, *inside) not in places and (*at, key) in places else (*part, *inside)


def _inside(figure: str, of: str) -> Path:
    """Where a figure of something stands: `up.data`, `up.data.UA-46`, `load.operator-b`, `launched.shahed`."""
    match figure, of.partition("."):
        case "up", (service, "", _):
            return "up", service
        case "up", (service, _, area):
            return "areas", area, service
        case "sirens", _:
            return ("share",)
        case "launched", _:
            return ("salvo",)
        case _:
            return "spill_over", of, figure


def _shown(draft: Draft, key: str, figure: Figure) -> str:
    """A figure as an author writes it."""
    form = FORMS.get(key)
    if form is instant:
        return rfc3339(Millis(int(figure)), draft.offset)
    return duration_text(Millis(int(figure))) if form is duration else short(str(figure))


def _unused(draft: Draft, sources: Sources) -> Iterator[Problem]:
    """Each paragraph is cited, or says why not."""
    used = {text for path, text in draft.located.texts() if path[-2:-1] == ("cite",)}
    used |= {text for path, text in sources.located.texts() if path[-2:-1] == ("between",)}
    for name, paragraph in sources.facts.paragraphs.items():
        path: Path = ("paragraphs", name)
        if f"article.{name}" in used and paragraph.unused:
            message = f"article.{name} is cited: remove `unused`, or the citation"
            yield sources.located.problem((*path, "unused"), message, key=True)
        elif f"article.{name}" not in used and not paragraph.unused:
            message = f"nothing cites article.{name}: cite it where it is used, or say why not under `unused`"
            yield sources.located.problem(path, message, key=True)
