"""What was seen of the exercise: never published, always recorded; the report folds them beside the events."""

from collections.abc import Iterable
from functools import reduce
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import Field, TypeAdapter

from alertsim.commands import Command
from alertsim.events import Event, EventId, Frozen
from alertsim.times import Millis


class EventPublished(Frozen):
    """The broker took responsibility for a message (PUBACK). `at_us`: Unix microseconds."""

    kind: Literal["event.published"] = "event.published"
    event: EventId
    seq: int
    topic: str
    at_us: int


Unsent = Literal["expired", "superseded", "purged", "overflow", "refused"]


class EventExpired(Frozen):
    """A message that nobody got: too old, overtaken or purged in the outbox, or refused by the broker."""

    kind: Literal["event.expired"] = "event.expired"
    event: EventId
    seq: int
    topic: str
    reason: Unsent


class EventSkipped(Frozen):
    """A jump went over an event; it is part of the situation but was not published."""

    kind: Literal["event.skipped"] = "event.skipped"
    skipped: Annotated[Event, Field(discriminator="kind")]


class EventAcknowledged(Frozen):
    """A subscriber answered on its `ack/` topic."""

    kind: Literal["event.acknowledged"] = "event.acknowledged"
    event: str
    seq: int
    client: str
    what: str
    at_us: int


class CommandAccepted(Frozen):
    """The command log: which command took effect where; with the seed it replays the events.

    Where: at scenario time `at`, before the event that was sent as number `seq`.
    """

    kind: Literal["command.accepted"] = "command.accepted"
    n: int
    at: Millis
    seq: int
    command: Annotated[Command, Field(discriminator="command")]


class CommandRefused(Frozen):
    """A command that makes no sense now (a jump back, a resume while running)."""

    kind: Literal["command.refused"] = "command.refused"
    command: Annotated[Command, Field(discriminator="command")]
    reason: str


class ClockSlept(Frozen):
    """The machine slept or was stopped; the lost time counts as a pause. `lost_ms`: real milliseconds."""

    kind: Literal["clock.slept"] = "clock.slept"
    at: Millis
    lost_ms: int


class BrokerLost(Frozen):
    """The publisher's connection to the broker broke."""

    kind: Literal["broker.lost"] = "broker.lost"
    reason: str


class BrokerRestored(Frozen):
    """The publisher is connected again; `waiting` messages were in the outbox."""

    kind: Literal["broker.restored"] = "broker.restored"
    waiting: int


class PlayDegraded(Frozen):
    """A reader could not keep up or a part failed; the exercise goes on to a proper end without it."""

    kind: Literal["play.degraded"] = "play.degraded"
    part: str
    reason: str


class Heard(NamedTuple):
    """Counts of one subscriber and one message each.

    `meant`: should have heard; of them `heard`, and of these `late`, after more than a second, `stale`, after it had
    expired; `caught_up`: did not, but got the broker's copy later.
    """

    meant: int = 0
    heard: int = 0
    late: int = 0
    caught_up: int = 0
    stale: int = 0

    @property
    def unheard(self) -> int:
        """Neither the message nor a copy has come, by now."""
        return self.meant - self.heard - self.caught_up

    def plus(self, other: Self) -> "Heard":
        """Both together."""
        return Heard(*map(int.__add__, self, other))

    def less(self, other: Self) -> "Heard":
        """This without the other, which is part of it."""
        return Heard(*map(int.__sub__, self, other))


def heard_in_all(several: Iterable[Heard]) -> Heard:
    """All together."""
    return reduce(Heard.plus, several, Heard())


class CohortReached(NamedTuple):
    """How one message stands with the subscribers of a cohort that listen to its topic; counts of subscribers.

    `expected`: connected when it was published, or with a session that waits for them; of these `delivered` and
    `missing`. `unreachable`: not connected then. `caught_up`: of `missing` and `unreachable`, those that got the
    broker's retained copy later. `late`: delivered after a second; `stale`: after its expiry. `last_us`: from its
    intended time to the last of them.
    """

    cohort: str
    operator: str
    expected: int
    delivered: int
    missing: int
    unreachable: int
    caught_up: int = 0
    late: int = 0
    duplicates: int = 0
    stale: int = 0
    last_us: int | None = None

    @property
    def heard(self) -> Heard:
        """The same as people count it."""
        away = self.missing + self.unreachable
        late, stale = (min(each, self.delivered) for each in (self.late, self.stale))
        return Heard(self.delivered + away, self.delivered, late, min(self.caught_up, away), stale)


class AlertReached(Frozen):
    """How far one message has spread among the subscribers of the swarm; a newer one of the same `seq` replaces it.

    Times in microseconds from the intended time: to the first subscriber, to half, to 99 % of those it reached, to the
    last. `closed`: it will not spread any further.
    """

    kind: Literal["alert.reached"] = "alert.reached"
    event: EventId
    seq: int
    topic: str
    cohorts: tuple[CohortReached, ...]
    first_us: int | None = None
    p50_us: int | None = None
    p99_us: int | None = None
    last_us: int | None = None
    closed: bool = False


Side = Literal["subscribers", "clients"]
"""Whose side: the subscribers of the swarm, or other people's clients that came through an operator's port."""


class NetworkSeen(Frozen):
    """How an operator's subscribers stand, a few times a second while it changes; counts of them.

    `connected`; `cut`: without coverage; `away`: asleep, or still to come; `reconnecting`: the rest of `subscribers`,
    who should be connected and are not. Of `clients` only those are known that have a connection. `connects` and
    `lost`: so far; `connects_per_s`: of those that had been there before, in the densest second since it was last said.
    """

    kind: Literal["network.seen"] = "network.seen"
    operator: str
    side: Side = "subscribers"
    subscribers: int
    connected: int
    cut: int
    reconnecting: int = 0
    away: int = 0
    connects: int = 0
    lost: int = 0
    connects_per_s: float = 0.0


class StormPassed(Frozen):
    """Many of an operator's subscribers lost their connections at once, and dialled anew; Unix microseconds.

    `lost` connections, down to `lowest` of `before`. `peak_connects_per_s`: CONNACKs in the densest second, which ended
    at `peak_us`. `back_s`: from the first loss until as many were connected as before it; `return_s`: that, from when
    the fewest were connected; None: they never were. Each waited `back_off_s` first and twice as long each time,
    somewhere between nothing and that if `jittered`.
    """

    kind: Literal["storm.passed"] = "storm.passed"
    operator: str
    began_us: int
    until_us: int
    before: int
    lost: int
    lowest: int
    peak_connects_per_s: float
    peak_us: int
    back_s: float | None
    return_s: float | None
    back_off_s: float
    jittered: bool


class FlowStalled(Frozen):
    """So many of an operator's subscribers get nothing more, though connected: `unanswered` messages fill a window.

    It is the broker's max_inflight_messages, or what the client takes at once; they did not answer, or a packet rule
    dropped their answers.
    """

    kind: Literal["flow.stalled"] = "flow.stalled"
    operator: str
    side: Side = "subscribers"
    subscribers: int
    unanswered: int


class ExpiryLifted(Frozen):
    """This exercise delivers its alerts however late (`--no-expiry`)."""

    kind: Literal["expiry.lifted"] = "expiry.lifted"


Observation = (
    EventPublished
    | EventExpired
    | EventSkipped
    | EventAcknowledged
    | CommandAccepted
    | CommandRefused
    | ClockSlept
    | BrokerLost
    | BrokerRestored
    | PlayDegraded
    | AlertReached
    | NetworkSeen
    | StormPassed
    | FlowStalled
    | ExpiryLifted
)

OBSERVATION: TypeAdapter[Observation] = TypeAdapter(Annotated[Observation, Field(discriminator="kind")])
"""Reads an observation back from its JSON."""


class Played(NamedTuple):
    """One event of an exercise as it was played: when it was due and when it was done (Unix microseconds).

    `seq` rises by one with every event in the order of sending; the clock, outside every claim of determinism, counts
    its own. At rate `max` `due_us` equals `actual_us`. `rate` is the pace it was played at. `withdraws`: topics below
    the root whose retained message is taken back with it.
    """

    seq: int
    due_us: int
    actual_us: int
    event: Event
    rate: float = 1.0
    catch_up: bool = False
    withdraws: tuple[str, ...] = ()


class Observed(NamedTuple):
    """One observation and when it was made (Unix microseconds); observations count their own `seq`."""

    seq: int
    actual_us: int
    observation: Observation


Line = Played | Observed
"""One line of an exercise's log: what the feed carries, the recording keeps and the report folds."""
