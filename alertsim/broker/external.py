"""A broker somebody else runs on this machine: nothing is started or watched, it is only looked at once."""

import asyncio
import os
from contextlib import suppress

from alertsim.broker.target import Target, is_loopback, mqtt_url
from alertsim.errors import BrokerError

PATIENCE_S = 5.0


async def answering_host(target: Target) -> str:
    """The first of the target's addresses at which something accepts TCP, within 5 s each.

    Raises:
        BrokerError: nothing does, or the address connected to is not of this machine.
    """
    reasons = []
    for host in target.hosts:
        try:
            async with asyncio.timeout(PATIENCE_S):
                peer = await _peer(host, target.port)
        except OSError as error:
            reasons.append(os.strerror(error.errno) if error.errno else f"no answer within {PATIENCE_S:.0f} s")
            continue
        if not is_loopback(peer):
            raise BrokerError(f"{mqtt_url(host, target.port)} leads to {peer}, which is not this machine: not used")
        return host
    raise BrokerError(f"nothing answers at {mqtt_url(target.hosts[0], target.port)}: {reasons[0]}; is the broker on?")


async def _peer(host: str, port: int) -> str:
    """The address a connection really reached."""
    _, writer = await asyncio.open_connection(host, port)
    peer: str = writer.get_extra_info("peername")[0]
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
    return peer
