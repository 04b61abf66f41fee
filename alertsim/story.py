"""What an exercise plays, whatever it was made from: events in their order, their pace, and in whose name."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from alertsim.contradiction import contradictions
from alertsim.errors import InputError
from alertsim.events import Text, Track
from alertsim.history.past import Past, inside, offset
from alertsim.history.played import timeline as as_timeline
from alertsim.library import FACTS, SCENARIO, Loaded, catalogue
from alertsim.recording import Recording
from alertsim.recording.retell import Retold
from alertsim.recording.select import Selection
from alertsim.timeline import DEFAULT_TRACKS, Segment, Timeline, compile_scenario, pace, within
from alertsim.times import Millis, rfc3339


@dataclass(frozen=True)
class Story:
    """A timeline to be played.

    `historical`: it speaks of real operators. `chapters`: titles of segments by name. `files`: what it was made from,
    kept in the recording and beside it. `metadata`: what the recording says of its origin. `replay_of`: the exercise
    (or recording, where it was none) that is played again, in which one may go back. `remap`: see `wire.Mark`.
    """

    name: str
    title: Text
    contact: str
    historical: bool
    timeline: Timeline
    segments: tuple[Segment, ...]
    chapters: Mapping[str, Text] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)
    metadata: Mapping[str, str] = field(default_factory=dict)
    replay_of: str | None = None
    remap: tuple[tuple[str, str], ...] = ()

    @property
    def offset(self) -> int:
        """Minutes east of UTC in which its times are told."""
        return self.timeline.offset


def of_scenario(
    loaded: Loaded,
    seed: int,
    *,
    rate: float | None = None,
    start: Millis | None = None,
    until: Millis | None = None,
    chapter: str | None = None,
    tracks: frozenset[Track] = DEFAULT_TRACKS,
) -> Story:
    """A scenario under a seed, and the parts of it that are asked for; InputError where nothing is left to play."""
    scenario = loaded.scenario
    timeline = compile_scenario(scenario, seed, catalogue(), tracks)
    segments = pace(scenario, timeline.until, rate=rate, start=start, until=until, chapter=chapter)
    return Story(
        name=scenario.name,
        title=scenario.title,
        contact=scenario.exercise.contact,
        historical=scenario.basis == "historical",
        timeline=timeline,
        segments=segments,
        chapters={name: chapter.title for name, chapter in scenario.chapters.items() if chapter.title},
        files=loaded.files,
        metadata={
            "scenario": scenario.name,
            "basis": scenario.basis,
            "scenario_sha256": hashlib.sha256(loaded.files[SCENARIO]).hexdigest(),
            "seed": str(seed),
            "tracks": " ".join(sorted(tracks)),
        },
    )


def of_history(
    told: Sequence[Past], start: Millis | None, until: Millis | None, *, rate: float, area: str | None, contact: str
) -> Story:
    """What channels told between two moments, or as long as they go, at one rate; InputError where that is nothing."""
    alerts = {past.channel: inside(past.alerts, area) for past in told}
    first = min((kept[0].start for kept in alerts.values() if kept), default=Millis(0)) if start is None else start
    last = max((alert.end for kept in alerts.values() for alert in kept), default=first) if until is None else until
    day = rfc3339(first, offset(first))[:10]
    timeline = as_timeline(f"sirens-{day}", alerts, first, last, offset(first))
    if not any(event.at >= first for event in timeline.events):
        raise InputError("nothing to play: no alert begins or ends between --from and --until in this area")
    return Story(
        name=timeline.scenario,
        title=Text(uk=f"Сирени від {day}", en=f"The sirens from {day} on"),
        contact=contact,
        historical=True,
        timeline=timeline,
        segments=(Segment("all", first, last, rate),),
        metadata={
            "history": " ".join(past.channel for past in told),
            "history_files": " ".join(f"{origin.file}:{origin.sha256}" for past in told for origin in past.origins),
        },
    )


def of_recording(
    recording: Recording,
    told: Retold,
    selection: Selection,
    *,
    rate: float | None = None,
    start: Millis | None = None,
    until: Millis | None = None,
    remap: tuple[tuple[str, str], ...] = (),
) -> Story:
    """What a recording tells again, as it was played or at one rate; InputError where nothing is left to play.

    Of what the recording was made from only the scenario and its facts go on: a stranger's file names nothing here.
    """
    segments = within(told.segments, rate=rate, start=start, until=until)
    events = tuple(filter(selection.takes, told.timeline.events))
    if not segments or not any(segments[0].start <= event.at <= segments[-1].until for event in events):
        first, last = (rfc3339(at, told.timeline.offset) for at in (told.segments[0].start, told.segments[-1].until))
        raise InputError(f"nothing to play with these filters and times: the recording lasts from {first} to {last}")
    origin, name = recording.metadata, told.exercise or recording.path.stem
    return Story(
        name=f"replay-{origin.get('scenario', 'recording')}",
        title=Text(uk=f"Повтор: {name}"[:200], en=f"Replay of {name}"[:200]),
        contact=told.contact if told.contact.strip() and not any(contradictions(told.contact)) else "alertsim replay",
        historical=origin.get("basis") == "historical",
        timeline=replace(told.timeline, events=events),
        segments=segments,
        files={name: text for name, text in recording.attachments.items() if name in {SCENARIO, FACTS}},
        metadata={
            **{
                name: origin[name]
                for name in ("scenario", "basis", "scenario_sha256", "seed", "tracks")
                if name in origin
            },
            "replay_of": name,
            "replayed_file": recording.path.name,
        },
        replay_of=name,
        remap=remap,
    )
