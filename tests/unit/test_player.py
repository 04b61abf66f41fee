"""A replay goes back and forth; whoever listens knows what stands, and the command log tells it again."""

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from alertsim.clock import MAX
from alertsim.commands import Command, Pause, Resume, Seek, SetRate, Step
from alertsim.conductor import COMPLETED
from alertsim.events import Event, ExerciseStateChanged
from alertsim.observations import Line, Played
from alertsim.situation import situation_at
from alertsim.timeline import Segment, Timeline
from alertsim.wire import STATE, address
from tests.conducting import Conduct, Wishes, conduct
from tests.histories import timelines
from tests.nights import after, alert, news, night
from tests.unit.test_conductor import compiled, whole

minutes = st.integers(0, 60).map(lambda minute: 60 * minute)
moves: st.SearchStrategy[Command] = st.one_of(
    st.integers(-1, 61).map(lambda minute: Seek(to=after(60 * minute))),
    st.integers(1, 12).map(lambda n: Step(n=n)),
    st.sampled_from([Pause(), Resume(), SetRate(rate=600.0)]),
)
wishes = st.lists(st.tuples(st.sampled_from([0.0, 0.3]) | st.floats(0, 10), moves), max_size=8)
rates = st.sampled_from([60.0, 1000.0, MAX])


def replayed(timeline: Timeline, segments: list[Segment], *asked: tuple[float, Command], laps: float = 1) -> Conduct:
    """A replay that goes on in the end."""
    return conduct(timeline, segments, asked=[*asked, (0.0, Resume())], rewinds=True, laps=laps)


def retained(lines: Iterable[Line]) -> dict[str, Event]:
    """What a broker keeps after these lines, by topic."""
    kept: dict[str, Event] = {}
    for line in lines:
        if isinstance(line, Played):
            where = address(line.event)
            if where.retain:
                kept[where.topic] = line.event
            for topic in line.withdraws:
                kept.pop(topic)
    return kept


@given(timelines(minutes), rates, wishes)
def test_whatever_one_does_in_the_end_all_stands_that_should(timeline: Timeline, rate: float, asked: Wishes) -> None:
    """Back, forth, in steps, paused, at any pace: the broker keeps what stands at the end, nothing else."""
    segments = [Segment("all", after(0), after(3600), rate)]
    done = replayed(timeline, segments, *asked)
    assert done.reason == COMPLETED
    expected = {address(event).topic: event for event in situation_at(timeline, after(3600)).standing}
    found = retained(before_the_end(done))
    found.pop(STATE)
    expected.pop(STATE, None)
    assert _said(found) == _said(expected)


def before_the_end(done: Conduct) -> list[Played]:
    """What was played before the farewell: the last word, and what was cancelled right before it."""
    played = list(done.played)[:-1]
    while played and played[-1].event.kind == "alert.cancelled" and played[-1].event.entry == "live":
        played.pop()
    return played


def _said(events: dict[str, Event]) -> dict[str, str]:
    return {topic: event.event for topic, event in events.items()}


@given(timelines(minutes), rates, wishes)
def test_the_command_log_tells_a_replay_again(timeline: Timeline, rate: float, asked: Wishes) -> None:
    """The log handed to another conductor makes the same events in the same order."""
    segments = [Segment("all", after(0), after(3600), rate)]
    first = replayed(timeline, segments, *asked)
    again = conduct(timeline, segments, script=first.accepted, rewinds=True)
    assert [(line.seq, line.event, line.withdraws) for line in again.played] == [
        (line.seq, line.event, line.withdraws) for line in first.played
    ]


NIGHT = compiled(night(alert(10, 50), news("one", 20), news("two", 30), alert(40, area="UA-32"), news("last", 60)))


def test_back_in_time_what_was_to_come_is_taken_back() -> None:
    """An alert of later is cancelled and cleared, one that stood then goes on unsaid, the past is played again."""
    done = replayed(NIGHT, whole(NIGHT), (45, Seek(to=after(15))))
    assert done.kinds == [
        *("running", "alert.raised 10", "news.published 20", "news.published 30", "alert.raised 40"),
        *("alert.cancelled 15", "running", "news.published 20", "news.published 30", "alert.raised 40"),
        *("alert.cleared 50", "news.published 60", "alert.cancelled 60", "ended"),
    ]
    back = next(line for line in done.played if line.withdraws)
    assert isinstance(back.event, ExerciseStateChanged)
    assert "back to" in back.event.reason
    assert back.withdraws == ("public/alert/UA-32",)


def test_a_step_is_the_next_event_at_once_and_stays_paused() -> None:
    """Three steps from a pause: three events without waiting, and scenario time stands at the last of them."""
    done = replayed(NIGHT, whole(NIGHT), (1, Pause()), (1, Step(n=2)), (0, Step()), (5, SetRate(rate=1.0)))
    told = [(line.event.kind, line.due_us - done.began_us) for line in done.played[2:5]]
    assert [kind for kind, _ in told] == ["alert.raised", "news.published", "news.published"]
    assert all(us < 2_100_000 for _, us in told)
    assert [command.at for command in done.accepted[1:4]] == [after(1), after(20), after(30)]


def test_steps_go_over_the_end_of_a_segment_and_not_past_the_last_event() -> None:
    """What lies between segments is passed over; when nothing is left a step is refused."""
    parts = [Segment("a", after(0), after(12), 1.0), Segment("b", after(25), after(35), 1.0)]
    done = replayed(NIGHT, parts, (0, Pause()), (0, Step(n=9)), (0, Step()))
    assert done.kinds == [
        "running",
        "paused",
        "alert.raised 10",
        "news.published 30",
        "running",
        "alert.cancelled 35",
        "ended",
    ]
    assert done.refusals == ["no event is left"]


def test_a_loop_begins_again_at_the_start() -> None:
    """Three laps are three nights; the third ends it."""
    done = replayed(NIGHT, whole(NIGHT, rate=60.0), laps=3)
    assert done.kinds.count("alert.raised 10") == done.kinds.count("news.published 60") == 3
    assert done.kinds.count("running") == 3


def test_an_exercise_is_not_rewound_by_mistake() -> None:
    """Seek is refused with a sentence in an exercise, and outside a replay's time."""
    done = conduct(NIGHT, whole(NIGHT), asked=[(30, Seek(to=after(5)))])
    assert done.refusals == ["an exercise goes forward only; a replay of its recording can be rewound"]
    done = replayed(NIGHT, whole(NIGHT), (30, Seek(to=after(100))))
    assert done.refusals[0].startswith("the replay lasts from 2023-12-12T05:00:00+02:00 to ")


def test_the_pace_one_has_chosen_outlives_a_seek_in_the_same_segment() -> None:
    """Faster, then back: still faster."""
    done = replayed(NIGHT, whole(NIGHT), (0, SetRate(rate=30.0)), (1, Seek(to=after(5))))
    assert done.took_s < 5
