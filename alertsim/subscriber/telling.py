"""What a phone says line by line as things change: for people without a terminal, and as JSON for scripts."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pydantic_core import to_json

from alertsim.cells import printable
from alertsim.events import ClockTicked, Happening
from alertsim.subscriber import words
from alertsim.subscriber.phone import Exercise, Phone
from alertsim.subscriber.reading import ALERT, Heard, Received, Refused, Withdrawn
from alertsim.subscriber.rows import Row, rows
from alertsim.subscriber.screen import place, state_line
from alertsim.subscriber.words import Language, say
from alertsim.wire import STATE

_SHARED = {*Happening.model_fields, "kind"}


def as_lines(before: Phone, phone: Phone, now_us: int, lang: Language, watched: Sequence[str] = ()) -> Iterator[str]:
    """What to tell a person who knew `before`; each line says by itself that it is an exercise."""
    if before.connected != phone.connected:
        yield f"{words.BANNER} · {_connection(phone, lang)}"
    match phone.latest:
        case Refused(topic=topic, why=why) if phone.fresh:
            yield words.refused(topic, why, lang)
        case Withdrawn(exercise=name, below=below) if below == STATE and phone.fresh:
            yield f"{words.BANNER} · {state_line(name, phone.exercises[name], lang)}"
        case Heard() as heard if _is_told(heard) and _is_news(before, phone):
            earlier = f" ({say(words.EARLIER, lang)})" if heard.envelope.catch_up else ""
            yield f"{say(heard.envelope.headline, lang)} ({words.ago(heard.due_us, now_us, lang)}){earlier}"
        case _:
            pass
    for row in _changes(before, phone, watched):
        age = f" ({words.ago(row.since_us, now_us, lang)})" if row.since_us else ""
        head = say(words.STATUSES[row.status], lang)
        yield f"{head} · {place(row, lang)}{age} · {words.advice(row, lang)} · {row.exercise}"


def as_json_lines(
    before: Phone, phone: Phone, received: Received | None, now_us: int, watched: Sequence[str] = ()
) -> Iterator[str]:
    """The same as JSON objects; `what` says which: connection, message, refused, withdrawn or area."""
    if before.connected != phone.connected:
        yield _json(what="connection", at_us=now_us, connected=phone.connected, reason=phone.reason)
    if received:
        yield from _reading(before, phone, received)
    for row in _changes(before, phone, watched):
        area = {"area": row.area, "name": _names(row.area), "status": row.status, "because": row.because}
        age = {"since_us": row.since_us, "age_ms": (now_us - row.since_us) // 1_000} if row.since_us else {}
        yield _json(what="area", at_us=now_us, exercise=row.exercise, **area, threats=row.threats, **age)


def _reading(before: Phone, phone: Phone, received: Received) -> Iterator[str]:
    """What the last message was, unless it was a duplicate."""
    came = {"at_us": received.at_us, "topic": received.topic, "retained": received.retained}
    match phone.latest:
        case Refused(why=why):
            yield _json(what="refused", **came, why=why)
        case Withdrawn(exercise=name) if phone.fresh:
            yield _json(what="withdrawn", **came, exercise=name)
        case Heard() as heard if _is_news(before, phone):
            envelope = heard.envelope.model_dump(mode="json", exclude_none=True)
            event = heard.event.model_dump(mode="json", exclude_none=True, exclude=_SHARED)
            age_ms = (received.at_us - heard.due_us) // 1_000
            yield _json(what="message", **came, age_ms=age_ms, **envelope, **event)
        case _:
            pass


def _json(**fields: object) -> str:
    return to_json(fields, inf_nan_mode="null").decode()


def _names(area: str) -> dict[str, str]:
    return {"uk": words.area_name(area, "uk"), "en": words.area_name(area, "en")}


def _connection(phone: Phone, lang: Language) -> str:
    if phone.connected:
        return say(words.JOINED, lang)
    return f"{say(words.LOST, lang)} ({printable(phone.reason)})"


def _is_told(heard: Heard) -> bool:
    """Whether its headline is read out: a tick is not worth it, and of alerts the areas tell."""
    return not (isinstance(heard.event, ClockTicked) or heard.below.startswith(ALERT))


def _is_news(before: Phone, phone: Phone) -> bool:
    """Whether the last message was no duplicate, or gives back the state that a broken connection put in doubt."""
    heard = phone.latest
    return phone.fresh or (isinstance(heard, Heard) and heard.below == STATE and before != phone)


def _changes(before: Phone, phone: Phone, watched: Sequence[str]) -> Iterator[Row]:
    """The areas that stand differently now; one that is just no longer under alert as aborted: nothing cleared it."""
    near = _near(phone)
    old, new = _by_area(before, watched, near), _by_area(phone, watched, near)
    for key in [*new, *(key for key in old if key not in new)]:
        was, now = old.get(key), new.get(key)
        if was and was.is_open and (now is None or now.status == "quiet"):
            yield replace(was, status="aborted")
        elif now and now != was:
            yield now


def _by_area(phone: Phone, watched: Sequence[str], near: Sequence[str]) -> dict[tuple[str, str], Row]:
    """The rows of the watched areas; without any, of those that were spoken of, no further than `near`."""
    found = rows(phone, watched or near)
    if near and not watched:
        found = tuple(row for row in found if ALERT + row.area in phone.exercises[row.exercise].standing)
    return {(row.exercise, row.area): row for row in found}


def _near(phone: Phone) -> tuple[str, ...]:
    """The areas that the last message can have changed, where it was of an alert: its own, those around and inside."""
    last = phone.latest
    if not isinstance(last, Heard | Withdrawn) or not last.below.startswith(ALERT):
        return ()
    own = last.below.removeprefix(ALERT)
    others = (event.area for event, _ in phone.exercises.get(last.exercise, Exercise()).alerts)
    return own, *(each for each in others if f"{each}/".startswith(f"{own}/") or own.startswith(f"{each}/"))
