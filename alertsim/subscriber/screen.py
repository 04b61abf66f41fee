"""What a phone's screen shows: at most so many lines of so many characters, the gravest first."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from textwrap import wrap
from typing import Literal, NamedTuple

from alertsim.cells import printable
from alertsim.events import ClockTicked, ExerciseState
from alertsim.subscriber import words
from alertsim.subscriber.phone import OVER, Exercise, Phone
from alertsim.subscriber.reading import Heard
from alertsim.subscriber.rows import Row, rows
from alertsim.subscriber.words import Language, say
from alertsim.wire import STATE
from alertsim.wire.headlines import REAL_ALERT, STATES

Tone = Literal["mark", "real", "alarm", "warning", "plain", "quiet"]

_TONES: dict[str, Tone] = {"alert": "alarm", "partly": "alarm", "suspended": "real", "quiet": "quiet"}
NARROWEST = 40
_SILENT = OVER | {ExerciseState.SUSPENDED}
"""The states in which scenario time is nobody's concern."""

_MESSAGES = 5
"""Lines that news and reports keep when there are more areas than room."""


class Line(NamedTuple):
    """One line and how it looks; `yields`: it is left out first where there is no room."""

    text: str
    tone: Tone
    yields: bool = False


def screen(
    phone: Phone, now_us: int, lang: Language, *, watched: Sequence[str] = (), width: int = 80, height: int = 24
) -> tuple[Line, ...]:
    """The lines of the screen. What says that it is an exercise, or over, does not give way to what happens in it.

    A terminal narrower than 40 gets lines of 40.
    """
    width = max(width, NARROWEST)
    top = [*_top(phone, lang, width)]
    news = [_message(heard, now_us, lang, width) for heard in _latest(phone)]
    kept = min(sum(map(len, news)), _MESSAGES)
    lines = [*top, *_fitted([*_exercises(phone, now_us, lang, watched, width)], height - len(top) - kept, lang)]
    for message in news:
        if len(lines) + len(message) <= height:
            lines += message
    return tuple(lines[:height])


def _top(phone: Phone, lang: Language, width: int) -> Iterator[Line]:
    """The banner, and what concerns everything below it."""
    yield Line(words.BANNER.center(width), "mark")
    yield from _wrapped(say(words.ASIDE, lang), "quiet", width)
    if any(each.state is ExerciseState.SUSPENDED for each in phone.exercises.values()):
        yield from _wrapped(REAL_ALERT.uk, "real", width)
        yield from _wrapped(REAL_ALERT.en, "real", width)
    if phone.reason:
        yield from _wrapped(f"{say(words.LOST, lang)} ({printable(phone.reason)}).", "real", width)
    if phone.refused:
        topic, *others = sorted(phone.refused)
        more = f" (+{len(others)})" if others else ""
        text = words.refused(topic, phone.refused[topic].why, lang, room=max(1, width - 44 - len(more)))
        yield Line((text + more)[:width], "warning")


def _exercises(phone: Phone, now_us: int, lang: Language, watched: Sequence[str], width: int) -> Iterator[Line]:
    """Each exercise, those that are over last: its state, then its areas."""
    if not phone.exercises:
        yield Line(say(words.NOTHING, lang)[:width], "quiet")
    all_rows = rows(phone, watched)
    for name in sorted(phone.exercises, key=lambda name: (phone.exercises[name].state in OVER, name)):
        yield from _wrapped(state_line(name, phone.exercises[name], lang), "plain", width)
        of_it = [row for row in all_rows if row.exercise == name]
        for (status, advice), group in groupby(of_it, key=lambda row: (row.status, words.advice(row, lang))):
            tone = _TONES.get(status, "warning")
            yield from _wrapped(f" {say(words.STATUSES[status], lang)}. {advice}", tone, width)
            for row in group:
                yield Line(_row(row, now_us, lang, width), tone, yields=True)


def state_line(name: str, exercise: Exercise, lang: Language) -> str:
    """The state of an exercise in words; while it is on, with scenario time and pace."""
    if STATE in exercise.doubted and exercise.state not in OVER:
        return f"{name}: {say(words.DOUBTED, lang)}"
    if exercise.state is None:
        return f"{name}: {say(words.UNHEARD, lang)}"
    text = f"{name}: {say(STATES[exercise.state], lang)}"
    tick = exercise.clock
    if exercise.state in _SILENT or tick is None or not isinstance(tick.event, ClockTicked):
        return text
    pace = "max" if tick.event.rate is None else f"×{tick.event.rate:g}"
    return f"{text} · {tick.envelope.at[11:19]} {pace}"


def place(row: Row, lang: Language) -> str:
    """The area of a row, by whose alert it stands so where that is another, and the threats."""
    others = [area for area in row.because if area != row.area]
    names = ", ".join(words.area_name(area, lang) for area in others[:3])
    more = f" +{len(others) - 3}" if len(others) > 3 else ""
    threats = words.threats(row, lang)
    return f"{words.area_name(row.area, lang)}{names and f' ({names}{more})'}{threats and f': {threats}'}"


def _row(row: Row, now_us: int, lang: Language, width: int) -> str:
    """One area on one line, its age at the right."""
    age = words.ago(row.since_us, now_us, lang) if row.since_us else ""
    room = width - len(age) - 3
    text = place(row, lang)
    return f"  {text if len(text) <= room else text[: room - 1] + '…':<{room}} {age}"


def _latest(phone: Phone) -> list[Heard]:
    """News, injects and reports of all exercises, the latest first."""
    found = [heard for exercise in phone.exercises.values() for heard in exercise.messages]
    return sorted(found, key=lambda heard: (heard.due_us, heard.exercise, heard.below), reverse=True)[:20]


def _message(heard: Heard, now_us: int, lang: Language, width: int) -> list[Line]:
    """One headline, whole, for its end is part of its mark; and its age."""
    text = f"{words.ago(heard.due_us, now_us, lang)}  {say(heard.envelope.headline, lang)}"
    return [Line(part, "plain") for part in wrap(text, width, subsequent_indent="  ")]


def _wrapped(text: str, tone: Tone, width: int) -> Iterator[Line]:
    indent = text[: len(text) - len(text.lstrip())]
    for part in wrap(text, width, subsequent_indent=indent):
        yield Line(part, tone)


def _fitted(body: list[Line], room: int, lang: Language) -> list[Line]:
    """The lines with the last areas left out, and how many, where there is no room for all."""
    surplus = len(body) - room
    if surplus <= 0:
        return body
    yielding = [at for at, line in enumerate(body) if line.yields]
    dropped = set(yielding[-surplus - 1 :])
    left = [line for at, line in enumerate(body) if at not in dropped]
    return [*left, Line(say(words.MORE, lang).format(len(dropped)), "warning")] if dropped else left
