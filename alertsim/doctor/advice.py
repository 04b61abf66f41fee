"""What a doctor says of each finding, in Ukrainian and English: what it is, why it matters, and what to do."""

from typing import Literal, NamedTuple

from alertsim.doctor import advice_english, advice_ukrainian
from alertsim.doctor.diagnosis import Figure, Finding

Language = Literal["uk", "en"]

_WORDS = {"uk": advice_ukrainian.WORDS, "en": advice_english.WORDS}


class Advice(NamedTuple):
    """Sentences, each but the first perhaps empty."""

    what: str
    why: str = ""
    remedy: str = ""


def advice(finding: Finding, language: Language) -> Advice:
    """The words for a finding, with its figures; as `NAME_plain`, to be typed into a shell, without separators."""
    known = _WORDS[language]
    words = known.get(f"{finding.name}:{finding.level}") or known[finding.name]
    shown = {name: figure_text(figure, language) for name, figure in finding.figures.items()}
    typed = {f"{name}_plain": str(figure) for name, figure in finding.figures.items()}
    return Advice(*(sentence.format_map(shown | typed) for sentence in words))


def figure_text(figure: Figure, language: Language) -> str:
    """A number as people write it in this language; words as they are."""
    if isinstance(figure, str):
        return figure
    text = f"{figure:,.0f}" if isinstance(figure, int) or abs(figure) >= 10 else f"{figure:,.1f}"
    if language == "en":
        return text
    return text.replace(",", "\N{NO-BREAK SPACE}").replace(".", ",")
