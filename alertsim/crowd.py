"""The subscribers of an exercise: a swarm that hears its alerts and feels its outages, and how far each one spread."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from alertsim import library
from alertsim.broker import Broker
from alertsim.clock import monotonic_s, pause, unix_us
from alertsim.feed import Reader
from alertsim.networks import felt
from alertsim.observations import NetworkSeen, PlayDegraded
from alertsim.operators.coverage import EVERYWHERE
from alertsim.publisher import Letter
from alertsim.swarm import telling
from alertsim.swarm.dialling import allow_sockets
from alertsim.swarm.plan import Address, Plan, Tls
from alertsim.swarm.population import read_population
from alertsim.swarm.process import Swarm, open_swarm
from alertsim.swarm.ticks import monotonic_ns
from alertsim.timeline import Timeline
from alertsim.wire import Mark

USUAL = 60
"""How many subscribers an exercise has where nobody says how many."""

_LOOK_S = 0.25
_CONNECT_S = 10.0
_FINISH_S = 3.0
_NEVER_S = 10**9
_NOBODY = Plan((), "", (), (), offset_us=0)


@dataclass(frozen=True)
class People:
    """Who is to hear an exercise: `count` of a `population` (None: Ukraine's mix), real operators where `brands`."""

    count: int
    population: Path | None
    brands: bool


NOBODY = People(0, None, brands=False)


class Crowd:
    """The subscribers while they are there. `observe` takes what is seen of them, a few times a second.

    Without a swarm it is nobody, and does nothing.
    """

    def __init__(self, swarm: Swarm | None, plan: Plan, observe: Callable[[Any], None]) -> None:
        self._swarm, self._plan, self._observe = swarm, plan, observe
        self._events: dict[tuple[str, int], str] = {}
        self._newest: dict[str, int] = {}
        self._stands: dict[str, NetworkSeen] = {}
        self._degraded = False

    def hear_of(self, letter: Letter) -> None:
        """This goes out now, or again: without an event it only says again what stands."""
        message = letter.message
        if self._swarm is None or not message.qos:
            return
        if letter.event and (message.topic, letter.seq) not in self._events:
            self._events[message.topic, letter.seq] = letter.event
            self._newest[message.topic] = letter.seq
            expires_us = letter.due_us + (message.expiry_s or _NEVER_S) * 1_000_000
            self._swarm.announce(message.topic, letter.seq, letter.due_us, expires_us)
        elif not letter.event and message.retain and message.topic in self._newest:
            self._swarm.announce(message.topic, self._newest[message.topic], 0, 0)

    async def live(self, lines: Reader) -> None:
        """Feel what befalls the operators."""
        while played := await lines.take():
            for each in chain.from_iterable(map(felt, played)):
                if self._swarm:
                    areas = dict(each.condition)
                    self._swarm.cover(each.operator, areas.pop(EVERYWHERE, {}), areas)

    async def report(self) -> None:
        """Say how far messages have spread and how the operators stand, until cancelled."""
        while self._swarm:
            await pause(_LOOK_S)
            self._say_spread(self._swarm)
            self._say_stands(self._swarm)

    async def gather(self) -> None:
        """Wait until everybody who is not away is connected, or nobody new comes."""
        until_s = monotonic_s() + _CONNECT_S
        while self._swarm and monotonic_s() < until_s and not self._swarm.over.is_set():
            await pause(_LOOK_S / 5)
            now = self._swarm.progress
            if now and now["subscribed"] + now["away"] == sum(row["subscribers"] for row in now["operators"]):
                return

    async def disperse(self, *, at_once: bool) -> None:
        """Hear what is still on its way, say how far it all spread, and leave."""
        if self._swarm is None:
            return
        self._swarm.finish(0.0 if at_once else _FINISH_S)
        until_s = monotonic_s() + 2 * _FINISH_S
        while not self._swarm.over.is_set() and monotonic_s() < until_s:
            await pause(_LOOK_S / 5)
        if not self._swarm.over.is_set():
            self._swarm.cut()
            self._degrade("their process does not answer")
        self._say_spread(self._swarm)
        if result := self._swarm.result:
            for seen in (*telling.storms(result, self._plan), *telling.stalls(result)):
                self._observe(seen)

    def _say_stands(self, swarm: Swarm) -> None:
        """Each operator that stands otherwise than was last said."""
        for seen in telling.stands(swarm.progress):
            if self._stands.get(seen.operator) != seen:
                self._stands[seen.operator] = seen
                self._observe(seen)

    def _say_spread(self, swarm: Swarm) -> None:
        while swarm.spread:
            told = swarm.spread.popleft()
            if event := self._events.get((told["topic"], told["seq"])):
                self._observe(telling.reached(event, told, self._plan))
        if swarm.over.is_set() and swarm.result is None:
            self._degrade("their process ended")

    def _degrade(self, reason: str) -> None:
        if not self._degraded:
            self._degraded = True
            self._observe(PlayDegraded(part="subscribers", reason=reason))


@asynccontextmanager
async def gathered(
    people: People, broker: Broker, by: Mark, timeline: Timeline, observe: Callable[[Any], None]
) -> AsyncIterator[Crowd]:
    """The crowd of an exercise, connected; one of nobody where it is to have none.

    Raises:
        InputError: a population that is none, or more subscribers than this system lets one have.
    """
    if not people.count:
        yield Crowd(None, _NOBODY, observe)
        return
    plan = _plan(people, broker, by, timeline)
    allow_sockets(people.count)
    with open_swarm() as swarm:
        await broker.permit.pass_through(swarm)
        swarm.begin(plan)
        crowd = Crowd(swarm, plan, observe)
        await crowd.gather()
        yield crowd


def address_of(broker: Broker) -> Address:
    """Where a broker is and how to get in, as a swarm's process is told."""
    target, access = broker.door.target, broker.door.access
    files = (None if file is None else str(file) for file in (access.ca, access.cert, access.key))
    return Address(
        broker.host,
        broker.port,
        Tls(target.host, *files) if target.encrypted else None,
        target.user or None,
        access.password if target.user else None,
    )


def _plan(people: People, broker: Broker, by: Mark, timeline: Timeline) -> Plan:
    text, name = library.population_file(people.population)
    population = read_population(text, name, catalogue=library.catalogue(), brands=people.brands)
    cohorts, groups = population.divided(people.count, _filters(by), _areas(timeline))
    return Plan(
        brokers=(address_of(broker),),
        name=by.root.replace("/", "-"),
        cohorts=cohorts,
        groups=groups,
        offset_us=unix_us() - monotonic_ns() // 1_000,
        follow=True,
    )


def _filters(by: Mark) -> Callable[[str], tuple[str, ...]]:
    return lambda area: (f"{by.root}/public/alert/{area}/#",) if area else (f"{by.root}/public/alert/#",)


def _areas(timeline: Timeline) -> tuple[str, ...] | None:
    """The areas at the top that alerts are said of; None where there are none: then anywhere."""
    named = (getattr(event, "area", None) for event in timeline.events if event.kind.startswith("alert."))
    return tuple(sorted({area.partition("/")[0] for area in named if area})) or None
