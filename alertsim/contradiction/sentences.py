"""Hears the phrases of a text that contradict the exercise mark."""

import re
from collections.abc import Iterator, Sequence
from itertools import compress

from alertsim.contradiction.alphabet import expression, letter
from alertsim.contradiction.grammar import CLAIMS
from alertsim.contradiction.words import Word

_CLAIMS = tuple(map(expression, CLAIMS))
_STACCATO = re.compile(r"(?:(?<![^,.?])[^,.?][,.?]){4,}")


def contradicting(spoken: Sequence[Word]) -> list[Sequence[Word]]:
    """The words of each phrase that contradicts, by where it begins, the longest first; they may overlap."""
    limits = {limit for sentence, places in _readings(spoken) for limit in _limits(sentence, places)}
    return [spoken[first : last + 1] for first, last in sorted(limits, key=lambda limit: (limit[0], -limit[1]))]


def _readings(spoken: Sequence[Word]) -> Iterator[tuple[str, list[int]]]:
    """The sentence in letters, and the word each letter and pause belongs to; again without staccato if there is any.

    Where each word stands alone (`Not. A. Drill.`) a pause may mean as much as a space.
    """
    sentence = "".join(letter(word.letters) + word.pause for word in spoken) + "."
    places = [index for index, word in enumerate(spoken) for _ in range(1 + len(word.pause))] + [len(spoken) - 1]
    yield sentence, places
    kept = [True] * len(sentence)
    for run in _STACCATO.finditer(sentence):
        for pause in range(run.start() + 1, run.end() - 1, 2):
            kept[pause] = False
    if not all(kept):
        yield "".join(compress(sentence, kept)), list(compress(places, kept))


def _limits(sentence: str, places: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The first and the last word of each phrase that contradicts."""
    for claim in _CLAIMS:
        for found in claim.finditer(sentence):
            if found[1]:
                yield places[found.start(1)], places[found.end(1) - 1]
