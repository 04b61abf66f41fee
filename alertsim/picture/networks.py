"""The rows of mobile operators: when their condition changes, a curve per service, and the load."""

from collections.abc import Iterable, Iterator, Sequence

from alertsim.events import Event, OperatorChanged, Service
from alertsim.picture import words
from alertsim.picture.axis import Axis
from alertsim.picture.cells import clean
from alertsim.picture.model import Curve, Language, Mark, Row, Sign
from alertsim.situation import Situation
from alertsim.times import Millis

Points = tuple[tuple[Millis, float], ...]


def network_rows(events: Iterable[Event], axis: Axis, language: Language) -> tuple[Row, ...]:
    """For each operator whose condition is known: its changes, then its curves.

    Services that are alike share a curve; what is as it always was is said in words.
    """
    stories: dict[str, list[OperatorChanged]] = {}
    for event in events:
        if isinstance(event, OperatorChanged) and event.at <= axis.until:
            stories.setdefault(event.operator, []).append(event)
    return tuple(row for name, story in stories.items() for row in _operator(name, story, axis, language))


def _operator(name: str, story: Sequence[OperatorChanged], axis: Axis, language: Language) -> Iterator[Row]:
    states = [Situation().after(event).operators[name] for event in story]
    alike: dict[Points, list[str]] = {}
    for service in Service:
        points = _seen(((state.at, state.up.get(service, 1.0)) for state in states), axis)
        alike.setdefault(points, []).append(getattr(words.SERVICES[service], language))
    load = _seen(((state.at, state.load) for state in states), axis)
    unharmed = alike.pop(((axis.start, 1.0),), [])
    calm = [f"{', '.join(unharmed)} 100%"] if unharmed else []
    named = getattr(words.LOAD, language)
    if len(load) == 1 and load[0][1] != 1:
        calm.append(f"{named} ×{load[0][1]:g}")
    marks = tuple(Mark(event, Sign.CHANGED) for event in story if axis.holds(event.at))
    yield Row(clean(name), caption="; ".join(calm), marks=marks)
    for points, services in alike.items():
        yield Row(", ".join(services), _range(points, "{:.0%}"), depth=1, curve=Curve(points))
    if len(load) > 1:
        most = max(value for _, value in load)
        curve = Curve(tuple((at, value / most) for at, value in load))
        yield Row(named, _range(load, "×{:g}"), depth=1, curve=curve)


def _seen(changes: Iterable[tuple[Millis, float]], axis: Axis) -> Points:
    """What one sees of a value that is 1.0 until it changes: how it stands when the axis begins, and its changes."""
    seen = [(axis.start, 1.0)]
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
