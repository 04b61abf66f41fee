"""From when until when each chapter of a scenario lasts: one without `from` begins when the one before it ends."""

from typing import NamedTuple

from alertsim.scenario.model import Header
from alertsim.times import Millis


class Window(NamedTuple):
    """From when until when a chapter lasts, and its rate: scenario seconds a real second; inf is max."""

    name: str
    begins: Millis
    until: Millis
    rate: float


def windows(scenario: Header) -> tuple[Window, ...]:
    """The chapters in their order; none where the scenario has none."""
    found, ended = [], scenario.start
    for name, chapter in scenario.chapters.items():
        begins = ended if chapter.from_ is None else chapter.from_
        found.append(Window(name, begins, chapter.until, chapter.rate))
        ended = chapter.until
    return tuple(found)
