"""The schema of a scenario as editors want it: a description for every field, names they can complete."""

from collections.abc import Iterable, Mapping

from pydantic.json_schema import JsonSchemaValue

from alertsim import areas
from alertsim.scenario import Catalogue, schema

SCHEMA = "scenario.schema.json"
MODELINE = f"# yaml-language-server: $schema={SCHEMA}"
"""The first line of a scenario: VS Code's YAML extension, Neovim and others find the schema beside the file by it."""

_DRAFT = "http://json-schema.org/draft-07/schema#"
"""What every editor can read; nothing of ours needs a newer one."""

_FORMS = ("a duration like", "a time like", "an alert area", "lower-case letters")
"""How descriptions begin that say only how a value is written."""

_MEANINGS: Mapping[str, str] = {
    "basis": "historical: cited, with a facts.yaml beside this file; fictional: made up, without real operators",
    "title": "what the exercise is called, in Ukrainian and English",
    "exercise": "what kind of exercise this is, and who answers for it",
    "objectives": "what the exercise is meant to test",
    "start": "when the story begins; +00:12:30 counts from here",
    "seed": "which draws are made where something is left to chance; default 1",
    "chapters": "stretches of the story, each with a pace of its own, in order of time",
    "events": "what happens: strike, alert, incident, outage, broker, inject, news",
    "type": "what kind it is",
    "from": "when it begins; default: where the chapter before it ends",
    "Inject.from": "who seems to say it; default: simcell",
    "Inject.type": "contextual: it tells; expected_action: it asks; contingency: only if nobody has raised it yet",
    "Chapter.title": "what it is called, in Ukrainian and English",
    "until": "when it ends",
    "id": "its name: other entries and messages refer to it",
    "text": "what people read, in Ukrainian and English",
    "who": "who is expected to do it: players, or a role",
    "what": "what is expected: ack, or anything in words",
    "within": "how soon, in the time of the story, like 60s or 5m",
    "objective": "the objective it counts for",
    "expect": "what somebody should do when this happens, and by when",
    "at": "when it happens",
    "weapon": "a name from config/weapons.yaml",
    "count": "how many",
    "salvo": "weapons by type and number",
    "target": "the area it is aimed at: an area, never a point",
    "spread": "how far apart the first and the last arrival are",
    "outcome": "how it ended: intercepted and impacted make up the salvo",
    "intercepted": "how many were shot down",
    "impacted": "how many hit",
    "strike": "a salvo on one area",
    "alert": "an air-raid alert in one area, from siren to all-clear",
    "incident": "damage or casualties, as reports about it grow",
    "outage": "a mobile operator fails, and comes back step by step",
    "broker": "the broker of the exercise fails, and answers again",
    "inject": "a message from exercise control to players",
    "news": "what everybody may read",
    "area": "where",
    "cleared": "the all-clear",
    "threats": "what it warns of",
    "updates": "what changes later, in order of time",
    "casualties": "what this report says about people",
    "injured": "people injured, as this report has it",
    "hospitalised": "people in hospital, as this report has it",
    "killed": "people killed, as this report has it",
    "buildings": "buildings damaged",
    "districts": "city districts affected",
    "operator": "the operator that fails: operator-a, -b or -c; a real one in historical scenarios only",
    "onset": "how long it takes to fail",
    "up": "what share of each service is up, from 0.0 to 1.0",
    "spill_over": "what it does to other operators",
    "restoration": "the phases after the onset in order of time, mostly back up; one that goes down is a relapse",
    "over": "how long this step takes",
    "to": "all, or the role it is for",
    "expected_action": "what control hopes to see, in Ukrainian and English",
    "chance": "a share from 0.0 to 1.0",
    "by": "for how long",
    "late_clear": "an all-clear that is forgotten for a while",
}
"""Fields by name, or by kind and name, where the model says no more of them than their form."""


def editor_schema(catalogue: Catalogue) -> JsonSchemaValue:
    """The schema (draft-07): every field described, the names of areas, weapons and operators offered."""
    whole = schema()
    models = [whole, *whole["$defs"].values()]
    for kind, model in (("", whole), *whole["$defs"].items()):
        for name, field in model.get("properties", {}).items():
            form = field.get("description", "")
            if not form or form.startswith(_FORMS):
                field["description"] = "; ".join(
                    filter(None, (_MEANINGS.get(f"{kind}.{name}", _MEANINGS.get(name)), form))
                )
    _offer(models, ("target", "area"), (area.id for area in areas.top_level()))
    _offer(models, ("weapon",), catalogue.weapons)
    _offer(models, ("operator",), catalogue.operators)
    _offer(models, ("start",), ["2026-03-01T21:00:00+02:00"])
    return whole | {"$schema": _DRAFT}


def _offer(models: Iterable[JsonSchemaValue], fields: Iterable[str], values: Iterable[str]) -> None:
    """Values that an editor proposes; any other is as good."""
    examples = list(values)
    for model in models:
        for name in fields:
            if name in model.get("properties", {}):
                model["properties"][name]["examples"] = examples
