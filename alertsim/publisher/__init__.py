"""Marked messages to a broker: in order per topic, across reconnects, with leases, and never after a termination."""

from alertsim.publisher.outbox import Letter, Outbox
from alertsim.publisher.publish import Publisher
from alertsim.publisher.sweep import sweep

__all__ = ["Letter", "Outbox", "Publisher", "sweep"]
