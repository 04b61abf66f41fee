"""Waiting for many descriptors: epoll where there is one, else whatever `selectors` finds, behind the same calls."""

import select
import selectors
from contextlib import suppress
from typing import Protocol

READABLE, WRITABLE = 1, 4
"""EPOLLIN and EPOLLOUT; any other bit means that something is wrong with the descriptor."""


class Poller(Protocol):
    """What the reactor needs of `select.epoll`."""

    def register(self, fd: int, eventmask: int, /) -> None:
        """Watch a descriptor."""

    def modify(self, fd: int, eventmask: int, /) -> None:
        """Watch it for something else."""

    def unregister(self, fd: int, /) -> None:
        """Watch it no more."""

    def poll(self, timeout: float | None = None, /) -> list[tuple[int, int]]:
        """Descriptors and what they are ready for, after `timeout` seconds at the latest."""


class Selecting:
    """The same by `selectors`, where there is no epoll."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()

    def register(self, fd: int, eventmask: int, /) -> None:
        """Watch a descriptor."""
        self._selector.register(fd, _wanted(eventmask))

    def modify(self, fd: int, eventmask: int, /) -> None:
        """Watch it for something else; `selectors` does not know those that are watched for nothing."""
        self.unregister(fd)
        if eventmask:
            self.register(fd, eventmask)

    def unregister(self, fd: int, /) -> None:
        """Watch it no more."""
        with suppress(KeyError):
            self._selector.unregister(fd)

    def poll(self, timeout: float | None = None, /) -> list[tuple[int, int]]:
        """Descriptors and what they are ready for."""
        ready = self._selector.select(timeout)
        return [
            (key.fd, READABLE * bool(bits & selectors.EVENT_READ) | WRITABLE * bool(bits & selectors.EVENT_WRITE))
            for key, bits in ready
        ]


def new_poller() -> Poller:
    """The best this system has."""
    return select.epoll() if hasattr(select, "epoll") else Selecting()


def _wanted(eventmask: int) -> int:
    return selectors.EVENT_READ * bool(eventmask & READABLE) | selectors.EVENT_WRITE * bool(eventmask & WRITABLE)
