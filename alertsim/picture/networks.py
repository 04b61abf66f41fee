"""The rows of mobile operators: when their condition changes, a curve per service, where it differs, and the load."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest

from alertsim.events import Event, OperatorChanged, Service
from alertsim.operators.coverage import EVERYWHERE, share_for
from alertsim.picture import words
from alertsim.picture.axis import Axis
from alertsim.picture.cells import clean
from alertsim.picture.model import Curve, Language, Mark, Row, Sign
from alertsim.picture.stretches import roaming_rows, siren_rows
from alertsim.times import Millis
from alertsim.wire.headlines import Said

_NEVER = Millis(2**62)

Points = tuple[tuple[Millis, float], ...]
Places = tuple[tuple[str, Points], ...]
"""The curve of a service everywhere, and of each area that has another."""


def network_rows(events: Iterable[Event], axis: Axis, language: Language) -> tuple[Row, ...]:
    """For each operator whose condition is known: its changes, then its curves.

    Services that are alike share a curve, areas that differ a thin one; what is as it always was is said in words.
    """
    stories: dict[str, list[OperatorChanged]] = {}
    for event in events:
        if isinstance(event, OperatorChanged) and event.at <= axis.until:
            stories.setdefault(event.operator, []).append(event)
    return tuple(row for name, story in stories.items() for row in _operator(name, story, axis, language))


def _operator(name: str, story: Sequence[OperatorChanged], axis: Axis, language: Language) -> Iterator[Row]:
    alike: dict[Places, list[str]] = {}
    for service in Service:
        alike.setdefault(_places(story, service, axis), []).append(getattr(words.SERVICES[service], language))
    load = _seen(((event.at, event.load) for event in story), axis, 1.0)
    late = _seen(((event.at, event.latency_ms or 0) for event in story), axis, 0.0)
    unharmed = alike.pop(((EVERYWHERE, ((axis.start, 1.0),)),), [])
    calm = [f"{', '.join(unharmed)} 100%"] if unharmed else []
    calm += _lasting(load, 1.0, words.LOAD, "×{:g}", language) + _lasting(
        late, 0.0, words.LATENCY, "+{:g} ms", language
    )
    marks = tuple(Mark(event, Sign.CHANGED) for event in story if axis.holds(event.at))
    yield Row(clean(name), caption="; ".join(calm), marks=marks)
    for places, services in alike.items():
        yield from _services(dict(places), ", ".join(services), language)
    yield from _varying(load, words.LOAD, "×{:g}", language)
    yield from _varying(late, words.LATENCY, "+{:g} ms", language)
    yield from roaming_rows(story, axis, language)
    yield from siren_rows(story, axis, language)


def _places(story: Sequence[OperatorChanged], service: Service, axis: Axis) -> Places:
    """The curve of a service, first everywhere, then in each area where it is not that of the area around it."""
    told = [(event.at, event.condition) for event in story]
    named = sorted({area for event in story for area in event.areas or ()})
    curves = {
        area: _seen(((at, share_for(condition, service, area)) for at, condition in told), axis, 1.0)
        for area in (EVERYWHERE, *named)
    }
    return tuple(
        (area, points) for area, points in curves.items() if not area or points != curves[_around(area, curves)]
    )


def _around(area: str, known: Container[str]) -> str:
    """The smallest of the known areas that lies around this one."""
    area = area.rpartition("/")[0]
    return area if area in known else _around(area, known)


def _services(places: Mapping[str, Points], label: str, language: Language) -> Iterator[Row]:
    """The curve of services everywhere, below it a thin one for the areas that have another, and are alike."""
    everywhere, alike = places[EVERYWHERE], dict[Points, list[str]]()
    yield Row(label, _range(everywhere, "{:.0%}"), depth=1, curve=Curve(everywhere))
    for area, points in places.items():
        if area:
            alike.setdefault(points, []).append(words.brief_area(area, language))
    for points in sorted(alike, key=lambda points: _parting(points, everywhere)):
        yield Row(", ".join(alike[points]), _range(points, "{:.0%}"), depth=2, curve=Curve(points, thin=True))


def _parting(one: Points, other: Points) -> Millis:
    """When two curves part; at the beginning if they never do."""
    pairs = zip_longest(one, other, fillvalue=(_NEVER, 0.0))
    return next((min(first[0], second[0]) for first, second in pairs if first != second), one[0][0])


def _lasting(points: Points, usual: float, name: Said, form: str, language: Language) -> list[str]:
    """What is not as usual and stays so, in words."""
    (_, value), *more = points
    return [] if more or value == usual else [f"{getattr(name, language)} {form.format(value)}"]


def _varying(points: Points, name: Said, form: str, language: Language) -> Iterator[Row]:
    """A curve of what changes, as high as it is at its most."""
    if len(points) > 1:
        most = max(value for _, value in points)
        curve = Curve(tuple((at, value / most) for at, value in points))
        yield Row(getattr(name, language), _range(points, form), depth=1, curve=curve)


def _seen(changes: Iterable[tuple[Millis, float]], axis: Axis, usual: float) -> Points:
    """What one sees of a value that is as usual until it changes: how it stands when the axis begins, its changes."""
    seen = [(axis.start, usual)]
    for at, value in changes:
        if at <= seen[-1][0]:
            seen[-1] = (seen[-1][0], value)
        else:
            seen.append((at, value))
    return tuple(point for n, point in enumerate(seen) if n == 0 or point[1] != seen[n - 1][1])


def _range(points: Points, form: str) -> str:
    """From the least value to the most."""
    least, most = (form.format(end(value for _, value in points)) for end in (min, max))
    return least if least == most else f"{least}–{most}"
