"""The rows of strikes, incidents, injects, news and broker faults: a row a strike, an incident, an audience."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

from alertsim.events import (
    BrokerFaulted,
    Event,
    IncidentReported,
    InjectSent,
    NewsPublished,
    StrikeDetected,
    StrikeEvent,
    StrikeImpacted,
    StrikeIntercepted,
    StrikeLaunched,
)
from alertsim.picture import words
from alertsim.picture.axis import Axis
from alertsim.picture.cells import clean
from alertsim.picture.model import Bar, BarKind, Language, Mark, Row, Sign
from alertsim.times import Millis
from alertsim.wire.headlines import BROKER_FAULTS

_SIGNS = {
    StrikeLaunched: Sign.LAUNCHED,
    StrikeDetected: Sign.DETECTED,
    StrikeIntercepted: Sign.INTERCEPTED,
    StrikeImpacted: Sign.IMPACTED,
}


def strike_rows(events: Iterable[Event], axis: Axis, language: Language, offset: int) -> tuple[Row, ...]:
    """A row a strike entry: from first to last arrival, each weapon a mark."""
    strikes: dict[str, list[StrikeEvent]] = {}
    for event in events:
        if isinstance(event, StrikeEvent) and axis.holds(event.at):
            strikes.setdefault(event.entry, []).append(event)
    return tuple(_strike(name, story, language, offset) for name, story in strikes.items())


def _strike(name: str, story: Sequence[StrikeEvent], language: Language, offset: int) -> Row:
    arrivals = [event for event in story if isinstance(event, StrikeIntercepted | StrikeImpacted)]
    fates = Counter(_SIGNS[type(event)] for event in arrivals)
    shown = [sign for sign in (Sign.INTERCEPTED, Sign.IMPACTED) if fates[sign]]
    return Row(
        clean(name),
        note=" ".join(f"{words.SIGNS[sign][0]}{fates[sign]}" for sign in shown),
        bars=(_salvo(arrivals, language, offset),) if arrivals else (),
        marks=tuple(Mark(event, _SIGNS[type(event)]) for event in story),
    )


def _salvo(arrivals: Sequence[StrikeIntercepted | StrikeImpacted], language: Language, offset: int) -> Bar:
    weapons = Counter(event.weapon for event in arrivals)
    listed = ", ".join(f"{count} {clean(weapon)}" for weapon, count in weapons.items())
    where = words.area(arrivals[0].target, language)
    start, until = arrivals[0].at, arrivals[-1].at
    when = words.span(start, until, offset)
    return Bar(
        BarKind.SALVO,
        start,
        until,
        (f"{when} {where}: {listed}", f"{where}: {listed}", f"→ {where}"),
        f"{when} · {where}: {listed}",
    )


def incident_rows(events: Iterable[Event], axis: Axis, language: Language) -> tuple[Row, ...]:
    """A row an incident, each report a mark with its figures."""
    incidents: dict[str, list[Mark]] = {}
    for event in events:
        if isinstance(event, IncidentReported) and axis.holds(event.at):
            labels = words.figures(event.casualties, event.buildings, language)
            text = "" if event.casualties else clean(getattr(event.text, language))
            incidents.setdefault(event.incident, []).append(Mark(event, Sign.REPORTED, labels, text))
    return tuple(Row(clean(name), marks=tuple(marks)) for name, marks in incidents.items())


def inject_rows(events: Iterable[Event], axis: Axis, language: Language) -> tuple[Row, ...]:
    """A row an audience, each inject a mark."""
    audiences: dict[str, list[Mark]] = {}
    for event in events:
        if isinstance(event, InjectSent) and axis.holds(event.at):
            mark = Mark(event, Sign.INJECTED, text=clean(getattr(event.text, language)))
            audiences.setdefault(event.audience, []).append(mark)
    return tuple(Row(f"→ {clean(name)}", marks=tuple(marks)) for name, marks in audiences.items())


def news_rows(events: Iterable[Event], axis: Axis, language: Language) -> tuple[Row, ...]:
    """One row of news, without a name, if there is any."""
    marks = tuple(
        Mark(event, Sign.NEWS, text=clean(getattr(event.text, language)))
        for event in events
        if isinstance(event, NewsPublished) and axis.holds(event.at)
    )
    return (Row("", marks=marks),) if marks else ()


def broker_rows(events: Iterable[Event], axis: Axis, language: Language) -> tuple[Row, ...]:
    """One row of the broker, without a name, if it is made to fail: a bar for as long as it does not answer."""
    told = [event for event in events if isinstance(event, BrokerFaulted)]
    bars = tuple(
        _fault(one, other.at, axis, language)
        for one, other in pairwise(told)
        if one.phase == "began" and one.at < axis.until and other.at > axis.start and axis.touches(one.at, other.at)
    )
    marks = tuple(Mark(event, Sign.BROKER) for event in told if axis.holds(event.at))
    return (Row("", bars=bars, marks=marks),) if bars or marks else ()


def _fault(began: BrokerFaulted, until: Millis, axis: Axis, language: Language) -> Bar:
    done: str = getattr(BROKER_FAULTS[began.fault], language)
    return Bar(BarKind.FAULT, max(began.at, axis.start), min(until, axis.until), (done, began.fault.value), done)
