"""Where each subscriber sits: its descriptor, and what is half read or half written there; arrays, no objects."""

from array import array
from contextlib import suppress
from os import close, read, write
from socket import SHUT_RD, socket

from alertsim.swarm import causes
from alertsim.swarm.conversation import CHUNK
from alertsim.swarm.poller import READABLE, WRITABLE, Poller
from alertsim.swarm.tls import Channel

_MOST_UNSENT = 65_536


class Seats:
    """Descriptors of subscribers (`fds`) and subscribers of descriptors (`owners`); -1 where there is none.

    `calm` has the owner of a descriptor when nothing is out of the ordinary there (subscribed, nothing half read,
    nothing half written, no TLS), else -1. `send` and `flush` return why the connection is lost; empty: it is not.
    """

    def __init__(self, subscribers: int, poller: Poller) -> None:
        self.fds = array("i", [-1]) * subscribers
        self.owners: list[int] = []
        self.calm: list[int] = []
        self._poller = poller
        self._rests: dict[int, bytes] = {}
        self._unsent: dict[int, bytearray] = {}  # of TLS always there, so that nothing takes the short way past it
        self._channels: dict[int, Channel] = {}
        self._held: set[int] = set()

    @property
    def taken(self) -> list[int]:
        """The descriptors there are now."""
        return [fd for fd in self.fds if fd >= 0]

    def sit(self, fd: int, subscriber: int, channel: Channel | None = None) -> None:
        """A connection begins, by TLS where there is a channel; subscriber -1: a descriptor that is none of theirs."""
        missing = fd + 1 - len(self.owners)
        self.owners.extend([-1] * missing)
        self.calm.extend([-1] * missing)
        self.owners[fd] = subscriber
        if subscriber >= 0:
            self.fds[subscriber] = fd
        if channel is not None:
            self._channels[fd], self._unsent[fd] = channel, bytearray()
        self._poller.register(fd, READABLE)

    def leave(self, fd: int) -> None:
        """The connection ends."""
        self._poller.unregister(fd)
        close(fd)
        self.fds[self.owners[fd]] = self.owners[fd] = self.calm[fd] = -1
        self._rests.pop(fd, None)
        self._unsent.pop(fd, None)
        self._channels.pop(fd, None)
        self._held.discard(fd)

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

    def hold_back(self, fd: int) -> None:
        """Tell no more that something has come: whoever reads here does it by the clock."""
        self._held.add(fd)
        self._watch(fd)

    def receive(self, fd: int, most: int = CHUNK) -> bytes:
        """What came, in plain text (`most`: bytes to read, as they come); nothing: the end.

        Raises:
            BlockingIOError: nothing yet.
            OSError: the connection is lost.
        """
        data = read(fd, most)
        channel = self._channels.get(fd)
        return data if channel is None else self._unseal(fd, channel, data)

    def send(self, fd: int, data: bytes) -> str:
        """Write, now or when there is room."""
        if fd in self._unsent:
            return self._send_after(fd, data)
        try:
            sent = write(fd, data)
        except BlockingIOError:
            sent = 0
        except OSError as error:
            return causes.failed(error)
        if sent < len(data):
            self._unsent[fd], self.calm[fd] = bytearray(), -1
            return self._pour(fd, data[sent:])
        return ""

    def flush(self, fd: int) -> str:
        """There is room now."""
        if fd not in self._unsent:
            return ""
        cause = self._pour(fd)
        if not self._unsent[fd] and fd not in self._channels:
            del self._unsent[fd]
        return cause

    def _send_after(self, fd: int, data: bytes) -> str:
        """Behind what waits already, by TLS where that is spoken."""
        channel = self._channels.get(fd)
        if channel is None:
            return self._pour(fd, data)
        try:
            channel.say(data)
        except OSError as error:
            return causes.failed(error)
        return self._pour(fd, channel.owed())

    def _unseal(self, fd: int, channel: Channel, data: bytes) -> bytes:
        """The plain text of `data`; where the channel has closed behind it, the next reading is the end."""
        try:
            plain = channel.hear(data)
        finally:
            self._pour(fd, channel.owed())  # if that fails, reading will tell
        if channel.closed and plain:
            _read_no_more(fd)
        elif data and not plain and not channel.closed:
            raise BlockingIOError
        return plain

    def _pour(self, fd: int, more: bytes = b"") -> str:
        """Write what waits, and more, as far as there is room."""
        unsent = self._unsent[fd]
        waited = bool(unsent)
        unsent += more
        try:
            if unsent:
                del unsent[: write(fd, unsent)]
        except BlockingIOError:
            pass
        except OSError as error:
            return causes.failed(error)
        if waited != bool(unsent):
            self._watch(fd)
        return causes.STUCK if len(unsent) > _MOST_UNSENT else ""

    def _watch(self, fd: int) -> None:
        self._poller.modify(fd, READABLE * (fd not in self._held) | WRITABLE * bool(self._unsent.get(fd)))


def _read_no_more(fd: int) -> None:
    """Whatever reads here next reads the end."""
    ended = socket(fileno=fd)
    with suppress(OSError):
        ended.shutdown(SHUT_RD)
    ended.detach()
