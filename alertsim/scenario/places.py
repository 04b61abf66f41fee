"""Names of Ukrainian places inside texts, English or inflected Ukrainian: which area they speak of.

Only the regular is known: the cities and lands of the 27 areas in all six cases, the towns and raions below them by
their stems. Whoever needs more reads the text himself.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from typing import Literal, NamedTuple

from alertsim.areas import Area, all_areas, by_id, romanise, top_level

Kind = Literal["city", "land", "adjective", "name", "oblast", "inner"]
"""What a word is: a Ukrainian noun (of a city or land) or adjective, an English name, `X oblast`, a place below."""

_FEMININE, _LAND, _OV, _SK, _HARD = (
    "а и і у ою і",
    "а и і у ою і",
    "ів ова ову ів овом ові",
    "- а у - ом у",
    "- а у - ом і",
)
_CITIES = f"""
UA-05 Вінниц я і і ю ею і
UA-07 Луцьк {_SK}
UA-09 Луганськ {_SK}
UA-12 Дніпр о а у о ом і
UA-14 Донецьк {_SK}
UA-18 Житомир {_HARD}
UA-21 Ужгород {_HARD}
UA-23 Запоріжж я я ю я ям і
UA-26 Івано-Франківськ {_SK}
UA-30 Ки їв єва єву їв євом єві
UA-35 Кропивницьк ий ого ому ий им ому
UA-40 Севастопол ь я ю ь ем і
UA-40 Севастопол ь я ю ь ем і
UA-43 Сімферопол ь я ю ь ем і
UA-46 Льв {_OV}
UA-48 Микола їв єва єву їв євом єві
UA-51 Одес {_FEMININE}
UA-53 Полтав {_FEMININE}
UA-56 Рівн е ого ому е им ому
UA-59 Сум и - ам и ами ах
UA-61 Терноп іль оля олю іль олем олі
UA-63 Харк {_OV}
UA-65 Херсон {_HARD}
UA-68 Хмельницьк ий ого ому ий им ому
UA-71 Черкас и - ам и ами ах
UA-74 Черніг {_OV}
UA-77 Чернівц і ів ям і ями ях
"""
_LANDS = f"""
UA-05 Вінниччин {_LAND}
UA-07 Волин ь і і ь ню і
UA-09 Луганщин {_LAND}
UA-12 Дніпропетровщин {_LAND}
UA-14 Донеччин {_LAND}
UA-18 Житомирщин {_LAND}
UA-21 Закарпатт я я ю я ям і
UA-26 Прикарпатт я я ю я ям і
UA-32 Київщин {_LAND}
UA-35 Кіровоградщин {_LAND}
UA-43 Крим - у у - ом у
UA-46 Львівщин {_LAND}
UA-48 Миколаївщин {_LAND}
UA-51 Одещин {_LAND}
UA-53 Полтавщин {_LAND}
UA-56 Рівненщин {_LAND}
UA-59 Сумщин {_LAND}
UA-61 Тернопільщин {_LAND}
UA-63 Харківщин {_LAND}
UA-65 Херсонщин {_LAND}
UA-68 Хмельниччин {_LAND}
UA-71 Черкащин {_LAND}
UA-74 Чернігівщин {_LAND}
UA-77 Буковин {_LAND}
"""
"""An area, the stem, and the endings of six cases: nominative, genitive, dative, accusative, instrumental, locative."""

_ADJECTIVE = "(?:ий|ого|ому|им|ім|а|ої|ій|у|ою|е|і|их|ими)"
_OBLAST = r"(?:[ \n]+(?:oblast|region)\b)"
_ENDING = "(?:а|я|у|ю|і|ї|е|є|и|ом|ем|єм|ою|ею|єю|ові|еві|ам|ям|ами|ями|ах|ях|ий|ого|ому|им|ім|ь|о|й|)"
_DISTRICT = re.compile(
    r"\b[А-ЯІЇЄҐ][\w’'ʼ-]+[сцз]ьк(?:ий|ого|ому|им|ім) район\w{0,3}|\b[A-Z][\w-]+kyi (?:district|raion)\b"
)
_NO_WORD, _NO_MORE = r"(?<!\w)(?<!\w['’ʼ])", r"(?!\w)(?!['’ʼ][а-яіїєґ])"


class Mention(NamedTuple):
    """A word of a text that names a place: `text[start:end]`; `cases` are those its form may stand in, from 0."""

    start: int
    end: int
    area: str
    kind: Kind
    cases: tuple[int, ...] = ()


@cache
def forms(kind: Literal["city", "land"]) -> Mapping[str, tuple[str, ...]]:
    """The six cases of the city, or land, of each top-level area that has one."""
    table = {"city": _CITIES, "land": _LANDS}[kind]
    rows = (line.split() for line in table.split("\n") if line)
    return {area: tuple(stem + ending.strip("-") for ending in endings) for area, stem, *endings in rows}


def english(area: str) -> str:
    """What a top-level area is called in an English text: its city, else itself."""
    match area, forms("city").get(area):
        case "UA-43", _:
            return "Crimea"
        case _, (city, *_):
            return romanise(city)
        case _:
            return by_id(area).name_en.replace("ska oblast", " oblast")


def stem(area: str) -> str:
    """The adjective of a top-level area without its ending: `полтавськ`."""
    name = {"UA-30": "Київська", "UA-40": "Севастопольська", "UA-43": "Кримська"}.get(area, by_id(area).name_uk)
    return name.partition(" ")[0].removesuffix("а").lower()


def mentions(text: str) -> Iterator[Mention]:
    """The top-level areas that `text` names, in order: by city, land, adjective, or in English."""
    for found in _top_level().finditer(text):
        area, kind, cases = _known().get(found[0]) or _inflected(found[0])
        of_city = (area, kind) == ("UA-32", "adjective") and not re.match(r"\s+обл", text[found.end() :])
        yield Mention(*found.span(), "UA-30" if of_city else area, kind, cases)


def elsewhere(text: str, around: Collection[str]) -> Iterator[Mention]:
    """The places `text` names outside the top-level areas `around`; a word that only begins a sentence is none."""
    ours, in_kyiv = set(around), bool({"UA-30", "UA-32"}.intersection(around))
    for mention in mentions(text):
        if mention.area not in ours and not (in_kyiv and mention.area == "UA-30" and mention.kind == "adjective"):
            yield mention
    for found in () if "UA-30" in ours else _DISTRICT.finditer(text):  # the districts of Kyiv are no areas
        if not any(romanise(found[0]).startswith(raion) for raion in _raions(frozenset(ours))):
            yield Mention(*found.span(), "", "inner")
    for pattern, area in _towns() if _any_town().search(text) else ():
        for found in pattern.finditer(text) if area.iso not in ours else ():
            if not re.search(r"(^|[.!?…:]\s+|\n)[«\"“]?$", text[: found.start()]):
                yield Mention(*found.span(), area.iso, "inner")


@cache
def _known() -> Mapping[str, tuple[str, Kind, tuple[int, ...]]]:
    """Each noun as it is written, with its area, and the cases it may stand in; UA-32 goes by its land alone."""
    known: dict[str, tuple[str, Kind, tuple[int, ...]]] = {}
    for kind in ("land", "city"):
        for area, six in forms(kind).items():
            for word in six:
                cases = tuple(n for n, form in enumerate(six) if form == word)
                known |= {word: (area, kind, cases), word.upper(): (area, kind, cases)}
            known[romanise(six[0])] = area, "name", ()
    return known | {"Crimea": ("UA-43", "name", ()), "Odessa": ("UA-51", "name", ()), "Kiev": ("UA-30", "name", ())}


def _inflected(word: str) -> tuple[str, Kind, tuple[int, ...]]:
    """What is more than one of the known words: an English oblast, or an adjective; that of Kyiv is the oblast's."""
    name, _, oblast = " ".join(word.split()).partition(" ")
    if oblast:
        return next(area.id for area in top_level() if name in _oblast_names(area)), "oblast", ()
    others = (area.id for area in top_level() if area.id != "UA-30")
    return next(area for area in others if re.fullmatch(stem(area) + _ADJECTIVE, word.lower())), "adjective", ()


def _oblast_names(area: Area) -> tuple[str, ...]:
    """What stands before `oblast`: `Poltavska`, `Poltava`; nothing where there is none."""
    adjective, _, oblast = area.name_en.partition(" ")
    return (adjective, english(area.id).partition(" ")[0]) if oblast == "oblast" else ()


@cache
def _top_level() -> re.Pattern[str]:
    nouns = sorted(_known(), key=len, reverse=True)
    names = {name for area in top_level() for name in _oblast_names(area)}
    adjectives = {stem(area.id) for area in top_level()}
    inflected = "|".join(
        f"[{word[0].upper()}{word[0]}]{word[1:]}" for word in sorted(adjectives, key=len, reverse=True)
    )
    oblasts = "|".join(sorted(names, key=len, reverse=True))
    either = f"(?:{oblasts}){_OBLAST}|(?:{'|'.join(nouns)})|(?:{inflected}){_ADJECTIVE}"
    return re.compile(f"{_NO_WORD}(?:{either}){_NO_MORE}")


@cache
def _raions(around: frozenset[str]) -> tuple[str, ...]:
    """The raions of these areas, in Latin letters, without the word beside them."""
    raions = (area for area in all_areas() if area.level == "raion" and area.iso in around)
    return tuple(romanise(area.name_uk).removesuffix("yi raion") for area in raions)


@cache
def _towns() -> tuple[tuple[re.Pattern[str], Area], ...]:
    """The towns below the capitals, each as what its name may look like in a sentence."""
    capitals = {six[0] for six in forms("city").values()}
    named = ((area, re.match(r"м\. (.+?) та ", area.name_uk)) for area in all_areas() if area.level == "hromada")
    towns = [(area, found[1]) for area, found in named if found and found[1] not in capitals]
    return tuple(
        (re.compile(f"{_NO_WORD}(?:{_inflecting(town)}|{romanise(town)}){_NO_MORE}"), area) for area, town in towns
    )


@cache
def _any_town() -> re.Pattern[str]:
    """All of them at once: most texts name none."""
    return re.compile(f"{_NO_WORD}(?:{'|'.join(pattern.pattern for pattern, _ in _towns())})")


def _inflecting(town: str) -> str:
    """A pattern of a name in any case: vowels that change before an ending, and the ending."""
    words = []
    for word in town.split():
        bare = re.sub("[аяеєиіьйо]$", "", re.sub("[иі]й$", "", word))
        bare = re.sub("[’']", "[’'ʼ]", bare)
        bare = re.sub("([іїоеє])([а-яґ])$", lambda last: "[іїоеє]?" + last[2], bare) if len(bare) > 3 else bare
        words.append(bare + _ENDING)
    return r"\s".join(words)
