"""Programs as a user starts them: processes whose output is waited for, the subscriber among them."""

import os
import re
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Self

from tests.e2e import marks

PATIENCE_S = 30.0
PROGRAM = str(Path(sys.executable).with_name("alertsim"))
LISTENING = ("stdbuf", "-oL", "mosquitto_sub", "-V", "mqttv5", "-t", "#", "-q", "1", "-F", "%x %J")
PROBE = "$probe"
"""A topic that `#` does not match."""

_MARKS = str(Path(marks.__file__))
_MESSAGE = re.compile(r"[0-9a-f]* (\{.*\})?\n")
"""A line of `%x %J` (without the latter where the payload is no JSON) among those of `-d`."""


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
        super().__init__(*LISTENING, "-p", str(port), "-d", "--retain-as-published", *options, folder=folder)

    @property
    def lines(self) -> list[str]:
        """The messages, a line each."""
        return [line for line in self.said if is_message(line)]

    @property
    def heard(self) -> list[marks.Heard]:
        """The same, read."""
        return [marks.read(line.rstrip("\n")) for line in self.lines]

    def hears(self, word: str, below: str = "", patience_s: float = PATIENCE_S) -> marks.Heard:
        """The first message that says `word` on a topic that ends with `below`."""

        def wanted(line: str) -> bool:
            heard = marks.read(line.rstrip("\n")) if is_message(line) else None
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
        probe(self._port, word)
        self.says(f'"payload":"{word}"')
        return self

    def all_marked(self) -> int:
        """How many messages there were; AssertionError with the first that lacks a layer of the mark."""
        told = subprocess.run(
            [sys.executable, "-IS", _MARKS], input="".join(self.lines), capture_output=True, text=True, check=False
        )
        assert (told.returncode, told.stderr) == (0, ""), told.stdout + told.stderr
        return int(told.stdout.split()[0])


def is_message(line: str) -> bool:
    """Whether a line of mosquitto_sub is a message, and no probe of ours."""
    return _MESSAGE.fullmatch(line) is not None and PROBE not in line


def probe(port: int, word: str) -> None:
    """Publish a word beside everything that `#` matches."""
    subprocess.run(["mosquitto_pub", "-p", str(port), "-V", "mqttv5", "-t", PROBE, "-m", f'"{word}"'], check=True)
