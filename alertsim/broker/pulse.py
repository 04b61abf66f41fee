"""Whether a broker still answers, judged by MQTT round trips on one connection kept open for nothing else.

A process that exists proves nothing (it may be stopped), and a new connection would queue behind a storm of clients.
"""

import asyncio
import os
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from alertsim.broker.ports import LOOPBACK
from alertsim.clock import pause

START_S = 10.0
BEAT_S = 2.0
MISSES = 10
"""Beats without an answer before a broker is given up: 20 s. One alert to 19,000 holds mosquitto for half a second."""

_RETRY_S = 0.02
_PINGREQ = b"\xc0\x00"
_CONNACK = 0x20


class SilentError(Exception):
    """A broker does not answer any more; the text says how that was seen."""


@dataclass(frozen=True)
class Pulse:
    """An MQTT 5 connection on which only PINGREQ and PINGRESP go."""

    reader: StreamReader
    writer: StreamWriter

    async def watch(self, excused: Callable[[], bool] = lambda: False) -> None:
        """Beat until the broker is silent: at once when it closes the connection, after `MISSES` beats when it hangs.

        A single late answer proves nothing: this process may itself have slept (a closed lid). Beats without an
        answer do not count while it is `excused`.

        Raises:
            SilentError: always, in the end.
        """
        missed = 0
        while missed < MISSES:
            self.writer.write(_PINGREQ)
            missed = 0 if await self._heard() or excused() else missed + 1
        raise SilentError(f"gave no answer for {MISSES * BEAT_S:.0f} s")

    async def _heard(self) -> bool:
        """Listen for one beat: whether anything came."""
        heard = False
        try:
            async with asyncio.timeout(BEAT_S):
                while await self.reader.read(64):
                    heard = True
        except TimeoutError:
            return heard
        except OSError as error:
            raise SilentError(f"broke the connection ({error})") from error
        raise SilentError("closed the connection")


@asynccontextmanager
async def first_pulse(port: int, lives: Callable[[], bool]) -> AsyncIterator[Pulse]:
    """The pulse of a broker that is just starting on `port`, as soon as it answers.

    Raises:
        SilentError: it does not live, or does not answer within 10 s.
    """
    pulse = await _first(port, lives)
    try:
        yield pulse
    finally:
        await _close(pulse.writer)


async def _first(port: int, lives: Callable[[], bool]) -> Pulse:
    try:
        async with asyncio.timeout(START_S):
            while lives():
                with suppress(OSError, EOFError):
                    return await _connect(port)
                await pause(_RETRY_S)
    except TimeoutError:
        raise SilentError(f"gave no answer within {START_S:.0f} s") from None
    raise SilentError("ended before it answered")


async def _connect(port: int) -> Pulse:
    """CONNECT and CONNACK; an OSError or EOFError where either fails."""
    reader, writer = await asyncio.open_connection(LOOPBACK, port)
    try:
        writer.write(_connect_packet(f"alertsim-pulse-{os.getpid()}"))
        kind, size = await reader.readexactly(2)
        _, reason, *_ = await reader.readexactly(size)
    except BaseException:
        await _close(writer)
        raise
    if kind != _CONNACK or reason != 0:
        await _close(writer)
        raise ConnectionRefusedError(f"CONNACK reason code {reason:#x}")
    return Pulse(reader, writer)


def _connect_packet(client: str) -> bytes:
    """MQTT 5 CONNECT: clean start, no properties, the longest keep-alive (rumqttd refuses 0).

    A broker that was stopped for a while must not end the pulse when it goes on.
    """
    name = client.encode()
    body = b"\x00\x04MQTT\x05\x02" + (65_535).to_bytes(2) + b"\x00" + len(name).to_bytes(2) + name
    return b"\x10" + bytes([len(body)]) + body


async def _close(writer: StreamWriter) -> None:
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
