"""What is known of an exercise at one moment: values that a frame is drawn from and that never change."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

from alertsim.events import OperatorChanged, Text, Threat
from alertsim.live.networks import Network
from alertsim.live.spread import Spread
from alertsim.observations import EventAcknowledged, Line
from alertsim.times import Millis

Stage = Literal["alert", "pre_alert", "standing"]


@dataclass(frozen=True)
class Alert:
    """What stands in one area: an alert, a pre-alert, or an alert that stood long before; since when (scenario)."""

    area: str
    stage: Stage
    since: Millis
    threats: tuple[Threat, ...] = ()


@dataclass(frozen=True)
class Salvo:
    """All strikes with one weapon on one target. In the air: detected, and neither shot down nor arrived."""

    weapon: str
    target: str
    in_air: int = 0
    intercepted: int = 0
    impacted: int = 0


class Figure(NamedTuple):
    """One figure of the newest report, and what the report before that gave it said."""

    name: str
    old: int | None
    new: int


@dataclass(frozen=True)
class Incident:
    """The newest report of one incident. A figure it does not give is absent, never carried over."""

    area: str
    at: Millis
    text: Text
    figures: tuple[Figure, ...]
    reports: int


@dataclass(frozen=True)
class Acks:
    """What was heard from subscribers: how many of them, how many answers, the latest."""

    clients: int = 0
    count: int = 0
    latest: EventAcknowledged | None = None


@dataclass(frozen=True)
class Delivery:
    """How messages reach the broker. Times are Unix microseconds; `lost` is why the connection broke."""

    confirmed: int = 0
    waiting: int = 0
    oldest_us: int | None = None
    unsent: int = 0
    lost: str | None = None
    lost_us: int = 0
    degraded: tuple[str, ...] = ()


@dataclass(frozen=True)
class View:
    """What is known at one moment; nothing in it changes any more."""

    alerts: tuple[Alert, ...] = ()
    salvos: tuple[Salvo, ...] = ()
    incidents: tuple[Incident, ...] = ()
    operators: tuple[OperatorChanged, ...] = ()
    networks: tuple[Network, ...] = ()
    expiry_lifted: bool = False
    acks: Acks = Acks()
    delivery: Delivery = Delivery()
    spread: Spread | None = None
    last: tuple[Line, ...] = ()
