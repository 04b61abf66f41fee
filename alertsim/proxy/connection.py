"""One client's connection through a proxy: two descriptors, a way each way, and how far it has come."""

from enum import IntEnum
from math import inf
from typing import Protocol

from alertsim.operators.conditions import Conditions
from alertsim.operators.link import Link
from alertsim.proxy.assigned import Assignment
from alertsim.proxy.door import Door
from alertsim.proxy.greeting import Greeting
from alertsim.proxy.rules import Direction
from alertsim.proxy.stage import Stage


class Host(Protocol):
    """What a connection knows of the operator it came through."""

    door: Door
    assignment: Assignment

    def introduce(self, connection: "Connection", greeting: Greeting) -> None:
        """Remember who it is."""

    def ended(self, connection: "Connection", cause: str) -> None:
        """It is gone."""


class State(IntEnum):
    """How far a connection has come; up to HELD there is no connection to the broker."""

    GREETING = 0
    HELD = 1
    DIALLING = 2
    OPENING = 3
    OPEN = 4
    GONE = 5


class Way:
    """One direction: bytes from descriptor `source` to `sink` (-1: not yet).

    `link` is None as long as the conditions are calm. `unsent` is what the sink did not take: then nothing more is
    read, so that a client that takes nothing costs one reading and what its link holds. `ended`: the source has;
    `shut`: the sink was told. Of `moved` bytes the reactor counts those of the short way elsewhere.
    """

    __slots__ = ("conditions", "direction", "ended", "link", "moved", "shut", "sink", "source", "unsent")

    def __init__(self, direction: Direction, conditions: Conditions, source: int, sink: int) -> None:
        self.direction, self.conditions, self.source, self.sink = direction, conditions, source, sink
        self.link: Link | None = None
        self.unsent = b""
        self.ended = self.shut = False
        self.moved = 0

    @property
    def held(self) -> int:
        """Bytes in its memory."""
        return len(self.unsent) + (self.link.held if self.link else 0)

    @property
    def stopped(self) -> bool:
        """Whether no byte and no end may pass, until that is over."""
        return self.conditions.down == "timeout"

    def assign(self, conditions: Conditions, now_s: float, name: str) -> None:
        """Other conditions from now on."""
        self.conditions = conditions
        if self.link:
            self.link.assign(conditions, now_s)
        elif not conditions.calm:
            self.link = Link(conditions, now_s, f"{name} {self.direction}")
            if self.ended:
                self.link.close(now_s)

    def due_s(self) -> float:
        """When it is to be looked at."""
        if not self.link:
            return inf
        return self.link.verdict_s() if self.unsent or self.sink < 0 else self.link.due()


class Connection:
    """A client, whom we know by `name` and `place` after its greeting, and its way to the broker."""

    __slots__ = (
        "alarm_s",
        "client",
        "cut",
        "down",
        "hushed",
        "name",
        "operator",
        "place",
        "stage",
        "state",
        "up",
        "upstream",
    )

    def __init__(self, operator: Host, client: int) -> None:
        self.operator, self.client, self.upstream = operator, client, -1
        self.name, self.place, self.cut = "", 0.0, False
        self.state = State.GREETING
        self.stage: Stage | None = None
        common = operator.assignment.now.common
        self.up = Way(Direction.UP, common[0], client, -1)
        self.down = Way(Direction.DOWN, common[1], -1, client)
        self.hushed: set[int] = set()
        self.alarm_s = inf

    @property
    def ways(self) -> tuple[Way, Way]:
        """Up and down."""
        return self.up, self.down

    def way(self, direction: Direction) -> Way:
        """One of them."""
        return self.up if direction is Direction.UP else self.down

    def reading(self, fd: int) -> Way:
        """The way whose bytes come from that descriptor."""
        return self.up if fd == self.client else self.down

    def writing(self, fd: int) -> Way:
        """The way whose bytes go to that descriptor."""
        return self.down if fd == self.client else self.up

    @property
    def stopped(self) -> bool:
        """Whether the operator holds it, so that neither side learns what becomes of the other."""
        return self.up.stopped or self.down.stopped

    @property
    def held(self) -> int:
        """Bytes in its memory."""
        return self.up.held + self.down.held

    def assign(self, now_s: float) -> None:
        """Feel what the operator's network is now."""
        network = self.operator.assignment.now
        up, down = network.felt(self.name, self.place)
        self.cut = self.place >= network.up
        self.up.assign(up, now_s, self.name)
        self.down.assign(down, now_s, self.name)

    def due_s(self) -> float:
        """When it is to be looked at."""
        due = min(self.up.due_s(), self.down.due_s())
        if self.state is State.HELD and self.up.link and not self.stopped:
            due = min(due, self.up.link.due())
        return min(due, self.stage.due()) if self.stage else due
