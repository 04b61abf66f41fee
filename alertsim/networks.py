"""The networks of an exercise: a proxy for each operator in front of the broker, which fails when the operator does."""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from itertools import chain
from types import MappingProxyType
from typing import Any, NamedTuple

from alertsim import library
from alertsim.broker import Broker
from alertsim.broker.target import is_loopback
from alertsim.clock import pause
from alertsim.errors import InputError
from alertsim.events import OperatorChanged, Service
from alertsim.feed import Reader
from alertsim.observations import Line, NetworkSeen, Observation, Played
from alertsim.operators.conditions import CALM, Conditions
from alertsim.operators.coverage import EVERYWHERE, Condition, share_for
from alertsim.proxy.control import serve_control
from alertsim.proxy.door import Door
from alertsim.proxy.process import Proxies, open_proxies
from alertsim.wire import Mark

FIRST_PORT = 22_883
"""The first operator's port, where it is free; the others follow."""

_LOOK_S = 0.5
_NETWORK = "control/network/"


class Felt(NamedTuple):
    """What the clients of an operator live with from now on."""

    operator: str
    condition: Condition = MappingProxyType({})
    latency_ms: int = 0


def felt(line: Line) -> Iterator[Felt]:
    """What a line of the log makes of operators: what was played, and calm where that was taken back.

    What is passed over is not felt: whoever passes it says what of it still stands.
    """
    if not isinstance(line, Played):
        return
    for topic in line.withdraws:
        if topic.startswith(_NETWORK):
            yield Felt(topic.removeprefix(_NETWORK))
    if isinstance(line.event, OperatorChanged):
        yield Felt(line.event.operator, line.event.condition, line.event.latency_ms or 0)


def is_felt(line: Line) -> bool:
    """Whether it makes anything of an operator."""
    return any(felt(line))


class Networks:
    """The proxies of an exercise while they are there; `ports` has where each operator's listens on 127.0.0.1.

    `place`: the area their clients are in, as nothing they say tells it.
    """

    def __init__(self, proxies: Proxies | None, doors: Sequence[Door] = (), place: str = EVERYWHERE) -> None:
        self._proxies, self._doors, self._place = proxies, doors, place
        self._stands: dict[str, NetworkSeen] = {}

    @property
    def ports(self) -> Mapping[str, int]:
        """By operator; none without proxies."""
        return dict(self._proxies.ports) if self._proxies else {}

    @asynccontextmanager
    async def controlled(self, port: int | None) -> AsyncIterator[None]:
        """Let Toxiproxy's clients add faults, at a port of 127.0.0.1; None: nobody may."""
        if port is None or self._proxies is None:
            yield
            return
        async with serve_control(self._proxies, port, doors=self._doors):
            yield

    async def live(self, lines: Reader) -> None:
        """Be what the operators' conditions say, until the feed is closed."""
        while played := await lines.take():
            for each in chain.from_iterable(map(felt, played)):
                if self._proxies and each.operator in self._proxies.ports:
                    self._assign(self._proxies, each)

    async def report(self, observe: Callable[[Observation], None]) -> None:
        """Say how the clients of each operator stand, a few times a second where it has changed, until cancelled."""
        while self._proxies:
            await pause(_LOOK_S)
            for operator, row in self._proxies.progress.get("operators", {}).items():
                seen = _stand(operator, row)
                if seen.connects and self._stands.get(operator) != seen:
                    self._stands[operator] = seen
                    observe(seen)

    def _assign(self, proxies: Proxies, now: Felt) -> None:
        """MQTT rides on mobile data; whoever is cut is without a byte and without a FIN, as when the radio goes."""
        proxies.cut(now.operator, share_for(now.condition, Service.DATA, self._place))
        way = Conditions(latency_ms=now.latency_ms) if now.latency_ms else CALM
        proxies.assign(now.operator, way, way)


def _stand(operator: str, row: Mapping[str, Any]) -> NetworkSeen:
    """How the clients behind an operator's door stand."""
    here = row["connections"] + row["waiting"]
    return NetworkSeen(
        operator=operator,
        side="clients",
        subscribers=here,
        connected=row["served"],
        cut=row["cut"],
        reconnecting=here - row["served"] - row["cut"],
        connects=row["taken"],
        lost=sum(row["causes"].values()),
    )


@contextmanager
def opened(operators: Sequence[str], broker: Broker, by: Mark, place: str = EVERYWHERE) -> Iterator[Networks]:
    """A proxy for each of these operators in an area, as long as the context lasts; without any, nothing at all.

    Raises:
        InputError: the broker is on another machine, whose owner has consented to us and not to whoever comes by us.
    """
    if not operators:
        yield Networks(None)
        return
    if not is_loopback(broker.host):
        raise InputError(f"--proxies in front of {broker.url}: only in front of a broker on this machine")
    doors = [
        Door(
            name=operator,
            port=FIRST_PORT + number,
            host=broker.host,
            broker_port=broker.port,
            prefix=f"{by.root.replace('/', '-')}-",
            translates=broker.kind == "embedded",
            max_inflight=broker.max_inflight,
        )
        for number, operator in enumerate(operators)
    ]
    with open_proxies(doors) as proxies:
        yield Networks(proxies, doors, place)


def operators_of(*, historical: bool) -> tuple[str, ...]:
    """The operators of a scenario: real ones, or A, B and C."""
    return tuple(library.catalogue().market(brands=historical))
