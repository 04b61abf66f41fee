"""Our end of the subscribers' process: starts it, tells it what is published, hears how it is, and ends it."""

import fcntl
import json
import os
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from alertsim.errors import AlertSimError
from alertsim.swarm.plan import Plan
from alertsim.swarm.poller import WRITABLE, Poller, new_poller

_BUFFERED = 1024 * 1024
_DEAF_S = 5.0
"""How long a process may keep us waiting that has that many bytes to read; then it is ended."""


class Swarm:
    """A running process of subscribers, which connect after `begin`.

    `progress` is the newest it has said, `spread` how far messages are, if the plan follows them, until somebody takes
    it; `result` is its last word. A thread reads what it says.
    """

    def __init__(self) -> None:
        self.progress: dict[str, Any] = {}
        self.spread: deque[dict[str, Any]] = deque()
        self.result: dict[str, Any] | None = None
        self.over = threading.Event()
        self._telling = threading.Lock()
        command = [sys.executable, "-m", "alertsim.swarm.child"]
        self._process = subprocess.Popen(  # noqa: S603 — ourselves
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is for us alone: we end it in order
        )
        self._room = self._watched()
        self._reader = threading.Thread(target=self._read, name="swarm: progress", daemon=True)
        self._reader.start()

    def begin(self, plan: Plan) -> None:
        """Connect."""
        self._tell(plan.text())

    def announce(self, topic: str, seq: int, due_us: int, expires_us: int) -> None:
        """This goes out now: whoever is there and listens is to hear it. What is known goes out again."""
        self._tell(json.dumps({"publish": [topic, seq, due_us, expires_us]}))

    def cover(
        self, operator: str, up: Mapping[str, float], areas: Mapping[str, Mapping[str, float]] | None = None
    ) -> None:
        """An operator's condition from now on: the share of each network that is up, and where it differs."""
        self._tell(json.dumps({"coverage": [operator, up, areas or {}]}))

    def warm_up(self, *, over: bool) -> None:
        """From now on latencies count apart, or (`over`) as they should."""
        self._tell(json.dumps({"steady": over}))

    def flash(self) -> None:
        """The flash crowd arrives."""
        self._tell(json.dumps({"flash": True}))

    def finish(self, patience_s: float) -> None:
        """Wait for what is on its way, at most so long, then give the result."""
        self._tell(json.dumps({"finish": patience_s}))

    def cut(self) -> None:
        """End every connection at once."""
        self._process.kill()

    def outcome(self) -> dict[str, Any]:
        """The result; AlertSimError where the process died without one."""
        if self.result is None:
            raise AlertSimError(f"the subscribers' process ended without a result (exit {self._process.poll()})")
        return self.result

    def close(self) -> None:
        """End it, if it has not ended."""
        with suppress(OSError):
            self._input.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join(5)
        self._output.close()

    @property
    def _input(self) -> Any:
        return self._process.stdin

    @property
    def _output(self) -> Any:
        return self._process.stdout

    def _tell(self, line: str) -> None:
        """One line; a process that has died is noticed by `over`, one that does not listen any more is ended."""
        left = line.encode() + b"\n"
        with self._telling, suppress(OSError, ValueError):
            while left:
                if not self._room.poll(_DEAF_S):
                    self.cut()
                    return
                left = left[os.write(self._input.fileno(), left) :]

    def _watched(self) -> Poller:
        """Says when the input has room; it has much, so that whoever tells something need not wait."""
        fd, room = self._input.fileno(), new_poller()
        os.set_blocking(fd, False)
        with suppress(OSError, AttributeError):  # not every system has it, or grants it
            fcntl.fcntl(fd, fcntl.F_SETPIPE_SZ, _BUFFERED)
        room.register(fd, WRITABLE)
        return room

    def _read(self) -> None:
        for line in self._output:
            said = json.loads(line)
            self.progress = said.get("progress", self.progress)
            self.spread += said.get("progress", said.get("result", {})).get("spread", ())
            self.result = said.get("result", self.result)
        self.over.set()


@contextmanager
def open_swarm() -> Iterator[Swarm]:
    """A process of subscribers, as long as the context lasts."""
    swarm = Swarm()
    try:
        yield swarm
    finally:
        swarm.close()
