"""What a person reads of an event, in Ukrainian and English; the exercise mark is put around it by `marking`."""

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple, assert_never

from alertsim import areas
from alertsim.events import (
    AlertCancelled,
    AlertCleared,
    AlertRaised,
    AlertUpdated,
    ClockTicked,
    Event,
    ExerciseState,
    ExerciseStateChanged,
    IncidentReported,
    InjectSent,
    NewsPublished,
    OperatorChanged,
    StrikeDetected,
    StrikeImpacted,
    StrikeIntercepted,
    StrikeLaunched,
    Threat,
)


class Said(NamedTuple):
    """A line in both languages: an `events.Text` without its checks, for what we say ourselves."""

    uk: str
    en: str


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


def headline(event: Event) -> Said:
    """One line for a phone, without the mark."""
    match event:
        case StrikeLaunched() | StrikeDetected() | StrikeIntercepted() | StrikeImpacted():
            return _strike(event)
        case ExerciseStateChanged():
            return STATES[event.state]
        case ClockTicked():
            return Said(uk="Час навчання", en="Exercise clock")
        case AlertRaised() | AlertUpdated() | AlertCleared() | AlertCancelled():
            return _alert(event)
        case IncidentReported() | NewsPublished() | InjectSent():
            return Said(event.text.uk, event.text.en)
        case OperatorChanged():
            return _operator(event)
        case _:
            assert_never(event)


def _alert(event: AlertRaised | AlertUpdated | AlertCleared | AlertCancelled) -> Said:
    name = _short(area_name(event.area))
    match event:
        case AlertRaised() | AlertUpdated():
            uk = ", ".join(THREATS[threat].uk for threat in event.threats)
            en = ", ".join(THREATS[threat].en for threat in event.threats)
            word = ("Повітряна тривога", "Air raid alert") if event.kind == "alert.raised" else ("Загроза", "Threat")
            return Said(uk=f"{word[0]}: {name.uk}{uk and f' ({uk})'}", en=f"{word[1]}: {name.en}{en and f' ({en})'}")
        case AlertCleared():
            return Said(uk=f"Відбій: {name.uk}. {NOT_ALL_CLEAR.uk}", en=f"All clear: {name.en}. {NOT_ALL_CLEAR.en}")
        case AlertCancelled():
            return Said(uk=f"Скасовано: {name.uk}. {NOT_ALL_CLEAR.uk}", en=f"Cancelled: {name.en}. {NOT_ALL_CLEAR.en}")
        case _:
            assert_never(event)


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
    shares = ", ".join(f"{service} {share:.0%}" for service, share in event.up.items())
    return Said(
        uk=f"Мережа {event.operator}: {shares}; навантаження ×{event.load:g}",
        en=f"Network {event.operator}: {shares}; load ×{event.load:g}",
    )
