"""One line of text for each line of an exercise that a person should read: printed one after the other, or the last."""

from collections.abc import Mapping

from alertsim.cells import printable
from alertsim.events import ClockTicked, Event, IncidentReported, InjectSent, NewsPublished
from alertsim.live import words
from alertsim.live.cells import Row, Span, Tone
from alertsim.live.words import Language, say
from alertsim.observations import (
    BrokerLost,
    BrokerRestored,
    ClockSlept,
    CommandRefused,
    EventAcknowledged,
    EventExpired,
    ExpiryLifted,
    Line,
    Observation,
    Observed,
    PlayDegraded,
)
from alertsim.times import rfc3339, time_of_day
from alertsim.wire import headline
from alertsim.wire.headlines import area_name

MARKS: Mapping[Language, str] = {"uk": "НАВЧАННЯ", "en": "EXERCISE"}
INDENT = " " * 9
"""Before what was only seen, so that it stands under the texts of what happened."""

_TONES: Mapping[str, Tone] = {
    "alert.announced": "warning",
    "alert.raised": "alarm",
    "alert.updated": "raised",
    "alert.cleared": "clear",
    "alert.cancelled": "cancelled",
    "strike.launched": "quiet",
    "strike.detected": "seen",
    "strike.intercepted": "warning",
    "strike.impacted": "hit",
    "incident.reported": "report",
    "operator.changed": "network",
    "broker.faulted": "trouble",
    "foreign.relayed": "quiet",
    "inject.sent": "inject",
    "exercise.state_changed": "state",
}


def tell(line: Line, lang: Language, offset: int, *, marked: bool = True) -> Row | None:
    """The line in words; None where it is of no interest. `marked`: it stands alone and so says what it is."""
    if isinstance(line, Observed):
        return _seen(line.observation, lang)
    if isinstance(line.event, ClockTicked):
        return None
    return (
        Span(f"{MARKS[lang]} " if marked else "", "quiet"),
        Span(f"{time_of_day(line.event.at, offset)} ", "strong"),
        Span("↺ " if line.catch_up else "", "quiet"),
        Span(
            printable(f"{_label(line.event, lang)}{say(headline(line.event), lang)}"),
            _TONES.get(line.event.kind, "plain"),
        ),
    )


def tell_day(line: Line, lang: Language, offset: int) -> Row | None:
    """The day a told line happened on, marked; None for what has no time or is of no interest."""
    if isinstance(line, Observed) or isinstance(line.event, ClockTicked):
        return None
    return Span(f"{MARKS[lang]} ", "quiet"), Span(rfc3339(line.event.at, offset)[:10], "strong")


def _label(event: Event, lang: Language) -> str:
    """What kind of text it is, where the text itself does not say so."""
    uk = lang == "uk"
    match event:
        case InjectSent():
            return f"{'ВВІДНА' if uk else 'INJECT'} → {event.audience}: "
        case NewsPublished():
            return "НОВИНИ: " if uk else "NEWS: "
        case IncidentReported():
            where = "" if "/" in event.area else f" · {say(area_name(event.area), lang)}"
            return f"{'ЗВІТ' if uk else 'REPORT'}{where}: "
        case _:
            return ""


def _seen(seen: Observation, lang: Language) -> Row | None:
    """What of the observations a person should read."""
    match seen:
        case BrokerLost():
            return _aside(say(words.BROKER_LOST, lang, seen.reason), "trouble")
        case BrokerRestored():
            return _aside(say(words.BROKER_BACK, lang, seen.waiting), "warning")
        case EventExpired():
            return _aside(say(words.NOT_SENT, lang, seen.reason, seen.event), "warning")
        case ClockSlept():
            return _aside(say(words.SLEPT, lang, seen.lost_ms / 1000), "warning")
        case CommandRefused():
            return _aside(say(words.REFUSED, lang, seen.reason), "quiet")
        case EventAcknowledged():
            return _aside(f"{seen.client}: {seen.what} {seen.event}", "quiet")
        case ExpiryLifted():
            return _aside(say(words.LIFTED, lang), "mark")
        case PlayDegraded():
            return _aside(say(words.PART_DEGRADED, lang, seen.part, seen.reason), "trouble")
        case _:
            return None


def _aside(text: str, tone: Tone) -> Row:
    return (Span(f"{INDENT}{printable(text)}", tone),)
