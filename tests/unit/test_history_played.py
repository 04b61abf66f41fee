"""Past alerts are played as they were: each siren and all-clear to the second, a second channel as late as it was."""

import csv
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertsim import story
from alertsim.errors import InputError
from alertsim.events import AlertCleared, AlertRaised, WarningRelayed
from alertsim.history.past import Past, PastAlert
from alertsim.history.played import timeline
from alertsim.history.reading import read
from alertsim.times import Millis, parse_instant
from alertsim.wire.topics import address

SIRENS = Path(__file__).parents[1] / "data" / "sirens"
FILE = SIRENS / "kyivstar-outage-2023-12.csv"
BURST = (parse_instant("2023-12-14T12:08:25+00:00")[0], parse_instant("2023-12-14T12:09:45+00:00")[0])
MINUTE = 60_000

past_alerts = st.lists(
    st.builds(
        lambda area, start, lasts: PastAlert(Millis(start * MINUTE), area, Millis((start + lasts) * MINUTE)),
        st.sampled_from(["UA-30", "UA-32", "UA-32/75"]),
        st.integers(0, 200),
        st.integers(0, 60),
    ),
    max_size=30,
).map(sorted)


def kept(channel: str, path: Path) -> Past:
    """What is kept of a file."""
    found = read(path)
    assert found.channel == channel
    return Past(found.channel, tuple(sorted(found.alerts)), (found.origin,), "now")


def test_every_row_of_the_14th_of_december_is_played() -> None:
    """Each start and each end of the CSV file that lies in the day is an event at that second, and nothing else is."""
    start, until = (parse_instant(f"2023-12-{day}T00:00:00+02:00")[0] for day in (14, 15))
    told = story.of_history([kept("official", FILE)], start, until, rate=3600, area=None, contact="nobody")
    with FILE.open() as rows:
        table = [
            [int(datetime.fromisoformat(row[name]).timestamp() * 1000) for name in ("started_at", "finished_at")]
            for row in csv.DictReader(rows)
        ]
    within = [event for event in told.timeline.events if start <= event.at < until]
    raised = [event.at for event in within if isinstance(event, AlertRaised)]
    cleared = [event.at for event in within if isinstance(event, AlertCleared)]
    assert raised == sorted(begins for begins, _ in table if start <= begins < until)
    assert cleared == sorted(ends for begins, ends in table if start <= ends < until and begins < until)
    open_before = [event for event in told.timeline.events if event.at < start]
    assert len(open_before) == sum(begins < start < ends for begins, ends in table) > 0
    assert (told.offset, told.name, told.historical) == (120, "sirens-2023-12-14", True)


def test_the_burst_of_eighty_seconds() -> None:
    """24 top-level areas are raised within 80 s of the 14th."""
    (past,) = [kept("official", FILE)]
    line = timeline("burst", {"official": past.alerts}, *BURST, 120)
    areas = [event.area for event in line.events if isinstance(event, AlertRaised) and event.at >= BURST[0]]
    last = [alert.area for alert in past.alerts if alert.start == BURST[1]]
    assert len({area for area in (*areas, *last) if "/" not in area}) == 24


def test_a_second_channel_is_relayed_beside() -> None:
    """Volunteers raise no alert where the official channel is played too: their posts pass on topics of their own."""
    told = [kept("official", FILE), kept("volunteer", SIRENS / "volunteer-2023-12-14.csv")]
    start, until = (parse_instant(f"2023-12-{day}T00:00:00+02:00")[0] for day in (14, 15))
    both, alone = (story.of_history(some, start, until, rate=1, area="UA-30", contact="c") for some in (told, told[1:]))
    kyiv = [event for event in both.timeline.events if isinstance(event, WarningRelayed)]
    posts = [(alert.start, alert.end) for alert in told[1].alerts if alert.area == "UA-30" and alert.start < until]
    assert [(event.says, event.at) for event in kyiv] == [
        post for begins, ends in posts for post in (("raised", begins), ("cleared", ends))
    ]
    assert address(kyiv[0]) == ("public/channel/volunteer/alert/UA-30", 1, False)
    assert {type(event) for event in alone.timeline.events} == {AlertRaised, AlertCleared}


@given(alerts=past_alerts, start=st.integers(0, 150), length=st.integers(1, 120))
def test_alerts_of_an_area_take_turns(alerts: list[PastAlert], start: int, length: int) -> None:
    """However they overlap, an area is raised and cleared by turns, ids are unique, and none is open without need."""
    begins, until = Millis(start * MINUTE), Millis((start + length) * MINUTE)
    events = timeline("any", {"official": alerts}, begins, until, 120).events
    assert len({event.event for event in events}) == len(events)
    assert [event.at for event in events] == sorted(event.at for event in events)
    for area in {alert.area for alert in alerts}:
        own = [event for event in events if isinstance(event, AlertRaised | AlertCleared) and event.area == area]
        assert [type(event) for event in own] == ([AlertRaised, AlertCleared] * len(own))[: len(own)]
        outlast = any(alert.area == area and alert.start < until < alert.end for alert in alerts)
        assert (len(own) % 2 == 1) == outlast


def test_nothing_to_play_is_told() -> None:
    """No alert between the moments, or in the area, is an error of who asked."""
    with pytest.raises(InputError, match="nothing to play"):
        story.of_history([kept("official", FILE)], Millis(0), Millis(9), rate=1, area=None, contact="c")
    with pytest.raises(InputError, match="nothing to play"):
        story.of_history([Past("official", (), (), "")], None, None, rate=1, area=None, contact="c")
