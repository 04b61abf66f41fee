"""A phone of an exercise: what it hears, what it knows, what it shows, and its connection to the broker."""

from alertsim.subscriber.phone import Exercise, Phone
from alertsim.subscriber.reading import Heard, Received, Refused, Withdrawn, read
from alertsim.subscriber.receive import Receiver
from alertsim.subscriber.rows import Row, Status, rows
from alertsim.subscriber.screen import Line, Tone, screen
from alertsim.subscriber.telling import as_json_lines, as_lines
from alertsim.subscriber.topics import filters
from alertsim.subscriber.words import BANNER

__all__ = [
    "BANNER",
    "Exercise",
    "Heard",
    "Line",
    "Phone",
    "Received",
    "Receiver",
    "Refused",
    "Row",
    "Status",
    "Tone",
    "Withdrawn",
    "as_json_lines",
    "as_lines",
    "filters",
    "read",
    "rows",
    "screen",
]
