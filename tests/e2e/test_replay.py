"""Record, replay, record again at a real broker: the same messages; and a replay that is sent back in time."""

import os
import pty
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from alertsim.recording import read
from alertsim.wire import comparable
from alertsim.wire.comparable import Comparable
from tests.e2e.programs import PROGRAM, Program
from tests.e2e.world import SCENARIO, Mosquitto, World

pytestmark = pytest.mark.mosquitto
QUIET = ("--subscribers", "0", "--plain")


def wait_for(wanted: Callable[[], object], patience_s: float = 30.0) -> None:
    """Wait until it is so."""
    deadline = time.monotonic() + patience_s
    while not wanted():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def overheard(world: World, broker: Mosquitto, name: str, *command: str) -> Path:
    """A capture of the broker while the program does this."""
    path = world.folder / name
    recorder = world.alertsim("record", "--broker", broker.url, "-o", str(path))
    wait_for(lambda: path.exists() and path.stat().st_size > 0)
    run = world.alertsim(*command, "--broker", broker.url, *QUIET)
    assert run.ended(60) == 0, run.err
    time.sleep(1)  # what the broker has said last
    recorder.send(signal.SIGINT)
    assert recorder.ended() == 130, recorder.err
    return path


def compared(path: Path) -> list[Comparable]:
    """The messages of a capture or a run as they are compared."""
    sent = [
        comparable(line.topic, line.data, qos=how.qos, retain=how.retain, properties=how.properties)
        for line in read(path)
        if (how := line.delivery)
    ]
    return [each for each in sent if each is not None]


def test_record_replay_record_is_the_same(world: World) -> None:
    """From a capture and from a run's own recording: equal with QoS, retention and properties, as it was played."""
    broker = world.mosquitto()
    play = ("run", SCENARIO, "--chapter", "salvo", "--rate", "60", "--exercise", "one")
    first = overheard(world, broker, "a.mcap", *play)
    second = overheard(world, broker, "b.mcap", "replay", str(first), "--exercise", "two")
    assert len(compared(first)) > 30
    assert sorted(compared(first), key=str) == sorted(compared(second), key=str)
    again = world.alertsim("replay", "runs/one", "--rate", "max", "--exercise", "three", *QUIET)
    assert again.ended() == 0, again.err
    assert compared(world.runs / "one" / "run.mcap") == compared(world.runs / "three" / "run.mcap")
    assert read(world.runs / "three" / "run.mcap").metadata["replay_of"] == "one"


def test_back_in_time_the_broker_keeps_nothing_that_is_to_come(world: World) -> None:
    """All events in steps, then back to the start: the broker keeps what it kept there, and nothing after the end."""
    broker = world.mosquitto()
    run = world.run(broker, "--chapter", "alert", "--rate", "max", "--exercise", "one", *QUIET)
    assert run.ended() == 0, run.err
    until = "2023-12-13T03:10:00+02:00"
    ours, theirs = pty.openpty()
    command = (PROGRAM, "replay", "runs/one", "--until", until, "--rate", "60", "--exercise", "two", *QUIET)
    with subprocess.Popen(
        [*command, "--pause", "--broker", broker.url], cwd=world.folder, stdin=theirs, stdout=theirs, stderr=theirs
    ) as program:
        try:
            os.close(theirs)
            wait_for(lambda: b"paused" in os.read(ours, 4096))
            at_first = topics(broker)
            os.write(ours, b":next 99\n")
            wait_for(lambda: topics(broker) > at_first)
            os.write(ours, b":seek +00:00:00\n")
            wait_for(lambda: topics(broker) == at_first)
            os.write(ours, b"q")
            while _read(ours):
                pass  # a terminal that nobody reads holds who writes
            assert program.wait(30) == 0
        finally:
            program.kill()
            os.close(ours)
    assert broker.retained() == []


def topics(broker: Mosquitto) -> set[str]:
    """On which topics the broker keeps something."""
    return {each.topic for each in broker.retained()}


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 4096)
    except OSError:
        return b""


def test_bad_input_is_a_sentence(world: World) -> None:
    """No such recording, no terminal to go on from, a time outside: 2, never a traceback."""
    (world.folder / "empty.mcap").write_bytes(b"")
    for options in (("nothing",), ("empty.mcap",), ("empty.mcap", "--pause"), ("empty.mcap", "--remap", "x")):
        program: Program = world.alertsim("replay", *options)
        assert program.ended() == 2, program.err
        assert "Traceback" not in program.err
