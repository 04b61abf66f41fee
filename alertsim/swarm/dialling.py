"""Sockets for many clients: opened without waiting, from enough source addresses, as many as the system allows."""

import errno
import ipaddress
import os
import resource
import socket
import sys

from alertsim.errors import InputError

PER_SOURCE = 10_000
"""Connections from one source address: beyond about 13,000 each connect() searches long for a free port."""

SPARE = 64
"""Descriptors that are not subscribers: the program's own, and some air."""

_BIND_WITHOUT_PORT = 24  # IP_BIND_ADDRESS_NO_PORT of <linux/in.h>: the port is chosen by connect()


def allow_sockets(wanted: int) -> None:
    """See to it that this process, and those it starts, may hold `wanted` connections.

    Raises:
        InputError: the system does not allow so many.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = wanted + SPARE
    if soft == resource.RLIM_INFINITY or needed <= soft:
        return
    if hard != resource.RLIM_INFINITY and needed > hard:
        raise InputError(
            f"{wanted:,} subscribers need {needed:,} open files, and this system allows {hard:,} for a process; "
            f"ask for at most {hard - SPARE:,}, or raise the limit (as root: `ulimit -Hn {needed}`)"
        )
    resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))


def source_of(host: str, subscriber: int) -> str | None:
    """The address a subscriber calls from: one of 127.0.x.1 for each 10,000 where the broker is on 127.0.0.0/8."""
    if sys.platform != "linux" or ":" in host or not ipaddress.ip_address(host).is_loopback:
        return None
    return f"127.0.{1 + subscriber // PER_SOURCE}.1"


def dial(host: str, port: int, subscriber: int) -> int:
    """The descriptor of a connection that is being made; OSError where it cannot be."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as new:
        new.setblocking(False)
        new.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if source := source_of(host, subscriber):
            new.setsockopt(socket.IPPROTO_IP, _BIND_WITHOUT_PORT, 1)
            new.bind((source, 0))
        failed = new.connect_ex((host, port))
        if failed not in {0, errno.EINPROGRESS, errno.EWOULDBLOCK}:
            raise OSError(failed, os.strerror(failed))
        return new.detach()
