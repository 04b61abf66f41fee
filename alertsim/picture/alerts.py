"""The alert rows: a row an area, a bar from siren to all-clear, as the situation has it; raions under their oblast."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from alertsim import areas
from alertsim.events import (
    AlertAnnounced,
    AlertCancelled,
    AlertCleared,
    AlertEvent,
    AlertRaised,
    AlertUpdated,
    Event,
    StrikeImpacted,
    StrikeIntercepted,
    Threat,
    is_open,
)
from alertsim.picture import words
from alertsim.picture.axis import Axis
from alertsim.picture.model import Bar, BarKind, Language, Mark, Row, Sign
from alertsim.situation import Situation
from alertsim.times import HOUR, Millis

LATE = HOUR
"""A siren that comes later than this after an explosion is not the siren of that explosion."""

_ISO = len("UA-30")
_SIGNS = {
    AlertAnnounced: Sign.ANNOUNCED,
    AlertRaised: Sign.RAISED,
    AlertUpdated: Sign.UPDATED,
    AlertCleared: Sign.CLEARED,
    AlertCancelled: Sign.CLEARED,
}


class Unwarned(NamedTuple):
    """An area that nobody had warned from the first explosion on: until its siren came, or until the last explosion."""

    area: str
    explosion: Millis
    until: Millis
    siren: bool


def alert_rows(events: Sequence[Event], axis: Axis, language: Language, offset: int) -> tuple[Row, ...]:
    """The rows of all areas that have something on the axis, and of the areas around those, outermost first."""
    own: dict[str, list[AlertEvent]] = {}
    for event in events:
        if isinstance(event, AlertEvent):
            own.setdefault(event.area, []).append(event)
    late: dict[str, list[Unwarned]] = {}
    for each in unwarned(events):
        late.setdefault(each.area, []).append(each)
    rows = {
        area: row
        for area in dict.fromkeys((*own, *late))
        if (row := _row(area, own.get(area, ()), late.get(area, ()), axis, language, offset)).bars
    }
    for area in list(rows):
        for around in areas.ancestors(area):
            rows.setdefault(around, Row(words.area(around, language), depth=around.count("/")))
    begins = _begins(rows)
    return tuple(rows[area] for area in sorted(rows, key=lambda area: (begins[area[:_ISO]], _path(area))))


def unwarned(events: Iterable[Event]) -> Iterator[Unwarned]:
    """Where explosions came before the siren, by an hour at most, and where no siren came for them at all."""
    stands: dict[str, dict[str, AlertEvent]] = {}
    waiting: dict[str, Unwarned] = {}
    for event in events:
        if isinstance(event, AlertEvent):
            stands.setdefault(event.area[:_ISO], {})[event.area] = event
        match event:
            case StrikeIntercepted() | StrikeImpacted():
                near = stands.get(event.target[:_ISO], {}).items()
                if not any(areas.related(area, event.target) and is_open(alert) for area, alert in near):
                    first = waiting.get(event.target, Unwarned(event.target, event.at, event.at, siren=False))
                    waiting[event.target] = first._replace(until=event.at)
            case AlertRaised(standing=None):
                heard = [waiting.pop(target) for target in tuple(waiting) if areas.related(target, event.area)]
                yield from (each for each in heard if event.at - each.explosion > LATE)
                first_at = min(
                    (each.explosion for each in heard if event.at - each.explosion <= LATE), default=event.at
                )
                if first_at < event.at:
                    yield Unwarned(event.area, first_at, event.at, siren=True)
            case _:
                pass
    yield from waiting.values()


def _row(
    area: str, story: Sequence[AlertEvent], late: Iterable[Unwarned], axis: Axis, language: Language, offset: int
) -> Row:
    seen = [event for event in story if axis.holds(event.at)]
    bars = [bar for bar in _bars(story, axis, language, offset) if axis.touches(bar.start, bar.until)]
    sirens = [event for event in story if isinstance(event, AlertRaised) and not event.standing]
    counted = sum(not event.continues_from and axis.holds(event.at) for event in sirens)
    silent = (_unwarned(each, language, offset) for each in late if axis.touches(each.explosion, each.until))
    return Row(
        words.area(area, language),
        note=f"×{counted}" if counted > 1 else "",
        depth=area.count("/"),
        bars=(*silent, *bars),
        marks=tuple(Mark(event, _SIGNS[type(event)]) for event in seen),
    )


def _bars(story: Sequence[AlertEvent], axis: Axis, language: Language, offset: int) -> Iterator[Bar]:
    """What stands in one area between its events."""
    situation, standing = Situation(), False
    ends = [*(event.at for event in story[1:]), *(Millis(max(axis.until, event.at)) for event in story[-1:])]
    for event, until in zip(story, ends, strict=True):
        situation = situation.after(event)
        if isinstance(event, AlertRaised):
            standing = event.standing is True
        if not situation.uncleared:
            continue
        kind = BarKind.PRE_ALERT if not situation.open_alerts else BarKind.STANDING if standing else BarKind.ALERT
        warned = event.threats if isinstance(event, AlertAnnounced | AlertRaised | AlertUpdated) else ()
        yield _bar(kind, event.at, until, warned, words.area(event.area, language), language, offset)


def _bar(
    kind: BarKind, start: Millis, until: Millis, warned: tuple[Threat, ...], name: str, language: Language, offset: int
) -> Bar:
    named, when = words.threats(warned, language), words.span(start, until, offset)
    lasts, what = words.length(until - start, language), getattr(words.BARS[kind][1], language)
    title = f"{when} ({lasts}) · {name}: {what}{named and f' ({named})'}"
    if kind is not BarKind.ALERT:
        return Bar(kind, start, until, (what,), title)
    return Bar(kind, start, until, tuple(filter(None, (f"{when} {named}".strip(), named, lasts))), title)


def _unwarned(late: Unwarned, language: Language, offset: int) -> Bar:
    lasts = words.length(late.until - late.explosion, language)
    what = getattr(words.UNWARNED if late.siren else words.SILENT, language)
    said = f"{lasts}: {what}" if late.siren else what
    title = f"{words.span(late.explosion, late.until, offset)} · {words.area(late.area, language)}: {said}"
    return Bar(BarKind.UNWARNED, late.explosion, late.until, (said, lasts) if late.siren else (said,), title)


def _begins(rows: Mapping[str, Row]) -> dict[str, tuple[bool, int]]:
    """By oblast when the first bar in it begins; those with nothing but standing alerts come after all others."""
    first: dict[str, tuple[bool, int]] = {}
    for area, row in rows.items():
        for bar in row.bars:
            begins = (bar.kind is BarKind.STANDING, bar.start)
            first[area[:_ISO]] = min(first.get(area[:_ISO], begins), begins)
    return first


def _path(area: str) -> tuple[str, tuple[int, ...]]:
    """An area's place in the tree, before all that lie in it."""
    iso, *inner = area.split("/")
    return iso, tuple(map(int, inner))
