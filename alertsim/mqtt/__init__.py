"""MQTT 3.1.1 and 5 without a socket: bytes in, packets out, and back; for swarm, proxies and whoever speaks it.

`Reader` turns a stream into packets, `encode` packets into bytes, `Translator` one version into the other; the module
`frames` is for whoever has no time for packets.
"""

from alertsim.mqtt.aliases import Aliases
from alertsim.mqtt.codes import Kind, Reason, ReturnCode, Version
from alertsim.mqtt.decoding import decode
from alertsim.mqtt.encoding import encode
from alertsim.mqtt.faults import ProtocolError
from alertsim.mqtt.filters import filter_fault, matches, topic_fault
from alertsim.mqtt.packets import (
    Auth,
    Connack,
    Connect,
    Disconnect,
    Packet,
    Pingreq,
    Pingresp,
    Puback,
    Pubcomp,
    Publish,
    Pubrec,
    Pubrel,
    Suback,
    Subscribe,
    Subscription,
    Unsuback,
    Unsubscribe,
    Will,
)
from alertsim.mqtt.properties import NO_PROPERTIES, Properties
from alertsim.mqtt.reader import MAX_PACKET, Reader
from alertsim.mqtt.translation import Told, Translator, return_code

__all__ = [
    "MAX_PACKET",
    "NO_PROPERTIES",
    "Aliases",
    "Auth",
    "Connack",
    "Connect",
    "Disconnect",
    "Kind",
    "Packet",
    "Pingreq",
    "Pingresp",
    "Properties",
    "ProtocolError",
    "Puback",
    "Pubcomp",
    "Publish",
    "Pubrec",
    "Pubrel",
    "Reader",
    "Reason",
    "ReturnCode",
    "Suback",
    "Subscribe",
    "Subscription",
    "Told",
    "Translator",
    "Unsuback",
    "Unsubscribe",
    "Version",
    "Will",
    "decode",
    "encode",
    "filter_fault",
    "matches",
    "return_code",
    "topic_fault",
]
