"""Small recordings for tests: what an exercise of a few chunks leaves on disk."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from alertsim.observations import BrokerLost
from alertsim.recording import Recorder, Recording
from alertsim.wire.comparable import Comparable, comparable

METADATA = {"exercise": "night-1", "seed": "1", "contact": "черговий"}
ATTACHMENTS = {"scenario.yaml": b"alertsim: 1\n", "facts.yaml": b"facts: []\n" * 20}
MARKS = (("status", "Exercise"), ("exercise", "night-1"))
CHUNKS, PER_CHUNK = 4, 6


@dataclass(frozen=True)
class Sent:
    """A message as the recorder sees one; the real one can only be made by marking."""

    payload: bytes
    qos: int = 1
    retain: bool = True
    expiry_s: int | None = 180
    properties: tuple[tuple[str, str], ...] = MARKS


def says(kind: str, **more: object) -> bytes:
    """A payload."""
    return json.dumps({"kind": kind, **more}, ensure_ascii=False).encode()


def schema_of(kind: str) -> Mapping[str, Any]:
    """A payload has a kind, and a headline with a type of its own."""
    return {
        "type": "object",
        "properties": {"kind": {"const": kind}, "headline": {"$ref": "#/$defs/Text"}},
        "required": ["kind"],
        "$defs": {"Text": {"type": "object", "required": ["uk", "en"]}},
    }


def recorder(path: Path) -> Recorder:
    """A recorder that has started."""
    made = Recorder(path, schema_of=schema_of)
    made.start(METADATA, ATTACHMENTS)
    return made


def fill(made: Recorder) -> None:
    """Four chunks of six lines: two plain, one sent otherwise, one on a shared channel, a clear, an observation."""
    for n in range(0, CHUNKS * PER_CHUNK, PER_CHUNK):
        raised = Sent(says("alert.raised", n=n))
        times = {"due_us": 1_700_000_000_000_000 + n, "actual_us": 1_700_000_000_000_900 + n}
        made.message("public/alert/UA-30", raised, kind="alert.raised", seq=n, **times)
        made.message("public/alert/UA-32", raised, kind="alert.raised", seq=n + 1, **times)
        made.message("public/alert/UA-30", replace(raised, expiry_s=9), kind="alert.raised", seq=n + 2, **times)
        strike = Sent(says("strike.launched", n=n), retain=False)
        made.message(f"control/strike/s-{n}", strike, kind="strike.launched", seq=n + 3, **times)
        made.message("public/alert/UA-32", Sent(b""), kind="alert.cleared", seq=n + 4, **times)
        made.observe(BrokerLost(reason=f"cable {n}"), actual_us=times["actual_us"], seq=n)
        made.flush()


def sent(recording: Recording) -> list[Comparable]:
    """Every message that a recording says was sent."""
    return [
        said
        for line in recording
        if line.delivery
        and (
            said := comparable(
                line.topic,
                line.data,
                qos=line.delivery.qos,
                retain=line.delivery.retain,
                properties=line.delivery.properties,
            )
        )
    ]
