"""One MQTT 5 connection to a broker: the only maker of clients, so that TLS, login and consent are decided once."""

import asyncio
import logging
import os
import socket
import struct
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractContextManager, AsyncExitStack, asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from ipaddress import ip_address
from ssl import SSLContext
from traceback import walk_tb
from types import TracebackType
from typing import Any, Self

import aiomqtt
from aiomqtt.types import SubscribeTopic
from paho.mqtt.client import Client as Paho
from paho.mqtt.client import DisconnectFlags
from paho.mqtt.enums import MessageType, MQTTErrorCode
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from alertsim.broker.access import ANONYMOUS, Access
from alertsim.broker.permit import Permit
from alertsim.broker.refusal import RefusalError, hung_up, refusal
from alertsim.broker.tap import Take, Tap
from alertsim.broker.target import Target

TIMEOUT_S = 5.0
_RESET = struct.pack("ii", 1, 0)
"""SO_LINGER: what is not yet sent is thrown away with the connection."""

_MID: ContextVar[int] = ContextVar("packet identifier", default=0)
"""Of the message that the current task publishes: many may be in flight, each has its own PUBACK."""


@dataclass(frozen=True)
class Door:
    """Where a broker is (`host`: a literal address) and how to get in; whoever wants a connection asks it."""

    target: Target
    host: str
    access: Access = ANONYMOUS
    tls: SSLContext | None = field(default=None, repr=False)
    permit: Permit = field(default_factory=Permit, repr=False)

    @property
    def port(self) -> int:
        """The TCP port."""
        return self.target.port

    @property
    def url(self) -> str:
        """As people may read it."""
        return self.target.url

    def client(self, **options: Any) -> "Client":
        """A connection to be entered: `options` are those of `aiomqtt.Client` beside address, TLS and login."""
        return Client(self, **options)


class Client(aiomqtt.Client):
    """An `aiomqtt.Client` that waits for its permit, says why it was refused, and leaves nothing half open."""

    def __init__(self, door: Door, **options: Any) -> None:
        target, self._heard = door.target, _Ear()
        web = target.scheme in {"ws", "wss"}
        settings: dict[str, Any] = {
            "protocol": aiomqtt.ProtocolVersion.V5,
            "clean_start": True,
            "timeout": TIMEOUT_S,
            "logger": self._heard,
            "username": target.user or None,
            "password": door.access.password if target.user else None,
            "tls_context": door.tls,
            "transport": "websockets" if web else "tcp",
            "websocket_path": target.path if web else None,
            "websocket_headers": {"Host": target.authority} if web else None,
        }
        super().__init__(door.host, door.port, **settings | options)
        self.door, self._entering, self._given_up = door, False, False
        self._verdicts: dict[int, ReasonCode] = {}
        self._posted: dict[int, tuple[str, asyncio.Future[None]]] = {}
        self._next: asyncio.Task[aiomqtt.Message] | None = None

    async def __aenter__(self) -> Self:
        """Connect; RefusalError says why not."""
        await self.door.permit.pass_through(self)
        self._entering = True
        try:
            await super().__aenter__()
            self._check_peer()
        except (aiomqtt.MqttError, OSError, ValueError) as error:
            self._give_up()
            cause = self._heard.cause or (error.__context__ if type(error) is aiomqtt.MqttError else None) or error
            raise refusal(cause, self.door.target, self.door.access) from None
        except BaseException:
            self._give_up()
            raise
        finally:
            self._entering = False
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Disconnect."""
        if self._next:
            self._next.cancel()
        if self._disconnected.done():
            self._disconnected.exception()  # whoever waits for something was told; asyncio would complain
        await super().__aexit__(kind, error, trace)

    async def subscribe(self, topic: SubscribeTopic, *arguments: Any, **options: Any) -> list[ReasonCode]:
        """As ever, but a connection that breaks ends it at once."""
        granted = self._loop.create_task(super().subscribe(topic, *arguments, **options), name="subscribe")
        try:
            await asyncio.wait((granted, self._disconnected), return_when=asyncio.FIRST_COMPLETED)
            if not granted.done():
                raise aiomqtt.MqttError("the connection is lost")
            return [code for code in granted.result() if isinstance(code, ReasonCode)]
        finally:
            granted.cancel()

    async def publish(self, topic: str, *arguments: Any, **options: Any) -> None:
        """As ever, but what the broker refuses is not taken for delivered: RefusalError."""
        verdict = await self.try_to_publish(topic, *arguments, **options)
        if verdict and verdict.is_failure:
            raise self._refused(topic, verdict)

    def post(
        self, topic: str, payload: bytes, *, qos: int, retain: bool, properties: Properties
    ) -> asyncio.Future[None]:
        """Publish without waiting: done with the broker's PUBACK, RefusalError where that refuses.

        Never done where the connection breaks first: whoever waits hears of that from `messages`.
        """
        sent = self._client.publish(topic, payload, qos, retain, properties)
        if sent.rc != MQTTErrorCode.MQTT_ERR_SUCCESS:
            raise aiomqtt.MqttError("the connection is lost")
        answer: asyncio.Future[None] = self._loop.create_future()
        if qos:
            self._posted[sent.mid] = topic, answer
        else:
            answer.set_result(None)
        return answer

    def _refused(self, topic: str, verdict: ReasonCode) -> RefusalError:
        return RefusalError(
            f"the broker at {self.door.url} refused a message ({str(verdict).lower()}); "
            f"its owner must let our login write {topic.partition('/')[0]}/#"
        )

    async def try_to_publish(self, topic: str, *arguments: Any, **options: Any) -> ReasonCode | None:
        """Publish, and what the broker's PUBACK says of this message; None at QoS 0."""
        _MID.set(0)
        await super().publish(topic, *arguments, **options)
        return self._verdicts.pop(_MID.get(), None)

    async def hear(self, patience_s: float) -> aiomqtt.Message | None:
        """The next message, None when none comes in time, MqttError when the connection breaks.

        `messages` would lose one that comes in the moment it is cancelled.
        """
        self._next = self._next or self._loop.create_task(self._queue.get(), name="next message")
        await asyncio.wait((self._next, self._disconnected), timeout=patience_s, return_when=asyncio.FIRST_COMPLETED)
        if self._next.done():
            message, self._next = self._next.result(), None
            return message
        if self._disconnected.done():
            raise aiomqtt.MqttError("the connection is lost")
        return None

    def tap(self, take: Take) -> None:
        """From now on hand over messages as they are on the wire, acknowledged; `messages` gives none any more."""

        def answer(packets: bytes) -> None:
            self._client._packet_queue(MessageType.PUBACK, packets, 0, 0)  # noqa: SLF001 — between its own packets

        self._client._sock = Tap(self._client._sock, take, answer)  # noqa: SLF001 — as it reads

    def cut(self) -> None:
        """End the connection without a word, and what is not yet sent with it."""
        if sock := self._client.socket():
            with socket.socket(fileno=os.dup(sock.fileno())) as other:
                other.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                other.shutdown(socket.SHUT_RDWR)

    def _give_up(self) -> None:
        """Close what is open, also when a thread only opens it in a moment."""
        self._given_up = True
        self._client.disconnect()

    def _check_peer(self) -> None:
        """Where we really are: a proxy may have been set up behind our back."""
        sock = self._client.socket()
        if sock is None:
            return
        with socket.socket(fileno=os.dup(sock.fileno())) as other:
            peer = other.getpeername()[0]
        if ip_address(peer) != ip_address(self.door.host):
            raise RefusalError(f"{self.door.url} leads to {peer} and not to {self.door.host}: not used")

    def _client_connect(self) -> None:
        try:
            super()._client_connect()
        except BaseException as error:
            _close_sockets_of(error)
            raise
        if self._given_up:
            self._loop.call_soon_threadsafe(self._client.disconnect)

    def _on_disconnect(
        self,
        client: Paho,
        userdata: Any,
        flags: DisconnectFlags,
        reason_code: ReasonCode,
        properties: Properties | None = None,
    ) -> None:
        """A connection closed before its CONNACK is refused at once; aiomqtt alone would wait for its time-out."""
        if self._connected.cancelled():
            return
        if self._entering and not self._connected.done():
            self._connected.set_exception(hung_up(self.door.target))
        super()._on_disconnect(client, userdata, flags, reason_code, properties)

    def _pending_call(self, mid: int, *arguments: Any) -> AbstractContextManager[None]:  # type: ignore[override]
        _MID.set(mid)
        return super()._pending_call(mid, *arguments)

    def _on_publish(
        self, client: Paho, userdata: Any, mid: int, reason_code: ReasonCode, properties: Properties
    ) -> None:
        if mid in self._posted:
            topic, answer = self._posted.pop(mid)
            if reason_code.is_failure and not answer.done():
                answer.set_exception(self._refused(topic, reason_code))
            elif not answer.done():
                answer.set_result(None)
            return
        if mid in self._pending_publishes:
            self._verdicts[mid] = reason_code
        super()._on_publish(client, userdata, mid, reason_code, properties)


@asynccontextmanager
async def first_connection(doors: Sequence[Door], **options: Any) -> AsyncIterator[Client]:
    """A connection through the first door that opens; the refusal of the first door where none does."""
    async with AsyncExitStack() as stack:
        yield await _first(stack, doors, options)


async def _first(stack: AsyncExitStack, doors: Sequence[Door], options: dict[str, Any]) -> Client:
    refusals = []
    for door in doors:
        try:
            return await stack.enter_async_context(door.client(**options))
        except RefusalError as refused:
            refusals.append(refused)
    raise refusals[0]


def _close_sockets_of(error: BaseException) -> None:
    """Close what paho has opened and not closed when a handshake failed: nobody else knows of it."""
    for frame, _ in walk_tb(error.__traceback__):
        for value in frame.f_locals.values():
            if isinstance(value, socket.socket):
                value.close()


class _Ear(logging.Logger):
    """Hears the exception behind a broken connection, which paho only logs; writes nothing."""

    def __init__(self) -> None:
        super().__init__("alertsim.mqtt", logging.WARNING)
        self.cause: OSError | None = None

    def handle(self, record: logging.LogRecord) -> None:
        """Keep the first exception."""
        for argument in record.args if isinstance(record.args, tuple) else ():
            if isinstance(argument, OSError) and self.cause is None:
                self.cause = argument
