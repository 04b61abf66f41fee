"""Sockets for many clients: opened without waiting, from enough source addresses, as many as the system allows."""

import errno
import os
import resource
import socket
import sys

from alertsim.errors import InputError
from alertsim.swarm.plan import Address

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


def source_of(host: str, number: int, sources: tuple[str, ...] = ()) -> str | None:
    """The address that connection `number` of a broker (from 0) is made from; None: what the system finds best.

    `sources` in turn; without any, where the broker is on 127.0.0.0/8, one of 127.0.x.1 for each 10,000.
    """
    if sources:
        return sources[number % len(sources)]
    if sys.platform != "linux" or not host.startswith("127."):
        return None
    return f"127.0.{1 + number // PER_SOURCE}.1"


def check_sources(sources: tuple[str, ...], host: str) -> None:
    """See to it that each of them can be called from; `host` is the literal address of a broker.

    Raises:
        InputError: it is no address like the broker's, not this machine's, or cannot reach the broker.
    """
    for source in sources:
        if fault := _fault(source, host):
            raise InputError(f"--source {source}: {fault}")


def dial(address: Address, number: int, sources: tuple[str, ...] = ()) -> int:
    """The descriptor of a connection that is being made, `number` as in `source_of`; OSError where it cannot be."""
    with socket.socket(_family(address.host)) as new:
        new.setblocking(False)
        new.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if source := source_of(address.host, number, sources):
            if sys.platform == "linux":
                new.setsockopt(socket.IPPROTO_IP, _BIND_WITHOUT_PORT, 1)
            new.bind((source, 0))
        failed = new.connect_ex((address.host, address.port))
        if failed not in {0, errno.EINPROGRESS, errno.EWOULDBLOCK}:
            raise OSError(failed, os.strerror(failed))
        return new.detach()


def _fault(source: str, host: str) -> str:
    """What is wrong with it; empty: nothing."""
    family, example = _family(host), "2001:db8::7" if ":" in host else "192.0.2.7"
    try:
        socket.inet_pton(family, source)
    except (OSError, ValueError):
        return f"expected an address like {example}, because the broker's is {host}"
    if _is_loopback(source) and not _is_loopback(host):
        return f"leads nowhere but to this machine itself, and the broker is at {host}"
    try:
        with socket.socket(family) as tried:
            tried.bind((source, 0))
    except OSError:
        return "is no address of this machine (`ip address` lists them)"
    return ""


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _is_loopback(host: str) -> bool:
    return host.startswith("127.") or host == "::1"
