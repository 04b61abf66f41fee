"""Moves bytes where the short way is closed: half written, under conditions, through a packet stage, at an end."""

from heapq import heapify, heappop, heappush
from itertools import count
from math import inf
from os import read, write
from typing import Final

from alertsim.proxy import causes
from alertsim.proxy.connection import Connection, State, Way
from alertsim.proxy.patience import Patience
from alertsim.proxy.sockets import end_writing
from alertsim.proxy.wires import Wires

PATIENCE_S: Final = 10.0
"""How long a greeting, a broker's first answer, and the second half of an end may take."""

_FORGOTTEN: Final = 1_000
"""Alarms that nobody waits for any more, kept until there are so many."""


class Relay:
    """All connections. `greeting` have to say who they are, `calling` wait for a broker, `lingering` have half ended.

    A connection leaves these when it ends, whatever ends it. `many` there are.
    """

    def __init__(self, wires: Wires) -> None:
        self.greeting: Patience[Connection] = Patience(PATIENCE_S)
        self.calling: Patience[Connection] = Patience(PATIENCE_S)
        self.lingering: Patience[Connection] = Patience(PATIENCE_S)
        self.many = 0
        self._wires = wires
        self._alarms: list[tuple[float, int, Connection]] = []
        self._numbers = count()

    def due_s(self) -> float:
        """When a connection is next to be looked at."""
        waiting = min(self.greeting.due_s(), self.calling.due_s(), self.lingering.due_s())
        return min(self._alarms[0][0], waiting) if self._alarms else waiting

    def tend(self, now_s: float) -> list[Connection]:
        """Those that are to be looked at now."""
        due = []
        while self._alarms and self._alarms[0][0] <= now_s:
            due_s, _, connection = heappop(self._alarms)
            if due_s == connection.alarm_s:
                connection.alarm_s = inf
                due.append(connection)
        return due

    def expire(self, now_s: float) -> None:
        """Whoever has waited long enough goes; not one that lingers while bytes are still on their way."""
        while connection := self.greeting.take(now_s):
            self.end(connection, causes.SILENT, reset=True)
        while connection := self.calling.take(now_s):
            self.end(connection, causes.NO_ANSWER, reset=True)
        while connection := self.lingering.take(now_s):
            if connection.held or connection.stopped:
                self.lingering.enter(connection, now_s)
            else:
                self.end(connection, self._closer(connection))

    def pull(self, connection: Connection, way: Way, now_s: float) -> None:
        """The source of a way may have something."""
        most = self._wires.appetite(connection, way)
        if not most:
            self._wires.settle(connection)
            return
        try:
            data = read(way.source, most)
        except BlockingIOError:
            return
        except OSError:
            self.lost(connection, way.source)
            return
        if not data:
            self._finish_reading(way, now_s)
        self.take(connection, way, data, now_s)

    def stumbled(self, connection: Connection, way: Way, now_s: float, *, ended: bool) -> None:
        """The short way left something unsent, or came to the end of what there is."""
        if ended:
            self._finish_reading(way, now_s)
        self.serve(connection, now_s)

    def lost(self, connection: Connection, fd: int) -> None:
        """One side is gone without an end: the other one is reset."""
        self.end(connection, causes.CLIENT_LOST if fd == connection.client else causes.BROKER_LOST, reset=True)

    def left(self, connection: Connection, fd: int, *, broken: bool) -> None:
        """One side has gone while nothing is read from it; where the operator holds the line, nobody is to know.

        What it said before may still be read later: then the kernel tells it again.
        """
        connection.hushed.add(fd)
        if connection.stopped and (connection.upstream < 0 or len(connection.hushed) == 2):
            self.end(connection, causes.CLIENT_CLOSED)
        elif broken and not connection.stopped:
            self.lost(connection, fd)
        else:
            self._wires.settle(connection)

    def take(self, connection: Connection, way: Way, data: bytes, now_s: float) -> None:
        """Bytes that came; none: only look what is ready."""
        try:
            if data and connection.stage:
                data = connection.stage.feed(way.direction, data, now_s)
            self._pass_on(way, data, now_s)
        except OSError:
            self.end(connection, self._closer(connection), reset=True)
        else:
            self.serve(connection, now_s)

    def serve(self, connection: Connection, now_s: float) -> None:
        """Do what is due in both directions, and set the next alarm."""
        try:
            if connection.stage and connection.stage.due() <= now_s:
                for direction, data in connection.stage.ready(now_s):
                    self._pass_on(connection.way(direction), data, now_s)
            for way in connection.ways:
                self._drain(way, now_s)
        except OSError:
            self.end(connection, self._closer(connection), reset=True)
        else:
            if self._judge(connection, now_s):
                self._wires.settle(connection)
                self.remind(connection)

    def remind(self, connection: Connection) -> None:
        """Look at it when something is due."""
        if (due_s := connection.due_s()) < connection.alarm_s:
            connection.alarm_s = due_s
            heappush(self._alarms, (due_s, next(self._numbers), connection))
            if len(self._alarms) > _FORGOTTEN + 2 * self.many:
                self._alarms = [alarm for alarm in self._alarms if alarm[0] == alarm[2].alarm_s]
                heapify(self._alarms)

    def end(self, connection: Connection, cause: str, *, reset: bool = False) -> None:
        """Both sides are closed; or reset, and what was on its way is lost with them."""
        if connection.state is State.GONE:
            return
        connection.state = State.GONE
        self.many -= 1
        for waiting in (self.greeting, self.calling, self.lingering):
            waiting.leave(connection)
        for way in connection.ways:
            self._wires.held -= way.link.held if way.link else 0
            if way.source >= 0:
                way.moved += self._wires.moved[way.source]
                self._wires.leave(way.source, reset=reset)
            way.link, way.unsent = None, b""
        connection.alarm_s = inf
        connection.operator.ended(connection, cause)

    def _pass_on(self, way: Way, data: bytes, now_s: float) -> None:
        """Bytes begin their way over the wire."""
        if not data:
            return
        way.moved += len(data)
        if way.link:
            way.link.push(data, now_s)
            self._wires.held += len(data)
        elif way.unsent or way.sink < 0:
            way.unsent += data
        else:
            way.unsent = self._write(way, data)

    def _drain(self, way: Way, now_s: float) -> None:
        """Whatever has arrived at the end of the wire goes out, as far as it is taken."""
        if way.sink < 0 or way.shut or way.stopped:
            return
        if way.unsent:
            way.unsent = self._write(way, way.unsent)
            if way.link and not way.unsent:
                way.link.resume(now_s)
        while way.link and not way.unsent and (data := way.link.ready(now_s)):
            self._wires.held -= len(data)
            way.unsent = self._write(way, data)
        if way.link and way.link.idle:
            way.link = None

    def _judge(self, connection: Connection, now_s: float) -> bool:
        """What the wires and the packet stage make of a connection; whether it lives."""
        if connection.stage and connection.stage.over and not connection.held:
            self.end(connection, causes.STAGE if connection.stage.cause else self._closer(connection))
            return False
        for way in connection.ways:
            match way.link.verdict(now_s) if way.link else "ended" if way.ended else "":
                case "reset":
                    self.end(connection, causes.RESET, reset=True)
                case "closed" if not way.unsent:
                    self.end(connection, causes.CLOSED)
                case "ended" if connection.stage and connection.stage.keeps(way.direction):
                    pass  # packets that are delayed are still to come
                case "ended" if not way.unsent and not way.shut and way.sink >= 0:
                    self._shut(connection, way, now_s)
        return connection.state is not State.GONE

    def _shut(self, connection: Connection, way: Way, now_s: float) -> None:
        """All has passed in this direction: its end does, too."""
        way.shut, way.link = True, None
        if connection.up.shut and connection.down.shut:
            self.end(connection, self._closer(connection))
        else:
            end_writing(way.sink)
            self.lingering.enter(connection, now_s)

    @staticmethod
    def _finish_reading(way: Way, now_s: float) -> None:
        way.ended = True
        if way.link:
            way.link.close(now_s)

    @staticmethod
    def _write(way: Way, data: bytes) -> bytes:
        """What the sink does not take now; OSError where it is lost."""
        try:
            return data[write(way.sink, data) :]
        except BlockingIOError:
            return data

    @staticmethod
    def _closer(connection: Connection) -> str:
        return causes.BROKER_CLOSED if connection.down.ended and not connection.up.shut else causes.CLIENT_CLOSED
