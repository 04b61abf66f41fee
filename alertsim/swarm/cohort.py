"""Subscribers that are alike: what they are, on whose network, how they behave, and what they listen to."""

from dataclasses import dataclass
from typing import Literal

Device = Literal["phone", "poller", "siren", "gateway"]
"""A phone; a client that connects now and then; the controller of a siren; a system that passes alerts on."""

Network = Literal["", "data", "fixed"]
"""The operator's service that MQTT rides on; empty: none whose outage would be felt."""


@dataclass(frozen=True)
class Cohort:
    """Behaviour and reporting. `name` is unique in a plan; `operator` the id whose coverage they need, or empty.

    `asleep_s` above 0: connected for `awake_s`, then gone (with a DISCONNECT) for `asleep_s`, each at its own phase.
    `reads_per_s` above 0: reads so many bytes a second and no more. Not `acks`: leaves QoS 1 and 2 unanswered.
    """

    name: str
    operator: str = ""
    network: Network = ""
    device: Device = "phone"
    qos: int = 1
    persistent: bool = False
    keep_alive_s: int = 60
    awake_s: float = 0.0
    asleep_s: float = 0.0
    reads_per_s: int = 0
    acks: bool = True


@dataclass(frozen=True)
class Group:
    """`subscribers` of the cohort number `cohort`, all with the same topic filters; `area` is where they are."""

    cohort: int
    filters: tuple[str, ...]
    subscribers: int
    area: str = ""
