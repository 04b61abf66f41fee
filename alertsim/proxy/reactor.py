"""One loop over all proxies' sockets; a calm connection costs one reading and one writing a message.

A descriptor's place in arrays says where its bytes go; whatever is out of the ordinary takes the long way (`relay`).
"""

from collections.abc import Callable
from math import inf
from os import read, write
from time import monotonic  # noqa: TID251 — physics of wires: `clock` is for exercises, and would bring an event loop
from typing import Any, Final

from alertsim.errors import AlertSimError
from alertsim.proxy import causes
from alertsim.proxy.admission import Admission
from alertsim.proxy.connection import State
from alertsim.proxy.door import Door
from alertsim.proxy.fates import Orders
from alertsim.proxy.operator import Operator
from alertsim.proxy.relay import Relay
from alertsim.proxy.sockets import allow_descriptors, listen, listen_again, refuse
from alertsim.proxy.wires import BROKEN, CHUNK, READABLE, WRITABLE, Wires

REST: Final = 3
"""After a change has reached every connection, so many times as long passes before the next one does."""


class Reactor:
    """The proxies. `turn` is one round of the loop; `most`: how many descriptors connections may have."""

    def __init__(self, most: int | None = None) -> None:
        self.operators: dict[str, Operator] = {}
        self._wires = Wires()
        self._relay = Relay(self._wires)
        self._admission = Admission(self._wires, self._relay, most or allow_descriptors())
        self._doors: dict[int, Operator] = {}
        self._watchers: dict[int, Callable[[], None]] = {}
        self._changed: set[Operator] = set()
        self._apply_s = -inf

    @property
    def settled(self) -> bool:
        """Whether every change has reached every connection."""
        return not self._changed

    def watch(self, fd: int, news: Callable[[], None]) -> None:
        """`news` is to read this descriptor, which is no connection's."""
        self._wires.sit(fd, None)
        self._wires.watch(fd, READABLE)
        self._watchers[fd] = news

    def unwatch(self, fd: int) -> None:
        """Nobody reads it any more."""
        self._wires.watch(fd, 0)
        del self._watchers[fd]

    def open(self, door: Door) -> int:
        """A door for an operator; the port it listens on. AlertSimError where there is one, or the port is not free."""
        if door.name in self.operators:
            raise AlertSimError(f"there is a proxy {door.name} already")
        operator = Operator(door, listen(door.port, exact=door.exact))
        fd = operator.listener.fileno()
        self._wires.sit(fd, None)
        self.operators[door.name] = self._doors[fd] = operator
        self._mind(operator, monotonic())
        return operator.port

    def close(self, name: str) -> None:
        """End an operator's door, and all that came through it."""
        self.drop(name)
        if (operator := self.operators.pop(name, None)) is None:
            return
        self._changed.discard(operator)
        fd = operator.listener.fileno()
        self._wires.watch(fd, 0)
        del self._doors[fd]
        operator.listener.close()

    def drop(self, name: str) -> None:
        """End all connections through a door by a reset; a door that is gone has none."""
        operator = self.operators.get(name)
        for connection in list(operator.connections) if operator else ():
            self._relay.end(connection, causes.DROPPED, reset=True)
        self._wires.bury()

    def change(self, name: str, change: dict[str, Any], for_s: float | None = None) -> None:
        """Another assignment (fields of `Assigned`), for a time or for good; it reaches everybody in some turn soon."""
        if operator := self.operators.get(name):
            operator.assignment.change(change, inf if for_s is None else monotonic() + for_s)
            self._changed.add(operator)

    def rule(self, name: str, orders: Orders) -> None:
        """Other packet rules, from now on."""
        if operator := self.operators.get(name):
            operator.obey(orders)

    def turn(self, most_s: float) -> None:
        """Wait for something to happen, at most so long, and do it."""
        now_s = monotonic()
        self._serve(min(now_s + most_s, self._due_s(now_s)))
        now_s = monotonic()
        for operator in self.operators.values():
            self._mind(operator, now_s)
        if self._changed and now_s >= self._apply_s:
            self._apply(now_s)
        for connection in self._relay.tend(now_s):
            self._relay.serve(connection, now_s)
            self._admission.consider(connection, now_s)
        self._relay.expire(now_s)
        self._admission.call(now_s)
        self._wires.bury()

    def progress(self) -> dict[str, Any]:
        """How each operator stands, and what all links hold."""
        rows = {name: operator.progress(self._wires.moved) for name, operator in self.operators.items()}
        return {"operators": rows, "held": self._wires.held, "descriptors": self._wires.open}

    def end(self) -> None:
        """Close everything."""
        for name in list(self.operators):
            self.close(name)
        self._wires.poller.close()

    def _serve(self, until_s: float) -> None:
        """What happens next; and more of it until then, as long as it is only the short way that is taken."""
        poll, usual = self._wires.poller.poll, True
        while usual:
            wait_s = until_s - monotonic()
            events = poll(max(0.0, wait_s))
            usual = self._move(events) and bool(events) and wait_s > 0

    def _move(self, events: list[tuple[int, int]]) -> bool:
        """Take what has happened by the short way where a connection is calm; whether that was all."""
        calm, moved, usual = self._wires.calm, self._wires.moved, True
        for fd, bits in events:
            sink = calm[fd]
            if sink < 0 or bits != READABLE:
                self._attend(fd, bits)
                usual = False
                continue
            try:
                data = read(fd, CHUNK)
            except OSError as error:
                self._troubled(fd, error)
                usual = False
                continue
            try:
                sent = write(sink, data) if data else -1
            except OSError as error:
                sent = 0
                self._troubled(sink, error)
            if sent == len(data):
                moved[fd] += sent
            else:
                self._stumble(fd, data, sent)
                usual = False
        return usual

    def _stumble(self, fd: int, data: bytes, sent: int) -> None:
        """The short way ends here: not everything was taken, or there was nothing to read any more."""
        connection = self._wires.owners[fd]
        if connection is None:
            return  # it is lost
        way = connection.reading(fd)
        if data:
            self._wires.moved[fd] += sent
            way.moved += len(data) - sent
            way.unsent = data[sent:]
        self._relay.stumbled(connection, way, monotonic(), ended=not data)

    def _troubled(self, fd: int, error: OSError) -> None:
        connection = self._wires.owners[fd]
        if connection and not isinstance(error, BlockingIOError):
            self._relay.lost(connection, fd)

    def _attend(self, fd: int, bits: int) -> None:
        """Something by the long way."""
        connection, now_s = self._wires.owners[fd], monotonic()
        if connection is None:
            self._answer_door(fd, now_s)
        elif connection.state is State.GREETING:
            self._admission.greet(connection, now_s)
        elif connection.state is State.DIALLING and fd == connection.upstream:
            self._admission.called(connection, now_s)
        elif bits & READABLE:
            if fd == connection.upstream:
                self._admission.answered(connection)
            self._relay.pull(connection, connection.reading(fd), now_s)
        elif bits & WRITABLE:
            self._relay.serve(connection, now_s)
        else:
            self._relay.left(connection, fd, broken=bool(bits & BROKEN))

    def _answer_door(self, fd: int, now_s: float) -> None:
        """No connection's descriptor: a listener, or one that somebody else reads; or it ended in this round."""
        if operator := self._doors.get(fd):
            self._admission.accept(operator, now_s)
        elif news := self._watchers.get(fd):
            news()

    def _mind(self, operator: Operator, now_s: float) -> None:
        """What passes by itself, and whether the door is open."""
        if operator.assignment.due_s() <= now_s:
            operator.assignment.expire(now_s)
            self._changed.add(operator)
        if (refuses := operator.assignment.now.refuses) != operator.refusing:
            operator.refusing = refuses
            (refuse if refuses else listen_again)(operator.listener)
        ajar = operator.refusing or operator.next_s > now_s
        self._wires.watch(operator.listener.fileno(), 0 if ajar else READABLE)

    def _apply(self, now_s: float) -> None:
        """Let every connection of the operators that have changed feel it."""
        for operator in self._changed:
            for connection in list(operator.connections):
                if connection.state is not State.GREETING:
                    connection.assign(now_s)
                    self._relay.serve(connection, now_s)
                    self._admission.consider(connection, now_s)
                    if connection.stopped:
                        self._admission.answered(connection)
        self._changed.clear()
        self._wires.bury()
        over_s = monotonic()
        self._apply_s = over_s + REST * (over_s - now_s)

    def _due_s(self, now_s: float) -> float:
        due_s = self._relay.due_s()
        if self._changed:
            due_s = min(due_s, self._apply_s)
        for operator in self.operators.values():
            due_s = min(due_s, operator.assignment.due_s())
            if operator.next_s > now_s:
                due_s = min(due_s, operator.next_s)
        return due_s
