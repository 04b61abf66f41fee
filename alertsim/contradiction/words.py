"""Divides a text into plain words with their places, as a person reads it: s p a c e d and gluedtogether words too."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from alertsim.contradiction.spelling import PLAIN, in_script, levelled, script

_WORD_AND_GAP = re.compile(r"([^\W_]+(?:'[^\W_]+)*)([\W_]*)")
_GAP_BETWEEN_LONE_LETTERS = re.compile(r"(?<![^\W_])(?<![^\W_]')[^\W\d_]([\W_]++)(?=[^\W\d_](?!'?[^\W_]))")
_STOP = re.compile(r"[.!;:=–—―]|\n *\n|[ \n]-+[ \n]")
_COMMA = re.compile(r"[,()]")
_LONGEST_GAP = 32
_LONGEST_GLUED = 48


class Word(NamedTuple):
    """One word: plain letters, place in the text (code points), and the pause after it: nothing, `,`, `.` or `?`."""

    letters: str
    start: int
    end: int
    pause: str


class Lexicon:
    """The words worth recognising; the `telling` ones also where they are glued to others or broken in two."""

    def __init__(self, entries: Iterable[str], telling: Iterable[str]) -> None:
        self._entries = frozenset(entries)
        self._beginnings = frozenset(entry[:length] for entry in self._entries for length in range(1, len(entry) + 1))
        self.telling = frozenset(telling)

    def __contains__(self, letters: str) -> bool:
        return letters in self._entries

    def divided(self, letters: str, unknown: int) -> list[str]:
        """The words `letters` fall into at the least cost: 1 for a word, `unknown` for a letter outside words.

        With `unknown` 0 there may be no such letter, and the list is empty where that cannot be.
        """
        never = len(letters) * (1 + unknown) + 1
        cost, begin = [0] + [never] * len(letters), [0] * (len(letters) + 1)
        for start, spent in enumerate(cost):  # reads the costs that earlier steps lowered
            if spent == never:
                continue
            for end in self._ends(letters, start):
                if spent < cost[end] - 1:
                    cost[end], begin[end] = spent + 1, start
            if unknown and start < len(letters) and spent + unknown < cost[start + 1]:
                cost[start + 1], begin[start + 1] = spent + unknown, start
        return _walked_back(letters, begin) if cost[-1] < never else []

    def _ends(self, letters: str, start: int) -> Iterator[int]:
        """Where the entries end that begin at `start`."""
        end = start + 1
        while end <= len(letters) and letters[start:end] in self._beginnings:
            if letters[start:end] in self._entries:
                yield end
            end += 1


def words(text: str, lexicon: Lexicon) -> Iterator[Word]:
    """The words of `text` in order, spelled as the lexicon spells them where it knows them."""
    before: Word | None = None
    for word in _parted(text, lexicon):
        whole = before and _mended(before, word, lexicon)
        if before and not whole:
            yield before
        before = whole or word
    if before:
        yield before


def _mended(before: Word, word: Word, lexicon: Lexicon) -> Word | None:
    """A telling word that was broken in two (`dr ill`, `exer-cise`), made whole."""
    letters = before.letters + word.letters
    if before.pause or letters not in lexicon.telling or (before.letters in lexicon and word.letters in lexicon):
        return None
    return Word(letters, before.start, word.end, word.pause)


def _parted(text: str, lexicon: Lexicon) -> Iterator[Word]:
    plain, origin = _closed_up(*_laid_out(text))
    tokens = list(_WORD_AND_GAP.finditer(plain))
    for token, near in zip(tokens, _scripts([token[1] for token in tokens]), strict=True):
        start, end = token.span(1)
        spaced = origin[end - 1] - origin[start] >= 2 * (end - start - 1) > 0
        named = token[2] == "." and token.end() < len(plain)  # as in `notadrill.example`
        *firsts, last = _spelled(token[1], near, lexicon, spaced, named)
        for letters in firsts:
            yield _placed(letters, start, start + len(letters), "", origin)
            start += len(letters)
        yield _placed(last, start, end, _pause(token[2][:_LONGEST_GAP]), origin)


def _placed(letters: str, start: int, end: int, pause: str, origin: list[int]) -> Word:
    return Word(letters, origin[start], max(origin[end], origin[end - 1] + 1), pause)


def _laid_out(text: str) -> tuple[str, list[int]]:
    """The plain text, and for each of its characters, and its end, the index in `text` it came from."""
    plain: list[str] = []
    origin: list[int] = []
    for index, character in enumerate(text):
        for letter in PLAIN[character]:
            plain.append(letter)
            origin.append(index)
    origin.append(len(text))
    return "".join(plain), origin


def _closed_up(plain: str, origin: list[int]) -> tuple[str, list[int]]:
    """The same with letters that stand alone beside each other (`N O T  A`) pushed together."""
    kept, places, done = [], [], 0
    for gap in _GAP_BETWEEN_LONE_LETTERS.finditer(plain):
        start, end = gap.span(1)
        kept.append(plain[done:start])
        places += origin[done:start]
        done = end
    return "".join([*kept, plain[done:]]), places + origin[done:]


def _scripts(tokens: Iterable[str]) -> list[str]:
    """Each token's script; one whose letters all have twins (`HE`, `не`) may be meant in that of the next."""
    scripts = list(map(script, tokens))
    following = next(filter(None, reversed(scripts)), "")
    for index in reversed(range(len(scripts))):
        following = scripts[index] = scripts[index] or following
    return scripts


@lru_cache(maxsize=1 << 15)
def _spelled(token: str, near: str, lexicon: Lexicon, spaced: bool, named: bool) -> Sequence[str]:
    """The word or words a token is meant to be: more than one where letters were spaced out, or words glued."""
    typed, meant = levelled(token), levelled(in_script(token, near))
    for form in (meant, typed, meant.replace("'", "")):
        if form in lexicon:
            return (form,)
    if spaced:
        return lexicon.divided(meant, unknown=len(meant) + 1)
    glued = [] if named or len(meant) > _LONGEST_GLUED else lexicon.divided(meant, unknown=0)
    return glued if lexicon.telling.intersection(glued) else (meant,)


@lru_cache(maxsize=1 << 10)
def _pause(gap: str) -> str:
    if "?" in gap:
        return "?"
    return "." if _STOP.search(gap) else "," if _COMMA.search(gap) else ""


def _walked_back(letters: str, begin: Sequence[int]) -> list[str]:
    """The cheapest words in order, from where each of them begins."""
    divided, end = [], len(letters)
    while end:
        divided.append(letters[begin[end] : end])
        end = begin[end]
    return divided[::-1]
