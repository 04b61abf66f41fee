"""The sockets of a proxy: how they are opened, and the three ways in which one ends."""

import errno
import os
import resource
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

from alertsim.errors import AlertSimError

LOOPBACK: Final = "127.0.0.1"
KERNEL_BYTES: Final = 65_536
"""The buffer we ask of the kernel on every socket, each way (Linux keeps twice that): a stalled client's other cost."""

SPARE: Final = 64
"""Descriptors that are not connections."""

_BACKLOG, _PORTS = 4_096, 50
_RESET: Final = struct.pack("ii", 1, 0)


def allow_descriptors() -> int:
    """As many open files as the system lets this process have; how many of them may be connections."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = 1_048_576 if hard == resource.RLIM_INFINITY else hard
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return most - SPARE


def listen(port: int, *, exact: bool = False) -> socket.socket:
    """A listener on 127.0.0.1 at the first free port from `port` on, of at most 50 (`exact`: of one); 0: any.

    Raises:
        AlertSimError: none of them is free.
    """
    for each in range(port, min(port + (1 if exact else _PORTS), 65_536)) if port else [_any_port()]:
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        _equip(listener)  # what is accepted inherits it
        listener.setblocking(False)
        try:
            listener.bind((LOOPBACK, each))
            listener.listen(_BACKLOG)
        except OSError:
            listener.close()
        else:
            return listener
    if exact:
        raise AlertSimError(f"port {port} is in use on {LOOPBACK}: end what is there, or take another one")
    raise AlertSimError(f"no port from {port} to {port + _PORTS - 1} is free on {LOOPBACK} for a proxy")


def _any_port() -> int:
    """A free one: only a port that was asked for stays ours while nobody is to be let in."""
    with socket.socket() as looking:
        looking.bind((LOOPBACK, 0))
        return int(looking.getsockname()[1])


def listen_again(listener: socket.socket) -> None:
    """Take connections as before; the port was ours all the time."""
    listener.listen(_BACKLOG)


def refuse(listener: socket.socket) -> None:
    """Whoever calls is refused by the kernel from now on, and whoever waits is reset; the port stays ours (Linux)."""
    listener.shutdown(socket.SHUT_RDWR)


def dial(host: str, port: int) -> int:
    """The descriptor of a connection that is being made to a literal address; OSError where it cannot be."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as new:
        new.setblocking(False)
        _equip(new)
        failed = new.connect_ex((host, port))
        if failed not in {0, errno.EINPROGRESS}:
            raise OSError(failed, os.strerror(failed))
        return new.detach()


def failure(fd: int) -> int:
    """Why a connection could not be made; 0: it was."""
    with _borrowed(fd) as each:
        return each.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)


def peer(fd: int) -> str:
    """The address a client calls from, without its port, which is another one each time."""
    with _borrowed(fd) as each, suppress(OSError):
        return str(each.getpeername()[0])
    return ""


def end_writing(fd: int) -> None:
    """Say FIN; reading goes on."""
    with _borrowed(fd) as each, suppress(OSError):
        each.shutdown(socket.SHUT_WR)


def reset_when_closed(fd: int) -> None:
    """The other end is to see a reset instead of an end."""
    with _borrowed(fd) as each, suppress(OSError):
        each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)


def _equip(new: socket.socket) -> None:
    new.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    new.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KERNEL_BYTES)
    new.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, KERNEL_BYTES)


@contextmanager
def _borrowed(fd: int) -> Iterator[socket.socket]:
    """A descriptor as a socket; it stays open, and the family does not matter for what is done here."""
    each = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 0, fileno=fd)
    try:
        yield each
    finally:
        each.detach()
