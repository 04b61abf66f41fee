"""The panels of the screen: strikes, incidents, last events; others have modules of their own."""

from collections.abc import Iterator, Sequence
from itertools import chain

from alertsim.live import words
from alertsim.live.cells import Row, Span, Tone, measure, sides, wrapped
from alertsim.live.panel import Panel, Version, version
from alertsim.live.programme import Programme
from alertsim.live.subscribers import heard_by
from alertsim.live.telling import tell
from alertsim.live.view import Figure, Incident, Salvo, View
from alertsim.live.words import Language, called, place, say
from alertsim.observations import Line, Played
from alertsim.times import time_of_day

_ROOMY = 100
"""The width from which each of the last lines bears the mark itself."""

_BRIEF = 58
"""The width from which the line of an alert says how many have heard it."""

_FEW = 12
"""Incidents that may have their whole text."""


def strikes(view: View, programme: Programme, lang: Language, width: int) -> Panel:
    """A table: target and weapon, how many are in the air, were shot down, have hit."""
    heads = [say(head, lang) for head in (words.IN_AIR, words.SHOT_DOWN, words.HITS)]
    several = [_counted(say(words.TOTAL, lang), _total(view.salvos), heads, width)] if len(view.salvos) > 1 else []
    rows = (
        _counted(f"{place(each.target, lang)}: {called(programme.weapons, each.weapon, lang)}", each, heads, width)
        for each in view.salvos
    )
    note = " ".join(heads) if view.salvos else say(words.NOBODY, lang)
    return Panel(say(words.STRIKES, lang), note, (Version(len(several) + len(view.salvos), chain(several, rows)),))


def _total(salvos: Sequence[Salvo]) -> Salvo:
    in_air, intercepted, impacted = (
        sum(getattr(each, name) for each in salvos) for name in ("in_air", "intercepted", "impacted")
    )
    return Salvo("", "", in_air, intercepted, impacted)


def _counted(name: str, salvo: Salvo, heads: Sequence[str], width: int) -> Row:
    """What flies, and right-aligned below each head its count; what there is none of is quiet."""
    tones: tuple[Tone, ...] = ("alarm", "warning", "hit")
    counts = (salvo.in_air, salvo.intercepted, salvo.impacted)
    columns = [
        Span(f"{count:>{measure((Span(head),))}}{' ' if head != heads[-1] else ''}", tone if count else "quiet")
        for count, head, tone in zip(counts, heads, tones, strict=True)
    ]
    return sides((Span(name, "strong" if salvo.in_air or not salvo.weapon else "plain"),), tuple(columns), width)


def incidents(view: View, programme: Programme, lang: Language, width: int) -> Panel:
    """Each incident with its newest figures, old → new; where there is room, its text too."""
    found = view.incidents
    brief = (row for each in found for row in (_head(each, programme, lang, width), _in_short(each, lang)))
    lean = ((Span(f"{place(each.area, lang)}: ", "strong"), *_in_short(each, lang)) for each in found)
    versions: tuple[Version, ...] = Version(2 * len(found), brief), Version(len(found), lean)
    if len(found) <= _FEW:
        full = [row for each in found for row in (_head(each, programme, lang, width), *_whole(each, lang, width))]
        versions = version(full), *versions
    return Panel(say(words.INCIDENTS, lang), str(len(found)) if found else say(words.NOBODY, lang), versions)


def _in_short(incident: Incident, lang: Language) -> Row:
    """The figures; the text where there are none."""
    return _figures(incident, lang) or (Span(f" {say(incident.text, lang)}", "quiet"),)


def _whole(incident: Incident, lang: Language, width: int) -> Iterator[Row]:
    """The figures, where there are any, and the text."""
    if incident.figures:
        yield _figures(incident, lang)
    for part in wrapped(say(incident.text, lang), max(1, width - 1)):
        yield (Span(f" {part}", "quiet"),)


def _head(incident: Incident, programme: Programme, lang: Language, width: int) -> Row:
    name = Span(place(incident.area, lang), "strong")
    return sides((name,), (Span(time_of_day(incident.at, programme.offset)[:5], "quiet"),), width)


def _figures(incident: Incident, lang: Language) -> Row:
    return tuple(span for n, each in enumerate(incident.figures) for span in _figure(each, lang, " · " if n else " "))


def _figure(figure: Figure, lang: Language, before: str) -> Row:
    known = words.FIGURES.get(figure.name)
    grown = figure.old is not None and figure.old != figure.new
    return (
        Span(f"{before}{say(known, lang) if known else figure.name} "),
        Span(f"{figure.old} → " if grown else "", "quiet"),
        Span(f"{figure.new}", "report"),
    )


def last_events(view: View, programme: Programme, lang: Language, width: int, room: int) -> Panel:
    """The last lines that fit, the newest below; marked one by one where there is room for that.

    At its right end, where there is room, the line of an alert says who of the swarm has heard it.
    """
    told = (
        _heard(row, line, view, lang, width)
        for line in view.last[max(0, len(view.last) - room) :]
        if (row := tell(line, lang, programme.offset, marked=width >= _ROOMY))
    )
    return Panel(say(words.EVENTS, lang), "", (version(list(told)),))


def _heard(row: Row, line: Line, view: View, lang: Language, width: int) -> Row:
    """The line, and who has heard it, where that is known."""
    reached = view.spread.shown.get(line.seq) if view.spread and isinstance(line, Played) else None
    if reached is None or width < _BRIEF:
        return row
    return sides(row, (heard_by(reached, lang, brief=width < _ROOMY),), width)
