"""The recording: what is written is read back, by us and by others, and damage is told and never spreads."""

import errno
import json
import struct
from contextlib import suppress
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mcap.data_stream import RecordBuilder
from mcap.exceptions import EndOfFile
from mcap.opcode import Opcode
from mcap.reader import make_reader
from mcap.records import Message as McapMessage
from mcap.records import Metadata
from mcap.stream_reader import StreamReader
from mcap.writer import MCAP0_MAGIC as MAGIC
from mcap.writer import CompressionType, Writer

from alertsim.errors import RecordingError
from alertsim.events import (
    AlertCleared,
    AlertRaised,
    Casualties,
    Event,
    ExerciseState,
    ExerciseStateChanged,
    IncidentReported,
    OperatorChanged,
    Service,
    StrikeLaunched,
)
from alertsim.observations import (
    AlertReached,
    BrokerLost,
    BrokerRestored,
    CohortReached,
    Observation,
    PlayDegraded,
    Played,
)
from alertsim.recording import Delivery, Recorded, Recorder, read, write
from alertsim.recording.export import ndjson
from alertsim.recording.layout import Aside
from alertsim.recording.rows import row
from alertsim.recording.schemas import KINDS, family, family_schema
from alertsim.recording.walk import LIMIT, Damage, walk
from alertsim.recording.write import _Stamp
from alertsim.wire import Mark, mark, retire
from alertsim.wire import schema as wire_schema
from tests.recordings import ATTACHMENTS, CHUNKS, MARKS, METADATA, PER_CHUNK, Sent, fill, recorder, says, schema_of

TINY_CHUNK, TINY_ATTACHMENTS = 2, {"scenario.yaml": b"alertsim: 1\n"}

TOPICS = ("public/state", "public/alert/UA-30", "public/alert/UA-32/75", "control/strike/s-1", "control/strike/s-2")
TIMES = st.integers(0, 2**63 // 1_000)
MESSAGES = st.builds(
    Sent,
    st.just(b"")
    | st.dictionaries(st.text(max_size=5), st.text(max_size=9)).map(
        lambda more: says("news.published") if not more else json.dumps(more).encode()
    ),
    qos=st.integers(0, 2),
    retain=st.booleans(),
    expiry_s=st.none() | st.integers(1, 2**32 - 1),
    properties=st.lists(st.tuples(st.text(max_size=5), st.text(max_size=5)), max_size=3).map(tuple),
)
OBSERVATIONS: st.SearchStrategy[Observation] = st.one_of(
    st.builds(BrokerLost, reason=st.text()),
    st.builds(BrokerRestored, waiting=st.integers(0, 9)),
    st.builds(PlayDegraded, part=st.text(), reason=st.text()),
    st.builds(
        AlertReached,
        event=st.text(min_size=1, max_size=9),
        seq=st.integers(0, 2**32),
        topic=st.text(),
        cohorts=st.lists(
            st.builds(CohortReached, st.text(), st.text(), *[st.integers(0, 9)] * 4, late=st.integers(0, 9)), max_size=3
        ).map(tuple),
        first_us=st.none() | st.integers(0, 2**60),
        last_us=st.none() | st.integers(0, 2**60),
        closed=st.booleans(),
    ),
)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished recording of four chunks."""
    path = tmp_path_factory.mktemp("whole") / "run.mcap"
    with recorder(path) as made:
        fill(made)
        made.finish({"messages": "24"})
    return path


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished recording that is as small as one can be: three chunks of two lines."""
    path = tmp_path_factory.mktemp("tiny") / "run.mcap"
    with Recorder(path, schema_of=lambda _: {}) as made:
        made.start({"exercise": "n"}, TINY_ATTACHMENTS)
        for n in range(3):
            sent = Sent(says("clock.ticked", n=n))
            made.message("public/clock", sent, kind="clock.ticked", due_us=n, actual_us=n, seq=n)
            made.observe(BrokerLost(reason=""), actual_us=n, seq=n)
            made.flush()
        made.finish({})
    return path


def test_a_finished_recording_is_whole_and_says_what_it_is_of(whole: Path) -> None:
    """Metadata, attachments and summary come back, nothing is wrong, and all lines are there in order."""
    recording = read(whole)
    next(iter(recording))
    assert (recording.metadata, recording.attachments) == (METADATA, ATTACHMENTS)
    assert (recording.summary, recording.finished, recording.damage) == ({"messages": "24"}, True, None)
    lines = list(recording)
    assert len(lines) == CHUNKS * PER_CHUNK
    assert all(earlier.due_us <= later.due_us for earlier, later in pairwise(line for line in lines if line.delivery))
    assert list(recording) == lines


def test_a_line_says_what_was_sent_and_how(whole: Path) -> None:
    """True topic, payload, bytes, times and delivery, for each way a line can lie in the file."""
    plain, _, otherwise, strike, clear, seen = list(read(whole))[:PER_CHUNK]
    delivery = Delivery(qos=1, retain=True, expiry_s=180, properties=MARKS)
    due, actual = 1_700_000_000_000_000, 1_700_000_000_000_900
    payload = {"kind": "alert.raised", "n": 0}
    data = says("alert.raised", n=0)
    assert plain == Recorded("public/alert/UA-30", "alert.raised", payload, due, actual, 0, data, delivery)
    assert otherwise == replace(plain, seq=2, delivery=delivery.model_copy(update={"expiry_s": 9}))
    assert (strike.topic, strike.kind, strike.seq) == ("control/strike/s-0", "strike.launched", 3)
    assert clear == Recorded("public/alert/UA-32", "alert.cleared", None, due, actual, 4, b"", delivery)
    assert (seen.topic, seen.of) == ("observation/broker.lost", BrokerLost(reason="cable 0"))
    assert (seen.due_us, seen.actual_us, seen.seq, seen.delivery) == (actual, actual, 0, None)


def test_other_readers_open_it(whole: Path) -> None:
    """Mcap's indexed reader sees metadata, attachments, channels with QoS and retain, times and sequence."""
    with whole.open("rb") as stream:
        reader = make_reader(stream, validate_crcs=True)
        summary = reader.get_summary()
        assert summary is not None
        channels = {channel.topic: channel for channel in summary.channels.values()}
        assert {record.name: record.metadata for record in reader.iter_metadata()} == {
            "alertsim": METADATA,
            "alertsim.summary": {"messages": "24"},
        }
        assert {a.name: (a.data, a.media_type) for a in reader.iter_attachments()} == {
            name: (data, "application/yaml") for name, data in ATTACHMENTS.items()
        }
        messages = list(reader.iter_messages(["public/alert/UA-32"]))
    assert set(channels) == {
        "public/alert/UA-30",
        "public/alert/UA-32",
        "control/strike",
        "mqtt/properties",
        "observation/broker.lost",
    }
    metadata = channels["public/alert/UA-30"].metadata
    assert (metadata["qos"], metadata["retain"], metadata["expiry_s"]) == ("1", "true", "180")
    assert channels["control/strike"].metadata["retain"] == "false"
    (_, _, first), *_ = messages
    assert (first.publish_time, first.log_time) == (1_700_000_000_000_000_000, 1_700_000_000_000_900_000)
    assert [message.sequence for _, _, message in messages] == [1, 7, 13, 19]
    assert all(index.message_index_offsets for index in summary.chunk_indexes)


def test_every_channel_holds_json_that_keeps_its_schema(whole: Path) -> None:
    """No empty data, an object everywhere, and what is not so does not pass: the schemas are no mere decoration."""
    with whole.open("rb") as stream:
        found = list(make_reader(stream).iter_messages())
    for schema, channel, message in found:
        assert schema is not None
        assert (schema.encoding, channel.message_encoding) == ("jsonschema", "json")
        described = json.loads(schema.data)
        assert described["type"] == "object"
        jsonschema.validate(json.loads(message.data), described)
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({"kind": "another"}, described)
    assert {schema.name for schema, _, _ in found if schema} >= {"alert", "strike", "mqtt/properties"}


def test_how_far_an_alert_spread_is_kept_as_it_was_seen(tmp_path: Path) -> None:
    """Cohorts come back as cohorts; the schema holds for what is written, and for no cohort without its counts."""
    cohorts = (CohortReached("phones", "kyivstar", 3, 2, 1, 4, caught_up=1), CohortReached("сирени", "", 2, 2, 0, 0))
    spread = AlertReached(event="a:raised", seq=7, topic="public/alert/UA-30", cohorts=cohorts, first_us=0, last_us=9)
    path = tmp_path / "run.mcap"
    with recorder(path) as made:
        for seq, each in enumerate([spread, spread.model_copy(update={"closed": True})]):
            made.observe(each, actual_us=5, seq=seq)
        made.finish()
    first, last = read(path)
    assert (first.topic, first.kind, first.of, first.seq) == ("observation/alert.reached", "alert.reached", spread, 0)
    assert isinstance(last.of, AlertReached)
    assert (last.of.closed, last.of.cohorts[0].operator, last.of.cohorts[0].unreachable) == (True, "kyivstar", 4)
    with path.open("rb") as stream:
        (schema, _, found), _ = make_reader(stream).iter_messages()
    assert schema is not None
    written = json.loads(found.data)
    jsonschema.validate(written, json.loads(schema.data))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**written, "cohorts": [["phones", "kyivstar", 3]]}, json.loads(schema.data))


def test_a_family_is_all_kinds_that_share_its_first_word() -> None:
    """One schema for raised, updated, cleared, cancelled; references inside still resolve; no event, no schema."""
    schema = family_schema("alert", schema_of)
    assert schema is not None
    jsonschema.Draft202012Validator.check_schema(schema)
    for kind in ("alert.raised", "alert.updated", "alert.cleared", "alert.cancelled", "exercise.state_changed"):
        jsonschema.validate({"kind": kind, "headline": {"uk": "т", "en": "t"}}, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"kind": "alert.raised", "headline": {}}, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"kind": "strike.launched"}, schema)
    assert family_schema("unheard-of", schema_of) is None
    assert {family(kind) for kind in KINDS} >= {"alert", "strike", "incident", "operator", "inject", "news", "clock"}


def test_what_the_wire_sends_keeps_the_schema_of_its_channel(tmp_path: Path) -> None:
    """Marked messages with the wire's own schemas, and the words that take back what stands at the end."""
    by = Mark("night-1", "the duty officer")
    path = tmp_path / "run.mcap"
    shared: dict[str, Any] = {"event": "e:s", "at": 1_702_429_213_000, "entry": "e"}
    events: list[Event] = [
        AlertRaised(**shared, area="UA-30"),
        AlertCleared(**shared, area="UA-30"),
        StrikeLaunched(**shared, strike="s-1", weapon="w", target="UA-30"),
        IncidentReported(**shared, incident="i", area="UA-30", text="fire", casualties=Casualties(injured=3)),
        OperatorChanged(**shared, operator="a", up={Service.DATA: 0.5}),
        ExerciseStateChanged(**shared, state=ExerciseState.ENDED),
    ]
    played = [Played(seq, 1_700_000_000_000_000, 1_700_000_000_000_000, event) for seq, event in enumerate(events)]
    messages = [mark(line, by) for line in played]
    last = list(retire({message.topic for message in messages if message.retain}, played[-1], by))
    with Recorder(path, schema_of=wire_schema) as made:
        made.start({}, {})
        for line, message in [*zip(played, messages, strict=True), *((played[-1], message) for message in last)]:
            topic = message.topic.removeprefix(by.root + "/")
            made.message(topic, message, kind=line.event.kind, due_us=line.due_us, actual_us=0, seq=line.seq)
        made.finish()
    assert [line.data for line in read(path)] == [message.payload for message in [*messages, *last]]
    with path.open("rb") as stream:
        for schema, _, found in make_reader(stream).iter_messages():
            assert schema is not None
            jsonschema.validate(json.loads(found.data), json.loads(schema.data))


def test_what_is_no_event_needs_no_schema(tmp_path: Path) -> None:
    """A subscriber's acknowledgement lies on one channel for all clients, and comes back under its own topic."""
    with recorder(tmp_path / "run.mcap") as made:
        for client in ("c-1", "c-2"):
            made.message(f"ack/{client}", Sent(b"{}"), kind="ack", due_us=0, actual_us=0, seq=0)
        made.finish()
    recording = read(tmp_path / "run.mcap")
    assert [line.topic for line in recording] == ["ack/c-1", "ack/c-2"]
    assert recording.summary is None
    assert recording.finished


def test_more_topics_than_channel_ids_lose_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first topics have channels of their own, the others share that of their branch, and each keeps its name."""
    assert write.MOST_TOPICS + 1_000 < 2**16
    monkeypatch.setattr(write, "MOST_TOPICS", 3)
    topics = [f"public/incident/UA-30/i-{n % 7}" for n in range(20)] + ["public/alert/UA-30", "control/network/a"]
    with recorder(tmp_path / "run.mcap") as made:
        for seq, topic in enumerate(topics):
            made.message(topic, Sent(b"{}"), kind="incident.reported", due_us=0, actual_us=0, seq=seq)
        made.finish()
    recording = read(tmp_path / "run.mcap")
    assert [line.topic for line in recording] == topics
    assert recording.damage is None
    with recording.path.open("rb") as stream:
        channels = {channel.topic for _, channel, _ in make_reader(stream).iter_messages()}
    own = set(topics[:3]) | {"mqtt/properties"}
    assert channels == own | {"public/incident", "public/alert", "control/network"}


def test_a_strike_names_its_own_topic(tmp_path: Path) -> None:
    """On the shared channel of strikes no second record is needed, for the payload says which strike it is."""
    with recorder(tmp_path / "run.mcap") as made:
        for n in range(3):
            payload = f'{{"kind":"strike.launched","strike":"s-{n}"}}'.encode()
            sent = Sent(payload, retain=False)
            made.message(f"control/strike/s-{n}", sent, kind="strike.launched", due_us=1, actual_us=2, seq=n)
        made.finish()
    assert [line.topic for line in read(tmp_path / "run.mcap")] == [f"control/strike/s-{n}" for n in range(3)]
    assert len(streamed(tmp_path / "run.mcap")) == 3


def test_a_sequence_past_32_bits_does_not_stop_the_recorder(tmp_path: Path) -> None:
    """MCAP keeps the low 32 bits; where the side channel speaks, all of it is kept."""
    with recorder(tmp_path / "run.mcap") as made:
        for topic in ("public/news", "control/strike/s"):
            made.message(topic, Sent(b"{}"), kind="news.published", due_us=0, actual_us=0, seq=2**32 + 5)
    assert [line.seq for line in read(tmp_path / "run.mcap")] == [5, 2**32 + 5]


def test_a_flush_puts_everything_on_disk(tmp_path: Path) -> None:
    """Pins what mcap's `flush` must go on doing: nothing is held back, not even in our own file buffer."""
    path = tmp_path / "run.mcap"
    made = recorder(path)
    assert read(path).attachments == ATTACHMENTS
    for n in range(3):
        made.message("public/news", Sent(says("news.published")), kind="news.published", due_us=n, actual_us=n, seq=n)
        made.flush()
        assert [line.seq for line in read(path)] == list(range(n + 1))
    size = path.stat().st_size
    made.flush()
    assert path.stat().st_size == size
    made.close()


def test_a_recording_without_its_end_is_readable_and_says_so(tmp_path: Path) -> None:
    """Closed but not finished: all lines, by us and by mcap's stream reader, and the damage is the missing end."""
    path = tmp_path / "run.mcap"
    with recorder(path) as made:
        fill(made)
    recording = read(path)
    assert len(list(recording)) == CHUNKS * PER_CHUNK
    assert recording.damage == f"at byte {path.stat().st_size}: it was not finished"
    assert (recording.finished, recording.summary) == (False, None)
    assert len(streamed(path)) == CHUNKS * (PER_CHUNK + 2)


def streamed(path: Path) -> list[McapMessage]:
    """The messages mcap's own stream reader finds before it complains of the missing end."""
    found: list[McapMessage] = []
    with path.open("rb") as stream, suppress(EndOfFile):
        records = StreamReader(stream, validate_crcs=True).records
        found.extend(record for record in records if isinstance(record, McapMessage))
    return found


def test_each_flipped_byte_is_told_and_costs_one_chunk_at_most(tiny: Path, tmp_path: Path) -> None:
    """No foreign exception at any byte; what is yielded is what was written; all other chunks are still there."""
    good = tiny.read_bytes()
    lines = list(read(tiny))
    path = tmp_path / "flipped.mcap"
    for at in range(len(good)):
        path.write_bytes(good[:at] + bytes([good[at] ^ 1 << at % 8]) + good[at + 1 :])
        recording = read(path)
        got = list(recording)
        assert recording.damage, f"byte {at} was changed unnoticed"
        assert len(got) >= len(lines) - TINY_CHUNK, f"byte {at} cost {len(lines) - len(got)} lines"
        assert is_part(got, lines), f"byte {at} changed a line"


def test_each_flipped_byte_of_an_unfinished_recording_costs_little(tiny: Path, tmp_path: Path) -> None:
    """The same without an index at the end: the chunk with the topics' names takes the lines on these along."""
    good = unfinished(tiny)
    lines = list(read(tiny))
    path = tmp_path / "flipped.mcap"
    for at in range(len(good)):
        path.write_bytes(good[:at] + bytes([good[at] ^ 0xFF]) + good[at + 1 :])
        recording = read(path)
        got = list(recording)
        assert recording.attachments.items() <= TINY_ATTACHMENTS.items()
        assert is_part(got, lines)
        assert len(got) >= len(lines) - TINY_CHUNK or at < chunk_ends(tiny)[0]


def test_each_length_it_can_be_cut_to_keeps_all_whole_chunks(tiny: Path, tmp_path: Path) -> None:
    """A file cut at any byte yields exactly the lines of the chunks before the cut, or says it is no recording."""
    good, lines = tiny.read_bytes(), list(read(tiny))
    ends = chunk_ends(tiny)
    path = tmp_path / "cut.mcap"
    for length in range(len(good)):
        path.write_bytes(good[:length])
        if length < len(MAGIC):
            with pytest.raises(RecordingError, match="no MCAP file" if length else "empty"):
                read(path)
            continue
        recording = read(path)
        assert list(recording) == lines[: TINY_CHUNK * sum(end <= length for end in ends)]
        assert recording.damage


def test_how_much_of_a_finished_recording_is_lost_is_counted(whole: Path, tmp_path: Path) -> None:
    """What can be read is held against the number the recorder wrote down at its end."""
    good = bytearray(whole.read_bytes())
    good[chunk_ends(whole)[1] - 9] ^= 1
    path = tmp_path / "run.mcap"
    path.write_bytes(good)
    assert f"of {CHUNKS * (PER_CHUNK + 2)} messages {(CHUNKS - 1) * (PER_CHUNK + 2)} can be read" in str(
        read(path).damage
    )


def test_what_lies_in_a_damaged_attachment_is_not_taken_for_lines(whole: Path, tmp_path: Path) -> None:
    """A recording attached to a recording, with one byte of its first lines changed, stays an attachment."""
    path = tmp_path / "run.mcap"
    with Recorder(path, schema_of=schema_of) as made:
        made.start(METADATA, {"earlier.mcap": whole.read_bytes()})
    good = bytearray(path.read_bytes())
    good[good.index(b"earlier.mcap")] ^= 1
    path.write_bytes(good)
    recording = read(path)
    assert list(recording) == []
    assert (recording.metadata, recording.attachments) == (METADATA, {})
    assert "differs from its checksum" in (recording.damage or "")


def test_reading_goes_on_behind_what_makes_no_sense() -> None:
    """After junk, even where its last byte and the next record's first look like a record, the next one is found."""
    builder = RecordBuilder()
    Metadata(name="m", metadata={"a": "b"}).write(builder)
    record = builder.end()  # type: ignore[no-untyped-call]  # mcap does not annotate it
    found = [record for _, record in walk(MAGIC + record + b"\xff" * 20 + b"\x05" + record + record)]
    assert [type(record) for record in found] == [Metadata, Damage, Metadata, Metadata, Damage]
    assert [type(record) for _, record in walk(MAGIC + b"\xff" * 20)] == [Damage, Damage]
    assert "unknown type 32" in str(next(walk(MAGIC + struct.pack("<BQ", 32, 0))))


def test_a_record_that_claims_more_than_the_limit_is_not_loaded(tmp_path: Path) -> None:
    """64 MiB is the limit even where the file is long enough; a hole costs no disk."""
    path = tmp_path / "run.mcap"
    recorder(path).close()
    size = path.stat().st_size
    with path.open("r+b") as stream:
        stream.seek(size)
        stream.write(struct.pack("<BQ", Opcode.METADATA, LIMIT + 1))
        stream.truncate(size + LIMIT + 100)
    assert f"at byte {size}: a record cannot be read (its length is given as {LIMIT + 1} bytes)" in str(
        read(path).damage
    )


def test_how_a_lost_message_was_sent_is_not_said_of_the_next(tmp_path: Path) -> None:
    """The side channel speaks of the message that follows, if that is the one it names."""
    made = recorder(tmp_path / "run.mcap")
    sent = Sent(b"{}")
    made.message("public/news", sent, kind="news.published", due_us=0, actual_us=0, seq=1)
    lost = {"topic": "public/lost", "kind": "", "seq": 2, "empty": False, "qos": 0, "retain": False, "expiry_s": 9}
    made._add_model("mqtt/properties", Aside.model_validate(lost | {"properties": ()}), _Stamp(0, 0, 2))
    made.message("public/news", sent, kind="news.published", due_us=0, actual_us=0, seq=3)
    made.close()
    first, second = read(made.path)
    assert second == replace(first, seq=3)


@settings(deadline=None)
@given(st.data())
def test_no_damage_raises_anything_of_its_own(
    whole: Path, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Any piece replaced by any bytes: a RecordingError, or lines of which each was written."""
    good, lines = whole.read_bytes(), list(read(whole))
    start = data.draw(st.integers(0, len(good)))
    gone = data.draw(st.integers(0, len(good) - start))
    put = data.draw(st.binary(max_size=200) | st.just(good[: data.draw(st.integers(0, len(good)))]))
    path = tmp_path_factory.mktemp("damaged") / "run.mcap"
    path.write_bytes(good[:start] + put + good[start + gone :])
    with suppress(RecordingError):
        recording = read(path)
        assert all(line in lines for line in recording)
        assert (recording.damage is None) == (path.read_bytes() == good)


def is_part(some: list[Recorded], lines: list[Recorded]) -> bool:
    """Whether `some` are of `lines`, in their order."""
    rest = iter(lines)
    return all(line in rest for line in some)


def chunk_ends(path: Path) -> list[int]:
    """Where each chunk ends, in the words of the index."""
    with path.open("rb") as stream:
        summary = make_reader(stream).get_summary()
    assert summary is not None
    return [index.chunk_start_offset + index.chunk_length for index in summary.chunk_indexes]


def unfinished(path: Path) -> bytes:
    """The bytes a recorder killed after its last flush would have left."""
    return path.read_bytes()[: chunk_ends(path)[-1]]


def foreign(path: Path, *lines: tuple[str, bytes]) -> Path:
    """An MCAP file of another program: these topics and data."""
    with path.open("wb") as stream:
        other = Writer(stream)
        other.start()
        for topic, data in lines:
            other.add_message(other.register_channel(topic, "json", 0), 0, data, 0)
        other.finish()  # type: ignore[no-untyped-call]  # mcap does not annotate it
    return path


@pytest.mark.parametrize(
    ("topic", "data"),
    [
        ("public/news", b"\xff\xfe"),
        ("public/news", b"[1]"),
        ("public/news", b"[" * 100_000),
        ("public/news", b"{}"),
        ("observation/broker.lost", b'{"kind": "broker.eaten"}'),
        ("mqtt/properties", b'{"qos": 9}'),
    ],
)
def test_a_file_of_another_program_is_told_apart(tmp_path: Path, topic: str, data: bytes) -> None:
    """Lines that are none of ours are counted and named, not raised."""
    recording = read(foreign(tmp_path / "run.mcap", *[(topic, data)] * 5))
    assert list(recording) == []
    assert recording.damage
    assert recording.damage.count(f"a message on {topic} is none of ours") == 3
    assert recording.damage.endswith("and 2 more")
    assert recording.metadata == {}


def test_a_chunk_that_unpacks_without_bound_is_refused(tmp_path: Path) -> None:
    """A few kilobytes that say they are more than 64 MiB are damage, not memory."""
    path = tmp_path / "run.mcap"
    with path.open("wb") as stream:
        other = Writer(stream, chunk_size=2 * LIMIT)
        other.start()
        other.add_message(other.register_channel("public/news", "json", 0), 0, b" " * LIMIT, 0)
        other.finish()  # type: ignore[no-untyped-call]  # mcap does not annotate it
    assert path.stat().st_size < 100_000
    recording = read(path)
    assert list(recording) == []
    assert "unpacks to more than 64 MiB" in (recording.damage or "")


def test_a_compression_we_do_not_write_is_refused(tmp_path: Path) -> None:
    """Other programs may pack otherwise; that is said by name."""
    path = tmp_path / "run.mcap"
    with path.open("wb") as stream:
        other = Writer(stream, compression=CompressionType.LZ4)
        other.start()
        other.add_message(other.register_channel("public/news", "json", 0), 0, b"{}", 0)
        other.finish()  # type: ignore[no-untyped-call]  # mcap does not annotate it
    assert "unknown compression 'lz4'" in (read(path).damage or "")


def test_what_was_never_a_recording_is_said_in_a_sentence(tmp_path: Path) -> None:
    """An empty file, a text, a folder, nothing at all: RecordingError with the path."""
    for name, content in (("empty", b""), ("text", b"alertsim: 1\n" * 10)):
        (tmp_path / name).write_bytes(content)
    for name in ("empty", "text", "", "missing"):
        with pytest.raises(RecordingError, match=str(tmp_path / name)):
            read(tmp_path / name)


def test_a_recording_is_never_overwritten(whole: Path, tmp_path: Path) -> None:
    """Neither an existing file nor a missing folder is written to."""
    with pytest.raises(RecordingError, match="never overwritten"):
        Recorder(whole, schema_of=schema_of)
    with pytest.raises(RecordingError, match="folder"):
        Recorder(tmp_path / "missing" / "run.mcap", schema_of=schema_of)


@pytest.mark.parametrize("last", ["flush", "finish", "close"])
def test_the_first_failure_of_the_disk_is_the_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, last: str) -> None:
    """One RecordingError with path and reason, from whichever call meets it; then every call does nothing."""
    made = recorder(tmp_path / "run.mcap")
    made.observe(BrokerLost(reason=""), actual_us=0, seq=0)

    def full() -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(made._mcap, "flush", full)
    with pytest.raises(RecordingError, match=r"run\.mcap: No space left on device; free some space"):
        getattr(made, last)()
    fill(made)
    made.flush()
    made.finish()
    made.close()
    assert made._file.closed
    assert list(read(made.path)) == []


def test_closing_is_safe_in_any_state(tmp_path: Path) -> None:
    """Before the start, twice, after the end."""
    unstarted = Recorder(tmp_path / "a.mcap", schema_of=schema_of)
    unstarted.close()
    unstarted.close()
    with recorder(tmp_path / "b.mcap") as made:
        made.finish()
        made.finish()
    made.close()
    assert read(made.path).damage is None


@settings(deadline=None, max_examples=200)
@given(
    said=st.lists(
        st.tuples(st.sampled_from(TOPICS), MESSAGES, TIMES, TIMES) | st.tuples(OBSERVATIONS, TIMES) | st.none()
    ),
    finish=st.booleans(),
)
def test_what_is_written_is_read_back(tmp_path_factory: pytest.TempPathFactory, said: list[Any], finish: bool) -> None:
    """Any messages, however sent, and observations, flushed anywhere, finished or not: equal, in order, complete."""
    path = tmp_path_factory.mktemp("round") / "run.mcap"
    expected: list[Recorded] = []
    with recorder(path) as made:
        for n, line in enumerate(said):
            seq = n // 4  # the last words of an exercise share one
            match line:
                case None:
                    made.flush()
                case (seen, at):
                    made.observe(seen, actual_us=at, seq=seq)
                    data = seen.model_dump_json().encode()
                    expected.append(Recorded(f"observation/{seen.kind}", seen.kind, seen, at, at, seq, data, None))
                case (topic, sent, due, actual):
                    made.message(topic, sent, kind="alert.cleared", due_us=due, actual_us=actual, seq=seq)
                    expected.append(as_read(topic, sent, due, actual, seq))
        if finish:
            made.finish()
    recording = read(path)
    assert list(recording) == expected
    assert recording.finished == finish


def as_read(topic: str, sent: Sent, due: int, actual: int, seq: int) -> Recorded:
    """What must come back of a message recorded as `alert.cleared`; a payload says its own kind."""
    payload = json.loads(sent.payload) if sent.payload else None
    kind = "alert.cleared" if payload is None else payload.get("kind", "")
    delivery = Delivery(qos=sent.qos, retain=sent.retain, expiry_s=sent.expiry_s, properties=sent.properties)
    return Recorded(topic, kind, payload, due, actual, seq, sent.payload, delivery)


TOPICS_OF_OTHERS = st.sampled_from(
    [
        "sensors/a",
        "observation/x",
        "mqtt/properties",
        "control/strike",
        "captured",
        "ack/c",
        "exercise/n-1/public/state",
    ]
)
deliveries = st.builds(
    Delivery,
    qos=st.integers(0, 2),
    retain=st.booleans(),
    expiry_s=st.none() | st.integers(0, 2**32 - 1),
    properties=st.lists(st.tuples(st.text(max_size=3), st.text(max_size=3)), max_size=2).map(tuple),
    content_type=st.none() | st.text(max_size=3),
    payload_format=st.none() | st.integers(0, 1),
    response_topic=st.none() | st.just("answers/1"),
    correlation_data=st.none() | st.just("AAE="),
)
payloads = st.binary(max_size=6) | st.sampled_from(
    [b"", b"{}", b'{"strike":"s-1","kind":3}', b"[1]", b'{"a":NaN}', b"{"]
)
captures = st.lists(st.tuples(TOPICS_OF_OTHERS, payloads, deliveries), max_size=8)


@given(captures, st.sampled_from([2, write.MOST_TOPICS]))
def test_whatever_a_broker_says_is_kept_as_it_came(
    tmp_path_factory: pytest.TempPathFactory, sent: list[tuple[str, bytes, Delivery]], most: int
) -> None:
    """Any topic, bytes and properties come back, in order; also under names that mean something to us, or too many."""
    path = tmp_path_factory.mktemp("captured") / "capture.mcap"
    with pytest.MonkeyPatch.context() as patch, recorder(path) as made:
        patch.setattr(write, "MOST_TOPICS", most)
        for seq, (topic, payload, delivery) in enumerate(sent):
            made.captured(topic, payload, delivery, at_us=seq, seq=seq)
        made.finish()
    recording = read(path)
    assert [(line.topic, line.data, line.delivery) for line in recording] == sent
    assert recording.damage is None
    assert [row(line, 1)["bytes"] for line in recording] == [len(payload) for _, payload, _ in sent]
    for line in ndjson(recording):
        json.loads(line)
