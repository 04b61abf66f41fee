"""Undoes what hides a word from a reader of code but not from a reader of text: odd letters, accents, look-alikes."""

import re
import unicodedata
from functools import lru_cache

_APOSTROPHES = frozenset("'’‘‛ʼʹʻ′`´＇")
_BLANK_LETTERS = frozenset("\u115f\u1160\u3164\uffa0")
_INVISIBLE = frozenset({"Cc", "Cf", "Mn", "Mc", "Me"})
_OTHER_SCRIPTS = frozenset({"Cn", "Co", "Cs", "Lo"})
_FANCY = re.compile(r"(?:LATIN|INDICATOR SYMBOL|.*(?:SQUARED|CIRCLED) LATIN).* LETTER (?:\w+ )*?([A-Z])(?: WITH .*)?")

# Letters that look alike, column by column; inside a word some digits pass for letters too.
_LATIN_TWINS, _CYRILLIC_TWINS = "abcehikmoptxysj", "авсенікмортхуѕј"
_FROM_GREEK = str.maketrans("αβεζηικμνορτυχγ", "abezhikmvoptyxy")
_TO_LATIN = str.maketrans(_CYRILLIC_TWINS + "ґԁԛԝһӏ013457", _LATIN_TWINS + "rdqwhloieast")
_TO_CYRILLIC = str.maketrans(_LATIN_TWINS + "ґ01346", _CYRILLIC_TWINS + "гоізчб")
_ONLY_LATIN = frozenset("dfgjlnqrsuvwz")
_ONLY_CYRILLIC = frozenset("бгґдєжзилпфцчшщъыьэюя")


@lru_cache(maxsize=1 << 16)
def plain(character: str) -> str:
    """What a character amounts to: nothing, a space, punctuation, or plain lower-case letters."""
    if character.isspace() or character == "№":
        return "\n" if character == "\n" else " "
    if character in _APOSTROPHES:
        return "'"
    category = unicodedata.category(character)
    if character in _BLANK_LETTERS or category in _INVISIBLE:
        return ""
    if category in _OTHER_SCRIPTS and character > "ÿ":
        return character
    compatible = unicodedata.normalize("NFKD", character).casefold()
    return "".join(map(_letter, unicodedata.normalize("NFKD", compatible))).translate(_FROM_GREEK)


def _letter(character: str) -> str:
    """The bare letter of ``ø``, ``ᴅ``, ``🅰``; an accent alone is nothing."""
    if character.isascii() or "\u0400" <= character <= "\u04ff":
        return character
    if unicodedata.category(character) in _INVISIBLE:
        return ""
    fancy = _FANCY.fullmatch(unicodedata.name(character, ""))
    return fancy[1].lower() if fancy else character


@lru_cache(maxsize=1 << 15)
def script(letters: str) -> str:
    """``latin`` or ``cyrillic``, by the letters found in one of them alone; empty where every letter has a twin."""
    latin, cyrillic = len(_ONLY_LATIN.intersection(letters)), len(_ONLY_CYRILLIC.intersection(letters))
    return "" if latin == cyrillic == 0 else "latin" if latin > cyrillic else "cyrillic"


def in_script(letters: str, wanted: str) -> str:
    """The word with its look-alikes written in the wanted script; numbers and other scripts stay."""
    if letters.isdecimal() or not wanted:
        return letters
    return letters.translate(_TO_LATIN if wanted == "latin" else _TO_CYRILLIC)


def levelled(letters: str) -> str:
    """The form words are compared in: ``l`` and ``i`` are one letter, because capital ``I`` looks like small ``l``."""
    return letters.replace("l", "i")
