"""Which sirens fell silent with an operator, and how many alerts came meanwhile, in a sentence."""

from collections.abc import Sequence

from alertsim import areas
from alertsim.report.sirens import Silenced

_TOLD = 4
"""Of so many oblasts, and of so many ways to warn instead, a sentence tells."""


def silenced_en(silenced: Sequence[Silenced]) -> str:
    """Where, what was left, how many alerts, what was to warn; behind a blank, and empty where none fell silent."""
    said = [
        f"{areas.by_id(each.area).name_en} ({each.up:.0%} left, {each.alerts} alert{'' if each.alerts == 1 else 's'})"
        for each in silenced
    ]
    more = f" and {len(said) - _TOLD} more" if len(said) > _TOLD else ""
    instead = _listed([each.fallback.en for each in silenced if each.fallback], "; to warn instead: ")
    return f" Sirens fell silent with their operator in {', '.join(said[:_TOLD])}{more}{instead}." if said else ""


def silenced_uk(silenced: Sequence[Silenced]) -> str:
    """The same in Ukrainian."""
    said = [f"{areas.by_id(each.area).name_uk} (лишилося {each.up:.0%}, тривог: {each.alerts})" for each in silenced]
    more = f"; ще областей: {len(said) - _TOLD}" if len(said) > _TOLD else ""
    instead = _listed([each.fallback.uk for each in silenced if each.fallback], "; замість них: ")
    return f" Частина сирен замовкла разом з оператором: {', '.join(said[:_TOLD])}{more}{instead}." if said else ""


def _listed(texts: Sequence[str], before: str) -> str:
    """Each text once, the first of them, behind these words; nothing where there is none."""
    return f"{before}{', '.join(list(dict.fromkeys(texts))[:_TOLD])}" if texts else ""
