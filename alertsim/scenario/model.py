"""A scenario: what an author wrote, read and checked field by field. A reader of the file should see the night.

Entries say what happened in the author's words; `timeline` compiles them into events.
"""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal, cast

from pydantic import Field
from pydantic.config import JsonDict

from alertsim.events import BrokerFault, Casualties, Frozen, Service, Text, Threat, Track
from alertsim.operators.coverage import Condition, condition
from alertsim.scenario.fields import (
    AreaName,
    Citation,
    Count,
    Distribution,
    Duration,
    Instant,
    Name,
    OneLine,
    Share,
    Stage,
    Start,
    Version,
)
from alertsim.times import MINUTE, Millis


class Objective(Frozen):
    """What the exercise is meant to test (HSEEP); evaluators judge by objective."""

    id: Name
    text: Text
    capability: str = Field("", max_length=200, description="the core capability it exercises")


class ExerciseHeader(Frozen):
    """What kind of exercise this is and whom to ask about it."""

    type: Literal["seminar", "workshop", "tabletop", "game", "drill", "functional", "full-scale"]
    contact: OneLine = Field(
        min_length=3, max_length=160, description="who answers for the exercise; sent with each message"
    )


class Chapter(Frozen):
    """A stretch of scenario time with a pace of its own. `from` is where the one before it ended."""

    from_: Instant | None = Field(None, alias="from")
    until: Instant
    rate: float = Field(1.0, gt=0, le=1_000_000, description="scenario seconds a real second")
    title: Text | None = None


class Expectation(Frozen):
    """What somebody should do when this happens, and by when; evaluators judge whether it was met."""

    who: str = Field(min_length=1, max_length=60)
    what: str = Field(min_length=1, max_length=200)
    within: Duration
    objective: Name | None = None


class Sourced(Frozen):
    """Anything that rests on facts: what it cites, what lies between cited points, and what its author assumed."""

    cite: tuple[Citation, ...] = Field((), max_length=100, description="ids of facts.yaml; article.pN for a paragraph")
    interpolated: str | None = Field(
        None, min_length=3, max_length=400, description="what lies between the cited points, and how it was drawn"
    )
    invented: str | None = Field(None, min_length=3, max_length=400, description="what is assumed here, and why")

    @property
    def speaks(self) -> bool:
        """Whether it says for itself what it rests on."""
        return bool(self.cite or self.interpolated or self.invented)


class Entry(Sourced):
    """What all entries of a scenario share."""

    DEFAULT_TRACK: ClassVar[Track]

    id: Name
    track: Track | None = Field(None, description="default: by what the entry is")
    expect: tuple[Expectation, ...] = ()
    chance: Share | None = Field(None, description="under which share of seeds it happens at all; default: all")
    only_if: Stage | None = Field(None, description="it happens only if this did under the seed, like raid:impacted")
    unless: Stage | None = Field(None, description="it happens only if this did not under the seed, like raid:warned")
    valid_for: Duration = Field(Millis(5 * MINUTE), description="how long its messages are worth delivering")

    @property
    def on_track(self) -> Track:
        """The track it lies on."""
        return self.track or self.DEFAULT_TRACK


class Volley(Frozen):
    """Some weapons of one type; the names are those of config/weapons.yaml."""

    weapon: Name
    count: Count


class Outcome(Frozen):
    """How the salvo ended, the author's word: two counts, together exactly the salvo, or a chance."""

    intercepted: int = Field(0, ge=0)
    impacted: int = Field(0, ge=0)
    chance: Share | None = Field(None, description="instead of counts: the chance of each weapon to be intercepted")


class LateClear(Frozen):
    """An all-clear that is forgotten for a while."""

    chance: Share
    by: Distribution


AUTO = "auto"
"""Written for a derived alert of which nothing else is said."""


class DerivedAlert(Frozen):
    """The sirens that follow from a strike: how is drawn from a model of config/sirens.yaml, or as said here."""

    sirens: Name = Field("relay", description="a model of config/sirens.yaml")
    areas: tuple[AreaName, ...] = Field((), max_length=100, description="default: the target of the strike")
    threats: tuple[Threat, ...] = Field((), max_length=len(Threat), description="default: by the weapons")
    delay: Distribution | None = Field(None, description="from the first detection to the siren, per area")
    missed: Share | None = Field(None, description="the chance that the siren of an area stays silent")
    lasts: Distribution | None = Field(
        None, description="from the siren to the all-clear, never before the last arrival"
    )
    late_clear: LateClear | None = None


def _or_auto(schema: JsonDict) -> None:
    """In the JSON Schema `auto` may stand for it."""
    schema["anyOf"] = [{"const": AUTO}, *cast("list[JsonDict]", schema["anyOf"])]


class Strike(Frozen):
    """A salvo on one area. Arrivals are drawn within `spread` of the entry's `at`; the first is at `at`."""

    salvo: tuple[Volley, ...] = Field(min_length=1, max_length=100)
    target: AreaName
    spread: Duration = Millis(0)
    warning: Duration = Field(Millis(0), description="from detection to arrival, per weapon")
    outcome: Outcome
    alert: DerivedAlert | None = Field(
        None,
        description="auto, or how the sirens follow; default: no siren but those written down",
        json_schema_extra=_or_auto,
    )

    @property
    def count(self) -> int:
        """How many weapons."""
        return sum(volley.count for volley in self.salvo)


class StrikeEntry(Entry):
    """A strike; `at` is its first arrival, hit or interception."""

    DEFAULT_TRACK = Track.INCIDENTS
    at: Instant
    strike: Strike


class AlertUpdate(Sourced):
    """What an open alert warns of from `at` on, and in which areas it goes on then (its granularity)."""

    at: Instant
    threats: tuple[Threat, ...] = Field((), max_length=len(Threat))
    areas: tuple[AreaName, ...] = Field((), max_length=200, description="default: where it was")


class Alert(Frozen):
    """An alert in one area, from pre-alert over siren to all-clear; without `cleared` it is open at the end."""

    area: AreaName
    pre_alert: Instant | None = Field(None, description="when it was announced that an alert may follow")
    raised: Instant | None = Field(None, description="the siren; absent where the pre-alert was all, or if `standing`")
    cleared: Instant | None = None
    lasts: Distribution | None = Field(None, description="instead of `cleared`: from the siren to the all-clear, drawn")
    standing: Literal[True] | None = Field(None, description="it stood long before the scenario, and stays")
    threats: tuple[Threat, ...] = Field((), max_length=len(Threat))
    updates: tuple[AlertUpdate, ...] = ()

    @property
    def begins(self) -> Millis | None:
        """The first that is heard of it; None if it stood already."""
        return self.raised if self.pre_alert is None else self.pre_alert


class AlertEntry(Entry):
    """An alert; its default id is `alert-<area>-<raised UTC>`."""

    DEFAULT_TRACK = Track.ALERTS
    id: Name = ""
    alert: Alert


class Report(Sourced):
    """One damage or casualty report; it gives the figures it gives."""

    at: Instant
    text: Text
    casualties: Casualties | None = None
    buildings: int | None = Field(None, ge=0)
    districts: int | None = Field(None, ge=0)


class Incident(Frozen):
    """Damage or casualties in one area, as reports about it grow."""

    area: AreaName
    cause: Name | None = Field(None, description="the entry that caused it")
    updates: tuple[Report, ...] = Field(min_length=1)


class IncidentEntry(Entry):
    """An incident with its reports. A report without `cite` rests on what the entry cites."""

    DEFAULT_TRACK = Track.INCIDENTS
    incident: Incident


class SpillOver(Frozen):
    """What an outage does to another operator while it is at its deepest; less as it comes back."""

    load: float = Field(1.0, ge=0, le=100, description="traffic as a multiple of normal")
    latency_ms: int = Field(0, ge=0, le=60_000, description="milliseconds added to the way of each packet")
    loss: Share = Field(0.0, description="share of its mobile users who cannot connect")


class SirenLoss(Sourced):
    """Sirens of an oblast that hang on the operator: as many fall silent as it has lost of the service they use."""

    share: Share = Field(description="of the sirens of the oblast; 0.0: none of them hangs on it")
    service: Service = Field(Service.DATA, description="the service that carries their signal; default: data")
    fallback: Text | None = Field(None, description="what warns beside them: crews with loudspeakers, church bells")


class Flapping(Frozen):
    """By turns as it was before and as it is now: the lower of the two for `down` of every `every`."""

    every: Duration = Field(description="how long a turn is, like 10m")
    down: Duration = Field(description="how much of it at the lower of the two, like 2m")
    until: Instant


class Phase(Frozen):
    """How an operator stands from some time on. `up` holds in the whole country but for `areas` named beside it."""

    up: dict[Service, Share] = Field({}, description="what share of each service is up, from 0.0 to 1.0")
    areas: dict[AreaName, dict[Service, Share]] = Field(
        {}, max_length=200, description="where it differs: what is up in these areas, and in all inside them"
    )
    roaming: Literal["blocked", "open"] | None = Field(
        None, description="whether other networks let its users in; shown and told, nobody is cut off by it"
    )
    flapping: Flapping | None = Field(None, description="what changes here comes and goes for a while, then stays")

    @property
    def condition(self) -> Condition:
        """What it says of the whole country and of areas."""
        return condition(self.up, self.areas)


class Restoration(Sourced, Phase):
    """The next phase: from `at`, over `over`, to `up`. Mostly back up; one that goes down is a dip or a relapse."""

    at: Instant
    over: Duration = Millis(0)


class Outage(Phase):
    """A mobile operator fails: down to `up` over `onset`, then back in phases. 1.0 is all up, 0.0 all down."""

    operator: Name
    onset: Duration = Millis(0)
    spill_over: dict[Name, SpillOver] = {}
    sirens: dict[AreaName, SirenLoss] = Field({}, description="oblasts with the share of their sirens that hang on it")
    restoration: tuple[Restoration, ...] = ()


class OutageEntry(Entry):
    """An outage; `at` is where the onset begins."""

    DEFAULT_TRACK = Track.NETWORK
    at: Instant
    outage: Outage


class BrokerFailure(Frozen):
    """What is done to the broker of the exercise, and for how long it is gone."""

    fault: BrokerFault = Field(
        description="kill: ended at once; stop: stands still, then goes on; restart: ended properly, started again"
    )
    for_: Duration = Field(alias="for", description="how long it does not answer, in scenario time, like 30s")
    persistence: bool | None = Field(
        None, description="of a restart: whether sessions and retained messages outlive it; default: no"
    )


class BrokerEntry(Entry):
    """The broker fails from `at` on; only one that alertsim itself started can."""

    DEFAULT_TRACK = Track.NETWORK
    at: Instant
    broker: BrokerFailure

    @property
    def ends(self) -> Millis:
        """When it answers again."""
        return Millis(self.at + self.broker.for_)


class Inject(Frozen):
    """A message from control to players or controllers (MSEL)."""

    type: Literal["contextual", "expected_action", "contingency"] = "contextual"
    method: str = Field(min_length=1, max_length=60, description="phone, radio, e-mail, in person, …")
    from_: str = Field("simcell", alias="from", min_length=1, max_length=60)
    to: Name = Field("all", description="`all`, or the role it is for")
    text: Text
    expected_action: Text | None = None


class InjectEntry(Entry):
    """An inject at one time."""

    DEFAULT_TRACK = Track.INCIDENTS
    at: Instant
    inject: Inject


class News(Frozen):
    """What everybody may read."""

    text: Text


class NewsEntry(Entry):
    """News at one time; its default id is `news-<at UTC>`."""

    DEFAULT_TRACK = Track.INFORMATION
    id: Name = ""
    at: Instant
    news: News


AnyEntry = StrikeEntry | AlertEntry | IncidentEntry | OutageEntry | BrokerEntry | InjectEntry | NewsEntry

ENTRY_KINDS: Mapping[str, type[AnyEntry]] = {
    "strike": StrikeEntry,
    "alert": AlertEntry,
    "incident": IncidentEntry,
    "outage": OutageEntry,
    "broker": BrokerEntry,
    "inject": InjectEntry,
    "news": NewsEntry,
}
"""Each entry has exactly one of these keys; it says what the entry is."""


class Header(Frozen):
    """Everything in a scenario file but its events."""

    alertsim: Version = Field(description="the version of this format")
    basis: Literal["historical", "fictional"]
    title: Text
    exercise: ExerciseHeader
    objectives: tuple[Objective, ...] = Field((), max_length=100)
    start: Start
    seed: int | None = Field(None, ge=0, le=2**53)
    chapters: dict[Name, Chapter] = Field({}, max_length=200)
    play: tuple[Name, ...] = Field((), max_length=200, description="the chapters `run` plays; default: all, in order")


class Scenario(Header):
    """One scenario file, whole and checked. `offset` is that of `start`, in minutes; times are shown in it."""

    name: Annotated[str, Field(exclude=True)]
    offset: Annotated[int, Field(exclude=True)]
    events: tuple[AnyEntry, ...] = ()
