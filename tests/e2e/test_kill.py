"""What is left of an exercise that was killed, and who takes it back."""

import json
import shutil
import signal
import time

import pytest

from tests.e2e.marks import Heard
from tests.e2e.programs import Program, Watcher
from tests.e2e.world import CALM, SCENARIO, Mosquitto, World

pytestmark = pytest.mark.mosquitto
AREAS = ("UA-30", "UA-32", "UA-74")
MAX = ("--rate", "max", "--json", "--out", "runs")


@pytest.fixture
def broker(world: World) -> Mosquitto:
    return world.mosquitto()


@pytest.fixture
def watcher(world: World, broker: Mosquitto) -> Watcher:
    return world.watch(broker.port)


def begun(world: World, broker: Mosquitto, watcher: Watcher, *names: str) -> list[Program]:
    """Exercises that have three open alerts."""
    running = [world.run(broker, *CALM, "--out", "runs", "--exercise", name) for name in names]
    for name in names:
        for area in AREAS:
            watcher.hears("raised", f"{name}/public/alert/{area}")
    return running


def killed(world: World, broker: Mosquitto, watcher: Watcher, *names: str) -> None:
    """Exercises that were killed while alerts stood, and whose wills were heard."""
    for run in begun(world, broker, watcher, *names):
        run.send(signal.SIGKILL)
        assert run.ended() == -signal.SIGKILL
    for name in names:
        watcher.hears("terminated", f"{name}/public/state", patience_s=2)


def words(heard: list[Heard], name: str) -> dict[str, list[str]]:
    """By topic below the exercise's root, what was said there in order; the clock left out."""
    said: dict[str, list[str]] = {}
    for each in heard:
        root, _, below = each.topic.partition(f"{name}/")
        if root == "exercise/" and below != "public/clock":
            said.setdefault(below, []).append(each.word)
    return said


def assert_taken_back(watcher: Watcher, name: str) -> None:
    """Every retained topic was ended or cancelled, unless its alert was cleared, and then cleared, in this order."""
    for below, said in words(watcher.heard, name).items():
        if below.startswith(("public/state", "public/alert", "public/incident", "control/network")):
            assert said[-2:] in (["cancelled", "clear"], ["ended", "clear"], ["cleared", "clear"]), (below, said)
    assert words(watcher.heard, name)["public/alert/UA-30"] == ["raised", "cancelled", "clear"]
    assert words(watcher.heard, name)["public/state"] == ["running", "terminated", "ended", "clear"]
    watcher.all_marked()


def test_the_will_and_the_leases(world: World, broker: Mosquitto, watcher: Watcher) -> None:
    """A killed exercise is `terminated` within two seconds; all it leaves is marked and gone within three minutes."""
    (run,) = begun(world, broker, watcher, "dead-1")
    run.send(signal.SIGKILL)
    died = time.monotonic()
    watcher.hears("terminated", "dead-1/public/state", patience_s=2)
    assert time.monotonic() - died < 2
    left = broker.retained()
    assert {heard.topic.removeprefix("exercise/dead-1/"): heard.word for heard in left}.items() >= {
        "public/state": "terminated",
        **{f"public/alert/{area}": "raised" for area in AREAS},
    }.items()
    assert all(0 < (heard.expiry_s or 0) <= 180 for heard in left)
    watcher.all_marked()
    while max(heard.expiry_s or 0 for heard in broker.retained()) == 180:
        """The leases run down; a broker counts whole seconds."""


def test_the_next_run_takes_it_back(world: World, broker: Mosquitto, watcher: Watcher) -> None:
    """The next run on the same broker and folder clears what a killed one left, before its own first message."""
    killed(world, broker, watcher, "dead-1")
    run = world.run(broker, *MAX, "--exercise", "next-1")
    assert run.ended() == 0, run.err
    assert json.loads(run.out)["cleared_left_over"] == ["dead-1"]
    watcher.hears("clear", "next-1/public/state")
    assert_taken_back(watcher, "dead-1")
    names = [heard.topic.split("/")[1] for heard in watcher.heard]
    assert "dead-1" not in names[names.index("next-1") :]
    assert broker.retained() == []


def test_clear_takes_it_back(world: World, broker: Mosquitto, watcher: Watcher) -> None:
    """`alertsim clear` clears what a killed run left, says so, and has nothing to do the second time."""
    killed(world, broker, watcher, "dead-1")
    first = world.alertsim("clear", "--out", "runs")
    assert first.ended() == 0, first.err
    assert "dead-1" in first.out
    watcher.hears("clear", "dead-1/public/state")
    assert_taken_back(watcher, "dead-1")
    assert broker.retained() == []
    second = world.alertsim("clear", "--out", "runs")
    assert (second.ended(), second.out, second.err) == (0, "nothing was left over\n", "")


def test_clear_by_name(world: World, broker: Mosquitto, watcher: Watcher) -> None:
    """`alertsim clear --exercise` needs no run folder, and touches no other exercise."""
    killed(world, broker, watcher, "dead-1", "dead-2")
    shutil.rmtree(world.runs)
    run = world.alertsim("clear", "--exercise", "dead-1", "--broker", broker.url)
    assert run.ended() == 0, run.err
    watcher.hears("clear", "dead-1/public/state")
    assert_taken_back(watcher, "dead-1")
    assert {heard.topic.split("/")[1] for heard in broker.retained()} == {"dead-2"}


def test_one_that_lives_is_left_alone(world: World, broker: Mosquitto, watcher: Watcher) -> None:
    """Neither another run on the same broker and folder nor `clear` takes anything from an exercise that is alive."""
    (alive,) = begun(world, broker, watcher, "alive-1")
    other = world.run(broker, *MAX, "--exercise", "other-1")
    clear = world.alertsim("clear", "--out", "runs")
    assert (other.ended(), clear.ended()) == (0, 0), other.err + clear.err
    assert json.loads(other.out)["cleared_left_over"] == []
    assert clear.out == "nothing was left over\n"
    stands = {heard.topic: heard.word for heard in broker.retained()}
    assert {stands[f"exercise/alive-1/public/alert/{area}"] for area in AREAS} == {"raised"}
    assert words(watcher.heard, "alive-1")["public/state"] == ["running"]
    alive.send(signal.SIGINT)
    assert alive.ended() == 130, alive.err
    watcher.all_marked()


def test_clear_goes_on_where_a_broker_is_gone(world: World, broker: Mosquitto, watcher: Watcher) -> None:
    """A killed run whose broker is gone does not keep `clear` or a run from what others left."""
    gone = world.mosquitto()
    killed(world, gone, world.watch(gone.port), "dead-1")
    gone.end()
    killed(world, broker, watcher, "dead-2")
    run = world.alertsim("clear", "--out", "runs")
    assert run.ended() == 1
    assert "dead-1" in run.err
    assert run.err.count("\n") == 1
    assert "Traceback" not in run.err
    assert broker.retained() == []
    assert_taken_back(watcher, "dead-2")


def test_clear_after_a_broker_of_its_own(world: World) -> None:
    """The broker a killed run had started is gone with it: `clear` has nothing to do there, and no complaint."""
    run = world.alertsim("run", SCENARIO, *CALM, "--out", "runs", "--exercise", "dead-1")
    run.says("exercise/dead-1")
    run.send(signal.SIGKILL)
    run.ended()
    clear = world.alertsim("clear", "--out", "runs")
    assert (clear.ended(), clear.err) == (0, "")
    assert "dead-1" in clear.out


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_after_three_minutes_nothing_is_left(world: World, broker: Mosquitto, watcher: Watcher) -> None:
    """180 s after the last word of a killed exercise the broker is clean, though nobody cleaned it."""
    killed(world, broker, watcher, "dead-1")
    time.sleep(181)
    assert broker.retained() == []


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_what_stands_is_renewed(world: World, broker: Mosquitto, watcher: Watcher) -> None:
    """An exercise that lives keeps its leases: more than three minutes later the same still stands."""
    begun(world, broker, watcher, "alive-1")
    before = {heard.topic: heard.payload for heard in broker.retained()}
    time.sleep(110)
    assert {heard.topic: heard.payload for heard in broker.retained()} == before
