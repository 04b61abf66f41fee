"""One operator's door: its listener, what is assigned to it, who is connected through it, and its counts."""

from collections import Counter
from collections.abc import Iterable
from itertools import islice
from math import inf
from socket import socket
from typing import Any, Final

from alertsim.operators.cut import place
from alertsim.proxy.assigned import Assignment
from alertsim.proxy.causes import GREETING_REFUSED
from alertsim.proxy.connection import Connection, State
from alertsim.proxy.door import Door
from alertsim.proxy.fates import Orders
from alertsim.proxy.greeting import Greeting
from alertsim.proxy.sockets import peer
from alertsim.proxy.stage import Stage

_STALLS: Final = 20
_NAMES: Final = 100_000


class Operator:
    """A listener in front of a broker, as a plan says; `orders` are the packet rules in force."""

    def __init__(self, door: Door, listener: socket) -> None:
        self.door, self.listener = door, listener
        self.assignment = Assignment()
        self.orders = Orders()
        self.connections: set[Connection] = set()
        self.taken = 0
        self.causes: Counter[str] = Counter()
        self.moved = [0, 0]
        self.refusing = False
        self.next_s = -inf
        self._stalls: list[str] = []
        self._times: Counter[str] = Counter()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.listener.getsockname()[1])

    def introduce(self, connection: Connection, greeting: Greeting) -> None:
        """Remember who it is: by its client id without the prefix, or, where there is none to read, by its address."""
        who = greeting.client_id.removeprefix(self.door.prefix) or peer(connection.client)
        connection.name, connection.place = who, place(who)
        old = 0 < greeting.version < 5 and self.door.translates
        if greeting.kind == "mqtt" and (old or self.orders.rules or self.door.packets):
            name = f"{who} {self._time(who)}"
            connection.stage = Stage(name, self.orders, translate=old, max_inflight=self.door.max_inflight)

    def obey(self, orders: Orders) -> None:
        """Other packet rules from now on, for everybody whose packets are read."""
        self.orders = orders
        for connection in self.connections:
            if connection.stage:
                connection.stage.obey(orders)

    def took_one(self, now_s: float) -> None:
        """A connection was taken; the next may come when the rate of connections allows it."""
        self.taken += 1
        rate = self.assignment.now.common[0].connects_per_s
        self.next_s = max(self.next_s, now_s) + 1 / rate if rate else -inf

    def ended(self, connection: Connection, cause: str) -> None:
        """A connection is gone."""
        self.connections.discard(connection)
        self.causes[cause] += 1
        self._stalls = self._stalled([connection])
        for number, way in enumerate(connection.ways):
            self.moved[number] += way.moved

    def progress(self, short_way: list[int]) -> dict[str, Any]:
        """How it stands; `short_way` has the bytes that were moved from each descriptor without us."""
        here = self.connections
        moved = list(self.moved)
        for connection in here:
            for number, way in enumerate(connection.ways):
                moved[number] += way.moved + (short_way[way.source] if way.source >= 0 else 0)
        return {
            "taken": self.taken,
            "connections": sum(connection.state is State.OPEN for connection in here),
            "waiting": sum(connection.state is not State.OPEN for connection in here),
            "served": sum(connection.state is State.OPEN and not connection.cut for connection in here),
            "cut": sum(connection.cut for connection in here),
            "refused": sum(self.causes[cause] for cause in GREETING_REFUSED),
            "causes": dict(self.causes),
            "bytes": moved,
            "held": sum(connection.held for connection in here),
            "rules": list(zip(map(str, self.orders.rules), self.orders.met, self.orders.struck, strict=True)),
            "stalls": self._stalled(here),
        }

    def _stalled(self, more: Iterable[Connection]) -> list[str]:
        """The first sentences about connections whose messages stopped, because rules left them unanswered."""
        new = (f"{one.name}: {stall}" for one in more if one.stage for stall in one.stage.stalled)
        return [*self._stalls, *islice(new, max(0, _STALLS - len(self._stalls)))]

    def _time(self, who: str) -> int:
        """How many times its packets have been read: its chances are others each time, and repeat with the run."""
        if len(self._times) > _NAMES:
            self._times.clear()
        self._times[who] += 1
        return self._times[who]
