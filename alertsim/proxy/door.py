"""Where a proxy listens and for whom: a frozen value that goes to its process as JSON."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Door:
    """An operator's door on 127.0.0.1: at the first free `port` from this one on, 0: any; to a broker's address.

    `exact`: at that very port or not at all.
    `prefix`: what the client ids of an exercise begin with, and a client's name does not. `translates`: the broker
    speaks MQTT 5 alone, and 3.1.1 is to be told to it. `packets`: packet rules may come later, so everybody's packets
    are read; otherwise rules concern those who connect while there are some. `max_inflight`: the broker's limit of
    unanswered messages, where it is known.
    """

    name: str
    port: int
    host: str
    broker_port: int
    exact: bool = False
    prefix: str = ""
    translates: bool = False
    packets: bool = False
    max_inflight: int = 0
