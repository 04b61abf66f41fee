"""A plot on the page: heading, what it shows, a legend with shapes and words; and what plots over time share."""

from collections.abc import Sequence
from dataclasses import dataclass

from alertsim.page.figure import Key
from alertsim.page.figure import figure as page_figure
from alertsim.page.plot import Plot, Scale, Tick, second_step, x_scale
from alertsim.page.tongue import Tongue
from alertsim.picture.shapes import safe
from alertsim.swarm.page import words
from alertsim.swarm.storms import Crowd, Storm
from alertsim.wire.headlines import Said


@dataclass(frozen=True)
class Sheet:
    """What all plots of a page share: language, stamp, the `seconds` they cover, and what is shaded in them."""

    tongue: Tongue
    stamp: str
    start_us: int
    seconds: float
    storms: tuple[Storm | Crowd, ...] = ()

    def since(self, at_us: int) -> float:
        """Seconds from the beginning to a Unix time in µs."""
        return (at_us - self.start_us) / 1e6


def nothing(heading: Said, tongue: Tongue) -> str:
    """Instead of a plot of nothing."""
    return f"<h3>{safe(tongue.say(heading))}</h3><p>{safe(tongue.say(words.NOT_MEASURED))}</p>"


def over_time(name: str, y: Scale, ticks: Sequence[Tick], unit: str, sheet: Sheet) -> Plot:
    """A plot over the time of the sheet with storms, rules and times, and nothing in it yet."""
    say, plot = sheet.tongue, Plot(name, x_scale(0, sheet.seconds), y)
    for n, storm in enumerate(sheet.storms, 1):
        kind, said = ("crowd", words.CROWD) if isinstance(storm, Crowd) else ("storm", words.STORM)
        until = sheet.since(storm.until_us)
        plot.shade(sheet.since(storm.began_us), until, kind, str(n), f"{say.say(said)} {n}")
    plot.across(ticks, unit)
    step, long = second_step(sheet.seconds), sheet.seconds > 300
    times = [n * step for n in range(int(sheet.seconds / step + 1e-9) + 1)]
    labels = [clock(at) if long else say.number(at, 1 if step < 1 else 0) for at in times]
    plot.along(map(Tick, times, labels), say.say(words.SINCE_LONG if long else words.SINCE))
    return plot


def figure(plot: Plot, said: tuple[Said, Said], sheet: Sheet, keys: Sequence[Key] = (), note: str = "") -> str:
    """The plot with what `said` calls it and says about it."""
    heading, about = map(sheet.tongue.say, said)
    return page_figure(plot.finished(heading, about, sheet.stamp), heading, f"{about} {note}".strip(), keys)


def clock(seconds: float) -> str:
    """`0:05:00`."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}"
