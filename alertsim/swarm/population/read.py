"""From the text of a population file to a population, or to everything that is wrong with it."""

from itertools import islice

from pydantic.json_schema import JsonSchemaValue

from alertsim.errors import Problem, ScenarioError
from alertsim.scenario import Catalogue
from alertsim.scenario.document.compose import load
from alertsim.scenario.validation import problems, validated
from alertsim.swarm.population.mix import Population

_LARGEST = 40_000
_MOST_PROBLEMS = 100


def read_population(text: bytes | str, file: str, *, catalogue: Catalogue, brands: bool = False) -> Population:
    """The population in the `text` of `file`; ScenarioError has its problems with their lines.

    `catalogue` knows the operators and their shares of the market. `brands`: the load is one of a historical scenario,
    where real operators may be named; `by: market` gives them then, and A, B and C otherwise.
    """
    if len(text) > _LARGEST:
        message = f"the file is larger than {_LARGEST // 1000} kB: no population is; look whether it is the right one"
        raise ScenarioError([Problem(file, 1, 1, "", message)])
    located = load(text, file)
    if located.problems:  # what was not taken in would be missing in the sums
        raise ScenarioError(located.problems)
    population, errors = validated(Population, located.data, {"catalogue": catalogue, "brands": brands})
    if population is None:
        raise ScenarioError(islice(problems(errors, Population, (), located), _MOST_PROBLEMS))
    return population


def population_schema() -> JsonSchemaValue:
    """The form of a population file as a JSON Schema (draft 2020-12), for editors."""
    whole = Population.model_json_schema()
    for model in (whole, *whole["$defs"].values()):
        for field in model["properties"].values():
            field.pop("title", None)  # only repeats the name
            field.pop("default", None)  # is the model's, not the file's
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **whole, "title": "A population of alertsim"}
