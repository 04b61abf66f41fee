"""The fold behind a live view: lines of an exercise in, snapshots of what is known out."""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Self, assert_never

from alertsim.commands import Terminate
from alertsim.events import (
    AlertAnnounced,
    AlertCancelled,
    AlertCleared,
    AlertEvent,
    AlertRaised,
    AlertUpdated,
    ClockTicked,
    Event,
    IncidentReported,
    OperatorChanged,
    StrikeDetected,
    StrikeEvent,
    StrikeImpacted,
    StrikeIntercepted,
    StrikeLaunched,
)
from alertsim.live.networks import Standing
from alertsim.live.spread import Spreading
from alertsim.live.view import Acks, Alert, Delivery, Figure, Incident, Salvo, Stage, View
from alertsim.observations import (
    AlertReached,
    BrokerLost,
    BrokerRestored,
    ClockSlept,
    CommandAccepted,
    CommandRefused,
    EventAcknowledged,
    EventExpired,
    EventPublished,
    EventSkipped,
    ExpiryLifted,
    FlowStalled,
    Line,
    NetworkSeen,
    Observation,
    Observed,
    PlayDegraded,
    StormPassed,
)
from alertsim.times import Millis

Trouble = BrokerLost | BrokerRestored | ClockSlept | CommandRefused | PlayDegraded

KEPT_LINES = 200
"""How many of the last events a view remembers."""


class Fold:
    """Lines in, view out; a few microseconds a line, and memory that the scenario bounds, not its length."""

    def __init__(self) -> None:
        self._alerts: dict[str, Alert] = {}
        self._since: dict[str, Millis] = {}
        self._salvos: dict[tuple[str, str], Salvo] = {}
        self._in_air: set[str] = set()
        self._incidents: dict[str, Incident] = {}
        self._figures: dict[tuple[str, str], int] = {}
        self._operators: dict[str, OperatorChanged] = {}
        self._networks = Standing()
        self._clients: set[str] = set()
        self._acks = self._confirmed = self._unsent = self._lost_us = 0
        self._latest: EventAcknowledged | None = None
        self._waiting: dict[int, int] = {}
        self._lost: str | None = None
        self._degraded: dict[str, None] = {}
        self._spreading = Spreading()
        self._last: deque[Line] = deque(maxlen=KEPT_LINES)

    def add(self, lines: Iterable[Line]) -> Self:
        """Take more lines, in their order."""
        for line in lines:
            if isinstance(line, Observed):
                self._observed(line, line.observation)
            elif not isinstance(line.event, ClockTicked):
                self._waiting[line.seq] = line.actual_us
                if not isinstance(line.event, OperatorChanged):  # a network falls in ten steps; its bars show them
                    self._last.append(line)
                self._spreading.played(line.seq, line.event)
                self._played(line.event)
        return self

    @property
    def view(self) -> View:
        """A snapshot; newest alerts and incidents first."""
        return View(
            alerts=tuple(sorted(self._alerts.values(), key=lambda each: (-each.since, each.area))),
            salvos=tuple(sorted(self._salvos.values(), key=lambda each: (-each.in_air, each.target, each.weapon))),
            incidents=tuple(sorted(self._incidents.values(), key=lambda each: -each.at)),
            operators=tuple(each for _, each in sorted(self._operators.items())),
            networks=self._networks.networks,
            expiry_lifted=self._networks.expiry_lifted,
            acks=Acks(len(self._clients), self._acks, self._latest),
            delivery=Delivery(
                confirmed=self._confirmed,
                waiting=len(self._waiting),
                oldest_us=next(iter(self._waiting.values()), None),
                unsent=self._unsent,
                lost=self._lost,
                lost_us=self._lost_us,
                degraded=tuple(self._degraded),
            ),
            spread=self._spreading.spread(self._last),
            last=tuple(self._last),
        )

    def _played(self, event: Event) -> None:
        match event:
            case AlertAnnounced() | AlertRaised() | AlertUpdated() | AlertCleared() | AlertCancelled():
                self._alert(event)
            case StrikeLaunched() | StrikeDetected() | StrikeIntercepted() | StrikeImpacted():
                self._strike(event)
            case IncidentReported():
                self._reported(event)
            case OperatorChanged():
                self._operators[event.operator] = event
            case _:
                pass

    def _alert(self, event: AlertEvent) -> None:
        match event:
            case AlertAnnounced():
                self._alerts[event.area] = Alert(event.area, "pre_alert", event.at, event.threats)
            case AlertRaised():
                since = self._begun(event)
                stage: Stage = "standing" if event.standing else "alert"
                self._alerts[event.area] = Alert(event.area, stage, since, event.threats)
            case AlertUpdated():
                since = self._since.setdefault(event.area, event.at)
                self._alerts[event.area] = Alert(event.area, "alert", since, event.threats)
            case _:
                self._alerts.pop(event.area, None)

    def _begun(self, event: AlertRaised) -> Millis:
        """Since when: an alert that goes on here from other areas began there."""
        since = min([event.at, *(self._since[area] for area in event.continues_from or () if area in self._since)])
        self._since[event.area] = since
        return since

    def _strike(self, event: StrikeEvent, *, counted: bool = True) -> None:
        """Detected: in the air; intercepted or arrived: not any more, counted unless nobody was told."""
        key = event.weapon, event.target
        salvo, flew = self._salvos.get(key, Salvo(*key)), event.strike in self._in_air
        match event:
            case StrikeDetected() if not flew:
                self._in_air.add(event.strike)
                salvo = replace(salvo, in_air=salvo.in_air + 1)
            case StrikeIntercepted() | StrikeImpacted():
                self._in_air.discard(event.strike)
                done = int(counted)
                salvo = replace(
                    salvo,
                    in_air=salvo.in_air - flew,
                    intercepted=salvo.intercepted + done * isinstance(event, StrikeIntercepted),
                    impacted=salvo.impacted + done * isinstance(event, StrikeImpacted),
                )
            case _:
                return
        self._salvos[key] = salvo

    def _reported(self, event: IncidentReported) -> None:
        before = self._incidents.get(event.incident)
        told = _figures(event)
        known = {name: self._figures.get((event.incident, name)) for name in told}
        self._figures |= {(event.incident, name): new for name, new in told.items()}
        self._incidents[event.incident] = Incident(
            area=event.area,
            at=event.at,
            text=event.text,
            figures=tuple(Figure(name, known[name], new) for name, new in told.items()),
            reports=before.reports + 1 if before else 1,
        )

    def _observed(self, line: Observed, seen: Observation) -> None:
        match seen:
            case EventPublished():
                self._confirmed += self._waiting.pop(seen.seq, None) is not None
            case EventExpired():
                self._unsent += self._waiting.pop(seen.seq, None) is not None
            case EventAcknowledged():
                self._acks, self._latest = self._acks + 1, seen
                self._clients.add(seen.client)
            case EventSkipped():
                self._skipped(seen.skipped)
            case AlertReached():
                self._spreading.reached(seen)
            case CommandAccepted():
                if isinstance(seen.command, Terminate):
                    self._waiting.clear()  # what waited was purged
            case NetworkSeen() | StormPassed() | FlowStalled() | ExpiryLifted():
                self._networks.observed(seen)
            case _:
                self._went_wrong(line, seen)

    def _went_wrong(self, line: Observed, seen: Trouble) -> None:
        """Trouble, kept among the last lines; a connection that stays broken is told once."""
        match seen:
            case BrokerLost():
                first = self._lost is None
                self._lost_us, self._lost = line.actual_us if first else self._lost_us, seen.reason
                if not first:
                    return
            case BrokerRestored():
                self._lost = None
            case PlayDegraded():
                self._degraded[f"{seen.part}: {seen.reason}"] = None
            case ClockSlept() | CommandRefused():
                pass
            case _:
                assert_never(seen)
        self._last.append(line)

    def _skipped(self, event: Event) -> None:
        """What a jump went over is told by what stands after it, except since when, and what flies no more."""
        match event:
            case AlertRaised():
                self._begun(event)
            case StrikeIntercepted() | StrikeImpacted() if event.strike in self._in_air:
                self._strike(event, counted=False)
            case _:
                pass


def _figures(event: IncidentReported) -> Mapping[str, int]:
    """The figures a report gives, by name, people first."""
    people = event.casualties.__dict__ if event.casualties else {}
    things = {"buildings": event.buildings, "districts": event.districts}
    return {name: figure for name, figure in {**people, **things}.items() if figure is not None}
