import io
import os
import re
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from alertsim import areas, events
from alertsim.cells import cells, printable
from alertsim.cli import live as terminal
from alertsim.cli.keys import key_command
from alertsim.clock import MAX
from alertsim.commands import Command, Pause, Resume, SetRate, Suspend, Terminate
from alertsim.events import Event, ExerciseState, OperatorChanged, Service, Text, Threat
from alertsim.live import Fold, Moment, Programme, Row, View, frame, progress, tell, tell_day
from alertsim.live.cells import Span, bar, filled, measure, sides, wrapped
from alertsim.live.panel import Panel, shares, shown, stacked, version
from alertsim.live.view import Delivery, Figure
from alertsim.live.words import age, delay
from alertsim.observations import (
    AlertReached,
    BrokerLost,
    BrokerRestored,
    ClockSlept,
    CohortReached,
    CommandAccepted,
    CommandRefused,
    EventAcknowledged,
    EventExpired,
    EventPublished,
    EventSkipped,
    ExpiryLifted,
    FlowStalled,
    Heard,
    Line,
    NetworkSeen,
    Observation,
    Observed,
    PlayDegraded,
    Played,
)
from alertsim.situation import Situation
from alertsim.timeline import Segment
from alertsim.times import HOUR, MINUTE, SECOND, Millis
from alertsim.wire.headlines import REAL_ALERT
from tests import live_picture
from tests.strategies_events import happenings

START = Millis(1_702_350_000_000)
SEGMENTS = (Segment("calm", START, Millis(START + HOUR), 60.0), Segment("night", START, Millis(START + HOUR), 1.0))
PROGRAMME = Programme(
    title=Text(uk="Ніч", en="A night"),
    exercise="night-1",
    broker="mqtt://127.0.0.1:1883",
    offset=120,
    segments=SEGMENTS,
    chapters={"calm": Text(uk="Тиша", en="Quiet")},
    operators={"operator-a": Text(uk="Оператор А", en="Operator A")},
    weapons={"iskander-m": Text(uk="Іскандер-М", en="Iskander-M")},
)
NOW = Moment(at=Millis(START + MINUTE), rate=60.0, state=ExerciseState.RUNNING, segment=SEGMENTS[0], real_us=0)
COMMON = {"event": "e:1", "entry": "e"}

counts = st.integers(0, 9) | st.integers(0, 10**8)
cohorts = st.builds(
    CohortReached,
    *(st.just("phones"), st.sampled_from(["", "operator-a", "somebody-else"]), counts, counts, counts, counts),
    caught_up=counts,
    late=counts,
    stale=counts,
).map(lambda each: each._replace(expected=each.delivered + each.missing))
observations: st.SearchStrategy[Observation] = st.one_of(
    st.builds(EventPublished, event=st.just("e:1"), seq=st.integers(0, 20), topic=st.just("t"), at_us=st.just(0)),
    st.builds(
        EventExpired,
        event=st.just("e:1"),
        seq=st.integers(0, 20),
        topic=st.just("t"),
        reason=st.sampled_from(["expired", "overflow"]),
    ),
    st.builds(EventSkipped, skipped=happenings),
    st.builds(EventAcknowledged, event=st.text(), seq=st.just(1), client=st.text(), what=st.text(), at_us=st.just(0)),
    st.builds(
        CommandAccepted,
        n=st.just(1),
        at=st.just(START),
        seq=st.just(0),
        command=st.just(Terminate()) | st.just(Pause()),
    ),
    st.builds(CommandRefused, command=st.just(Pause()), reason=st.text()),
    st.builds(ClockSlept, at=st.just(START), lost_ms=st.integers(0, 10**7)),
    st.builds(BrokerLost, reason=st.text()),
    st.builds(BrokerRestored, waiting=st.integers(0, 99)),
    st.builds(PlayDegraded, part=st.text(), reason=st.text()),
    st.builds(
        NetworkSeen,
        operator=st.sampled_from(["", "operator-a", "somebody-else"]),
        side=st.sampled_from(["subscribers", "clients"]),
        subscribers=counts,
        connected=counts,
        cut=counts,
        reconnecting=counts,
        lost=counts,
        connects_per_s=st.floats(0, 1e6),
    ),
    st.just(ExpiryLifted()),
    st.builds(
        AlertReached,
        event=st.just("e:1"),
        seq=st.integers(0, 20),
        topic=st.just("t"),
        cohorts=st.lists(cohorts, max_size=3).map(tuple),
        last_us=st.none() | st.integers(0, 10**11),
        closed=st.booleans(),
    ),
)
alarms = st.builds(
    events.AlertRaised,
    event=st.just("e:1"),
    entry=st.just("e"),
    at=st.just(START),
    area=st.sampled_from(["UA-30", "UA-32"]),
)
lines: st.SearchStrategy[Line] = st.one_of(
    st.builds(Played, st.integers(0, 20), st.just(0), st.just(0), happenings | alarms, st.just(1.0), st.booleans()),
    st.builds(Observed, st.just(0), st.integers(0, 10**9), observations),
)
moments = st.builds(
    Moment,
    at=st.integers(START, START + 10 * HOUR).map(Millis),
    rate=st.sampled_from([0.0, 1.0, 600.0, MAX]),
    state=st.sampled_from(ExerciseState),
    segment=st.sampled_from(SEGMENTS),
    real_us=st.integers(0, 10**10),
    missed=st.integers(0, 3),
)
languages = st.sampled_from(["uk", "en"])


def played(*happened: Event, catch_up: bool = False) -> list[Line]:
    return [Played(seq, 0, 0, event, 1.0, catch_up) for seq, event in enumerate(happened)]


def seen(*observed: Observation) -> list[Line]:
    return [Observed(seq, seq * 1_000_000, each) for seq, each in enumerate(observed)]


def view(*happened: Event) -> View:
    return Fold().add(played(*happened)).view


def text(row: Row) -> str:
    return "".join(span.text for span in row)


def shows(known: View, now: Moment = NOW, *, width: int = 80, height: int = 24, uk: bool = False) -> list[str]:
    return [text(row) for row in frame(known, PROGRAMME, now, "uk" if uk else "en", width, height)]


def raised(area: str, at: int = 0, threat: Threat = Threat.DRONES, **more: object) -> Event:
    return events.AlertRaised.model_validate({**COMMON, "at": START + at, "area": area, "threats": (threat,), **more})


def strike(kind: type[Event], name: str = "s-1") -> Event:
    return kind(**COMMON, at=START, strike=name, weapon="iskander-m", target="UA-30")  # type: ignore[call-arg]  # one of the four strikes


def reported(at: int = 0, **figures: int) -> Event:
    return events.IncidentReported.model_validate(
        {
            **COMMON,
            "at": START + at,
            "incident": "debris",
            "area": "UA-30",
            "text": "Debris",
            "buildings": figures.pop("buildings", None),
            "casualties": figures or None,
        }
    )


# ── the fold ──────────────────────────────────────────────────────────────────────────────────────────────────────


@given(st.lists(happenings, max_size=12))
def test_it_stands_as_the_situation_does(happened: list[Event]) -> None:
    """Areas that stand, operators, incidents are those of the situation, whatever happens in whatever order."""
    known, situation = view(*happened), Situation().after(*happened)
    assert {each.area for each in known.alerts} == {each.area for each in situation.uncleared}
    assert list(known.operators) == [each for _, each in sorted(situation.operators.items())]
    assert len(known.incidents) == len(situation.incidents)


@given(st.lists(lines, max_size=10), st.integers(0, 10))
def test_a_snapshot_stays(happened: list[Line], taken_after: int) -> None:
    """A view does not change when the fold goes on, and batches make no difference."""
    fold = Fold().add(happened[:taken_after])
    before = fold.view
    kept = replace(before)
    fold.add(happened[taken_after:])
    assert before == kept
    assert fold.view == Fold().add(happened).view


def test_in_the_air_from_detected_to_done() -> None:
    """A launch is modelled and does not count; detected counts once; an interception or a hit ends it."""
    known = view(
        strike(events.StrikeLaunched),
        *(strike(events.StrikeDetected, name) for name in ("a", "b", "b", "c")),
        strike(events.StrikeIntercepted, "a"),
        strike(events.StrikeImpacted, "b"),
        strike(events.StrikeImpacted, "never-seen"),
    )
    (salvo,) = known.salvos
    assert (salvo.in_air, salvo.intercepted, salvo.impacted) == (1, 1, 2)


def test_a_jump_over_a_hit_lands_the_strike() -> None:
    """What a jump goes over flies no more, and is not counted as told."""
    fold = Fold().add(played(strike(events.StrikeDetected)))
    fold.add(
        seen(EventSkipped(skipped=strike(events.StrikeImpacted)), EventSkipped(skipped=strike(events.StrikeImpacted)))
    )
    (salvo,) = fold.view.salvos
    assert (salvo.in_air, salvo.impacted) == (0, 0)


def test_since_when() -> None:
    """An update keeps the age of its alert, a skipped siren gives it, a change of granularity carries it on."""
    updated = events.AlertUpdated(**COMMON, at=Millis(START + 9), area="UA-32", threats=())
    assert view(raised("UA-32"), updated).alerts[0].since == START
    assert Fold().add([*seen(EventSkipped(skipped=raised("UA-32"))), *played(updated)]).view.alerts[0].since == START
    assert view(updated).alerts[0].since == START + 9
    cleared = events.AlertCleared(**COMMON, at=Millis(START + 5), area="UA-32", continues_in=("UA-32/75",))
    goes_on = raised("UA-32/75", at=5, continues_from=("UA-32", "UA-30"))
    assert [each.since for each in view(raised("UA-32"), cleared, goes_on).alerts] == [START]


def test_a_pre_alert_and_a_standing_alert_are_none() -> None:
    """Nobody is under alert by them: they are shown apart and not counted."""
    announced = events.AlertAnnounced(**COMMON, at=START, area="UA-51", threats=(Threat.DRONES,))
    shown_rows = shows(view(announced, raised("UA-09", standing=True), raised("UA-32")))
    assert any("UNDER EXERCISE ALERT" in row and "1  EXERCISE STRIKES" in row for row in shown_rows)
    assert any("pre-alert: Odeska oblast  drones" in row for row in shown_rows)
    assert any("standing: Luhanska oblast" in row for row in shown_rows)


def test_figures_old_and_new() -> None:
    """A figure is shown with what it was when last given; one that the newest report lacks is not shown."""
    known = view(reported(injured=25, hospitalised=13), reported(injured=34), reported(injured=34, hospitalised=18))
    assert known.incidents[0].figures == (Figure("injured", 34, 34), Figure("hospitalised", 13, 18))
    assert any("injured 34 · in hospital 13 → 18" in row for row in shows(known))
    known = view(reported(injured=25, hospitalised=13), reported(buildings=35, injured=34))
    assert known.incidents[0].figures == (Figure("injured", 25, 34), Figure("buildings", None, 35))
    assert known.incidents[0].reports == 2
    assert view(reported(injured=0)).incidents[0].figures == (Figure("injured", None, 0),)


def test_what_the_broker_has() -> None:
    """A message waits until it is confirmed or dropped; a termination purges what waits; the clock never waits."""
    tick = events.ClockTicked(**COMMON, at=START, rate=1.0)
    published = EventPublished(event="e:1", seq=0, topic="t", at_us=0)
    expired = EventExpired(event="e:1", seq=1, topic="t", reason="expired")
    fold = Fold().add(played(*[raised("UA-30")] * 4, tick)).add(seen(published, published, expired, expired))
    assert fold.view.delivery == Delivery(confirmed=1, waiting=2, oldest_us=0, unsent=1)
    fold.add(seen(CommandAccepted(n=1, at=START, seq=0, command=Pause())))
    assert fold.view.delivery.waiting == 2
    fold.add(seen(CommandAccepted(n=1, at=START, seq=0, command=Terminate())))
    assert (fold.view.delivery.waiting, fold.view.delivery.oldest_us) == (0, None)


def test_a_broker_that_stays_away_is_told_once() -> None:
    """Each attempt that fails renews the reason, not the time since when, and does not push out the last events."""
    lost = [BrokerLost(reason="closed"), *[BrokerLost(reason="refused")] * 50]
    fold = Fold().add(seen(ClockSlept(at=START, lost_ms=1), *lost))
    delivery = fold.view.delivery
    assert (delivery.lost, delivery.lost_us, len(fold.view.last)) == ("refused", 1_000_000, 2)
    assert fold.add(seen(BrokerRestored(waiting=3))).view.delivery.lost is None


def test_answers() -> None:
    """Who has answered is counted once, each answer once; the latest is shown; they push out no event."""
    answers = [
        EventAcknowledged(event="alert-1:raised", seq=1, client=f"phone-{n % 3}", what="received", at_us=0)
        for n in range(1_000)
    ]
    fold = Fold().add(played(raised("UA-30"))).add(seen(*answers))
    assert (fold.view.acks.clients, fold.view.acks.count, len(fold.view.last)) == (3, 1_000, 1)
    shown_rows = shows(fold.view, width=160, height=50)
    assert any("3 · 1,000 answers" in row for row in shown_rows)
    assert any("phone-0: received alert-1:raised" in row for row in shown_rows)


# ── what a swarm heard ────────────────────────────────────────────────────────────────────────────────────────────


def reached(
    event: Event, seq: int, *cohorts: CohortReached, last_us: int | None = 400_000, closed: bool = True
) -> Line:
    """How far a message has spread."""
    return Observed(
        0,
        0,
        AlertReached(event=event.event, seq=seq, topic="t", cohorts=cohorts, last_us=last_us, closed=closed),
    )


def phones(operator: str, heard: int, missing: int = 0, away: int = 0, **more: int) -> CohortReached:
    return CohortReached("phones", operator, heard + missing, heard, missing, away, **more)


def test_the_newest_word_replaces_the_earlier() -> None:
    """Sums go along with the messages they are of; a message that was for nobody, or warns nobody, is none of them."""
    siren, standing = raised("UA-30"), raised("UA-09", standing=True)
    fold = Fold().add(played(siren, siren, standing, strike(events.StrikeDetected)))
    nobody = [reached(siren, seq, phones("a", 9)) for seq in (2, 3, 4)]
    assert fold.add([*nobody, reached(siren, 0, phones("a", 0))]).view.spread is None
    fold.add([reached(siren, 0, phones("a", 1, 8)), reached(siren, 1, phones("b", 4))])
    fold.add(
        [
            reached(siren, 0, phones("a", 5, 3, 1, caught_up=2, late=1), phones("a", 0, 0, 1)),
            reached(strike(events.StrikeDetected), 0),
        ]
    )
    spread = fold.view.spread
    assert spread is not None
    assert spread.operators == {"a": Heard(10, 5, 1, 2), "b": Heard(4, 4)}
    assert (spread.alerts, spread.newest.operators, list(spread.shown)) == (2, {"b": Heard(4, 4)}, [0, 1])
    assert spread.operators["a"].unheard == 3


@given(st.lists(st.tuples(st.integers(0, 3), st.lists(cohorts, max_size=3)), max_size=9))
def test_every_subscriber_of_a_message_is_in_one_column(news: list[tuple[int, list[CohortReached]]]) -> None:
    """Heard, caught up and unheard are all that should have heard; the sums are those of the newest words."""
    siren = raised("UA-30")
    fold = Fold().add(played(*[siren] * 4)).add(reached(siren, seq, *told) for seq, told in news)
    known = [(seq, told) for seq, told in news if any(each.expected + each.unreachable for each in told)]
    newest = [each for told in dict(known).values() for each in told]
    spread = fold.view.spread
    assert (spread is None) == (not newest)
    for operator, heard in spread.operators.items() if spread else ():
        own = [each for each in newest if each.operator == operator]
        assert heard.meant == sum(each.delivered + each.missing + each.unreachable for each in own)
        assert heard.heard == sum(each.delivered for each in own)
        assert max(heard.late, heard.stale) <= heard.heard
        assert min(*heard, heard.unheard) >= 0


def test_another_event_of_the_same_number_is_another_event() -> None:
    """The clock counts its own numbers."""
    tick = events.ClockTicked(event="clock:0", entry="clock", at=START)
    assert Fold().add([*played(raised("UA-30")), reached(tick, 0, phones("a", 9))]).view.spread is None


SWARM = (phones("operator-a", 0, 1, 19, caught_up=4), phones("lifecell", 30, late=2), phones("", 10))


def test_the_subscribers_have_a_table() -> None:
    """The newest alert and all of them; each operator where there is room; then who has answered."""
    first, second = raised("UA-32"), raised("UA-30", at=MINUTE)
    answer = EventAcknowledged(event="e:1", seq=1, client="phone-7", what="received", at_us=0)
    fold = Fold().add([*played(first, second), reached(first, 0, phones("lifecell", 5)), reached(second, 1, *SWARM)])
    tall = shows(fold.add(seen(answer)).view, width=160, height=50)
    at = next(n for n, row in enumerate(tall) if "SUBSCRIBERS" in row)
    assert tall[at].endswith(" heard late caught up unheard  ")
    assert [row[107:].split() for row in tall[at + 1 : at + 10]] == [
        ["05:01", "Kyiv", "City", "40", "2", "4", "16"],
        ["no", "operator", "10", "0", "0", "0"],
        ["lifecell", "30", "2", "0", "0"],
        ["Operator", "A", "0", "0", "4", "16"],
        ["all", "2", "alerts", "45", "2", "4", "16"],
        ["no", "operator", "10", "0", "0", "0"],
        ["lifecell", "35", "2", "0", "0"],
        ["Operator", "A", "0", "0", "4", "16"],
        ["phone-7:", "received", "e:1", "1", "·", "1", "answers"],
    ]
    small = shows(fold.view)
    at = next(n for n, row in enumerate(small) if "SUBSCRIBERS" in row)
    assert small[at].endswith(" heard late unheard ")
    assert [row[40:].split() for row in small[at + 1 : at + 3]] == [
        ["05:01", "Kyiv", "City", "40", "2", "16"],
        ["all", "2", "alerts", "45", "2", "16"],
    ]
    assert any(row.endswith(" heard unheard ") for row in shows(fold.view, width=64, height=24))


def test_subscribers_without_an_operator_are_one_row() -> None:
    """Where nobody has an operator there is nothing to tell apart."""
    siren = raised("UA-30")
    rows = shows(Fold().add([*played(siren), reached(siren, 0, phones("", 3))]).view, width=160, height=50, uk=True)
    assert not any("без оператора" in row for row in rows)
    assert any(re.search(r"05:00 м. Київ +3 +0 +0 +0 ", row) for row in rows)


@pytest.mark.parametrize("stale", [0, 2])
def test_stale_has_a_column_where_something_was(stale: int) -> None:
    """Without one there is more room for the rest."""
    siren = raised("UA-30")
    rows = shows(Fold().add([*played(siren), reached(siren, 0, phones("a", 10, 3)._replace(stale=stale))]).view)
    (head,) = [row for row in rows if "SUBSCRIBERS" in row]
    assert ("stale" in head) == bool(stale)


def test_a_long_figure_widens_its_column() -> None:
    """Heads stay right above their figures."""
    siren = raised("UA-30")
    rows = shows(Fold().add([*played(siren), reached(siren, 0, phones("a", 1_234_567, 7))]).view)
    (head,) = [row for row in rows if "SUBSCRIBERS" in row]
    (figures,) = [row for row in rows if "1234567" in row and "05:00" in row]
    assert head.index("heard") + 5 == figures.index("1234567") + 7
    assert head.index("unheard") + 7 == figures.rindex("7") + 1


@pytest.mark.parametrize(
    ("cohort", "last_us", "brief", "whole", "tone"),
    [
        (phones("", 60), 412_345, "60 of 60 in 0.4 s", "heard by 60 of 60, last after 0.4 s", "clear"),
        (phones("", 57, 3, late=1), 9_999, "57 of 60 in 9 ms", "heard by 57 of 60, 1 late, last after 9 ms", "warning"),
        (
            phones("", 20, 0, 40, caught_up=8),
            11_000_000,
            "20 of 60 in 11 s",
            "heard by 20 of 60, 8 caught up, last after 11 s",
            "trouble",
        ),
        (phones("", 0, 0, 60), None, "0 of 60", "heard by 0 of 60", "trouble"),
    ],
)
@pytest.mark.parametrize("closed", [True, False])
def test_the_line_of_an_alert_says_who_heard_it(
    cohort: CohortReached, last_us: int | None, brief: str, whole: str, tone: str, closed: bool
) -> None:
    """Of how many, and how fast the last of them, once it will spread no further; in full where there is room."""
    siren = raised("UA-30")
    known = Fold().add([*played(siren, reported()), reached(siren, 0, cohort, last_us=last_us, closed=closed)]).view
    for width, told in ((80, brief), (120, whole)):
        said = told if closed else re.sub(r"(, last after| in) .*", "", told)
        (row,) = [row for row in frame(known, PROGRAMME, NOW, "en", width, 24) if "Air raid alert" in text(row)]
        assert text(row).endswith(f" {said} ")
        assert [span.tone for span in row if span.text == said] == [tone if closed else "quiet"]
    assert not any(" of 60" in row for row in shows(known, width=50))
    assert sum(" of 60" in row for row in shows(known)) == 1


@pytest.mark.parametrize(
    ("us", "said"),
    [(0, "1 ms"), (99_999, "99 ms"), (100_000, "0.1 s"), (9_999_999, "9.9 s"), (10_000_000, "10 s"), (10**9, "16 min")],
)
def test_delays(us: int, said: str) -> None:
    """Milliseconds, tenths of a second, then as ages; in Ukrainian with a comma."""
    assert delay(us, "en") == said
    assert ("," in delay(us, "uk")) == ("." in said)


def test_without_a_swarm_there_is_no_word_of_one() -> None:
    """No table and nothing at the end of a line."""
    known = view(raised("UA-30"))
    assert known.spread is None
    assert not any("heard" in row for row in shows(known, width=160, height=50))


# ── the frame ─────────────────────────────────────────────────────────────────────────────────────────────────────


@settings(deadline=None)
@given(st.lists(lines, max_size=40), moments, languages, st.integers(1, 200), st.integers(1, 60))
def test_a_frame_fills_the_screen_and_is_marked(
    happened: list[Line], now: Moment, lang: str, width: int, height: int
) -> None:
    """Whatever happens: exactly the terminal's rows and cells, nothing that steers it, the mark or the real alert."""
    uk = lang == "uk"
    rows = shows(Fold().add(happened).view, now, width=width, height=height, uk=uk)
    assert [cells(row) for row in rows] == [width] * height
    assert all(row.isprintable() for row in rows)
    if now.state is ExerciseState.SUSPENDED:
        assert not any("EXERCISE ·" in row for row in rows)
    elif width >= 17:
        assert "EXERCISE" in rows[0]
        assert "НАВЧАННЯ" in rows[0]
    else:
        assert rows[0].strip(" …") in "EXERCISE"


@given(st.lists(lines, max_size=3), languages, st.integers(20, 200), st.integers(5, 60))
def test_a_real_alert_is_the_whole_screen(happened: list[Line], lang: str, width: int, height: int) -> None:
    """One message in both languages on red, and nothing else but how to go on."""
    now = replace(NOW, state=ExerciseState.SUSPENDED)
    rows = frame(Fold().add(happened).view, PROGRAMME, now, "uk" if lang == "uk" else "en", width, height)
    assert {span.tone for row in rows for span in row} == {"real"}
    said = " ".join(" ".join(map(text, rows)).split())
    whole = REAL_ALERT if width >= 60 else [part.partition(":")[0] for part in REAL_ALERT]
    if height >= 6 or width < 60:
        assert all(each in said for each in whole)
    assert said.endswith(("q end", "q кінець", "…"))


def test_areas_nest() -> None:
    """A hromada stands below its raion and oblast; areas that only lie around are there without an age."""
    known = view(raised("UA-32/75/702"), raised("UA-30", at=-HOUR))
    rows = [row[:39].rstrip() for row in shows(known)]
    at = next(n for n, row in enumerate(rows) if row.startswith(" Kyivska oblast"))
    assert rows[at : at + 2] == [" Kyivska oblast", "   Buchanskyi raion"]
    assert rows[at + 2].startswith("     ")
    assert rows[at + 2].endswith("60 s")
    assert rows[at + 3].startswith(" Kyiv City  drones")
    assert rows[at + 3].endswith("61 min")


@pytest.mark.parametrize(("height", "inside"), [(60, 0), (20, 12), (15, 12)])
def test_inner_areas_are_counted_where_there_is_no_room(height: int, inside: int) -> None:
    """All hromadas of a raion where they fit; else how many lie inside."""
    hromadas = [each.id for each in areas.children("UA-32/75")][:12]
    rows = shows(view(*(raised(area) for area in hromadas)), width=160, height=height)
    assert any(f"{inside} inside" in row for row in rows) == bool(inside)
    assert any("UNDER EXERCISE ALERT" in row and " 12 " in row for row in rows)


def test_many_pre_alerts_are_counted() -> None:
    """They are quieter than alerts and must not push them out."""
    announced = [
        events.AlertAnnounced(**COMMON, at=START, area=each.id, threats=()) for each in areas.children("UA-32/75")[:9]
    ]
    rows = shows(view(raised("UA-30"), *announced))
    assert any("Kyiv City  drones" in row for row in rows)
    assert sum("pre-alert: 9" in row for row in rows) == 1


def test_what_does_not_fit_is_counted() -> None:
    """More areas than room: how many more, never silently fewer."""
    oblasts = [f"UA-{n:02}" for n in (5, 7, 9, 12, 14, 18, 21, 23, 26, 30, 32, 35)]
    rows = shows(view(*(raised(area, at=n) for n, area in enumerate(oblasts))), height=20)
    left = sum("  drones" in row for row in rows)
    assert 0 < left < 12
    assert any(f"… and {12 - left} more" in row for row in rows)


def test_operators_have_a_bar_a_service() -> None:
    """Voice, SMS, data, home, and the load; with percentages where there is room; one row each where there is none."""
    up = {Service.VOICE: 0.0, Service.DATA: 0.5, Service.FIXED: 1.0}
    changed = OperatorChanged(**COMMON, at=START, operator="operator-a", up=up, load=1.3)
    other = changed.model_copy(update={"operator": "somebody-else", "load": 1.0})
    tall = shows(view(changed, other), width=160, height=50)
    assert any("Operator A" in row and "load ×1.3" in row for row in tall)
    assert any("somebody-else" in row for row in tall)
    assert any(re.search(r"voice ·+ +0%  data  ■+·+ +50%", row) for row in tall)
    assert any("voice ··· data ■■· home ■■■" in row for row in shows(view(changed, other), height=20))
    assert any("0·50·100 % ×1.3" in row for row in shows(view(changed, other), width=60, height=15))


def test_a_share_that_differs_by_area_is_a_spread() -> None:
    """Filled up to the least, hollow up to the most, with both percentages."""
    spread = {"areas": {"UA-30": {Service.DATA: 1.0}, "UA-32": {Service.VOICE: 1.0}}}
    changed = OperatorChanged(**COMMON, at=START, operator="operator-a", up={Service.DATA: 0.5}, **spread)
    assert any(re.search(r"data  ■+□+ 50–100%", row) for row in shows(view(changed), width=160, height=50))
    other = changed.model_copy(update={"operator": "somebody-else"})
    assert any("Operator A                 50–100 % ×1" in row for row in shows(view(changed, other), height=16))


def stands(operator: str, connected: int, cut: int = 0, reconnecting: int = 0, **more: Any) -> NetworkSeen:
    everybody = {"subscribers": connected + cut + reconnecting}
    return NetworkSeen(
        **{"operator": operator, "connected": connected, "cut": cut, "reconnecting": reconnecting} | everybody | more
    )


def test_the_subscribers_of_an_operator_have_a_bar_and_figures() -> None:
    """Filled for who is there, hollow for who dials; clients through its port below; on a small screen in one row."""
    fold = Fold().add(played(OperatorChanged(**COMMON, at=START, operator="lifecell", up={})))
    fold.add(seen(stands("operator-a", 300, 600, 100), stands("lifecell", 7)))
    fold.add(seen(stands("operator-a", 1, 1, side="clients")))
    tall = [row[107:].rstrip() for row in shows(fold.view, width=160, height=50)]
    at = next(n for n, row in enumerate(tall) if "OPERATORS" in row)
    assert tall[at].endswith(" online cut retry")
    assert [" ".join(row.split()) for row in tall[at + 1 : at + 6]] == [
        "lifecell load ×1",
        f"{'■' * 31} 7 0 0",
        "Operator A",
        f"{'■' * 9}□□□{'·' * 19} 300 600 100",
        f"clients {'■' * 12}{'·' * 11} 1 1 0",
    ]
    small = [row[40:].rstrip() for row in shows(fold.view, height=16)]
    assert any(re.fullmatch(r" ?■■□·· Operator A +300 600   100", row) for row in small)
    assert any("клієнти ■" in row for row in shows(fold.view, width=160, height=50, uk=True))
    assert any("без оператора" in row for row in shows(Fold().add(seen(stands("", 3))).view, uk=True))


def test_the_peak_of_a_storm_stays() -> None:
    """Many that dial within a second after a loss; neither the first climb nor a few that come and go."""
    for course, told in (
        ([stands("a", 99, connects_per_s=99.0)], None),
        ([stands("a", 99, lost=1, connects_per_s=4.0)], None),
        ([stands("a", 9, 90, lost=90), stands("a", 60, 39, lost=90, connects_per_s=51.0), stands("a", 99)], "51/s"),
    ):
        rows = shows(Fold().add(seen(*course)).view, width=160, height=50)
        assert [word for row in rows for word in row.split() if word.endswith("/s")] == ([told] if told else [])


def test_that_expiry_is_lifted_is_said_all_the_time() -> None:
    """At the top, in both languages."""
    lifted = Fold().add(seen(ExpiryLifted(), FlowStalled(operator="a", subscribers=1, unanswered=2))).view
    assert all(any("--no-expiry" in row for row in shows(lifted, uk=uk)) for uk in (True, False))
    assert not any("--no-expiry" in row for row in shows(View()))


def test_strikes_are_counted_by_weapon_and_target() -> None:
    """The running totals first, where there are several kinds."""
    other = strike(events.StrikeDetected, "x").model_copy(update={"weapon": "unknown"})
    rows = shows(view(strike(events.StrikeDetected), strike(events.StrikeIntercepted, "y"), other))
    numbers = [row[40:].split()[-3:] for row in rows if re.search(r"(total|: )[\w-]* +\d+ +\d+ +\d+ *$", row)]
    assert numbers == [["2", "1", "0"], ["1", "1", "0"], ["1", "0", "0"]]


@pytest.mark.parametrize(
    ("known", "now", "told"),
    [
        (
            Delivery(waiting=4, lost="refused", lost_us=1),
            replace(NOW, real_us=12_000_001),
            "BROKER LOST for 12 s, 4 messages wait: refused",
        ),
        (Delivery(waiting=4, oldest_us=1), replace(NOW, real_us=5_000_001), "has not confirmed for 5 s; 4 wait"),
        (Delivery(degraded=("recording: disk full",)), NOW, "DEGRADED: recording: disk full"),
        (Delivery(unsent=2), NOW, "2 messages were not sent"),
        (Delivery(), replace(NOW, missed=7), "missed 7 lines"),
    ],
)
@pytest.mark.parametrize("size", [(80, 24), (50, 10)])
def test_trouble_is_said(known: Delivery, now: Moment, told: str, size: tuple[int, int]) -> None:
    """What goes wrong with the machinery has a line of its own at the top, on a small screen too."""
    width, height = size
    rows = frame(View(delivery=known), PROGRAMME, now, "en", width, height)
    (row,) = [row for row in rows if told in text(row)]
    assert rows.index(row) <= 5
    assert row[0].tone != "plain"


def test_no_trouble_no_line() -> None:
    """A message that waits for a moment is no trouble."""
    rows = shows(View(delivery=Delivery(waiting=1, oldest_us=0)), replace(NOW, real_us=1_000_000))
    assert not any("has not confirmed" in row for row in rows)
    assert any("0 confirmed · 1 waiting" in row for row in rows)


@pytest.mark.parametrize(
    ("state", "foot"),
    [
        (ExerciseState.RUNNING, "space pause   + − pace   r REAL ALERT   q end"),
        (ExerciseState.PAUSED, "c continue   r REAL ALERT   q end"),
        (ExerciseState.SUSPENDED, "It never goes on by itself.  c continue   q end"),
        (ExerciseState.ENDED, "The exercise has ended. This is not a real all-clear. Follow the official signal."),
    ],
)
def test_the_keys_that_mean_something(state: ExerciseState, foot: str) -> None:
    """The last row names them; in the end it says that this is no real all-clear."""
    assert shows(View(), replace(NOW, state=state), width=90)[-1].strip() == foot


@pytest.mark.parametrize(
    ("state", "lang", "width", "foot"),
    [
        (
            ExerciseState.RUNNING,
            "en",
            90,
            "space pause   + − pace   ← → seek   n next   b burst   r REAL ALERT   q end",
        ),
        (ExerciseState.RUNNING, "en", 60, "space pause   + − pace   r REAL ALERT   q end"),
        (ExerciseState.PAUSED, "en", 90, "c continue   ← → seek   n next   b burst   r REAL ALERT   q end"),
        (ExerciseState.PAUSED, "uk", 90, "c продовжити   ← → назад, далі   n наступна   b десять   r РЕАЛЬНА ТРИВОГА"),
    ],
)
def test_a_replay_names_the_keys_it_has_and_how_far_it_is(
    state: ExerciseState, lang: Literal["uk", "en"], width: int, foot: str
) -> None:
    """As many keys as there is room for; position, length and pace beside the time of day."""
    replay, now = replace(PROGRAMME, replays=True), replace(NOW, state=state, at=Millis(START + 62 * SECOND))
    rows = [text(row) for row in frame(View(), replay, now, lang, width, 24)]
    assert rows[-1].strip().startswith(foot)
    assert " 00:01:02 / 01:00:00 " in rows[3]
    assert state is ExerciseState.PAUSED or rows[3].rstrip().endswith("×60")


def test_what_is_typed_stands_instead_of_the_keys() -> None:
    """As long as somebody types, or is told what was wrong with it."""
    assert shows(View(), replace(NOW, typed=":outage operator-a"), width=90)[-1].strip() == ":outage operator-a"


def test_the_pace() -> None:
    """×60, max, or what stands instead of a pace."""
    assert shows(View())[3].rstrip().endswith("×60")
    assert shows(View(), replace(NOW, rate=MAX))[3].rstrip().endswith("max")
    assert shows(View(), replace(NOW, rate=0.0, state=ExerciseState.PAUSED))[3].rstrip().endswith("PAUSED")


def test_a_chapter_without_a_title() -> None:
    """Its name is enough."""
    assert " night " in shows(View(), replace(NOW, segment=SEGMENTS[1]))[3]


def test_a_long_name_gives_way() -> None:
    """A title of two thousand characters pushes nothing out of its place."""
    long = replace(PROGRAMME, title=Text(uk="ш" * 2000, en="w" * 2000), exercise="x" * 64)
    rows = [text(row) for row in frame(View(), long, NOW, "en", 80, 24)]
    assert rows[1].rstrip().endswith("… RUNNING") or rows[1].rstrip().endswith("…  RUNNING")
    assert "confirmed" in rows[2]


def test_last_lines_are_marked_one_by_one_where_there_is_room() -> None:
    """On a wide screen each of the last lines says that it is an exercise."""
    wide, narrow = (shows(view(raised("UA-30")), width=width) for width in (120, 80))
    assert any("EXERCISE 05:00:00 Air raid alert" in row for row in wide)
    assert any(row.startswith(" 05:00:00 Air raid alert") for row in narrow)


def test_many_incidents_have_a_row_each() -> None:
    """Where there are more than a few, their texts give way to figures."""
    reports = [reported(buildings=1).model_copy(update={"incident": f"i-{n}"}) for n in range(20)]
    rows = shows(view(*reports), width=160, height=40)
    told = sum("Kyiv City:  buildings 1" in row for row in rows)
    assert told > 8
    assert any(f"… and {20 - told} more" in row for row in rows)


# ── its parts ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_progress_is_of_real_time() -> None:
    """A chapter at a slower pace is a larger part of the whole; outside its segment nothing is more than all of it."""
    two = (Segment("fast", START, Millis(START + HOUR), 60.0), Segment("slow", START, Millis(START + HOUR), 20.0))
    programme = replace(PROGRAMME, segments=two)
    half = Millis(START + HOUR // 2)
    assert progress(programme, replace(NOW, at=half, segment=two[0])) == (0.5, 0.125)
    assert progress(programme, replace(NOW, at=half, segment=two[1])) == (0.5, 0.625)
    assert progress(programme, replace(NOW, at=Millis(START + 2 * HOUR), segment=two[1])) == (1.0, 1.0)
    point = (Segment("point", START, START, MAX),)
    assert progress(replace(programme, segments=point), replace(NOW, at=START, segment=point[0])) == (0.0, 0.0)


@given(st.lists(st.tuples(st.text(), st.just("plain")).map(lambda each: Span(each[0])), max_size=4), st.integers(0, 50))
def test_filling(spans: list[Span], width: int) -> None:
    """Always exactly the width."""
    assert measure(filled(tuple(spans), width)) == width
    assert measure(sides(tuple(spans), (Span("right"),), width)) == width
    assert measure(sides((Span("left"),), tuple(spans), width)) == width


@given(st.text(), st.integers(1, 40))
def test_wrapping(given_text: str, width: int) -> None:
    """No line is too long, and no short word is lost."""
    parts = list(wrapped(given_text, width))
    assert all(0 < cells(part) <= width for part in parts)
    words = printable(given_text).split()
    if all(cells(word) <= width for word in words):
        assert " ".join(parts).split() == words


@given(st.floats(0, 1), st.integers(1, 40))
def test_bars(share: float, size: int) -> None:
    """Only nothing is empty and only all is full, where there is room for the difference."""
    drawn = bar(share, size)
    assert len(drawn) == size
    if size > 1:
        assert (drawn[0] == "■") == (share > 0)
        assert (drawn[-1] == "■") == (share == 1)


@given(st.lists(st.integers(0, 20), min_size=1, max_size=5), st.integers(0, 60))
def test_shares(wanted: list[int], total: int) -> None:
    """Nobody gets more than he wants, nothing is left while somebody wants more, and shares are even."""
    given_rows = shares(wanted, total)
    assert sum(given_rows) == min(total, sum(wanted))
    assert all(got <= most for got, most in zip(given_rows, wanted, strict=True))
    unsated = [got for got, most in zip(given_rows, wanted, strict=True) if got < most]
    assert all(got <= min(unsated, default=99) + 1 for got in given_rows)


def test_the_richest_version_that_fits() -> None:
    """Of its versions a panel shows the longest there is room for; the last is cut, and says so."""
    panel = Panel("P", "", (version(((Span("a"),),) * 5), version(((Span("b"),),) * 3)))
    bodies = [[text(row).strip() for row in shown(panel, 20, room, "en")[1:]] for room in (5, 4, 3, 2, 1, 0)]
    assert bodies == [["a"] * 5, ["b"] * 3, ["b"] * 3, ["b", "… and 2 more"], ["b"], []]
    assert len(stacked([panel, panel], 20, 1, "en")) == 1
    assert len(stacked([panel], 20, 9, "en")) == 9


@pytest.mark.parametrize(
    ("length", "said"),
    [(-5, "0 s"), (89, "89 s"), (90, "1 min"), (5_399, "89 min"), (5_400, "1 h 30 min"), (200_000, "2 d")],
)
def test_ages(length: int, said: str) -> None:
    """Seconds, minutes, hours, days; nothing is older than now."""
    assert age(Millis(length * SECOND), "en") == said
    assert not age(Millis(length * SECOND), "uk").isascii()


@given(lines, languages)
def test_every_line_is_told_in_one_printable_row(line: Line, lang: str) -> None:
    """A line is told or is of no interest; an event is told with its time and the mark of its language."""
    row = tell(line, "uk" if lang == "uk" else "en", 120)
    if isinstance(line, Played) and line.event.kind != "clock.ticked":
        assert row is not None
        assert text(row).startswith("НАВЧАННЯ " if lang == "uk" else "EXERCISE ")
    assert row is None or text(row).isprintable()


@pytest.mark.parametrize(
    ("observed", "told"),
    [
        (BrokerLost(reason="refused"), "broker lost: refused"),
        (BrokerRestored(waiting=3), "broker back; 3 messages waited"),
        (EventExpired(event="e:1", seq=0, topic="t", reason="expired"), "not sent, expired: e:1"),
        (ClockSlept(at=START, lost_ms=7_400), "the machine slept 7 s; it counts as a pause"),
        (CommandRefused(command=Pause(), reason="already paused"), "not now: already paused"),
        (
            EventAcknowledged(event="e:1", seq=1, client="phone\x1b[2J", what="received", at_us=0),
            "phone\N{REPLACEMENT CHARACTER}[2J: received e:1",
        ),
        (PlayDegraded(part="recording", reason="disk full"), "degraded: recording: disk full"),
        (ExpiryLifted(), "NO EXPIRY (--no-expiry): alerts arrive even when they are long over"),
    ],
)
def test_what_was_seen_is_told(observed: Observation, told: str) -> None:
    """What of the observations a person should read, in his language, and nothing of it steers his terminal."""
    english, ukrainian = tell(Observed(0, 0, observed), "en", 0), tell(Observed(0, 0, observed), "uk", 0)
    assert english is not None
    assert text(english).strip() == told
    assert ukrainian is not None
    assert isinstance(observed, EventAcknowledged) or re.search("[а-яі]", text(ukrainian))


def test_the_day_of_a_line() -> None:
    """Where the events are on, marked; what was only seen and the clock have none."""
    tick = events.ClockTicked(**COMMON, at=START, rate=1.0)
    days = [tell_day(line, "en", 120) for line in [*played(raised("UA-30"), tick), *seen(BrokerRestored(waiting=1))]]
    assert [text(row) if row else None for row in days] == ["EXERCISE 2023-12-12", None, None]


def test_what_is_of_no_interest() -> None:
    """The clock, the broker's confirmations and how far a message has spread are no lines for people."""
    tick = events.ClockTicked(**COMMON, at=START, rate=1.0)
    published = EventPublished(event="e:1", seq=0, topic="t", at_us=0)
    spread = reached(raised("UA-30"), 0, phones("", 3))
    assert [tell(line, "en", 0) for line in [*played(tick), *seen(published), spread]] == [None] * 3


# ── the shell ─────────────────────────────────────────────────────────────────────────────────────────────────────

RUN, STOP, END = ExerciseState.RUNNING, ExerciseState.PAUSED, ExerciseState.SUSPENDED


@pytest.mark.parametrize(
    ("key", "state", "rate", "command"),
    [
        (" ", RUN, 1.0, Pause()),
        (" ", STOP, 0.0, Resume()),
        (" ", END, 0.0, None),
        ("c", END, 0.0, Resume()),
        ("с", END, 0.0, Resume()),
        ("c", RUN, 1.0, None),
        ("+", RUN, 2.0, SetRate(rate=4)),
        ("=", RUN, 800_000.0, SetRate(rate=1_000_000)),
        ("-", RUN, 2.0, SetRate(rate=1)),
        ("+", RUN, MAX, None),
        ("-", STOP, 0.0, None),
        ("r", RUN, 1.0, Suspend()),
        ("К", STOP, 0.0, Suspend()),
        ("q", END, 0.0, Terminate()),
        ("x", RUN, 1.0, None),
    ],
)
def test_keys(key: str, state: ExerciseState, rate: float, command: Command | None) -> None:
    """What a key means; after a REAL ALERT nothing but `c` goes on, and nothing goes faster that is stopped."""
    assert key_command(key, state, rate) == command


def painter(environment: dict[str, str] | None = None) -> tuple[terminal.Painter, io.StringIO]:
    file = io.StringIO()
    console = Console(file=file, force_terminal=True, color_system="256", _environ=environment or {})
    return terminal.Painter(console), file


def sent(file: io.StringIO) -> str:
    told = file.getvalue()
    file.seek(0)
    file.truncate()
    return told


def test_only_what_changed_is_painted() -> None:
    """The same frame sends nothing; one changed row sends that row; another size sends all."""
    canvas, file = painter()
    canvas.open()
    first = ((Span("one"),), (Span("two"),))
    canvas.paint(first)
    told = sent(file)
    assert "one" in told
    assert "two" in told
    canvas.paint(first)
    assert sent(file) == ""
    canvas.paint((first[0], (Span("2nd"),)))
    told = sent(file)
    assert "2nd" in told
    assert "one" not in told
    canvas.paint(first[:1])
    assert "\x1b[2J" in sent(file)


def test_all_is_painted_now_and_then() -> None:
    """Whatever somebody else wrote on the terminal is gone within seconds."""
    canvas, file = painter()
    canvas.open()
    whole = 0
    for _ in range(61):
        canvas.paint(((Span("one"),),))
        whole += "one" in sent(file)
    assert whole == 3


def test_a_closed_painter_paints_nothing() -> None:
    """The terminal is given back once: other screen left, cursor shown; a late frame draws nothing."""
    canvas, file = painter()
    canvas.close()
    assert sent(file) == ""
    canvas.open()
    assert "\x1b[?1049h" in sent(file)
    canvas.close()
    told = sent(file)
    assert "\x1b[?25h" in told
    assert "\x1b[?1049l" in told
    canvas.close()
    canvas.paint(((Span("late"),),))
    assert sent(file) == ""


def test_without_colours() -> None:
    """NO_COLOR: no colour at all, and the mark and the real alert still stand out."""
    canvas, file = painter({"NO_COLOR": "1", "TERM": "xterm-256color"})
    canvas.open()
    sent(file)
    canvas.paint(((Span("x", "mark"),), (Span("y", "alarm"),), (Span("z", "real"),)))
    codes = Counter(code for found in re.findall(r"\x1b\[([\d;]*)m", sent(file)) for code in found.split(";"))
    assert set(codes) == {"0", "1", "7"}
    assert codes["7"] == 2


def test_the_picture_in_the_readme_is_true() -> None:
    """The SVG says what the golden timeline looks like now; `python -m tests.live_picture` draws it again.

    Its words, not its bytes: how rich writes an SVG is rich's.
    """
    kept = live_picture.PICTURE.read_text(encoding="utf-8")
    assert re.findall(r">([^<]+)<", kept) == re.findall(r">([^<]+)<", live_picture.picture())


def test_the_picture_needs_nothing_from_outside() -> None:
    """No address but the name of the format, no font to load, and the mark in both languages."""
    picture = live_picture.picture()
    assert re.findall(r"https?://[^\"' ]*", picture) == ["http://www.w3.org/2000/svg"]
    assert re.findall(r"url\((.)", picture) == ["#"] * picture.count("url(")
    assert "@font-face" not in picture
    assert "@import" not in picture
    said = picture.replace("&#160;", " ")
    assert "EXERCISE · НАВЧАННЯ · EXERCISE" in said
    assert "UNDER EXERCISE ALERT" in said


def test_the_picture_repeats() -> None:
    """The same bytes under any hash seed."""
    code = (
        "from tests.live_picture import picture; import hashlib; print(hashlib.sha256(picture().encode()).hexdigest())"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", code], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(told) == 1
