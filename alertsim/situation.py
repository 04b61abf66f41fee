"""Events so far, and what stands now: a pure fold, from which views, retained topics, jumps and endings are projected.

For each thing that has a state, what stands is its last event: nobody computes it a second way.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import takewhile
from typing import assert_never

from alertsim.events import (
    AlertAnnounced,
    AlertCancelled,
    AlertCleared,
    AlertEvent,
    AlertRaised,
    AlertUpdated,
    BrokerFaulted,
    ClockTicked,
    Event,
    ExerciseStateChanged,
    ForeignRelayed,
    IncidentReported,
    InjectSent,
    NewsPublished,
    OperatorChanged,
    StrikeDetected,
    StrikeImpacted,
    StrikeIntercepted,
    StrikeLaunched,
    WarningRelayed,
    is_open,
    is_uncleared,
)
from alertsim.timeline import Timeline
from alertsim.times import Millis


@dataclass(frozen=True)
class Situation:
    """The exercise's state, and the last event of each area, incident, operator, strike and foreign topic.

    `broker` is the last that was said of the broker; None while it was never made to fail.
    """

    state: ExerciseStateChanged | None = None
    alerts: Mapping[str, AlertEvent] = field(default_factory=dict)
    incidents: Mapping[str, IncidentReported] = field(default_factory=dict)
    operators: Mapping[str, OperatorChanged] = field(default_factory=dict)
    strikes: Mapping[str, StrikeLaunched | StrikeDetected] = field(default_factory=dict)
    broker: BrokerFaulted | None = None
    foreign: Mapping[str, ForeignRelayed] = field(default_factory=dict)

    def after(self, *events: Event) -> "Situation":  # noqa: C901 — one case a kind
        """What stands when these have happened too, in this order."""
        state, broker = self.state, self.broker
        alerts, incidents = dict(self.alerts), dict(self.incidents)
        operators, strikes, foreign = dict(self.operators), dict(self.strikes), dict(self.foreign)
        for event in events:
            match event:
                case ExerciseStateChanged():
                    state = event
                case AlertAnnounced() | AlertRaised() | AlertUpdated() | AlertCleared() | AlertCancelled():
                    alerts.pop(event.area, None)  # in order of time
                    alerts[event.area] = event
                case IncidentReported():
                    incidents[event.incident] = event
                case OperatorChanged():
                    operators[event.operator] = event
                case BrokerFaulted():
                    broker = event
                case ForeignRelayed():
                    if event.retain:
                        foreign[event.topic] = event
                case StrikeLaunched() | StrikeDetected():
                    strikes[event.strike] = event
                case StrikeIntercepted() | StrikeImpacted():
                    strikes.pop(event.strike, None)
                case InjectSent() | NewsPublished() | WarningRelayed() | ClockTicked():
                    pass
                case _:
                    assert_never(event)
        return Situation(state, alerts, incidents, operators, strikes, broker, foreign)

    @property
    def broker_fails(self) -> bool:
        """Whether the exercise makes its broker fail right now."""
        return self.broker is not None and self.broker.phase == "began"

    @property
    def open_alerts(self) -> tuple[AlertEvent, ...]:
        """The alerts people are under, by area."""
        return tuple(alert for _, alert in sorted(self.alerts.items()) if is_open(alert))

    @property
    def uncleared(self) -> tuple[AlertEvent, ...]:
        """The alerts and pre-alerts that an end must take back, by area."""
        return tuple(alert for _, alert in sorted(self.alerts.items()) if is_uncleared(alert))

    @property
    def standing(self) -> tuple[Event, ...]:
        """The last event of everything that stands and is kept for those who join late, the exercise's state first."""
        state: tuple[Event, ...] = (self.state,) if self.state else ()
        return (
            *state,
            *self.alerts.values(),
            *self.incidents.values(),
            *self.operators.values(),
            *self.foreign.values(),
        )

    def changes(self, since: "Situation") -> tuple[Event, ...]:
        """What stands here and not there, in order of time: what a catch-up must say. The exercise's state apart."""
        before = {event.event for event in (*since.standing, *since.strikes.values())}
        new = [event for event in (*self.standing, *self.strikes.values()) if event.event not in before]
        if self.broker and self.broker != since.broker and (self.broker_fails or since.broker_fails):
            new.append(self.broker)
        return tuple(sorted((event for event in new if event is not self.state), key=lambda event: event.at))


def situation_at(timeline: Timeline, at: Millis) -> Situation:
    """What stands when everything planned up to and including `at` has happened."""
    return Situation().after(*takewhile(lambda event: event.at <= at, timeline.events))
