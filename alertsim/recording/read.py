"""Gives back what a recording holds, also when its exercise was killed or its file was cut or damaged."""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any

from mcap.records import Attachment, Channel, Message, Metadata
from pydantic import TypeAdapter

from alertsim.errors import RecordingError
from alertsim.events import Seal
from alertsim.observations import OBSERVATION, Observation
from alertsim.recording.ending import Ending
from alertsim.recording.layout import ASIDE, CHAIN, METADATA, OBSERVED, SELF_NAMED, Aside, Delivery
from alertsim.recording.walk import Damage, Found, is_mcap, tail, walk

_PAYLOAD = TypeAdapter(dict[str, Any])


@dataclass(frozen=True, slots=True)
class Recorded:
    """One line of a recording: a message as it was sent, or an observation.

    `topic` is below the root of the exercise, or `observation/<kind>`. `data` are the bytes as recorded and `of` is
    what they say: a payload, an observation, or None of what is no JSON object: the empty payload that cleared a
    retained topic, or captured bytes. Times are Unix microseconds. `delivery` is None of an observation.
    """

    topic: str
    kind: str
    of: dict[str, Any] | Observation | None
    due_us: int
    actual_us: int
    seq: int
    data: bytes
    delivery: Delivery | None


class Recording:
    """A recording on disk: what it is of and, by iterating, its lines in the order they were written.

    Each iteration reads the file anew and holds one chunk of it at a time; all that can be read is yielded.
    `damage`, `summary` and `finished` speak of the whole file: the first to be asked reads it through, unless an
    iteration has.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with _opened(path) as data:
            self.metadata, self.attachments = _front(walk(data))
        self._ending: Ending | None = None

    def __iter__(self) -> Iterator[Recorded]:
        return self._lines(Ending())

    @property
    def damage(self) -> str | None:
        """What is wrong with the file, and at which byte; None of a finished and whole recording."""
        return self._through().damage

    @property
    def summary(self) -> Mapping[str, str] | None:
        """How the exercise went, in the recorder's words; None when it did not get to say."""
        return self._through().summary

    @property
    def seals(self) -> Sequence[Seal]:
        """How the recorder says that its hash chain stood, every so many lines."""
        return self._through().seals

    @property
    def lost(self) -> int | None:
        """How many records of messages, of those that the recorder counted, cannot be read; None: there is no count."""
        return self._through().lost

    @property
    def chunks(self) -> int:
        """In how many pieces its lines lie."""
        return self._through().chunks

    @property
    def finished(self) -> bool:
        """Whether the recorder came to its proper end."""
        return self._through().finished

    def _lines(self, ending: Ending) -> Iterator[Recorded]:
        with _opened(self.path) as data:
            channels = {record.id: record for _, record in tail(data) if isinstance(record, Channel)}
            yield from _decoded(walk(data), _Decoder(channels), ending)
        self._ending = ending

    def _through(self) -> Ending:
        ending = self._ending or Ending()
        if self._ending is None:
            deque(self._lines(ending), maxlen=0)
        return ending


def read(path: Path) -> Recording:
    """The recording at `path`; RecordingError when it cannot be opened or never was one."""
    return Recording(path)


@dataclass
class _Decoder:
    """What must be remembered from message to message: the channels, and how the next message was sent."""

    channels: dict[int, Channel]
    deliveries: dict[int, Delivery] = field(default_factory=dict)
    aside: Aside | None = None

    def line(self, message: Message) -> Recorded | Seal | Damage | None:
        """The line this message makes, or how the chain stands; None when it says how the next one was sent."""
        channel = self.channels.get(message.channel_id)
        if channel is None:
            return Damage("a message is lost with the name of its topic")
        try:
            if channel.topic == CHAIN:
                return Seal.model_validate_json(message.data)
            return self._understood(message, channel)
        except ValueError:
            return Damage(f"a message on {channel.topic} is none of ours")

    def _understood(self, message: Message, channel: Channel) -> Recorded | None:
        aside, self.aside = self.aside, None
        if channel.topic == ASIDE:
            return self._set_aside(message)
        if channel.topic.startswith(OBSERVED):
            seen = OBSERVATION.validate_json(message.data)
            return _line(message, channel.topic, seen.kind, seen)
        if channel.message_encoding != "json":
            return self._opaque(message, channel, aside)
        payload = _PAYLOAD.validate_json(message.data)
        kind = str(payload.get("kind", ""))
        if aside is None or aside.seq % 2**32 != message.sequence:
            return _line(message, _topic(channel.topic, payload), kind, payload, self._delivery(channel))
        return _line(message, aside.topic, kind, payload, aside.delivery(), aside.seq)

    def _opaque(self, message: Message, channel: Channel, aside: Aside | None) -> Recorded:
        """A captured message that is no JSON object."""
        if aside is None or aside.seq % 2**32 != message.sequence:
            return _line(message, channel.topic, "", None, self._delivery(channel))
        return _line(message, aside.topic, "", None, aside.delivery(), aside.seq)

    def _set_aside(self, message: Message) -> Recorded | None:
        aside = Aside.model_validate_json(message.data)
        if aside.empty:
            cleared = _line(message, aside.topic, aside.kind, None, aside.delivery(), aside.seq)
            return replace(cleared, data=b"")
        self.aside = aside
        return None

    def _delivery(self, channel: Channel) -> Delivery:
        if channel.id not in self.deliveries:
            self.deliveries[channel.id] = Delivery.from_metadata(channel.metadata)
        return self.deliveries[channel.id]


def _decoded(found: Iterable[Found], decoder: _Decoder, ending: Ending) -> Iterator[Recorded]:
    """The lines among what was found; what is no line goes into `ending`."""
    for offset, record in found:
        match record:
            case Message():
                line = decoder.line(record)
                ending.meet(offset, readable=not isinstance(line, Damage))
                if isinstance(line, Recorded):
                    yield line
                elif isinstance(line, Seal):
                    ending.seals.append(line)
                elif line:
                    ending.note(offset, line)
            case Channel():
                decoder.channels[record.id] = record
            case _:
                ending.note(offset, record)


def _front(found: Iterable[Found]) -> tuple[Mapping[str, str], Mapping[str, bytes]]:
    """The metadata and the attachments, which stand before the first message."""
    metadata: dict[str, str] = {}
    attachments: dict[str, bytes] = {}
    for _, record in found:
        match record:
            case Metadata() if record.name == METADATA:
                metadata = record.metadata
            case Attachment():
                attachments[record.name] = record.data
            case Message():
                break
    return metadata, attachments


def _topic(channel: str, payload: Mapping[str, Any]) -> str:
    """The true topic of a message: its channel's, and on a shared channel the level that the payload names."""
    named = payload.get(SELF_NAMED[channel]) if channel in SELF_NAMED else None
    return channel if named is None else f"{channel}/{named}"


def _line(
    message: Message,
    topic: str,
    kind: str,
    of: dict[str, Any] | Observation | None,
    delivery: Delivery | None = None,
    seq: int | None = None,
) -> Recorded:
    return Recorded(
        topic=topic,
        kind=kind,
        of=of,
        due_us=message.publish_time // 1_000,
        actual_us=message.log_time // 1_000,
        seq=message.sequence if seq is None else seq,
        data=message.data,
        delivery=delivery,
    )


@contextmanager
def _opened(path: Path) -> Iterator[mmap]:
    """The bytes of the file, read from disk as they are needed."""
    try:
        with path.open("rb") as file:
            data = mmap(file.fileno(), 0, access=ACCESS_READ)
    except OSError as error:
        raise RecordingError(f"cannot read the recording {path}: {error.strerror}") from error
    except ValueError:
        raise RecordingError(f"cannot read the recording {path}: it is empty") from None
    with data:
        if not is_mcap(data):
            raise RecordingError(f"cannot read the recording {path}: it is no MCAP file")
        yield data
