"""Marking: the only makers of messages. Every layer of the exercise mark is put on here, on every message.

Topic root, first payload fields, MQTT 5 user properties, headline prefix and suffix in every language. Only the
zero-byte clear of a retained topic has no payload to mark; it carries root and user properties and always follows
`cancelled`, `cleared` or `ended` on its topic.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from alertsim.events import (
    AlertAnnounced,
    AlertCancelled,
    AlertCleared,
    AlertRaised,
    AlertUpdated,
    Event,
    ExerciseState,
    ExerciseStateChanged,
    WarningRelayed,
)
from alertsim.observations import Played
from alertsim.times import SECOND, Millis
from alertsim.wire.headlines import Said, area_name, headline
from alertsim.wire.message import SEAL, Message
from alertsim.wire.payload import VERSION, Acknowledgement, Status, render
from alertsim.wire.topics import STATE, address

LEASE_S = 180
"""How long a retained state outlives its last renewal: after any crash the broker is clean by itself."""

LATE_S = 3_600
"""How late a message is still delivered where its expiry is lifted: longer than a session waits, and not for ever."""

MAX_HEADLINE = 160
LAST_SEQ = 2**53 - 1
"""The `seq` of a will: it is said after everything else."""

_ROOTS: dict[Status, str] = {"Exercise": "exercise", "Test": "test"}
_TEST = Said(uk="ТЕХНІЧНА ПЕРЕВІРКА", en="TEST")
_DRILL = Said(uk="НАВЧАЛЬНА ТРИВОГА", en="EXERCISE")
_ALERT_FRAMES: dict[Status, tuple[Said, Said]] = {"Exercise": (_DRILL, _DRILL), "Test": (_TEST, _TEST)}
_FRAMES: dict[Status, tuple[Said, Said]] = {
    "Exercise": (Said(uk="УМОВНО, НАВЧАННЯ ЦЗ", en="EXERCISE"), Said(uk="УМОВНО", en="EXERCISE")),
    "Test": (_TEST, _TEST),
}
_JSON = "application/json"


@dataclass(frozen=True)
class Mark:
    """Whose exercise it is: its id, its contact, the offset its times are shown in (minutes), drill or load.

    `replay_of`: the exercise or recording it plays again. `remap`: topics below the root, or branches of them, that
    lie elsewhere below it in a replay, as (old, new).
    """

    exercise: str
    contact: str
    offset: int = 0
    status: Status = "Exercise"
    replay_of: str | None = None
    remap: tuple[tuple[str, str], ...] = ()

    @property
    def root(self) -> str:
        """The topic every message of this exercise lies under."""
        return f"{_ROOTS[self.status]}/{self.exercise}"

    @property
    def properties(self) -> tuple[tuple[str, str], ...]:
        """The MQTT 5 user properties of every message of this exercise."""
        return ("status", self.status), ("exercise", self.exercise), ("contact", self.contact)

    def topic(self, below: str) -> str:
        """The full topic of what lies at `below`."""
        for old, new in self.remap:
            if below == old or below.startswith(old + "/"):
                return f"{self.root}/{new}{below.removeprefix(old)}"
        return f"{self.root}/{below}"


def mark(played: Played, by: Mark, *, topic: str | None = None) -> Message:
    """The marked message of a played event, on its own topic or (an `ended`) on the full `topic` it ends."""
    event = played.event
    where = address(event)
    envelope: dict[str, object] = {
        "intended_us": played.due_us,
        "status": by.status,
        "exercise": by.exercise,
        "v": VERSION,
        "event": event.event,
        "seq": played.seq,
    }
    extra: dict[str, object] = {"replay_of": by.replay_of} if by.replay_of else {}
    if played.catch_up:
        extra["catch_up"] = True
    if isinstance(event, _ALERTS):
        extra["area_name"] = area_name(event.area)._asdict()
    extra["headline"] = _framed(event, by.status)
    return Message(
        topic=topic or by.topic(where.topic),
        payload=render(event, envelope=envelope, offset=by.offset, extra=extra),
        qos=where.qos,
        retain=where.retain,
        expiry_s=LEASE_S if where.retain else _expiry_s(event.valid_for, played.rate),
        properties=by.properties,
        content_type=_JSON,
        seal=SEAL,
    )


def will(by: Mark, *, at: Millis, intended_us: int) -> Message:
    """What the broker says when the publisher dies: terminated, kept for one lease."""
    event = ExerciseStateChanged(
        event="will:terminated", at=at, entry="will", state=ExerciseState.TERMINATED, reason="the publisher is gone"
    )
    return mark(Played(LAST_SEQ, intended_us, intended_us, event), by)


def clear(topic: str, by: Mark) -> Message:
    """The zero-byte message that removes what is retained on a full `topic` of this exercise."""
    if not topic.startswith(by.root + "/"):
        raise ValueError(f"{topic} is not a topic of exercise {by.exercise}; it is not ours to clear")
    return Message(topic, b"", 1, True, None, by.properties, None, seal=SEAL)


def ack(by: Mark, client: str, *, event: str, seq: int, what: str, at_us: int) -> Message:
    """What a subscriber answers on its own topic."""
    body = Acknowledgement(at_us=at_us, status=by.status, exercise=by.exercise, event=event, seq=seq, what=what)
    payload = body.model_dump_json().encode()
    return Message(f"{by.root}/ack/{client}", payload, 1, False, 60, by.properties, _JSON, seal=SEAL)


def lifted(message: Message) -> Message:
    """The same marked message without its expiry: delivered however late, an hour at most, and never retained.

    What is retained keeps its lease, so this goes beside it.
    """
    return message.delivered_within(LATE_S)


def withdrawal(played: Played, by: Mark) -> Iterator[Message]:
    """Takes back the retained topics that a step back in time leaves without a meaning: ended, then cleared."""
    if not played.withdraws:
        return
    ended = ExerciseStateChanged(
        event=f"{played.event.event}:withdrawn",
        at=played.event.at,
        entry="live",
        state=ExerciseState.ENDED,
        reason="the replay went back in time",
    )
    yield from retire([by.topic(below) for below in played.withdraws], played._replace(event=ended), by)


def retire(standing: Iterable[str], ended: Played, by: Mark) -> Iterator[Message]:
    """Takes back what is retained on the full topics `standing`: `ended` where no alert says so itself, then clears.

    Alert topics must already carry `cleared` or `cancelled`, and the state topic `ended`.
    """
    topics = sorted(standing)
    for topic in topics:
        below = topic.removeprefix(by.root + "/")
        if below != STATE and not below.startswith("public/alert/"):
            yield mark(ended, by, topic=topic)
    for topic in topics:
        yield clear(topic, by)


_ALERTS = (AlertAnnounced, AlertRaised, AlertUpdated, AlertCleared, AlertCancelled, WarningRelayed)


def _expiry_s(valid_for: Millis, rate: float) -> int:
    """Whole real seconds a message is worth delivering: at least 10; at rate max 60."""
    return 60 if rate == math.inf else max(10, math.ceil(valid_for / SECOND / rate)) if rate else valid_for // SECOND


def _framed(event: Event, status: Status) -> dict[str, str]:
    """The headline between its marks, in both languages, at most 160 characters; the middle gives way."""
    before, after = (_ALERT_FRAMES if isinstance(event, _ALERTS) else _FRAMES)[status]
    text = headline(event)
    return {"uk": _frame(before.uk, text.uk, after.uk), "en": _frame(before.en, text.en, after.en)}


def _frame(before: str, text: str, after: str) -> str:
    line = text if text.isprintable() else " ".join(text.split())
    if len(line) > (room := MAX_HEADLINE - len(before) - len(after) - 4):
        line = line[: room - 1].rstrip() + "…"
    stop = "" if line.endswith((".", "!", "?", "…")) else "."
    return f"{before}. {line}{stop} {after}"
