"""The panel of the operators: what of their services is up, and how their subscribers stand."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from alertsim.events import OperatorChanged, Service
from alertsim.live import words
from alertsim.live.cells import Row, Span, Tone, bar, filled, measure, sides
from alertsim.live.networks import Network
from alertsim.live.panel import Panel, version
from alertsim.live.programme import Programme
from alertsim.live.view import View
from alertsim.live.words import Language, called, say
from alertsim.observations import NetworkSeen

_HEADS = {"connected": words.ONLINE, "cut": words.CUT_OFF, "reconnecting": words.RETRYING}
_SHORT = 5
"""The size of a bar where there is hardly room."""

_TONES: Mapping[str, Tone] = {"connected": "clear", "cut": "trouble", "reconnecting": "warning"}


def operators(view: View, programme: Programme, lang: Language, width: int) -> Panel:
    """Each operator: a bar for each service, and for its subscribers, filled for who is there, hollow for who dials.

    Where the share of a service differs by area its bar is filled up to the least, and hollow up to the most.
    """
    drawn = _Drawn(view, programme, lang, width)
    rich, brief, lean = ([row for each in drawn.each for row in rows(each)] for rows in drawn.versions)
    note = drawn.heads if view.networks else "" if drawn.each else say(words.NORMAL, lang)
    return Panel(say(words.OPERATORS, lang), note, (version(rich), version(brief), version(lean)))


class _Operator(NamedTuple):
    """One of them: its condition, where anything was said of it, and those of its networks that were seen."""

    name: str
    event: OperatorChanged | None
    networks: tuple[Network, ...]


class _Drawn:
    """The rows of a view's operators in `width` cells."""

    def __init__(self, view: View, programme: Programme, lang: Language, width: int) -> None:
        self._lang, self._width = lang, width
        events = {event.operator: event for event in view.operators}
        names = sorted({*events, *(network.seen.operator for network in view.networks)})
        self.each = [
            _Operator(
                called(programme.operators, name, lang) if name else say(words.NO_OPERATOR, lang),
                events.get(name),
                tuple(network for network in view.networks if network.seen.operator == name),
            )
            for name in names
        ]
        self._sizes = {name: _size(name, view.networks, lang) for name in (_HEADS if view.networks else ())}
        self.versions = (self._rich, self._brief, self._lean)

    @property
    def heads(self) -> str:
        """The heads of the columns, each right above its figures."""
        return " ".join(f"{say(_HEADS[name], self._lang):>{size}}" for name, size in self._sizes.items())

    def _rich(self, one: _Operator) -> Iterator[Row]:
        """A row for every two services, with percentages."""
        yield self._head(one)
        yield from self._services(one.event) if one.event else ()
        yield from self._stands(one)

    def _brief(self, one: _Operator) -> Iterator[Row]:
        """All services on one row."""
        yield self._head(one)
        if one.event:
            yield tuple(span for service in _known(one.event) for span in self._small(service, one.event))
        yield from self._stands(one)

    def _lean(self, one: _Operator) -> Iterator[Row]:
        """One row: the name, the share of each service, and how the subscribers stand, or the load."""
        name = Span(one.name, "strong")
        if one.event and not one.networks:
            yield sides((name,), (Span(f"{self._percents(one.event)} ×{one.event.load:g}", "network"),), self._width)
        for network in one.networks[:1]:
            up = Span(f" {self._percents(one.event)}" if one.event else "", "network")
            peak = Span(f" {_peak(one):.0f}/{'с' if self._lang == 'uk' else 's'}" if _peak(one) else "", "warning")
            left = Span(f"{_stood(network.seen, _SHORT)} ", "network"), name, peak, up
            yield sides(left, self._figures(network.seen), self._width)

    def _head(self, one: _Operator) -> Row:
        """The name, the peak of the storm if there was one, and the load."""
        right = self._storm(one)
        if one.event:
            tone: Tone = "warning" if one.event.load > 1 else "quiet"
            right = *right, Span(f"{'  ' if right else ''}{say(words.LOAD, self._lang)} ×{one.event.load:g}", tone)
        return sides((Span(one.name, "strong"),), right, self._width)

    def _storm(self, one: _Operator) -> Row:
        peak = _peak(one)
        return (Span(say(words.STORM, self._lang, f"{peak:.0f}"), "warning"),) if peak else ()

    def _services(self, event: OperatorChanged) -> Iterator[Row]:
        """Two services a row: name, bar, percentage."""
        services, half = _known(event), self._width // 2
        for pair in (services[at : at + 2] for at in range(0, len(services), 2)):
            yield tuple(span for service in pair for span in self._service(service, event, half))

    def _service(self, service: Service, event: OperatorChanged, width: int) -> Row:
        least, most = _shares(event, service)
        name, percent = f" {say(words.SERVICES[service], self._lang):<6}", f"{_percent(least, most):>3}"
        size = max(1, width - measure((Span(f"{name} {percent}% "),)))
        return filled((Span(name), Span(f"{_spread(least, most, size)} {percent}%", _tone(least))), width)

    def _small(self, service: Service, event: OperatorChanged) -> Row:
        least, most = _shares(event, service)
        return Span(f" {say(words.SERVICES[service], self._lang)} "), Span(_spread(least, most, 3), _tone(least))

    def _percents(self, event: OperatorChanged) -> str:
        return "·".join(_percent(*_shares(event, service)) for service in _known(event)) + " %"

    def _stands(self, one: _Operator) -> Iterator[Row]:
        """A bar and figures for the subscribers, and for other people's clients."""
        for network in one.networks:
            seen, label = network.seen, ""
            if seen.side == "clients":
                label = f" {say(words.CLIENTS, self._lang)}"
            figures = self._figures(seen)
            size = max(_SHORT, self._width - measure(figures) - measure((Span(label),)) - 3)
            yield sides((Span(f"{label} {_stood(seen, size)}", "network"),), figures, self._width)

    def _figures(self, seen: NetworkSeen) -> Row:
        """Right-aligned below each head its count; what there is none of is quiet."""
        counts = [(getattr(seen, name), _TONES[name], size) for name, size in self._sizes.items()]
        return tuple(Span(f" {count:>{size}}", tone if count else "quiet") for count, tone, size in counts)


def _peak(one: _Operator) -> float:
    """CONNACKs a second of the worst storm; 0 where there was none."""
    return max((network.peak for network in one.networks), default=0.0)


def _size(name: str, networks: tuple[Network, ...], lang: Language) -> int:
    """The width of a column: of its head, or of its longest figure."""
    longest = max(len(f"{getattr(each.seen, name)}") for each in networks)
    return max(longest, measure((Span(say(_HEADS[name], lang)),)))


def _known(event: OperatorChanged) -> list[Service]:
    return [each for each in Service if each in event.up]


def _shares(event: OperatorChanged, service: Service) -> tuple[float, float]:
    """The least and the greatest share of a service that is up anywhere."""
    said = [event.up[service], *(up[service] for up in (event.areas or {}).values() if service in up)]
    return min(said), max(said)


def _percent(least: float, most: float) -> str:
    return f"{least * 100:.0f}" if least == most else f"{least * 100:.0f}–{most * 100:.0f}"


def _stood(seen: NetworkSeen, size: int) -> str:
    """A bar that is filled for who is connected and hollow for who dials again, of all that should be there."""
    everybody = max(1, seen.subscribers - seen.away)
    return _spread(seen.connected / everybody, (seen.connected + seen.reconnecting) / everybody, size)


def _spread(least: float, most: float, size: int) -> str:
    """A bar that is filled up to the one share and hollow up to the other."""
    full, some = bar(least, size).count("■"), bar(most, size).count("■")
    some = min(size, max(some, full + (least < most)))
    return f"{'■' * full}{'□' * (some - full)}{'·' * (size - some)}"


def _tone(up: float) -> Tone:
    return "trouble" if up < 0.5 else "warning" if up < 0.95 else "clear"
