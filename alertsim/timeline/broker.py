"""Broker faults become two events each: the broker fails, the broker is to answer again."""

from collections.abc import Iterator
from typing import Literal

from alertsim.events import BrokerFault, BrokerFaulted
from alertsim.scenario import BrokerEntry
from alertsim.timeline.source import Source
from alertsim.times import Millis


def broker_events(entry: BrokerEntry) -> Iterator[BrokerFaulted]:
    """Onset and end of one fault; what is not said of a restart is that it keeps nothing."""
    failure = entry.broker
    keeps = bool(failure.persistence) if failure.fault is BrokerFault.RESTART else None

    def event(at: Millis, phase: Literal["began", "ended"]) -> BrokerFaulted:
        shared = Source(entry).at(at, phase)
        return BrokerFaulted(**shared, fault=failure.fault, phase=phase, persistence=keeps)

    yield event(entry.at, "began")
    yield event(entry.ends, "ended")
