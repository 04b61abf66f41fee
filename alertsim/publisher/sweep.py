"""Takes back what an exercise left retained at a broker: every topic is ended, then cleared."""

import asyncio
import json
from functools import partial

import aiomqtt
from paho.mqtt.packettypes import PacketTypes

from alertsim import areas
from alertsim.clock import unix_us
from alertsim.errors import BrokerError
from alertsim.events import AlertCancelled, ExerciseState, ExerciseStateChanged
from alertsim.observations import Played
from alertsim.publisher.connection import Connect, properties_of
from alertsim.times import Millis
from alertsim.wire import LAST_SEQ, STATE, Mark, Message, mark, retire
from alertsim.wire.message import MAX_TOPIC

_QUIET_S = 0.7
_MOST_S = 10.0
_ALERT = "public/alert/"


async def sweep(host: str, port: int, by: Mark, connect: Connect | None = None) -> int:
    """End and clear every retained topic of one exercise; how many there were. BrokerError when nobody answers.

    `connect` makes the client, where the address alone is not enough.
    """
    client = (connect or partial(aiomqtt.Client, host, port))(
        identifier=f"{by.root.replace('/', '-')}-clear",
        protocol=aiomqtt.ProtocolVersion.V5,
        clean_start=True,
        timeout=5,
    )
    try:
        async with client:
            retained = await _retained(client, f"{by.root}/#")
            for message in _closing(retained, by):
                await client.publish(
                    message.topic,
                    message.payload,
                    qos=1,
                    retain=True,
                    properties=properties_of(message, PacketTypes.PUBLISH),
                )
    except BrokerError:
        raise
    except (aiomqtt.MqttError, OSError) as error:
        raise BrokerError(f"cannot clear {by.exercise} at mqtt://{host}:{port}: {error}") from None
    return len(retained)


async def _retained(client: aiomqtt.Client, topics: str) -> dict[str, bytes]:
    """What the broker retains, by topic: everything that comes until nothing has come for a while."""
    found: dict[str, bytes] = {}
    await client.subscribe(topics, qos=1)
    messages = aiter(client.messages)
    try:
        async with asyncio.timeout(_MOST_S):
            while True:
                message = await asyncio.wait_for(anext(messages), _QUIET_S)
                topic = message.topic.value
                if message.retain and message.payload and _is_ours(topic.split("/", 2)[-1], topic):
                    found[topic] = message.payload
    except TimeoutError:
        return found


def _is_ours(below: str, topic: str) -> bool:
    """Whether a publisher of ours can have retained it: answers are a subscriber's, and no topic of ours is so long."""
    return not below.startswith("ack/") and len(topic.encode()) <= MAX_TOPIC


def _closing(retained: dict[str, bytes], by: Mark) -> list[Message]:
    """What takes `retained` back: open alerts are cancelled, the exercise has ended, everything is cleared."""
    now, moment = unix_us(), Millis(unix_us() // 1000)
    ended = ExerciseStateChanged(
        event="clear:ended", at=moment, entry="clear", state=ExerciseState.ENDED, reason="cleared after a crash"
    )
    last = Played(LAST_SEQ, now, now, ended)
    messages = []
    for topic, payload in sorted(retained.items()):
        area = topic.removeprefix(f"{by.root}/{_ALERT}")
        if _is_area(area) and _kind(payload) not in {"alert.cleared", "alert.cancelled"}:
            event = AlertCancelled(event=f"clear:cancelled:{area}", at=moment, entry="clear", area=area)
            messages.append(mark(Played(LAST_SEQ, now, now, event), by))
    if f"{by.root}/{STATE}" in retained:
        messages.append(mark(last, by))
    return [*messages, *retire(retained, last, by)]


def _is_area(area: str) -> bool:
    """Whether an alert there can be of our making; on any other topic it is only removed."""
    try:
        areas.by_id(area)
    except areas.UnknownArea:
        return False
    return True


def _kind(payload: bytes) -> str:
    try:
        return str(json.loads(payload)["kind"])
    except (ValueError, KeyError, TypeError):
        return ""
