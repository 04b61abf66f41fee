"""An exercise in three sentences a person understands, in Ukrainian and English."""

from typing import Literal

from alertsim import areas
from alertsim.report.summary import Summary, Warned

Language = Literal["uk", "en"]


def sentences(summary: Summary, language: Language) -> tuple[str, str, str]:
    """How the siren stood to the explosions; what the strikes came to; what was sent."""
    if language == "uk":
        return _warning_uk(summary), _toll_uk(summary), _delivery_uk(summary)
    return _warning_en(summary), _toll_en(summary), _delivery_en(summary)


def _worst(summary: Summary) -> Warned | None:
    """The alert with the least lead over its first explosion."""
    timed = [alert for alert in summary.alerts if alert.lead_ms is not None]
    return min(timed, key=lambda alert: alert.lead_ms or 0, default=None)


def _span(milliseconds: int, language: Language) -> str:
    """33 s, 2 min 5 s, 1 h 30 min; tenths below ten seconds."""
    hour, minute, second = ("год", "хв", "с") if language == "uk" else ("h", "min", "s")
    seconds = abs(milliseconds) / 1000
    if seconds < 10 and seconds % 1:
        return f"{seconds:.1f} {second}"
    whole = round(seconds)
    parts = [(whole // 3600, hour), (whole // 60 % 60, minute), (whole % 60, second)]
    return " ".join(f"{count} {unit}" for count, unit in parts if count) or f"0 {second}"


def _warning_en(summary: Summary) -> str:
    worst = _worst(summary)
    if worst is None or worst.lead_ms is None:
        count = len(summary.alerts)
        return f"{count} alert{'' if count == 1 else 's'} raised, none with an explosion in its area."
    where, span = areas.by_id(worst.area).name_en, _span(worst.lead_ms, "en")
    assumed = " (the moment of the explosion is the scenario's assumption)" if worst.explosion_assumed else ""
    side = "after" if worst.lead_ms < 0 else "before"
    return f"The siren came {span} {side} the first explosion in {where}{assumed}."


def _warning_uk(summary: Summary) -> str:
    worst = _worst(summary)
    if worst is None or worst.lead_ms is None:
        return f"Оголошено тривог: {len(summary.alerts)}; вибухів у цих районах не було."
    where, span = areas.by_id(worst.area).name_uk, _span(worst.lead_ms, "uk")
    assumed = " (мить вибуху — припущення сценарію)" if worst.explosion_assumed else ""
    side = "після першого вибуху" if worst.lead_ms < 0 else "до першого вибуху"
    return f"Сирена пролунала за {span} {side}: {where}{assumed}."


def _toll_en(summary: Summary) -> str:
    shot, hit = summary.kinds.get("strike.intercepted", 0), summary.kinds.get("strike.impacted", 0)
    said = [f"{shot} of {shot + hit} weapons were intercepted" if shot + hit else "No weapon arrived"]
    for toll in summary.tolls:
        if toll.last.injured is not None:
            first = toll.first.injured
            grew = f"grew from {first} to {toll.last.injured}" if toll.reports > 1 else f"gave {toll.last.injured}"
            hospital = f", {toll.last.hospitalised} in hospital" if toll.last.hospitalised is not None else ""
            said.append(f"reports of injured in {areas.by_id(toll.area).name_en} {grew}{hospital}")
    return "; ".join(said) + "."


def _toll_uk(summary: Summary) -> str:
    shot, hit = summary.kinds.get("strike.intercepted", 0), summary.kinds.get("strike.impacted", 0)
    said = [f"Збито {shot} із {shot + hit} засобів ураження" if shot + hit else "Жоден засіб ураження не долетів"]
    for toll in summary.tolls:
        if toll.last.injured is not None:
            first = toll.first.injured
            grew = f"з {first} до {toll.last.injured}" if toll.reports > 1 else f"{toll.last.injured}"
            hospital = f", у лікарнях {toll.last.hospitalised}" if toll.last.hospitalised is not None else ""
            said.append(f"кількість постраждалих у звітах ({areas.by_id(toll.area).name_uk}): {grew}{hospital}")
    return "; ".join(said) + "."


def _delivery_en(summary: Summary) -> str:
    said = [f"{summary.events} messages, each marked as an exercise; the broker confirmed {summary.confirmed}"]
    said += [f"{count} {reason}" for reason, count in summary.not_sent.items()]
    if summary.skipped:
        said.append(f"{summary.skipped} earlier or skipped events were passed over")
    return "; ".join(said) + "."


def _delivery_uk(summary: Summary) -> str:
    said = [f"Повідомлень: {summary.events}, кожне з позначкою навчання; брокер підтвердив {summary.confirmed}"]
    words = {"expired": "застаріло", "superseded": "замінено новішим", "purged": "вилучено", "overflow": "втрачено"}
    said += [f"{words.get(reason, reason)}: {count}" for reason, count in summary.not_sent.items()]
    if summary.skipped:
        said.append(f"пропущено подій: {summary.skipped}")
    return "; ".join(said) + "."
