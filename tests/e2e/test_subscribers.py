"""An exercise with subscribers of its own: who heard each alert, and that they never get in its way."""

import json
import os
import signal
import time
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from mcap.reader import make_reader

from alertsim.observations import CohortReached
from tests.e2e.programs import PATIENCE_S, Program
from tests.e2e.world import CALM, World

pytestmark = pytest.mark.mosquitto
NIGHT = ("--from", "2023-12-13T03:00:00+02:00", "--until", "2023-12-13T03:04:00+02:00", "--rate", "60")
"""Three alerts in four seconds; Kyivstar has been down since the day before."""

ID = ("--out", "runs", "--exercise", "night-1")
COUNTED = ("heard", "late", "caught_up", "never")


def reached(world: World) -> list[dict[str, Any]]:
    """The newest word of each message on how far it spread, by a reader that is not ours."""
    newest = {}
    with (world.runs / "night-1" / "run.mcap").open("rb") as file:
        for _, channel, message in make_reader(file).iter_messages():
            if channel.topic == "observation/alert.reached":
                seen = json.loads(message.data)
                newest[seen["seq"]] = seen | {"cohorts": [CohortReached(*each) for each in seen["cohorts"]]}
    return list(newest.values())


def family(pid: int) -> set[int]:
    """The processes it has started, and they."""
    found = set[int]()
    with suppress(OSError):
        for file in Path(f"/proc/{pid}/task").glob("*/children"):
            for child in map(int, file.read_text().split()):
                found |= {child} | family(child)
    return found


def subscribers_of(run: Program) -> int:
    """The process of the subscribers, once they all listen."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        for pid in family(run.process.pid):
            with suppress(OSError):
                if b"alertsim.swarm.child" in Path(f"/proc/{pid}/cmdline").read_bytes():
                    return pid
        time.sleep(0.01)
    raise AssertionError(run.err)


def running(pids: Iterable[int]) -> set[int]:
    """Those of them that have not ended."""
    return {pid for pid in pids if os.path.exists(f"/proc/{pid}")}  # noqa: PTH110 — a process, not a file


def test_the_summary_adds_up(world: World) -> None:
    """Heard, caught up and never: in all the same as by operator, and as the recording has it, message by message."""
    broker = world.mosquitto()
    run = world.run(broker, *NIGHT, *ID, "--subscribers", "60", "--json")
    assert run.ended() == 0, run.err
    told = json.loads(run.out)["subscribers"]
    assert told == world.summary("night-1")["subscribers"]
    for name in COUNTED:
        assert told["alerts"][name] == sum(operator[name] for operator in told["operators"].values())
    recorded = Counter[str]()
    for seen in reached(world):
        assert seen["closed"]
        for each in seen["cohorts"]:
            assert each.expected == each.delivered + each.missing
            recorded["heard"] += each.delivered
            recorded["late"] += each.late
            recorded["caught_up"] += each.caught_up
            recorded["never"] += each.missing + each.unreachable - each.caught_up
            assert (each.duplicates, each.stale) == (0, 0)
    assert recorded == Counter({name: told["messages"][name] for name in COUNTED})
    assert told["messages"]["messages"] == len(reached(world))
    assert 3 <= told["alerts"]["alerts"] <= told["messages"]["messages"]
    assert broker.retained() == []


def test_who_is_down_does_not_hear(world: World) -> None:
    """With Kyivstar wholly down none of its phones hears the alert of Kyiv; of the others almost everybody does."""
    run = world.run(world.mosquitto(), *NIGHT, *ID, "--subscribers", "60", "--json")
    assert run.ended() == 0, run.err
    told = json.loads(run.out)["subscribers"]
    (alert,) = (seen for seen in reached(world) if seen["event"] == "alert-kyiv:raised")
    kyivstar = [each for each in alert["cohorts"] if each.operator == "kyivstar"]
    others = [each for each in alert["cohorts"] if each.operator != "kyivstar"]
    assert sum(each.unreachable + each.missing for each in kyivstar) > 5
    assert sum(each.delivered for each in kyivstar) < sum(each.unreachable + each.missing for each in kyivstar)
    assert sum(each.delivered for each in others) > 5 * sum(each.missing for each in others)
    worst = max(told["unheard"], key=lambda each: each["never"] + each["caught_up"])
    assert (worst["operator"], worst["up"]["data"]) == ("kyivstar", 0.0)


def test_nobody_listens(world: World) -> None:
    """`--subscribers 0`: no process of subscribers, and nothing about them in summary or recording."""
    run = world.run(world.mosquitto(), *NIGHT, *ID, "--subscribers", "0", "--json")
    seen = set[int]()
    while run.process.poll() is None:
        seen |= family(run.process.pid)
        time.sleep(0.05)
    assert run.ended() == 0, run.err
    told = json.loads(run.out)
    assert (told.get("subscribers"), reached(world), seen) == (None, [], set())


def test_terminated_in_the_middle(world: World) -> None:
    """Ctrl-C: within seconds no process of ours is left, nothing is retained, and what they heard is told."""
    broker = world.mosquitto()
    run = world.run(broker, *CALM, *ID, "--subscribers", "200")
    pids = {subscribers_of(run)}
    world.watch(broker.port, "-t", "#").hears("running", "public/state")
    pids |= family(run.process.pid)
    run.send(signal.SIGINT)
    assert run.ended() == 130
    assert "Traceback" not in run.err
    assert running(pids) == set()
    assert broker.retained() == []
    assert world.summary("night-1")["ended"] == "interrupted"


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_their_process_fails(world: World, number: signal.Signals) -> None:
    """Killed or stopped, it degrades the exercise, which goes on to its end and clears what it said."""
    broker = world.mosquitto()
    run = world.run(broker, *NIGHT, *ID, "--subscribers", "60", "--json")
    pid = subscribers_of(run)
    world.watch(broker.port, "-t", "#").hears("running", "public/state")
    os.kill(pid, number)
    assert run.ended() == 0, run.err
    assert "Traceback" not in run.err
    told = json.loads(run.out)
    assert told["ended"] == "completed"
    assert told["degraded"]
    assert told["kinds"]["alert.raised"] >= 3
    assert running([pid]) == set()
    assert broker.retained() == []


def test_the_broker_dies_and_comes_back(world: World) -> None:
    """The subscribers come back as the publisher does; nobody counts twice, and the numbers still add up."""
    broker = world.mosquitto()
    run = world.run(broker, *NIGHT[:-1], "30", *ID, "--subscribers", "60", "--json")
    world.watch(broker.port, "-t", "#").hears("raised")
    broker.end()
    broker.start()
    assert run.ended(60) == 0, run.err
    assert "Traceback" not in run.err
    told = json.loads(run.out)
    assert told["broker_lost"]
    for seen in reached(world):
        for each in seen["cohorts"]:
            assert each.expected == each.delivered + each.missing
            assert each.caught_up <= each.missing + each.unreachable
    for name in COUNTED:
        operators = told["subscribers"]["operators"].values()
        assert told["subscribers"]["alerts"][name] == sum(operator[name] for operator in operators)


def test_the_program_is_killed(world: World) -> None:
    """Kill -9: the subscribers leave by themselves, without a word on the terminal."""
    broker = world.mosquitto()
    run = world.run(broker, *CALM, *ID, "--subscribers", "60")
    pid = subscribers_of(run)
    world.watch(broker.port, "-t", "#").hears("running", "public/state")
    run.send(signal.SIGKILL)
    run.ended()
    deadline = time.monotonic() + PATIENCE_S
    while running([pid]):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert "Traceback" not in run.err
