"""What a swarm is asked to do: a frozen value that goes to its process as JSON."""

import json
from dataclasses import asdict, dataclass
from typing import Literal

from alertsim.swarm.ledger import LATE_US, MEMORY


@dataclass(frozen=True)
class Plan:
    """`subscribers` connections from `name`-000000 on to a literal address, each with one subscription.

    `connects_per_s` None: as fast as the broker admits them. `persistent`: the session outlives its connections (and
    ends with the run). `back_off_s`: how long who was cut waits, doubled each time up to a minute; `jittered`: spread
    evenly over that. `offset_us`: Unix time less the monotonic clock. `listen_only`: messages are announced by nobody.
    """

    host: str
    port: int
    name: str
    subscribers: int
    filter: str
    offset_us: int
    qos: int = 1
    version: Literal[4, 5] = 5
    connects_per_s: float | None = None
    keep_alive_s: int = 60
    persistent: bool = False
    back_off_s: float = 1.0
    jittered: bool = True
    listen_only: bool = False
    username: str | None = None
    password: str | None = None
    late_us: int = LATE_US
    memory: int = MEMORY

    def text(self) -> str:
        """As one line of JSON."""
        return json.dumps(asdict(self))


def read_plan(text: str) -> Plan:
    """The plan whose `text` this is."""
    return Plan(**json.loads(text))
