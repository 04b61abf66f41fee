"""The live table of `load`: how many are there, what came and how fast, for each operator; on a terminal only."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from alertsim.clock import monotonic_s
from alertsim.swarm.conduct import Phase, View
from alertsim.swarm.histogram import Histogram

_EVERY_S = 0.25


@contextmanager
def drawn(subscribers: int) -> Iterator[View]:
    """A view that draws in this process, which is not the subscribers'; without a terminal it shows nothing."""
    console = Console(stderr=True, highlight=False)
    if not console.is_terminal:
        yield lambda _phase, _progress: None
        return
    course = Course(subscribers)
    with Live(console=console, auto_refresh=False, transient=True) as live:

        def draw(phase: Phase, progress: dict[str, Any]) -> None:
            if course.is_due():
                live.update(course.picture(phase, progress), refresh=True)

        yield draw


class Course:
    """What the table shows beside the newest progress: rates, which need two looks."""

    def __init__(self, subscribers: int) -> None:
        self._subscribers, self._drawn_s = subscribers, 0.0
        self._before = (monotonic_s(), 0, 0)
        self._rates = (0.0, 0.0)

    def is_due(self) -> bool:
        """Whether to draw again: a few times a second."""
        due = monotonic_s() >= self._drawn_s + _EVERY_S
        if due:
            self._drawn_s = monotonic_s()
        return due

    def picture(self, phase: Phase, progress: dict[str, Any]) -> Group:
        """A line, and a row for each operator."""
        self._note(progress)
        return Group(self._line(phase, progress), _table(progress.get("operators", [])))

    def _note(self, progress: dict[str, Any]) -> None:
        at_s, connects, deliveries = self._before
        now_s, now = monotonic_s(), (progress.get("connected", 0), progress.get("deliveries", 0))
        if now_s - at_s >= 1.0:
            self._rates = (now[0] - connects) / (now_s - at_s), (now[1] - deliveries) / (now_s - at_s)
            self._before = (now_s, *now)

    def _line(self, phase: Phase, progress: dict[str, Any]) -> Text:
        connects, deliveries = self._rates
        failures = sum(progress.get("causes", {}).values())
        return Text.assemble(
            (" TEST ", "bold black on bright_yellow"),
            (f" {phase}  ", "bold"),
            f"{progress.get('subscribed', 0):,} of {self._subscribers:,} connected ({connects:,.0f}/s)  ",
            f"{progress.get('messages', 0):,} messages, {progress.get('waiting', 0):,} on their way  ",
            f"{progress.get('deliveries', 0):,} deliveries ({deliveries:,.0f}/s)",
            (f"  {failures:,} connections ended" if failures else "", "red"),
        )


def _table(operators: list[dict[str, Any]]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for name in ("operator", "subscribers", "connected", "no coverage", "delivered", "p50", "p99", "max"):
        table.add_column(name, justify="left" if name == "operator" else "right")
    for row in operators:
        latency = Histogram.from_sparse(row["latency"])
        numbers = (row["subscribers"], row["subscribed"], row["cut"], latency.total)
        times = (latency.percentile(percent) for percent in (50, 99, 100))
        table.add_row(row["operator"] or "all", *(f"{number:,}" for number in numbers), *map(_ms, times))
    return table


def _ms(us: int | None) -> str:
    return "–" if us is None else f"{us / 1000:,.1f} ms"
