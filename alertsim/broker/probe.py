"""Looks around at a broker of this machine before an exercise publishes there: is it in use, or a door to elsewhere?"""

import secrets
from collections.abc import Callable
from contextlib import suppress

import aiomqtt

from alertsim.broker.client import Client, Door
from alertsim.broker.reading import heard, subscribe
from alertsim.clock import monotonic_s

QUIET_S = 0.15
"""What a broker retains comes right after it has confirmed a subscription; after this much silence it was all."""
MOST_S = 0.4
MOST_FOUND = 3

_OURS = ("exercise/", "test/", "alertsim-consent/")
_BRIDGES = "$SYS/broker/connection/"
"""Where mosquitto says, retained, that a bridge of its own or to it is up or down."""


async def look_around(door: Door) -> tuple[str, ...]:
    """What speaks against an exercise there, each in a few words; nothing is published, and it takes under a second.

    Brokers that do not show `#` or `$SYS` (rumqttd hangs up on `$SYS`) have nothing to hide from us there.

    Raises:
        RefusalError: it does not accept us at all.
    """
    found: list[str] = []
    async with door.client(identifier=f"alertsim-looks-around-{secrets.token_hex(4)}") as client:
        with suppress(aiomqtt.MqttError):
            topics = await _retained(client, "#", lambda topic: not topic.startswith((*_OURS, "$")))
            found += [f"the retained topic {topic!r}" for topic in topics]
            bridges = await _retained(client, f"{_BRIDGES}+/state", lambda topic: topic.startswith(_BRIDGES))
            found += [f"the bridge {topic.removeprefix(_BRIDGES).partition('/')[0]!r}" for topic in bridges]
    return tuple(found)


async def _retained(client: Client, topics: str, wanted: Callable[[str], bool]) -> list[str]:
    """The first few retained topics that are wanted."""
    found: list[str] = []
    await subscribe(client, topics, qos=0)
    until_s = monotonic_s() + MOST_S
    while len(found) < MOST_FOUND and monotonic_s() < until_s and (news := await heard(client, QUIET_S, retained=True)):
        if news.payload and wanted(news.topic) and news.topic not in found:
            found.append(news.topic)
    return found
