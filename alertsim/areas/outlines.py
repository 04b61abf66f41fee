"""The outlines of the 27 areas at the top, as a map draws them; where they come from is in `SOURCES.md`."""

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

WIDE, HIGH = 960, 644
"""The room the outlines take, in their own units; y grows downwards, 1 is about 1.4 km."""


@cache
def outlines() -> Mapping[str, str]:
    """By the id of an area, its outline as the data of an SVG path: whole numbers, closed rings."""
    table = (files(__package__) / "outlines.csv").read_text("utf-8")
    return {row["id"]: row["path"] for row in csv.DictReader(table.splitlines())}
