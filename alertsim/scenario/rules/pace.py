"""How long a stretch of scenario time really lasts, by the pace of the chapters it lies in."""

from collections.abc import Sequence

from alertsim.scenario.chapters import Window, windows
from alertsim.scenario.model import Scenario
from alertsim.scenario.rules.moments import moments
from alertsim.times import SECOND, Millis


def paced(scenario: Scenario) -> Sequence[Window]:
    """The chapters; without any, the whole scenario as it was."""
    return windows(scenario) or (Window("", scenario.start, last_moment(scenario), 1.0),)


def last_moment(scenario: Scenario) -> Millis:
    """The last time that any entry states."""
    return max((at for entry in scenario.events for _, at in moments(entry)), default=scenario.start)


def real_ms(chapters: Sequence[Window], begins: Millis, ends: Millis) -> float:
    """Real milliseconds from one moment to another, as far as they lie in chapters."""
    return sum(max(0, min(ends, one.until) - max(begins, one.begins)) / one.rate for one in chapters)


def window_at(chapters: Sequence[Window], at: Millis) -> Window | None:
    """The chapter in which a moment lies; where two meet, the later."""
    return next((one for one in reversed(chapters) if one.begins <= at <= one.until), None)


def end_of_play(play: Sequence[str], chapters: Sequence[Window], at: Millis) -> Millis:
    """When play ends for what happens at a moment: with the last chapter played, or the last of all."""
    played = [window.until for window in chapters if not play or window.name in play]
    return played[-1] if played and at <= played[-1] else chapters[-1].until


def seconds(lasts: float) -> str:
    """Milliseconds as one speaks of them: `4.5 s`."""
    return f"{lasts / SECOND:.2g} s"
