"""One of the two languages of a page: words with their gaps filled, numbers with its separators and units."""

from dataclasses import dataclass

from alertsim.picture.model import Language
from alertsim.wire.headlines import Said

NA = Said(uk="н/д", en="n/a")
"""Instead of what was not measured."""

_UNITS = {"ms": "мс", "s": "с", "µs": "мкс", "MiB": "МіБ"}


@dataclass(frozen=True)
class Tongue:
    """Says things in one language; numbers with its separators, None as not measured."""

    language: Language

    def say(self, said: Said, *values: object) -> str:
        """The words, with the values in their gaps."""
        return str(getattr(said, self.language)).format(*values)

    def number(self, value: float | None, digits: int = 0) -> str:
        """With so many digits after the point."""
        if value is None:
            return self.say(NA)
        text = f"{value:,.{digits}f}"
        return text if self.language == "en" else text.replace(",", "\u202f").replace(".", ",")

    def measure(self, value: float | None, unit: str, digits: int = 0) -> str:
        """A number with its unit."""
        return self.say(NA) if value is None else f"{self.number(value, digits)}\u00a0{self.unit(unit)}"

    def unit(self, unit: str) -> str:
        """A unit as this language writes it."""
        return unit if self.language == "en" else _UNITS[unit]

    def latency(self, us: float | None) -> str:
        """µs in the unit that suits: 0.42 ms, 11.1 ms, 12.3 s."""
        if us is None:
            return self.say(NA)
        if us < 10_000_000:
            return self.measure(us / 1_000, "ms", 2 if us < 1_000 else 1)
        return self.measure(us / 1_000_000, "s", 1)
