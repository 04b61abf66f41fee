"""What a broker says of itself: in its answer to a connection, and on `$SYS` where it has that."""

import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import aiomqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from alertsim.broker.client import Client, Door
from alertsim.broker.reading import heard, subscribe
from alertsim.clock import monotonic_s

EXPIRY_S = 300
"""The session expiry we ask for, to see whether it is granted."""

_MOST_S = 1.0
_VERSION, _CONNECTED = "$SYS/broker/version", "$SYS/broker/clients/connected"
_MOST_BYTES = 200


@dataclass(frozen=True)
class About:
    """What MQTT 5 lets a broker say; what it leaves unsaid has the meaning the standard gives it.

    `version` and `connected` (clients right now, ours among them) are None where there is no `$SYS` for us;
    `maximum_packet` in bytes, None: no limit; `keep_alive_s` None: what the client wishes.
    """

    version: str | None = None
    connected: int | None = None
    receive_maximum: int = 65_535
    maximum_qos: int = 2
    retain: bool = True
    wildcard: bool = True
    maximum_packet: int | None = None
    topic_aliases: int = 0
    keep_alive_s: int | None = None
    session_expiry_s: int = EXPIRY_S


async def ask_about(door: Door) -> About:
    """Ask a broker; two connections, at most about a second, nothing is published.

    The second connection, with the same client id, ends the session of the first. `$SYS` is asked for over that one,
    because rumqttd hangs up on it.

    Raises:
        RefusalError: it does not accept us.
    """
    identifier = f"alertsim-asks-about-{secrets.token_hex(4)}"
    welcome = await _welcome(door, identifier)
    version, connected = await _system(door, identifier)
    return About(
        version=version,
        connected=connected,
        receive_maximum=welcome.get("ReceiveMaximum", 65_535),
        maximum_qos=welcome.get("MaximumQoS", 2),
        retain=bool(welcome.get("RetainAvailable", 1)),
        wildcard=bool(welcome.get("WildcardSubscriptionAvailable", 1)),
        maximum_packet=welcome.get("MaximumPacketSize"),
        topic_aliases=welcome.get("TopicAliasMaximum", 0),
        keep_alive_s=welcome.get("ServerKeepAlive"),
        session_expiry_s=welcome.get("SessionExpiryInterval", EXPIRY_S),
    )


async def _welcome(door: Door, identifier: str) -> dict[str, int]:
    """The properties of CONNACK by their names in paho."""
    wished = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # paho leaves it untyped
    wished.SessionExpiryInterval = EXPIRY_S
    client = door.client(identifier=identifier, properties=wished)
    said = _overheard(client)
    async with client:
        return {name: value for each in said for name, value in vars(each).items() if isinstance(value, int)}


def _overheard(client: Client) -> Sequence[Properties]:
    """What will stand in CONNACK, which aiomqtt does not hand out."""
    paho, said = client._client, list[Properties]()  # noqa: SLF001 — the only way to it
    welcomed = paho.on_connect

    def on_connect(*arguments: Any) -> None:
        said.extend(each for each in arguments if isinstance(each, Properties))
        if welcomed:
            welcomed(*arguments)

    paho.on_connect = on_connect
    return said


async def _system(door: Door, identifier: str) -> tuple[str | None, int | None]:
    """The version and the number of clients as `$SYS` has them."""
    said = dict[str, str]()
    with suppress(aiomqtt.MqttError):  # no $SYS, or not for us
        async with door.client(identifier=identifier) as client:
            await subscribe(client, _VERSION, qos=0)
            await subscribe(client, _CONNECTED, qos=0)
            until_s = monotonic_s() + _MOST_S
            while len(said) < 2 and (news := await heard(client, until_s - monotonic_s())):
                said[news.topic] = news.payload[:_MOST_BYTES].decode(errors="replace").strip()
    connected = said.get(_CONNECTED, "")
    version = "".join(filter(str.isprintable, said.get(_VERSION, "")))
    return version or None, int(connected) if connected.isascii() and connected.isdigit() else None
