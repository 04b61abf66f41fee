"""A phone of an exercise: what it heard, what it shows, and its connection to the broker."""

from alertsim.subscriber.phone import Exercise, Phone, Row, Status
from alertsim.subscriber.reading import Reading, Received, Refused, Said, Withdrawn, read
from alertsim.subscriber.receive import Receiver
from alertsim.subscriber.screen import Line, Tone, screen
from alertsim.subscriber.telling import as_json_lines, as_lines
from alertsim.subscriber.topics import filters

__all__ = [
    "Exercise",
    "Line",
    "Phone",
    "Reading",
    "Received",
    "Receiver",
    "Refused",
    "Row",
    "Said",
    "Status",
    "Tone",
    "Withdrawn",
    "as_json_lines",
    "as_lines",
    "filters",
    "read",
    "screen",
]
