"""Writes an exercise to disk while it runs, so that a crash loses no more than what came since the last flush."""

import errno
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import wraps
from pathlib import Path, PurePath
from typing import Any, Concatenate, NamedTuple, ParamSpec, Self

from mcap.writer import IndexType, Writer

from alertsim.errors import RecordingError
from alertsim.events import Frozen
from alertsim.observations import Observation
from alertsim.recording.chain import EVERY, Chain
from alertsim.recording.layout import (
    ASIDE,
    CAPTURED,
    CHAIN,
    METADATA,
    OBSERVED,
    SELF_NAMED,
    SUMMARY,
    Aside,
    Delivery,
    Sendable,
    branch,
)
from alertsim.recording.read import Recorded
from alertsim.recording.schemas import SchemaOf, family, family_schema
from alertsim.wire.comparable import said

MOST_TOPICS = 60_000
"""Topics with a channel of their own; a channel id has 16 bits, and families and observations need some."""

UNBOUNDED = ("control/strike/", "ack/")
"""Topics there is one of for each strike or client: they share the channel of their branch."""

_JSON, _BYTES = "json", ""
"""How the messages of a channel are encoded; nobody knows of those that are no JSON objects."""

_MEDIA_TYPES = {".yaml": "application/yaml", ".json": "application/json"}
_FULL = "free some space; what was recorded until then can be read"
_ADVICE = {
    errno.EEXIST: "a recording is never overwritten, choose another folder",
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EFBIG: "allow larger files; what was recorded until then can be read",
}
_P = ParamSpec("_P")


class _Sent(NamedTuple):
    """The fields of a `Delivery`, cheap to compare: every message is compared with its channel's first."""

    qos: int
    retain: bool
    expiry_s: int | None
    properties: tuple[tuple[str, str], ...]
    content_type: str | None = None
    payload_format: int | None = None
    response_topic: str | None = None
    correlation_data: str | None = None


class _Channel(NamedTuple):
    id: int
    topic: str
    sent: _Sent


class _Stamp(NamedTuple):
    due_us: int
    actual_us: int
    seq: int


def _until_it_fails(act: "Callable[Concatenate[Recorder, _P], None]") -> "Callable[Concatenate[Recorder, _P], None]":
    """The first OSError becomes a RecordingError and ends the recorder; on an ended one a call does nothing."""

    @wraps(act)
    def acting(self: "Recorder", /, *args: _P.args, **kwargs: _P.kwargs) -> None:
        if self.ended:
            return
        try:
            act(self, *args, **kwargs)
        except OSError as error:
            self.abandon()
            raise _failure(self.path, error) from error

    return acting


class Recorder:
    """One recording being written: `start`, then `message`, `observe` and `flush` at will, then `finish` and `close`.

    Not thread-safe: one thread at a time calls it. Times are Unix microseconds; in the file a record's log time is
    the actual and its publish time the due one, in nanoseconds, and its sequence the low 32 bits of `seq`.

    Each topic has a channel whose data are the payloads exactly as sent, and whose metadata say how its first message
    was sent (`layout.Delivery`). Whatever was sent otherwise is preceded by a record on `mqtt/properties`; an empty
    payload is that record alone, so that JSON channels hold nothing but JSON. `control/strike/<strike>` and
    `ack/<client>`, of which there is no end, and all topics after the first 60,000, lie on one channel of their branch
    (`control/strike`, `ack`, `public/incident`, …); there the payload (a strike names itself) or the side channel gives
    the true topic.

    A channel's schema is that of the family of its first kind: any kind that begins with the same word, or the end of
    the exercise. `schema_of(kind)` gives the JSON Schema of one kind; what is no event has none.

    What was `captured` from a broker lies the same way, under full topics; what is no JSON object has a channel of its
    own without an encoding, and a topic that has a meaning here, or comes after too many, lies on `captured`.

    `chain` covers all lines so far, each in the form the reader gives it back; every fiftieth is followed by a note of
    it on `recording/chain`.

    `indexed`: with an index of each topic's messages, without which Foxglove and npm's `@mcap/core` refuse the file. It
    stays in memory to the end, some 100 bytes for each topic of each chunk: not for a broker's whole traffic.

    The first failure of the disk raises RecordingError; after it, as after `finish` and `close`, all calls do nothing.
    """

    def __init__(self, path: Path, *, schema_of: SchemaOf, indexed: bool = True) -> None:
        self.path = path
        self.ended = False
        self.chain = Chain({}, {})
        self._schema_of = schema_of
        self._schemas: dict[str, int] = {}
        self._channels: dict[tuple[str, str], _Channel] = {}
        self._models: dict[str, int] = {}
        self._pending = False
        try:
            self._file = path.open("xb")
        except OSError as error:
            raise _failure(path, error) from error
        indexes = IndexType.ALL if indexed else IndexType.ALL & ~IndexType.MESSAGE
        self._mcap = Writer(self._file, index_types=indexes, enable_data_crcs=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @_until_it_fails
    def start(self, metadata: Mapping[str, str], attachments: Mapping[str, bytes]) -> None:
        """What the exercise is and what it was made from, on disk before anything happens."""
        self.chain = Chain(metadata, attachments)
        self._mcap.start()
        self._mcap.add_metadata(METADATA, dict(metadata))
        for name, data in attachments.items():
            media_type = _MEDIA_TYPES.get(PurePath(name).suffix, "application/octet-stream")
            self._mcap.add_attachment(create_time=0, log_time=0, name=name, media_type=media_type, data=data)
        self._pending = True
        self.flush()

    @_until_it_fails
    def message(self, topic: str, message: Sendable, *, kind: str, due_us: int, actual_us: int, seq: int) -> None:
        """One message as it was sent; `topic` is below the root of the exercise."""
        sent = _Sent(message.qos, message.retain, message.expiry_s, message.properties)
        channel = self._channel(topic, sent, kind) if message.payload else None
        self._write(channel, topic, message.payload, sent, kind, _Stamp(due_us, actual_us, seq))

    @_until_it_fails
    def captured(self, topic: str, payload: bytes, delivery: Delivery, *, at_us: int, seq: int) -> None:
        """One message as it came from a broker, on its full topic; due when it came. JSON objects are told apart."""
        sent = _Sent(*(getattr(delivery, name) for name in _Sent._fields))
        channel = self._captured_channel(topic, sent, said(payload)) if payload else None
        self._write(channel, topic, payload, sent, "", _Stamp(at_us, at_us, seq))

    @_until_it_fails
    def observe(self, observation: Observation, *, actual_us: int, seq: int) -> None:
        """One thing seen of the exercise, on the channel of its kind; it was due when it was seen."""
        data = observation.model_dump_json().encode()
        self._observed(observation, data, _Stamp(actual_us, actual_us, seq))

    @_until_it_fails
    def copy(self, line: Recorded) -> None:
        """A line of another recording, byte for byte."""
        stamp = _Stamp(line.due_us, line.actual_us, line.seq)
        if line.delivery:
            sent = _Sent(*(getattr(line.delivery, name) for name in _Sent._fields))
            channel = self._copied_channel(line, sent) if line.data else None
            self._write(channel, line.topic, line.data, sent, line.kind, stamp)
        elif line.of and not isinstance(line.of, dict):
            self._observed(line.of, line.data, stamp)

    @_until_it_fails
    def note(self, name: str, said: Mapping[str, str]) -> None:
        """A metadata record beside the lines."""
        self.flush()
        self._mcap.add_metadata(name, dict(said))

    @_until_it_fails
    def flush(self) -> None:
        """Hands all that is pending to the operating system: it survives this process, not a power cut."""
        if self._pending:
            self._mcap.flush()  # type: ignore[no-untyped-call]  # mcap does not annotate it
            self._pending = False

    @_until_it_fails
    def finish(self, summary: Mapping[str, str] | None = None) -> None:
        """The proper end: how it went, and the index other readers need."""
        self.flush()
        if summary is not None:
            self._mcap.add_metadata(SUMMARY, dict(summary))
        self._mcap.finish()  # type: ignore[no-untyped-call]  # mcap does not annotate it
        self._end()

    @_until_it_fails
    def close(self) -> None:
        """Lets go of the file; without `finish` before it the recording is unfinished, but readable to here."""
        self.flush()
        self._end()

    def abandon(self) -> None:
        """Lets go of the file as it is, whatever the disk says."""
        with suppress(OSError):
            self._end()

    def _end(self) -> None:
        self.ended = True
        self._file.close()

    def _add(self, channel: int, data: bytes, stamp: _Stamp) -> None:
        self._pending = True
        self._mcap.add_message(
            channel,
            log_time=stamp.actual_us * 1_000,
            data=data,
            publish_time=stamp.due_us * 1_000,
            sequence=stamp.seq % 2**32,
        )

    def _observed(self, seen: Observation, data: bytes, stamp: _Stamp) -> None:
        topic = OBSERVED + seen.kind
        self._add(self._model(topic, seen), data, stamp)
        self._link(topic, stamp, None, data)

    def _link(self, topic: str, stamp: _Stamp, sent: _Sent | None, data: bytes) -> None:
        """Cover the line that was just added."""
        self.chain.add(topic, *stamp, sent, data)
        if self.chain.lines % EVERY == 0:
            self._add_model(CHAIN, self.chain.seal, stamp)

    def _add_model(self, topic: str, model: Frozen, stamp: _Stamp) -> None:
        self._add(self._model(topic, model), model.model_dump_json().encode(), stamp)

    def _model(self, topic: str, model: Frozen) -> int:
        """The channel of this topic, whose data are all models of one type."""
        if topic not in self._models:
            schema = self._define(topic, type(model).model_json_schema(mode="serialization"))
            self._models[topic] = self._mcap.register_channel(topic, "json", schema)
        return self._models[topic]

    def _write(
        self,
        channel: _Channel | None,
        topic: str,
        payload: bytes,
        sent: _Sent,
        kind: str,
        stamp: _Stamp,
    ) -> None:
        """The message, and before it what its channel does not say; a clear is that alone."""
        if channel is None or channel.sent != sent or not _gives(channel, topic, payload):
            aside = Aside(topic=topic, kind=kind, seq=stamp.seq, empty=channel is None, **sent._asdict())
            self._add_model(ASIDE, aside, stamp)
        if channel is not None:
            self._add(channel.id, payload, stamp)
        self._link(topic, stamp, sent, payload)

    def _channel(self, topic: str, sent: _Sent, kind: str) -> _Channel:
        known = self._channels.get((topic, _JSON))
        if known is None and (topic.startswith(UNBOUNDED) or len(self._channels) >= MOST_TOPICS):
            topic = branch(topic)
        return self._opened(topic, _JSON, sent, family(kind))

    def _captured_channel(self, topic: str, sent: _Sent, body: object) -> _Channel:
        """Of its own topic, JSON or not; there is one for the many more, and for names that mean something to us."""
        encoding = _JSON if isinstance(body, dict) else _BYTES
        if (topic, encoding) not in self._channels and (_is_ours(topic) or len(self._channels) >= MOST_TOPICS):
            topic = CAPTURED
        return self._opened(topic, encoding, sent, "")

    def _copied_channel(self, line: Recorded, sent: _Sent) -> _Channel:
        if isinstance(line.of, dict) and not _is_ours(line.topic):
            return self._channel(line.topic, sent, line.kind)
        return self._captured_channel(line.topic, sent, line.of)

    def _opened(self, topic: str, encoding: str, sent: _Sent, of: str) -> _Channel:
        """The channel of a topic and an encoding, made where there is none."""
        known = self._channels.get((topic, encoding))
        if known is None:
            metadata = Delivery(**sent._asdict()).as_metadata()
            id_ = self._mcap.register_channel(topic, encoding, self._schema(of), metadata)
            known = self._channels[topic, encoding] = _Channel(id_, topic, sent)
        return known

    def _schema(self, name: str) -> int:
        if name not in self._schemas:
            schema = family_schema(name, self._schema_of)
            self._schemas[name] = self._define(name, schema) if schema else 0
        return self._schemas[name]

    def _define(self, name: str, schema: Mapping[str, Any]) -> int:
        id_: int = self._mcap.register_schema(name, "jsonschema", json.dumps(schema, ensure_ascii=False).encode())
        return id_


def _is_ours(topic: str) -> bool:
    """Whether a channel of this name would be read as something else than a captured topic."""
    return topic in {ASIDE, CAPTURED, CHAIN, *SELF_NAMED} or topic.startswith(OBSERVED)


def _gives(channel: _Channel, topic: str, payload: bytes) -> bool:
    """Whether the channel gives the topic or, on a shared one, the payload says its last level."""
    shared, _, last = topic.rpartition("/")
    named = channel.topic == shared and SELF_NAMED.get(shared)
    return channel.topic == topic or (bool(named) and f'"{named}":"{last}"'.encode() in payload)


def _failure(path: Path, error: OSError) -> RecordingError:
    advice = _ADVICE.get(error.errno or 0, "choose a folder on this disk that can be written")
    return RecordingError(f"cannot write the recording {path}: {error.strerror}; {advice}")
