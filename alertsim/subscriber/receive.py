"""A phone's connection: subscribes, reconnects with back-off, hands over what comes, and acknowledges."""

import asyncio
import secrets
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial

import aiomqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from alertsim.clock import pause, unix_us
from alertsim.errors import BrokerError
from alertsim.subscriber.phone import Phone
from alertsim.subscriber.reading import Received
from alertsim.wire import Mark, Message, ack

WHAT = "received"
MOST_OWED = 1_000
"""How many acknowledgements wait for a connection; beyond that the oldest is dropped."""

_TIMEOUT_S = 5.0
_BACKOFF_S = (0.2, 5.0)

Connect = Callable[..., aiomqtt.Client]
"""Makes a client from the options of `aiomqtt.Client`, the address left out: a broker's own adds TLS and login."""

Told = Callable[[Phone, Phone, Received | None], None]
"""Takes what the phone knew, what it knows now, and the message that changed it (None for the connection)."""


class Receiver:
    """One phone at one broker. `phone` is what it knows right now; another thread may read it.

    `connect` makes its clients, where the address alone is not enough.
    """

    def __init__(
        self,
        host: str,
        port: int,
        *,
        identifier: str,
        filters: Sequence[str],
        acknowledges: bool,
        told: Told,
        connect: Connect | None = None,
    ) -> None:
        self.phone = Phone()
        self._connect = connect or partial(aiomqtt.Client, host, port)
        self._address, self._identifier, self._filters = (host, port), identifier, filters
        self._acknowledges, self._told = acknowledges, told
        self._owed = deque[Message](maxlen=MOST_OWED)

    async def run(self) -> None:
        """Receive until cancelled, over as many connections as it takes.

        Raises:
            BrokerError: the broker does not accept us in the first place.
        """
        backoff, host, port = _BACKOFF_S[0], *self._address
        while True:
            lost = await self._use_connection()
            reason = _reason(lost)
            if self.phone.connected:
                backoff = _BACKOFF_S[0]
            elif not self.phone.reason:
                if isinstance(lost, BrokerError):
                    raise lost
                raise BrokerError(f"the broker at mqtt://{host}:{port} does not accept us: {reason}")
            self._become(self.phone.lost(reason), None)
            await pause(backoff * (0.5 + secrets.randbelow(1000) / 1000))
            backoff = min(backoff * 2, _BACKOFF_S[1])

    async def _use_connection(self) -> aiomqtt.MqttError | None:
        """Use one connection until it breaks; returns what broke it.

        No task group: when a connection breaks just as we are cancelled, one would swallow the cancellation.
        """
        try:
            async with self._client() as client:
                await self._subscribe(client)
                self._become(self.phone.joined(), None)
                await self._acknowledge(client)
                async for message in client.messages:
                    self._take(_received(message))
                    await self._acknowledge(client)
        except aiomqtt.MqttError as broken:
            return broken
        return None

    def _client(self) -> aiomqtt.Client:
        return self._connect(
            identifier=self._identifier,
            protocol=aiomqtt.ProtocolVersion.V5,
            clean_start=True,
            keepalive=10,
            timeout=_TIMEOUT_S,
        )

    async def _subscribe(self, client: aiomqtt.Client) -> None:
        granted = await client.subscribe([(topic, SubscribeOptions(qos=1)) for topic in self._filters])
        for code in granted:
            if isinstance(code, ReasonCode) and code.is_failure:
                raise aiomqtt.MqttError(f"it refused a subscription: {code}")

    def _take(self, received: Received) -> None:
        """One message: know it, tell it, owe its acknowledgement."""
        phone = self.phone.after(received)
        if self._acknowledges and phone.owed:
            event, seq = phone.owed.identity
            by = Mark(phone.owed.exercise, phone.owed.contact)
            self._owed.append(ack(by, self._identifier, event=event, seq=seq, what=WHAT, at_us=unix_us()))
        self._become(phone, received)

    async def _acknowledge(self, client: aiomqtt.Client) -> None:
        """Send what is owed. What does not arrive stays owed; what came before the connection broke is read first."""
        with suppress(aiomqtt.MqttError):
            while self._owed:
                message = self._owed[0]
                await client.publish(message.topic, message.payload, message.qos, properties=_properties(message))
                self._owed.popleft()
        _heed_cancellation()

    def _become(self, phone: Phone, received: Received | None) -> None:
        """Know something else from now on, and tell."""
        before, self.phone = self.phone, phone
        self._told(before, phone, received)


def _heed_cancellation() -> None:
    """Be cancelled if we were: `wait_for` of Python 3.11, inside aiomqtt, drops a cancellation that meets a result."""
    task = asyncio.current_task()
    if task and task.cancelling():
        raise asyncio.CancelledError


def _reason(lost: aiomqtt.MqttError | None) -> str:
    """Why a connection broke, without the library's numbers."""
    return "closed" if lost is None else str(lost.__cause__ or lost).rpartition("] ")[2] or "no answer"


def _received(message: aiomqtt.Message) -> Received:
    properties = tuple(getattr(message.properties, "UserProperty", ()))
    return Received(message.topic.value, message.payload, message.retain, properties, unix_us())


def _properties(message: Message) -> Properties:
    """The MQTT 5 properties of an acknowledgement for paho."""
    properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]  # paho leaves it untyped
    properties.UserProperty = list(message.properties)
    properties.MessageExpiryInterval = message.expiry_s
    properties.ContentType = message.content_type
    properties.PayloadFormatIndicator = 1
    return properties
