"""Which share of a service is up in an area: a condition says it of areas, the smallest around a place counts."""

from collections.abc import Mapping
from typing import TypeVar

Condition = Mapping[str, Mapping[str, float]]
"""By area (`UA-32/75`) and by service, the share that is up, 0 to 1; what is said of `EVERYWHERE` holds where no area
around a place says otherwise. It may name more than services: `SIRENS` are those that can be sounded."""

EVERYWHERE = ""
SIRENS = "sirens"

_Service = TypeVar("_Service", bound=str)


def condition(up: Mapping[_Service, float], areas: Mapping[str, Mapping[_Service, float]] | None = None) -> Condition:
    """What is up everywhere, and in areas where that differs."""
    said = {EVERYWHERE: up} | dict(areas or {})
    return {area: {str(service): share for service, share in shares.items()} for area, shares in said.items()}


def said_of(condition: Condition, service: str, area: str = EVERYWHERE) -> float | None:
    """What a condition says of a service in the smallest area around `area` of which it says something; else None."""
    while service not in condition.get(area, {}):
        if area == EVERYWHERE:
            return None
        area = area.rpartition("/")[0]
    return condition[area][service]


def share_for(condition: Condition, service: str, area: str = EVERYWHERE) -> float:
    """The share (0 to 1) of a service that is up in `area`; all of it where nothing is said."""
    said = said_of(condition, service, area)
    return 1.0 if said is None else said
