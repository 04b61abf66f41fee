"""The tree of alert areas of Ukraine: 27 at the top, raions, hromadas; read once, when first asked for.

Where the names and numbers come from is in `SOURCES.md`.
"""

import csv
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from functools import cache
from importlib.resources import files

from alertsim.areas.area import Area, UnknownArea


def by_id(area: str) -> Area:
    """The area with exactly this path (`UA-32/75/702`); UnknownArea if there is none."""
    try:
        return _tree()[area]
    except KeyError:
        raise UnknownArea(
            f"no area has the id {area[:80]!r}: expected a path like UA-32, UA-32/75 or UA-32/75/702"
        ) from None


def children(area: str) -> tuple[Area, ...]:
    """The areas directly inside one, as the source orders them; UnknownArea if there is no such area."""
    return _children().get(by_id(area).id, ())


def top_level() -> tuple[Area, ...]:
    """The 27 areas at the top, in the order of the status string of alerts.in.ua (Ukrainian alphabet, roughly)."""
    return _children()[None]


def all_areas() -> tuple[Area, ...]:
    """Every area: the 27, then raion by raion in their order, each raion before its hromadas."""
    return tuple(_tree().values())


@cache
def _tree() -> dict[str, Area]:
    """Every area by its id."""
    areas = [_top(row) for row in _rows("top-level.csv")] + [_inner(row) for row in _rows("tree.csv")]
    return {area.id: area for area in areas}


@cache
def _children() -> dict[str | None, tuple[Area, ...]]:
    """The areas directly inside each; inside None are the 27."""
    inside = defaultdict(list)
    for area in _tree().values():
        inside[area.parent].append(area)
    return {parent: tuple(areas) for parent, areas in inside.items()}


def _rows(name: str) -> Iterator[dict[str, str]]:
    text = (files(__package__) / name).read_text("utf-8")
    return csv.DictReader(text.splitlines())


def _top(row: dict[str, str]) -> Area:
    return Area(
        id=row["id"],
        uid=int(row["uid"]),
        name_uk=row["name_uk"],
        official_en=row["name_en"],
        ukrainealarm=_number(row["ukrainealarm"]),
        alerts_com_ua=_number(row["alerts_com_ua"]),
        jaam=_number(row["jaam"]),
        katottg=row["katottg"],
        also_called=tuple(filter(None, row["also_called"].split("|"))),
        population=_number(row["population"]),
        population_basis=row["population_basis"],
        standing_since=date.fromisoformat(row["standing_since"]) if row["standing_since"] else None,
    )


def _inner(row: dict[str, str]) -> Area:
    """A raion or hromada: ukrainealarm and alerts.in.ua number them alike."""
    uid = int(row["id"].rpartition("/")[2])
    return Area(id=row["id"], uid=uid, name_uk=row["name_uk"], ukrainealarm=uid)


def _number(text: str) -> int | None:
    return int(text) if text else None
