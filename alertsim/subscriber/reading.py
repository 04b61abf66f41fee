"""What a phone makes of one MQTT message: a word of an exercise, a topic taken back, or something not to be shown.

Any bytes on any topic may come in. Only what carries every layer of the exercise mark comes out as `Heard`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from pydantic_core import from_json

from alertsim.events import EVENT, Event, ExerciseState, ExerciseStateChanged
from alertsim.times import parse_instant
from alertsim.wire import LAST_SEQ, address
from alertsim.wire.message import MAX_PAYLOAD
from alertsim.wire.payload import KINDS, Envelope

ALERT = "public/alert/"

_TOPIC = re.compile(r"exercise/([a-z0-9][a-z0-9-]{2,63})/(public/.+)", re.ASCII)
_DRILL = {"uk": ("НАВЧАЛЬНА ТРИВОГА. ", " НАВЧАЛЬНА ТРИВОГА"), "en": ("EXERCISE. ", " EXERCISE")}
_OTHER = {"uk": ("УМОВНО, НАВЧАННЯ ЦЗ. ", " УМОВНО"), "en": ("EXERCISE. ", " EXERCISE")}
"""What headlines begin and end with: the published contract, not the publisher's code, which is what is checked."""


@dataclass(frozen=True, slots=True)
class Received:
    """One MQTT message as it came: `retained` if it was kept at the broker; `at_us` in Unix microseconds."""

    topic: str
    payload: bytes
    retained: bool
    properties: tuple[tuple[str, str], ...]
    at_us: int


@dataclass(frozen=True, slots=True)
class Heard:
    """A message with every layer of the mark: whose, on which topic below its root, and the event it carries."""

    exercise: str
    below: str
    contact: str
    envelope: Envelope
    event: Event

    @property
    def due_us(self) -> int:
        """When it was due, Unix microseconds; its age counts from then."""
        return self.envelope.intended_us

    @property
    def identity(self) -> tuple[str, int]:
        """Equal for a message and all its duplicates on its topic, lease renewals too."""
        return self.envelope.event, self.envelope.seq


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """What was retained on a topic is no more."""

    exercise: str
    below: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Not to be shown: a layer of the mark is missing or wrong, or it is marked and says nothing we know."""

    topic: str
    why: Literal["unmarked", "malformed"]


Reading = Heard | Withdrawn | Refused


def read(received: Received) -> Reading:
    """What a message is. Never raises, whatever the bytes."""
    found = _TOPIC.fullmatch(received.topic)
    if not found or not _has_properties(received.properties, found[1]):
        return Refused(received.topic, "unmarked")
    exercise, below = found.groups()
    if not received.payload:
        return Withdrawn(exercise, below)
    body = _parsed(received.payload)
    if not _is_marked(body, exercise):
        return Refused(received.topic, "unmarked")
    try:
        envelope = _envelope(body)
        event = _event(envelope, body)
    except ValueError:
        return Refused(received.topic, "malformed")
    if address(event).topic == below:
        contact = next((value for name, value in received.properties if name == "contact"), "")
        return Heard(exercise, below, contact, envelope, event)
    if _ends(event) and not below.startswith(ALERT):
        return Withdrawn(exercise, below)
    return Refused(received.topic, "unmarked")


def _has_properties(properties: tuple[tuple[str, str], ...], exercise: str) -> bool:
    """Whether the user properties say exercise and which; a second, other value spoils them."""
    said = {name: {value for key, value in properties if key == name} for name in ("status", "exercise")}
    return said == {"status": {"Exercise"}, "exercise": {exercise}}


def _parsed(payload: bytes) -> Mapping[str, object]:
    """The fields of a JSON object; none where it is no such thing, or larger than the contract allows."""
    try:
        body = from_json(payload, allow_inf_nan=False) if len(payload) <= MAX_PAYLOAD else None
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _is_marked(body: Mapping[str, object], exercise: str) -> bool:
    """Whether the payload says exercise and which, and its headline is framed in both languages."""
    match body:
        case {"status": "Exercise", "exercise": str(named), "headline": {"uk": str(uk), "en": str(en)}}:
            frames = _DRILL if str(body.get("kind")).startswith(("alert.", "warning.")) else _OTHER
            return named == exercise and _is_framed(uk, *frames["uk"]) and _is_framed(en, *frames["en"])
    return False


def _is_framed(text: str, before: str, after: str) -> bool:
    return text.startswith(before) and text.endswith(after) and len(text) > len(before) + len(after)


def _envelope(body: Mapping[str, object]) -> Envelope:
    """The fields every message has; ValueError where one is missing or wrong."""
    own = {name: body[name] for name in Envelope.model_fields if name in body}
    envelope = Envelope.model_validate(own, strict=True)
    if envelope.seq > LAST_SEQ:
        raise ValueError("no such seq")
    return envelope


def _event(envelope: Envelope, body: Mapping[str, object]) -> Event:
    """The event of a body, fields of later versions left out; ValueError where it is none."""
    if envelope.kind not in KINDS:
        raise ValueError("no such kind")
    own = {name: body[name] for name in KINDS[envelope.kind].model_fields if name in body}
    return EVENT.validate_python(own | {"at": parse_instant(envelope.at)[0]})


def _ends(event: Event) -> bool:
    """Whether it is the `ended` that closes each retained topic at the end."""
    return isinstance(event, ExerciseStateChanged) and event.state is ExerciseState.ENDED
