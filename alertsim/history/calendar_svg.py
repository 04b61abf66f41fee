"""A calendar of alerts as SVG: one file that needs no other; pointing at a day says how long it was under alert."""

from collections.abc import Iterator
from datetime import date, timedelta

from alertsim.history import calendar_words as words
from alertsim.history.calendar import LEVELS_H, Calendar, level
from alertsim.history.calendar_drawn import months, weeks
from alertsim.history.past import Channel
from alertsim.picture import OURS
from alertsim.picture.model import Language
from alertsim.picture.shapes import safe, title, written
from alertsim.picture.style import style_sheet

_CELL, _LEFT, _WIDE, _BAR = 16.0, 60.0, 960.0, 60.0
_OPACITY = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)


def svg(found: Calendar, area: str | None, channel: Channel, language: Language) -> str:
    """The whole file."""
    name = words.title(area, found.areas, channel, language)
    parts, y = [written(20, 32, name, "title ink"), written(20, 52, words.say(words.PAST, language), "faint")], 72.0
    for year in found.years:
        parts += _year(found, year, y, language)
        y += 7 * _CELL + 64
    parts += _hours(found, y, language)
    y += _BAR + 50
    parts += _key(y, language)
    high = f"{y + 30:.0f}"
    size = f'viewBox="0 0 {_WIDE:g} {high}" width="{_WIDE:g}" height="{high}"'
    return "\n".join(
        (
            OURS,
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} lang="{language}">',
            f"<title>{safe(name)}</title>",
            f"<style>{style_sheet(f'{_WIDE:g}', high)}</style>",
            f'<rect width="{_WIDE:g}" height="{high}" class="paper"/>',
            *parts,
            "</svg>\n",
        )
    )


def _year(found: Calendar, year: int, y: float, language: Language) -> Iterator[str]:
    line = words.year(year, found.total_h(year), found.sirens.get(year, 0), language)
    yield written(20, y + 16, line, "section ink")
    for month, column in months(year):
        yield written(_LEFT + column * _CELL, y + 36, words.MONTHS[language][month - 1], "faint")
    for weekday, name in enumerate(words.WEEKDAYS[language]):
        yield written(_LEFT - 8, y + 54 + weekday * _CELL, name, "faint", "end")
    monday, columns = weeks(year)
    for n in range(columns * 7):
        day = monday + timedelta(days=n)
        if day.year == year and found.known[0] <= day <= found.known[1]:
            yield _cell(found, day, _LEFT + n // 7 * _CELL, y + 42 + n % 7 * _CELL, language)


def _cell(found: Calendar, day: date, x: float, y: float, language: Language) -> str:
    hours = found.days.get(day, 0.0)
    about = title((words.day(day.isoformat(), hours, language),))
    return f'<g class="bar">{about}{_box(x, y, level(hours))}</g>'


def _box(x: float, y: float, shade: int) -> str:
    place = f'x="{x:.0f}" y="{y:.0f}" width="{_CELL - 2:g}" height="{_CELL - 2:g}" rx="2"'
    dark = f'<rect {place} class="alert" fill-opacity="{_OPACITY[shade]:g}"/>' if shade else ""
    return f'<rect {place} class="band"/>{dark}'


def _hours(found: Calendar, y: float, language: Language) -> Iterator[str]:
    """A bar for each hour of the day."""
    most = max(found.hours) or 1.0
    wide = 2 * _CELL
    for hour, hours in enumerate(found.hours):
        high, x = _BAR * hours / most, _LEFT + hour * wide
        about = title((f"{hour:02}:00: {hours * 60:.1f}\u202f{'хв' if language == 'uk' else 'min'}",))
        box = (
            f'<rect x="{x:.0f}" y="{y + 10 + _BAR - high:.1f}" width="{wide - 4:g}" height="{high:.1f}" class="alert"/>'
        )
        yield f'<g class="bar">{about}{box}</g>'
        yield written(x + wide / 2 - 2, y + _BAR + 24, f"{hour:02}", "faint", "middle")
    yield written(_LEFT, y + _BAR + 40, words.say(words.HOURS, language), "faint")


def _key(y: float, language: Language) -> Iterator[str]:
    yield written(_LEFT, y + 11, words.say(words.KEY, language), "faint")
    steps = ("0", *(f"≤ {most:g}" for most in LEVELS_H[1:]), f"> {LEVELS_H[-1]:g}")
    for shade, step in enumerate(steps):
        x = _LEFT + 230 + shade * 70
        yield _box(x, y, shade) + written(x + 20, y + 11, step)
