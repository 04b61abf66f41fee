"""The alert areas of Ukraine: oblast → raion → hromada, their names in two languages and their ids in five systems."""

from alertsim.areas.area import AmbiguousArea, Area, Level, UnknownArea, ancestors, related
from alertsim.areas.lookup import find
from alertsim.areas.romanisation import romanise
from alertsim.areas.tree import all_areas, by_id, children, top_level

__all__ = [
    "AmbiguousArea",
    "Area",
    "Level",
    "UnknownArea",
    "all_areas",
    "ancestors",
    "by_id",
    "children",
    "find",
    "related",
    "romanise",
    "top_level",
]
