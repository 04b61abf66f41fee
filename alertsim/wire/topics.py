"""Where each event goes: topic below the exercise's root, QoS, and whether it is kept for those who join late."""

from typing import NamedTuple, assert_never

from alertsim.events import (
    AlertAnnounced,
    AlertCancelled,
    AlertCleared,
    AlertRaised,
    AlertUpdated,
    BrokerFaulted,
    ClockTicked,
    Event,
    ExerciseStateChanged,
    ForeignRelayed,
    IncidentReported,
    InjectSent,
    NewsPublished,
    OperatorChanged,
    StrikeDetected,
    StrikeImpacted,
    StrikeIntercepted,
    StrikeLaunched,
    WarningRelayed,
)

STATE = "public/state"


class Address(NamedTuple):
    """The delivery of one event. What is retained is a state: a lease, renewed while the exercise lives."""

    topic: str
    qos: int = 1
    retain: bool = False


def address(event: Event) -> Address:  # noqa: C901 — one case a kind
    """Where `event` goes. Players read `public/`; what would spoil the exercise for them is under `control/`."""
    match event:
        case StrikeLaunched() | StrikeDetected() | StrikeIntercepted() | StrikeImpacted():
            return Address(f"control/strike/{event.strike}")
        case ExerciseStateChanged():
            return Address(STATE, retain=True)
        case ClockTicked():
            return Address("public/clock", qos=0)
        case AlertAnnounced() | AlertRaised() | AlertUpdated() | AlertCleared() | AlertCancelled():
            return Address(f"public/alert/{event.area}", retain=True)
        case WarningRelayed():
            return Address(f"public/channel/{event.channel}/alert/{event.area}")
        case IncidentReported():
            return Address(f"public/incident/{event.area.partition('/')[0]}/{event.incident}", retain=True)
        case NewsPublished():
            return Address("public/news")
        case InjectSent():
            side = "public" if event.audience == "all" else "control"
            return Address(f"{side}/inject/{event.audience}")
        case OperatorChanged():
            return Address(f"control/network/{event.operator}", retain=True)
        case BrokerFaulted():
            return Address("control/broker")
        case ForeignRelayed():
            return Address(f"foreign/{event.topic}", event.qos, event.retain)
        case _:
            assert_never(event)
