"""An exercise that makes its own broker fail, seen by a stranger who only subscribes."""

import signal
import time
from pathlib import Path

import pytest

from tests.e2e.programs import PATIENCE_S, Program
from tests.e2e.world import World

pytestmark = pytest.mark.mosquitto

NIGHT = """\
alertsim: 1
basis: fictional
title: A night without a broker
exercise: {type: drill, contact: Exercise control}
start: 2026-03-01T21:00:00+02:00
events:
  - {id: first, alert: {area: UA-32, raised: +1s, cleared: +6s}}
"""
KILLED = """\
  - {id: killed, at: +1500ms, broker: {fault: kill, for: 500ms}}
  - {id: second, alert: {area: UA-46, raised: +1700ms, cleared: +6s}}
"""
STILL = "  - {id: still, at: +1500ms, broker: {fault: stop, for: 1h}}\n"
OPTIONS = ("--rate", "1", "--plain", "--lang", "en", "--subscribers", "0", "--out", "runs", "--exercise", "broken-1")


def run(world: World, faults: str, *options: str) -> Program:
    """The night with these faults."""
    (world.folder / "night.yaml").write_text(NIGHT + faults, encoding="utf-8")
    return world.alertsim("run", "night.yaml", "--broker", "mosquitto", *OPTIONS, *options)


def state_of(pid: int) -> tuple[str, int]:
    """The state of a process as the kernel has it (T: stopped), and its parent; Z where it is gone."""
    try:
        state, parent, *_ = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return "Z", 0
    return state, int(parent)


def stopped_child(of: int) -> int:
    """The process it has started and stopped, as soon as there is one."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        for path in Path("/proc").glob("[0-9]*"):
            if state_of(int(path.name)) == ("T", of):
                return int(path.name)
        assert time.monotonic() < deadline
        time.sleep(0.01)  # the kernel tells nobody


def test_it_is_told_before_and_after(world: World) -> None:
    """Subscribers hear that it fails; what stood and what came meanwhile they hear when it is back; the books tell."""
    running = run(world, KILLED)
    watcher = world.watch_child(running)
    assert running.ended() == 0, running.err
    watcher.hears("clear", "broken-1/public/state")
    watcher.all_marked()
    watcher.says('"kind":"broker.faulted","at":"2026-03-01T21:00:01.500+02:00"')
    raised = {heard.topic[-5:] for heard in watcher.heard if heard.word == "raised"}
    assert raised == {"UA-32", "UA-46"}
    (killed,) = world.summary("broken-1")["broken"]
    assert (killed["entry"], killed["fault"], killed["never"]) == ("killed", "kill", 0)
    assert killed["gone_ms"] >= 500
    assert "As planned: broker killed, back after" in running.out


def test_an_end_in_the_middle_is_heard(world: World) -> None:
    """Ctrl-C while the broker stands still for an hour: it goes on, and everybody hears the proper end."""
    running = run(world, STILL)
    watcher = world.watch_child(running)
    watcher.says('"phase":"began"')
    assert stopped_child(running.process.pid)
    running.send(signal.SIGINT)
    assert running.ended() == 130, running.err
    for word, below in (("cancelled", "UA-32"), ("ended", "state"), ("clear", "state")):
        watcher.hears(word, below)
    watcher.all_marked()


def test_a_stopped_broker_does_not_outlive_us(world: World) -> None:
    """Killed in the middle, an exercise leaves no process that stands still for ever."""
    running = run(world, STILL)
    stopped = stopped_child(running.process.pid)
    running.send(signal.SIGKILL)
    assert running.ended() == -signal.SIGKILL
    deadline = time.monotonic() + PATIENCE_S
    while state_of(stopped)[0] != "Z":
        assert time.monotonic() < deadline
        time.sleep(0.01)  # the kernel tells nobody


def test_a_broker_that_is_not_ours_is_left_alone(world: World) -> None:
    """One sentence and exit code 2, before anything is sent."""
    broker = world.mosquitto()
    watcher = world.watch(broker.port)
    refused = run(world, KILLED, "--broker", broker.url)
    assert (refused.ended(), refused.out) == (2, "")
    assert "(`killed`), and the one at mqtt://127.0.0.1:" in refused.err
    assert refused.err.count("\n") == 1
    assert watcher.caught_up().lines == []
    assert not world.runs.exists()
