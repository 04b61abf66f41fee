"""Gives a recording back as a story: its events with their scenario times, and the pace they were played at.

What machinery adds to a story is told apart and left to the next exercise: renewed leases, copies for those who join
late, cancellations, clears, clock ticks, the states of the exercise, answers. What was captured without our mark is
somebody else's, and comes back inside an event of ours, at the scenario time it was heard.
"""

import re
from base64 import b64encode
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from alertsim import areas
from alertsim.errors import InputError
from alertsim.events import (
    EVENT,
    AlertCancelled,
    ClockTicked,
    Event,
    ExerciseStateChanged,
    ForeignRelayed,
)
from alertsim.mqtt.filters import topic_fault
from alertsim.observations import CommandAccepted, EventSkipped
from alertsim.recording.layout import Delivery
from alertsim.recording.read import Recorded
from alertsim.recording.tempo import Tick, as_played
from alertsim.timeline import Segment, Timeline
from alertsim.times import MINUTE, SECOND, Millis, parse_instant
from alertsim.wire import address
from alertsim.wire.payload import KINDS

MOST_EVENTS = 100_000
"""Events a replay holds unless asked for more."""

CAPTURE = "capture"
"""In the metadata of a recording of somebody's broker, where topics are whole."""

_TOPIC = re.compile(r"(?:exercise|test)/([a-z0-9][a-z0-9-]{2,63})/(.+)", re.DOTALL)
_LARGEST, _LONGEST = 60_000, 118
_PLAIN = Delivery(qos=0, retain=False, expiry_s=None, properties=())
_MACHINERY = frozenset({"live", "clear"})


class Retold(NamedTuple):
    """A story told again. `exercise`: whose, where it was one of ours; `left_out`: how much of what was not told."""

    exercise: str | None
    contact: str
    timeline: Timeline
    segments: tuple[Segment, ...]
    left_out: Mapping[str, int]


class _Heard(NamedTuple):
    """Scenario time at a real moment, and its pace from then on."""

    us: int
    at: Millis
    rate: float


class Retelling:
    """A fold over the lines of one recording; `told` is what came of them.

    `of`: which exercise of a capture that has several. `most`: InputError where there are more events.
    """

    def __init__(self, metadata: Mapping[str, str], *, of: str | None = None, most: int = MOST_EVENTS) -> None:
        self._metadata, self._of, self._most = metadata, of, most
        self._captured = CAPTURE in metadata
        self._exercises = [] if self._captured else [metadata.get("exercise", "")]
        self._contact, self._offset = metadata.get("contact", ""), int(metadata.get("offset_minutes", "0"))
        self._events: dict[str, Event] = {}
        self._foreign: list[Recorded] = []
        self._heard: list[_Heard] = []
        self._ticks: list[Tick] = []
        self._commands: list[CommandAccepted] = []
        self._last: Millis | None = None
        self._left_out = Counter[str]()

    @property
    def last(self) -> Millis | None:
        """The scenario time of the newest event that was told as it came."""
        return self._last

    def add(self, line: Recorded) -> None:
        """One more line; InputError where there are too many."""
        match line.of:
            case EventSkipped():
                self.stood(line.of.skipped)
            case CommandAccepted():
                self._commands.append(line.of)
            case None | dict() as body:
                self._message(line, body)
            case _:
                pass
        if len(self._events) + len(self._foreign) > self._most:
            raise InputError(f"more than {self._most:,} events: say --large to hold them all in memory")

    def stood(self, event: Event) -> None:
        """An event that nobody was told as it came, but that may stand."""
        self._events.setdefault(event.event, event)

    def told(self) -> Retold:
        """The story of all lines so far; InputError where there is nothing to play."""
        known = [each for each in self._exercises if each]
        if len(known) > 1:
            raise InputError(f"the recording has several exercises: {', '.join(known)}; choose one with --of")
        events = [*self._events.values(), *self._relayed()]
        events.sort(key=lambda event: event.at)
        if not events:
            raise InputError("there is nothing to play in this recording")
        moments = [heard.at for heard in self._heard] + [each.at for each in events if isinstance(each, ForeignRelayed)]
        first, last = (min(moments), max(moments)) if moments else (events[0].at, events[-1].at)
        segments = as_played(self._metadata, self._ticks, self._commands, first, last)
        name = known[0] if known else None
        timeline = Timeline(name or "capture", 0, segments[0].start, self._offset, tuple(events))
        return Retold(name, self._contact, timeline, segments, dict(self._left_out))

    def _message(self, line: Recorded, body: dict[str, Any] | None) -> None:
        below = self._below(line)
        if below is None:
            self._foreign.append(line)
        elif below.startswith("ack/"):
            self._left_out["answers"] += 1
        elif body is None:
            self._left_out["clears"] += 1
        else:
            self._said(line, body)

    def _below(self, line: Recorded) -> str | None:
        """The topic below the root of an exercise of ours; None of what was not marked as such."""
        if not self._captured:
            return line.topic
        found = _TOPIC.fullmatch(line.topic)
        if not found or not _is_marked(line, found[1]):
            return None
        if self._of not in {None, found[1]}:
            return "ack/another"
        if found[1] not in self._exercises:
            self._exercises.append(found[1])
        return found[2]

    def _said(self, line: Recorded, body: Mapping[str, Any]) -> None:
        try:
            event, offset = event_of(body)
        except (ValueError, KeyError, TypeError, areas.UnknownArea):
            self._left_out["unreadable"] += 1
            return
        if self._captured:
            self._offset = offset
            self._contact = self._contact or _contact(line)
        due_us = int(body["intended_us"]) if self._captured else line.due_us
        copied = body.get("catch_up") is True
        if reason := self._told_apart(event, due_us, copied=copied):
            self._left_out[reason] += 1
            return
        self._events[event.event] = event.model_copy(update={"original_us": due_us})
        if not copied:
            self._note(line.actual_us, event.at)

    def _told_apart(self, event: Event, due_us: int, *, copied: bool) -> str:
        """What it is, where it is no part of the story; and what it tells of its pace."""
        match event:
            case ClockTicked():
                self._ticks.append(Tick(due_us, event.at, event.rate))
                self._note(due_us, event.at)
                return "ticks"
            case ExerciseStateChanged():
                self._note(due_us, event.at)
                return "states"
            case AlertCancelled() if event.entry in _MACHINERY:
                return "cancellations"
            case _ if event.event in self._events and self._events[event.event].original_us is not None:
                return "copies" if copied else "renewals"
            case _:
                return ""

    def _note(self, us: int, at: Millis) -> None:
        """It was this scenario time at that moment."""
        self._last = max(at, self._last or at)
        rate = self._ticks[-1].rate if self._ticks else 1.0
        self._heard.append(_Heard(us, at, rate or 0.0))

    def _relayed(self) -> list[Event]:
        """What was never ours, at the scenario time it was heard; where there was none, at real time."""
        self._heard.sort()
        relayed: list[Event] = []
        for number, line in enumerate(self._foreign, 1):
            event = relay(line, number, self._when(line.actual_us))
            if len(address(event).topic.encode()) > _LONGEST or len(event.model_dump_json()) > _LARGEST:
                self._left_out["too large"] += 1
            else:
                relayed.append(event)
        return relayed

    def _when(self, us: int) -> Millis:
        if not self._heard:
            return Millis(us // 1_000)
        n = max(0, bisect_right(self._heard, us, key=lambda heard: heard.us) - 1)
        heard = self._heard[n]
        at = heard.at + int((us - heard.us) / 1_000 * heard.rate)
        return Millis(min(at, self._heard[n + 1].at) if n + 1 < len(self._heard) else at)


def retell(
    metadata: Mapping[str, str],
    lines: Iterable[Recorded],
    *,
    of: str | None = None,
    most: int = MOST_EVENTS,
    until: Millis | None = None,
) -> Retold:
    """What `lines` of a recording tell, up to scenario time `until` where it is known; InputError as of `Retelling`."""
    retelling = Retelling(metadata, of=of, most=most)
    for line in lines:
        retelling.add(line)
        if until is not None and retelling.last is not None and retelling.last > until:
            break
    return retelling.told()


def event_of(body: Mapping[str, Any]) -> tuple[Event, int]:
    """The event a payload tells, and the offset of its times; fields of later versions are left out.

    ValueError, KeyError, TypeError or UnknownArea where it tells none that could be told again.
    """
    at, offset = parse_instant(body["at"])
    own = {name: body[name] for name in KINDS[body["kind"]].model_fields if name in body}
    event = EVENT.validate_python(own | {"at": at})
    place = getattr(event, "area", None) or getattr(event, "target", None)
    if place is not None:
        areas.by_id(place)
    topic = address(event).topic
    if len(topic.encode()) > _LONGEST or topic_fault(topic):
        raise ValueError("it cannot be published")
    return event, offset


def relay(line: Recorded, number: int, at: Millis) -> ForeignRelayed:
    """Somebody else's message as an event of ours."""
    try:
        said: dict[str, Any] = {"text": line.data.decode()}
    except UnicodeDecodeError:
        said = {"base64": b64encode(line.data).decode()}
    how = line.delivery or _PLAIN
    return ForeignRelayed.model_validate(
        said
        | how.model_dump(include={"qos", "retain", "properties", "content_type", "response_topic", "correlation_data"})
        | {
            "event": f"foreign-{number}:relayed",
            "at": at,
            "entry": "foreign",
            "topic": line.topic,
            "original_us": line.actual_us,
            "valid_for": Millis(how.expiry_s * SECOND if how.expiry_s else 5 * MINUTE),
        }
    )


def _is_marked(line: Recorded, exercise: str) -> bool:
    """Whether payload (if there is one) and user properties say that it is an exercise, and which."""
    if ("exercise", exercise) not in (line.delivery or _PLAIN).properties:
        return False
    body = line.of
    return not line.data or (isinstance(body, dict) and body.get("exercise") == exercise and "status" in body)


def _contact(line: Recorded) -> str:
    return next((value for name, value in (line.delivery or _PLAIN).properties if name == "contact"), "")
