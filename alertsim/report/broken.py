"""What it cost that the broker was made to fail: which messages came late because of it, and which never."""

from pydantic import Field

from alertsim.events import BrokerFault, BrokerFaulted, Frozen
from alertsim.observations import EventExpired, EventPublished, Observation, Played

LATE_US = 1_000_000
"""A message is late that the broker has confirmed more than a second after it was due."""


class Broken(Frozen):
    """One fault of the broker; counts of messages that were due while it lasted."""

    entry: str
    fault: BrokerFault
    persistence: bool | None = None
    gone_ms: int | None = Field(None, description="until it had confirmed that it answers again; None: never")
    late: int = Field(0, description="confirmed more than a second after they were due")
    latest_ms: int = Field(0, description="how late the latest of these was")
    never: int = Field(0, description="not sent at all: too old by then, or overtaken by newer ones")


class Breaks:
    """Lines in, faults out."""

    def __init__(self) -> None:
        self._broken: list[Broken] = []
        self._since_us = 0
        self._ends: int | None = None
        self._fails = False
        self._due: dict[int, tuple[int, int]] = {}

    def played(self, line: Played) -> None:
        """Something was sent, or tried to be."""
        match line.event:
            case BrokerFaulted(phase="began") as began:
                self._fails, self._since_us, self._ends = True, line.actual_us, None
                self._broken.append(Broken(entry=began.entry, fault=began.fault, persistence=began.persistence))
            case BrokerFaulted() if self._fails:
                self._ends = line.seq
            case _ if self._fails:
                self._due[line.seq] = len(self._broken) - 1, line.due_us
            case _:
                return

    def observed(self, seen: Observation) -> None:
        """What became of a message."""
        match seen:
            case EventPublished(seq=seq) if seq == self._ends:
                self._fails, self._ends = False, None
                self._grow(len(self._broken) - 1, gone_ms=(seen.at_us - self._since_us) // 1000)
            case EventPublished(seq=seq) if seq in self._due:
                n, due_us = self._due.pop(seq)
                if (late_us := seen.at_us - due_us) > LATE_US:
                    latest = max(self._broken[n].latest_ms, late_us // 1000)
                    self._grow(n, late=self._broken[n].late + 1, latest_ms=latest)
            case EventExpired(seq=seq) if seq in self._due:
                n, _ = self._due.pop(seq)
                self._grow(n, never=self._broken[n].never + 1)
            case _:
                return

    @property
    def broken(self) -> tuple[Broken, ...]:
        """The faults, in the order in which they began."""
        return tuple(self._broken)

    def _grow(self, n: int, **more: int) -> None:
        self._broken[n] = self._broken[n].model_copy(update=more)
