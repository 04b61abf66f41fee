"""What a recording holds, counted: by branch of topics, by kind, and from when to when."""

from collections import Counter
from dataclasses import dataclass, field

from alertsim.recording.layout import branch
from alertsim.recording.read import Recorded
from alertsim.times import Millis, parse_instant

_TICK = "clock.ticked"


@dataclass
class Contents:
    """A fold over lines. Times: `first_us`, `last_us` Unix microseconds; `from_at`, `until_at` scenario milliseconds.

    `rates` are the paces the clock told of, scenario seconds a real second, without standing still.
    """

    messages: int = 0
    observations: int = 0
    branches: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    rates: set[float] = field(default_factory=set)
    first_us: int | None = None
    last_us: int | None = None
    from_at: Millis | None = None
    until_at: Millis | None = None

    @property
    def lines(self) -> int:
        """All of them."""
        return self.messages + self.observations

    def add(self, line: Recorded) -> None:
        """Count one more line."""
        self.branches[branch(line.topic)] += 1
        self.kinds[line.kind or "(none)"] += 1
        self.first_us = min(line.actual_us, self.first_us or line.actual_us)
        self.last_us = max(line.actual_us, self.last_us or 0)
        if line.delivery is None:
            self.observations += 1
        else:
            self.messages += 1
            self._told(line)

    def counting(self, line: Recorded) -> Recorded:
        """The line, counted on its way."""
        self.add(line)
        return line

    def _told(self, line: Recorded) -> None:
        """What the payload says of story and pace."""
        said = line.of if isinstance(line.of, dict) else {}
        if line.kind == _TICK and isinstance(said.get("rate"), int | float) and said["rate"]:
            self.rates.add(float(said["rate"]))
        try:
            at = parse_instant(str(said.get("at")))[0]
        except ValueError:
            return
        self.from_at = at if self.from_at is None else min(at, self.from_at)
        self.until_at = at if self.until_at is None else max(at, self.until_at)
