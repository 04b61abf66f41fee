"""The broker of an exercise: one we start and watch, or one that already runs on this machine."""

from alertsim.broker.opening import Broker, open_broker
from alertsim.broker.target import Target, parse_target

__all__ = ["Broker", "Target", "open_broker", "parse_target"]
