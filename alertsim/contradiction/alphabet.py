"""Spells a text by the part each word plays, one letter a word, so that patterns over words are plain expressions."""

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from alertsim.contradiction.grammar import CLAIMS
from alertsim.contradiction.spelling import PLAIN, levelled
from alertsim.contradiction.vocabulary import ENDINGS, WORDS

_ELEMENT = re.compile(r"(\^?)([^\W\d_]+(?:['/][^\W\d_]+)*)([~_]?)")
_PAUSES = {"PAUSE": "[,.?]", "ASKED": "[?]"}
_AFTER = {"": "[,.?]?", "~": "", "_": ",?"}


class Part(NamedTuple):
    """What is known of a word: the letter that stands for the parts it plays, and its languages."""

    letter: str
    languages: frozenset[str]


def _plain(entry: str) -> str:
    return levelled("".join(map(PLAIN.__getitem__, entry)))


def _forms(entry: str, language: str) -> Iterator[str]:
    """The forms an entry of the vocabulary stands for: a stem with each ending, `isn't` with and without its mark."""
    endings = ["", *ENDINGS[language].split()] if entry.endswith("~") else [""]
    for form in (entry.removesuffix("~") + ending for ending in endings):
        yield _plain(form)
        if form != "it's":
            yield _plain(form).replace("'", "")


def _literals() -> set[str]:
    patterns = [pattern for claim in CLAIMS for pattern in (*claim.agrees, *claim.contradicts)]
    names = {name for pattern in patterns for found in _ELEMENT.finditer(pattern) for name in found[2].split("/")}
    return {name for name in names if name.islower()}


def _entries() -> Iterator[tuple[str, str, str]]:
    """(form, part, language) of each word of the vocabulary; a word named in a pattern plays itself."""
    for part, by_language in WORDS.items():
        for language, entries in by_language.items():
            for entry in entries.split():
                yield from ((form, part, language) for form in _forms(entry, language))
    for literal in _literals():
        yield _plain(literal), literal, ""


_parts: defaultdict[str, set[str]] = defaultdict(set)
_languages: defaultdict[str, set[str]] = defaultdict(set)
for _form, _part, _language in _entries():
    _parts[_form].add(_part)
    _languages[_form].add(_language)

_LETTERS: dict[frozenset[str], str] = {}
for _played in [frozenset({"OTHER"}), *map(frozenset, _parts.values())]:
    _LETTERS.setdefault(_played, chr(0x4E00 + len(_LETTERS)))

KNOWN = {form: Part(_LETTERS[frozenset(played)], frozenset(_languages[form]) - {""}) for form, played in _parts.items() if not form.startswith("*")}
_SUFFIXES = {form[1:]: Part(_LETTERS[frozenset(played)], frozenset()) for form, played in _parts.items() if form.startswith("*")}
TELLING = [form for form, played in _parts.items() if played & {"DRILL", "REAL"}]
_OTHER = Part(_LETTERS[frozenset({"OTHER"})], frozenset())


@cache
def _suffixed(ending: str) -> Part | None:
    return next((_SUFFIXES[ending[-n:]] for n in (2, 3, 4) if ending[-n:] in _SUFFIXES), None)


def part(word: str) -> Part:
    return KNOWN.get(word) or (len(word) > 4 and _suffixed(word[-4:])) or _OTHER


def compiled(pattern: str) -> str:
    return _ELEMENT.sub(_element, re.sub(r"\((?!\?)", "(?:", pattern)).replace(" ", "")


def _element(found: re.Match[str]) -> str:
    outside, names, after = found.groups()
    if names in _PAUSES:
        return _PAUSES[names]
    if names == "ANY":
        return f"(?:[^,.?]{_AFTER[after]})"
    wanted = set(names.split("/"))
    letters = "".join(letter for played, letter in _LETTERS.items() if played & wanted)
    assert letters, names
    return f"(?:[{'^,.?' if outside else ''}{letters}]{_AFTER[after]})"
