"""Finds words that contradict the exercise mark every message carries, such as "this is not a drill".

Scenario texts that hold such words are refused with their place. Where in doubt, a text is refused: a false refusal
costs its author a rewording, a false acceptance may frighten a city.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from alertsim.contradiction.alphabet import PLAYED, SPOKEN
from alertsim.contradiction.lexicon import Lexicon
from alertsim.contradiction.sentences import contradicting
from alertsim.contradiction.spelling import plain
from alertsim.contradiction.words import Word, words

__all__ = ["Contradiction", "contradictions"]

_LEXICON = Lexicon(PLAYED, telling=(word for word, parts in PLAYED.items() if parts & {"DRILL", "REAL"}))
_LONGEST_SHOWN = 80


@dataclass(frozen=True)
class Contradiction:
    """A phrase that denies the exercise mark, or claims that what it tells is real."""

    start: int
    end: int
    phrase: str
    language: str

    def __str__(self) -> str:
        """What is wrong and what to do about it, in one sentence; a long phrase is shown shortened."""
        shown = " ".join(self.phrase.split())
        shown = shown if len(shown) <= _LONGEST_SHOWN else shown[: _LONGEST_SHOWN - 1] + "…"
        return (
            f"“{shown}” contradicts the exercise mark that every message carries: leave it out, "
            "or tell what happens without calling it real or no exercise"
        )


def contradictions(text: str) -> tuple[Contradiction, ...]:
    """Every contradiction of the mark, in order and apart from each other; none when the text agrees with the mark.

    `start` and `end` count code points of `text`, and `phrase` is `text[start:end]`; `language` is `uk`, `en` or `ru`.
    Takes time linear in the length of the text.
    """
    spoken = words(text, _LEXICON)
    phrases = contradicting(spoken)
    everywhere = _votes(spoken if phrases else ())
    found: list[Contradiction] = []
    for phrase in phrases:
        start, end = phrase[0].start, _with_accents(text, phrase[-1].end)
        if not found or start >= found[-1].end:
            found.append(Contradiction(start, end, text[start:end], _language(_votes(phrase), everywhere)))
    return tuple(found)


def _with_accents(text: str, end: int) -> int:
    """The end of a letter that ends at `end`, with the accents that follow it."""
    while end < len(text) and not plain(text[end]):
        end += 1
    return end


def _votes(spoken: Iterable[Word]) -> Counter[str]:
    """How many of the words each language lists."""
    return Counter(language for word in spoken for language in SPOKEN.get(word.letters, ()))


def _language(here: Counter[str], everywhere: Counter[str]) -> str:
    return max(("uk", "en", "ru"), key=lambda language: (here[language], everywhere[language]))
