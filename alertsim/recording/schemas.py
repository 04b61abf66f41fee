"""Which JSON Schema describes a channel: a channel has one, though several kinds of event share a topic."""

from collections.abc import Callable, Mapping
from typing import Any, get_args

from alertsim.events import Event

SchemaOf = Callable[[str], Mapping[str, Any]]
"""The JSON Schema of the messages of one kind (`alert.raised`)."""

KINDS: tuple[str, ...] = tuple(kind.model_fields["kind"].default for kind in get_args(Event))
"""The kinds of event there are."""

ENDED = "exercise.state_changed"
"""The kind that may lie on the topic of any family: whatever stood is said to have ended with the exercise."""


def family(kind: str) -> str:
    """The first word of a kind: `alert` of `alert.raised`."""
    return kind.partition(".")[0]


def family_schema(name: str, schema_of: SchemaOf) -> dict[str, Any] | None:
    """Any of the kinds of a family, or the end of the exercise; None where there is no such family of events.

    Definitions are hoisted so that their `#/$defs/` references hold. `type: object` at the root and references inside
    only are what Foxglove asks of a schema (docs.foxglove.dev, "Custom schema encodings").
    """
    kinds = [kind for kind in KINDS if family(kind) == name]
    if not kinds:
        return None
    schemas = [dict(schema_of(kind)) for kind in dict.fromkeys([*kinds, ENDED])]
    definitions: dict[str, Any] = {}
    for schema in schemas:
        definitions |= schema.pop("$defs", {})
    return {"title": name, "type": "object", "anyOf": schemas, "$defs": definitions}
