"""A terminal to run a program on: what it shows is read cell by cell, as a person would see it."""

import codecs
import fcntl
import os
import re
import signal
import struct
import subprocess
import termios
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Self

from tests.e2e.programs import PATIENCE_S, PROGRAM

_SEQUENCE = re.compile(r"\x1b\[([?\d;]*)([A-Za-z])|\x1b\[[\d;?]*$|\x1b$")


class Glass:
    """A program in the foreground of a terminal of its own.

    It understands what the live view sends: the other screen, the cursor, moving, clearing, and styles, which it keeps
    to be looked at. What is not shown on the other screen goes to `scrollback`.
    """

    def __init__(self, *arguments: str, folder: Path, environment: Mapping[str, str] | None = None) -> None:
        self.other = self.ever = False
        self.cursor = True
        self.scrollback = ""
        self.styles: set[str] = set()
        self._grid: list[list[str]] = []
        self._at, self._rest = (0, 0), ""
        self._news = threading.Condition()
        self._ours, self._theirs = os.openpty()
        self.resize(80, 24, tell=False)
        self.before = termios.tcgetattr(self._theirs)
        self.process = subprocess.Popen(
            ["setsid", "--ctty", "--wait", PROGRAM, *arguments],
            cwd=folder,
            env={**os.environ, "LC_ALL": "C.UTF-8", "TERM": "xterm-256color", **(environment or {})},
            stdin=self._theirs,
            stdout=self._theirs,
            stderr=self._theirs,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(PATIENCE_S)
        self.close()

    @property
    def settings_are_back(self) -> bool:
        """Whether the terminal is as it was: echo, lines, the first screen, a cursor."""
        return termios.tcgetattr(self._theirs) == self.before and not self.other and self.cursor

    def rows(self) -> list[str]:
        """The other screen as it is seen."""
        with self._news:
            return ["".join(row) for row in self._grid]

    def send(self, number: signal.Signals) -> None:
        """Send the program a signal."""
        self.process.send_signal(number)

    def press(self, keys: str) -> None:
        """Type."""
        os.write(self._ours, keys.encode())

    def resize(self, width: int, height: int, *, tell: bool = True) -> None:
        """Another size; what was shown is gone."""
        with self._news:
            self._grid = [[" "] * width for _ in range(height)]
        fcntl.ioctl(self._theirs, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
        if tell:
            self.send(signal.SIGWINCH)

    def close(self) -> None:
        """Close the terminal under the program; the kernel then hangs up on it."""
        for end in (self._ours, self._theirs):
            with suppress(OSError):
                os.close(end)

    def until(self, wanted: Callable[["Glass"], object]) -> None:
        """Wait until it shows what is wanted; AssertionError with what it shows instead."""
        deadline = time.monotonic() + PATIENCE_S
        with self._news:
            while not wanted(self):
                if not self._news.wait(deadline - time.monotonic()):
                    raise AssertionError("\n".join(["".join(row) for row in self._grid]) + "\n---\n" + self.scrollback)

    def shows(self, words: str) -> None:
        """Wait until these words are on the other screen."""
        self.until(lambda glass: any(words in "".join(row) for row in glass._grid))

    def ended(self) -> int:
        """The exit code."""
        code = self.process.wait(PATIENCE_S)
        self.until(lambda glass: not glass.other)
        return code

    def _read(self) -> None:
        with suppress(OSError):
            decoder = codecs.getincrementaldecoder("utf-8")("replace")
            while sent := os.read(self._ours, 65_536):
                with self._news:
                    self._take(self._rest + decoder.decode(sent))
                    self._news.notify_all()

    def _take(self, sent: str) -> None:
        self._rest, done = "", 0
        for found in _SEQUENCE.finditer(sent):
            self._put(sent[done : found.start()])
            done = found.end()
            if found[2] is None:
                self._rest = found[0]
            else:
                self._obey(found[1], found[2])
        self._put(sent[done:])

    def _obey(self, given: str, what: str) -> None:
        match what, given:
            case (("h" | "l"), "?1049"):
                self.other = what == "h"
                self.ever = self.ever or self.other
            case (("h" | "l"), "?25"):
                self.cursor = what == "h"
            case "H", "":
                self._at = 0, 0
            case "H", _:
                row, _, column = given.partition(";")
                self._at = int(row) - 1, int(column) - 1
            case "J", _:
                self._grid = [[" "] * len(row) for row in self._grid]
            case "m", _:
                self.styles.add(given)
            case _:
                raise AssertionError(f"the view sent what it has no need of: ESC [ {given} {what}")

    def _put(self, text: str) -> None:
        if not self.other:
            self.scrollback += text
            return
        row, column = self._at
        for char in text:
            if row < len(self._grid) and column < len(self._grid[row]):
                self._grid[row][column] = char
            column += 1
        self._at = row, column
