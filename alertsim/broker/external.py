"""A broker somebody else runs, here or elsewhere: where it is, and whether anything answers there."""

import asyncio
import os
import socket
from collections.abc import Iterable
from contextlib import suppress

from alertsim.broker.target import Target, is_loopback
from alertsim.errors import BrokerError

PATIENCE_S = 5.0


async def addresses_of(target: Target) -> tuple[str, ...]:
    """The literal addresses of a target, in order; only a name that is not `localhost` is looked up, for 5 s.

    Raises:
        BrokerError: nobody knows the name.
    """
    if target.host == "localhost" or is_loopback(target.host):
        return target.hosts
    try:
        async with asyncio.timeout(PATIENCE_S):
            found = await asyncio.get_running_loop().getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except OSError as error:
        why = str(error.strerror or "no answer").lower()
        raise BrokerError(
            f"{target.url}: the name {target.host} is not known here ({why}); is it spelled so?"
        ) from None
    return tuple(dict.fromkeys(str(address[0]) for *_, address in found))


async def answering_host(target: Target, addresses: Iterable[str]) -> str:
    """The first of a target's addresses on this machine at which something accepts TCP, within 5 s each.

    Raises:
        BrokerError: nothing does, or the address connected to is not of this machine.
    """
    reasons = []
    for host in addresses:
        try:
            async with asyncio.timeout(PATIENCE_S):
                peer = await _peer(host, target.port)
        except OSError as error:
            reasons.append(os.strerror(error.errno) if error.errno else f"no answer within {PATIENCE_S:.0f} s")
            continue
        if not is_loopback(peer):
            raise BrokerError(f"{target.url} leads to {peer}, which is not this machine: not used")
        return host
    raise BrokerError(f"nothing answers at {target.url}: {reasons[0]}; is the broker on?")


async def _peer(host: str, port: int) -> str:
    """The address a connection really reached."""
    _, writer = await asyncio.open_connection(host, port)
    peer: str = writer.get_extra_info("peername")[0]
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
    return peer
