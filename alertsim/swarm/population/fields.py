"""What the values of a population file are read into: shares that make up a whole, of areas and of operators."""

from collections.abc import Iterable
from typing import Annotated, Literal, NoReturn, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, WithJsonSchema, WrapValidator
from pydantic import ValidatorFunctionWrapHandler as Handler
from pydantic.json_schema import JsonSchemaValue

from alertsim.areas import find, top_level
from alertsim.scenario import Catalogue
from alertsim.scenario.document.wording import found, listed, unknown
from alertsim.scenario.fields import AreaName, Duration, Share, refused
from alertsim.times import DAY, SECOND, Millis, duration_text

MOST_AREAS = 200
"""All oblasts and raions together are fewer; each area is a group of subscribers in each cohort."""

_SLACK = 0.001
"""How far from 1 shares may sum: three thirds of 0.333 each are a whole."""

_LEAST, _MOST = 5 * SECOND, 65_535 * SECOND
"""Keep-alives: shorter ones measure the keep-alive; MQTT has no longer ones."""

_NAP = 100
"""Milliseconds; who wakes and sleeps faster than that does neither."""

Key = TypeVar("Key", bound=str)
Shares = dict[str, float]


def by_population() -> Shares:
    """The shares of the areas at the top by their population; those whose population is not known have none."""
    known = {area.id: area.population for area in top_level() if area.population}
    return {area: population / sum(known.values()) for area, population in known.items()}


def check_whole(shares: Iterable[float]) -> None:
    """Refuse shares that do not make up a whole."""
    total = sum(shares)
    if round(abs(total - 1), 9) > _SLACK:
        raise refused(f"expected shares that sum to 1, found {total:.4g}: change them, or add what is missing")


def _whole(given: dict[Key, float]) -> dict[Key, float]:
    check_whole(given.values())
    return given


def _areas(given: object, read: Handler) -> Shares:
    if given == {"by": "population"}:
        return by_population()
    if isinstance(given, dict) and "by" in given:
        raise refused(f"expected `by: population` alone, or areas with a share each, found {found(given)}")
    if isinstance(given, dict) and len(given) > MOST_AREAS:
        raise refused(f"expected {MOST_AREAS} areas or fewer, found {len(given):,}: name the larger areas around them")
    shares: Shares = read(given)
    if isinstance(given, dict) and len(shares) < len(given):
        _refuse_synonyms(given)
    return shares


def _refuse_synonyms(names: Iterable[str]) -> NoReturn:
    """Of two names of one area only the second would count."""
    first: dict[str, str] = {}
    same = next((first[find(name).id], name) for name in names if first.setdefault(find(name).id, name) != name)
    raise refused(
        f"`{same[0]}` and `{same[1]}` are one area, {find(same[0]).id}: keep one, with the sum of their shares"
    )


def _operators(given: object, read: Handler, info: ValidationInfo) -> Shares:
    if given == {"by": "market"}:
        catalogue, brands = _known(info)
        return catalogue.market(brands=brands)
    if isinstance(given, dict) and "by" in given:
        raise refused(f"expected `by: market` alone, or operators with a share each, found {found(given)}")
    shares: Shares = read(given)
    return shares


def _operator(given: str, info: ValidationInfo) -> str:
    catalogue, brands = _known(info)
    allowed = [name for name, operator in catalogue.operators.items() if brands or not operator.brand]
    if given in allowed:
        return given
    if given in catalogue.operators:
        names = listed(f"`{name}`" for name in allowed)
        raise refused(f"`{given}` is a real operator, and those belong to loads of historical scenarios: write {names}")
    raise refused(unknown("operator", given, allowed))


def _known(info: ValidationInfo) -> tuple[Catalogue, bool]:
    """The operators there are, and whether real ones may be named (context keys `catalogue`, `brands`)."""
    context: dict[str, object] = info.context or {}
    catalogue = context.get("catalogue")
    if not isinstance(catalogue, Catalogue):
        raise TypeError("a population is read by read_population")
    return catalogue, bool(context["brands"])


def _qos(given: object) -> object:
    if type(given) is not int or given not in range(3):
        raise refused(f"expected 0, 1 or 2, found {found(given)}")
    return given


def _keep_alive(given: Millis) -> Millis:
    if given % SECOND or not _LEAST <= given <= _MOST:
        raise refused(f"expected whole seconds, from 5s to 65535s, found {duration_text(given)}")
    return given


def _nap(given: Millis) -> Millis:
    if not _NAP <= given <= DAY:
        raise refused(f"expected a duration from 100ms to 24h, found {duration_text(given)}")
    return given


def _form(by: str, keys: str) -> JsonSchemaValue:
    """The schema of shares, taken from `by` or written out."""
    share = {"type": "number", "minimum": 0, "maximum": 1}
    taken = {"type": "object", "required": ["by"], "properties": {"by": {"const": by}}, "additionalProperties": False}
    written = {"type": "object", "properties": {"by": False}, "additionalProperties": share, "minProperties": 1}
    return {"description": f"`by: {by}`, or {keys} with shares that sum to 1", "anyOf": [taken, written]}


Areas = Annotated[
    dict[AreaName, Share],
    WrapValidator(_areas),
    AfterValidator(_whole),
    WithJsonSchema(_form("population", "names or ids of areas")),
]
Operators = Annotated[
    dict[Annotated[str, AfterValidator(_operator)], Share],
    WrapValidator(_operators),
    AfterValidator(_whole),
    WithJsonSchema(_form("market", "ids of operators")),
]
Networks = Annotated[dict[Literal["data", "fixed"], Share], AfterValidator(_whole)]
Qos = Annotated[int, BeforeValidator(_qos), WithJsonSchema({"enum": [0, 1, 2]})]
KeepAlive = Annotated[Duration, AfterValidator(_keep_alive)]
Nap = Annotated[Duration, AfterValidator(_nap)]
Speed = Annotated[int, Field(ge=1, le=1_000_000_000)]
