"""Asks a broker elsewhere for its owner's consent, and goes on watching it: no other connection lives without."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import NoReturn

import aiomqtt
from structlog.typing import FilteringBoundLogger

from alertsim.broker.client import Client, Door, first_connection
from alertsim.broker.consent import HOW, TOPIC, Consent, read_consent
from alertsim.broker.keeping import kept_by
from alertsim.broker.permit import GRACE_S, Permit
from alertsim.broker.reading import heard, subscribe
from alertsim.broker.refusal import refusal
from alertsim.clock import pause, unix_us
from alertsim.errors import BrokerError

ANSWER_S = 2.0
"""How long a broker may take to hand out what it retains."""

_LOOK_S = 1.0
"""How often the wall clock is looked at: it may be set, and the machine may sleep."""
_ALIVE_S = 0.7
"""With a look each second and three seconds of doubt, whoever is cut off has left within five."""
_KEEPALIVE_S = 5
_AGAIN_S = 0.5
_NOT_AUTHORIZED = 0x87


@asynccontextmanager
async def consented(doors: Sequence[Door], clients: int, log: FilteringBoundLogger) -> AsyncIterator[Door]:
    """The first of `doors` that opens, for `clients` connections, as long as the owner of that broker consents.

    When the owner does not any more, `permit.over` tells; four seconds later whatever is still connected is cut, and
    the body is cancelled where it waits.

    Raises:
        BrokerError: no consent, or none any more.
    """
    watch = _Watch(doors, clients + 1, log)
    async with kept_by(watch.keep, name="consent"):
        yield watch.door


class _Watch:
    """The one connection that asks, tests and watches, made again when it breaks; `door` is what it has opened."""

    def __init__(self, doors: Sequence[Door], clients: int, log: FilteringBoundLogger) -> None:
        self.door = doors[0]
        self._doors, self._clients, self._log = tuple(doors), clients, log
        self._permit = Permit(free=False)
        self._identifier = f"alertsim-asks-for-consent-{secrets.token_hex(4)}"

    async def keep(self, ready: asyncio.Event) -> NoReturn:
        """Watch until the consent is over, then see everybody out."""
        reason = await self._until_over(ready)
        self._log.warning("the consent is over", broker=self.door.url, reason=reason)
        self._permit.end(reason)
        await pause(GRACE_S)
        self._permit.cut()
        raise BrokerError(reason)

    async def _until_over(self, ready: asyncio.Event) -> str:
        """Over as many connections as it takes; why it is over. BrokerError when there was no consent to begin with."""
        while True:
            try:
                await self._use_connection(ready)
            except aiomqtt.MqttError as lost:
                if not ready.is_set():
                    raise refusal(lost, self.door.target, self.door.access) from None
                self._permit.doubt()
                self._log.warning("the consent cannot be read; asking again", broker=self.door.url, why=str(lost))
            except BrokerError as refused:
                if not ready.is_set():
                    raise
                return str(refused)
            consent = self._permit.consent
            await pause(max(_AGAIN_S, 1 / consent.max_connects_per_s if consent else 0))

    async def _use_connection(self, ready: asyncio.Event) -> NoReturn:
        """Ask, test and watch over one connection. BrokerError when there is no consent, MqttError when it breaks."""
        async with first_connection(self._doors, identifier=self._identifier, keepalive=_KEEPALIVE_S) as client:
            self.door, self._doors = replace(client.door, permit=self._permit), (client.door,)
            document = await asked(client)
            consent = self._checked(document)
            document = await _not_ours_to_write(client, document)
            while True:
                consent = self._checked(document)
                self._permit.confirm(consent)
                ready.set()
                news = await heard(client, min(_LOOK_S, consent.left_s(unix_us())))
                document = news.payload if news and news.retained else await _asked_again(client)

    def _checked(self, document: bytes) -> Consent:
        """The consent of a document, which must cover us."""
        if self._permit.consent and not document:
            raise BrokerError(f"the owner of the broker at {self.door.url} has withdrawn the consent: everybody leaves")
        consent = read_at(self.door, document)
        if objection := consent.objection(self._clients, unix_us()):
            raise BrokerError(f"{self.door.url}: {objection}")
        return consent


async def asked(client: Client) -> bytes:
    """The document retained at a broker; empty where there is none."""
    await subscribe(client, TOPIC)
    found = await heard(client, ANSWER_S, retained=True)
    return found.payload if found else b""


async def _asked_again(client: Client) -> bytes:
    """The document that is retained now: who only listens hears nothing on a connection that is dead without a word.

    MqttError where the broker does not answer in time.
    """
    try:
        async with asyncio.timeout(_ALIVE_S):
            await subscribe(client, TOPIC)
    except TimeoutError:
        raise aiomqtt.MqttError("no answer") from None
    found = await heard(client, ANSWER_S, retained=True)
    return found.payload if found else b""


def read_at(door: Door, document: bytes) -> Consent:
    """What its owner consents to; BrokerError says what is missing and who gives it."""
    if not document:
        raise BrokerError(f"{door.url} is another machine, and nobody there has consented to an exercise; {HOW}")
    try:
        return read_consent(document)
    except ValueError as error:
        raise BrokerError(f"{door.url}: the consent on {TOPIC} cannot be read ({error}); {HOW}") from None


async def _not_ours_to_write(client: Client, document: bytes) -> bytes:
    """Refuse a broker that lets our own login write its consent; the document as it stands after the test.

    The test is to publish the very bytes that stand there, not retained. Only the answer "not authorized" will do, and
    only where the bytes do not come back to us: a broker may say no and pass them on.
    """
    verdict = await client.try_to_publish(TOPIC, document, qos=1)
    await subscribe(client, TOPIC)  # a round trip: what was passed on is here after it
    while news := await heard(client, 0):
        if not news.retained and news.payload == document:
            verdict = None
        document = news.payload if news.retained else document
    if verdict is None or verdict.value != _NOT_AUTHORIZED:
        raise BrokerError(
            f"{client.door.url}: our own login may write {TOPIC}, or the broker does not say that it may not, so a "
            "consent there proves nothing; its owner must let our login read that topic only (an ACL)"
        )
    return document
