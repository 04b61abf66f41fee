"""An exercise in three sentences a person understands, in Ukrainian and English; then what its subscribers met."""

from alertsim import areas
from alertsim.report.broken_said import broken_en, broken_uk
from alertsim.report.networks_said import networks_said
from alertsim.report.sirens_said import silenced_en, silenced_uk
from alertsim.report.spoken import Language, span
from alertsim.report.spread_said import said_of
from alertsim.report.summary import Summary, Toll, Warned

_TOLD = 4
"""Of so many incidents, or areas, one sentence tells."""

_DROPPED = {
    "expired": ("застаріло, не надіслано", "not sent, grown too old"),
    "superseded": ("не надіслано, бо є новіші", "not sent, overtaken by newer ones"),
    "purged": ("не надіслано через припинення", "not sent because of the termination"),
    "overflow": ("втрачено", "lost"),
    "refused": ("не прийнято брокером", "refused by the broker"),
}
"""Why messages were dropped, as one says it in Ukrainian and English."""


def sentences(summary: Summary, language: Language) -> tuple[str, ...]:
    """How the siren stood to the explosions; what the strikes came to; what was sent; what a swarm heard, if any.

    Last how its operators' subscribers fared, where anything befell them.
    """
    heard: tuple[str, ...] = (said_of(summary.spread, language),) if summary.spread else ()
    stale = summary.spread.alerts.stale if summary.spread else None
    heard += networks_said(summary.networks, stale, language) if summary.networks else ()
    if language == "uk":
        warning = _warning_uk(summary) + _silence_uk(summary) + silenced_uk(summary.silenced)
        return warning, _toll_uk(summary), _delivery_uk(summary) + broken_uk(summary.broken), *heard
    warning = _warning_en(summary) + _silence_en(summary) + silenced_en(summary.silenced)
    return warning, _toll_en(summary), _delivery_en(summary) + broken_en(summary.broken), *heard


def _silence_en(summary: Summary) -> str:
    """Where no siren sounded; empty where none was missing."""
    said = [
        f"{areas.by_id(each.area).name_en} ({each.weapons} {'weapon' if each.weapons == 1 else 'weapons'}, "
        f"{each.impacted} hit)"
        for each in summary.unwarned
    ]
    more = f" and {len(said) - _TOLD} more areas" if len(said) > _TOLD else ""
    return f" No siren sounded in {', '.join(said[:_TOLD])}{more}." if said else ""


def _silence_uk(summary: Summary) -> str:
    said = [
        f"{areas.by_id(each.area).name_uk} (засобів ураження: {each.weapons}, влучань: {each.impacted})"
        for each in summary.unwarned
    ]
    more = f"; ще територій: {len(said) - _TOLD}" if len(said) > _TOLD else ""
    return f" Сирени не було: {', '.join(said[:_TOLD])}{more}." if said else ""


def _worst(summary: Summary) -> Warned | None:
    """The alert with the least lead over its first explosion."""
    timed = [alert for alert in summary.alerts if alert.lead_ms is not None]
    return min(timed, key=lambda alert: alert.lead_ms or 0, default=None)


def _sirens(summary: Summary) -> int:
    """How many alerts began; one that goes on in other areas is one."""
    return sum(not alert.continues for alert in summary.alerts)


def _warning_en(summary: Summary) -> str:
    worst = _worst(summary)
    if worst is None or worst.lead_ms is None:
        count = _sirens(summary)
        raised = f"{count} alert{'' if count == 1 else 's'} raised"
        return f"{raised}; no explosion was played there." if count else "No alert raised."
    where, lasts = areas.by_id(worst.area).name_en, span(worst.lead_ms, "en")
    assumed = " (the moment of the explosion is the scenario's assumption)" if worst.explosion_assumed else ""
    side = "after" if worst.lead_ms < 0 else "before"
    return f"The siren came {lasts} {side} the first explosion in {where}{assumed}."


def _warning_uk(summary: Summary) -> str:
    worst = _worst(summary)
    if worst is None or worst.lead_ms is None:
        count = _sirens(summary)
        return f"Оголошено тривог: {count}; вибухів там у навчанні не було." if count else "Тривоги не оголошували."
    where, lasts = areas.by_id(worst.area).name_uk, span(worst.lead_ms, "uk")
    assumed = " (мить вибуху — припущення сценарію)" if worst.explosion_assumed else ""
    when = f"через {lasts} після" if worst.lead_ms < 0 else f"за {lasts} до"
    return f"Сирена пролунала {when} першого вибуху: {where}{assumed}."


def _toll_en(summary: Summary) -> str:
    shot, all_of_them = _weapons(summary)
    weapons, were = ("weapon", "was") if all_of_them == 1 else ("weapons", "was" if shot == 1 else "were")
    said = [f"{shot} of {all_of_them} {weapons} {were} intercepted" if all_of_them else "No strike was played"]
    for toll in _gravest(summary):
        where, first, now = areas.by_id(toll.area).name_en, toll.first_injured, toll.last
        if now.injured is not None:
            verb = "grew" if now.injured > first else "fell"
            change = f"gave {first}" if now.injured == first else f"{verb} from {first} to {now.injured}"
            hospital = f", {now.hospitalised} in hospital" if now.hospitalised is not None else ""
            said.append(f"reports of injured in {where} {change}{hospital}")
        if now.killed:
            said.append(f"{now.killed} killed in {where}")
    if (others := len(summary.tolls) - _TOLD) > 0:
        said.append(f"{others} more incident{'' if others == 1 else 's'} with casualties")
    return "; ".join(said) + "."


def _toll_uk(summary: Summary) -> str:
    shot, all_of_them = _weapons(summary)
    said = [f"Збито засобів ураження: {shot} із {all_of_them}" if all_of_them else "Ударів у навчанні не було"]
    for toll in _gravest(summary):
        where, first, now = areas.by_id(toll.area).name_uk, toll.first_injured, toll.last
        if now.injured is not None:
            change = f"{first}" if now.injured == first else f"спершу {first}, зрештою {now.injured}"
            hospital = f", з них у лікарнях {now.hospitalised}" if now.hospitalised is not None else ""
            said.append(f"постраждалих за звітами ({where}): {change}{hospital}")
        if now.killed:
            said.append(f"загиблих ({where}): {now.killed}")
    if (others := len(summary.tolls) - _TOLD) > 0:
        said.append(f"ще подій із постраждалими: {others}")
    return "; ".join(said) + "."


def _gravest(summary: Summary) -> list[Toll]:
    """The incidents a sentence has room for, by their last report, in the order they were first told."""
    most = sorted(summary.tolls, key=lambda toll: (-(toll.last.killed or 0), -(toll.last.injured or 0)))[:_TOLD]
    return [toll for toll in summary.tolls if toll in most]


def _weapons(summary: Summary) -> tuple[int, int]:
    """How many were intercepted, and how many came."""
    shot, hit = summary.kinds.get("strike.intercepted", 0), summary.kinds.get("strike.impacted", 0)
    return shot, shot + hit


def _delivery_en(summary: Summary) -> str:
    said = [f"{summary.events} messages, each marked as an exercise; the broker confirmed {summary.confirmed}"]
    said += [f"{count} {_DROPPED[reason][1]}" for reason, count in summary.not_sent.items()]
    if summary.skipped:
        said.append(f"{summary.skipped} earlier or skipped events were passed over")
    return "; ".join(said) + "."


def _delivery_uk(summary: Summary) -> str:
    said = [f"Повідомлень: {summary.events}, кожне з позначкою навчання; брокер підтвердив {summary.confirmed}"]
    said += [f"{_DROPPED[reason][0]}: {count}" for reason, count in summary.not_sent.items()]
    if summary.skipped:
        said.append(f"пропущено подій: {summary.skipped}")
    return "; ".join(said) + "."
