"""A message's MQTT 5 properties in the form the client library takes; its own log is silent."""

import logging

from paho.mqtt.properties import Properties

from alertsim.wire import Message

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
