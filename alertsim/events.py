"""What can happen in an exercise: the one small frozen type that subscribers see.

A closed family. The kind string is the class name in dotted lower case (`AlertRaised` is `alert.raised`), so a
`match` over `Event` ends in `assert_never`. What was *seen* of an event is an observation (`observations.py`).
"""

from enum import StrEnum
from typing import Annotated, Literal, TypeGuard

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from alertsim.operators.coverage import SIRENS, Condition, condition
from alertsim.times import MINUTE, Millis, rfc3339

EventId = Annotated[str, Field(min_length=1, max_length=120)]
"""`<entry>:<stage>[:<n>]` for what an author wrote, `live-<n>:<stage>` for what a command caused."""

AreaId = Annotated[str, Field(pattern=r"^UA-\d{2}(/\d{1,5}){0,2}$")]
"""The path of an alert area: `UA-32`, `UA-32/75` (raion), `UA-32/75/692` (hromada); see `areas`."""


Share = Annotated[float, Field(ge=0, le=1)]


class Track(StrEnum):
    """What a reader may switch on and off: each entry of a scenario lies on one."""

    ALERTS = "alerts"
    INCIDENTS = "incidents"
    NETWORK = "network"
    INFORMATION = "information"
    CASUALTIES = "casualties"


class Threat(StrEnum):
    """What an alert warns of; the words of the public systems (see `domain` in CONTRIBUTING)."""

    BALLISTIC_MISSILES = "ballistic_missiles"
    CRUISE_MISSILES = "cruise_missiles"
    DRONES = "drones"
    GUIDED_BOMBS = "guided_bombs"
    ARTILLERY = "artillery"
    CHEMICAL = "chemical"
    RADIATION = "radiation"
    UNSPECIFIED = "unspecified"


class Service(StrEnum):
    """A service of a mobile operator. MQTT rides on data, or at home on fixed."""

    VOICE = "voice"
    SMS = "sms"
    DATA = "data"
    FIXED = "fixed"


class ExerciseState(StrEnum):
    """The life cycle of an exercise; `terminated` is only ever said by the will of a publisher that died."""

    READY = "ready"
    RUNNING = "running"
    PAUSED = "paused"
    SUSPENDED = "suspended"
    ENDED = "ended"
    TERMINATED = "terminated"


class BrokerFault(StrEnum):
    """How a broker is made to fail: killed outright, stopped where it is, ended properly and started again."""

    KILL = "kill"
    STOP = "stop"
    RESTART = "restart"


class Frozen(BaseModel):
    """A value: equal by content, unchangeable, no unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Text(Frozen):
    """A text in Ukrainian and English. A plain string, or one language alone, stands for both."""

    uk: str = Field(min_length=1, max_length=2000)
    en: str = Field(min_length=1, max_length=2000)

    @model_validator(mode="before")
    @classmethod
    def _one_for_both(cls, given: object) -> object:
        if isinstance(given, str):
            return {"uk": given, "en": given}
        if isinstance(given, dict) and len(given) == 1 and given.keys() <= {"uk", "en"}:
            (text,) = given.values()
            return {"uk": text, "en": text}
        return given


class Casualties(Frozen):
    """What one report says about people; a figure it does not give is absent, never carried over."""

    injured: int | None = Field(None, ge=0)
    hospitalised: int | None = Field(None, ge=0)
    killed: int | None = Field(None, ge=0)
    children: int | None = Field(None, ge=0, description="of the injured")
    women: int | None = Field(None, ge=0, description="of the injured")
    men: int | None = Field(None, ge=0, description="of the injured")


class Happening(Frozen):
    """What all events share: which one, when in the story, which entry it comes from and on whose word."""

    event: EventId
    at: Millis = Field(description="scenario time, milliseconds since 1970-01-01T00:00:00Z")
    entry: str = Field(description="the scenario entry or the command it comes from")
    cite: tuple[str, ...] = Field((), description="ids of the facts it rests on")
    interpolated: str | None = Field(None, description="what lies between cited points")
    invented: str | None = Field(None, description="what the author assumed, and why")
    valid_for: Millis = Field(Millis(5 * MINUTE), description="how long it is worth delivering")
    original_us: int | None = Field(
        None, ge=0, description="played again: when the original was due, Unix microseconds"
    )


class StrikeLaunched(Happening):
    """A launch, always modelled: the arrival less a published warning time."""

    kind: Literal["strike.launched"] = "strike.launched"
    strike: str
    weapon: str
    target: AreaId
    modelled: Literal[True] = True


class StrikeDetected(Happening):
    """The moment the warning side could know."""

    kind: Literal["strike.detected"] = "strike.detected"
    strike: str
    weapon: str
    target: AreaId


class StrikeIntercepted(Happening):
    """Shot down; the first explosion people hear may be one."""

    kind: Literal["strike.intercepted"] = "strike.intercepted"
    strike: str
    weapon: str
    target: AreaId


class StrikeImpacted(Happening):
    """A hit. Debris of an interception is an incident with its cause."""

    kind: Literal["strike.impacted"] = "strike.impacted"
    strike: str
    weapon: str
    target: AreaId


class AlertAnnounced(Happening):
    """A pre-alert: in this area an alert may follow. Nobody is under alert by it."""

    kind: Literal["alert.announced"] = "alert.announced"
    area: AreaId
    threats: tuple[Threat, ...] = ()


class AlertRaised(Happening):
    """The siren: an alert begins in one area, or goes on there when its granularity changes."""

    kind: Literal["alert.raised"] = "alert.raised"
    area: AreaId
    threats: tuple[Threat, ...] = ()
    continues_from: tuple[AreaId, ...] | None = Field(
        None, description="the alert of these areas goes on here: no new siren"
    )
    standing: Literal[True] | None = Field(None, description="it stood long before the exercise: shown, never counted")


class AlertUpdated(Happening):
    """An open alert changes what it warns of."""

    kind: Literal["alert.updated"] = "alert.updated"
    area: AreaId
    threats: tuple[Threat, ...] = ()


class AlertCleared(Happening):
    """The story's all-clear. Never sent by machinery."""

    kind: Literal["alert.cleared"] = "alert.cleared"
    area: AreaId
    continues_in: tuple[AreaId, ...] | None = Field(
        None, description="in these, inside or around it, the alert goes on"
    )


class AlertCancelled(Happening):
    """Machinery takes an alert back (the exercise stops). Never an all-clear."""

    kind: Literal["alert.cancelled"] = "alert.cancelled"
    area: AreaId


class WarningRelayed(Happening):
    """A second channel tells of an alert or its end: a post that passes by, beside the state on the alert's topic."""

    kind: Literal["warning.relayed"] = "warning.relayed"
    channel: str = Field(pattern=r"^[a-z][a-z0-9-]{1,19}$", description="whose post it is, like `volunteer`")
    area: AreaId
    says: Literal["raised", "cleared"]


class IncidentReported(Happening):
    """A damage or casualty report, or a later report of the same incident with newer figures."""

    kind: Literal["incident.reported"] = "incident.reported"
    incident: str
    area: AreaId
    text: Text
    cause: str | None = Field(None, description="the entry that caused it")
    casualties: Casualties | None = None
    buildings: int | None = Field(None, ge=0)
    districts: int | None = Field(None, ge=0)


class SirensLeft(Frozen):
    """The sirens of an oblast while an operator fails: which share can be sounded, and what warns beside them."""

    up: Share
    fallback: Text | None = None


class OperatorChanged(Happening):
    """A mobile operator's whole condition from now on, in one sense everywhere: 1.0 is all up, 0.0 all down."""

    kind: Literal["operator.changed"] = "operator.changed"
    operator: str
    up: dict[Service, Share]
    load: float = Field(1.0, ge=0, description="traffic as a multiple of normal")
    areas: dict[AreaId, dict[Service, Share]] | None = Field(
        None, description="where it differs, the smallest area around a place counts; the rest is as in `up`"
    )
    latency_ms: int | None = Field(None, ge=0, description="added to the way of each packet, for the load")
    loss: float | None = Field(None, ge=0, le=1, description="share kept out by the load: `up` is without it already")
    roaming: Literal["blocked"] | None = Field(None, description="its users are not let into other networks")
    sirens: dict[AreaId, SirensLeft] | None = Field(None, description="oblasts whose sirens hang on it, or do not")

    @property
    def condition(self) -> Condition:
        """What is up by area and service, and of sirens by oblast, in plain words; see `operators.coverage`."""
        held = {area: {SIRENS: left.up} for area, left in (self.sirens or {}).items()}
        plain = condition(self.up, self.areas)
        return {area: {**plain.get(area, {}), **held.get(area, {})} for area in (*plain, *held)}


class BrokerFaulted(Happening):
    """The exercise makes its own broker fail, or has it answer again."""

    kind: Literal["broker.faulted"] = "broker.faulted"
    fault: BrokerFault
    phase: Literal["began", "ended"]
    persistence: bool | None = Field(None, description="whether a restart keeps sessions and retained messages")


class ForeignRelayed(Happening):
    """Somebody else's message, told again inside one of ours: as text where it is UTF-8, else in Base64."""

    kind: Literal["foreign.relayed"] = "foreign.relayed"
    topic: str = Field(min_length=1, description="where it was published")
    text: str | None = None
    base64: str | None = None
    qos: Literal[0, 1, 2]
    retain: bool
    properties: tuple[tuple[str, str], ...] = Field((), description="its MQTT 5 user properties, in order")
    content_type: str | None = None
    response_topic: str | None = None
    correlation_data: str | None = Field(None, description="Base64")


class InjectSent(Happening):
    """A message of the master scenario events list (MSEL), from control to an audience."""

    kind: Literal["inject.sent"] = "inject.sent"
    inject: str
    audience: str = Field(description="`all`, or a role; `all` alone is public")
    type: Literal["contextual", "expected_action", "contingency"]
    method: str
    sender: str
    text: Text
    expected_action: Text | None = None


class NewsPublished(Happening):
    """What everybody may read; no part of the warning."""

    kind: Literal["news.published"] = "news.published"
    text: Text


class Seal(Frozen):
    """How a recording stood: the number of its lines, and the SHA-256 that covers all of them in their order."""

    lines: int = Field(ge=0, lt=2**63)
    head: str = Field(pattern="^[0-9a-f]{64}$")


class ExerciseStateChanged(Happening):
    """The exercise itself: ready, running, paused, suspended, ended."""

    kind: Literal["exercise.state_changed"] = "exercise.state_changed"
    state: ExerciseState
    reason: str = ""
    chain: Seal | None = Field(None, description="at its end: how the recording stood, for whoever checks it later")


class ClockTicked(Happening):
    """Scenario time and pace, once a real second; counted apart and outside every claim of determinism."""

    kind: Literal["clock.ticked"] = "clock.ticked"
    rate: float | None = Field(None, ge=0, description="scenario seconds a real second; 0 is paused; absent at max")


AlertEvent = AlertAnnounced | AlertRaised | AlertUpdated | AlertCleared | AlertCancelled
StrikeEvent = StrikeLaunched | StrikeDetected | StrikeIntercepted | StrikeImpacted
Event = (
    AlertEvent
    | StrikeEvent
    | WarningRelayed
    | IncidentReported
    | OperatorChanged
    | BrokerFaulted
    | ForeignRelayed
    | InjectSent
    | NewsPublished
    | ExerciseStateChanged
    | ClockTicked
)

EVENT: TypeAdapter[Event] = TypeAdapter(Annotated[Event, Field(discriminator="kind")])
"""Reads an event back from its JSON."""


def is_open(alert: AlertEvent) -> bool:
    """Whether people in the area are under (exercise) alert after this event."""
    return isinstance(alert, AlertRaised | AlertUpdated)


def is_uncleared(alert: AlertEvent) -> bool:
    """Whether something stands in the area that an end must take back: an alert, or the warning that one may come."""
    return isinstance(alert, AlertAnnounced | AlertRaised | AlertUpdated)


Warns = AlertAnnounced | AlertRaised | AlertUpdated | AlertCleared
"""What people are warned by."""


def warns(event: Event) -> TypeGuard[Warns]:
    """Whether people are warned by this event; an alert that stood long before warns nobody."""
    return isinstance(event, Warns) and not (isinstance(event, AlertRaised) and bool(event.standing))


def fields(event: Event, offset: int) -> dict[str, object]:
    """The event's fields for `pydantic_core.to_json`: what is absent is left out, `at` is RFC 3339 at `offset`."""
    present = {name: value for name, value in event.__dict__.items() if value is not None}
    present["at"] = rfc3339(event.at, offset)
    return present
