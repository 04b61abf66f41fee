"""The form of a scenario file as a JSON Schema, so that an editor can help while it is written."""

from pydantic.json_schema import JsonSchemaValue, models_json_schema

from alertsim.scenario.model import ENTRY_KINDS, Header

_TEXT = {"type": "string", "minLength": 1, "maxLength": 2000}
_TEXTS = {
    "description": "a text that stands for both languages, or `uk` and `en` with one each",
    "anyOf": [
        _TEXT,
        {"type": "object", "properties": {"uk": _TEXT, "en": _TEXT}, "additionalProperties": False, "minProperties": 1},
    ],
}


def schema() -> JsonSchemaValue:
    """The schema (draft 2020-12): a header, and entries of exactly one kind each.

    It says what can be said of each field by itself; how fields fit together, and whether names are known, only
    `parse` can say.
    """
    models = [Header, *ENTRY_KINDS.values()]
    _, whole = models_json_schema([(model, "validation") for model in models], ref_template="#/$defs/{model}")
    definitions = _plain(whole["$defs"])
    definitions["Text"] = _TEXTS
    header = definitions.pop("Header")
    entries = [{"$ref": f"#/$defs/{model.__name__}"} for model in ENTRY_KINDS.values()]
    header["properties"]["events"] = {"type": "array", "maxItems": 20_000, "items": {"oneOf": entries}}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A scenario of alertsim",
        **header,
        "$defs": definitions,
    }


def _plain(given: JsonSchemaValue) -> JsonSchemaValue:
    """Without titles, which only repeat names, and defaults, which are those of the models, not of the file."""
    return {
        name: _plain(inside) if isinstance(inside, dict) else inside
        for name, inside in given.items()
        if not (name == "default" or (name == "title" and isinstance(inside, str)))
    }
