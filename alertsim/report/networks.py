"""How the operators' subscribers fared while the networks failed and came back: a fold, and what it came to."""

from bisect import bisect_right
from collections.abc import Mapping
from typing import NamedTuple

from pydantic import Field

from alertsim.events import ClockTicked, Frozen
from alertsim.observations import ExpiryLifted, FlowStalled, NetworkSeen, Observed, Played, StormPassed
from alertsim.times import SECOND, Millis, rfc3339


class Storm(Frozen):
    """Connections lost many at once and dialled anew. Times of day are scenario milliseconds, spans real seconds."""

    began: Millis
    before: int = Field(description="connected before the first was lost")
    lost: int = Field(description="connections; one subscriber's may be several")
    lowest: int = Field(description="the fewest connected meanwhile")
    peak_connects_per_s: float = Field(description="CONNACKs in the densest second")
    peak: Millis = Field(description="when that second ended")
    back_s: float | None = Field(description="from the first loss until all were back; null: they never were")
    return_s: float | None = Field(description="from when the fewest were connected until all were back")
    back_off_s: float = Field(description="how long each waited first; twice as long each time after")
    jittered: bool = Field(description="whether that was spread by chance, or the same for all")


class Network(Frozen):
    """The subscribers of one operator, or the clients that came through its port."""

    subscribers: int = Field(description="the most there were")
    lowest: int = Field(description="the fewest connected")
    lowest_at: Millis = Field(description="when they were first so few")
    cut: int = Field(description="the most without coverage at once")
    reconnecting: int = Field(description="the most that should have been connected and were not")
    storms: tuple[Storm, ...] = ()


class Stalled(Frozen):
    """Subscribers to whom nothing more came, because so many messages to each stayed unanswered."""

    operator: str
    side: str = Field(description="subscribers of ours, or clients through the operator's port")
    subscribers: int
    unanswered: int


class Networks(Frozen):
    """By operator: the `subscribers` of the swarm and other people's `clients`. `expiry_lifted`: by `--no-expiry`."""

    subscribers: Mapping[str, Network] = {}
    clients: Mapping[str, Network] = {}
    stalled: tuple[Stalled, ...] = ()
    expiry_lifted: bool = False

    def as_json(self, offset: int) -> dict[str, object]:
        """The same as plain JSON, with times at `offset` minutes."""
        plain = self.model_dump(mode="json")
        for network in (*plain["subscribers"].values(), *plain["clients"].values()):
            network["lowest_at"] = rfc3339(network["lowest_at"], offset)
            for storm in network["storms"]:
                storm |= {name: rfc3339(storm[name], offset) for name in ("began", "peak")}
        return plain


class _Tick(NamedTuple):
    """Scenario time `at` at a Unix time, and its pace; None where that has no meaning."""

    us: int
    at: Millis
    rate: float | None


class Standing:
    """Lines in, networks out."""

    def __init__(self) -> None:
        self._ticks: list[_Tick] = []
        self._seen: dict[tuple[str, str], Network] = {}
        self._storms: dict[str, list[StormPassed]] = {}
        self._stalled: dict[tuple[str, str, int], Stalled] = {}
        self._lifted = False

    def ticked(self, line: Played, tick: ClockTicked) -> None:
        """Scenario time at some moment."""
        self._ticks.append(_Tick(line.actual_us, tick.at, tick.rate))

    def observed(self, line: Observed) -> None:
        """What was seen of operators; anything else is none of it."""
        match line.observation:
            case NetworkSeen() as seen:
                self._stood(seen, line.actual_us)
            case StormPassed() as storm:
                self._storms.setdefault(storm.operator, []).append(storm)
            case FlowStalled() as seen:
                stalled = Stalled(**seen.model_dump(exclude={"kind"}))
                self._stalled[seen.operator, seen.side, seen.unanswered] = stalled
            case ExpiryLifted():
                self._lifted = True
            case _:
                pass

    @property
    def networks(self) -> Networks | None:
        """What it came to; None where nothing was seen."""
        if not (self._seen or self._stalled or self._lifted):
            return None
        sides = {
            side: {operator: self._with_storms(operator, side) for operator in sorted(self._operators(side))}
            for side in ("subscribers", "clients")
        }
        return Networks(**sides, stalled=tuple(self._stalled.values()), expiry_lifted=self._lifted)

    def _operators(self, side: str) -> list[str]:
        return [operator for operator, seen in self._seen if seen == side]

    def _stood(self, seen: NetworkSeen, at_us: int) -> None:
        before = self._seen.get((seen.operator, seen.side))
        fewer = before is None or seen.connected < before.lowest
        known = before or Network(subscribers=0, lowest=0, lowest_at=Millis(0), cut=0, reconnecting=0)
        self._seen[seen.operator, seen.side] = Network(
            subscribers=max(known.subscribers, seen.subscribers),
            lowest=seen.connected if fewer else known.lowest,
            lowest_at=self._at(at_us) if fewer else known.lowest_at,
            cut=max(known.cut, seen.cut),
            reconnecting=max(known.reconnecting, seen.reconnecting),
        )

    def _with_storms(self, operator: str, side: str) -> Network:
        network = self._seen[operator, side]
        found = self._storms.get(operator, []) if side == "subscribers" else []
        return network.model_copy(update={"storms": tuple(map(self._storm, found))})

    def _storm(self, seen: StormPassed) -> Storm:
        same = seen.model_dump(include=Storm.model_fields.keys() - {"began", "peak"})
        return Storm(began=self._at(seen.began_us), peak=self._at(seen.peak_us), **same)

    def _at(self, us: int) -> Millis:
        """Scenario time at a Unix time, from the tick before it; where there is none, of the first, or 0."""
        place = bisect_right(self._ticks, us, key=lambda tick: tick.us)
        if not place:
            return self._ticks[0].at if self._ticks else Millis(0)
        tick = self._ticks[place - 1]
        gone_ms = min(us - tick.us, 1_000_000) * (tick.rate or 0.0) / SECOND
        later = self._ticks[place].at if place < len(self._ticks) else None
        at = Millis(tick.at + int(gone_ms))
        return at if later is None else min(at, max(later, tick.at))
