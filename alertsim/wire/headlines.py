"""What a person reads of an event, in Ukrainian and English; the exercise mark is put around it by `marking`."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple, assert_never

from alertsim import areas
from alertsim.events import (
    AlertAnnounced,
    AlertCancelled,
    AlertCleared,
    AlertEvent,
    AlertRaised,
    AlertUpdated,
    BrokerFault,
    BrokerFaulted,
    ClockTicked,
    Event,
    ExerciseState,
    ExerciseStateChanged,
    ForeignRelayed,
    IncidentReported,
    InjectSent,
    NewsPublished,
    OperatorChanged,
    Service,
    SirensLeft,
    StrikeDetected,
    StrikeImpacted,
    StrikeIntercepted,
    StrikeLaunched,
    Threat,
    WarningRelayed,
)


class Said(NamedTuple):
    """A line in both languages: an `events.Text` without its checks, for what we say ourselves."""

    uk: str
    en: str


BANNER = "EXERCISE · НАВЧАННЯ · EXERCISE"
"""On top of whatever a screen or a picture shows, whatever the language of the rest."""

NOT_ALL_CLEAR = Said(
    uk="Це не справжній відбій. Дійте за офіційним сигналом.",
    en="This is not a real all-clear. Follow the official signal.",
)
"""Ends each text that could be taken for the end of a real danger."""

REAL_ALERT = Said(
    uk="РЕАЛЬНА ТРИВОГА: навчання зупинено, дійте за офіційним сигналом",
    en="REAL ALERT: exercise stopped, follow the official signal",
)

THREATS: Mapping[Threat, Said] = {
    Threat.BALLISTIC_MISSILES: Said(uk="балістичні ракети", en="ballistic missiles"),
    Threat.CRUISE_MISSILES: Said(uk="крилаті ракети", en="cruise missiles"),
    Threat.DRONES: Said(uk="безпілотники", en="drones"),
    Threat.GUIDED_BOMBS: Said(uk="керовані авіабомби", en="guided bombs"),
    Threat.ARTILLERY: Said(uk="артобстріл", en="artillery"),
    Threat.CHEMICAL: Said(uk="хімічна загроза", en="chemical threat"),
    Threat.RADIATION: Said(uk="радіаційна загроза", en="radiation threat"),
    Threat.UNSPECIFIED: Said(uk="загроза", en="threat"),
}

_SERVICES_UK: Mapping[Service, str] = {
    Service.VOICE: "голос",
    Service.SMS: "SMS",
    Service.DATA: "дані",
    Service.FIXED: "домашній інтернет",
}

_NAMED = 1
"""So many areas are told by name; the room of a headline is short."""

_AIR_RAID = Said(uk="Повітряна тривога", en="Air raid alert")
_SIGNALS: Mapping[Threat, Said] = {
    Threat.ARTILLERY: Said(uk="Загроза артобстрілу", en="Artillery alert"),
    Threat.CHEMICAL: Said(uk="Хімічна тривога", en="Chemical alert"),
    Threat.RADIATION: Said(uk="Радіаційна небезпека", en="Radiation alert"),
}
"""The signals that are not the air raid alert, by the one threat each warns of."""

BROKER_FAULTS: Mapping[BrokerFault, Said] = {
    BrokerFault.KILL: Said(uk="брокер убито", en="broker killed"),
    BrokerFault.STOP: Said(uk="брокер завмер", en="broker stopped where it was"),
    BrokerFault.RESTART: Said(uk="брокер перезапускають", en="broker restarted"),
}
"""Each fault as one says what was done."""

STATES: Mapping[ExerciseState, Said] = {
    ExerciseState.READY: Said(uk="Навчання готове до початку", en="The exercise is ready"),
    ExerciseState.RUNNING: Said(uk="Навчання триває", en="The exercise is running"),
    ExerciseState.PAUSED: Said(uk="Навчання призупинено", en="The exercise is paused"),
    ExerciseState.SUSPENDED: REAL_ALERT,
    ExerciseState.ENDED: Said(
        uk=f"Навчання закінчено. {NOT_ALL_CLEAR.uk}", en=f"The exercise has ended. {NOT_ALL_CLEAR.en}"
    ),
    ExerciseState.TERMINATED: Said(
        uk=f"Навчання перервано. {NOT_ALL_CLEAR.uk}", en=f"The exercise was terminated. {NOT_ALL_CLEAR.en}"
    ),
}


@cache
def area_name(area: str) -> Said:
    """The name of an area by its id."""
    known = areas.by_id(area)
    return Said(uk=known.name_uk, en=known.name_en)


def headline(event: Event) -> Said:  # noqa: C901 — one case a kind
    """One line for a phone, without the mark."""
    match event:
        case StrikeLaunched() | StrikeDetected() | StrikeIntercepted() | StrikeImpacted():
            return _strike(event)
        case ExerciseStateChanged():
            return STATES[event.state]
        case ClockTicked():
            return Said(uk="Час навчання", en="Exercise clock")
        case AlertAnnounced() | AlertRaised() | AlertUpdated() | AlertCleared() | AlertCancelled():
            return _alert(event)
        case WarningRelayed():
            return _relayed(event)
        case IncidentReported() if "/" in event.area:  # who hears of it may be anywhere in the oblast
            name = _short(area_name(event.area))
            return Said(f"{name.uk}: {event.text.uk}", f"{name.en}: {event.text.en}")
        case IncidentReported() | NewsPublished() | InjectSent():
            return Said(event.text.uk, event.text.en)
        case OperatorChanged():
            return _operator(event)
        case BrokerFaulted():
            return _broker(event)
        case ForeignRelayed():
            return Said(
                uk=f"Чуже повідомлення, повтор: {event.topic}", en=f"Somebody else's message, replayed: {event.topic}"
            )
        case _:
            assert_never(event)


def _alert(event: AlertEvent) -> Said:
    name = _short(area_name(event.area))
    match event:
        case AlertAnnounced():
            return _warning(Said(uk="Попередження, можлива тривога", en="Pre-alert, an alert may follow"), name, event)
        case AlertRaised():
            return _warning(_signal(event), name, event)
        case AlertUpdated():
            return _warning(Said(uk="Загроза", en="Threat"), name, event)
        case AlertCleared() if event.continues_in:
            return _goes_on(event, event.continues_in, name)
        case AlertCleared():
            return Said(uk=f"Відбій: {name.uk}. {NOT_ALL_CLEAR.uk}", en=f"All clear: {name.en}. {NOT_ALL_CLEAR.en}")
        case AlertCancelled():
            return Said(uk=f"Скасовано: {name.uk}. {NOT_ALL_CLEAR.uk}", en=f"Cancelled: {name.en}. {NOT_ALL_CLEAR.en}")
        case _:
            assert_never(event)


def _relayed(event: WarningRelayed) -> Said:
    """What a second channel says, and that it is one."""
    name = _short(area_name(event.area), 36)
    if event.says == "raised":
        return Said(
            uk=f"Канал {event.channel}: повітряна тривога, {name.uk}", en=f"Channel {event.channel}: alert, {name.en}"
        )
    return Said(
        uk=f"Канал {event.channel}: відбій, {name.uk}. {NOT_ALL_CLEAR.uk}",
        en=f"Channel {event.channel}: all clear, {name.en}. {NOT_ALL_CLEAR.en}",
    )


def _warning(word: Said, name: Said, event: AlertAnnounced | AlertRaised | AlertUpdated) -> Said:
    """The signal, where, and of what it warns, unless the signal says so already."""
    told = [THREATS[threat] for threat in event.threats if _SIGNALS.get(threat) != word]
    uk, en = (", ".join(texts) for texts in ((each.uk for each in told), (each.en for each in told)))
    return Said(uk=f"{word.uk}: {name.uk}{uk and f' ({uk})'}", en=f"{word.en}: {name.en}{en and f' ({en})'}")


def _signal(event: AlertRaised) -> Said:
    """Which signal it is: the air raid alert, unless all it warns of is something else."""
    signals = {_SIGNALS.get(threat, _AIR_RAID) for threat in event.threats}
    word = signals.pop() if len(signals) == 1 else _AIR_RAID
    if event.continues_from:
        return Said(uk=f"{word.uk} триває", en=f"{word.en} goes on")
    return Said(uk=f"{word.uk} (триває постійно)", en=f"Standing {word.en.lower()}") if event.standing else word


def _goes_on(event: AlertCleared, where: tuple[str, ...], name: Said) -> Said:
    """Its granularity has changed: no all-clear for those who are still under alert."""
    if around := [area for area in where if area in areas.ancestors(event.area)]:
        outer = _short(area_name(around[0]))
        text = Said(uk=f"Тривога триває, тепер: {outer.uk}", en=f"The alert goes on, now for {outer.en}")
    else:
        text = Said(uk=f"Тривога лише в частині: {name.uk}", en=f"Alert now only in part of {name.en}")
    return Said(uk=f"{text.uk}. {NOT_ALL_CLEAR.uk}", en=f"{text.en}. {NOT_ALL_CLEAR.en}")


def _short(name: Said, longest: int = 56) -> Said:
    """A name that leaves room for the sentence behind it."""
    return Said(
        uk=name.uk if len(name.uk) <= longest else name.uk[: longest - 1] + "…",
        en=name.en if len(name.en) <= longest else name.en[: longest - 1] + "…",
    )


def _strike(event: StrikeLaunched | StrikeDetected | StrikeIntercepted | StrikeImpacted) -> Said:
    name = area_name(event.target)
    match event:
        case StrikeLaunched():
            word = ("Пуск (змодельовано)", "Launch (modelled)")
        case StrikeDetected():
            word = ("Виявлено", "Detected")
        case StrikeIntercepted():
            word = ("Збито", "Intercepted")
        case StrikeImpacted():
            word = ("Влучання", "Impact")
        case _:
            assert_never(event)
    what = f"{event.weapon}, {event.strike}"
    return Said(uk=f"{word[0]}: {what}, {name.uk}", en=f"{word[1]}: {what}, {name.en}")


def _operator(event: OperatorChanged) -> Said:
    uk = ", ".join(f"{_SERVICES_UK[service]} {share:.0%}" for service, share in event.up.items())
    en = ", ".join(f"{service} {share:.0%}" for service, share in event.up.items())
    load = f"×{event.load:.2f}".rstrip("0").rstrip(".")
    more = tuple(_beside(event))
    return Said(
        uk="; ".join((f"Мережа {event.operator}: {uk}", f"навантаження {load}", *(said.uk for said in more))),
        en="; ".join((f"Network {event.operator}: {en}", f"load {load}", *(said.en for said in more))),
    )


def _broker(event: BrokerFaulted) -> Said:
    done = BROKER_FAULTS[event.fault]
    if event.phase == "ended":
        return Said(uk=f"Брокер знову відповідає; було: {done.uk}", en=f"The broker answers again; it was: {done.en}")
    if event.persistence is None:
        kept = Said("", "")
    elif event.persistence:
        kept = Said(uk=", стан збережено", en=", its state is kept")
    else:
        kept = Said(uk=", стан втрачено", en=", its state is lost")
    return Said(uk=f"Умовний збій: {done.uk}{kept.uk}", en=f"Exercise fault: {done.en}{kept.en}")


def _beside(event: OperatorChanged) -> Iterator[Said]:
    """What is not always there, what people feel most first: a headline may be cut at its end."""
    if event.roaming:
        yield Said(uk="роумінг заблоковано", en="roaming blocked")
    silent = {area: left for area, left in (event.sirens or {}).items() if left.up < 1}
    if silent:
        yield _sirens(silent)
    if event.areas:
        where = _where(dict.fromkeys(event.areas, ""))
        yield Said(uk=f"інакше: {where.uk}", en=f"otherwise in {where.en}")
    if event.latency_ms:
        yield Said(uk=f"затримка +{event.latency_ms} мс", en=f"latency +{event.latency_ms} ms")
    if event.loss:
        yield Said(uk=f"не можуть під'єднатися: {event.loss:.0%}", en=f"{event.loss:.0%} cannot connect")


def _sirens(silent: Mapping[str, SirensLeft]) -> Said:
    """Where not all sirens can be sounded, how many still can, and what warns instead if it is the same everywhere."""
    where = _where({area: f" {left.up:.0%}" for area, left in silent.items()})
    first, *others = (left.fallback for left in silent.values())
    instead = (
        Said(f" ({first.uk})", f" ({first.en})") if first and all(other == first for other in others) else Said("", "")
    )
    return Said(uk=f"сирени, лишилося: {where.uk}{instead.uk}", en=f"sirens left: {where.en}{instead.en}")


def _where(found: Mapping[str, str]) -> Said:
    """One area by name with what is said of it, or how many they are."""
    if len(found) > _NAMED:
        return Said(uk=f"місць {len(found)}", en=f"{len(found)} areas")
    names = [(area_name(area), said) for area, said in found.items()]
    return Said(
        uk=", ".join(name.uk + said for name, said in names), en=", ".join(name.en + said for name, said in names)
    )
