"""What an author asks of a new scenario, and what that means for the areas of the old one."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from alertsim import areas
from alertsim.areas import ancestors
from alertsim.areas.lookup import capital
from alertsim.errors import InputError
from alertsim.events import AreaId, Track
from alertsim.scenario import AlertEntry, IncidentEntry, OutageEntry, Scenario, StrikeEntry
from alertsim.times import Millis


@dataclass(frozen=True)
class Wish:
    """What shall be different: areas (`Poltava`, or `UA-30=Poltava`), the start with its offset, tracks left out."""

    areas: tuple[str, ...] = ()
    start: tuple[Millis, int] | None = None
    dropped: frozenset[Track] = frozenset()


def moved(scenario: Scenario, asked: Iterable[str]) -> Mapping[AreaId, AreaId]:
    """Every area of the scenario with the area it becomes, most of them themselves.

    An area alone stands for the main area, the next for the next, and so on; what lies inside moves along. Where the
    new area has a place in the scenario already, the two change places. InputError where that cannot be.
    """
    order = [area for area, _ in Counter(_weighed(scenario)).most_common()]
    tops = list(dict.fromkeys(area.partition("/")[0] for area in order))
    pairs: dict[AreaId, AreaId] = {}
    for text in asked:
        old, new = _pair(text, [top for top in tops if top not in pairs], order)
        if old in pairs or new in pairs.values():
            raise InputError(f"--area {text}: {old if old in pairs else new} is asked for twice: give each area once")
        pairs[old] = new
    for old, new in list(pairs.items()):
        if new in order and new not in pairs:
            pairs[new] = next(start for start in _back(old, pairs) if start not in pairs.values())
    return _with_inner(order, pairs)


def _weighed(scenario: Scenario) -> Iterator[AreaId]:
    """The areas of a scenario as often as they matter: the targets of strikes above all."""
    for entry in scenario.events:
        match entry:
            case StrikeEntry(strike=strike):
                yield from [strike.target] * 1000
                yield from strike.alert.areas if strike.alert else ()
            case AlertEntry(alert=alert):
                yield alert.area
                yield from (area for update in alert.updates for area in update.areas)
            case IncidentEntry(incident=incident):
                yield incident.area
            case OutageEntry(outage=outage):
                yield from (area for phase in (outage, *outage.restoration) for area in phase.areas)
                yield from outage.sirens
            case _:
                pass


def _pair(text: str, free: list[AreaId], order: list[AreaId]) -> tuple[AreaId, AreaId]:
    """The old area and the new one."""
    left, equals, right = text.partition("=")
    if equals:
        old = areas.find(left).id
        if old not in order and not any(old == area.partition("/")[0] for area in order):
            raise InputError(f"--area {text}: nothing happens in {old} there; it has {', '.join(order) or 'no areas'}")
        return old, areas.find(right).id
    if not free:
        raise InputError(f"--area {text}: the scenario has no further area: it has {', '.join(order) or 'none'}")
    return free[0], areas.find(text).id


def _back(old: AreaId, pairs: Mapping[AreaId, AreaId]) -> Iterator[AreaId]:
    """The area that was left, and those left before it."""
    while True:
        yield old
        old = next((source for source, new in pairs.items() if new == old), old)


def _with_inner(order: Iterable[AreaId], pairs: Mapping[AreaId, AreaId]) -> Mapping[AreaId, AreaId]:
    """The pairs, and each area inside an old one with the next free one inside the new one."""
    whole = dict(pairs)
    for area in sorted(order, key=lambda area: area.count("/")):
        around = area.rpartition("/")[0]
        if area in whole:
            continue
        if around and around not in whole and around.rpartition("/")[0] in whole:
            whole[around] = _inside(around, whole)
        whole[area] = _inside(area, whole) if around in whole and whole[around] != around else area
    return whole


def _inside(area: AreaId, whole: Mapping[AreaId, AreaId]) -> AreaId:
    """A free area inside the new one, in the middle what was in the middle; the new one where it has none left."""
    around = area.rpartition("/")[0]
    new = whole[around]
    if new == around:
        return area
    free = [inner.id for inner in areas.children(new) if inner.id not in whole.values()]
    return min(free, key=lambda inner: _is_central(inner) != _is_central(area), default=new)


def _is_central(area: AreaId) -> bool:
    """Whether the city that its oblast goes by is this area or lies in it; where no city is known, all are."""
    city = capital(area.partition("/")[0])
    return city is None or area in (city.id, *ancestors(city.id))
