"""The world of a user: the program itself, brokers and listeners, each a process that is waited for, not slept for."""

import json
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, Self

from tests.e2e import marks

PATIENCE_S = 30.0
PROGRAM = str(Path(sys.executable).with_name("alertsim"))
ROOT = Path(__file__).parents[2]
MARKS = str(Path(marks.__file__))
SCENARIO = "kyiv-2023-12-13"
CALM = ("--from", "2023-12-13T03:10:00+02:00", "--rate", "1")
"""Three alerts stand, and nothing happens for two minutes."""

_LISTENING = ("stdbuf", "-oL", "mosquitto_sub", "-V", "mqttv5", "-t", "#", "-q", "1", "-F", "%x %J")
_MESSAGE = re.compile(r"[0-9a-f]* (\{.*\})?\n")
"""A line of `%x %J` (without the latter where the payload is no JSON) among those of `-d`."""

_PROBE = "$probe"
"""A topic that `#` does not match."""

_CONFIGURATION = """\
listener {port} 127.0.0.1
allow_anonymous true
max_queued_messages 0
set_tcp_nodelay true
connection_messages false
persistence {keeps}
persistence_location {folder}/
"""


class Program:
    """A process whose output is read as it comes, line by line."""

    def __init__(self, *command: str, folder: Path, environment: Mapping[str, str] | None = None) -> None:
        self.said: list[str] = []
        self.complained: list[str] = []
        self._news = threading.Condition()
        self.process = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, "LC_ALL": "C.UTF-8", **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            start_new_session=True,
        )
        self._readers = [
            threading.Thread(target=self._read, args=where, daemon=True)
            for where in ((self.process.stdout, self.said), (self.process.stderr, self.complained))
        ]
        for reader in self._readers:
            reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)  # a shell does not take its commands with it
        self.ended()

    @property
    def out(self) -> str:
        """Everything on standard output so far."""
        return "".join(self.said)

    @property
    def err(self) -> str:
        """Everything on standard error so far."""
        return "".join(self.complained)

    def send(self, number: signal.Signals) -> None:
        """Send a signal."""
        self.process.send_signal(number)

    def until(self, wanted: Callable[[str], object], patience_s: float = PATIENCE_S) -> str:
        """The first line of standard output that is wanted; AssertionError when it never comes."""
        seen = 0
        deadline = time.monotonic() + patience_s
        with self._news:
            while True:
                for line in self.said[seen:]:
                    seen += 1
                    if wanted(line):
                        return line
                over = not self._readers[0].is_alive() or not self._news.wait(deadline - time.monotonic())
                if over and seen == len(self.said):
                    raise AssertionError(f"{self.process.args!r} never said it\n{self.out}\n{self.err}")

    def says(self, words: str, patience_s: float = PATIENCE_S) -> str:
        """The first line with these words."""
        return self.until(lambda line: words in line, patience_s)

    def ended(self, patience_s: float = PATIENCE_S) -> int:
        """The exit code, once it has ended and all was read."""
        code = self.process.wait(patience_s)
        for reader in self._readers:
            reader.join(patience_s)
        for pipe in (self.process.stdout, self.process.stderr):
            if pipe:
                pipe.close()
        return code

    def _read(self, pipe: Iterable[str], into: list[str]) -> None:
        for line in pipe:
            with self._news:
                into.append(line)
                self._news.notify_all()
        with self._news:
            self._news.notify_all()


class Watcher(Program):
    """A mosquitto_sub that hears everything, and comes back when the broker does."""

    def __init__(self, port: int, folder: Path, *options: str) -> None:
        self._port = port
        super().__init__(*_LISTENING, "-p", str(port), "-d", "--retain-as-published", *options, folder=folder)

    @property
    def lines(self) -> list[str]:
        """The messages, a line each."""
        return [line for line in self.said if _MESSAGE.fullmatch(line) and _PROBE not in line]

    @property
    def heard(self) -> list[marks.Heard]:
        """The same, read."""
        return [marks.read(line.rstrip("\n")) for line in self.lines]

    def hears(self, word: str, below: str = "", patience_s: float = PATIENCE_S) -> marks.Heard:
        """The first message that says `word` on a topic that ends with `below`."""

        def wanted(line: str) -> bool:
            heard = marks.read(line.rstrip("\n")) if _MESSAGE.fullmatch(line) else None
            return heard is not None and heard.word == word and heard.topic.endswith(below)

        return marks.read(self.until(wanted, patience_s).rstrip("\n"))

    def joined(self, times: int = 1) -> Self:
        """Wait until the broker has confirmed its subscription so many times."""
        left = iter(range(times - 1, -1, -1))
        self.until(lambda line: "received SUBACK" in line and next(left) == 0)
        return self

    def caught_up(self) -> Self:
        """Wait until it has heard everything the broker has taken by now."""
        word = secrets.token_hex(8)
        _publish(self._port, word)
        self.says(f'"payload":"{word}"')
        return self

    def all_marked(self) -> int:
        """How many messages there were; AssertionError with the first that lacks a layer of the mark."""
        told = subprocess.run(
            [sys.executable, "-IS", MARKS], input="".join(self.lines), capture_output=True, text=True, check=False
        )
        assert (told.returncode, told.stderr) == (0, ""), told.stdout + told.stderr
        return int(told.stdout.split()[0])


class Mosquitto:
    """A real broker on a port of its own; `keeps` what it knows when it is ended, not when it is killed."""

    def __init__(self, folder: Path, *, keeps: bool = False) -> None:
        self.port = free_port()
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
        while not _listens(self.port):
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
            *_LISTENING, "-p", str(self.port), "--retained-only", "-d", "-t", _PROBE, folder=self._folder
        ) as sub:
            sub.says("received SUBACK")
            _publish(self.port, "enough")
            assert sub.ended() == 0, sub.err
        return [marks.read(line.rstrip("\n")) for line in sub.said if _MESSAGE.fullmatch(line)]


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
        return self._life.enter_context(Watcher(port, self.folder, "-t", _PROBE, *options)).joined()

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


def _publish(port: int, word: str) -> None:
    subprocess.run(["mosquitto_pub", "-p", str(port), "-V", "mqttv5", "-t", _PROBE, "-m", f'"{word}"'], check=True)


def _child_port(parent: int) -> int | None:
    """Where a child of the process listens, if one does."""
    with suppress(OSError):
        children = "".join(path.read_text() for path in Path(f"/proc/{parent}/task").glob("*/children")).split()
        held = {str(link.readlink()) for child in children for link in Path(f"/proc/{child}/fd").iterdir()}
        rows = [row.split() for row in Path("/proc/net/tcp").read_text().splitlines()]
        ports = [row[1].partition(":")[2] for row in rows if row[3] == "0A" and f"socket:[{row[9]}]" in held]
        return int(ports[0], 16) if ports else None
    return None


def _listens(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0
