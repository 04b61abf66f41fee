"""Listens to a few topics of a broker: what it retains, and what changes."""

from dataclasses import dataclass

from paho.mqtt.subscribeoptions import SubscribeOptions

from alertsim.broker.client import Client
from alertsim.broker.refusal import RefusalError
from alertsim.clock import monotonic_s


@dataclass(frozen=True)
class News:
    """One message; `retained` is the flag it was published or kept with."""

    topic: str
    payload: bytes
    retained: bool


async def subscribe(client: Client, topic: str, qos: int = 1) -> None:
    """Subscribe, so that a live change tells whether it is retained; RefusalError where the broker does not let us."""
    granted = await client.subscribe(topic, options=SubscribeOptions(qos=qos, retainAsPublished=True))
    if any(code.is_failure for code in granted):
        raise RefusalError(f"the broker at {client.door.url} does not let our login read {topic}; its owner can")


async def heard(client: Client, patience_s: float, *, retained: bool = False) -> News | None:
    """The next message (with `retained`, the next such); None when patience is over and none is here."""
    until_s = monotonic_s() + patience_s
    while message := await client.hear(max(0.0, until_s - monotonic_s())):
        if message.retain or not retained:
            return News(message.topic.value, message.payload, message.retain)
    return None
