"""Doubts about what is drawn: sirens that add nothing, and all-clears that come when play is over; by the medians."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple

from alertsim.errors import Problem
from alertsim.events import AreaId
from alertsim.scenario.catalogue import Sirens
from alertsim.scenario.coverage import Span, alerted
from alertsim.scenario.document.located import Located
from alertsim.scenario.document.source import Path
from alertsim.scenario.fields import Quantiles
from alertsim.scenario.model import Alert, AlertEntry, AnyEntry, DerivedAlert, Scenario, Strike, StrikeEntry
from alertsim.scenario.rules.pace import end_of_play, paced
from alertsim.times import Millis, rfc3339


class Drawn(NamedTuple):
    """An alert that half of all seeds raise before `raised` and clear before `cleared`, and where it is written.

    `areas` are those in which it follows from a strike.
    """

    path: Path
    areas: tuple[AreaId, ...]
    raised: Millis
    cleared: Millis


def drawn_alerts(scenario: Scenario, models: Mapping[str, Sirens], located: Located) -> Iterator[Problem]:
    """What may be a mistake in alerts that chance begins or ends."""
    written = list(_written(scenario))
    for n, entry in enumerate(scenario.events):
        drawn = _drawn(n, entry, models, scenario.start)
        if drawn is None:
            continue
        covered = [area for area in drawn.areas if _is_covered(written, area, drawn.raised)]
        for area in covered:
            message = f"{area} is under a written alert then, and the siren of `{entry.id}` adds nothing: "
            message += "write an update with its threat there, and leave `alert` out of the strike"
            yield located.problem(drawn.path, message)
        end = end_of_play(scenario.play, paced(scenario), drawn.raised)
        if scenario.chapters and not covered and drawn.cleared > end:
            message = f"play ends at {rfc3339(end, scenario.offset)}, in most seeds before this all-clear, and cancels "
            yield located.problem(drawn.path, f"{message}the alert: give a shorter `lasts`, or a later end")


def _drawn(n: int, entry: AnyEntry, models: Mapping[str, Sirens], start: Millis) -> Drawn | None:
    """The alert of an entry as far as chance has a part in it; None where nothing is drawn or a model is not known."""
    match entry:
        case AlertEntry(alert=Alert(lasts=lasts, raised=raised)) if lasts and raised is not None:
            return Drawn(("events", n, "alert", "lasts"), (), raised, Millis(raised + median(lasts)))
        case StrikeEntry(at=at, strike=Strike(alert=DerivedAlert() as asked) as strike) if asked.sirens in models:
            model = models[asked.sirens]
            raised = Millis(max(start, at - strike.warning) + median(asked.delay or model.delay))
            cleared = max(raised + median(asked.lasts or model.lasts), at)
            return Drawn(("events", n, "strike", "alert"), asked.areas or (strike.target,), raised, Millis(cleared))
        case _:
            return None


def _written(scenario: Scenario) -> Iterator[Span]:
    """Where alerts that surely happen were written down."""
    for entry in scenario.events:
        if isinstance(entry, AlertEntry) and entry.chance is None and not (entry.only_if or entry.unless):
            alert, drawn = entry.alert, _drawn(0, entry, {}, scenario.start)
            yield from alerted(alert, drawn.cleared if drawn else alert.cleared)


def _is_covered(written: Iterable[Span], area: AreaId, at: Millis) -> bool:
    inside = (span for span in written if span.area == area and span.begins <= at)
    return any(span.ends is None or at <= span.ends for span in inside)


def median(given: Quantiles) -> int:
    """The duration that half of all draws stay below."""
    (lower, shorter), (upper, longer) = next((one, two) for one, two in pairwise(given) if one[0] <= 50 <= two[0])
    return round(shorter + (longer - shorter) * (50 - lower) / (upper - lower))
