"""The small types an author's values are read into: instants, durations, areas; each error says the form it wants."""

from typing import Annotated

from pydantic import BeforeValidator, Field, ValidationInfo, WithJsonSchema
from pydantic_core import PydanticCustomError

from alertsim import areas
from alertsim.events import AreaId
from alertsim.times import DURATION_FORM, INSTANT_FORM, Millis, parse_duration, parse_instant


def _instant(given: object, info: ValidationInfo) -> Millis:
    """An absolute instant, or `+duration` counted from the scenario's start (context key `start`)."""
    if not isinstance(given, str):
        raise PydanticCustomError("instant", f"expected {INSTANT_FORM}, found {given!r}")
    try:
        if not given.startswith("+"):
            return parse_instant(given)[0]
        if not info.context or "start" not in info.context:
            raise PydanticCustomError("instant", f"expected {INSTANT_FORM}; a relative time needs a start")
        return Millis(info.context["start"] + parse_duration(given[1:]))
    except ValueError as error:
        raise PydanticCustomError("instant", f"{error}; or +00:12:30 from the start") from None


def _duration(given: object) -> Millis:
    if not isinstance(given, str):
        raise PydanticCustomError("duration", f"expected {DURATION_FORM}, found {given!r}")
    try:
        return parse_duration(given)
    except ValueError as error:
        raise PydanticCustomError("duration", str(error)) from None


def _area(given: object) -> str:
    if not isinstance(given, str):
        raise PydanticCustomError("area", f"expected the name or id of an area, as text, found {given!r}")
    try:
        return areas.find(given).id
    except areas.UnknownArea as error:
        raise PydanticCustomError("area", str(error)) from None


Instant = Annotated[
    Millis,
    BeforeValidator(_instant),
    WithJsonSchema(
        {
            "type": "string",
            "description": f"{INSTANT_FORM}, or +00:12:30 from the start",
            "pattern": r"^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,3})?[+-]\d{2}:\d{2}|\+.+)$",
        }
    ),
]
Duration = Annotated[
    Millis, BeforeValidator(_duration), WithJsonSchema({"type": "string", "description": DURATION_FORM})
]
AreaName = Annotated[
    AreaId,
    BeforeValidator(_area),
    WithJsonSchema({"type": "string", "description": "an alert area: UA-30, an official id, or its name"}),
]
Name = Annotated[
    str,
    Field(
        pattern=r"^[a-z0-9][a-z0-9-]{0,62}$",
        description="lower-case letters, digits and hyphens, starting with a letter or digit, at most 63",
    ),
]
Citation = Annotated[
    str, Field(pattern=r"^[a-z0-9][a-z0-9.-]{0,62}$", description="the id of a fact, or article.pN for a paragraph")
]
Count = Annotated[int, Field(ge=1, le=10_000)]
Share = Annotated[float, Field(ge=0, le=1)]
