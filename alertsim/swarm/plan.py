"""What a swarm is asked to do: a frozen value that goes to its process as JSON."""

import json
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from alertsim.swarm.cohort import Cohort, Group
from alertsim.swarm.ledger import LATE_US, MEMORY


@dataclass(frozen=True)
class Tls:
    """How to know the broker (`server_name`, `ca_file`: None for the system's), and how to be known to it."""

    server_name: str
    ca_file: str | None = None
    cert_file: str | None = None
    key_file: str | None = None


@dataclass(frozen=True)
class Address:
    """One broker, at a literal address; `tls` None: plain MQTT."""

    host: str
    port: int
    tls: Tls | None = None
    username: str | None = None
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Stage:
    """`per_s` connects a second until `subscribers` have dialled; None: as fast as the broker admits them."""

    subscribers: int
    per_s: float | None


@dataclass(frozen=True)
class Plan:
    """Connections from `name`-000000 on, dealt out to `brokers` in turn, each a member of one of `groups`.

    `stages`: how fast they dial first; the last one holds for whatever is left. `back_off_s`: how long who was cut
    waits, doubled each time up to a minute; `jittered`: spread evenly over that. `churn_per_s`: so many leave every
    second from the first message on, without a word, and come back; `flash`: so many of them come only when they are
    told. `sources`: addresses to call from, in turn; none: as many as are needed. `offset_us`: Unix time less the
    monotonic clock. `listen_only`: messages are announced by nobody. `follow`: tell how far each message has spread,
    while it does.
    """

    brokers: tuple[Address, ...]
    name: str
    cohorts: tuple[Cohort, ...]
    groups: tuple[Group, ...]
    offset_us: int
    version: Literal[4, 5] = 5
    stages: tuple[Stage, ...] = ()
    back_off_s: float = 1.0
    jittered: bool = True
    churn_per_s: float = 0.0
    flash: int = 0
    sources: tuple[str, ...] = ()
    listen_only: bool = False
    follow: bool = False
    late_us: int = LATE_US
    memory: int = MEMORY

    @property
    def subscribers(self) -> int:
        """How many there are."""
        return sum(group.subscribers for group in self.groups)

    def text(self) -> str:
        """As one line of JSON."""
        return json.dumps(asdict(self))


def alike(subscribers: int, filters: tuple[str, ...], **behaviour: Any) -> dict[str, Any]:
    """The cohorts and groups of a plan whose subscribers are all alike; `behaviour` is a `Cohort`'s."""
    cohort = Cohort(**{"name": "subscribers", **behaviour})
    return {"cohorts": (cohort,), "groups": (Group(0, filters, subscribers),)}


def read_plan(text: str) -> Plan:
    """The plan whose `text` this is."""
    known = json.loads(text)
    return Plan(
        **known
        | {
            "brokers": tuple(_address(**each) for each in known["brokers"]),
            "cohorts": tuple(Cohort(**each) for each in known["cohorts"]),
            "groups": tuple(Group(**each | {"filters": tuple(each["filters"])}) for each in known["groups"]),
            "stages": tuple(Stage(**each) for each in known["stages"]),
            "sources": tuple(known["sources"]),
        }
    )


def _address(tls: dict[str, Any] | None, **rest: Any) -> Address:
    return Address(tls=Tls(**tls) if tls else None, **rest)
