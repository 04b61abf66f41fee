"""The flat form of a recording, for tables and queries: one row a line, each column with its type and its meaning."""

from base64 import b64encode
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from alertsim.observations import AlertReached, CohortReached, EventSkipped, Observation
from alertsim.recording.read import Recorded
from alertsim.times import parse_instant

Type = Literal["text", "int", "bool", "pairs", "cohorts", "json"]
"""`pairs`: a list of two texts each. `cohorts`: a list of records. `json`: an object, in Parquet its text."""

Row = Mapping[str, Any]
"""One line by column; what it does not have is None, and `payload` are the bytes as recorded."""


class Column(NamedTuple):
    """One column, and what is in it."""

    name: str
    type: Type
    meaning: str


COLUMNS: tuple[Column, ...] = (
    Column("line", "int", "number of the line in the recording, from 1"),
    Column("what", "text", "message or observation"),
    Column("kind", "text", "alert.raised, event.published, …"),
    Column("topic", "text", "below the root of the exercise, or observation/<kind>"),
    Column("seq", "int", "rises with every message; the clock and observations count their own"),
    Column("at_ms", "int", "scenario time of a message, or of an event passed over, Unix milliseconds"),
    Column("due_us", "int", "when it was due, Unix microseconds; of an observation when it was made"),
    Column("actual_us", "int", "when it was handed on, Unix microseconds"),
    Column("intended_us", "int", "what the payload gives as its due time, Unix microseconds"),
    Column("event", "text", "id of the event it is, or speaks of"),
    Column("entry", "text", "scenario entry or command it comes from"),
    Column("about_seq", "int", "seq of the message an observation speaks of"),
    Column("about_topic", "text", "topic of the message an observation speaks of"),
    Column("area", "text", "alert area; of a strike its target"),
    Column("operator", "text", "mobile operator"),
    Column("strike", "text", "strike it is part of"),
    Column("incident", "text", "incident it reports"),
    Column("state", "text", "state of the exercise"),
    Column("reason", "text", "why: of an end, a drop, a loss, a refusal"),
    Column("client", "text", "subscriber that answered"),
    Column("catch_up", "bool", "it had happened earlier and was said again because it stood"),
    Column("qos", "int", "0, 1 or 2"),
    Column("retain", "bool", "whether the broker keeps it"),
    Column("expiry_s", "int", "message expiry interval, seconds"),
    Column("properties", "pairs", "MQTT 5 user properties, in order"),
    Column("content_type", "text", "MQTT 5 content type, of a capture"),
    Column("payload_format", "int", "MQTT 5 payload format indicator, of a capture; 1 is UTF-8"),
    Column("response_topic", "text", "MQTT 5 response topic, of a capture"),
    Column("correlation_data", "text", "MQTT 5 correlation data in Base64, of a capture"),
    Column("payload_base64", "text", "captured bytes that are no JSON object, in Base64"),
    Column("bytes", "int", "length of the payload, or of the observation"),
    Column("cohorts", "cohorts", "of alert.reached: the counts of each cohort"),
    Column(
        "payload", "json", "all of it, as recorded; null where a retained topic was cleared, or it is in payload_base64"
    ),
)
"""In their order. What has no column of its own is in `payload`."""

COHORT: tuple[str, ...] = CohortReached._fields
"""The fields of a cohort; the first two are texts, the others counts or microseconds."""

_NOTHING: Row = dict.fromkeys(column.name for column in COLUMNS)
_SAME = ("event", "entry", "operator", "strike", "incident", "state", "reason")


def row(line: Recorded, number: int) -> Row:
    """The row of one line, the `number`th of its recording."""
    sent = line.delivery.model_dump() if line.delivery else {}
    return {
        **_NOTHING,
        **(_said(line.of) if isinstance(line.of, dict) else _seen(line.of) if line.of else {}),
        **sent,
        "line": number,
        "what": "message" if sent else "observation",
        "kind": line.kind,
        "topic": line.topic,
        "seq": line.seq,
        "due_us": line.due_us,
        "actual_us": line.actual_us,
        "bytes": len(line.data),
        "payload": line.data if line.of is not None else None,
        "payload_base64": b64encode(line.data).decode() if line.of is None and line.data else None,
    }


def _said(payload: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a message's payload; a field of another type than ours is in `payload` alone."""
    found = {name: payload.get(name) for name in _SAME} | {"area": payload.get("area", payload.get("target"))}
    own = {name: value for name, value in found.items() if isinstance(value, str)}
    intended = payload.get("intended_us")
    known = type(intended) is int and 0 <= intended < 2**63
    return own | {
        "at_ms": _instant(payload.get("at")),
        "intended_us": intended if known else None,
        "catch_up": payload.get("catch_up") is True,
    }


def _instant(text: object) -> int | None:
    try:
        return parse_instant(text)[0] if isinstance(text, str) else None
    except ValueError:
        return None


def _seen(seen: Observation) -> dict[str, Any]:
    """The columns of an observation; of an event passed over, those it would have had."""
    if isinstance(seen, EventSkipped):
        return _said(seen.skipped.model_dump(mode="json")) | {"at_ms": seen.skipped.at}
    about = {"about_seq": getattr(seen, "seq", None), "about_topic": getattr(seen, "topic", None)}
    own = {name: getattr(seen, name, None) for name in ("event", "reason", "client")}
    cohorts = [each._asdict() for each in seen.cohorts] if isinstance(seen, AlertReached) else None
    return own | about | {"at_ms": getattr(seen, "at", None), "cohorts": cohorts}
