"""Ctrl-C: once ends an exercise properly, twice at once."""

import os
import signal
import socket
import subprocess
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.e2e.programs import PROGRAM, Program, Watcher
from tests.e2e.world import CALM, SCENARIO, Mosquitto, World

pytestmark = pytest.mark.mosquitto
AREAS = ("UA-30", "UA-32", "UA-74")


@pytest.fixture
def broker(world: World) -> Mosquitto:
    return world.mosquitto()


def begun(world: World, broker: Mosquitto, watcher: Watcher, name: str) -> Program:
    """An exercise with three open alerts."""
    run = world.run(broker, *CALM, "--out", "runs", "--exercise", name)
    watcher.hears("raised", f"{name}/public/alert/UA-74")
    return run


def test_once_ends_it_properly(world: World, broker: Mosquitto) -> None:
    """SIGINT and SIGTERM: open alerts cancelled, ended, cleared, said on the terminal, exit 130."""
    watcher = world.watch(broker.port)
    runs = {f"by-{number.name.lower()}": number for number in (signal.SIGINT, signal.SIGTERM)}
    running = {name: world.run(broker, *CALM, "--out", "runs", "--exercise", name) for name in runs}
    for name, run in running.items():
        watcher.hears("raised", f"{name}/public/alert/UA-74")
        run.send(runs[name])
    for name, run in running.items():
        assert run.ended() == 130, run.err
        assert run.out.count("Cancelled: ") == 3
        assert "The exercise has ended." in run.out
        assert world.summary(name)["ended"] == "interrupted"
        heard = watcher.caught_up().heard
        for area in AREAS:
            words = [each.word for each in heard if each.topic == f"exercise/{name}/public/alert/{area}"]
            assert words == ["raised", "cancelled", "clear"]
        states = [each.word for each in heard if each.topic == f"exercise/{name}/public/state"]
        assert states == ["running", "ended", "clear"]
    assert broker.retained() == []
    watcher.all_marked()


def test_twice_ends_it_at_once(world: World, broker: Mosquitto) -> None:
    """The second Ctrl-C ends it within a second, though the broker does not answer, and says what that leaves."""
    run = begun(world, broker, world.watch(broker.port), "night-1")
    broker.freeze()
    run.send(signal.SIGINT)
    run.says("The exercise has ended.")
    run.send(signal.SIGINT)
    sent = time.monotonic()
    assert run.ended(patience_s=2) == 130
    assert time.monotonic() - sent < 1
    assert "180 s" in run.err
    assert "Traceback" not in run.err


def test_before_anything_was_said(world: World) -> None:
    """Ctrl-C while the broker has not even answered ends it at once, with exit 130 and without a run."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"mqtt://127.0.0.1:{silent.getsockname()[1]}"
        run = world.alertsim("run", SCENARIO, "--broker", url, "--out", "runs")
        looks, connects = silent.accept()[0], silent.accept()[0]
        with looks, connects:
            run.send(signal.SIGINT)
            assert run.ended(patience_s=5) == 130
        assert "Traceback" not in run.err


@contextmanager
def on_a_terminal(world: World, *arguments: str) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """The program as the foreground of a terminal; the other end of that terminal, and the process."""
    ours, theirs = os.openpty()
    command = ["setsid", "--ctty", "--wait", PROGRAM, *arguments]
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "TERM": "xterm"}
    with subprocess.Popen(
        command, cwd=world.folder, env=environment, stdin=theirs, stdout=theirs, stderr=theirs
    ) as run:
        try:
            yield ours, run
        finally:
            run.kill()
            os.close(ours)
            os.close(theirs)


def read_until(terminal: int, words: str) -> str:
    """What the terminal showed until it showed these words."""
    shown = ""
    while words not in shown:
        shown += os.read(terminal, 65_536).decode(errors="replace")
    return shown


@pytest.mark.parametrize("key", ["\x03", "q"])
def test_a_terminal(key: str, world: World, broker: Mosquitto) -> None:
    """On a terminal Ctrl-C and `q` end it properly, the mark is always in sight, and the terminal is given back."""
    options = ("--broker", broker.url, *CALM, "--out", "runs", "--exercise", "night-1")
    with on_a_terminal(world, "run", SCENARIO, *options) as (terminal, run):
        before = termios.tcgetattr(terminal)
        assert "EXERCISE · НАВЧАННЯ · EXERCISE" in read_until(terminal, "q end")
        os.write(terminal, key.encode())
        shown = read_until(terminal, "Recording: ")
        assert "Cancelled: " in shown
        assert run.wait(20) == (130 if key == "\x03" else 0)
        assert termios.tcgetattr(terminal) == before
    assert broker.retained() == []
