"""The body of a message: UTF-8 JSON whose first fields are the mark; and its JSON Schema, from the same models.

The order of fields is part of the contract: `intended_us` first, sixteen digits, so that a subscriber reads it without
parsing JSON; then `status`, `exercise`, `v`, `event`, `seq`, `kind`, `at`, the event's own fields, `headline`.
"""

from functools import cache
from typing import Any, Literal, get_args

from pydantic import Field, create_model
from pydantic_core import to_json

from alertsim.events import Event, Frozen, Text, fields

VERSION = 1

Status = Literal["Exercise", "Test"]
"""There is no `Actual`: no type of ours has one."""

KINDS: dict[str, type[Frozen]] = {model.model_fields["kind"].default: model for model in get_args(Event)}
"""Every kind of event and its model."""


class Envelope(Frozen):
    """What every message begins with."""

    intended_us: int = Field(ge=10**15, lt=10**16, description="when it was due, Unix microseconds, sixteen digits")
    status: Status
    exercise: str
    v: Literal[1] = 1
    event: str
    seq: int = Field(ge=0, description="rises with every event in the order of sending; the clock counts its own")
    kind: str
    at: str = Field(description="scenario time, RFC 3339 with offset")
    area_name: Text | None = None
    replay_of: str | None = None
    catch_up: Literal[True] | None = Field(None, description="it happened earlier; said again because it stands")
    headline: Text


class Acknowledgement(Frozen):
    """What a subscriber says on `ack/<client-id>`."""

    at_us: int
    status: Status
    exercise: str
    v: Literal[1] = 1
    event: str
    seq: int
    what: str = Field(max_length=60, description="received, sheltering, …")


def render(event: Event, *, envelope: dict[str, object], offset: int, extra: dict[str, object]) -> bytes:
    """The payload of `event`: the envelope's fields, the event's own, then `extra`; compact JSON."""
    own = fields(event, offset)
    return to_json(envelope | {"kind": own["kind"], "at": own["at"]} | own | extra, exclude_none=True)


@cache
def schema(kind: str) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of the payload of one kind of event: the envelope, then what the event adds."""
    model = KINDS[kind]
    own = {
        name: (info.annotation, info)
        for name, info in model.model_fields.items()
        if name not in Envelope.model_fields or name == "kind"
    }
    added: dict[str, Any] = own
    return create_model(f"{model.__name__}Message", __base__=Envelope, **added).model_json_schema()
