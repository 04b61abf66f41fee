"""Spells sentences with one letter a word, by the parts the word plays, so that patterns over words can be searched."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache

from alertsim.contradiction.english import ENGLISH
from alertsim.contradiction.grammar import CLAIMS, PHRASES, Claim
from alertsim.contradiction.russian import RUSSIAN, RUSSIAN_ENDINGS
from alertsim.contradiction.spelling import levelled, plain
from alertsim.contradiction.ukrainian import UKRAINIAN, UKRAINIAN_ENDINGS

LANGUAGES = {"uk": UKRAINIAN, "en": ENGLISH, "ru": RUSSIAN}
_ENDINGS = {"uk": UKRAINIAN_ENDINGS.split(), "en": [], "ru": RUSSIAN_ENDINGS.split()}
_ELEMENT = re.compile(r"(\^?)([^\W\d_]+(?:['/][^\W\d_]+)*)([~_]?)")
_PHRASE = re.compile(r"<([a-z ]+)>")
_GROUP = re.compile(r"\((?!\?)")
_AFTER = {"": "[,.?]?", "~": "", "_": ",?"}
_OTHER = frozenset({"OTHER"})


def spelled(entry: str) -> str:
    """A word of the vocabulary, in the letters that words of a text are given."""
    return levelled("".join(map(plain, entry)))


def unfolded(pattern: str) -> str:
    """The pattern with its phrases written out."""
    while _PHRASE.search(pattern):
        pattern = _PHRASE.sub(lambda found: f"({PHRASES[found[1]]})", pattern)
    return pattern


def names(pattern: str) -> Iterator[str]:
    """The parts and the words that an unfolded pattern names."""
    for element in _ELEMENT.finditer(pattern):
        yield from element[2].split("/")


def expression(claim: Claim) -> re.Pattern[str]:
    """Searches a spelled sentence; group 1 is what contradicts the mark, absent where the sentence agrees with it."""
    agrees = "|".join(map(_compiled, _alternatives(claim.agrees)))
    contradicts = "|".join(map(_compiled, _alternatives(claim.contradicts)))
    return re.compile(f"{agrees}|({contradicts})")


def about(claim: Claim) -> re.Pattern[str]:
    """Searches a spelled sentence for any of the words that the claim is about."""
    return re.compile(_compiled(claim.about))


def letter(word: str) -> str:
    """The letter for the parts that a plain word plays."""
    return _LETTERS[PLAYED.get(word) or _looks_like(word[-4:])]


def _forms(entry: str, language: str) -> Iterator[str]:
    """What an entry stands for: a stem with each ending, a contraction with and without its apostrophe."""
    for ending in ["", *_ENDINGS[language]] if entry.endswith("~") else [""]:
        form = spelled(entry.removesuffix("~") + ending)
        yield form
        if form != "it's":  # `its` is a word of its own
            yield form.replace("'", "")


def _listed() -> Iterator[tuple[str, str, str]]:
    """(form, part, language) of each word listed; a word that a pattern names plays itself, in no language."""
    for language, parts in LANGUAGES.items():
        for part, entries in parts.items():
            for entry in entries.split():
                yield from ((form, part, language) for form in _forms(entry, language))
    for pattern in (pattern for claim in CLAIMS for pattern in (*claim.agrees, *claim.contradicts)):
        yield from ((spelled(name), name, "") for name in names(unfolded(pattern)) if name.islower())


def _gathered(rows: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    gathered = defaultdict(set)
    for form, value in rows:
        gathered[form].add(value)
    return {form: frozenset(values) for form, values in gathered.items()}


PLAYED = _gathered((form, part) for form, part, _ in _listed())
"""The parts each known word plays; `*ly` stands for any word that ends so."""

SPOKEN = _gathered((form, language) for form, _, language in _listed() if language)
"""The languages that list each word."""

_LETTERS = {parts: chr(0x4E00 + index) for index, parts in enumerate({_OTHER: 0} | dict.fromkeys(PLAYED.values()))}


@lru_cache(maxsize=1 << 12)
def _looks_like(ending: str) -> frozenset[str]:
    """The parts of a word that nobody listed: those of its ending, or none."""
    listed = (PLAYED.get(f"*{ending[start:]}") for start in range(len(ending)))
    return next(filter(None, listed), _OTHER)


def _alternatives(patterns: Iterable[str]) -> Iterator[str]:
    """The patterns, one that may begin with a phrase as two: an expression that begins with a word fails sooner."""
    for pattern in patterns:
        phrase, may, rest = pattern.partition(">? ")
        yield from (f"{phrase}> {rest}", rest) if may and phrase.startswith("<") else (pattern,)


def _compiled(pattern: str) -> str:
    return _ELEMENT.sub(_element, _GROUP.sub("(?:", unfolded(pattern))).replace(" ", "")


def _element(found: re.Match[str]) -> str:
    outside, parts, after = found.groups()
    match parts:
        case "PAUSE":
            return "[,.?]"
        case "ASKED":
            return "[?]"
        case "ANY":
            return f"(?:[^,.?]{_AFTER[after]})"
    wanted = set(parts.split("/"))
    letters = "".join(letter for played, letter in _LETTERS.items() if played & wanted)
    return f"(?:[{outside and '^,.?'}{letters}]{_AFTER[after]})"
