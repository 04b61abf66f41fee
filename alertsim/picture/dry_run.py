"""The dry run: what a conduct of a scenario would come to, counted before any clock starts."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from alertsim.events import AlertCancelled, AlertRaised, Event, ExerciseState, ExerciseStateChanged, Frozen, Track
from alertsim.scenario import Scenario
from alertsim.situation import Situation
from alertsim.timeline import Segment, Timeline
from alertsim.times import Millis, rfc3339
from alertsim.wire.topics import STATE, address

_WINDOW_MS = 1000


class Peak(Frozen):
    """The fullest second of real time: how many events are published in it, where in the story it begins."""

    events: int
    at: Millis
    chapter: str


class Part(Frozen):
    """One stretch that is played, and how many events are published in it."""

    name: str
    start: Millis
    until: Millis
    rate: float
    real_s: float
    events: int


class DryRun(Frozen):
    """What a conduct would come to, without what hangs on real time: ticks of the clock, renewed leases.

    `planned` are all events of the timeline by kind. `published` are those that would be sent: the planned ones that
    are played, those said again where play begins or jumps because they stand, the exercise's `running` and `ended`,
    a cancel for each alert still open at the end. `farewell` are the messages after that: `ended` on other retained
    topics but alerts, and an empty clear on all. `passed_over` and `not_reached` are planned events before or between
    what is played, and after it.
    """

    scenario: str
    seed: int
    planned: dict[str, int]
    published: dict[str, int]
    farewell: int
    passed_over: int
    not_reached: int
    retained: int
    peak: Peak
    areas: tuple[str, ...]
    standing: tuple[str, ...]
    tracks: dict[str, int]
    left_out: dict[str, int]
    scenario_s: float
    real_s: float
    parts: tuple[Part, ...]
    not_played: tuple[str, ...]

    @property
    def messages(self) -> int:
        """Everything that is published once."""
        return sum(self.published.values()) + self.farewell

    def as_json(self, offset: int) -> dict[str, object]:
        """As plain JSON: times as RFC 3339 at `offset` minutes."""
        plain = self.model_dump(mode="json") | {"messages": self.messages}
        for part, shown in zip(self.parts, plain["parts"], strict=True):
            shown |= {"start": rfc3339(part.start, offset), "until": rfc3339(part.until, offset)}
        plain["peak"]["at"] = rfc3339(self.peak.at, offset)
        return plain


class Sent(NamedTuple):
    """One event as it would be published: when in the story, when in real time, and in which segment."""

    event: Event
    at: Millis
    real_ms: float
    segment: int


def dry_run(scenario: Scenario, timeline: Timeline, segments: Sequence[Segment], tracks: frozenset[Track]) -> DryRun:
    """What a conduct of these segments comes to; `tracks` are those the timeline was compiled with."""
    sent, passed_over = rehearsed(timeline, segments)
    track_of = {entry.id: entry.on_track for entry in scenario.events}
    retained = {place.topic for one in sent if (place := address(one.event)).retain}
    spoken_for = {topic for topic in retained if topic == STATE or topic.startswith("public/alert/")}
    raised = [one.event for one in sent if isinstance(one.event, AlertRaised)]
    counts = Counter(one.segment for one in sent)
    parts = tuple(_part(segment, counts[n]) for n, segment in enumerate(segments))
    played = {segment.name for segment in segments}
    return DryRun(
        scenario=timeline.scenario,
        seed=timeline.seed,
        planned=_counted(event.kind for event in timeline.events),
        published=_counted(one.event.kind for one in sent),
        farewell=len(retained - spoken_for) + len(retained),
        passed_over=passed_over,
        not_reached=sum(event.at > segments[-1].until for event in timeline.events),
        retained=len(retained),
        peak=_peak(sent, segments),
        areas=tuple(sorted({event.area for event in raised if not event.standing})),
        standing=tuple(sorted({event.area for event in raised if event.standing})),
        tracks=_counted(track_of[event.entry] for event in timeline.events),
        left_out=_counted(track for track in track_of.values() if track not in tracks),
        scenario_s=sum(segment.until - segment.start for segment in segments) / 1000,
        real_s=round(sum(part.real_s for part in parts), 3),
        parts=parts,
        not_played=tuple(name for name in scenario.chapters if name not in played),
    )


def rehearsed(timeline: Timeline, segments: Sequence[Segment]) -> tuple[list[Sent], int]:
    """All events as the conductor would publish them, and how many it would pass over."""
    events, times = timeline.events, [event.at for event in timeline.events]
    situation = Situation()
    begins = segments[0].start
    sent = [Sent(_state(ExerciseState.RUNNING, begins), begins, 0.0, 0)]
    real_ms, done, passed_over = 0.0, 0, 0
    for n, (_, start, until, rate) in enumerate(segments):
        first, last = max(done, bisect_left(times, start)), max(done, bisect_right(times, until))
        skipped = situation.after(*events[done:first])
        sent += [Sent(event, start, real_ms, n) for event in skipped.changes(situation)]
        sent += [Sent(event, event.at, real_ms + (event.at - start) / rate, n) for event in events[first:last]]
        situation = skipped.after(*events[first:last])
        real_ms += (until - start) / rate
        passed_over += first - done
        done = last
    end, n = segments[-1].until, len(segments) - 1
    farewell: list[Event] = [_cancelled(alert.area, end) for alert in situation.uncleared]
    farewell.append(_state(ExerciseState.ENDED, end))
    return sent + [Sent(event, end, real_ms, n) for event in farewell], passed_over


def _peak(sent: Sequence[Sent], segments: Sequence[Segment]) -> Peak:
    """The first of the fullest windows of a second, its beginning included, its end not."""
    most = first = fullest = 0
    for last, one in enumerate(sent):
        while one.real_ms - sent[first].real_ms >= _WINDOW_MS:
            first += 1
        if last - first + 1 > most:
            most, fullest = last - first + 1, first
    begins = sent[fullest]
    return Peak(events=most, at=begins.at, chapter=segments[begins.segment].name)


def _part(segment: Segment, events: int) -> Part:
    name, start, until, rate = segment
    return Part(
        name=name, start=start, until=until, rate=rate, real_s=round((until - start) / rate / 1000, 3), events=events
    )


def _counted(names: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(map(str, names)).items()))


def _state(state: ExerciseState, at: Millis) -> ExerciseStateChanged:
    return ExerciseStateChanged(event=f"live:{state}", at=at, entry="live", state=state)


def _cancelled(area: str, at: Millis) -> AlertCancelled:
    return AlertCancelled(event="live:cancelled", at=at, entry="live", area=area)
