"""How long each oblast was under alert, whole or in part, in the time that was played; standing alerts apart."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple, TypeGuard

from alertsim.events import (
    AlertCancelled,
    AlertCleared,
    AlertRaised,
    AlertUpdated,
    AreaId,
    Event,
    Frozen,
)
from alertsim.times import Millis


class UnderAlert(Frozen):
    """One oblast. `alerted_ms`: the time in which it, or any part of it, was under alert; nothing is counted twice.

    `sirens`: alerts that began in it or in a part of it then.
    """

    oblast: AreaId
    alerted_ms: int
    sirens: int

    def as_json(self) -> dict[str, object]:
        """As plain JSON, in seconds."""
        return {"area": self.oblast, "alerted_s": self.alerted_ms / 1000, "sirens": self.sirens}


class _Span(NamedTuple):
    begins: Millis
    until: Millis


def under_alert(events: Iterable[Event], since: Millis, until: Millis) -> tuple[UnderAlert, ...]:
    """Every oblast with an alert between two moments, by its id."""
    told = sorted(events, key=lambda event: event.at)
    spans: dict[AreaId, list[_Span]] = {}
    for area, span in _spans(told, until):
        begins, ends = max(span.begins, since), min(span.until, until)
        if begins < ends:
            spans.setdefault(_oblast(area), []).append(_Span(begins, ends))
    sirens = Counter(_oblast(event.area) for event in told if _is_siren(event) and since <= event.at <= until)
    return tuple(
        UnderAlert(oblast=oblast, alerted_ms=_covered(found), sirens=sirens[oblast])
        for oblast, found in sorted(spans.items())
    )


def _is_siren(event: Event) -> TypeGuard[AlertRaised]:
    """Whether a siren sounded: the alert neither stood long before nor goes on from another area."""
    return isinstance(event, AlertRaised) and not event.standing and event.continues_from is None


def standing(events: Iterable[Event]) -> frozenset[AreaId]:
    """The areas whose alert stood long before: drawn, never counted."""
    return frozenset(event.area for event in events if isinstance(event, AlertRaised) and event.standing)


def _spans(events: Iterable[Event], until: Millis) -> Iterator[tuple[AreaId, _Span]]:
    """From when until when each area was under alert."""
    begun: dict[AreaId, Millis] = {}
    for event in events:
        match event:
            case AlertRaised(standing=True):
                pass
            case AlertRaised() | AlertUpdated():
                begun.setdefault(event.area, event.at)
            case AlertCleared() | AlertCancelled() if event.area in begun:
                yield event.area, _Span(begun.pop(event.area), event.at)
            case _:
                pass
    yield from ((area, _Span(since, until)) for area, since in begun.items())


def _oblast(area: AreaId) -> AreaId:
    return area.partition("/")[0]


def _covered(spans: Iterable[_Span]) -> int:
    """The length of all together, where several overlap once."""
    total, reached = 0, 0
    for begins, until in sorted(spans):
        total += max(0, until - max(begins, reached))
        reached = max(reached, until)
    return total
