"""The calendar of alerts adds up: every minute under alert lies in one day and one hour, and is drawn."""

from datetime import date, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertsim.areas import ancestors
from alertsim.history.calendar import LEVELS_H, Calendar, calendar, level
from alertsim.history.calendar_drawn import drawn, months, weeks
from alertsim.history.calendar_svg import svg
from alertsim.history.past import PastAlert, inside
from alertsim.history.reading import read
from alertsim.picture import OURS
from alertsim.picture.model import Language
from alertsim.times import Millis, parse_instant

FILE = Path(__file__).parents[1] / "data" / "sirens" / "kyivstar-outage-2023-12.csv"
MINUTE = 60_000
START = parse_instant("2023-03-25T00:00:00+02:00")[0]

past_alerts = st.lists(
    st.builds(
        lambda area, start, lasts: PastAlert(
            Millis(START + start * MINUTE), area, Millis(START + (start + lasts) * MINUTE)
        ),
        st.sampled_from(["UA-30", "UA-32", "UA-32/75", "UA-32/75/692"]),
        st.integers(0, 4_000) | st.integers(0, 500_000),
        st.integers(0, 3_000),
    ),
    min_size=1,
    max_size=15,
).map(sorted)


@given(alerts=past_alerts, area=st.sampled_from([None, "UA-32", "UA-32/75"]))
def test_every_minute_is_counted_once(alerts: list[PastAlert], area: str | None) -> None:
    """The days add up to the minutes under alert, and so do the hours of the day, through the change of clocks too."""
    found = calendar(alerts, area)
    minutes = set()
    for alert in alerts:
        if "/" not in alert.area if area is None else alert.area in {area, *ancestors(area)}:
            minutes |= {(alert.area if area is None else area, m) for m in range(alert.start, alert.end, MINUTE)}
    areas = max(found.areas, 1)
    known = (found.known[1] - found.known[0]).days + 1
    assert sum(found.days.values()) * 60 * areas == pytest.approx(len(minutes))
    assert sum(found.hours) * 60 * areas * known == pytest.approx(len(minutes))
    assert sum(found.total_h(year) for year in found.years) == pytest.approx(sum(found.days.values()))
    assert all(0 < hours <= 25 for hours in found.days.values())


@given(alerts=past_alerts)
def test_a_year_is_a_part(alerts: list[PastAlert]) -> None:
    """What is shown of one year is what the whole calendar has of it."""
    whole, part = calendar(alerts, "UA-32"), calendar(alerts, "UA-32", 2024)
    assert part.days == {day: hours for day, hours in whole.days.items() if day.year == 2024}
    assert part.sirens.get(2024, 0) == whole.sirens.get(2024, 0)


def test_the_14th_of_december() -> None:
    """Kyiv was under alert four times on that day, together for four hours and a half."""
    found = calendar(read(FILE).alerts, "UA-30", 2023)
    assert found.days[date(2023, 12, 14)] == pytest.approx(_hours_on_the_14th(), abs=1e-6)
    assert (found.areas, found.years) == (1, (2023,))


def _hours_on_the_14th() -> float:
    begins, ends = (parse_instant(f"2023-12-{day}T00:00:00+02:00")[0] for day in (14, 15))
    own = inside(tuple(read(FILE).alerts), "UA-30")
    return sum(max(0, min(alert.end, ends) - max(alert.start, begins)) for alert in own) / 3_600_000


def test_levels_rise() -> None:
    """Nothing is drawn empty, each threshold begins the next shade."""
    assert [level(hours) for hours in (0.0, 0.1, 1.0, 1.1, 3.0, 7.9, 8.0, 24.0)] == [0, 1, 1, 2, 3, 4, 4, len(LEVELS_H)]


@pytest.mark.parametrize("year", range(2020, 2032))
def test_every_day_has_a_place(year: int) -> None:
    """The columns of a year hold all its days, and months begin in the columns of their first days."""
    monday, columns = weeks(year)
    held = {monday + timedelta(days=n) for n in range(columns * 7)}
    assert {date(year, 1, 1), date(year, 12, 31)} <= held
    assert monday.weekday() == 0
    for month, column in months(year):
        assert 0 <= (date(year, month, 1) - monday).days - 7 * column < 7


@pytest.mark.parametrize("language", ["uk", "en"])
def test_it_is_drawn(language: Language) -> None:
    """In characters a dark day is dark; the SVG is well-formed, ours, and tells each day; both say what it is not."""
    found = calendar(read(FILE).alerts, None)
    lines = ["".join(span.text for span in line) for line in drawn(found, None, "official", language)]
    assert max(map(len, lines)) <= 100
    assert any("█" in line or "▓" in line for line in lines)
    picture = svg(found, "UA-30", "volunteer", language)
    root = ET.fromstring(picture.removeprefix(OURS))
    told = [node.text or "" for node in root.iter("{http://www.w3.org/2000/svg}title")]
    assert any(text.startswith("2023-12-14") for text in told)
    past = "не поточний стан" if language == "uk" else "not the present state"
    assert past in picture
    assert any(past in line for line in lines)


def test_a_day_without_alert_is_drawn_empty() -> None:
    """Days that the history knows and that had none are dots; days it does not know are left out."""
    quiet = Calendar((date(2023, 1, 2), date(2023, 1, 3)), {date(2023, 1, 2): 9.0}, (0.0,) * 24, {}, 1)
    text = "\n".join("".join(span.text for span in line) for line in drawn(quiet, "UA-30", "official", "en"))
    assert (text.count("·") - text.count("· official") - text.count("· 0"), text.count("9 h")) == (1, 1)
