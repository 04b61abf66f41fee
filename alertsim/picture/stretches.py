"""What lasts a while about an operator, as bars: blocked roaming, and the sirens of an oblast that fell silent."""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from alertsim.events import OperatorChanged, SirensLeft
from alertsim.picture import words
from alertsim.picture.axis import Axis
from alertsim.picture.cells import clean
from alertsim.picture.model import Bar, BarKind, Language, Row
from alertsim.times import Millis

_WHOLE = SirensLeft(up=1.0)


class _Stretch(NamedTuple):
    """From when until when, as far as it is on the axis, and what was told meanwhile."""

    start: Millis
    until: Millis
    told: Sequence[OperatorChanged]


def roaming_rows(story: Sequence[OperatorChanged], axis: Axis, language: Language) -> Iterator[Row]:
    """A bar as long as other networks do not let its users in."""
    title: str = getattr(words.BARS[BarKind.ROAMING][1], language)
    blocked = _stretches(story, axis, lambda event: event.roaming == "blocked")
    if bars := tuple(Bar(BarKind.ROAMING, start, until, (title,), title) for start, until, _ in blocked):
        yield Row(getattr(words.ROAMING, language), depth=1, bars=bars)


def siren_rows(story: Sequence[OperatorChanged], axis: Axis, language: Language) -> Iterator[Row]:
    """For each oblast a bar as long as some of its sirens are silent; on it what is left and what warns instead."""
    named: str = getattr(words.SIRENS, language)
    for area in sorted({area for event in story for area in event.sirens or ()}):
        silent = _stretches(story, axis, lambda event, area=area: _left(event, area).up < 1)  # type: ignore[misc]
        if bars := tuple(_silent(each, area, language) for each in silent):
            yield Row(f"{named}: {words.brief_area(area, language)}", depth=1, bars=bars)


def _silent(stretch: _Stretch, area: str, language: Language) -> Bar:
    least = min((_left(event, area) for event in stretch.told), key=lambda left: left.up)
    share = str(getattr(words.LEFT, language)).format(least.up)
    beside = f"{share}; {clean(getattr(least.fallback, language))}" if least.fallback else share
    title = f"{getattr(words.SIRENS, language)}: {words.area(area, language)}: {beside}"
    return Bar(BarKind.SILENT, stretch.start, stretch.until, (beside, share), title)


def _left(event: OperatorChanged, area: str) -> SirensLeft:
    return (event.sirens or {}).get(area, _WHOLE)


def _stretches(
    story: Sequence[OperatorChanged], axis: Axis, stands: Callable[[OperatorChanged], bool]
) -> Iterator[_Stretch]:
    ends = [*(event.at for event in story[1:]), axis.until]
    for stood, run in groupby(zip(story, ends, strict=True), key=lambda pair: stands(pair[0])):
        told = list(run)
        start, until = max(told[0][0].at, axis.start), told[-1][1]
        if stood and start < until and axis.touches(start, until):
            yield _Stretch(start, until, [event for event, _ in told])
