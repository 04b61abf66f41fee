"""Whether people were warned: lead times, and who never got an alert through which operator."""

from collections.abc import Sequence

from alertsim.events import Service
from alertsim.page.tables import table
from alertsim.report.page import words
from alertsim.report.page.sheet import Sheet
from alertsim.report.spread import Heard, Unheard
from alertsim.report.spread_said import kind_said
from alertsim.report.summary import Warned
from alertsim.wire.headlines import Said

_MOST = 60
_WORST = 25


def lead_times(sheet: Sheet) -> str:
    """Every alert with an explosion in its area, the least warned first; and where no siren sounded."""
    summary = sheet.summary
    timed = sorted((each for each in summary.alerts if each.lead_ms is not None), key=lambda each: each.lead_ms or 0)
    rows: list[Sequence[str]] = [
        (sheet.area(each.area), "—", "—", sheet.tongue.say(words.NO_SIREN), "—") for each in summary.unwarned
    ]
    rows += [_alert(each, sheet) for each in timed[:_MOST]]
    if not rows:
        return f"<p>{sheet.say(words.NO_EXPLOSIONS, sheet.number(len(summary.alerts)))}</p>"
    heads = [sheet.tongue.say(said) for said in (words.AREA, words.EXPLOSION, words.SIREN, words.LEAD, words.CLEAR)]
    others = len(summary.alerts) - len(timed[:_MOST])
    notes = [sheet.say(words.OTHERS, sheet.number(others))] if others else []
    notes += ["* " + sheet.say(words.ASSUMED)] if any(each.explosion_assumed for each in timed) else []
    shown = table(heads, rows, verbal=len(heads), caption=sheet.tongue.say(words.LEAD_ABOUT))
    return shown + "".join(f'<p class="faint">{note}</p>' for note in notes)


def unheard(sheet: Sheet) -> str:
    """What the subscribers of each operator heard, the worst first; and the messages that most did not hear."""
    spread = sheet.summary.spread
    if spread is None:
        return f"<p>{sheet.say(words.NO_SWARM)}</p>"
    heads = (
        words.OPERATOR, words.SUBSCRIBERS, words.MESSAGES, words.MEANT, words.IN_TIME, words.LATE,
        words.CAUGHT_UP, words.NEVER, words.NEVER_SHARE,
    )  # fmt: skip
    worst = sorted(spread.operators.items(), key=lambda each: (-each[1].never / max(1, each[1].meant), each[0]))
    rows = [_heard(name or sheet.tongue.say(words.NO_OPERATOR), heard, sheet) for name, heard in worst]
    rows.append(_heard(sheet.tongue.say(words.EVERYBODY), spread.alerts, sheet))
    about = sheet.tongue.say(words.HEARD_ABOUT)
    return table([sheet.tongue.say(said) for said in heads], rows, caption=about) + _messages(spread.unheard, sheet)


def _alert(alert: Warned, sheet: Sheet) -> Sequence[str]:
    lead = alert.lead_ms or 0
    sign = "−" if lead < 0 else "+"
    mark = "*" if alert.explosion_assumed else ""
    clear = sheet.moment(alert.cleared) if alert.cleared else sheet.tongue.say(words.STILL_OPEN)
    explosion = f"{sheet.moment(alert.first_explosion)}{mark}"
    return sheet.area(alert.area), explosion, sheet.moment(alert.raised), f"{sign}{sheet.length(abs(lead))}", clear


def _heard(name: str, heard: Heard, sheet: Sheet) -> Sequence[str]:
    counts = (heard.subscribers, heard.alerts, heard.meant, heard.heard, heard.late, heard.caught_up, heard.never)
    return name, *map(sheet.number, counts), sheet.share(heard.never, heard.meant)


def _messages(found: Sequence[Unheard], sheet: Sheet) -> str:
    """The messages that most of an operator's subscribers did not hear, and how the operator stood."""
    if not found:
        return ""
    worst = sorted(found, key=lambda each: (-each.missed / each.meant, -each.missed, each.at, each.operator))[:_WORST]
    heads = (words.WHEN, words.WHAT, words.AREA, words.OPERATOR, words.STATE_THEN, words.MISSED, words.NEVER)
    rows = [_message(each, sheet) for each in sorted(worst, key=lambda each: (each.at, each.operator))]
    shown = table([sheet.tongue.say(said) for said in heads], rows, verbal=5)
    more = len(found) - len(worst)
    told = f'<p class="faint">{sheet.say(words.MORE, sheet.number(more))}</p>' if more else ""
    return f"<h3>{sheet.say(words.WORST)}</h3>{shown}{told}"


def _message(each: Unheard, sheet: Sheet) -> Sequence[str]:
    missed = sheet.tongue.say(words.OF, sheet.number(each.missed), sheet.number(each.meant))
    operator = each.operator or sheet.tongue.say(words.NO_OPERATOR)
    kind = kind_said(each.kind, sheet.language)
    return (
        sheet.moment(each.at), kind, sheet.area(each.area), operator, _stood(each, sheet), missed,
        sheet.number(each.never),
    )  # fmt: skip


def _stood(each: Unheard, sheet: Sheet) -> str:
    named: tuple[tuple[Service, Said], ...] = ((Service.DATA, words.DATA), (Service.FIXED, words.FIXED))
    told = [
        sheet.tongue.say(said, sheet.share(round(1000 * each.up[name]), 1000))
        for name, said in named
        if name in each.up
    ]
    return ", ".join(told) or sheet.tongue.say(words.ALL_UP)
