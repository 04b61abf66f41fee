"""Records what any broker says: every message with all its MQTT 5 properties, until told to stop."""

import asyncio
import platform
import secrets
import threading
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import aiomqtt
import structlog
from paho.mqtt.subscribeoptions import SubscribeOptions

from alertsim import __version__
from alertsim.broker import Access, Broker, Target, open_broker
from alertsim.broker.client import Client
from alertsim.broker.refusal import RefusalError
from alertsim.clock import pause, unix_us
from alertsim.errors import BrokerError
from alertsim.mqtt import ProtocolError, Publish, Version, decode
from alertsim.observations import BrokerLost, BrokerRestored, Observation
from alertsim.recording import Delivery, Recorder
from alertsim.recording.retell import CAPTURE
from alertsim.wire import schema

WRITE_S = 0.25
"""How often what came is handed to the disk: a kill costs no more than that."""

_BACKOFF_S = (0.2, 5.0)
_MOST_WAITING = 200_000
_PATIENCE_S = 1.0


@dataclass(frozen=True)
class Wish:
    """What to listen to and where to keep it. `retain_as_published`: keep each message's own flag of retention."""

    target: Target
    access: Access
    topics: tuple[str, ...]
    path: Path
    retain_as_published: bool = True
    duration_s: float | None = None


class _Came(NamedTuple):
    first: int
    body: bytes
    at_us: int


@dataclass
class Progress:
    """How far a capture is: messages, the topics they came on, and why the connection is gone, if it is."""

    messages: int = 0
    topics: set[str] = field(default_factory=set)
    lost: str = ""


async def capture(wish: Wish, told: Callable[[Progress], None]) -> Progress:
    """Record until the time is over or the task is cancelled; the recording is then finished properly.

    Survives a broker that goes away; what it says meanwhile nobody hears, and the recording notes that.

    Raises:
        BrokerError: the broker does not accept us in the first place, or its owner does not consent.
        RecordingError: the disk fails; what was written until then can be read.
    """
    async with open_broker(wish.target, log=structlog.get_logger(), access=wish.access) as broker:
        capturing = _Capture(wish, broker, told)
        client = await capturing.first()
        with Recorder(wish.path, schema_of=schema, indexed=False) as recorder:  # it may run for days
            recorder.start(_about(wish, broker), {})
            await capturing.run(client, recorder)
    return capturing.progress


class _Capture:
    """One capture: a task that listens, and one that writes what came."""

    def __init__(self, wish: Wish, broker: Broker, told: Callable[[Progress], None]) -> None:
        self.progress = Progress()
        self._wish, self._broker, self._told = wish, broker, told
        self._came: list[_Came | Observation] = []
        self._seen, self._room = 0, threading.Event()
        self._room.set()

    async def first(self) -> Client:
        """A connection that was accepted, subscription and all; BrokerError says why not."""
        client = self._client()
        await client.__aenter__()
        client.tap(self._hear)
        try:
            await self._subscribe(client)
        except BaseException as error:
            await client.__aexit__(None, None, None)
            if isinstance(error, aiomqtt.MqttError) and not isinstance(error, BrokerError):
                raise BrokerError(f"the broker at {self._broker.url} hung up: {error}") from None
            raise
        return client

    async def run(self, client: Client, recorder: Recorder) -> None:
        """Listen until the time is over; what came last is written before this returns, also when cancelled."""
        listening = asyncio.create_task(self._listen(client), name="capture: listen")
        over = asyncio.create_task(self._broker.permit.over(), name="capture: consent")
        writing = asyncio.create_task(self._write(recorder), name="capture: write")
        try:
            await asyncio.wait(
                (listening, over, writing), timeout=self._wish.duration_s, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            for task in (listening, over, writing):
                task.cancel()
            await asyncio.wait((listening, over, writing))
            self._keep(recorder, self._take())
            recorder.finish({"messages": str(self.progress.messages)})
        if not over.cancelled():
            raise BrokerError(over.result())
        for task in (listening, writing):
            if not task.cancelled():
                task.result()

    def _client(self) -> Client:
        return self._broker.client(identifier=f"alertsim-record-{secrets.token_hex(4)}", keepalive=10)

    async def _subscribe(self, client: Client) -> None:
        options = SubscribeOptions(qos=2, retainAsPublished=self._wish.retain_as_published)
        granted = await client.subscribe([(topic, options) for topic in self._wish.topics])
        if any(code.is_failure for code in granted):
            raise RefusalError(f"the broker at {self._broker.url} does not let our login read {self._wish.topics}")

    async def _listen(self, client: Client) -> None:
        """One connection after the other."""
        backoff = _BACKOFF_S[0]
        while True:
            try:
                try:
                    if self.progress.lost:
                        await self._join(client)
                        backoff = _BACKOFF_S[0]
                    async for _ in client.messages:
                        pass  # there are none: it waits for the end of the connection
                finally:
                    await client.__aexit__(None, None, None)
            except (aiomqtt.MqttError, BrokerError, OSError) as broken:
                self._lose(str(broken))
            await pause(backoff * (0.5 + secrets.randbelow(1000) / 1000))
            backoff = min(backoff * 2, _BACKOFF_S[1])
            client = self._client()

    async def _join(self, client: Client) -> None:
        await client.__aenter__()
        client.tap(self._hear)
        await self._subscribe(client)
        self.progress.lost = ""
        self._came.append(BrokerRestored(waiting=0))

    def _hear(self, packets: list[tuple[int, bytes]]) -> None:
        """What came; where the disk is slower than the broker, the broker waits."""
        now_us = unix_us()
        self._came += [_Came(first, body, now_us) for first, body in packets]
        if len(self._came) > _MOST_WAITING:
            self._room.wait(_PATIENCE_S)

    def _lose(self, reason: str) -> None:
        if not self.progress.lost:
            self._came.append(BrokerLost(reason=reason))
        self.progress.lost = reason or "no answer"

    async def _write(self, recorder: Recorder) -> None:
        while True:
            await pause(WRITE_S)
            came = self._take()
            self._room.clear()
            kept = asyncio.get_running_loop().run_in_executor(None, self._keep, recorder, came)
            try:
                await asyncio.shield(kept)
            except asyncio.CancelledError:
                await asyncio.wait((kept,))  # one thread at a time
                raise
            self._told(self.progress)

    def _take(self) -> list[_Came | Observation]:
        came, self._came = self._came, []
        return came

    def _keep(self, recorder: Recorder, came: list[_Came | Observation]) -> None:
        """Write what came; in a worker thread."""
        for each in came:
            self._seen += 1
            if isinstance(each, _Came):
                self._keep_message(recorder, each)
            else:
                recorder.observe(each, actual_us=unix_us(), seq=self._seen)
        recorder.flush()
        self._room.set()

    def _keep_message(self, recorder: Recorder, came: _Came) -> None:
        """One message; what is none of MQTT's is left out, as the broker's own client would have refused it."""
        try:
            packet = decode(came.first, came.body, Version.V5)
        except ProtocolError:
            return
        if isinstance(packet, Publish):
            recorder.captured(packet.topic, packet.payload, _delivery(packet), at_us=came.at_us, seq=self._seen)
            self.progress.messages += 1
            self.progress.topics.add(packet.topic)


def _delivery(packet: Publish) -> Delivery:
    """How it came, with all that MQTT 5 says of a message."""
    said = packet.properties
    return Delivery(
        qos=packet.qos,
        retain=packet.retain,
        expiry_s=said.message_expiry_interval,
        properties=said.user_properties,
        content_type=said.content_type,
        payload_format=said.payload_format_indicator,
        response_topic=said.response_topic,
        correlation_data=None if said.correlation_data is None else b64encode(said.correlation_data).decode(),
    )


def _about(wish: Wish, broker: Broker) -> dict[str, str]:
    return {
        CAPTURE: "true",
        "broker": broker.url,
        "topics": " ".join(wish.topics),
        "retain_as_published": str(wish.retain_as_published).lower(),
        "started_us": str(unix_us()),
        "version": __version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
    }
