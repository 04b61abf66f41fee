"""The only door out: events become MQTT messages here, and none leaves without the exercise mark."""

from alertsim.wire.comparable import Comparable, comparable
from alertsim.wire.headlines import headline
from alertsim.wire.marking import LAST_SEQ, LEASE_S, Mark, ack, clear, lifted, mark, retire, will, withdrawal
from alertsim.wire.message import Message
from alertsim.wire.payload import schema
from alertsim.wire.topics import STATE, Address, address

__all__ = [
    "LAST_SEQ",
    "LEASE_S",
    "STATE",
    "Address",
    "Comparable",
    "Mark",
    "Message",
    "ack",
    "address",
    "clear",
    "comparable",
    "headline",
    "lifted",
    "mark",
    "retire",
    "schema",
    "will",
    "withdrawal",
]
