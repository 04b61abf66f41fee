"""When two messages say the same: what is left when what may differ from one conduct to another is taken away.

Away go the exercise's id (in topic, payload and user properties), what names or dates this one sending (`intended_us`,
`seq`, `replay_of`, `original_us`, `chain`, expiry), and the number in the name of an event nobody wrote. Order is kept
by whoever compares sequences, so `seq` says nothing more.
"""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from pydantic_core import from_json

_OF_THIS_SENDING = ("intended_us", "exercise", "seq", "replay_of", "original_us", "chain")
_ROOT = re.compile(r"(?:exercise|test)/[a-z0-9][a-z0-9-]{2,63}/")
_LIVE = re.compile(r"live-\d+:")
_CLOCK = "clock.ticked"


class Comparable(NamedTuple):
    """A message as it is compared: `topic` below the root; `body` is the payload, or bytes that are no JSON object."""

    topic: str
    body: Mapping[str, Any] | bytes
    qos: int
    retain: bool
    properties: tuple[tuple[str, str], ...]


def comparable(
    topic: str, payload: bytes, *, qos: int, retain: bool, properties: tuple[tuple[str, str], ...]
) -> Comparable | None:
    """What is compared of a message; None of the clock, which is outside every claim. `topic` with or without root."""
    body = said(payload)
    if isinstance(body, dict):
        if body.get("kind") == _CLOCK:
            return None
        body = {name: value for name, value in body.items() if name not in _OF_THIS_SENDING}
        if "event" in body:
            body["event"] = _LIVE.sub("live:", str(body["event"]))
    kept = tuple((name, value) for name, value in properties if name != "exercise")
    return Comparable(_ROOT.sub("", topic, count=1) if _ROOT.match(topic) else topic, body, qos, retain, kept)


def said(payload: bytes) -> dict[str, Any] | bytes:
    """The fields of a payload that is a JSON object, else its bytes."""
    try:
        body = from_json(payload)
    except ValueError:
        return payload
    return body if isinstance(body, dict) else payload
