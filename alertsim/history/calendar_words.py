"""What stands beside a calendar of alerts, in Ukrainian and English."""

from alertsim.areas import by_id
from alertsim.history.past import Channel
from alertsim.picture.model import Language
from alertsim.wire.headlines import Said

WEEKDAYS = {"uk": ("Пн", "Вт", "Ср", "Чт", "Пт", "Сб", "Нд"), "en": ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")}
MONTHS = {
    "uk": ("Січ", "Лют", "Бер", "Кві", "Тра", "Чер", "Лип", "Сер", "Вер", "Жов", "Лис", "Гру"),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
}
PAST = Said(
    uk="Справжні тривоги минулого. Це не поточний стан: дійте за офіційним сигналом.",
    en="Real alerts of the past. This is not the present state: follow the official signal.",
)
HOURS = Said(uk="за годиною доби", en="by the hour of the day")
KEY = Said(uk="годин під тривогою за добу:", en="hours under alert a day:")
_CHANNELS: dict[Channel, Said] = {
    "official": Said(uk="офіційний канал", en="official channel"),
    "volunteer": Said(uk="волонтерський канал", en="volunteers' channel"),
}
_YEAR = Said(uk="{0}: {1} год під тривогою, сирен {2}", en="{0}: {1} h under alert, {2} sirens")
_MEAN = Said(uk="Україна, середнє областей і Києва ({0})", en="Ukraine, the mean of oblasts and Kyiv ({0})")
_DAY = Said(uk="{0}: {1:.1f} год під тривогою", en="{0}: {1:.1f} h under alert")


def title(area: str | None, areas: int, channel: Channel, language: Language) -> str:
    """Whose alerts these are."""
    if area is None:
        place = say(_MEAN, language).format(areas)
    else:
        found = by_id(area)
        place = found.name_uk if language == "uk" else found.name_en
    return f"{place} · {say(_CHANNELS[channel], language)}"


def year(number: int, hours: float, sirens: int, language: Language) -> str:
    """A year in a line."""
    return say(_YEAR, language).format(number, f"{hours:,.0f}".replace(",", "\u202f"), sirens)


def day(name: str, hours: float, language: Language) -> str:
    """A day in a line."""
    return say(_DAY, language).format(name, hours)


def say(said: Said, language: Language) -> str:
    """In one language."""
    return said.uk if language == "uk" else said.en
