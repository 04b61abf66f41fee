"""From plain data to a model: what pydantic finds wrong becomes one sentence at one line."""

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from alertsim.areas import romanise
from alertsim.errors import Problem
from alertsim.scenario.document.located import Located, Plain
from alertsim.scenario.document.source import Path
from alertsim.scenario.document.wording import found, hint, listed, nearest, short
from alertsim.scenario.fields import FORMS, NAME
from alertsim.scenario.model_fields import fields_at

Model = TypeVar("Model", bound=BaseModel)
Errors = Sequence[ErrorDetails]

_EXPECTED = {
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "string_type": "a text",
    "tuple_type": "a list",
    "dict_type": "names with a value each",
    "greater_than_equal": "{ge:,.16g} or more",
    "greater_than": "more than {gt:,.16g}",
    "less_than_equal": "{le:,.16g} or less",
    "string_too_short": "a text of {min_length} or more characters",
    "too_short": "a list of {min_length} or more",
    "too_long": "{max_length} or fewer of them",
}

_NAMES = frozenset({"threats", "areas", "cite", "play"})
"""Fields with lists of mere names."""

_STAGES = frozenset({"only_if", "unless"})


def validated(
    model: type[Model], data: object, context: Mapping[str, object] | None = None
) -> tuple[Model | None, Errors]:
    """The data as a model, or None and what is wrong. Nothing is converted: a number in quotes is a text."""
    try:
        return model.model_validate_json(json.dumps(data), strict=True, context=context), ()
    except ValidationError as error:
        return None, error.errors(include_url=False)


def salvaged(
    model: type[Model],
    data: Mapping[str, Plain],
    stand_ins: Mapping[str, Plain],
    *,
    one_by_one: Collection[str] = (),
    context: Mapping[str, object] | None = None,
) -> tuple[Model, Errors]:
    """The data as a model, whatever is wrong with it, and what that is.

    A field that is wrong is left out, or stands as in `stand_ins` if there must be one; of the fields `one_by_one`
    only the items that are wrong are left out.
    """
    whole, errors = validated(model, data, context)
    if whole is None:
        right = _right(data, {error["loc"][: 2 if error["loc"][0] in one_by_one else 1] for error in errors})
        whole = model.model_validate_json(json.dumps({**stand_ins, **right}), strict=True, context=context)
    return whole, errors


def _right(data: Mapping[str, Plain], wrong: Collection[Path]) -> Mapping[str, Plain]:
    """The data without the fields, and the items of fields, that are wrong."""
    return {
        name: {key: item for key, item in value.items() if (name, key) not in wrong}
        if isinstance(value, dict)
        else value
        for name, value in data.items()
        if (name,) not in wrong
    }


def problems(errors: Errors, model: type[BaseModel], at: Path, located: Located) -> Iterator[Problem]:
    """What is wrong with the value at `at`, in words; nothing more about what was refused already."""
    misspelt = set(_misspelt(errors, model))
    for error in errors:
        loc = _path(error)
        if located.ignores((*at, *loc)) or _follows(error, misspelt):
            continue
        key = loc != error["loc"] or error["type"] in {"missing", "extra_forbidden"}
        yield located.problem((*at, *loc), _sentence(error, model), key=key)


def _path(error: ErrorDetails) -> Path:
    """Where it is; pydantic adds `[key]` if it is the key there that is wrong."""
    loc = error["loc"]
    return loc[:-1] if loc[-1:] == ("[key]",) else loc


def _follows(error: ErrorDetails, misspelt: Collection[Path]) -> bool:
    """Whether it only follows from another: a field under another name, a list short of the items that are wrong."""
    match error["type"]:
        case "missing":
            return error["loc"] in misspelt
        case "too_short":
            return bool(len(error["input"]) >= error["ctx"]["min_length"])
        case _:
            return False


def _misspelt(errors: Errors, model: type[BaseModel]) -> Iterator[Path]:
    """The fields that are there under a name almost right: to call them missing too would say it twice."""
    for error in errors:
        if error["type"] == "extra_forbidden":
            *around, name = error["loc"]
            yield (*around, nearest(str(name), fields_at(model, around)) or "")


def _sentence(error: ErrorDetails, model: type[BaseModel]) -> str:
    loc, given, context = error["loc"], error["input"], error.get("ctx", {})
    match error["type"]:
        case "form":
            return str(context["message"])
        case "missing":
            return f"`{loc[-1]}` is missing: add it"
        case "extra_forbidden":
            known = hint(str(loc[-1]), fields_at(model, loc[:-1]))
            return f"unknown field `{short(str(loc[-1]))}`{known}{_text_cut(str(loc[-1]), given)}"
        case "model_type":
            return f"expected {_fields(fields_at(model, loc))}, found {found(given)}"
        case "string_pattern_mismatch":
            return f"expected {FORMS[context['pattern']]}, found {found(given)}{_as_name(context['pattern'], given)}"
        case "string_too_long":
            return f"expected a text of {context['max_length']:,} characters or fewer, found {len(given):,}"
        case "literal_error" | "enum":
            names = re.findall("[^', ]+", context["expected"].replace("' or '", "', '").replace("True", "true"))
            close = nearest(given, names) if isinstance(given, str) else None
            return f"expected {listed(names)}, found {found(given)}" + (f"; did you mean `{close}`?" if close else "")
        case kind:
            wanted = _EXPECTED.get(kind, "another value").format(**context)
            return f"expected {wanted}, found {found(given)}{_written(kind, str(loc[-1]), given)}"


def _text_cut(name: str, given: object) -> str:
    """A field without a value whose name has spaces is the rest of a text behind a comma."""
    return "; if it belongs to a text, put quotation marks around the text" if given is None and " " in name else ""


def _as_name(pattern: str, given: str) -> str:
    """A name that would do: `duty-officer` for `Duty officer`."""
    slug = re.sub("[^a-z0-9]+", "-", romanise(given[:63]).lower().replace("'", "")).strip("-")
    return f"; write `{slug}`" if pattern == NAME and slug else ""


def _written(kind: str, field: str, given: object) -> str:
    """The value as it is meant, where that is plain."""
    match kind, given:
        case "float_type", str() if percent := re.fullmatch(r"(\d{1,2}) ?%", given, re.ASCII):
            return f"; write {int(percent[1]) / 100:g}"
        case "less_than_equal", int() if given <= 100:
            return f"; write {given / 100:g}"
        case "tuple_type", str() if field in _NAMES and given:
            return f"; write [{short(given)}]"
        case "string_type", dict() if field in _STAGES and len(given) == 1:
            ((name, stage),) = given.items()
            return f"; write {short(str(name))}:{short(str(stage))}"
        case _:
            return ""


def _fields(names: Sequence[str]) -> str:
    """What may stand where only a mapping may, or a text."""
    return "a text, or `uk` and `en` with a text each" if names == ("uk", "en") else f"fields like {listed(names)}"
