"""Where each subscriber sits: its descriptor, and what is half read or half written there; arrays, no objects."""

from array import array
from os import close, write

from alertsim.swarm import causes
from alertsim.swarm.poller import READABLE, WRITABLE, Poller

_MOST_UNSENT = 65_536


class Seats:
    """Descriptors of subscribers (`fds`) and subscribers of descriptors (`owners`); -1 where there is none.

    `calm` has the owner of a descriptor when nothing is out of the ordinary there (subscribed, nothing half read,
    nothing half written), else -1. `send` and `flush` return why the connection is lost; empty: it is not.
    """

    def __init__(self, subscribers: int, poller: Poller) -> None:
        self.fds = array("i", [-1]) * subscribers
        self.owners: list[int] = []
        self.calm: list[int] = []
        self._poller = poller
        self._rests: dict[int, bytes] = {}
        self._unsent: dict[int, bytearray] = {}

    @property
    def taken(self) -> list[int]:
        """The descriptors there are now."""
        return [fd for fd in self.fds if fd >= 0]

    def sit(self, fd: int, subscriber: int) -> None:
        """A connection begins; subscriber -1: a descriptor that is none of theirs."""
        missing = fd + 1 - len(self.owners)
        self.owners.extend([-1] * missing)
        self.calm.extend([-1] * missing)
        self.owners[fd] = subscriber
        if subscriber >= 0:
            self.fds[subscriber] = fd
        self._poller.register(fd, READABLE)

    def leave(self, fd: int) -> None:
        """The connection ends."""
        self._poller.unregister(fd)
        close(fd)
        self.fds[self.owners[fd]] = self.owners[fd] = self.calm[fd] = -1
        self._rests.pop(fd, None)
        self._unsent.pop(fd, None)

    def settle(self, fd: int, *, subscribed: bool) -> None:
        """Look whether everything is as usual here."""
        usual = subscribed and fd not in self._rests and fd not in self._unsent
        self.calm[fd] = self.owners[fd] if usual else -1

    def keep(self, fd: int, rest: bytes) -> None:
        """The beginning of a packet whose end has not come yet."""
        self._rests[fd] = rest

    def rest(self, fd: int) -> bytes:
        """What was kept, once."""
        return self._rests.pop(fd, b"")

    def send(self, fd: int, data: bytes) -> str:
        """Write, now or when there is room."""
        if fd in self._unsent:
            self._unsent[fd] += data
            return causes.STUCK if len(self._unsent[fd]) > _MOST_UNSENT else ""
        try:
            sent = write(fd, data)
        except BlockingIOError:
            sent = 0
        except OSError as error:
            return causes.failed(error)
        if sent < len(data):
            self._unsent[fd] = bytearray(data[sent:])
            self.calm[fd] = -1
            self._poller.modify(fd, READABLE | WRITABLE)
        return ""

    def flush(self, fd: int) -> str:
        """There is room now."""
        waiting = self._unsent.pop(fd, None)
        if waiting is None:
            return ""
        self._poller.modify(fd, READABLE)
        return self.send(fd, bytes(waiting))
