"""Our end of the proxies' process: starts it, assigns conditions, hears how it is, and ends it."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from typing import Any

from alertsim.errors import AlertSimError, InputError
from alertsim.operators.conditions import CALM, Conditions, Down
from alertsim.operators.toxics import Toxic
from alertsim.proxy.door import Door

_PATIENCE_S = 5.0


class Proxies:
    """A running process of proxies; `progress` is the newest it has said.

    No call that assigns something ever waits for it: what is ordered is written by a thread, and of several orders of
    one kind to one operator that it has not yet heard only the newest counts. With `for_s` an assignment passes by
    itself after so many seconds, whatever becomes of whoever made it.
    """

    def __init__(self) -> None:
        self.progress: dict[str, Any] = {}
        self.ports: dict[str, int] = {}
        self.over = threading.Event()
        self._news = threading.Condition()
        self._orders: dict[tuple[str, str], dict[str, Any]] = {}
        self._answers: dict[str, int | str] = {}
        self._ordered = self._applied = 0
        self._ending = False
        command = [sys.executable, "-m", "alertsim.proxy.child"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603 — ourselves
        self._threads = [
            threading.Thread(target=work, name=f"proxies: {name}", daemon=True)
            for name, work in (("orders", self._write), ("progress", self._read))
        ]
        for thread in self._threads:
            thread.start()

    def listen(self, door: Door) -> int:
        """Open an operator's door; the port it listens on. AlertSimError where that cannot be."""
        with self._news:
            self._answers.pop(door.name, None)
            self._tell("listen", door.name, asdict(door))
            if not self._news.wait_for(lambda: door.name in self._answers or self.over.is_set(), _PATIENCE_S):
                raise AlertSimError(f"the proxies' process did not open a door for {door.name}")
            answer = self._answers.get(door.name, "the proxies' process has ended")
        if isinstance(answer, str):
            raise AlertSimError(answer)
        self.ports[door.name] = answer
        return answer

    def close_door(self, operator: str) -> None:
        """End it, and every connection through it."""
        self._known(operator)
        del self.ports[operator]
        self._tell("close", operator, operator)

    def drop(self, operator: str) -> None:
        """Reset every connection through it."""
        self._known(operator)
        self._tell("drop", operator, operator)

    def assign(
        self,
        operator: str,
        upstream: Conditions = CALM,
        downstream: Conditions = CALM,
        *,
        for_s: float | None = None,
    ) -> None:
        """How its wires behave from now on."""
        self._known(operator)
        self._tell("conditions", operator, [operator, asdict(upstream), asdict(downstream)], for_s)

    def poison(self, operator: str, toxics: Sequence[Toxic], *, for_s: float | None = None) -> None:
        """The toxics upon these conditions; they replace those before."""
        self._known(operator)
        told = [asdict(toxic) for toxic in toxics]
        self._tell("toxics", operator, [operator, told], for_s)

    def cut(self, operator: str, up: float, manner: Down = "timeout", *, for_s: float | None = None) -> None:
        """The share of its clients that have coverage; the others are without, as `is_cut` says, in this manner."""
        self._known(operator)
        self._tell("cut", operator, [operator, up, manner], for_s)

    def shut(self, operator: str, *, shut: bool = True) -> None:
        """Let nobody in and end whoever is in, or (not `shut`) take connections again: as its conditions say by now."""
        self._known(operator)
        self._tell("shut", operator, [operator, shut])

    def rule(self, operator: str, rules: Sequence[str], seed: int = 0) -> None:
        """Packet rules in their text form (`rule_text`); they replace those before."""
        self._known(operator)
        self._tell("rules", operator, [operator, list(rules), seed])

    def settle(self, patience_s: float = _PATIENCE_S) -> bool:
        """Wait until everything ordered so far has reached every connection; whether it has."""
        with self._news:
            wanted = self._ordered
            return self._news.wait_for(lambda: self._applied >= wanted or self.over.is_set(), patience_s) and (
                self._applied >= wanted
            )

    def close(self) -> None:
        """End it, if it has not ended."""
        with self._news:
            self._ending = True
            self._news.notify_all()
        try:
            self._process.wait(_PATIENCE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for thread in self._threads:
            thread.join(_PATIENCE_S)
        self._output.close()

    @property
    def pid(self) -> int:
        """Of the process."""
        return self._process.pid

    @property
    def _input(self) -> Any:
        return self._process.stdin

    @property
    def _output(self) -> Any:
        return self._process.stdout

    def _known(self, operator: str) -> None:
        if operator not in self.ports:
            raise InputError(f"no proxy {operator!r}; there are {', '.join(self.ports) or 'none'}")

    def _tell(self, kind: str, operator: str, what: object, for_s: float | None = None) -> None:
        """Order something; an order of this kind that has not gone out is forgotten, unless it was to pass by itself.

        A process that has died is noticed by `over`.
        """
        with self._news:
            self._ordered += 1
            order = {kind: what, "n": self._ordered} | ({} if for_s is None else {"for_s": for_s})
            key = (kind if for_s is None else f"{kind} for a time", operator)
            self._orders.pop(key, None)
            self._orders[key] = order
            self._news.notify_all()

    def _write(self) -> None:
        """What is ordered, as fast as it is taken."""
        with suppress(OSError):
            while (order := self._next()) is not None:
                self._input.write(json.dumps(order).encode() + b"\n")
                self._input.flush()
        with suppress(OSError):
            self._input.close()

    def _next(self) -> dict[str, Any] | None:
        with self._news:
            self._news.wait_for(lambda: self._orders or self._ending)
            if not self._orders:
                return None
            return self._orders.pop(next(iter(self._orders)))

    def _read(self) -> None:
        """What it says."""
        for line in self._output:
            said = json.loads(line)
            with self._news:
                self.progress = said.get("progress", self.progress)
                self._applied = said.get("applied", self._applied)
                if answer := said.get("listening") or said.get("failed"):
                    self._answers[answer[0]] = answer[1]
                self._news.notify_all()
        self.over.set()
        with self._news:
            self._ending = True
            self._news.notify_all()


@contextmanager
def open_proxies(doors: Sequence[Door] = ()) -> Iterator[Proxies]:
    """A process of proxies with these doors, as long as the context lasts; `ports` has where each listens.

    Raises:
        AlertSimError: no port is free for one of them, or this system has no epoll.
    """
    if not sys.platform.startswith("linux"):
        raise InputError("proxies need Linux (epoll): leave --proxies out, or run this in a container")
    proxies = Proxies()
    try:
        for door in doors:
            proxies.listen(door)
        yield proxies
    finally:
        proxies.close()
