"""The summary of an exercise: a fold over its lines, the same live and from a recording."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Self

from pydantic import Field

from alertsim import areas
from alertsim.events import (
    AlertAnnounced,
    AlertCleared,
    AlertRaised,
    AlertUpdated,
    Casualties,
    ClockTicked,
    Event,
    ExerciseStateChanged,
    Frozen,
    IncidentReported,
    Seal,
    StrikeImpacted,
    StrikeIntercepted,
)
from alertsim.observations import (
    AlertReached,
    ClockSlept,
    EventExpired,
    EventPublished,
    EventSkipped,
    Line,
    Observation,
    Observed,
    PlayDegraded,
    Played,
)
from alertsim.report.broken import Breaks, Broken
from alertsim.report.networks import Networks, Standing
from alertsim.report.sirens import Silence, Silenced
from alertsim.report.spread import Spread, Spreading
from alertsim.times import Millis, rfc3339

_KEPT_LATENESS = 200_000
_CLOCK = "public/clock"
"""A tick that was not sent is no loss; the events counted are those without the clock, too."""


class Lateness(Frozen):
    """How much later than due events were handed on, in milliseconds; absent at rate max."""

    p50_ms: float
    p99_ms: float
    max_ms: float


class Warned(Frozen):
    """One alert, and how it stood to the first explosion in its area. Times are scenario milliseconds."""

    area: str
    raised: Millis
    announced: Millis | None = Field(None, description="its pre-alert")
    continues: bool = Field(False, description="the alert of another area went on here: `raised` is that one's")
    cleared: Millis | None = None
    first_explosion: Millis | None = None
    explosion_assumed: bool = Field(False, description="the moment of the explosion is the author's assumption")

    @property
    def lead_ms(self) -> int | None:
        """From the siren to the first explosion; negative where the siren came after it."""
        return None if self.first_explosion is None else self.first_explosion - self.raised

    def as_json(self, offset: int) -> dict[str, object]:
        """The alert as plain JSON; what did not happen is null."""
        times = {name: getattr(self, name) for name in ("announced", "raised", "cleared", "first_explosion")}
        shown = {name: None if at is None else rfc3339(at, offset) for name, at in times.items()}
        lead_s = None if self.lead_ms is None else self.lead_ms / 1000
        said = {"continues": self.continues, "lead_s": lead_s, "explosion_assumed": self.explosion_assumed}
        return {"area": self.area, **shown, **said}


class Unwarned(Frozen):
    """An area in which weapons came down or were shot down, and no siren of the exercise sounded for them."""

    area: str
    weapons: int
    impacted: int


class Toll(Frozen):
    """The first and the last casualty report of one incident."""

    incident: str
    area: str
    reports: int
    first: Casualties
    last: Casualties

    @property
    def first_injured(self) -> int:
        """The injured of the first report or, where it gave none, of the last."""
        return (self.last.injured or 0) if self.first.injured is None else self.first.injured


class Summary(Frozen):
    """What an exercise came to. Counts are of this conduct, not of the scenario."""

    ended: str = Field(description="why: completed, or the reason of the termination")
    events: int = Field(description="events played, the clock apart")
    kinds: Mapping[str, int]
    confirmed: int = Field(description="messages the broker confirmed (PUBACK), retries once")
    skipped: int
    not_sent: Mapping[str, int] = Field(description="messages that were dropped unsent, by reason")
    acknowledged: int = Field(description="answers of subscribers")
    commands: int
    alerts: tuple[Warned, ...]
    unwarned: tuple[Unwarned, ...] = ()
    tolls: tuple[Toll, ...]
    silenced: tuple[Silenced, ...] = Field((), description="oblasts whose sirens fell silent with an operator")
    broken: tuple[Broken, ...] = Field((), description="faults of the broker that were planned")
    lateness: Lateness | None
    broker_lost: int
    slept_ms: int
    degraded: tuple[str, ...]
    chain: Seal | None = Field(None, description="how the recording stood at the end, as it was published")
    spread: Spread | None = Field(None, description="what the subscribers of the swarm heard; None without one")
    networks: Networks | None = Field(None, description="how the operators' subscribers fared; None without any")

    def as_json(self, offset: int) -> dict[str, object]:
        """The summary as plain JSON: times as RFC 3339 at `offset` minutes, the lead in seconds.

        What the swarm heard is `subscribers`, and is not there where there was none; nor are `silenced`,
        `broken` and `networks`.
        """
        absent = {"spread", "networks"} | {name for name in ("silenced", "broken") if not getattr(self, name)}
        plain = self.model_dump(mode="json", exclude=absent)
        plain["alerts"] = [alert.as_json(offset) for alert in self.alerts]
        plain |= {"subscribers": self.spread.as_json(offset)} if self.spread else {}
        return plain | ({"networks": self.networks.as_json(offset)} if self.networks else {})


class Fold:
    """Lines in, summary out; add them one by one or all at once."""

    def __init__(self) -> None:
        self._kinds: Counter[str] = Counter()
        self._seen: Counter[str] = Counter()
        self._dropped: Counter[str] = Counter()
        self._confirmed: set[int] = set()
        self._late_us: list[int] = []
        self._begun: dict[str, Millis] = {}
        self._heard: set[str] = set()
        self._announced: dict[str, Millis] = {}
        self._standing: set[str] = set()
        self._told: list[StrikeIntercepted | StrikeImpacted] = []
        self._alerts: dict[str, list[Warned]] = {}
        self._all_clears: dict[str, list[Millis]] = {}
        self._explosions: list[StrikeIntercepted | StrikeImpacted] = []
        self._tolls: dict[str, Toll] = {}
        self._degraded: dict[str, None] = {}
        self._spreading, self._silence, self._networks = Spreading(), Silence(), Standing()
        self._breaks = Breaks()
        self._slept_ms = 0
        self._ended = "unfinished"
        self._chain: Seal | None = None

    def add(self, lines: Iterable[Line]) -> Self:
        """Take more lines, in their order."""
        for line in lines:
            if isinstance(line, Observed):
                self._observed(line.observation)
                self._networks.observed(line)
            elif isinstance(line.event, ClockTicked):
                self._networks.ticked(line, line.event)
            else:
                self._kinds[line.event.kind] += 1
                if _has_due_time(line) and len(self._late_us) < _KEPT_LATENESS:
                    self._late_us.append(line.actual_us - line.due_us)
                self._played(line.event)
                self._spreading.played(line.seq, line.event)
                self._silence.played(line.event)
                self._breaks.played(line)
        return self

    @property
    def summary(self) -> Summary:
        """The summary of what was added so far."""
        return Summary(
            ended=self._ended,
            events=self._kinds.total(),
            kinds=dict(sorted(self._kinds.items())),
            confirmed=len(self._confirmed),
            skipped=self._seen["event.skipped"],
            not_sent=dict(sorted(self._dropped.items())),
            acknowledged=self._seen["event.acknowledged"],
            commands=self._seen["command.accepted"],
            alerts=tuple(self._with_explosion(alert) for many in self._alerts.values() for alert in many),
            unwarned=self._unwarned(),
            tolls=tuple(self._tolls.values()),
            silenced=self._silence.silenced,
            broken=self._breaks.broken,
            lateness=self._lateness(),
            broker_lost=self._seen["broker.lost"],
            slept_ms=self._slept_ms,
            degraded=tuple(self._degraded),
            chain=self._chain,
            spread=self._spreading.spread,
            networks=self._networks.networks,
        )

    def _played(self, event: Event) -> None:
        match event:
            case AlertAnnounced():
                self._announced.setdefault(event.area, event.at)
            case AlertRaised(standing=True):
                self._standing.add(event.area)
            case AlertRaised() | AlertUpdated():
                self._begin(event)
                if not self._is_open(event.area):  # after a suspension, or over a derived alert, it is said again
                    self._alerts.setdefault(event.area, []).append(self._warned(event))
            case AlertCleared():
                self._cleared(event)
            case StrikeIntercepted() | StrikeImpacted():
                self._explosions.append(event)
                self._told.append(event)
            case IncidentReported() if event.casualties:
                self._toll(event, event.casualties)
            case ExerciseStateChanged() if event.state == "ended":
                self._ended, self._chain = event.reason, event.chain
            case _:
                pass

    def _observed(self, seen: Observation) -> None:
        self._seen[seen.kind] += 1
        self._breaks.observed(seen)
        match seen:
            case EventSkipped(skipped=StrikeIntercepted() | StrikeImpacted() as explosion):
                self._explosions.append(explosion)  # it happened, though nobody was told
            case EventSkipped(skipped=AlertRaised(standing=None) as siren):
                self._begin(siren)
            case EventSkipped(skipped=AlertCleared() as clear):
                self._all_clears.setdefault(clear.area, []).append(clear.at)
                self._begun.pop(clear.area, None)
            case EventPublished():
                self._confirmed.add(seen.seq)
            case EventExpired() if seen.topic != _CLOCK:
                self._dropped[seen.reason] += 1
            case ClockSlept():
                self._slept_ms += seen.lost_ms
            case PlayDegraded():
                self._degraded[f"{seen.part}: {seen.reason}"] = None
            case AlertReached():
                self._spreading.reached(seen)
            case _:
                pass

    def _begin(self, event: AlertRaised | AlertUpdated) -> None:
        """Remember when the siren of an area went, heard or passed over; perhaps in the area it goes on from."""
        before = event.continues_from or () if isinstance(event, AlertRaised) else ()
        since = [self._begun[area] for area in before if area in self._begun]
        self._begun.setdefault(event.area, min(since, default=event.at))

    def _is_open(self, area: str) -> bool:
        """Whether an alert that was heard there has not been cleared."""
        alerts = self._alerts.get(area, ())
        return any(alert.cleared is None for alert in alerts[-1:])

    def _warned(self, event: AlertRaised | AlertUpdated) -> Warned:
        """The alert as it begins; one that goes on here from another area began there."""
        before = event.continues_from or () if isinstance(event, AlertRaised) else ()
        goes_on = bool(before) and event.entry in self._heard
        known = [self._alerts[area][-1] for area in before if goes_on and area in self._alerts]
        announced = known[0].announced if known else self._announced.pop(event.area, None)
        self._heard.add(event.entry)
        return Warned(area=event.area, raised=self._begun[event.area], announced=announced, continues=goes_on)

    def _cleared(self, event: AlertCleared) -> None:
        self._all_clears.setdefault(event.area, []).append(event.at)
        self._announced.pop(event.area, None)
        self._begun.pop(event.area, None)
        if alerts := self._alerts.get(event.area):
            alerts[-1] = alerts[-1].model_copy(update={"cleared": event.at})

    def _toll(self, event: IncidentReported, now: Casualties) -> None:
        before = self._tolls.get(event.incident)
        self._tolls[event.incident] = Toll(
            incident=event.incident,
            area=event.area,
            reports=before.reports + 1 if before else 1,
            first=before.first if before else now,
            last=now,
        )

    def _with_explosion(self, alert: Warned) -> Warned:
        """The alert with the first explosion of its time: in its area, or in one that lies in it or around it."""
        known = [event for event in self._explosions if self._belongs(event, alert)]
        if not known:
            return alert
        first = min(known, key=lambda event: event.at)
        return alert.model_copy(update={"first_explosion": first.at, "explosion_assumed": first.invented is not None})

    def _belongs(self, explosion: StrikeIntercepted | StrikeImpacted, alert: Warned) -> bool:
        """Whether an explosion is of an alert's area and time; the alert may have come after it."""
        return (
            areas.related(explosion.target, alert.area)
            and (alert.cleared is None or explosion.at <= alert.cleared)
            and not self._cleared_between(explosion.at, alert)
            and not (explosion.at < alert.raised and self._under_alert(explosion))
        )

    def _under_alert(self, explosion: StrikeIntercepted | StrikeImpacted) -> bool:
        """Whether people there were under some alert already when it came."""
        near = (many for area, many in self._alerts.items() if areas.related(explosion.target, area))
        return any(
            alert.raised <= explosion.at and (alert.cleared is None or explosion.at <= alert.cleared)
            for many in near
            for alert in many
        )

    def _unwarned(self) -> tuple[Unwarned, ...]:
        """What came down where no siren sounded for it, by area; what was passed over nobody was to be warned of."""
        alerts = [alert for many in self._alerts.values() for alert in many]
        silent: dict[str, list[StrikeIntercepted | StrikeImpacted]] = {}
        for explosion in self._told:
            stands = any(areas.related(explosion.target, area) for area in self._standing)
            if not stands and not any(self._belongs(explosion, alert) for alert in alerts):
                silent.setdefault(explosion.target, []).append(explosion)
        return tuple(
            Unwarned(area=area, weapons=len(came), impacted=sum(isinstance(each, StrikeImpacted) for each in came))
            for area, came in silent.items()
        )

    def _cleared_between(self, explosion: Millis, alert: Warned) -> bool:
        """Whether an earlier alert of the area, played or not, ended after this explosion, so that it belongs there."""
        return any(explosion <= at < alert.raised for at in self._all_clears.get(alert.area, ()))

    def _lateness(self) -> Lateness | None:
        late = sorted(self._late_us)
        if not late:
            return None
        p50, p99 = (late[min(len(late) - 1, int(len(late) * share))] for share in (0.5, 0.99))
        return Lateness(p50_ms=round(p50 / 1e3, 3), p99_ms=round(p99 / 1e3, 3), max_ms=round(late[-1] / 1e3, 3))


def _has_due_time(line: Played) -> bool:
    """Whether the clock said when it should happen: not at rate max, not caught up, not caused by a command."""
    return math.isfinite(line.rate) and not line.catch_up and line.event.entry != "live"
