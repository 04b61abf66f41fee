"""Why a proxy's connection ended: the names that progress counts under."""

from typing import Final

CLIENT_CLOSED: Final = "closed by the client"
BROKER_CLOSED: Final = "closed by the broker"
CLIENT_LOST: Final = "lost on the client's side"
BROKER_LOST: Final = "lost on the broker's side"
NO_BROKER: Final = "the broker could not be reached"
NO_ANSWER: Final = "the broker gave no answer"
SILENT: Final = "no CONNECT came"
GARBAGE: Final = "no MQTT"
FULL: Final = "no room for more connections"
RESET: Final = "reset by the operator's conditions"
CLOSED: Final = "closed by the operator's conditions"
DROPPED: Final = "dropped by order"
STAGE: Final = "ended by the packet stage"

GREETING_REFUSED: Final = frozenset({SILENT, GARBAGE, FULL})
"""Those that never were let through to the broker."""
