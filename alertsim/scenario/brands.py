"""Names of mobile operators inside texts, with the endings Ukrainian gives them."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from alertsim.scenario.catalogue import Catalogue

_ENDING = "(?P<ending>ами|ові|ом|ах|ам|ів|у|а|і|и)?"


class Brand(NamedTuple):
    """A real operator where a text names it: `text[start:end]`, with guillemets, and the ending of its case."""

    start: int
    end: int
    operator: str
    ending: str


def brands(text: str, catalogue: Catalogue) -> Iterator[Brand]:
    """The real operators that `text` names, in order."""
    found = []
    for name, operator in catalogue.operators.items():
        if operator.brand:
            whole = {operator.name.uk, operator.name.en}
            words = whole | {word for word in (full.split()[0] for full in whole) if len(word) > 3}
            said = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
            pattern = rf"(?<!\w)(?P<open>«)?(?:{said}){_ENDING}(?!\w)(?(open)»)"
            found += [
                Brand(*hit.span(), name, hit["ending"] or "") for hit in re.finditer(pattern, text, re.IGNORECASE)
            ]
    return iter(sorted(found))
