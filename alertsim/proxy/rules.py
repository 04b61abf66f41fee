"""What a packet rule says: which whole MQTT packets a network drops, delays, doubles or swaps, how often, how long.

Written `drop puback every 3 up`, `delay publish 500ms p=0.1 topic=exercise/+/public/# down for 30s`.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, assert_never

from alertsim.errors import InputError
from alertsim.mqtt.codes import Kind
from alertsim.mqtt.filters import filter_fault, matches
from alertsim.mqtt.packets import Publish
from alertsim.operators.cut import place
from alertsim.times import Millis, duration_text


class Direction(StrEnum):
    """Where a packet goes: up from the client to the broker, or down."""

    UP = "up"
    DOWN = "down"

    @property
    def back(self) -> "Direction":
        """The other one."""
        return Direction.DOWN if self is Direction.UP else Direction.UP


class Action(StrEnum):
    """What becomes of a packet. A delayed one is overtaken; a reordered one follows the next that the rule is about.

    A duplicate is the same bytes twice: DUP is a sender's word, and the sender did not send twice.
    """

    DROP = "drop"
    DELAY = "delay"
    DUPLICATE = "duplicate"
    REORDER = "reorder"


PATIENCE: Final = Millis(1_000)
"""How long a reordered packet waits for its successor unless told otherwise."""

_NONE: Final = Millis(0)
_ONE_WAY: Final = {
    **dict.fromkeys((Kind.CONNECT, Kind.SUBSCRIBE, Kind.UNSUBSCRIBE, Kind.PINGREQ), Direction.UP),
    **dict.fromkeys((Kind.CONNACK, Kind.SUBACK, Kind.UNSUBACK, Kind.PINGRESP), Direction.DOWN),
}


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule; InputError where it contradicts itself.

    `kind` None: any packet; `direction` None: both; `topic` (a filter) and `qos`: of messages alone. It strikes every
    n-th packet it is about, of each connection and direction by itself, or each with a `probability`. `wait_ms` is how
    long a delay is, or a reordered packet's patience; `lasts_ms` None: until the rule is taken away.
    """

    action: Action
    kind: Kind | None = None
    direction: Direction | None = None
    topic: str | None = None
    qos: int | None = None
    every: int = 1
    probability: float = 1.0
    wait_ms: Millis = _NONE
    lasts_ms: Millis | None = None

    def __post_init__(self) -> None:
        if wrong := self._contradiction() or self._out_of_range():
            raise InputError(f"packet rule `{self}`: {wrong}")

    def concerns(self, kind: Kind, direction: Direction) -> bool:
        """Whether packets of this kind, on their way in this direction, may be among those it is about."""
        return self.kind in {None, kind} and self.direction in {None, direction}

    def takes(self, message: Publish) -> bool:
        """Whether it is about a message (its topic, not an alias, in it), given that it concerns PUBLISH."""
        return self.qos in {None, message.qos} and (self.topic is None or matches(self.topic, message.topic))

    def strikes(self, count: int, *, seed: int, whose: str) -> bool:
        """Whether the `count`-th packet (from 1) that it is about is struck; `whose` names connection and direction.

        Nothing but these decides, so that runs repeat.
        """
        if self.probability < 1:
            return place(f"{seed} {whose} {self} {count}") < self.probability
        return count % self.every == 0

    @property
    def wait_s(self) -> float:
        """How long a packet it strikes is kept, at most."""
        return (self.wait_ms or (PATIENCE if self.action is Action.REORDER else 0)) / 1_000

    def lives(self, age_s: float) -> bool:
        """Whether it still holds so long after it was given."""
        return self.lasts_ms is None or age_s * 1_000 < self.lasts_ms

    def __str__(self) -> str:
        """The text form; reading it gives an equal rule."""
        said = [self.action, self.kind.name.lower() if self.kind else "any"]
        said += [duration_text(self.wait_ms)] if self.wait_ms else []
        said += [f"every {self.every}"] if self.every != 1 else []
        said += [f"p={self.probability!r}"] if self.probability != 1 else []
        said += [f"topic={self.topic}"] if self.topic is not None else []
        said += [f"qos={self.qos}"] if self.qos is not None else []
        said += [self.direction] if self.direction else []
        said += [f"for {duration_text(self.lasts_ms)}"] if self.lasts_ms is not None else []
        return " ".join(said)

    def _contradiction(self) -> str | None:
        """What does not go together, as the rest of a sentence."""
        way = _ONE_WAY.get(self.kind) if self.kind else None
        if self.kind and way and self.direction is way.back:
            return f"a {self.kind.name.lower()} only goes {way}"
        if self.kind is not Kind.PUBLISH and (self.topic is not None or self.qos is not None):
            return "only publish has a topic and a QoS: say `publish`"
        if self.every != 1 and self.probability != 1:
            return "say either every N or p=, not both"
        match self.action:
            case Action.DELAY if not self.wait_ms:
                return "say how long, like 500ms"
            case Action.DROP | Action.DUPLICATE if self.wait_ms:
                return f"a duration is for delay and reorder, not for {self.action}; `for 30s` limits a rule"
            case Action.DROP | Action.DELAY | Action.DUPLICATE | Action.REORDER:
                return None
            case _:
                assert_never(self.action)

    def _out_of_range(self) -> str | None:
        if self.topic is not None and (fault := filter_fault(self.topic)):
            return f"the topic filter {fault}"
        if self.topic is not None and self.topic.split() != [self.topic]:
            return "the topic filter has a blank: write + for that level"
        if self.qos not in {None, 0, 1, 2}:
            return "the QoS is 0, 1 or 2"
        if self.every < 1:
            return "every 1 is every packet: less there is not"
        if not 0 < self.probability <= 1:
            return "p is above 0 and at most 1"
        return "it is over before it begins" if self.lasts_ms == 0 else None
