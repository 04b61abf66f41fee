"""The figures of the siren history agree with a plain recount, whatever the rows."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from alertsim.history.past import PastAlert, between, inside, spans
from alertsim.history.reading import read
from alertsim.history.stats import BURST, EARLIEST, LATEST, PERCENTS, figures, lag, spread
from alertsim.times import DAY, Millis

SIRENS = Path(__file__).parents[1] / "data" / "sirens"
MINUTES = 60_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

past_alerts = st.lists(
    st.builds(
        lambda area, start, lasts, naive: PastAlert(
            Millis(start * MINUTES), area, Millis((start + lasts) * MINUTES), naive
        ),
        st.sampled_from(["UA-30", "UA-32", "UA-53", "UA-32/75"]),
        st.integers(28_000_000, 28_003_000) | st.integers(28_000_000, 28_000_040),
        st.integers(0, 300),
        st.booleans(),
    ),
    max_size=40,
    unique=True,
).map(sorted)


@given(alerts=past_alerts)
def test_figures_agree_with_a_recount(alerts: list[PastAlert]) -> None:
    """Lengths, gaps, the most at once, the densest minute and the days, counted the slow way."""
    found, own = figures(alerts, utc=True), [alert for alert in alerts if "/" not in alert.area]
    assert found.durations == spread(alert.end - alert.start for alert in own)
    gaps = []
    for area in ("UA-30", "UA-32", "UA-53"):
        starts = [alert.start for alert in own if alert.area == area]
        gaps += [later - earlier for earlier, later in pairwise(starts)]
    assert found.gaps == spread(gaps)
    bursts = [sum(0 <= other.start - one.start <= BURST for other in own) for one in own]
    assert (found.burst.n if found.burst else 0) == max(bursts, default=0)
    assert found.days == Counter(alert.start // DAY for alert in own)
    assert found.naive == sum(alert.naive for alert in own)


@given(alerts=past_alerts)
def test_the_most_at_once(alerts: list[PastAlert]) -> None:
    """It is reached at a siren, where an alert that ends at that moment is over, unless it had only begun."""
    own = [alert for alert in alerts if "/" not in alert.area]
    lasting = [alert for alert in own if alert.end > alert.start]
    found = figures(lasting).at_once
    wanted = max((sum(o.start <= a.start < o.end for o in lasting) for a in lasting), default=0)
    assert (found.n if found else 0) == wanted


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=300))
def test_percentiles_are_figures_that_occur(durations: list[int]) -> None:
    """The p-th is one of them, with at least p % of them not above it."""
    found = spread(durations)
    for percent in PERCENTS:
        value = found.percentiles[percent]
        assert value in durations
        assert 100 * sum(other <= value for other in durations) >= percent * len(durations)
    assert (found.n, found.total) == (len(durations), sum(durations))


@given(first=past_alerts, second=past_alerts)
def test_lag_agrees_with_a_recount(first: list[PastAlert], second: list[PastAlert]) -> None:
    """Each siren is told by the nearest one of its area in the window, if there is one."""
    found = lag(first, second)
    lags = []
    for alert in first:
        near = [
            other.start - alert.start
            for other in second
            if other.area == alert.area and not other.naive and EARLIEST <= other.start - alert.start <= LATEST
        ]
        if near and "/" not in alert.area:
            lags.append(min(map(abs, near)))
    assert found.sirens.n == found.all_clears.n == len(lags)
    assert found.alerts == sum("/" not in alert.area for alert in first)


@given(alerts=past_alerts)
def test_spans_are_the_time_under_alert(alerts: list[PastAlert]) -> None:
    """A minute lies in a span exactly where it lies in an alert; spans of an area are in order and apart."""
    found = list(spans(alerts))
    for area in {alert.area for alert in alerts}:
        own = [span for span in found if span.area == area]
        assert all(one.end <= other.start for one, other in pairwise(own))
        covered = {m for span in own for m in range(span.start, span.end, MINUTES)}
        wanted = {m for alert in alerts if alert.area == area for m in range(alert.start, alert.end, MINUTES)}
        assert covered == wanted


def test_the_sample_days() -> None:
    """14 December 2023: 115 sirens of UTC's day, 22 within a minute, all 24 areas under alert."""
    alerts = sorted(read(SIRENS / "kyivstar-outage-2023-12.csv").alerts)
    found = figures(alerts, utc=True)
    day = datetime(2023, 12, 14, tzinfo=UTC)
    assert found.days[(day - EPOCH).days] == 115
    assert found.burst is not None
    assert (found.burst.n, EPOCH + timedelta(milliseconds=found.burst.at)) == (
        22,
        datetime(2023, 12, 14, 12, 8, 53, tzinfo=UTC),
    )
    assert found.at_once is not None
    assert found.at_once.n == 24
    official = between(alerts, Millis((day - EPOCH).days * DAY), None)
    told = lag(inside(official, "UA-30"), read(SIRENS / "volunteer-2023-12-14.csv").alerts)
    assert (told.alerts, told.sirens.n) == (5, 5)
