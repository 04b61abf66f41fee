"""What a phone says in Ukrainian and English; whatever could be taken for real says that it is not."""

from collections.abc import Mapping
from typing import Literal, Protocol

from alertsim import areas
from alertsim.cells import printable
from alertsim.events import Text, Threat
from alertsim.subscriber.rows import Row, Status
from alertsim.wire.headlines import NOT_ALL_CLEAR, THREATS

Language = Literal["uk", "en"]


class Bilingual(Protocol):
    """Anything that is said in both languages."""

    @property
    def uk(self) -> str:
        """In Ukrainian."""

    @property
    def en(self) -> str:
        """In English."""


BANNER = "EXERCISE / НАВЧАННЯ"
"""On top in both languages, whatever the language of the rest."""

ASIDE = Text(
    uk="Лише навчальні повідомлення. Про справжню тривогу скаже офіційний сигнал.",
    en="Exercise messages only. For real alerts follow the official signal.",
)
STATUSES: Mapping[Status, Text] = {
    "alert": Text(uk="НАВЧАЛЬНА ТРИВОГА", en="EXERCISE ALERT"),
    "partly": Text(uk="НАВЧАЛЬНА ТРИВОГА НА ЧАСТИНІ ТЕРИТОРІЇ", en="EXERCISE ALERT IN PART OF THE AREA"),
    "announced": Text(uk="НАВЧАЛЬНЕ ПОПЕРЕДЖЕННЯ: МОЖЛИВА ТРИВОГА", en="EXERCISE PRE-ALERT: AN ALERT MAY FOLLOW"),
    "suspended": Text(uk="НАВЧАННЯ ЗУПИНЕНО", en="EXERCISE STOPPED"),
    "aborted": Text(uk="НАВЧАННЯ ЗАКІНЧЕНО АБО ПЕРЕРВАНО", en="EXERCISE ENDED OR ABORTED"),
    "cancelled": Text(uk="НАВЧАЛЬНУ ТРИВОГУ СКАСОВАНО", en="EXERCISE ALERT CANCELLED"),
    "cleared": Text(uk="НАВЧАЛЬНИЙ ВІДБІЙ", en="EXERCISE ALL-CLEAR"),
    "quiet": Text(uk="НАВЧАЛЬНОЇ ТРИВОГИ НЕ ЧУТИ", en="NO EXERCISE ALERT HEARD"),
}
SHELTER = Text(uk="Навчальна дія: до найближчого укриття.", en="Drill action: go to the nearest shelter.")
INDOORS = Text(
    uk="Навчальна дія: залишатися в приміщенні, зачинити вікна й вентиляцію.",
    en="Drill action: stay indoors, close windows and vents.",
)
READY = Text(
    uk="Навчальна дія: бути готовим іти до укриття.", en="Drill action: be ready to go to the nearest shelter."
)
QUIET = Text(uk="Про справжні тривоги це нічого не каже.", en="This says nothing about real alerts.")
OFFICIAL = Text(uk="Дійте за офіційним сигналом.", en="Follow the official signal.")
LOST = Text(
    uk=f"Зв’язок із брокером втрачено: навчання на ньому закінчено або перервано. {NOT_ALL_CLEAR.uk} Пробуємо знову",
    en=f"Connection to the broker lost: its exercises have ended or are aborted. {NOT_ALL_CLEAR.en} Trying again",
)
JOINED = Text(uk="З’єднано з брокером", en="Connected to the broker")
UNHEARD = Text(uk="Стан навчання ще не відомий", en="The state of the exercise is not heard yet")
DOUBTED = Text(
    uk="Стану навчання не чути, відколи перервався зв’язок",
    en="The state of the exercise was not heard since the connection broke",
)
NOTHING = Text(uk="Жодного навчання ще не чути", en="No exercise heard yet")
MORE = Text(uk="… і ще рядків: {}", en="… and {} more lines")
EARLIER = Text(uk="сталося раніше", en="happened earlier")
_AGO = Text(uk="{} тому", en="{} ago")
_UNITS = {"uk": (" с", " хв", " год"), "en": (" s", " min", " h")}
_REFUSED = {
    "unmarked": Text(uk="непозначене повідомлення на {}, не показано", en="unmarked message on {}, not shown"),
    "malformed": Text(uk="незрозуміле повідомлення на {}, не показано", en="malformed message on {}, not shown"),
}
_INDOORS = {Threat.CHEMICAL, Threat.RADIATION}


def say(text: Bilingual, lang: Language) -> str:
    """The text in one language, without what could steer a terminal."""
    return printable(text.uk if lang == "uk" else text.en)


def area_name(area: str, lang: Language) -> str:
    """The name of an area by its id; the id where we know none such."""
    try:
        known = areas.by_id(area)
    except areas.UnknownArea:
        return printable(area)
    return known.name_uk if lang == "uk" else known.name_en


def threats(row: Row, lang: Language) -> str:
    """What a row warns of, in words."""
    return ", ".join(say(THREATS[threat], lang) for threat in row.threats)


def advice(row: Row, lang: Language) -> str:
    """What to do where a row is shown; the sentence that it is not real where nothing is to be done."""
    match row.status:
        case "alert" | "partly":
            return say(INDOORS if row.threats and _INDOORS.issuperset(row.threats) else SHELTER, lang)
        case "announced":
            return say(READY, lang)
        case "suspended":
            return say(OFFICIAL, lang)
        case "quiet":
            return say(QUIET, lang)
        case _:
            return say(NOT_ALL_CLEAR, lang)


def ago(due_us: int, now_us: int, lang: Language) -> str:
    """How long ago something was due: `12 s ago`; never in the future."""
    seconds = max(0, now_us - due_us) // 1_000_000
    second, minute, hour = _UNITS[lang]
    if seconds < 90:
        length = f"{seconds}{second}"
    elif seconds < 5_400:
        length = f"{seconds // 60}{minute}"
    else:
        length = f"{seconds // 3_600}{hour} {seconds // 60 % 60}{minute}"
    return say(_AGO, lang).format(length)


def refused(topic: str, why: Literal["unmarked", "malformed"], lang: Language, room: int = 120) -> str:
    """The one line about a message that is not shown; the topic gives way where it is too long."""
    shown = printable(topic)
    return say(_REFUSED[why], lang).format(shown if len(shown) <= room else shown[: room - 1] + "…")
