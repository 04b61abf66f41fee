"""One frame of the live view for a given width and height: what a director sees, without a clock and without colour."""

import math
from collections.abc import Iterable, Iterator

from alertsim.cells import cells, cut
from alertsim.events import ExerciseState
from alertsim.live import panels, words
from alertsim.live.alerts import under_alert
from alertsim.live.cells import Row, Span, Tone, bar, filled, sides, wrapped
from alertsim.live.operators import operators
from alertsim.live.panel import stacked
from alertsim.live.programme import Moment, Programme, position, progress
from alertsim.live.subscribers import subscribers
from alertsim.live.view import View
from alertsim.live.words import Language, age, say
from alertsim.times import Millis, rfc3339, time_of_day
from alertsim.wire.headlines import REAL_ALERT, STATES

SMALLEST = (60, 15)
"""Below this width or height there is a status line, no panels."""

_THREE_COLUMNS = 132
_ROOMY = 40
"""The width from which a status line says what the broker has confirmed."""

_GAP = 2
_LATE_US = 2_000_000
"""A message that the broker has not confirmed for so long is worth a word."""


def frame(view: View, programme: Programme, moment: Moment, lang: Language, width: int, height: int) -> tuple[Row, ...]:
    """Exactly `height` rows of exactly `width` cells, both at least 1.

    The first is the mark; after a REAL ALERT all of them are that one message.
    """
    if moment.state is ExerciseState.SUSPENDED:
        return _stopped(lang, width, height)
    small = width < SMALLEST[0] or height < SMALLEST[1]
    top = [_banner(width), *(_status if small else _head)(view, programme, moment, lang, width)]
    top += [filled((Span(f" {text}", tone),), width, tone) for text, tone in _troubles(view, moment, lang)]
    room = max(0, height - 1 - len(top))
    if small:
        body = [filled(row, width) for row in panels.last_events(view, programme, lang, width, room).versions[0].rows]
        body += [filled((), width)] * (room - len(body))
    else:
        body = _panels(view, programme, moment, lang, width, room)
    rows = [*top, *body][: height - 1] if height > 1 else [_banner(width)]
    return (*rows, _foot(programme, moment, lang, width)) if height > 1 else tuple(rows)


def _banner(width: int) -> Row:
    """The mark over the whole width; on a wide screen at its ends too."""
    text = next((text for text in words.BANNERS if cells(text) <= width), words.BANNERS[-1])
    side = words.BANNERS[1]
    room = width - 2 * cells(side) - 2
    if room > cells(text) + 8:
        return (Span(f" {side}{text.center(room)}{side} ", "mark"),)
    return (Span(cut(text, width).center(width), "mark"),)


def _head(view: View, programme: Programme, moment: Moment, lang: Language, width: int) -> Iterator[Row]:
    """What is played, where, by which clock, and how far it is."""
    title, name = Span(f" {say(programme.title, lang)}", "strong"), moment.segment.name
    running = moment.state is ExerciseState.RUNNING
    yield sides((title,), (Span(f" {say(words.STATES[moment.state], lang)} ", "clear" if running else "state"),), width)
    yield sides((Span(f" {programme.exercise}  {programme.broker}", "quiet"),), _delivered(view, lang), width)
    day, clock = rfc3339(moment.at, programme.offset)[:10], time_of_day(moment.at, programme.offset)
    chapter = f"  {say(programme.chapters[name], lang)}" if name in programme.chapters else ""
    now = (Span(f" {day} ", "quiet"), Span(clock, "title"), Span(f"  {name}", "strong"), Span(chapter))
    far = f"{position(programme, moment)} " if programme.replays else ""
    yield sides(now, (Span(f"{far}{_pace(moment, lang)} ", "strong"),), width)
    yield _progress(programme, moment, lang, width)


def _delivered(view: View, lang: Language) -> Row:
    delivery = view.delivery
    waiting = (Span(f" · {say(words.WAIT, lang, delivery.waiting)}", "warning"),) if delivery.waiting else ()
    dot = Span("● ", "trouble" if delivery.lost else "warning" if delivery.degraded else "clear")
    return dot, Span(say(words.CONFIRMED, lang, delivery.confirmed), "quiet"), *waiting, Span(" ")


def _pace(moment: Moment, lang: Language) -> str:
    if moment.state is not ExerciseState.RUNNING:
        return say(words.STATES[moment.state], lang)
    return "max" if moment.rate == math.inf else f"×{moment.rate:g}"


def _progress(programme: Programme, moment: Moment, lang: Language, width: int) -> Row:
    """Two bars: the chapter's, and the whole."""
    part, whole = progress(programme, moment)
    number = f"{programme.segments.index(moment.segment) + 1}/{len(programme.segments)}"
    names = f" {say(words.CHAPTER, lang)} {number} ", f"   {say(words.WHOLE, lang)} "
    size = max(1, (width - cells("".join(names)) - 11) // 2)
    bars = (Span(bar(share, size), "network") for share in (part, whole))
    percents = (Span(f" {share:4.0%}") for share in (part, whole))
    labels = (Span(name, "quiet") for name in names)
    return filled(tuple(span for each in zip(labels, bars, percents, strict=True) for span in each), width)


def _status(view: View, programme: Programme, moment: Moment, lang: Language, width: int) -> Iterator[Row]:
    """What a small screen has instead: the clock, and what stands."""
    clock = Span(time_of_day(moment.at, programme.offset), "title")
    _, whole = progress(programme, moment)
    yield sides(
        (clock, Span(f" {moment.segment.name}")), (Span(f"{_pace(moment, lang)} {whole:.0%}", "strong"),), width
    )
    alerts, in_air = sum(each.stage == "alert" for each in view.alerts), sum(each.in_air for each in view.salvos)
    counts = (
        Span(f"{say(words.ALERTS, lang)} {alerts}", "alarm" if alerts else "quiet"),
        Span(f"  {say(words.IN_AIR, lang)} {in_air}", "alarm" if in_air else "quiet"),
    )
    yield sides(counts, _delivered(view, lang) if width >= _ROOMY else (), width)


def _troubles(view: View, moment: Moment, lang: Language) -> Iterator[tuple[str, Tone]]:
    """What a director must know of the machinery, the gravest first."""
    delivery = view.delivery
    if delivery.lost is not None:
        lasts = age(Millis((moment.real_us - delivery.lost_us) // 1000), lang)
        yield say(words.LOST, lang, lasts, delivery.waiting, delivery.lost), "real"
    elif delivery.oldest_us is not None and moment.real_us - delivery.oldest_us > _LATE_US:
        lasts = age(Millis((moment.real_us - delivery.oldest_us) // 1000), lang)
        yield say(words.SLOW, lang, lasts, delivery.waiting), "mark"
    for part in delivery.degraded:
        yield say(words.DEGRADED, lang, part), "real"
    if view.expiry_lifted:
        yield say(words.LIFTED, lang), "mark"
    if delivery.unsent:
        yield say(words.UNSENT, lang, delivery.unsent), "warning"
    if moment.missed:
        yield say(words.MISSED, lang, moment.missed), "warning"


def _panels(view: View, programme: Programme, moment: Moment, lang: Language, width: int, room: int) -> list[Row]:
    """The panels in two or three columns, and the last events below them."""
    count = 3 if width >= _THREE_COLUMNS else 2
    inner = (width - _GAP * count) // count
    areas = under_alert(view, moment.at, lang, inner)
    strikes = panels.strikes(view, programme, lang, inner)
    incidents = panels.incidents(view, programme, lang, inner)
    networks = operators(view, programme, lang, inner)
    answers = subscribers(view, programme, lang, inner)
    if count == 3:
        columns = [[areas], [strikes, incidents], [networks, answers]]
    else:
        columns = [[areas, incidents], [strikes, networks, answers]]
    wanted = max(sum(panel.wanted + 2 for panel in column) for column in columns)
    upper = min(room * 5 // 8, max(wanted, room // 3))
    beside = zip(*(stacked(column, inner, upper, lang) for column in columns), strict=True)
    above = [_beside(parts, width) for parts in beside]
    return [*above, *_said(view, programme, lang, width, room - upper)]


def _beside(parts: Iterable[Row], width: int) -> Row:
    """Parts of rows side by side, each after a gap; the first after half of one."""
    spans = [span for part in parts for span in (Span(" " * _GAP), *part)]
    return filled((Span(" " * (_GAP // 2)), *spans[1:]), width)


def _said(view: View, programme: Programme, lang: Language, width: int, room: int) -> list[Row]:
    """The last events under their title."""
    events = panels.last_events(view, programme, lang, width - 2, room - 1)
    return [filled((Span(" "), *row), width) for row in stacked([events], width - 2, room, lang)]


def _foot(programme: Programme, moment: Moment, lang: Language, width: int) -> Row:
    """The keys that mean something now; in the end, that it was no real all-clear."""
    if moment.state in {ExerciseState.ENDED, ExerciseState.TERMINATED}:
        return filled((Span(f" {say(STATES[moment.state], lang)}", "strong"),), width)
    if moment.typed:
        return filled((Span(f" {cut(moment.typed, width - 2)}", "strong"),), width)
    going_on = words.KEYS if moment.state is ExerciseState.RUNNING else words.KEY_CONTINUE
    first, real, last = (say(text, lang) for text in (going_on, words.KEY_REAL, words.KEY_END))
    moves = f"{say(words.KEYS_REPLAY, lang)}   " if programme.replays else ""
    end = Span(real, "trouble"), Span(f"   {last}", "quiet")
    richest = (Span(f" {first}   {moves}", "quiet"), *end), (Span(f" {first}   ", "quiet"), *end)
    brief = (Span(real, "trouble"), Span(f" {last}", "quiet"))
    fitting = (keys for keys in richest if sum(cells(span.text) for span in keys) <= width)
    return filled(next(fitting, brief), width)


def _stopped(lang: Language, width: int, height: int) -> tuple[Row, ...]:
    """One message over the whole screen, in both languages, and how to go on; on the smallest, its first words."""
    both = (REAL_ALERT.uk, REAL_ALERT.en) if lang == "uk" else (REAL_ALERT.en, REAL_ALERT.uk)
    first, second = ([*wrapped(text, max(1, width - 2))] for text in both)
    brief = [part for text in both for part in wrapped(text.partition(":")[0], width)]
    message = next((each for each in ([*first, "", *second], [*first, *second]) if len(each) < height), brief[:height])
    above = max(0, (height - 1 - len(message)) // 2)
    keys = f"{say(words.STOPPED, lang)}  {say(words.KEY_CONTINUE, lang)}   {say(words.KEY_END, lang)}"
    if cells(keys) > width:
        keys = f"{say(words.KEY_CONTINUE, lang)} {say(words.KEY_END, lang)}"
    below = [""] * (height - above - len(message) - 1) + [cut(keys, width)]
    texts = [*[""] * above, *message, *below][:height]
    return tuple(filled((Span(text.center(width), "real"),), width, "real") for text in texts)
