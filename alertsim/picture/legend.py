"""What stands around the picture in every renderer: what is shown, how wide time is, what was said, what signs mean."""

from collections.abc import Iterable
from typing import NamedTuple

from alertsim.cells import cells
from alertsim.picture import tones, words
from alertsim.picture.axis import Stretch
from alertsim.picture.cells import clean, fit
from alertsim.picture.layout import HIDDEN, clusters
from alertsim.picture.model import BarKind, Language, Mark, Picture, Sign
from alertsim.picture.tones import Tone
from alertsim.times import rfc3339, time_of_day

MOST_SPOKEN = 60
_SPOKEN = {Sign.REPORTED, Sign.INJECTED, Sign.NEWS}


class Entry(NamedTuple):
    """One sign or bar of the key."""

    sign: Sign | BarKind
    glyph: str
    name: str
    tone: Tone


class Spoken(NamedTuple):
    """What was said: its mark, the day if it is the first of another day, and the words."""

    mark: Mark
    day: str
    text: str


def subtitle(picture: Picture) -> str:
    """Scenario, seed, when it happens, how long it is played, how many events."""
    language, axis, offset = picture.language, picture.axis, picture.offset
    start, until = rfc3339(axis.start, offset), rfc3339(axis.until, offset)
    shown = until[11:19] if until[:10] == start[:10] else until[:19]
    when = f"{start[:19]} – {shown} {start[-6:]}".replace("T", " ")
    seed = f"{getattr(words.SEED, language)} {picture.seed}"
    real = f"{getattr(words.PLAYED_IN, language)} {words.length(axis.real_ms, language)}"
    return " · ".join(
        (clean(picture.scenario), seed, when, real, f"{getattr(words.EVENTS, language)} {len(picture.marks)}")
    )


def scale(picture: Picture) -> str:
    """What width stands for."""
    return str(getattr(words.AS_PLAYED if picture.axis.scale == "play" else words.AS_TOLD, picture.language))


def column(picture: Picture, columns: int) -> str:
    """How much time a column is."""
    language, axis = picture.language, picture.axis
    time, of = (axis.real_ms, words.REAL_TIME) if axis.scale == "play" else (axis.scenario_ms, words.SCENARIO_TIME)
    return f"{getattr(words.COLUMN, language)} = {words.length(time / columns, language)} {getattr(of, language)}"


def chapter(stretch: Stretch, room: int, picture: Picture) -> tuple[str, str, str]:
    """Three lines of a chapter, each as long as `room` cells allow: its name, cut if need be; its pace; its time."""
    language, offset = picture.language, picture.offset
    rate, begins = f"×{stretch.rate:g}", time_of_day(stretch.start, offset)
    real = f"{rate} · {words.length((stretch.until - stretch.start) / stretch.rate, language)}"
    when = words.span(stretch.start, stretch.until, offset)
    name = _longest((stretch.full, stretch.name), room) or fit(stretch.name, room)
    return name, _longest((real, rate), room), _longest((when, begins, begins.removesuffix(":00")), room)


def _longest(texts: Iterable[str], room: int) -> str:
    return next((text for text in texts if cells(text) <= room), "")


def key(picture: Picture, columns: int) -> list[Entry]:
    """The bars and signs one sees when the picture has so many columns."""
    bars = {bar.kind for row in picture.rows for bar in row.bars}
    signs = {cluster.sign for row in picture.rows for cluster in clusters(row.marks, picture.axis, columns)} - HIDDEN
    language: Language = picture.language
    return [
        *(
            Entry(kind, glyph, getattr(name, language), tones.BARS[kind])
            for kind, (glyph, name) in words.BARS.items()
            if kind in bars
        ),
        *(
            Entry(sign, glyph, getattr(name, language), tones.SIGNS[sign])
            for sign, (glyph, name) in words.SIGNS.items()
            if sign in signs
        ),
    ]


def spoken(picture: Picture) -> tuple[list[Spoken], int]:
    """The first sixty of all reports, injects and news in order of time, and how many more there are."""
    marks = sorted((mark for mark in picture.marks if mark.sign in _SPOKEN), key=lambda mark: mark.at)
    told, day = [], rfc3339(picture.axis.start, picture.offset)[:10]
    for mark in marks[:MOST_SPOKEN]:
        today = rfc3339(mark.at, picture.offset)[:10]
        told.append(Spoken(mark, today if today != day else "", words.spoken(mark.event, picture.language)))
        day = today
    return told, len(marks) - len(told)
