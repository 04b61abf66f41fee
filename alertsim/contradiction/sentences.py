"""Hears the phrases of a text that contradict the exercise mark."""

import re
from collections.abc import Iterator, Sequence
from itertools import compress

from alertsim.contradiction.alphabet import about, expression, letter
from alertsim.contradiction.grammar import CLAIMS
from alertsim.contradiction.words import Word

_CLAIMS = tuple((about(claim), expression(claim)) for claim in CLAIMS)
_STACCATO = re.compile(r"(?:(?<![^,.?])[^,.?][,.?]){4,}")


def contradicting(spoken: Sequence[Word]) -> list[Sequence[Word]]:
    """The words of each phrase that contradicts, by where it begins, the longest first; they may overlap."""
    sentence = "".join(letter(word.letters) + word.pause for word in spoken) + "."
    spans = [*_spans(sentence), *_spans_without_staccato(sentence)]
    if not spans:
        return []
    places = [index for index, word in enumerate(spoken) for _ in range(1 + len(word.pause))] + [len(spoken) - 1]
    limits = sorted((places[start], -places[end - 1]) for start, end in spans)
    return [spoken[first : 1 - negative_last] for first, negative_last in limits]


def _spans(sentence: str) -> Iterator[tuple[int, int]]:
    """Where in a sentence of letters and pauses a phrase contradicts."""
    for subject, claim in _CLAIMS:
        for found in claim.finditer(sentence) if subject.search(sentence) else ():
            if found[1]:
                yield found.span(1)


def _spans_without_staccato(sentence: str) -> Iterator[tuple[int, int]]:
    """The same where four words or more stand alone (`This. Is. No. Drill.`): a pause may mean no more than a space."""
    kept = [True] * len(sentence)
    for run in _STACCATO.finditer(sentence):
        kept[run.start() + 1 : run.end() - 1 : 2] = [False] * ((run.end() - run.start()) // 2 - 1)
    if not all(kept):
        places = list(compress(range(len(sentence)), kept))
        for start, end in _spans("".join(compress(sentence, kept))):
            yield places[start], places[end - 1] + 1
