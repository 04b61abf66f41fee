"""The names areas go by: what a person may type, in Ukrainian or in Latin letters, and which areas it may mean."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import product
from typing import Literal, assert_never

from alertsim.areas.area import Area, Level
from alertsim.areas.romanisation import APOSTROPHES, romanise
from alertsim.areas.tree import all_areas

Kind = Level | Literal["city"]
"""What a word beside the name says it is: `область`, `raion`, `громада`, `м.`."""

_BESIDE: Mapping[str, Kind] = {
    "область": "oblast",
    "обл": "oblast",
    "oblast": "oblast",
    "region": "oblast",
    "район": "raion",
    "р н": "raion",
    "raion": "raion",
    "district": "raion",
    "територіальна громада": "hromada",
    "громада": "hromada",
    "тг": "hromada",
    "terytorialna hromada": "hromada",
    "hromada": "hromada",
    "community": "hromada",
    "city": "city",
}
_BEFORE = ("м ", "m ", "місто ", "misto ", "city of ")
_SORT = re.compile(" (міська|селищна|сільська)$")
_SPELLING = str.maketrans(dict.fromkeys(APOSTROPHES, "") | dict.fromkeys("-‑–.", " "))

OWN, ALSO, INNER = range(3)
"""Whose name it is: the own name of a top-level area, another name of one, a name below the top."""


def spelled(text: str) -> str:
    """`text` as names are compared: no case, no apostrophes; hyphens and full stops are spaces."""
    plain = unicodedata.normalize("NFC", text).casefold()
    return " ".join(plain.translate(_SPELLING).split())


def name_and_kind(text: str) -> tuple[str, Kind | None]:
    """`м. Київ` is (`київ`, `city`); `Buchanskyi raion` is (`buchanskyi`, `raion`); a bare name is of no kind."""
    name, kind = spelled(text), None
    for word, meant in _BESIDE.items():
        if name.endswith(" " + word):
            name, kind = name.removesuffix(" " + word), meant
            break
    for word in _BEFORE:
        if name.startswith(word):
            return name.removeprefix(word), kind or "city"
    return name, kind


@cache
def named() -> Mapping[tuple[str, Kind | None], Mapping[str, int]]:
    """(name, kind) to the ids of the areas it may mean, each with whose name it is; made when first asked for."""
    meanings: dict[tuple[str, Kind | None], dict[str, int]] = defaultdict(dict)
    for area in all_areas():
        for name, kind, whose in _names(area):
            for spelling, said in product((name, romanise(name)), (kind, None)):
                meanings[spelling, said].setdefault(area.id, whose)
    return dict(meanings)


def _names(area: Area) -> Iterator[tuple[str, Kind, int]]:
    """The names of one area as `spelled`, in Ukrainian where there is one: who reads them romanises them."""
    name, kind = name_and_kind(area.name_uk)
    match level := area.level:
        case "oblast":
            yield name, kind or "oblast", OWN
            yield name_and_kind(area.name_en)[0], kind or "oblast", OWN
            yield from ((spelled(other), "oblast", ALSO) for other in area.also_called)
        case "raion":
            yield name, "raion", INNER
        case "hromada":
            city, _, adjective = name.rpartition(" та ")
            for part in dict.fromkeys((name, adjective, _SORT.sub("", adjective))):
                yield part, "hromada", INNER
            if city:
                yield from ((city, "hromada", INNER), (city, "city", INNER))
        case _:
            assert_never(level)
