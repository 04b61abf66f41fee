"""The world of a user: real brokers, the program, subscribers, in a folder of their own, ended with the test."""

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, Self

from tests.e2e import marks
from tests.e2e.programs import LISTENING, PATIENCE_S, PROBE, PROGRAM, Program, Watcher, is_message, probe

ROOT = Path(__file__).parents[2]
SCENARIO = "kyiv-2023-12-13"
CALM = ("--from", "2023-12-13T03:10:00+02:00", "--rate", "1")
"""Three alerts stand, and nothing happens for two minutes."""

_CONFIGURATION = """\
listener {port} 127.0.0.1
allow_anonymous true
max_queued_messages 0
set_tcp_nodelay true
connection_messages false
persistence {keeps}
persistence_location {folder}/
"""


class Mosquitto:
    """A real broker on a port of its own; `keeps` what it knows when it is ended, not when it is killed."""

    def __init__(self, folder: Path, *, keeps: bool = False) -> None:
        self.port, self.keeps = free_port(), keeps
        self._folder = folder / f"mosquitto-{self.port}"
        self._folder.mkdir()
        text = _CONFIGURATION.format(port=self.port, keeps=str(keeps).lower(), folder=self._folder)
        self._file = self._folder / "mosquitto.conf"
        self._file.write_text(text + ("user root\n" if os.geteuid() == 0 else ""), encoding="utf-8")
        self.start()

    @property
    def url(self) -> str:
        """As `--broker` takes it."""
        return f"mqtt://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, again on the same port, and wait until it listens."""
        program = shutil.which("mosquitto") or "mosquitto"
        with (self._folder / "log").open("ab") as log:
            self.process = subprocess.Popen([program, "-c", str(self._file)], stdout=log, stderr=log)
        deadline = time.monotonic() + PATIENCE_S
        while not listens(self.port):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError((self._folder / "log").read_text())
            time.sleep(0.01)  # it sets no event

    def end(self, number: signal.Signals = signal.SIGKILL) -> None:
        """End it by a signal, and wait until it has."""
        self.process.send_signal(number)
        self.process.wait(PATIENCE_S)

    def close(self) -> None:
        """End it if it still runs."""
        if self.process.poll() is None:
            self.end()

    def freeze(self) -> None:
        """Stop the process where it is."""
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self.process.send_signal(signal.SIGCONT)

    def retained(self) -> list[marks.Heard]:
        """What it gives a newcomer, who leaves when he hears what is not retained."""
        with Program(
            *LISTENING, "-p", str(self.port), "--retained-only", "-d", "-t", PROBE, folder=self._folder
        ) as sub:
            sub.says("received SUBACK")
            probe(self.port, "enough")
            assert sub.ended() == 0, sub.err
        return [marks.read(line.rstrip("\n")) for line in sub.said if is_message(line)]


class World:
    """Everything a test starts, in a folder of its own; ended with it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.runs = folder / "runs"
        self._life = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._life.close()

    def mosquitto(self, *, keeps: bool = False) -> Mosquitto:
        """A broker that listens."""
        broker = Mosquitto(self.folder, keeps=keeps)
        self._life.callback(broker.close)
        return broker

    def watch(self, port: int, *options: str) -> Watcher:
        """A subscriber to everything, that has joined."""
        return self._life.enter_context(Watcher(port, self.folder, "-t", PROBE, *options)).joined()

    def watch_child(self, run: Program) -> Watcher:
        """A subscriber to the broker that a run starts for itself: the run is held until it has joined."""
        deadline = time.monotonic() + PATIENCE_S
        while (port := _child_port(run.process.pid)) is None:
            assert time.monotonic() < deadline, run.err
            time.sleep(0.002)  # it must be held before its first message
        run.send(signal.SIGSTOP)
        watcher = self._life.enter_context(Watcher(port, self.folder)).joined()  # rumqttd refuses the probe's topic
        run.send(signal.SIGCONT)
        return watcher

    def alertsim(self, *arguments: str, **environment: str) -> Program:
        """The program, in the world's folder; its runs lie in `runs` there unless told otherwise."""
        return self.program(PROGRAM, *arguments, **environment)

    def program(self, *command: str, **environment: str) -> Program:
        """Any other program."""
        return self._life.enter_context(Program(*command, folder=self.folder, environment=environment))

    def run(self, broker: Mosquitto, *options: str, **environment: str) -> Program:
        """`alertsim run` of our scenario on this broker."""
        return self.alertsim("run", SCENARIO, "--broker", broker.url, *options, **environment)

    def summary(self, exercise: str) -> dict[str, Any]:
        """What a run has written of how it went."""
        return dict(json.loads((self.runs / exercise / "summary.json").read_text(encoding="utf-8")))


def free_port() -> int:
    """A port on which nothing listens, below those that clients are given: a client could meet itself there."""
    while True:
        port = 12_000 + secrets.randbelow(9_000)
        with socket.socket() as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                tried.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def _child_port(parent: int) -> int | None:
    """Where a child of the process listens, if one does."""
    with suppress(OSError):
        children = "".join(path.read_text() for path in Path(f"/proc/{parent}/task").glob("*/children")).split()
        held = {str(link.readlink()) for child in children for link in Path(f"/proc/{child}/fd").iterdir()}
        rows = [row.split() for row in Path("/proc/net/tcp").read_text().splitlines()]
        ports = [row[1].partition(":")[2] for row in rows if row[3] == "0A" and f"socket:[{row[9]}]" in held]
        return int(ports[0], 16) if ports else None
    return None


def listens(port: int) -> bool:
    """Whether anything listens on a port of this machine."""
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0
