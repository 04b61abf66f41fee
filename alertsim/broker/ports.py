"""A free port for a broker child, kept from other exercises that start at the same moment."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

from alertsim.errors import BrokerError

LOOPBACK = "127.0.0.1"
TRIES = 50


@contextmanager
def reserved_port(first: int) -> Iterator[int]:
    """The first free TCP port from `first` on, of at most 50; ours while the context lasts.

    Asking and binding cannot be one step when another program binds, and while that program restarts its port looks
    free. So the UDP port of the same number is held as a lock: the kernel gives it back even after kill -9.

    Raises:
        BrokerError: none of them is free.
    """
    beyond = min(first + TRIES, 65_536)
    for port in range(first, beyond):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as lock:
            if _binds(lock, port) and _free(port):
                yield port
                return
    raise BrokerError(f"no port from {first} to {beyond - 1} is free on {LOOPBACK} for a broker: end what holds them")


def _free(port: int) -> bool:
    """Whether a listener could have `port`; what is left of closed connections does not count, as for brokers."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return _binds(listener, port)


def _binds(to: socket.socket, port: int) -> bool:
    try:
        to.bind((LOOPBACK, port))
    except OSError:
        return False
    return True
