"""What lies where in a recording: the names and the two values that writer and reader agree on."""

import json
from collections.abc import Mapping
from typing import Protocol, Self

from pydantic import Field

from alertsim.events import Frozen

METADATA = "alertsim"
"""The metadata record at the start: exercise, scenario, seed, version, …"""

SUMMARY = "alertsim.summary"
"""The metadata record at the end of a finished recording."""

OBSERVED = "observation/"
"""What was seen lies on `observation/<kind>`; every other topic lies below the root of the exercise."""

ASIDE = "mqtt/properties"
"""The side channel: how a message was sent, where its channel does not say it."""

CAPTURED = "captured"
"""Of a capture: the one channel of all topics that have no channel of their own name."""

CHAIN = "recording/chain"
"""The side channel on which the recording notes how its hash chain stands, as an `events.Seal`."""

RECOVERED = "alertsim.recovered"
"""The metadata record of a recording that was made of a damaged one: from which, and what is lost."""

SELF_NAMED: Mapping[str, str] = {"control/strike": "strike"}
"""Branches with one channel for all their topics, whose payloads name the topic's last level, and in which field."""


class Sendable(Protocol):
    """What the recorder needs to know of a `wire.Message`; an empty payload clears a retained topic."""

    @property
    def payload(self) -> bytes:
        """UTF-8 JSON, or nothing."""

    @property
    def qos(self) -> int:
        """0, 1 or 2."""

    @property
    def retain(self) -> bool:
        """Whether the broker keeps it for those who come later."""

    @property
    def expiry_s(self) -> int | None:
        """Message expiry interval, seconds."""

    @property
    def properties(self) -> tuple[tuple[str, str], ...]:
        """MQTT 5 user properties, in order."""


class Delivery(Frozen):
    """How a message was sent by MQTT. A channel's metadata give that of its first message, each value as JSON."""

    qos: int = Field(ge=0, le=2)
    retain: bool
    expiry_s: int | None = Field(ge=0, lt=2**32, description="message expiry interval, seconds")
    properties: tuple[tuple[str, str], ...] = Field(description="MQTT 5 user properties, in order")
    content_type: str | None = None
    payload_format: int | None = Field(None, ge=0, le=255, description="1: the payload is UTF-8")
    response_topic: str | None = None
    correlation_data: str | None = Field(None, description="Base64")

    def as_metadata(self) -> dict[str, str]:
        """The form channel metadata take: text to text."""
        return {
            name: json.dumps(value, ensure_ascii=False)
            for name, value in self.model_dump(mode="json", exclude_defaults=True).items()
        }

    @classmethod
    def from_metadata(cls, metadata: Mapping[str, str]) -> Self:
        """The inverse of `as_metadata`; ValueError when it is none of ours."""
        return cls.model_validate({name: json.loads(text) for name, text in metadata.items()})


class Aside(Delivery):
    """One record of the side channel: it comes right before its message, or, when `empty`, instead of it."""

    topic: str = Field(description="below the root of the exercise")
    kind: str
    seq: int = Field(ge=0, lt=2**63)
    empty: bool = Field(description="the payload was empty: a retained topic was cleared")

    def delivery(self) -> Delivery:
        """The part of it that any message has."""
        return Delivery(**{name: getattr(self, name) for name in Delivery.model_fields})


def branch(topic: str) -> str:
    """`control/strike` of `control/strike/s-1`, `public/incident` of `public/incident/UA-30/i-1`, `ack` of `ack/c`."""
    levels = topic.split("/")
    return "/".join(levels[:2] if levels[0] in {"public", "control"} else levels[:1])
