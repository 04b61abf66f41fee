"""The panel of the subscribers: who has answered and, where a swarm listens, who has heard the alerts."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from alertsim.live import words
from alertsim.live.cells import Row, Span, Tone, measure, sides
from alertsim.live.panel import Panel, version
from alertsim.live.programme import Programme
from alertsim.live.spread import Reached, Spread
from alertsim.live.view import Acks, View
from alertsim.live.words import Language, called, delay, place, say
from alertsim.observations import Heard
from alertsim.times import time_of_day

_HEADS = {
    "heard": words.HEARD_LIVE,
    "late": words.HEARD_LATE,
    "stale": words.STALE,
    "caught_up": words.CAUGHT_UP,
    "unheard": words.UNHEARD,
}
_TONES: Mapping[str, Tone] = {
    "heard": "clear",
    "late": "warning",
    "stale": "trouble",
    "caught_up": "warning",
    "unheard": "trouble",
}
_ALL, _SOME = 46, 34
"""From these widths on there is room for all columns, and for all but those who caught up."""

_LEAN, _LEANEST = ("heard", "late", "stale", "unheard"), ("heard", "unheard")


def subscribers(view: View, programme: Programme, lang: Language, width: int) -> Panel:
    """How many have answered, how often, and the latest answer; with a swarm, what its subscribers heard."""
    if view.spread:
        return _table(view.spread, view.acks, programme, lang, width)
    if view.acks.latest is None:
        return Panel(say(words.SUBSCRIBERS, lang), say(words.SILENT, lang), (version(()),))
    return Panel(say(words.SUBSCRIBERS, lang), _answers(view.acks, lang), (version(_latest(view.acks)),))


def _answers(acks: Acks, lang: Language) -> str:
    return say(words.HEARD, lang, f"{acks.clients:,}", f"{acks.count:,}")


def _latest(acks: Acks) -> tuple[Row, ...]:
    """The latest answer, where there is one."""
    latest = acks.latest
    return ((Span(f"{latest.client}: "), Span(f"{latest.what} {latest.event}", "quiet")),) if latest else ()


class _Columns(NamedTuple):
    """The columns of the table that there is room for, each as wide as its head or its longest figure."""

    sizes: Mapping[str, int]
    lang: Language
    width: int

    @property
    def heads(self) -> str:
        """The heads, each right above its figures."""
        return " ".join(f"{say(_HEADS[name], self.lang):>{size}}" for name, size in self.sizes.items())

    def row(self, label: Span, heard: Heard) -> Row:
        """A label and right-aligned below each head its count; what there is none of is quiet."""
        counts = [(getattr(heard, name), _TONES[name], size) for name, size in self.sizes.items()]
        figures = (Span(f" {count:>{size}}", tone if count else "quiet") for count, tone, size in counts)
        return sides((label,), tuple(figures), self.width)


def _columns(spread: Spread, lang: Language, width: int) -> _Columns:
    sums = spread.whole, spread.newest.whole
    names = tuple(_HEADS) if width >= _ALL else _LEAN if width >= _SOME else _LEANEST
    if not spread.whole.stale:
        names = tuple(name for name in names if name != "stale")
    largest = {name: max(getattr(heard, name) for heard in sums) for name in names}
    heads = {name: measure((Span(say(_HEADS[name], lang)),)) for name in names}
    return _Columns({name: max(heads[name], len(f"{largest[name]}")) for name in names}, lang, width)


def _table(spread: Spread, acks: Acks, programme: Programme, lang: Language, width: int) -> Panel:
    """The newest alert, and all of them: how many have heard it, late, later, not yet; by operator where there is room.

    A figure of all alerts counts a subscriber once for each alert that was for him.
    """
    columns = _columns(spread, lang, width)
    newest = columns.row(_newest(spread.newest, programme, lang), spread.newest.whole)
    whole = columns.row(Span(say(words.ALL_ALERTS, lang, spread.alerts), "strong"), spread.whole)
    newest_each, whole_each = (
        [columns.row(Span(f"  {_named(name, programme, lang)}"), heard) for name, heard in _several(operators)]
        for operators in (spread.newest.operators, spread.operators)
    )
    answered = [sides(row, (Span(_answers(acks, lang), "quiet"),), width) for row in _latest(acks)]
    full, brief, lean = [newest, *newest_each, whole, *whole_each], [newest, whole, *whole_each], [newest, whole]
    return Panel(
        say(words.SUBSCRIBERS, lang),
        columns.heads,
        (*(version([*rows, *answered]) for rows in (full, brief, lean)), version(lean)),
    )


def _newest(reached: Reached, programme: Programme, lang: Language) -> Span:
    when = time_of_day(reached.event.at, programme.offset)[:5]
    return Span(f"{when} {place(reached.event.area, lang)}", "strong")


def _several(operators: Mapping[str, Heard]) -> Iterable[tuple[str, Heard]]:
    """The operators; none where no subscriber has one."""
    return () if list(operators) == [""] else operators.items()


def _named(operator: str, programme: Programme, lang: Language) -> str:
    return called(programme.operators, operator, lang) if operator else say(words.NO_OPERATOR, lang)


def heard_by(reached: Reached, lang: Language, *, brief: bool = False) -> Span:
    """How many have heard one message, of how many; how fast, once it will spread no further."""
    whole = reached.whole
    said = [say(words.OF if brief else words.HEARD_BY, lang, f"{whole.heard:,}", f"{whole.meant:,}")]
    if not brief:
        said += [say(words.LATE_OF_THEM, lang, f"{whole.late:,}")] if whole.late else []
        said += [say(words.CAUGHT_UP_SINCE, lang, f"{whole.caught_up:,}")] if whole.caught_up else []
    if reached.closed and reached.last_us is not None:
        after = delay(reached.last_us, lang)
        said.append(say(words.ALL_WITHIN if brief else words.LAST_AFTER, lang, after))
    few = whole.heard * 2 < whole.meant
    tone: Tone = "clear" if whole.heard == whole.meant else "trouble" if few else "warning"
    return Span((" " if brief else ", ").join(said), tone if reached.closed else "quiet")
