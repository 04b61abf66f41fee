"""What texts speak of that is no part of the scenario: places, days, and real brands where the story is made up."""

from collections.abc import Iterator
from typing import NamedTuple

from alertsim import areas
from alertsim.scenario.brands import brands
from alertsim.scenario.catalogue import Catalogue
from alertsim.scenario.dates import distant_days
from alertsim.scenario.document.located import Located
from alertsim.scenario.document.source import Path
from alertsim.scenario.model import Scenario
from alertsim.scenario.places import elsewhere
from alertsim.scenario.rules.pace import last_moment

READ = frozenset({"title", "text", "expected_action", "fallback"})
"""Fields whose texts people read."""


class Stranger(NamedTuple):
    """A word of the text at `path`, from its character `offset` on, and what to do about it."""

    path: Path
    text: str
    offset: int
    word: str
    advice: str


def strangers(scenario: Scenario, located: Located, catalogue: Catalogue | None) -> Iterator[Stranger]:
    """Places where nothing happens and real operators in a fictional scenario; days far from all that happens."""
    around = own_areas(located)
    last = last_moment(scenario)
    for path, text in located.texts():
        if not READ.intersection(map(str, path)):
            continue
        if scenario.basis == "fictional":
            for mention in elsewhere(text, around) if around else ():
                word = text[mention.start : mention.end]
                yield Stranger(path, text, mention.start, word, "nothing happens there: name a place of this scenario")
            for brand in brands(text, catalogue) if catalogue else ():
                word = text[brand.start : brand.end]
                yield Stranger(path, text, brand.start, word, "a real operator: name a made-up one, like operator A")
        for day in distant_days(text, scenario.start, last, scenario.offset):
            yield Stranger(path, text, text.index(day), day, "more than a month from all that happens: correct the day")


def own_areas(located: Located) -> frozenset[str]:
    """The top-level areas in which something happens."""
    named = [text for path, text in located.texts() if path[0] == "events" and is_area(path)]
    return frozenset(areas.find(text).iso for text in (*named, *(str(path[-1]) for path in area_keys(located))))


def is_area(path: Path) -> bool:
    """Whether the value at this path of a scenario is the name of an area."""
    return path[-1] in {"area", "target"} or path[-2:-1] == ("areas",)


def area_keys(located: Located) -> Iterator[Path]:
    """Where a field is named after an area: what an outage says of one, and of the sirens there."""
    for path in located.places:
        if path[:1] == ("events",) and path[-2:-1] in {("areas",), ("sirens",)} and isinstance(path[-1], str):
            yield path
