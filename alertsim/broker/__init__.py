"""The broker of an exercise: one we start and watch, or one that somebody runs, here or elsewhere with consent."""

from alertsim.broker.access import ANONYMOUS, Access
from alertsim.broker.consent import Consent, read_consent
from alertsim.broker.opening import Broker, Confirm, nobody_confirms, open_broker
from alertsim.broker.target import Target, parse_target

__all__ = [
    "ANONYMOUS",
    "Access",
    "Broker",
    "Confirm",
    "Consent",
    "Target",
    "nobody_confirms",
    "open_broker",
    "parse_target",
    "read_consent",
]
