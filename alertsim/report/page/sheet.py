"""What every part of a report's page is made from: the report, its language, how it writes times."""

from dataclasses import dataclass
from functools import cached_property

from alertsim.page.tongue import Tongue
from alertsim.picture.model import Language
from alertsim.picture.shapes import safe
from alertsim.picture.words import area, length
from alertsim.report.reported import Report
from alertsim.report.summary import Summary
from alertsim.times import DAY, Millis, rfc3339
from alertsim.wire.headlines import Said


@dataclass(frozen=True)
class Sheet:
    """A report in one language."""

    report: Report
    language: Language

    @cached_property
    def tongue(self) -> Tongue:
        """Says words and numbers."""
        return Tongue(self.language)

    @property
    def summary(self) -> Summary:
        """The counts."""
        return self.report.summary

    def say(self, said: Said, *values: object) -> str:
        """Words, their gaps filled, as they may stand in HTML."""
        return safe(self.tongue.say(said, *values))

    def number(self, value: float | None, digits: int = 0) -> str:
        """A number as this language writes it."""
        return self.tongue.number(value, digits)

    def share(self, part: int, whole: int) -> str:
        """So many per cent; never 100 of what is less, never 0 of what is more."""
        if not whole:
            return ""
        percent = 100 * part / whole
        rounded = round(percent)
        if rounded in {0, 100} and 0 < part < whole:
            return "<1 %" if rounded == 0 else ">99 %"
        return f"{rounded} %"

    def moment(self, at: Millis | None) -> str:
        """`03:00:13`, with the day where the story lasts longer than one; a dash for what never was."""
        if at is None:
            return "—"
        text = rfc3339(at, self.report.about.offset)
        return f"{text[5:10]} {text[11:19]}" if self.long else text[11:19]

    @cached_property
    def long(self) -> bool:
        """Whether the story crosses a day."""
        since, until = self.report.span
        return (since + self.report.about.offset * 60_000) // DAY != (until + self.report.about.offset * 60_000) // DAY

    def area(self, name: str) -> str:
        """An area by name."""
        return area(name, self.language)

    def length(self, milliseconds: float) -> str:
        """A length of time."""
        return length(milliseconds, self.language)
