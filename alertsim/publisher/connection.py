"""How the client library is used: who makes its clients, and a message's properties; its own log is silent."""

import asyncio
import logging
from collections.abc import AsyncIterable, Callable
from functools import lru_cache
from types import TracebackType
from typing import Any, Protocol, Self

import aiomqtt
from paho.mqtt.properties import Properties

from alertsim.wire import Message

Connect = Callable[..., aiomqtt.Client]
"""Makes a client from the options of `aiomqtt.Client`, the address left out: a broker's own adds TLS and login."""


class Poster(Protocol):
    """A client of `aiomqtt`'s kind that can also send without waiting for each answer."""

    @property
    def messages(self) -> AsyncIterable[aiomqtt.Message]:
        """What comes in."""

    async def __aenter__(self) -> Self:
        """Connect."""

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Disconnect."""

    async def subscribe(self, topic: str, /, *arguments: Any, **options: Any) -> Any:
        """Ask for messages."""

    def post(
        self, topic: str, payload: bytes, *, qos: int, retain: bool, properties: Properties
    ) -> "asyncio.Future[None]":
        """Send; done when the broker has taken responsibility, BrokerError where it refuses to."""

    def cut(self) -> None:
        """End the connection without a word."""


logging.getLogger("mqtt").addHandler(logging.NullHandler())  # a broken connection is told by whoever lost it


class _Packed(Properties):
    """Properties that are packed once: almost all messages of an exercise have the same."""

    def __init__(self, of: Properties) -> None:
        object.__setattr__(self, "_bytes", bytes(of.pack()))  # type: ignore[no-untyped-call]  # paho leaves it untyped

    def pack(self) -> bytes:
        """As they stand in the packet."""
        packed: bytes = object.__getattribute__(self, "_bytes")
        return packed


def properties_of(message: Message, packet: int) -> Properties:
    """The message's MQTT 5 properties for paho."""
    return _properties(message.properties, message.expiry_s, message.content_type, packet)


@lru_cache(maxsize=1_000)
def _properties(
    user: tuple[tuple[str, str], ...], expiry_s: int | None, content_type: str | None, packet: int
) -> Properties:
    properties = Properties(packet)  # type: ignore[no-untyped-call]  # paho leaves it untyped
    properties.UserProperty = list(user)
    if expiry_s is not None:
        properties.MessageExpiryInterval = max(1, expiry_s)
    if content_type is not None:
        properties.ContentType = content_type
        properties.PayloadFormatIndicator = 1
    return _Packed(properties)
