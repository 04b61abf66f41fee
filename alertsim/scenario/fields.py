"""The small types an author's values are read into: instants, durations, areas; each error says the form it wants."""

import re
from itertools import pairwise
from typing import Annotated, Literal, LiteralString

from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator, ValidationInfo, WithJsonSchema
from pydantic_core import PydanticCustomError

from alertsim import areas
from alertsim.events import AreaId
from alertsim.scenario.document.wording import found, short
from alertsim.times import DAY, DURATION_FORM, INSTANT_FORM, Millis, duration_text, parse_duration, parse_instant

EARLIEST, LATEST = parse_instant("1900-01-01T00:00:00+00:00")[0], parse_instant("2200-01-01T00:00:00+00:00")[0]
"""Times outside are slips of the pen; all within can be shown at any offset."""

LONGEST = Millis(3660 * DAY)
"""Ten years: the longest duration, and how long after its start a scenario may tell of anything."""

_NO_OFFSET = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?Z?", re.ASCII)
_OFFSET = "the offset is missing: a number like +02:00 at its end, in summer +03:00"


def refused(message: str) -> PydanticCustomError:
    """The error of a validator, a sentence that stands by itself."""
    plain: LiteralString = "{message}"
    return PydanticCustomError("form", plain, {"message": message})


def instant(given: object) -> Millis:
    """An absolute instant; ValueError says the form."""
    if not isinstance(given, str):
        raise refused(f"expected {INSTANT_FORM}, found {found(given)}")
    try:
        at, _ = parse_instant(short(given))
    except ValueError as error:
        message = f"{error}; {_OFFSET}" if _NO_OFFSET.fullmatch(given) else str(error)
        raise refused(message) from None
    return _sane(at, given)


def _sane(at: int, given: str) -> Millis:
    if not EARLIEST <= at <= LATEST:
        raise refused(f"expected a time between the years 1900 and 2200, found {found(given)}")
    return Millis(at)


def _instant(given: object, info: ValidationInfo) -> Millis:
    """An absolute instant, or `+duration` counted from the scenario's start (context key `start`)."""
    if isinstance(given, str) and given.startswith("+"):
        if not info.context:
            raise refused(f"expected {INSTANT_FORM}; nothing says from when on {found(given)} counts")
        return _sane(info.context["start"] + duration(given[1:]), given)
    try:
        return instant(given)
    except PydanticCustomError as error:
        raise refused(f"{error.message()}; or +00:12:30 from the start") from None


def duration(given: object) -> Millis:
    """A duration of at most ten years; ValueError says the form."""
    if not isinstance(given, str):
        raise refused(f"expected {DURATION_FORM}, found {found(given)}")
    try:
        length = parse_duration(short(given))
    except ValueError as error:
        raise refused(str(error)) from None
    if length > LONGEST:
        raise refused(f"expected a duration of ten years at most, found {found(given)}")
    return length


Quantiles = tuple[tuple[float, Millis], ...]
"""A distribution of durations: (percentile, duration), both rising, from 0 to 100; drawn linearly in between."""

_QUANTILES = "a duration like 30s, or percentiles from p0 to p100 like {p0: 8s, p50: 10s, p100: 15s}"
_PERCENTILE = re.compile(r"p(\d{1,3}(?:\.\d)?)", re.ASCII)


def quantiles(given: object) -> Quantiles:
    """One duration, or durations by percentile; ValueError says what is wrong with them."""
    if isinstance(given, str):
        length = duration(given)
        return (0.0, length), (100.0, length)
    if not isinstance(given, dict):
        raise refused(f"expected {_QUANTILES}, found {found(given)}")
    points = []
    for name, length in given.items():
        percentile = _PERCENTILE.fullmatch(name)
        if not percentile:
            raise refused(f"expected {_QUANTILES}, found {found(name)} among them")
        points.append((float(percentile[1]), duration(length)))
    points.sort()
    if not points or (points[0][0], points[-1][0]) != (0.0, 100.0):
        raise refused(f"expected {_QUANTILES}: the ends p0 and p100 belong to it")
    for (_, shorter), (percentile_, longer) in pairwise(points):
        if longer < shorter:
            raise refused(f"expected rising durations, found {duration_text(longer)} at p{percentile_:g}")
    return tuple(points)


def area(given: object) -> str:
    """The path of the area that is meant; ValueError lists the nearest."""
    if not isinstance(given, str):
        raise refused(f"expected the name or id of an area, as text, found {found(given)}")
    try:
        return areas.find(short(given)).id
    except areas.UnknownArea as error:
        raise refused(str(error)) from None


def count(given: object) -> int:
    """A whole number of people or things."""
    if type(given) is not int:
        raise refused(f"expected a whole number, found {found(given)}")
    return given


def _version(given: object) -> object:
    if type(given) is not int or given != 1:
        raise refused(f"expected 1, the version of this format, found {found(given)}")
    return given


def figure(given: object) -> int | float | str:
    """A number or a text, as a fact gives it."""
    if isinstance(given, bool) or not isinstance(given, int | float | str) or given != given:  # noqa: PLR0124 - NaN
        raise refused(f"expected a number or a text, found {found(given)}")
    return given


def one_line(given: str) -> str:
    """A text that is one line on any screen, and on the wire."""
    if not given.isprintable():
        raise refused(f"expected one line of printable text, found {found(given)}")
    return given


OneLine = Annotated[str, AfterValidator(one_line)]
Version = Annotated[Literal[1], BeforeValidator(_version)]
Start = Annotated[
    Millis,
    BeforeValidator(instant),
    WithJsonSchema(
        {
            "type": "string",
            "description": INSTANT_FORM,
            "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,3})?[+-]\d{2}:\d{2}$",
        }
    ),
]
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
    Millis, BeforeValidator(duration), WithJsonSchema({"type": "string", "description": DURATION_FORM})
]
AreaName = Annotated[
    AreaId,
    BeforeValidator(area),
    WithJsonSchema({"type": "string", "description": "an alert area: UA-30, an official id, or its name"}),
]
Distribution = Annotated[
    Quantiles,
    PlainValidator(quantiles),
    WithJsonSchema(
        {
            "description": _QUANTILES,
            "anyOf": [
                {"type": "string", "description": DURATION_FORM},
                {
                    "type": "object",
                    "required": ["p0", "p100"],
                    "patternProperties": {r"^p\d{1,3}(\.\d)?$": {"type": "string", "description": DURATION_FORM}},
                    "additionalProperties": False,
                },
            ],
        }
    ),
]
NAME = r"^[a-z0-9][a-z0-9-]{0,62}$"
CITATION = r"^[a-z0-9][a-z0-9.-]{0,62}$"
PARAGRAPH = r"^p[1-9][0-9]?$"
STAGE = r"^[a-z0-9][a-z0-9-]{0,62}:[a-z]+$"
FORMS = {
    NAME: "lower-case letters, digits and hyphens, starting with a letter or digit, at most 63",
    CITATION: "lower-case letters, digits, dots and hyphens, starting with a letter or digit, at most 63",
    STAGE: "an entry and what became of it, like raid:impacted",
    PARAGRAPH: "the paragraphs as p1, p2, p3 and so on, at most p99",
}
"""The patterns of names, in words."""

Name = Annotated[str, Field(pattern=NAME, description=FORMS[NAME])]
Citation = Annotated[str, Field(pattern=CITATION, description="the id of a fact, or article.pN for a paragraph")]
Stage = Annotated[str, Field(pattern=STAGE, description=FORMS[STAGE])]
Count = Annotated[int, Field(ge=1, le=10_000)]
Share = Annotated[float, Field(ge=0, le=1)]
