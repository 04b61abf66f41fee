"""Words of a text put right for another place, another network and another hour, where that is safe."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from alertsim.areas import by_id
from alertsim.events import AreaId
from alertsim.scenario import Catalogue
from alertsim.scenario.brands import Brand, brands
from alertsim.scenario.places import Mention, english, forms, mentions, stem
from alertsim.times import DAY, MINUTE

_CLOCK = re.compile(r"(?<![\d:.+-])([01]?\d|2[0-3]):([0-5]\d)(:[0-5]\d)?(?!\d|:\d)")
_CASES = {
    1: "без біля від для до довкола з за зі із коло навколо неподалік під-час поблизу після проти серед щодо",
    2: "завдяки назустріч всупереч",
    3: "крізь на про у в через",
    4: "за з із зі між над перед під",
    5: "в на о об по при у",
}
"""Prepositions of each case but the nominative, the likelier case first where they have several."""

_TO = r"(?i)(?<!\w)(на|про|через|за|у|в)\s+$"
"""An accusative follows: оператора, as of a person."""

_ENDINGS = {"": "", "у": "а", "а": "а", "ом": "ом", "і": "і", "ові": "ові"}
"""Endings of a brand, and those of `оператор` in the same case; -у is mostly its genitive."""


class Change(NamedTuple):
    """`text[start:end]` becomes `words`."""

    start: int
    end: int
    words: str


@dataclass(frozen=True)
class Wording:
    """What names become, and by how much the hour moves; only top-level areas have words."""

    areas: Mapping[AreaId, AreaId]
    operators: Mapping[str, str]
    catalogue: Catalogue
    shift_min: int

    def changes(self, text: str) -> Iterator[Change]:
        """What of `text` is to be changed, in order."""
        found = [change for mention in mentions(text) if (change := self._place(mention, text))]
        found += [change for brand in brands(text, self.catalogue) if (change := self._brand(brand, text))]
        if self.shift_min:
            found += [Change(*hit.span(), self._hour(hit)) for hit in _CLOCK.finditer(text)]
        return iter(sorted(found))

    def reworded(self, text: str) -> str:
        """The text with everything changed."""
        parts, at = [], 0
        for change in self.changes(text):
            parts += [text[at : change.start], change.words]
            at = change.end
        return "".join([*parts, text[at:]])

    def slug(self, name: str) -> str:
        """An id with the names in it changed: `alert-kyiv` is `alert-poltava`."""
        words = {_latin(by_id(old).name_en): _latin(by_id(new).name_en) for old, new in self._moved()}
        words |= {_latin(english(old)): _latin(english(new)) for old, new in self._moved()}
        words |= {old.partition("-")[0]: new for old, new in self.operators.items()}
        slug = "-".join(words.get(word, word) for word in name.split("-"))
        return slug if len(slug) <= 63 else name

    def _moved(self) -> list[tuple[AreaId, AreaId]]:
        both = [(old, new) for old, new in self.areas.items() if old != new]
        order = sorted(both, key=lambda pair: pair[0] == "UA-30")  # `kyiv` in an id is the city rather than the oblast
        return [(old, new) for old, new in order if "/" not in old and "/" not in new]

    def _place(self, mention: Mention, text: str) -> Change | None:
        new = self.areas.get(mention.area, mention.area)
        if new == mention.area or "/" in new:
            return None
        said = text[mention.start : mention.end]
        words = _placed(mention, said, new, text[: mention.start])
        return Change(mention.start, mention.end, words.upper() if said.isupper() else words) if words else None

    def _brand(self, brand: Brand, text: str) -> Change | None:
        new = self.catalogue.operators.get(self.operators.get(brand.operator, ""))
        is_ukrainian = bool(re.search("[а-яіїєґ]", text, re.IGNORECASE))
        if new is None or brand.ending not in _ENDINGS:
            return None
        first, _, rest = (new.name.uk if is_ukrainian else new.name.en).partition(" ")
        ending = "а" if not brand.ending and re.search(_TO, text[: brand.start]) else _ENDINGS[brand.ending]
        words = f"{first}{ending} {rest}".strip()
        begins = re.search(r"(^|[.!?]\s+)$", text[: brand.start])
        return Change(brand.start, brand.end, words[0].upper() + words[1:] if begins else words)

    def _hour(self, hit: re.Match[str]) -> str:
        hours, minutes, seconds = hit.groups()
        at = (int(hours) * 60 + int(minutes) + self.shift_min) % (DAY // MINUTE)
        return f"{at // 60:02}:{at % 60:02}{seconds or ''}"


def _placed(mention: Mention, said: str, new: AreaId, before: str) -> str | None:
    """What to write for a place; None where the new one has no word of the kind."""
    match mention.kind:
        case "name":
            return english(new)
        case "oblast":
            return by_id(new).name_en
        case "adjective":
            ending = said[len(stem(mention.area)) :]
            words = stem(new) + ending
            is_oblast = "/" not in new and new not in {"UA-30", "UA-40", "UA-43"}
            return (words.capitalize() if said[0].isupper() else words) if is_oblast or said[0].islower() else None
        case _:
            six = forms("land" if mention.kind == "land" else "city").get(new)
            return six[_case(mention.cases, before)] if six else None


def _case(cases: tuple[int, ...], before: str) -> int:
    """The case in which a word with these possible cases stands, by the preposition before it."""
    *_, last = ["", *re.findall(r"[\w-]+(?=\s*[«\"“]?$)", before.lower())]
    if len(cases) == 1:
        return 5 if cases[0] == 2 and last == "по" else cases[0]
    asked = [case for case, words in _CASES.items() if last in words.split()]
    likely = [case for case in asked if case in cases]
    plain = [case for case in cases if case in {0, 1}]
    return (likely[-1:] or plain or list(cases))[0]


def _latin(name: str) -> str:
    return name.partition(" ")[0].lower()
