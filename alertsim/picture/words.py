"""The words of the picture in Ukrainian and English, and what a mark says when one points at it."""

from collections.abc import Iterable, Mapping

from alertsim.events import Casualties, Event, Happening, IncidentReported, InjectSent, Service, Threat
from alertsim.picture.cells import clean
from alertsim.picture.model import BarKind, Language, Outside, Sign
from alertsim.times import Millis, duration_text, time_of_day
from alertsim.wire import headline
from alertsim.wire.headlines import THREATS, Said, area_name

STRIKES = Said(uk="Удари", en="Strikes")
ALERTS = Said(uk="Тривоги", en="Alerts")
INCIDENTS = Said(uk="Наслідки", en="Incidents")
INJECTS = Said(uk="Ввідні", en="Injects")
NEWS = Said(uk="Новини", en="News")
NETWORKS = Said(uk="Мережі", en="Networks")
BROKER = Said(uk="Брокер", en="Broker")
WORDING = Said(uk="Дослівно", en="In words")
LOAD = Said(uk="навантаження", en="load")
LATENCY = Said(uk="затримка", en="latency")
ROAMING = Said(uk="роумінг", en="roaming")
SIRENS = Said(uk="сирени", en="sirens")
LEFT = Said(uk="лишилося {:.0%}", en="{:.0%} left")
CITED = Said(uk="джерела", en="cited")
INTERPOLATED = Said(uk="між наведеними точками", en="interpolated")
INVENTED = Said(uk="припущення", en="invented")
SEED = Said(uk="зерно", en="seed")
EVENTS = Said(uk="подій:", en="events:")
MORE = Said(uk="ще", en="more")
UNWARNED = Said(uk="вибухи без сирени", en="explosions, no siren yet")
SILENT = Said(uk="вибухи, сирени не було", en="explosions, no siren")
SCENARIO_TIME = Said(uk="часу сценарію", en="of scenario time")
REAL_TIME = Said(uk="реального часу", en="of real time")
AS_PLAYED = Said(
    uk="ширина — реальний час, як навчання проходить", en="width is real time: the exercise as it is played"
)
AS_TOLD = Said(uk="ширина — час сценарію", en="width is scenario time")
COLUMN = Said(uk="знак", en="a column")
PLAYED_IN = Said(uk="у реальному часі", en="played in")
NOTHING = Said(uk="у цьому проміжку нічого не відбувається", en="nothing happens in this stretch")

SERVICES: Mapping[Service, Said] = {
    Service.VOICE: Said(uk="голос", en="voice"),
    Service.SMS: Said(uk="SMS", en="SMS"),
    Service.DATA: Said(uk="дані", en="data"),
    Service.FIXED: Said(uk="домашній", en="fixed"),
}

SIGNS: Mapping[Sign, tuple[str, Said]] = {
    Sign.LAUNCHED: ("‹", Said(uk="пуск (змодельовано)", en="launch (modelled)")),
    Sign.DETECTED: ("○", Said(uk="виявлено", en="detected")),
    Sign.INTERCEPTED: ("●", Said(uk="збито", en="intercepted")),
    Sign.IMPACTED: ("✕", Said(uk="влучання", en="impact")),
    Sign.ANNOUNCED: ("▹", Said(uk="попередження", en="pre-alert")),
    Sign.RAISED: ("▸", Said(uk="сирена", en="siren")),
    Sign.UPDATED: ("┃", Said(uk="загроза змінилася", en="threat changed")),
    Sign.CLEARED: ("▏", Said(uk="відбій", en="all-clear")),
    Sign.REPORTED: ("◆", Said(uk="звіт (число: постраждалі, † загиблі)", en="report (figure: injured, † killed)")),
    Sign.INJECTED: ("▼", Said(uk="ввідна", en="inject")),
    Sign.NEWS: ("■", Said(uk="новина", en="news")),
    Sign.CHANGED: ("╷", Said(uk="стан мережі змінився", en="network changed")),
    Sign.BROKER: ("×", Said(uk="збій брокера", en="broker fault")),
}
"""Each sign's glyph and name."""

BARS: Mapping[BarKind, tuple[str, Said]] = {
    BarKind.ALERT: ("█", Said(uk="тривога", en="under alert")),
    BarKind.UNWARNED: ("╍", Said(uk="вибухи без сирени", en="explosions without a siren")),
    BarKind.PRE_ALERT: ("░", Said(uk="попередження, не рахується", en="pre-alert, not counted")),
    BarKind.STANDING: ("▒", Said(uk="постійна тривога, не рахується", en="standing alert, not counted")),
    BarKind.SALVO: ("─", Said(uk="удар", en="strike")),
    BarKind.ROAMING: ("╌", Said(uk="роумінг заблоковано", en="roaming blocked")),
    BarKind.SILENT: ("▚", Said(uk="частина сирен мовчить", en="some sirens silent")),
    BarKind.FAULT: ("▓", Said(uk="брокера немає", en="no broker")),
}
"""Each bar's glyph and name."""


def area(name: str, language: Language) -> str:
    """The name of an area by its id."""
    return clean(getattr(area_name(name), language))


def brief_area(name: str, language: Language) -> str:
    """The name of an area where there is little room: without the word for an oblast."""
    return area(name, language).removesuffix(" oblast").removesuffix(" область")


def threats(warned: Iterable[Threat], language: Language) -> str:
    """Threats by name."""
    return ", ".join(getattr(THREATS[threat], language) for threat in warned)


def span(start: Millis, until: Millis, offset: int) -> str:
    """`03:00:13–03:37:36`."""
    return f"{time_of_day(start, offset)}–{time_of_day(until, offset)}"


def length(duration: float, language: Language) -> str:
    """A duration as one writes it, tenths below ten seconds, no seconds from an hour on: `1.8s`, `37хв 23с`."""
    if duration < 9_950:
        tenths = f"{duration / 1000:.1f}".removesuffix(".0")
        return f"{tenths}s" if language == "en" else f"{tenths.replace('.', ',')}с"
    unit = 60_000 if duration >= 3_600_000 else 1000
    text = duration_text(Millis(round(duration / unit) * unit))
    if language == "en":
        return text
    for short, word in (("d", "д "), ("h", "год "), ("m", "хв "), ("s", "с")):
        text = text.replace(short, word)
    return text.rstrip()


_ONE = {"{} children": "{} child", "{} buildings": "{} building"}
"""English forms for one of them."""


def figures(casualties: Casualties | None, buildings: int | None, language: Language) -> tuple[str, ...]:
    """What a report says in numbers, the longest first; empty where it gives none."""
    people = casualties or Casualties()
    named = [
        (people.killed, "†{}", "†{}"),
        (people.injured, "{} injured", "постраждалих: {}"),
        (people.hospitalised, "{} in hospital", "у лікарнях: {}"),
        (people.children, "{} children", "дітей: {}"),
        (buildings, "{} buildings", "будівель: {}"),
    ]
    told = [
        (uk if language == "uk" else _ONE.get(en, en) if count == 1 else en).format(count)
        for count, en, uk in named
        if count is not None
    ]
    brief = [
        form.format(count) for count, form in ((people.killed, "†{}"), (people.injured, "{}")) if count is not None
    ]
    return tuple(dict.fromkeys(filter(None, (", ".join(told), told[0] if told else "", " ".join(brief)))))


def spoken(event: Event, language: Language) -> str:
    """The words of an event, and to whom they are said if not to everybody."""
    to = f"→ {event.audience}: " if isinstance(event, InjectSent) else ""
    return clean(f"{to}{getattr(headline(event), language)}")


def told(event: Event, language: Language, offset: int) -> str:
    """What a mark says: when and which event, what it is, and on whose word; three lines."""
    said = clean(getattr(headline(event), language))
    match event:
        case InjectSent():
            said = f"{clean(event.sender)} → {clean(event.audience)} ({clean(event.method)}): {said}"
        case IncidentReported():
            numbers = figures(event.casualties, event.buildings, language)
            said = f"{area(event.area, language)}: {said}{f' [{numbers[0]}]' if numbers else ''}"
        case _:
            pass
    lines = (f"{time_of_day(event.at, offset)} · {clean(event.event)}", said, source(event, language))
    return "\n".join(filter(None, lines))


def source(event: Happening, language: Language) -> str:
    """On whose word an event stands."""
    given = (
        (CITED, ", ".join(event.cite)),
        (INTERPOLATED, event.interpolated),
        (INVENTED, event.invented),
    )
    return "; ".join(f"{getattr(word, language)}: {clean(text)}" for word, text in given if text)


def not_shown(outside: Outside, language: Language) -> str:
    """How many events lie outside the picture, and how to see them."""
    counts = (
        (outside.before, Said(uk="раніше", en="before")),
        (outside.between, Said(uk="між розділами", en="between chapters")),
        (outside.after, Said(uk="пізніше", en="after")),
    )
    where = ", ".join(f"{count} {getattr(place, language)}" for count, place in counts if count)
    said = Said(uk=f"Не показано подій: {where} (усе: --from +0s)", en=f"Events not shown: {where} (all: --from +0s)")
    return str(getattr(said, language))
