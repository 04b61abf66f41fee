"""A recorder that is killed, or whose disk is full, leaves a recording of all but the last moment."""

import json
import os
import random
import resource
import struct
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE, Popen

import pytest
from mcap.exceptions import McapError
from mcap.records import Attachment, Channel, McapRecord, Message, Metadata
from mcap.stream_reader import StreamReader
from zstandard import ZstdError

from alertsim.errors import RecordingError
from alertsim.recording import Recorder, read

FLUSH_S = 0.5
AT_ONCE = 10
LONGEST_S = 2.0


@dataclass(frozen=True)
class Sent:
    """A message as the recorder sees one."""

    payload: bytes
    qos: int = 1
    retain: bool = False
    expiry_s: int | None = 60
    properties: tuple[tuple[str, str], ...] = (("status", "Exercise"),)


def hand_over(made: Recorder, seq: int) -> None:
    """One message of about 500 bytes."""
    payload = json.dumps({"kind": "news.published", "seq": seq, "text": "EXERCISE " * 50}).encode()
    made.message(f"public/news/{seq % 50}", Sent(payload), kind="news.published", due_us=seq, actual_us=seq, seq=seq)


def started(path: str) -> Recorder:
    """A recorder on `path`, with what it is of on disk."""
    made = Recorder(Path(path), schema_of=lambda _: {})
    made.start({"exercise": "night-1"}, {"scenario.yaml": b"alertsim: 1\n"})
    return made


def record_until_killed(path: str, rate: str) -> None:
    """In a process of its own: so many messages a second, each logged, once handed over, with its time."""
    made = started(path)
    log = os.open(path + ".log", os.O_CREAT | os.O_WRONLY)
    os.write(1, b"ready\n")
    begun = flushed = time.monotonic()
    for seq in range(1_000_000):
        time.sleep(max(0.0, begun + seq / int(rate) - time.monotonic()))
        hand_over(made, seq)
        if time.monotonic() - flushed >= FLUSH_S:
            made.flush()
            flushed = time.monotonic()
        os.write(log, f"{time.monotonic()}\n".encode())


def record_until_full(path: str, limit: str) -> None:
    """In a process of its own that may write no more than so many bytes: what happens, a line each."""
    made = started(path)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), int(limit)))
    seq = 0
    try:
        while True:
            hand_over(made, seq)
            made.flush()
            seq += 1
    except RecordingError as error:
        print(seq, error, sep="\n")
    hand_over(made, seq)
    made.flush()
    made.finish({})
    made.close()
    print("inert")


def run(act: str, path: Path, figure: int) -> "Popen[str]":
    """This file as a process; unmeasured, for coverage would complain about a full disk itself."""
    environment = {name: value for name, value in os.environ.items() if name != "COVERAGE_PROCESS_CONFIG"}
    command = [sys.executable, __file__, act, str(path), str(figure)]
    return Popen(command, env=environment, stdout=PIPE, stderr=PIPE, text=True)


def kill(path: Path, rate: int, after_s: float) -> float:
    """Record into `path` and be killed so long after the start; the moment of the kill."""
    with run("record_until_killed", path, rate) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            time.sleep(after_s)
        finally:
            killed = time.monotonic()
            process.kill()
    return killed


def stream_read(path: Path) -> list[McapRecord]:
    """What mcap's own stream reader finds before it meets the missing end."""
    found: list[McapRecord] = []
    with path.open("rb") as stream, suppress(McapError, ZstdError, struct.error):
        found.extend(StreamReader(stream, validate_crcs=True).records)
    return found


@pytest.mark.parametrize("rate", [2, 1_000])
def test_a_kill_at_any_moment_loses_no_more_than_the_last_second(tmp_path: Path, rate: int) -> None:
    """Read by us and by mcap's stream reader: what it is of, and all messages but those of the last second."""
    paths = [tmp_path / f"{n}.mcap" for n in range(AT_ONCE)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        moments = [random.uniform(0, LONGEST_S) for _ in paths]
        kills = list(pool.map(kill, paths, [rate] * AT_ONCE, moments))
    for path, killed in zip(paths, kills, strict=True):
        handed_over = [float(line) for line in path.with_name(path.name + ".log").read_text().split()]
        recording, others = read(path), stream_read(path)
        got = [line.seq for line in recording]
        assert got == list(range(len(got)))
        news = {record.id for record in others if isinstance(record, Channel) and record.topic.startswith("public/")}
        said = [record for record in others if isinstance(record, Message) and record.channel_id in news]
        assert got == [record.sequence for record in said]
        until = min(killed, max(handed_over, default=0) + 1 / rate)  # where the machine stood still, so did it
        assert len(got) >= sum(at < until - 1 for at in handed_over)
        assert recording.metadata == {"exercise": "night-1"}
        assert recording.attachments == {"scenario.yaml": b"alertsim: 1\n"}
        assert [record.name for record in others if isinstance(record, Metadata | Attachment)] == [
            "alertsim",
            "scenario.yaml",
        ]
        assert not recording.finished
        assert "it was not finished" in (recording.damage or "")


def test_a_full_disk_is_one_error_and_costs_only_what_did_not_fit(tmp_path: Path) -> None:
    """One sentence with path and reason, no more of it afterwards, and everything before it can be read."""
    path = tmp_path / "run.mcap"
    with run("record_until_full", path, 20_000) as process:
        said, complaints = process.communicate()
    seq, sentence, last = said.splitlines()
    assert complaints == ""
    assert sentence.startswith(f"cannot write the recording {path}: File too large; ")
    assert last == "inert"
    assert process.returncode == 0
    assert int(seq) > 10
    assert [line.seq for line in read(path)] == list(range(int(seq)))


if __name__ == "__main__":
    {"record_until_killed": record_until_killed, "record_until_full": record_until_full}[sys.argv[1]](*sys.argv[2:])
