"""Finds words that contradict the exercise mark every message carries ("this is not a drill"), so that they are refused."""

import re
from collections.abc import Iterator
from collections import Counter
from dataclasses import dataclass

from alertsim.contradiction.alphabet import KNOWN, TELLING, compiled, part
from alertsim.contradiction.grammar import CLAIMS, Claim
from alertsim.contradiction.words import Lexicon, words

__all__ = ["Contradiction", "contradictions"]

_LEXICON = Lexicon(KNOWN, TELLING)


@dataclass(frozen=True)
class Contradiction:
    start: int
    end: int
    phrase: str
    language: str

    def __str__(self) -> str:
        return f"“{' '.join(self.phrase.split())}” contradicts the exercise mark that every message carries"


def _expression(claim: Claim):
    agrees = "|".join(map(compiled, claim.agrees))
    contradicts = "|".join(map(compiled, claim.contradicts))
    return re.compile(f"{agrees}|({contradicts})")


_CLAIMS = tuple(map(_expression, CLAIMS))


def contradictions(text: str) -> tuple[Contradiction, ...]:
    found = list(words(text, _LEXICON))
    spelled, at = [], []
    for i, w in enumerate(found):
        spelled.append(part(w.letters).letter); at.append(i)
        pause = w.pause if i < len(found) - 1 else w.pause or "."
        if pause:
            spelled.append(pause); at.append(i)
    sentence = "".join(spelled)
    spans = []
    for claim in _CLAIMS:
        for m in claim.finditer(sentence):
            if m[1] is not None:
                if not m[1]: continue
                spans.append((at[m.start()], at[m.end() - 1]))
    spans.sort(key=lambda s: (s[0], -s[1]))
    out = []
    done = 0
    for a, b in spans:
        s, e = found[a].start, found[b].end
        if s < done: continue
        langs = Counter(l for w in found[a:b+1] for l in part(w.letters).languages)
        lang = max(("uk", "en", "ru"), key=lambda l: langs[l])
        out.append(Contradiction(s, e, text[s:e], lang))
        done = e
    return tuple(out)
