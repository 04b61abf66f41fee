"""What the live view says in Ukrainian and English beside the headlines of the events."""

from collections.abc import Mapping
from typing import Literal, Protocol

from alertsim.events import ExerciseState, Service, Text, Threat
from alertsim.times import Millis
from alertsim.wire.headlines import BANNER, Said, area_name

Language = Literal["uk", "en"]

BANNERS = (BANNER, "EXERCISE · НАВЧАННЯ", "EXERCISE НАВЧАННЯ", "EXERCISE")
"""The mark, in both languages as long as there is room."""

STATES: Mapping[ExerciseState, Said] = {
    ExerciseState.READY: Said(uk="ГОТОВО", en="READY"),
    ExerciseState.RUNNING: Said(uk="ТРИВАЄ", en="RUNNING"),
    ExerciseState.PAUSED: Said(uk="ПАУЗА", en="PAUSED"),
    ExerciseState.SUSPENDED: Said(uk="ЗУПИНЕНО", en="SUSPENDED"),
    ExerciseState.ENDED: Said(uk="ЗАКІНЧЕНО", en="ENDED"),
    ExerciseState.TERMINATED: Said(uk="ПЕРЕРВАНО", en="TERMINATED"),
}
THREATS: Mapping[Threat, Said] = {
    Threat.BALLISTIC_MISSILES: Said(uk="балістика", en="ballistic"),
    Threat.CRUISE_MISSILES: Said(uk="крилаті", en="cruise"),
    Threat.DRONES: Said(uk="дрони", en="drones"),
    Threat.GUIDED_BOMBS: Said(uk="авіабомби", en="bombs"),
    Threat.ARTILLERY: Said(uk="артобстріл", en="artillery"),
    Threat.CHEMICAL: Said(uk="хімічна", en="chemical"),
    Threat.RADIATION: Said(uk="радіація", en="radiation"),
    Threat.UNSPECIFIED: Said(uk="загроза", en="threat"),
}
SERVICES: Mapping[Service, Said] = {
    Service.VOICE: Said(uk="голос", en="voice"),
    Service.SMS: Said(uk="SMS", en="SMS"),
    Service.DATA: Said(uk="дані", en="data"),
    Service.FIXED: Said(uk="дім", en="home"),
}
FIGURES: Mapping[str, Said] = {
    "injured": Said(uk="поранено", en="injured"),
    "hospitalised": Said(uk="у лікарнях", en="in hospital"),
    "killed": Said(uk="загинуло", en="killed"),
    "children": Said(uk="дітей", en="children"),
    "women": Said(uk="жінок", en="women"),
    "men": Said(uk="чоловіків", en="men"),
    "buildings": Said(uk="будівель", en="buildings"),
    "districts": Said(uk="районів", en="districts"),
}

KEYS = Said(uk="пробіл пауза   + − темп", en="space pause   + − pace")
KEYS_REPLAY = Said(uk="← → назад, далі   n наступна   b десять", en="← → seek   n next   b burst")
KEY_CONTINUE = Said(uk="c продовжити", en="c continue")
KEY_REAL = Said(uk="r РЕАЛЬНА ТРИВОГА", en="r REAL ALERT")
KEY_END = Said(uk="q кінець", en="q end")

UNDER_ALERT = Said(uk="НАВЧАЛЬНА ТРИВОГА", en="UNDER EXERCISE ALERT")
STRIKES = Said(uk="УДАРИ (УМОВНО)", en="EXERCISE STRIKES")
INCIDENTS = Said(uk="НАСЛІДКИ (УМОВНО)", en="EXERCISE INCIDENTS")
OPERATORS = Said(uk="ОПЕРАТОРИ", en="OPERATORS")
SUBSCRIBERS = Said(uk="АБОНЕНТИ", en="SUBSCRIBERS")
EVENTS = Said(uk="ОСТАННІ ПОДІЇ (НАВЧАННЯ)", en="LAST EXERCISE EVENTS")
PRE_ALERT = Said(uk="можлива тривога", en="pre-alert")
STANDING = Said(uk="постійно", en="standing")
NOBODY = Said(uk="немає", en="none")
IN_AIR = Said(uk="летить", en="air")
SHOT_DOWN = Said(uk="збито", en="down")
HITS = Said(uk="влуч.", en="hit")
TOTAL = Said(uk="усього", en="total")
INSIDE = Said(uk="у межах: {}", en="{} inside")
NORMAL = Said(uk="без збоїв", en="no outage")
ONLINE = Said(uk="онлайн", en="online")
CUT_OFF = Said(uk="обрив", en="cut")
RETRYING = Said(uk="повтор", en="retry")
CLIENTS = Said(uk="клієнти", en="clients")
STORM = Said(uk="хвиля {}/с", en="storm {}/s")
LOAD = Said(uk="навантаження", en="load")
SILENT = Said(uk="ще ніхто не відповів", en="nobody has answered yet")
HEARD = Said(uk="{} · відповідей {}", en="{} · {} answers")
HEARD_LIVE = Said(uk="почули", en="heard")
HEARD_LATE = Said(uk="пізно", en="late")
CAUGHT_UP = Said(uk="згодом", en="caught up")
STALE = Said(uk="простр.", en="stale")
UNHEARD = Said(uk="не чули", en="unheard")
ALL_ALERTS = Said(uk="усі тривоги: {}", en="all {} alerts")
NO_OPERATOR = Said(uk="без оператора", en="no operator")
HEARD_BY = Said(uk="почули {} із {}", en="heard by {} of {}")
OF = Said(uk="{} із {}", en="{} of {}")
LATE_OF_THEM = Said(uk="пізно {}", en="{} late")
CAUGHT_UP_SINCE = Said(uk="згодом {}", en="{} caught up")
LAST_AFTER = Said(uk="останній за {}", en="last after {}")
ALL_WITHIN = Said(uk="за {}", en="in {}")
CHAPTER = Said(uk="розділ", en="chapter")
WHOLE = Said(uk="усе", en="whole")
CONFIRMED = Said(uk="підтверджено {}", en="{} confirmed")
WAIT = Said(uk="чекають {}", en="{} waiting")
LOST = Said(uk="БРОКЕРА НЕМАЄ {}, чекають повідомлень: {}; {}", en="BROKER LOST for {}, {} messages wait: {}")
SLOW = Said(
    uk="Брокер не підтверджує вже {}; чекають повідомлень: {}", en="The broker has not confirmed for {}; {} wait"
)
UNSENT = Said(uk="не надіслано повідомлень: {}", en="{} messages were not sent")
LIFTED = Said(
    uk="БЕЗ СТРОКУ ДІЇ (--no-expiry): тривоги доходять і тоді, коли вже минули",
    en="NO EXPIRY (--no-expiry): alerts arrive even when they are long over",
)
MISSED = Said(uk="екран пропустив рядків: {}", en="this screen missed {} lines")
DEGRADED = Said(uk="ЗІ ЗБОЄМ: {}", en="DEGRADED: {}")
BROKER_LOST = Said(uk="зв’язок із брокером втрачено: {}", en="broker lost: {}")
BROKER_BACK = Said(uk="брокер знову є; чекали повідомлень: {}", en="broker back; {} messages waited")
NOT_SENT = Said(uk="не надіслано, {}: {}", en="not sent, {}: {}")
SLEPT = Said(uk="машина спала {:.0f} с; це рахується як пауза", en="the machine slept {:.0f} s; it counts as a pause")
REFUSED = Said(uk="не зараз: {}", en="not now: {}")
PART_DEGRADED = Said(uk="зі збоєм: {}: {}", en="degraded: {}: {}")
MORE = Said(uk="… і ще {}", en="… and {} more")
STOPPED = Said(uk="Саме не поновиться.", en="It never goes on by itself.")
ALERTS = Said(uk="тривог", en="alerts")
_UNITS: Mapping[Language, tuple[str, str, str, str]] = {
    "uk": ("с", "хв", "год", "д"),
    "en": ("s", "min", "h", "d"),
}


class Bilingual(Protocol):
    """Anything that is said in both languages."""

    @property
    def uk(self) -> str:
        """In Ukrainian."""

    @property
    def en(self) -> str:
        """In English."""


def say(text: Bilingual, lang: Language, *values: object) -> str:
    """The text in one language, its places filled."""
    told = text.uk if lang == "uk" else text.en
    return told.format(*values) if values else told


def called(names: Mapping[str, Text], known_as: str, lang: Language) -> str:
    """The name of what has an id; the id where it has no name."""
    return say(names[known_as], lang) if known_as in names else known_as


def place(area: str, lang: Language) -> str:
    """The name of an area, its kind in short: there are 1,469 territorial hromadas."""
    name = say(area_name(area), lang)
    return name.replace(" територіальна громада", " громада").replace(" terytorialna hromada", " hromada")


def delay(us: int, lang: Language) -> str:
    """How long a message took, from microseconds: `38 ms`, `0.4 s`, `12 s`, `37 min`."""
    if us < 100_000:
        return f"{max(1, us // 1000)} {'мс' if lang == 'uk' else 'ms'}"
    if us >= 10_000_000:
        return age(Millis(us // 1000), lang)
    tenths = f"{us // 100_000 / 10} {_UNITS[lang][0]}"
    return tenths.replace(".", ",") if lang == "uk" else tenths


def age(length: Millis, lang: Language) -> str:
    """How long something has lasted: `33 s`, `37 min`, `1 h 05 min`, `3 d`; never negative."""
    second, minute, hour, day = _UNITS[lang]
    seconds = max(0, length // 1000)
    if seconds < 90:
        return f"{seconds} {second}"
    if seconds < 5_400:
        return f"{seconds // 60} {minute}"
    if seconds < 48 * 3_600:
        return f"{seconds // 3_600} {hour} {seconds // 60 % 60:02} {minute}"
    return f"{seconds // 86_400} {day}"
