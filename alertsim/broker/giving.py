"""For the owner of a broker: puts the consent there, looks at it, takes it back; with the owner's own login."""

import math
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiomqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from alertsim.broker.access import Access
from alertsim.broker.asking import asked
from alertsim.broker.client import Client, first_connection
from alertsim.broker.consent import TOPIC, Consent
from alertsim.broker.opening import doors_of
from alertsim.broker.refusal import RefusalError
from alertsim.broker.target import Target
from alertsim.clock import unix_us
from alertsim.errors import BrokerError

_LONGEST_S = 2**32 - 1
"""MQTT counts seconds in 32 bits; a consent that holds longer is looked at by its `until` all the same."""


async def give(target: Target, access: Access, consent: Consent) -> None:
    """Retain a consent at a broker, as long as it holds; BrokerError where it does not stand there afterwards."""
    async with _owner(target, access) as client:
        expiry = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]  # paho leaves it untyped
        expiry.MessageExpiryInterval = min(max(1, math.ceil(consent.left_s(unix_us()))), _LONGEST_S)
        document = consent.document()
        await _write(client, document, expiry)
        if await asked(client) != document:
            raise BrokerError(f"the broker at {target.url} did not keep the consent: does it retain messages?")


async def given(target: Target, access: Access) -> bytes:
    """The document that stands at a broker; empty where there is none."""
    async with _owner(target, access) as client:
        return await asked(client)


async def withdraw(target: Target, access: Access) -> None:
    """Take a consent back; every alertsim there ends its exercise and has left after five seconds."""
    async with _owner(target, access) as client:
        await _write(client, b"", None)


async def _write(client: Client, document: bytes, properties: Properties | None) -> None:
    try:
        await client.publish(TOPIC, document, qos=1, retain=True, properties=properties)
    except RefusalError:
        raise BrokerError(
            f"the broker at {client.door.url} does not let this login write {TOPIC}: use the owner's login"
        ) from None


@asynccontextmanager
async def _owner(target: Target, access: Access) -> AsyncIterator[Client]:
    identifier = f"alertsim-consent-of-the-owner-{secrets.token_hex(4)}"
    try:
        async with first_connection(await doors_of(target, access), identifier=identifier) as client:
            yield client
    except BrokerError:
        raise
    except aiomqtt.MqttError as error:
        raise BrokerError(f"the broker at {target.url} went away: {error}") from None
