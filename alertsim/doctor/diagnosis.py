"""What a doctor found, and what it comes to: values, without the words for them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Level = Literal["problem", "limit", "note", "ok"]
"""`problem`: so many cannot be held, or no exercise be played. `limit`: they can, but it bends what is measured or
leaves little room. `note`: good to know."""

LEVELS: tuple[Level, ...] = ("problem", "limit", "note", "ok")
"""The worst first."""

Figure = int | float | str


@dataclass(frozen=True)
class Finding:
    """One thing found. `fits`: how many subscribers it leaves room for, where it bounds them at all."""

    level: Level
    name: str
    figures: Mapping[str, Figure] = field(default_factory=dict)
    fits: int | None = None


@dataclass(frozen=True)
class Diagnosis:
    """The findings, the worst first. `wished` subscribers; `fits`: how many at most, None where nothing bounds them."""

    wished: int
    findings: tuple[Finding, ...]

    @property
    def fits(self) -> int | None:
        """The least of what each finding leaves room for."""
        return min((each.fits for each in self.findings if each.fits is not None), default=None)

    @property
    def sound(self) -> bool:
        """Whether nothing forbids an exercise with so many."""
        return all(each.level != "problem" for each in self.findings)
