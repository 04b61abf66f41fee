"""Divides a text into plain words with their places, as a person reads it: s p a c e d and gluedtogether words too."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from alertsim.contradiction.spelling import PLAIN, in_script, levelled, script

_WORD_AND_GAP = re.compile(r"([^\W_]+(?:'[^\W_]+)*)([\W_]*)")
_STOP = re.compile(r"[.!;:=–—―]|\n *\n|[ \n]-+[ \n]")
_COMMA = re.compile(r"[,()]")
_LONGEST_GLUED = 48


class Word(NamedTuple):
    """One word: plain letters, place in the text (code points), and the pause after it: nothing, `,`, `.` or `?`."""

    letters: str
    start: int
    end: int
    pause: str


class _Token(NamedTuple):
    """Letters as they stand, the index of each in the plain text, and the gap up to the next letter."""

    letters: str
    places: Sequence[int]
    gap: str


class Lexicon:
    """The words worth recognising when letters are odd, spaced out or glued together."""

    def __init__(self, entries: Iterable[str], telling: Iterable[str]) -> None:
        self._entries = frozenset(entries)
        self.telling = frozenset(telling)
        self._beginnings = frozenset(entry[:length] for entry in self._entries for length in range(1, len(entry) + 1))

    def __contains__(self, letters: str) -> bool:
        return letters in self._entries

    def divided(self, letters: str, unknown: int | None = None) -> list[int]:
        """Where the words end that `letters` fall into, at the least cost: a known word 1, a letter outside `unknown`.

        Without `unknown` every letter must belong to a known word; the list is empty where that cannot be.
        """
        never = len(letters) * (1 + (unknown or 0)) + 1
        cost = [0] + [never] * len(letters)
        begin = [0] * len(cost)
        for start in range(len(letters)):
            if cost[start] == never:
                continue
            steps = [(end, 1) for end in self._ends(letters, start)]
            for end, price in [*steps, (start + 1, unknown)] if unknown else steps:
                if cost[start] + price < cost[end]:
                    cost[end], begin[end] = cost[start] + price, start
        return _walked_back(begin) if cost[-1] < never else []

    def _ends(self, letters: str, start: int) -> Iterator[int]:
        end = start + 1
        while end <= len(letters) and letters[start:end] in self._beginnings:
            if letters[start:end] in self._entries:
                yield end
            end += 1


def words(text: str, lexicon: Lexicon) -> Iterator[Word]:
    """The words of `text` in order, spelled as the lexicon spells them where it knows them."""
    plain, origin = _laid_out(text)
    tokens = list(_runs_joined(_tokens(plain)))
    for token, near in zip(tokens, _scripts(tokens), strict=True):
        letters = _read(token.letters, near, lexicon)
        yield from _placed(token, letters, _divided(token, letters, lexicon), origin)


def mended(parted: Iterable[Word], lexicon: Lexicon) -> Iterator[Word]:
    """The words, with a telling one that was broken in two (`dr ill`, `exer-cise`) made whole."""
    before: Word | None = None
    for word in parted:
        if before:
            whole = before.letters + word.letters
            if whole in lexicon.telling and not before.pause and not (before.letters in lexicon and word.letters in lexicon):
                before = Word(whole, before.start, word.end, word.pause)
                continue
            yield before
        before = word
    if before:
        yield before


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


def _tokens(plain: str) -> Iterator[_Token]:
    for found in _WORD_AND_GAP.finditer(plain):
        gap = found[2] if found.end() < len(plain) else found[2] + " "
        yield _Token(found[1], range(*found.span(1)), gap)


def _runs_joined(tokens: Iterable[_Token]) -> Iterator[_Token]:
    """The tokens, with letters that stand alone beside each other (`N O T  A`) as one token."""
    for single, group in groupby(tokens, lambda token: len(token.letters) == 1 and token.letters.isalpha()):
        if not single:
            yield from group
            continue
        run = list(group)
        yield _Token("".join(token.letters for token in run), [token.places[0] for token in run], run[-1].gap)


def _scripts(tokens: Sequence[_Token]) -> list[str]:
    """Each token's script; one whose letters all have twins (`HE`, `не`) may be meant in that of the next."""
    scripts = [script(token.letters) for token in tokens]
    following = next(filter(None, reversed(scripts)), "")
    for index in reversed(range(len(scripts))):
        following = scripts[index] = scripts[index] or following
    return scripts


def _read(letters: str, near: str, lexicon: Lexicon) -> str:
    typed, meant = levelled(letters), levelled(in_script(letters, near))
    return next((form for form in (meant, typed, meant.replace("'", "")) if form in lexicon), meant)


def _divided(token: _Token, letters: str, lexicon: Lexicon) -> list[int]:
    """Where the words in a token end: one word, unless it is a run of single letters or glued from known words."""
    whole = [len(token.places)]
    if not isinstance(token.places, range):
        return lexicon.divided(letters, unknown=len(letters) + 1)
    glued = 3 < len(letters) <= _LONGEST_GLUED and letters not in lexicon and token.gap != "."
    ends = lexicon.divided(letters) if glued else []
    if any(letters[start:end] in lexicon.telling for start, end in zip([0, *ends], ends, strict=False)):
        return ends
    return whole


def _placed(token: _Token, letters: str, ends: list[int], origin: list[int]) -> Iterator[Word]:
    start = 0
    for end in ends:
        first, last = token.places[start], token.places[end - 1]
        pause = _pause(token.gap) if end == ends[-1] else ""
        yield Word(letters[start:end], origin[first], max(origin[last + 1], origin[last] + 1), pause)
        start = end


def _pause(gap: str) -> str:
    if gap == " ":
        return ""
    if "?" in gap:
        return "?"
    return "." if _STOP.search(gap) else "," if _COMMA.search(gap) else ""


def _walked_back(begin: Sequence[int]) -> list[int]:
    """The ends of the cheapest words, in order, from where each begins."""
    ends = [len(begin) - 1]
    while begin[ends[-1]]:
        ends.append(begin[ends[-1]])
    return ends[::-1]
