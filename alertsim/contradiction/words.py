"""Divides a text into plain words with their places, as a person reads it: s p a c e d and gluedtogether words too."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

from alertsim.contradiction.lexicon import Lexicon
from alertsim.contradiction.spelling import in_script, levelled, plain, script

_TOKEN_AND_GAP = re.compile(r"([^\W_]+(?:'[^\W_]+)*)([\W_]*)")
_GAP_BETWEEN_LONE_LETTERS = re.compile(r"(?<![^\W_])(?<![^\W_]')[^\W\d_]([\W_]++)(?=[^\W\d_](?!'?[^\W_]))")
_STOP = re.compile(r"[.!;:=–—―]|\n *\n|[ \n]-+[ \n]")
_COMMA = re.compile(r"[,()]")
Shape = Literal["spaced", "named", ""]
_LONGEST_GAP = 32
_LONGEST_GLUED = 48


class Word(NamedTuple):
    """One word: plain letters, its place in the text in code points, and the pause after it if any (`,` `.` `?`)."""

    letters: str
    start: int
    end: int
    pause: str


def words(text: str, lexicon: Lexicon) -> list[Word]:
    """The words of `text` in order, spelled as the lexicon spells them where it knows them."""
    found: list[Word] = []
    for word in _parted(text, lexicon):
        whole = found[-1].letters + word.letters if found else ""
        if whole in lexicon.telling and _broken(found[-1], word, lexicon):
            found[-1] = Word(whole, found[-1].start, word.end, word.pause)
        else:
            found.append(word)
    return found


def _broken(before: Word, word: Word, lexicon: Lexicon) -> bool:
    """Whether two words are one broken in two (`dr ill`, `exer-cise`), and not two that happen to meet."""
    return not before.pause and not (before.letters in lexicon and word.letters in lexicon)


def _parted(text: str, lexicon: Lexicon) -> Iterator[Word]:
    letters, origin = _closed_up(*_laid_out(text))
    tokens = _TOKEN_AND_GAP.findall(letters)
    start = len(letters) - sum(len(token) + len(gap) for token, gap in tokens)
    for (token, gap), near in zip(tokens, _scripts([token for token, _ in tokens]), strict=True):
        end = start + len(token)
        first, last = origin[start], origin[end - 1]
        named = gap == "." and end + 1 < len(letters)  # as in `notadrill.example`
        shape: Shape = "named" if named else "spaced" if _spaced(text, first, last, len(token)) else ""
        pieces = _spelled(token, near, lexicon, shape)
        for piece in pieces[:-1]:
            yield Word(piece, origin[start], origin[start + len(piece) - 1] + 1, "")
            start += len(piece)
        yield Word(pieces[-1], origin[start], last + 1, "" if gap == " " else _pause(gap[:_LONGEST_GAP]))
        start = end + len(gap)


def _spaced(text: str, first: int, last: int, length: int) -> bool:
    """Whether letters of the text stand apart, by more than what nobody sees."""
    if last - first < length or last - first < 2 * (length - 1):
        return False
    return not "".join(map(plain, text[first:last])).replace("'", "").isalnum()


def _laid_out(text: str) -> tuple[str, list[int]]:
    """The plain letters of the text, and for each of them the index in `text` it came from."""
    letters: list[str] = []
    origin: list[int] = []
    for index, character in enumerate(text):
        for letter in plain(character):
            letters.append(letter)
            origin.append(index)
    return "".join(letters), origin


def _closed_up(letters: str, origin: list[int]) -> tuple[str, list[int]]:
    """The same with letters that stand alone beside each other (`N O T  A`) pushed together."""
    kept: list[str] = []
    places: list[int] = []
    done = 0
    for gap in _GAP_BETWEEN_LONE_LETTERS.finditer(letters):
        start, end = gap.span(1)
        kept.append(letters[done:start])
        places += origin[done:start]
        done = end
    return "".join([*kept, letters[done:]]), places + origin[done:]


def _scripts(tokens: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """The scripts each token may be meant in, the likeliest first: its own, that of the next, that of the one before.

    One whose letters all have twins (`HE`, `не`) is likely meant as it stands if a neighbour is in that script.
    """
    scripts = list(map(script, tokens))
    following = list(scripts)
    after = next(filter(None, reversed(scripts)), "cyrillic")
    for index in reversed(range(len(scripts))):
        following[index], after = after, scripts[index] or after
    before = ""
    for token, own, after in zip(tokens, scripts, following, strict=True):
        typed = "latin" if token.isascii() else "cyrillic"
        yield own or (typed if typed in {before, after} else after), after, before
        before = own or before


@lru_cache(maxsize=1 << 15)
def _spelled(token: str, scripts: tuple[str, str, str], lexicon: Lexicon, shape: Shape) -> Sequence[str]:
    """The word or words a token is meant to be: more than one where letters were spaced out, or words glued."""
    meant, *others = (levelled(in_script(token, wanted)) for wanted in scripts)
    for form in (meant, levelled(token), meant.replace("'", ""), *others):
        if form in lexicon:
            return (form,)
    if shape == "spaced":
        return lexicon.divided(meant, unknown=len(meant) + 1)
    glued = [] if shape == "named" or len(meant) > _LONGEST_GLUED else lexicon.divided(meant, unknown=0)
    return glued if lexicon.telling.intersection(glued) else (meant,)


@lru_cache(maxsize=1 << 10)
def _pause(gap: str) -> str:
    if "?" in gap:
        return "?"
    return "." if _STOP.search(gap) else "," if _COMMA.search(gap) else ""
