"""A phone's connection: subscribes, reconnects with back-off, hands over what comes, and acknowledges."""

import asyncio
import secrets
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress

import aiomqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from alertsim.clock import pause, unix_us
from alertsim.errors import BrokerError
from alertsim.subscriber.phone import Phone
from alertsim.subscriber.reading import Heard, Received
from alertsim.wire import Mark, Message, ack

WHAT = "received"
MOST_OWED = 1_000
"""How many acknowledgements wait for the broker; beyond that the oldest is dropped, for it expires first."""

_TIMEOUT_S = 5.0
_BACKOFF_S = (0.2, 5.0)

Told = Callable[[Phone, Phone, Received | None], None]
"""Takes what the phone knew, what it knows now, and the message that changed it (None for the connection)."""


class Receiver:
    """One phone at one broker. `phone` is what it knows right now; another thread may read it."""

    def __init__(
        self, host: str, port: int, *, identifier: str, filters: Sequence[str], acknowledges: bool, told: Told
    ) -> None:
        self.phone = Phone()
        self._address, self._identifier, self._filters = (host, port), identifier, filters
        self._acknowledges, self._told = acknowledges, told
        self._owed, self._owes = deque[Message](maxlen=MOST_OWED), asyncio.Event()

    async def run(self) -> None:
        """Receive until cancelled, over as many connections as it takes.

        Raises:
            BrokerError: the broker does not accept us in the first place.
        """
        backoff, host, port = _BACKOFF_S[0], *self._address
        while True:
            reason = await self._use_connection()
            if self.phone.connected:
                backoff = _BACKOFF_S[0]
            elif not self.phone.reason:
                raise BrokerError(f"the broker at mqtt://{host}:{port} does not accept us: {reason}")
            self._become(self.phone.lost(reason), None)
            await pause(backoff * (0.5 + secrets.randbelow(1000) / 1000))
            backoff = min(backoff * 2, _BACKOFF_S[1])

    async def _use_connection(self) -> str:
        """Use one connection until it breaks; returns why it did. What else goes wrong is not its to judge."""
        reason = ""
        try:
            async with self._client() as client:
                await self._subscribe(client)
                self._become(self.phone.joined(), None)
                async with asyncio.TaskGroup() as group:
                    group.create_task(self._listen(client), name="subscriber: listen")
                    group.create_task(self._acknowledge(client), name="subscriber: acknowledge")
        except aiomqtt.MqttError as broken:
            reason = _reason(broken)
        except ExceptionGroup as failed:
            first = failed.exceptions[0]
            if not isinstance(first, aiomqtt.MqttError):
                raise first from None
            reason = _reason(first)
        return reason

    def _client(self) -> aiomqtt.Client:
        return aiomqtt.Client(
            *self._address,
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

    async def _listen(self, client: aiomqtt.Client) -> None:
        """Messages in; ends with MqttError as soon as the socket drops."""
        async for message in client.messages:
            received = _received(message)
            phone = self.phone.after(received)
            if self._acknowledges and phone.owed:
                self._owe(phone.owed)
            self._become(phone, received)

    def _owe(self, heard: Heard) -> None:
        event, seq = heard.identity
        by = Mark(heard.exercise, heard.contact)
        self._owed.append(ack(by, self._identifier, event=event, seq=seq, what=WHAT, at_us=unix_us()))
        self._owes.set()

    async def _acknowledge(self, client: aiomqtt.Client) -> None:
        """One acknowledgement after the other; one that did not arrive goes first on the next connection."""
        while True:
            while self._owed:
                message = self._owed[0]
                await client.publish(message.topic, message.payload, message.qos, properties=_properties(message))
                with suppress(ValueError):  # it may have been dropped meanwhile
                    self._owed.remove(message)
            self._owes.clear()
            await self._owes.wait()

    def _become(self, phone: Phone, received: Received | None) -> None:
        """Know something else from now on, and tell."""
        before, self.phone = self.phone, phone
        self._told(before, phone, received)


def _reason(broken: aiomqtt.MqttError) -> str:
    """What the broker or the socket said, where the error has kept it."""
    return str(broken.__cause__ or broken) or "no answer"


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
