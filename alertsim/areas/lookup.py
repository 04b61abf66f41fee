"""From what a person typed to one area: ids of several systems, names in two languages."""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from alertsim.areas.area import AmbiguousArea, Area, UnknownArea, ancestors
from alertsim.areas.naming import OWN, name_and_kind, named, spelled
from alertsim.areas.tree import all_areas, by_id

FORMS = (
    "write an id (`UA-32`, `UA-32/75`, `75`, `UA32000000000030281`, `ukrainealarm:14`, `alerts.com.ua:9`, `jaam:8`) "
    "or a name (`м. Київ`, `Kyiv oblast`, `Бучанський район`, `Bucha city`)"
)

_DISTRICT = "no raion is called so; districts of a city are no alert areas: take the city"


def find(text: str) -> Area:
    """The one area a person means by an id or a name.

    Ids stand bare if they are ISO 3166-2 (`UA-30`), a path (`UA-32/75`), a uid of alerts.in.ua (`31`) or a KATOTTG
    code (the 27 only); those of other systems need their scheme, for 25 is three different oblasts:
    `alerts.in.ua:25`, `ukrainealarm:25`, `alerts.com.ua:25`, `jaam:25`.

    Names are Ukrainian or romanised. Case, apostrophes and hyphens do not matter. The words beside a name (`область`,
    `oblast`, `район`, `raion`, `громада`, `hromada`, `м.`, `city`) may be left out, and narrow the meaning if not.
    An oblast also goes by its plain noun, its capital and its land: `Волинь`, `Lutsk`, `Одещина`. A bare name means

    1. the top-level area whose own name it is: `Kyiv` is the city, `Poltavska` the oblast;
    2. else the oblast it is another name of: `Poltava`, `Dnipro` and `Kyivshchyna` are oblasts. For the city and its
       hromada say `м. Полтава` or `Poltava city`; for the oblast around the city of Kyiv, `Kyiv oblast`;
    3. else the raion or hromada of that name.

    Where several share a name, a comma adds what lies around, `Кам’янська громада, Чернівецька область`; a full name
    with its raion and oblast is always exact. If several areas remain, AmbiguousArea lists them all; if none,
    UnknownArea lists those with the nearest names.
    """
    likely = _meant(text)
    if not likely:
        raise _unknown(text)
    if len(likely) > 1:
        raise AmbiguousArea(f"{text[:80]!r} may be {_listed(likely, text)}: write one of these ids", tuple(likely))
    return by_id(likely[0])


def city_beside(text: str) -> Area | None:
    """The city's hromada where `find` takes a bare name for the oblast around it: `Полтава`; None for all else."""
    name, kind = name_and_kind(text)
    cities = {} if kind else named().get((name, "city"), {})
    return next((by_id(city) for city in cities if find(text).id in ancestors(city)[-1:]), None)


def capital(area: str) -> Area | None:
    """The hromada of the city that a top-level area goes by as well; None where the tree has none."""
    return next(filter(None, map(city_beside, by_id(area).also_called)), None)


def taken_for_oblast(text: str) -> str | None:
    """What to say of a bare name that is a city's as well; None where nobody can be mistaken."""
    if city_beside(text) is None:
        return None
    english = text.isascii()
    oblast, form = find(text), f"{text.strip()} city" if english else f"м. {text.strip()}"
    name = oblast.name_en if english else oblast.name_uk
    return f"`{text.strip()}` is read as {oblast.id}, {name}; the city is `{form}`"


def _meant(text: str) -> tuple[str, ...]:
    """The ids of the areas inside all that is named after a comma, by the first rule of `find` that gives any."""
    name, *around = text.split(",")
    inside = {area: whose for area, whose in _meanings(name).items() if all(_lies_in(area, outer) for outer in around)}
    likely = _first(inside)
    return tuple(area for area in likely if _is_in_full(text, area)) or likely


def _first(meanings: Mapping[str, int]) -> tuple[str, ...]:
    """Those whose name it is before all others."""
    return tuple(area for area, whose in meanings.items() if whose == min(meanings.values()))


def _lies_in(area: str, outer: str) -> bool:
    return not _meanings(outer).keys().isdisjoint(ancestors(area))


def _meanings(text: str) -> Mapping[str, int]:
    """All areas that one id or name may mean, with whose name it is."""
    area = _ids().get(text.strip().casefold())
    return {area: OWN} if area else named().get(name_and_kind(text), {})


@cache
def _ids() -> Mapping[str, str]:
    """Every id a person may type, in lower case, to the path of the area."""
    return {typed.casefold(): area.id for area in all_areas() for typed in _ids_of(area)}


def _ids_of(area: Area) -> Iterator[str]:
    yield from (area.id, str(area.uid), f"alerts.in.ua:{area.uid}")
    if area.katottg:
        yield area.katottg
    for scheme, number in (
        ("ukrainealarm", area.ukrainealarm),
        ("alerts.com.ua", area.alerts_com_ua),
        ("jaam", area.jaam),
    ):
        if number is not None:
            yield f"{scheme}:{number}"


def _unknown(text: str) -> UnknownArea:
    name = text.partition(",")[0]
    near = _near(name)
    advice = f"the nearest are {_listed(near, text)}" if near else _instead(name)
    return UnknownArea(f"no area is called {text[:80]!r}: {_mixed(text[:80])}{advice}", near)


def _instead(name: str) -> str:
    """What to write for a name that is like none."""
    return _DISTRICT if name_and_kind(name)[1] == "raion" else FORMS


def _mixed(text: str) -> str:
    """A letter of another alphabet in a word: it looks right, and is not."""
    for word in re.findall(r"[^\W\d_]+", text):
        latin, cyrillic = re.findall("[a-z]", word, re.IGNORECASE), re.findall("[\u0400-\u052f]", word)
        if latin and cyrillic:
            if len(latin) > len(cyrillic):
                return f"it contains a Cyrillic `{cyrillic[0]}` among Latin letters; "
            return f"it contains a Latin `{latin[0]}` among Cyrillic letters; "
    return ""


def _near(name: str) -> tuple[str, ...]:
    """What is called so elsewhere, or almost so: at most five ids, the likeliest first."""
    if elsewhere := _meanings(name) or _meanings(name.rpartition("/")[2]):
        return tuple(elsewhere)[:5]
    sought, _ = name_and_kind(name[:80])
    names = [known for known, kind in named() if kind is None and known.isascii() == sought.isascii()]
    close = difflib.get_close_matches(sought, names, n=3)
    return tuple(dict.fromkeys(area for known in close for area in _first(named()[known, None])))[:5]


def _listed(areas: Iterable[str], text: str) -> str:
    """The areas with their ids and the areas around them, in the script of `text`."""
    return "; ".join(f"{area} ({_in_full(area, english=text.isascii())})" for area in areas)


def _is_in_full(text: str, area: str) -> bool:
    return spelled(text) in {spelled(_in_full(area, english=english)) for english in (True, False)}


def _in_full(area: str, *, english: bool) -> str:
    """The names of an area and of those around it."""
    path = [by_id(step) for step in (area, *ancestors(area))]
    return ", ".join(step.name_en if english else step.name_uk for step in path)
