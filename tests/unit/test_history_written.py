"""What is exported is a scenario that reads back: the same alerts, each with a fact, without error or remark."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alertsim import areas, library, story
from alertsim.events import AlertCleared, AlertRaised, Event
from alertsim.history.past import Past, PastAlert
from alertsim.history.reading import read
from alertsim.history.written import written
from alertsim.scenario import AlertEntry
from alertsim.timeline import compile_scenario
from alertsim.times import Millis, parse_instant

FILE = Path(__file__).parents[1] / "data" / "sirens" / "kyivstar-outage-2023-12.csv"
SEED = "ukraine-2023-12-14"
START, UNTIL = (parse_instant(f"2023-12-{day}T00:00:00+02:00")[0] for day in (14, 15))
BURST = tuple(parse_instant(f"2023-12-14T12:{moment}+00:00")[0] for moment in ("08:25", "09:45"))
AREAS = [area.id for area in areas.all_areas() if area.standing_since is None and area.iso not in {"UA-09", "UA-43"}]

past_alerts = st.builds(
    lambda area, start, lasts: PastAlert(Millis(START + start * 1000), area, Millis(START + (start + lasts) * 1000)),
    st.sampled_from(AREAS),
    st.integers(-100_000, 100_000),
    st.integers(1, 50_000),
)


def told(events: tuple[Event, ...]) -> list[tuple[str, str, int]]:
    """What of a timeline is of sirens, up to midnight."""
    found = [event for event in events if isinstance(event, AlertRaised | AlertCleared) and event.at <= UNTIL]
    return sorted((event.event, event.area, event.at) for event in found if not getattr(event, "standing", None))


@settings(max_examples=20)
@given(alerts=st.lists(past_alerts, max_size=8))
def test_what_is_written_is_read_again(alerts: list[PastAlert], tmp_path_factory: pytest.TempPathFactory) -> None:
    """Whatever the alerts: it is a scenario, and compiles to what `history play` would play."""
    inside = [alert for alert in sorted(alerts) if alert.start < UNTIL and alert.end > START]
    past = Past("official", tuple(sorted(alerts)), (), "")
    found = written(past, START, UNTIL, title=("Сирени", "Sirens"), contact="Exercise control")
    assert found.alerts <= len(inside)
    if not inside:
        return
    folder = tmp_path_factory.mktemp("out")
    (folder / "scenario.yaml").write_text(found.scenario, encoding="utf-8")
    (folder / "facts.yaml").write_text(found.facts, encoding="utf-8")
    scenario = library.load(str(folder)).scenario
    played = story.of_history([past], START, UNTIL, rate=1, area=None, contact="c").timeline
    assert told(compile_scenario(scenario, 1, library.catalogue()).events) == told(played.events)


def test_the_shipped_day_is_the_day_of_the_history() -> None:
    """Every alert of 14 December 2023 in Kyiv is in the scenario, to the second, and plays as `history play` does."""
    found = read(FILE)
    past = Past(found.channel, tuple(sorted(found.alerts)), (found.origin,), "")
    scenario = library.load(SEED).scenario
    wanted = [alert for alert in past.alerts if alert.start < UNTIL and alert.end > START]
    entries = [entry.alert for entry in scenario.events if isinstance(entry, AlertEntry) and not entry.alert.standing]
    assert [(one.area, one.raised, one.cleared) for one in entries] == [
        (one.area, one.start, one.end) for one in sorted(wanted, key=lambda one: (one.start, one.area))
    ]
    played = story.of_history([past], START, UNTIL, rate=1, area=None, contact="c").timeline
    assert told(compile_scenario(scenario, 7, library.catalogue()).events) == told(played.events)
    oblasts = {
        one.area for one in entries if one.raised and BURST[0] <= one.raised <= BURST[1] and one.area.count("/") == 0
    }
    assert len(oblasts) == 24
