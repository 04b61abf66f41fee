"""Descriptors of a proxy in arrays: whose each is, where its bytes go the short way, and what is watched there."""

from os import close
from select import EPOLLERR, EPOLLHUP, EPOLLIN, EPOLLOUT, EPOLLRDHUP, epoll
from typing import Final

from alertsim.proxy.connection import Connection, State, Way
from alertsim.proxy.sockets import reset_when_closed

READABLE: Final = EPOLLIN
WRITABLE: Final = EPOLLOUT
LEAVING: Final = EPOLLRDHUP
BROKEN: Final = EPOLLERR | EPOLLHUP

CHUNK: Final = 65_536
"""The most bytes of one reading, and so what a client that takes nothing makes us keep on a calm wire."""

TOTAL: Final = 268_435_456
"""The bytes that all links together may hold; beyond, a link takes something only when it holds nothing."""


class Wires:
    """`calm` has where the bytes of a descriptor go when nothing is out of the ordinary there, else -1.

    `moved` counts the bytes that went so; `held` is what all links hold.
    """

    def __init__(self) -> None:
        self.poller = epoll()
        self.calm: list[int] = []
        self.moved: list[int] = []
        self.owners: list[Connection | None] = []
        self.held = 0
        self._watched: list[int] = []
        self._closing: list[int] = []
        self.open = 0

    def sit(self, fd: int, owner: Connection | None) -> None:
        """A descriptor is used from now on."""
        missing = fd + 1 - len(self.owners)
        if missing > 0:
            self.calm += [-1] * missing
            self.moved += [0] * missing
            self.owners += [None] * missing
            self._watched += [0] * missing
        self.owners[fd], self.moved[fd] = owner, 0
        self.open += owner is not None

    def watch(self, fd: int, bits: int) -> None:
        """Be told of this; of nothing at all, not even that it is broken, where there are no bits."""
        before = self._watched[fd]
        if bits == before:
            return
        self._watched[fd] = bits
        if not before:
            self.poller.register(fd, bits)
        elif bits:
            self.poller.modify(fd, bits)
        else:
            self.poller.unregister(fd)

    def leave(self, fd: int, *, reset: bool) -> None:
        """It is used no more; its number is not given to another before the end of this round."""
        self.watch(fd, 0)
        self.owners[fd], self.calm[fd] = None, -1
        if reset:
            reset_when_closed(fd)
        self._closing.append(fd)
        self.open -= 1

    def bury(self) -> None:
        """Close what was left."""
        while self._closing:
            close(self._closing.pop())

    def appetite(self, connection: Connection, way: Way) -> int:
        """How many bytes may be read for a way now."""
        if way.ended or way.unsent or connection.state < State.OPENING:
            return 0
        if connection.stage and connection.stage.crowded(way.direction):
            return 0
        if not way.link:
            return CHUNK
        return 0 if self.held > TOTAL and way.link.held else min(CHUNK, way.link.room)

    def settle(self, connection: Connection) -> None:
        """See to it that a connection is told of what it can use, and takes the short way where it may."""
        for way in connection.ways:
            if way.source >= 0:
                usual = connection.state is State.OPEN and not (way.link or way.unsent or way.ended)
                self.calm[way.source] = way.sink if usual and not connection.stage else -1
                self.watch(way.source, self._wanted(connection, way))

    def _wanted(self, connection: Connection, way: Way) -> int:
        """What to be told of the source of a way, which is where the other way writes."""
        fd = way.source
        if connection.state is State.GREETING:
            return READABLE
        if connection.state is State.DIALLING and fd == connection.upstream:
            return WRITABLE
        other = connection.writing(fd)
        bits = WRITABLE if other.unsent and not other.stopped else 0
        if self.appetite(connection, way):
            connection.hushed.discard(fd)
            return bits | READABLE
        return bits if way.ended or fd in connection.hushed else bits | LEAVING
