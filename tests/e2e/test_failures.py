"""A world that fails: exit 1 and one sentence, never a traceback; an exercise that runs ends properly all the same."""

import json
import shlex
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress

import pytest

from tests.e2e.programs import PATIENCE_S, PROGRAM, Program
from tests.e2e.world import SCENARIO, Mosquitto, World, free_port

MAX = ("--rate", "max", "--out", "runs")


class Impostor:
    """Something that is no broker: it listens, accepts, and says `answer` to whatever it hears."""

    def __init__(self, answer: bytes) -> None:
        self.heard = threading.Event()
        self._answer = answer
        self._server = socket.create_server(("127.0.0.1", 0))
        self._accepted: list[socket.socket] = []
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def url(self) -> str:
        """As `--broker` takes it."""
        return f"mqtt://127.0.0.1:{self._server.getsockname()[1]}"

    def close(self) -> None:
        """Stop listening, hang up."""
        self._server.shutdown(socket.SHUT_RDWR)
        for each in (self._server, *self._accepted):
            each.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                self._accepted.append(self._server.accept()[0])
                threading.Thread(target=self._speak, args=self._accepted[-1:], daemon=True).start()

    def _speak(self, to: socket.socket) -> None:
        with suppress(OSError):
            while to.recv(4096):
                self.heard.set()
                to.sendall(self._answer)


ANSWERS = {
    "silence": b"",
    "HTTP": b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n",
    "garbage": bytes(range(255, 0, -1)),
    "refusal": b"\x20\x03\x00\x87\x00",
    "a broker of MQTT 3.1.1": b"\x20\x02\x00\x01",
}


@pytest.fixture(scope="module")
def rebuffs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, tuple[str, Program]]]:
    """A run against each of them, all at the same time: its URL, and the run."""
    with World(tmp_path_factory.mktemp("rebuffs")) as world, ExitStack() as listening:
        rebuffs = {}
        for name, answer in ANSWERS.items():
            impostor = listening.enter_context(closing(Impostor(answer)))
            rebuffs[name] = impostor, world.alertsim("run", SCENARIO, "--broker", impostor.url, "--out", "runs")
        for impostor, _ in rebuffs.values():
            assert impostor.heard.wait(PATIENCE_S)
        for _, run in rebuffs.values():
            run.ended(patience_s=15)
        yield {name: (impostor.url, run) for name, (impostor, run) in rebuffs.items()}


@pytest.mark.parametrize("name", ANSWERS)
def test_no_broker(name: str, rebuffs: dict[str, tuple[str, Program]]) -> None:
    """What listens but is no broker for us ends `run` within fifteen seconds: exit 1 and one sentence."""
    url, run = rebuffs[name]
    assert (run.ended(), run.out, run.err.count("\n")) == (1, "", 1), run.err
    assert f"the broker at {url} does not accept us" in run.err


def test_nothing_listens(world: World) -> None:
    """No broker at all: exit 1 and one sentence, for `run` and for `clear`."""
    url = f"mqtt://127.0.0.1:{free_port()}"
    run = world.alertsim("run", SCENARIO, "--broker", url, "--out", "runs")
    clear = world.alertsim("clear", "--exercise", "night-1", "--broker", url)
    for each in (run, clear):
        assert (each.ended(), each.out) == (1, "")
        assert each.err == f"nothing answers at {url}: Connection refused; is the broker on?\n"


UNMEASURED = "unset COVERAGE_PROCESS_CONFIG"
"""A measured process would complain about the full disk itself."""

DISKS = {
    "too small for anything": "ulimit -f 10",
    "full in the middle": "ulimit -f 60",
    "no folder": "rm -rf runs; touch runs",
}
"""What a shell does to the disk; `ulimit -f` counts KiB a file, and a write beyond it fails as on a full disk."""


@pytest.mark.mosquitto
@pytest.mark.parametrize("name", DISKS)
def test_a_full_disk_costs_the_recording_alone(name: str, world: World) -> None:
    """An exercise whose recording cannot be written goes on to its proper end; exit 1, and one sentence says why."""
    broker = world.mosquitto()
    watcher = world.watch(broker.port)
    command = shlex.join([PROGRAM, "run", SCENARIO, *MAX, "--json", "--broker", broker.url, "--exercise", "night-1"])
    run = world.program("bash", "-c", f"{UNMEASURED}; {DISKS[name]}; exec {command}")
    assert run.ended() == 1
    summary = json.loads(run.out)
    assert (summary["ended"], summary["recording"]) == ("completed", None)
    assert [run.err] == [f"{failure}\n" for failure in summary["failures"]]
    assert "cannot write" in run.err
    assert_ended(broker, watcher.caught_up().all_marked(), 60)


@pytest.mark.mosquitto
def test_no_space_left(world: World) -> None:
    """The same on a file system that is really full, where one may be mounted for this test alone."""
    alone = ["unshare", "--map-root-user", "--mount"]
    if subprocess.run([*alone, "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True, check=False).returncode:
        pytest.skip("no file system may be mounted here")
    broker = world.mosquitto()
    watcher = world.watch(broker.port)
    command = shlex.join([PROGRAM, "run", SCENARIO, *MAX, "--json", "--broker", broker.url])
    world.runs.mkdir()
    run = world.program(*alone, "sh", "-c", f"mount -t tmpfs -o size=100k tmpfs runs && exec {command}")
    assert run.ended() == 1
    assert json.loads(run.out)["ended"] == "completed"
    assert "No space left on device" in run.err
    assert run.err.count("\n") == 1
    assert_ended(broker, watcher.caught_up().all_marked(), 60)


@pytest.mark.mosquitto
@pytest.mark.parametrize("reader", ["| head -1", "> /dev/full"])
def test_nobody_reads(reader: str, world: World) -> None:
    """An exercise whose output nobody takes goes on to its proper end, without a complaint."""
    broker = world.mosquitto()
    watcher = world.watch(broker.port)
    command = shlex.join([PROGRAM, "run", SCENARIO, *MAX, "--broker", broker.url, "--exercise", "night-1"])
    run = world.program("bash", "-c", f"set -o pipefail; {command} {reader}")
    assert (run.ended(), run.err) == (0, "")
    assert world.summary("night-1")["ended"] == "completed"
    assert_ended(broker, watcher.caught_up().all_marked(), 60)


def assert_ended(broker: Mosquitto, heard: int, at_least: int) -> None:
    """The exercise was heard to its end, and nothing of it is left."""
    assert heard >= at_least
    assert broker.retained() == []


def test_output_that_nobody_takes(world: World) -> None:
    """Answers for a pipe that is closed or a disk that is full: no traceback, and for the disk a sentence."""
    tell = shlex.join([PROGRAM, "compile", SCENARIO])
    pipe, disk = (world.program("bash", "-c", f"{tell} {to}") for to in ("| true", "> /dev/full"))
    assert (pipe.ended(), pipe.err) == (0, "")
    assert (disk.ended(), disk.err) == (1, "cannot go on: No space left on device\n")


def test_a_port_that_is_taken(world: World) -> None:
    """The embedded broker takes the next free port, and both its port and the one it did not get are said."""
    with ExitStack() as held:
        with suppress(OSError):  # somebody else has it already
            held.enter_context(socket.create_server(("127.0.0.1", 21883)))
        run = world.alertsim("run", SCENARIO, *MAX, "--exercise", "night-1")
        assert run.ended() == 0, run.err
    url = str(world.summary("night-1")["broker"])
    assert 21883 < int(url.rpartition(":")[2]) < 21933
    assert f"exercise/night-1  at  {url}" in run.out
    assert run.err.startswith("warning: port taken, using the next free one (wanted 21883, port ")
    assert run.err.count("\n") == 1
