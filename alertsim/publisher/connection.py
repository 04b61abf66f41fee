"""How the client library is used: who makes its clients, and a message's properties; its own log is silent."""

import logging
from collections.abc import Callable

import aiomqtt
from paho.mqtt.properties import Properties

from alertsim.wire import Message

Connect = Callable[..., aiomqtt.Client]
"""Makes a client from the options of `aiomqtt.Client`, the address left out: a broker's own adds TLS and login."""

logging.getLogger("mqtt").addHandler(logging.NullHandler())  # a broken connection is told by whoever lost it


def properties_of(message: Message, packet: int) -> Properties:
    """The message's MQTT 5 properties for paho."""
    properties = Properties(packet)  # type: ignore[no-untyped-call]  # paho leaves it untyped
    properties.UserProperty = list(message.properties)
    if message.expiry_s is not None:
        properties.MessageExpiryInterval = max(1, message.expiry_s)
    if message.content_type is not None:
        properties.ContentType = message.content_type
        properties.PayloadFormatIndicator = 1
    return properties
