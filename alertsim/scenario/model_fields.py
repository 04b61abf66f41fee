"""Which fields may stand at a place of a document: read off the models themselves."""

from collections.abc import Sequence
from functools import cache
from types import NoneType
from typing import cast, get_args, get_origin

from pydantic import BaseModel


@cache
def _fields(model: type[BaseModel]) -> dict[str, object]:
    return {field.alias or name: field.annotation for name, field in model.model_fields.items()}


def fields_at(model: type[BaseModel], path: Sequence[str | int]) -> tuple[str, ...]:
    """The names of the fields at `path` of a document that `model` reads."""
    kind: object = model
    for step in path:
        kind = _inside(kind, step)
    return tuple(_fields(_only(kind)))


def _inside(kind: object, step: str | int) -> object:
    """What stands one step inside: a field of a model, an item of a list or a value of a mapping."""
    if get_origin(kind) is None:
        return _fields(_only(kind))[str(step)]
    first, *_, last = get_args(kind)
    return first if last is Ellipsis else last


def _only(kind: object) -> type[BaseModel]:
    """The model among what a field may be."""
    models = set(get_args(kind)) - {NoneType} or {kind}
    return cast("type[BaseModel]", models.pop())
