"""Plays a timeline by the clock, and obeys commands; real time leaps, so that a night takes no time."""

import asyncio
import math
from collections.abc import Iterable, Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alertsim.clock import MAX, Clock
from alertsim.commands import Command, Jump, Pause, Restore, Resume, SetRate, StartOutage, Suspend, Terminate
from alertsim.conductor import COMPLETED, Conductor
from alertsim.events import (
    AlertCancelled,
    AlertCleared,
    ClockTicked,
    Event,
    ExerciseState,
    ExerciseStateChanged,
    OperatorChanged,
    Service,
)
from alertsim.feed import Feed
from alertsim.observations import (
    ClockSlept,
    CommandAccepted,
    EventSkipped,
    Line,
    Observed,
    PlayDegraded,
    Played,
)
from alertsim.scenario import Scenario
from alertsim.situation import Situation, situation_at
from alertsim.timeline import Segment, Timeline, compile_scenario
from alertsim.times import Millis
from tests.conducting import Conduct, Machine, SlowFeed, Wishes, conduct, is_seen
from tests.histories import timelines
from tests.leaping import LeapingLoop, leap, leaping_clock
from tests.nights import after, alert, news, night, outage, strike
from tests.scenario_texts import CATALOGUE


def compiled(scenario: Scenario) -> Timeline:
    return compile_scenario(scenario, 7, CATALOGUE)


def whole(timeline: Timeline, rate: float = 1.0, until: float | None = None) -> list[Segment]:
    return [Segment("all", timeline.start, timeline.until if until is None else after(until), rate)]


# ── random exercises ────────────────────────────────────────────────────────────────────────────────────────────────

minutes = st.integers(0, 60).map(lambda minute: 60 * minute)  # so that events meet, also with the ends of segments
nights = timelines(minutes)
rates = st.sampled_from([60.0, 1000.0, 3600.0, MAX])
machines = st.builds(Machine, st.sampled_from([0.0, 1e-5, 1e-3, 0.05]), st.sampled_from([0.0, 0.1, 0.5]))
gaps = st.sampled_from([0.0, 0.05, 0.3]) | st.floats(0, 10)


@st.composite
def stretches(draw: st.DrawFn, rates: st.SearchStrategy[float] = rates) -> list[Segment]:
    """One to three segments in order of time, with gaps or without."""
    times = sorted(draw(st.lists(minutes, min_size=2, max_size=6)))
    cuts = [(times[n], times[n + 1]) for n in range(0, len(times) - 1, draw(st.integers(1, 2)))]
    return [Segment(f"part-{n}", after(one), after(two), draw(rates)) for n, (one, two) in enumerate(cuts)]


jumps = st.integers(-1, 61).map(lambda minute: Jump(to=after(60 * minute)))
commands: st.SearchStrategy[Command] = st.one_of(
    st.sampled_from([Pause(), Resume(), Suspend(), Resume()]),
    jumps,
    st.sampled_from([60.0, 600.0, 10_000.0]).map(lambda rate: SetRate(rate=rate)),
)
faults: st.SearchStrategy[Command] = st.sampled_from(
    [
        Restore(operator="operator-a"),
        *(
            StartOutage(operator="operator-a", up=0.25, lasts=lasts)
            for lasts in (None, Millis(20_000), Millis(3_600_000))
        ),
    ]
)


ENDINGS: list[Command] = [Resume(), Resume(), Terminate(reason="enough"), Terminate(reason="")]


@st.composite
def askings(draw: st.DrawFn, commands: st.SearchStrategy[Command] = commands | faults) -> Wishes:
    """Commands at random moments; in the end it goes on, or is terminated."""
    asked = draw(st.lists(st.tuples(gaps, commands), max_size=10))
    return [*asked, (draw(gaps), draw(st.sampled_from(ENDINGS)))]


def inside(segments: Sequence[Segment], at: Millis) -> bool:
    return any(segment.start <= at <= segment.until for segment in segments)


def passed(lines: Iterable[Line]) -> list[Event]:
    """Everything planned that was played or passed over, in the order of the log."""
    events: list[Event] = []
    for line in lines:
        if isinstance(line, Played):
            events += [] if line.catch_up or line.event.entry in {"live", "clock"} else [line.event]
        elif isinstance(line.observation, EventSkipped):
            events.append(line.observation.skipped)
    return events


@settings(max_examples=100)
@given(nights, stretches(), machines)
def test_what_lies_in_a_segment_is_played_once_in_order_and_never_early(
    timeline: Timeline, segments: list[Segment], machine: Machine
) -> None:
    """What lies before or between is passed over, what lies behind is not told; all by the paces of the segments.

    However slow the machine is: real time since the start is at least what the paces say.
    """
    done = conduct(timeline, segments, machine=machine)
    told = [line for line in done.played if line.event.entry != "live" and not line.catch_up]
    assert [line.event for line in told] == [event for event in timeline.events if inside(segments, event.at)]
    assert passed(done.lines) == [event for event in timeline.events if event.at <= segments[-1].until]
    assert done.reason == COMPLETED
    for line in told:
        assert line.actual_us - done.began_us >= _least_us(segments, line.event.at) - 1
        assert line.actual_us >= line.due_us - 1


def _least_us(segments: Sequence[Segment], at: Millis) -> float:
    """How long after the start of the exercise `at` may come, in microseconds."""
    return sum((max(0, min(at, part.until) - part.start)) * 1e3 / part.rate for part in segments)


@pytest.mark.parametrize("gap", range(1, 13))
def test_an_exercise_that_ends_with_its_last_event_says_it(gap: int) -> None:
    """However late it is: what lies at the end of a segment lies in it, even if it falls due between two looks."""
    timeline = compiled(night(news("one", 60), news("two", 60 + 60 * gap)))
    for rate in (100.0, 1000.0, 3600.0, MAX):
        done = conduct(timeline, whole(timeline, rate), machine=Machine(0.05, 0.0))
        assert [line.event.entry for line in done.played] == ["live", "one", "two", "live"]


@settings(max_examples=100)
@given(nights, stretches(st.sampled_from([60.0, 1000.0])))
def test_an_idle_machine_is_on_time(timeline: Timeline, segments: list[Segment]) -> None:
    """Where nothing takes time, nothing is later than the shortest sleep a tick apart."""
    done = conduct(timeline, segments)
    for line in done.played:
        assert line.actual_us - line.due_us <= 1_000


@settings(max_examples=200)
@given(nights, stretches(), askings(), machines)
def test_under_any_commands_the_log_is_whole(
    timeline: Timeline, segments: list[Segment], asked: Wishes, machine: Machine
) -> None:
    """Numbers are dense; planned events are passed in order, each once; times of the log and of the ticks only grow."""
    done = conduct(timeline, segments, asked=asked, machine=machine)
    assert [line.seq for line in done.played] == list(range(len(done.played)))
    assert [seen.n for seen in done.accepted] == list(range(1, len(done.accepted) + 1))
    gone = passed(done.lines)
    assert gone == list(timeline.events[: len(gone)])
    if done.reason == COMPLETED:
        assert len(gone) == sum(event.at <= segments[-1].until for event in timeline.events)
    for times in (
        [seen.at for seen in done.accepted],
        [line.event.at for line in done.lines if isinstance(line, Played) and isinstance(line.event, ClockTicked)],
        [line.event.at for line in done.played if line.event.entry == "live"],
        [line.event.at for line in done.played if not line.catch_up],
    ):
        assert times == sorted(times)


@settings(max_examples=200)
@given(nights, stretches(), askings(commands), machines)
def test_whoever_listens_knows_what_stands(
    timeline: Timeline, segments: list[Segment], asked: Wishes, machine: Machine
) -> None:
    """After every planned event, whatever was jumped over or suspended before, what was said is what stands."""
    done = conduct(timeline, segments, asked=asked, machine=machine)
    heard, place = Situation(), {event.event: n for n, event in enumerate(timeline.events)}
    for line in done.played:
        heard = heard.after(line.event)
        if line.event.entry != "live" and not line.catch_up:
            planned = Situation().after(*timeline.events[: place[line.event.event] + 1])
            assert (heard.alerts, heard.incidents, heard.operators) == (
                planned.alerts,
                planned.incidents,
                planned.operators,
            )
    assert not heard.open_alerts
    assert heard.state
    assert heard.state.state is ExerciseState.ENDED


@settings(max_examples=200)
@given(nights, stretches(), askings(commands), machines)
def test_nothing_happens_while_stopped(
    timeline: Timeline, segments: list[Segment], asked: Wishes, machine: Machine
) -> None:
    """Paused: only changes of state, and what a jump catches up. Suspended: only changes of state and cancels."""
    state, jumped = ExerciseState.READY, False
    for line in conduct(timeline, segments, asked=asked, machine=machine).lines:
        if isinstance(line, Observed):
            jumped |= isinstance(line.observation, CommandAccepted) and isinstance(line.observation.command, Jump)
        elif isinstance(line.event, ExerciseStateChanged):
            state, jumped = line.event.state, False
        elif state is ExerciseState.SUSPENDED:
            assert isinstance(line.event, AlertCancelled | ClockTicked)
        elif state is ExerciseState.PAUSED:
            assert (line.catch_up and jumped) or isinstance(line.event, AlertCancelled | ClockTicked)
        else:
            assert state is ExerciseState.RUNNING or isinstance(line.event, ClockTicked)


@settings(max_examples=200)
@given(nights, stretches(), askings(), machines)
def test_the_command_log_replays_to_the_same_events(
    timeline: Timeline, segments: list[Segment], asked: Wishes, machine: Machine
) -> None:
    """Handed to another conductor at rate max, the log makes the same events, in the same order, numbers and all."""
    done = conduct(timeline, segments, asked=asked, machine=machine)
    fast = [segment._replace(rate=MAX) for segment in segments]
    again = conduct(timeline, fast, script=done.accepted)
    assert [(line.seq, line.event, line.catch_up) for line in again.played] == [
        (line.seq, line.event, line.catch_up) for line in done.played
    ]
    assert passed(again.lines) == passed(done.lines)
    assert again.reason == done.reason


# ── one night at a time ─────────────────────────────────────────────────────────────────────────────────────────────

SIREN = compiled(night(alert(10, 60, 30), strike("salvo", 20, impacted=2), news("late", 100)))
"""A siren from 10 to 60, updated at 30; two impacts at 20; news at 100."""


def after_the_start(kinds: Sequence[str]) -> list[str]:
    """Without launches and detections, which come before everything here."""
    return [kind for kind in kinds if not kind.startswith(("strike.launched", "strike.detected"))]


def test_a_night_from_start_to_end() -> None:
    """It runs, it plays, it ends."""
    done = conduct(SIREN, whole(SIREN))
    assert after_the_start(done.kinds) == [
        "running",
        "alert.raised 10",
        "strike.impacted 20",
        "strike.impacted 20",
        "alert.updated 30",
        "alert.cleared 60",
        "news.published 100",
        "ended",
    ]
    assert done.played[-1].event.at == after(100)


def test_a_pause_stops_the_story_and_a_resume_goes_on() -> None:
    """After a pause of a minute everything comes a minute later; nothing is said twice."""
    done = conduct(SIREN, whole(SIREN), asked=[(15, Pause()), (60, Resume())])
    assert after_the_start(done.kinds)[:5] == [
        "running",
        "alert.raised 10",
        "paused",
        "running",
        "strike.impacted 20",
    ]
    (late,) = (line for line in done.played if line.event.entry == "late")
    assert late.actual_us - done.began_us == pytest.approx(160e6, abs=5e3)
    assert late.actual_us - late.due_us < 1_000
    assert not any(line.catch_up for line in done.played)


def test_a_suspension_takes_alerts_back_and_a_resume_says_them_again() -> None:
    """What stands in the story when it goes on is said again, as caught up; the all-clear comes in its time."""
    done = conduct(SIREN, whole(SIREN), asked=[(40, Suspend()), (60, Resume())])
    said = after_the_start(done.kinds)
    again = said.index("suspended")
    assert said[again:] == [
        "suspended",
        "alert.cancelled 40",
        "running",
        "alert.updated 30",
        "alert.cleared 60",
        "news.published 100",
        "ended",
    ]
    assert [line.event.kind for line in done.played if line.catch_up] == ["alert.updated"]


def test_a_jump_goes_over_and_says_what_stands_then() -> None:
    """From 5 to 40: raised and impacts are recorded as skipped, the update stands and is said, as caught up."""
    done = conduct(SIREN, whole(SIREN), asked=[(5, Jump(to=after(40)))])
    skipped = [line.observation.skipped.kind for line in done.lines if is_seen(line, EventSkipped)]  # type: ignore[union-attr]
    assert skipped == ["alert.raised", *["strike.detected"] * 2, *["strike.impacted"] * 2, "alert.updated"]
    assert after_the_start(done.kinds) == [
        "running",
        "alert.updated 30",
        "alert.cleared 60",
        "news.published 100",
        "ended",
    ]
    assert [line.event.kind for line in done.played if line.catch_up] == ["alert.updated"]
    assert done.took_s == pytest.approx(65, abs=0.005)


def test_nothing_purges_the_goodbye() -> None:
    """A termination asked for during the farewell is too late to take it back."""
    purged = []

    async def play() -> None:
        conductor = Conductor(SIREN, whole(SIREN), Clock(SIREN.start), Feed())
        conductor.on_terminate = lambda: purged.append("purged")
        conductor.farewell("interrupted")
        conductor.ask(Terminate())

    asyncio.run(play())
    assert purged == []


def test_a_jump_over_the_outcome_of_a_strike_lands_it() -> None:
    """A strike that was in the air before a jump is not afterwards."""
    flight = compiled(night(strike("salvo", 20, impacted=2, warning="10s"), news("late", 100)))
    done = conduct(flight, whole(flight), asked=[(15, Pause()), (1, Jump(to=after(25))), (1, Terminate())])
    assert not done.situation.strikes
    assert situation_at(flight, after(15)).strikes


def test_lateness_istold() -> None:
    """Three things due at one moment on a slow machine: each says when it was due, and when it was done."""
    burst = compiled(night(*(news(name, 10) for name in ("one", "two", "three"))))
    done = conduct(burst, whole(burst), machine=Machine(0.0, 0.5))
    told = [line for line in done.played if line.event.entry != "live"]
    assert [line.due_us - told[0].due_us for line in told] == [0, 0, 0]
    late = [(line.actual_us - line.due_us) / 1e6 for line in told]
    assert late == [pytest.approx(at, abs=0.001) for at in (0, 0.5, 1)]


def test_what_waits_at_a_pause_waits_on() -> None:
    """Paused in the middle of a burst: the rest of it comes after the pause, and the pause is where the burst is.

    So it is when the log is replayed: the time alone would not say between which of the three.
    """
    burst = compiled(night(*(news(name, 10) for name in ("one", "two", "three"))))
    done = conduct(burst, whole(burst), asked=[(11.2, Pause()), (60, Resume())], machine=Machine(0.0, 0.5))
    again = conduct(burst, whole(burst, MAX), script=done.accepted)
    for one in (done, again):
        assert [line.event.entry for line in one.played] == ["live", "one", "two", "live", "live", "three", "live"]
    assert [seen.at for seen in done.accepted] == [after(10), after(10)]


def test_a_jump_over_a_chapter_ends_it() -> None:
    """Play goes on where the jump went, at the pace of the chapter that is there, also after a pause there."""
    parts = [Segment("one", after(0), after(50), 1.0), Segment("two", after(50), after(200), 10.0)]
    jumps: list[Wishes] = [[(5, Jump(to=after(90)))], [(5, Pause()), (0, Jump(to=after(90))), (0, Resume())]]
    for asked in jumps:
        done = conduct(SIREN, parts, asked=asked)
        (late,) = (line for line in done.played if line.event.entry == "late")
        assert late.actual_us - done.began_us == pytest.approx(6e6, abs=5e3)
        assert late.rate == 10


def test_a_jump_over_a_chapter_is_not_taken_back() -> None:
    """Paused in the first chapter and gone to the second: from there on it is later, and only goes forward."""
    parts = [Segment("one", after(0), after(50), 1.0), Segment("two", after(50), after(200), 10.0)]
    done = conduct(SIREN, parts, asked=[(5, Pause()), (0, Jump(to=after(90))), (0, Jump(to=after(60))), (0, Resume())])
    assert done.refusals == ["a jump goes forward only, and it is 2023-12-12T05:01:30+02:00 already"]
    assert [seen.at for seen in done.accepted] == [after(5), after(5), after(90)]


def test_another_pace_holds_until_the_next_chapter() -> None:
    """SetRate rules from that moment on, also when it was asked for during a pause; a new chapter has its own pace."""
    parts = [Segment("one", after(0), after(50), 1.0), Segment("two", after(50), after(100), 1.0)]
    paces: list[Wishes] = [[(5, SetRate(rate=5))], [(5, Pause()), (0, SetRate(rate=5)), (0, Resume())]]
    for asked in paces:
        done = conduct(SIREN, parts, asked=asked)
        assert done.took_s == pytest.approx(5 + 9 + 50, abs=0.01)


@pytest.mark.parametrize(
    ("asked", "reasons"),
    [
        ([(5, Resume())], ["not paused"]),
        ([(5, Pause()), (1, Pause()), (1, Resume())], ["already paused"]),
        ([(5, Suspend()), (1, Pause()), (1, Suspend()), (1, Resume())], ["already suspended"] * 2),
        ([(5, Suspend()), (1, Jump(to=after(50))), (1, Resume())], ["suspended: resume or end the exercise"]),
        (
            [(5, Jump(to=after(5))), (0, Jump(to=after(-1)))],
            ["a jump goes forward only, and it is 2023-12-12T05:00:05+02:00 already"] * 2,
        ),
        ([(5, Jump(to=after(101)))], ["the exercise ends at 2023-12-12T05:01:40+02:00"]),
    ],
)
def test_what_makes_no_sense_is_refused(asked: Wishes, reasons: list[str]) -> None:
    """A reason is given, nothing changes, and the story is told to its end."""
    done = conduct(SIREN, whole(SIREN), asked=asked)
    assert done.refusals == reasons
    assert done.kinds[-1] == "ended"
    assert len(passed(done.lines)) == len(SIREN.events)


def test_at_max_there_is_no_pace_to_set() -> None:
    """At rate max a pace is refused; a pause still works."""
    done = conduct(SIREN, whole(SIREN, MAX), asked=[(0, SetRate(rate=5)), (0, Pause()), (60, Resume())])
    assert done.refusals == ["it already plays as fast as it can"]
    assert [kind for kind in done.kinds if "." not in kind] == ["running", "paused", "running", "ended"]
    assert {line.rate for line in done.played} == {math.inf}


def test_a_chapter_starts_where_it_starts_however_late_the_one_before_was() -> None:
    """A second of lateness at ×3600 is an hour; it must neither eat the next chapter nor play what lies between."""
    timeline = compiled(night(news("between", 3650), news("later", 3710)))
    parts = [Segment("one", after(0), after(3600), 3600.0), Segment("two", after(3700), after(3720), 1.0)]
    done = conduct(timeline, parts, machine=Machine(0.05, 0.0))
    assert [line.event.entry for line in done.played] == ["live", "later", "live"]
    assert done.played[1].actual_us - done.played[1].due_us < 2e5


def test_a_termination_stops_before_the_next_event_even_in_a_burst() -> None:
    """Twenty impacts at one moment; terminated after the third; the hook was called in the same breath."""
    burst = compiled(night(strike("salvo", 0, impacted=20), alert(0)))

    async def main() -> tuple[str, list[str]]:
        feed, told, hooked = SlowFeed(0.1), list[str](), list[bool]()
        reader = feed.reader("log", policy="wait", bound=1000)
        conductor = Conductor(burst, whole(burst), leaping_clock(burst.start), feed)
        conductor.on_terminate = lambda: hooked.append(True)
        playing = asyncio.create_task(conductor.play())
        while told.count("strike.impacted") < 3:
            told += [line.event.kind for line in await reader.take() if isinstance(line, Played)]
        assert hooked == []
        conductor.ask(Terminate(reason="enough"))
        assert hooked == [True]
        reason = await playing
        feed.close()
        return reason, told + [line.event.kind for line in await reader.take() if isinstance(line, Played)]

    reason, told = leap(main())
    assert reason == "enough"
    assert told.count("strike.impacted") <= 4
    assert "alert.raised" not in told


@pytest.mark.parametrize("stopped", [[], [(15, Pause())], [(15, Suspend())]])
def test_a_termination_ends_everything_at_once(stopped: Wishes) -> None:
    """Running, paused or suspended, and whatever chapters are left: cancel what is open, and end."""
    parts = [Segment("one", after(0), after(50), 1.0), Segment("two", after(70), after(100), 1.0)]
    for reason in ("enough", ""):
        done = conduct(SIREN, parts, asked=[*stopped, (20, Terminate(reason=reason))])
        assert done.reason == reason
        cancels = [kind for kind in done.kinds if kind.startswith("alert.cancelled")]
        assert len(cancels) == 1
        assert done.kinds[-1] == "ended"
        assert "news.published 100" not in done.kinds
        assert done.took_s < 36


def test_the_farewell_cancels_exactly_what_is_open() -> None:
    """Two areas stay open, one was cleared: two cancels, in order of area, then the end with its reason."""
    timeline = compiled(night(alert(5, area="UA-74"), alert(6, area="UA-32"), alert(7, 8)))

    async def main() -> tuple[Played, ...]:
        conductor = Conductor(timeline, whole(timeline), leaping_clock(timeline.start), Feed())
        return conductor.farewell(await conductor.play())

    *cancels, ended = leap(main())
    assert [line.event.area for line in cancels if isinstance(line.event, AlertCancelled)] == ["UA-32", "UA-74"]
    assert isinstance(ended.event, ExerciseStateChanged)
    assert (ended.event.state, ended.event.reason) == (ExerciseState.ENDED, COMPLETED)
    assert [one.seq + 1 for one in (*cancels, ended)][:-1] == [one.seq for one in (*cancels, ended)][1:]
    assert len({one.event.event for one in (*cancels, ended)}) == 3


def test_ticks_tell_time_and_pace_once_a_second() -> None:
    """Counted by themselves; the pace is 0 in a pause, and absent at max."""
    parts = [Segment("one", after(0), after(90), 60.0), Segment("two", after(90), after(96), 1.0)]
    done = conduct(SIREN, parts, asked=[(2.25, Pause()), (2, Resume())])
    ticks = [(line.seq, line.event) for line in done.lines if isinstance(line, Played) and line.event.entry == "clock"]
    assert [seq for seq, _ in ticks] == list(range(len(ticks)))
    assert [event.event for _, event in ticks] == [f"clock:{n}" for n in range(len(ticks))]
    told = [(round((event.at - after(0)) / 1e3, 2), event.rate) for _, event in ticks if isinstance(event, ClockTicked)]
    assert told == [
        (0, 60),
        (60, 60),
        (90.5, 1),
        (90.75, 0),
        (90.75, 0),
        (91.5, 1),
        (92.5, 1),
        (93.5, 1),
        (94.5, 1),
        (95.5, 1),
    ]


def test_a_tick_at_max_has_no_pace() -> None:
    """What plays as fast as it can plays at no rate."""

    async def main() -> ClockTicked:
        feed = Feed()
        log = feed.reader("log", policy="wait", bound=10)
        clock = leaping_clock(SIREN.start)
        clock.set_rate(MAX)
        ticking = asyncio.create_task(Conductor(SIREN, whole(SIREN, MAX), clock, feed).tick())
        (line,) = await log.take()
        ticking.cancel()
        assert isinstance(line, Played)
        assert isinstance(line.event, ClockTicked)
        return line.event

    assert leap(main()).rate is None


def test_a_reader_that_stalls_costs_nobody_else_the_exercise() -> None:
    """It is waited for a second, named once, and play goes on to its end."""

    async def main() -> tuple[str, list[str], int]:
        feed = Feed()
        feed.reader("recording", policy="wait", bound=1)
        log = feed.reader("log", policy="wait", bound=1000)
        conductor = Conductor(SIREN, whole(SIREN, 60.0), leaping_clock(SIREN.start), feed)
        reason = await conductor.play()
        feed.close()
        lines = await log.take()
        degraded = [line.observation for line in lines if isinstance(line, Observed)]
        assert all(isinstance(seen, PlayDegraded) for seen in degraded)
        return reason, [seen.part for seen in degraded if isinstance(seen, PlayDegraded)], len(passed(lines))

    assert leap(main()) == (COMPLETED, ["recording"], len(SIREN.events))


def test_a_machine_that_slept_is_told_of() -> None:
    """Two minutes gone in the middle of a wait: the log says so, and the story goes on where it was."""

    async def main() -> tuple[list[ClockSlept], int]:
        feed, loop = Feed(), asyncio.get_running_loop()
        assert isinstance(loop, LeapingLoop)
        log = feed.reader("log", policy="wait", bound=1000)
        clock = leaping_clock(SIREN.start)
        conductor = Conductor(SIREN, whole(SIREN), clock, feed)
        began_us = clock.unix_us()
        loop.call_later(40, loop.sleep_over, 120.0)
        await conductor.play()
        feed.close()
        lines = await log.take()
        ended_us = [line.actual_us for line in lines if isinstance(line, Played)][-1]
        return [line.observation for line in lines if is_seen(line, ClockSlept)], ended_us - began_us  # type: ignore[union-attr,misc]

    (slept,), took_us = leap(main())
    assert slept.lost_ms == pytest.approx(120_000, abs=1_100)
    assert after(40) <= slept.at <= after(60)
    assert took_us / 1e6 == pytest.approx(220, abs=2)


def test_an_outage_in_a_gap_is_caught_up() -> None:
    """What failed between two chapters is said when the second begins, once, in its last condition."""
    timeline = compiled(night(outage("down", 30, {"data": 0.0}, onset="10s"), news("late", 100)))
    parts = [Segment("one", after(0), after(20), 1.0), Segment("two", after(90), after(100), 1.0)]
    done = conduct(timeline, parts)
    assert done.kinds == ["running", "operator.changed 40", "news.published 100", "ended"]
    assert [line.catch_up for line in done.played] == [False, True, False, False]


def test_no_all_clear_while_suspended() -> None:
    """The story's all-clear waits until somebody deliberately goes on."""
    done = conduct(SIREN, whole(SIREN), asked=[(40, Suspend()), (3600, Resume())])
    (cleared,) = (line for line in done.played if isinstance(line.event, AlertCleared))
    assert cleared.actual_us - done.began_us == pytest.approx((60 + 3600) * 1e6, abs=5e3)
    assert all(one.seq < other.seq for one, other in pairwise(done.played))


# ── operators that are made to fail ─────────────────────────────────────────────────────────────────────────────────


def conditions(done: Conduct) -> list[tuple[float, float]]:
    """When an operator changed, in seconds after the start, and what was left of its data."""
    changes = [line.event for line in done.played if isinstance(line.event, OperatorChanged)]
    return [((event.at - after(0)) / 1e3, event.up[Service.DATA]) for event in changes]


QUIET = compile_scenario(night(news("n", 100), news("m", 200)), 1, CATALOGUE)
DOWN = compile_scenario(
    night(outage("o", 50, {"data": 0.5}, {"at": "+150s", "up": {"data": 1.0}}), news("m", 200)), 1, CATALOGUE
)


def test_an_operator_that_is_made_to_fail_comes_back_by_itself() -> None:
    """After its time, which is scenario time; nobody need be there to restore it."""
    done = conduct(QUIET, whole(QUIET, 10.0), asked=[(1, StartOutage(operator="operator-a", lasts=Millis(30_000)))])
    assert conditions(done) == [(10.0, 0.0), (40.0, 1.0)]
    assert [each.command.by for each in done.accepted] == ["control", "its time"]


def test_restored_by_hand() -> None:
    """Before its time; and only what was made to fail can be restored."""
    wishes: Wishes = [
        (1, StartOutage(operator="operator-a", up=0.5)),
        (1, Restore(operator="operator-a")),
        (1, Restore(operator="operator-a")),
    ]
    done = conduct(QUIET, whole(QUIET, 10.0), asked=wishes)
    assert conditions(done) == [(10.0, 0.5), (20.0, 1.0)]
    assert done.refusals == ["nobody has made operator-a fail"]


def test_the_scenario_goes_on() -> None:
    """What it says meanwhile is said, and holds afterwards; restored is as the scenario has it by then."""
    operator, written = "operator-a", [(50.0, 0.5), (150.0, 1.0)]
    early = conduct(DOWN, whole(DOWN, 10.0), asked=[(1, StartOutage(operator=operator, up=0.25))])
    assert conditions(early) == [(10.0, 0.25), (50.0, 0.5), (50.0, 0.25), (150.0, 1.0), (150.0, 0.25)]
    late = conduct(DOWN, whole(DOWN, 10.0), asked=[(8, StartOutage(operator=operator, up=0.25, lasts=Millis(30_000)))])
    assert conditions(late) == [written[0], (80.0, 0.25), (110.0, written[0][1]), *written[1:]]


def test_not_while_real_people_are_in_danger() -> None:
    """Suspended, nothing is made to fail."""
    wishes: Wishes = [(1, Suspend()), (1, StartOutage(operator="operator-a")), (1, Resume())]
    done = conduct(QUIET, whole(QUIET, 10.0), asked=wishes)
    assert (conditions(done), done.refusals) == ([], ["suspended: resume or end the exercise"])


def test_a_pause_or_a_jump_does_not_restore() -> None:
    """What was made to fail stands through both, until its time."""
    wishes: Wishes = [
        (1, StartOutage(operator="operator-a", lasts=Millis(100_000))),
        (1, Pause()),
        (60, Resume()),
        (1, Jump(to=Millis(after(60)))),
    ]
    assert conditions(conduct(QUIET, whole(QUIET, 10.0), asked=wishes)) == [(10.0, 0.0), (110.0, 1.0)]
