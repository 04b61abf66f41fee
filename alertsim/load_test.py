"""Composes one load test: brokers that may be loaded, a swarm of subscribers, publishers, and what they found."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import structlog

from alertsim.broker import Access, Broker, Confirm, Target, open_broker
from alertsim.broker.about import ask_about
from alertsim.clock import unix_us
from alertsim.crowd import address_of
from alertsim.doctor.machine import fingerprint
from alertsim.errors import BrokerError
from alertsim.swarm.cohort import Cohort, Group
from alertsim.swarm.conduct import Conductor, Schedule, View
from alertsim.swarm.dialling import check_sources
from alertsim.swarm.findings import Findings
from alertsim.swarm.plan import Plan, Stage
from alertsim.swarm.process import open_swarm
from alertsim.swarm.thresholds import Threshold
from alertsim.swarm.ticks import monotonic_ns


@dataclass(frozen=True)
class Storms:
    """What befalls the connections: `back_off_s` and `jittered` are how who was cut waits; see `Plan`."""

    back_off_s: float = 1.0
    jittered: bool = True
    churn_per_s: float = 0.0
    flash: int = 0


@dataclass(frozen=True)
class Order:
    """What was asked for; `name` is the exercise id of the test."""

    name: str
    targets: tuple[Target, ...]
    access: Access
    cohorts: tuple[Cohort, ...]
    groups: tuple[Group, ...]
    schedule: Schedule
    version: Literal[4, 5] = 5
    stages: tuple[Stage, ...] = ()
    sources: tuple[str, ...] = ()
    storms: Storms = Storms()
    listen_only: bool = False
    thresholds: tuple[Threshold, ...] = ()

    @property
    def subscribers(self) -> int:
        """How many there are."""
        return sum(group.subscribers for group in self.groups)


async def conduct(order: Order, view: View, stop: asyncio.Event, confirm: Confirm) -> Findings:
    """The test, until it is over or `stop` is set.

    Raises:
        BrokerError: a broker is not there, or its owner does not consent.
        InputError: an order that no broker can carry out, or one in use that nobody confirmed.
        AlertSimError: the subscribers' process died.
    """
    async with AsyncExitStack() as stack:
        share = -(-order.subscribers // len(order.targets)) + 2  # the publisher, and who asks about the broker
        brokers = [
            await stack.enter_async_context(
                open_broker(target, log=structlog.get_logger(), access=order.access, clients=share, confirm=confirm)
            )
            for target in order.targets
        ]
        for broker in brokers:
            check_sources(order.sources, broker.host)
        versions = [await _version(broker) for broker in brokers]
        swarm = stack.enter_context(open_swarm())
        for broker in brokers:
            await broker.permit.pass_through(swarm)
        conductor = Conductor(plan_of(order, brokers), order.schedule, swarm, view)
        watches = [asyncio.create_task(_stop_after(stop.wait(), conductor.stop), name="load: signals")]
        watches += [
            asyncio.create_task(_stop_after(broker.permit.over(), conductor.stop), name="load: consent")
            for broker in brokers
        ]
        try:
            result, published = await conductor.conduct()
        finally:
            for watch in watches:
                watch.cancel()
    about = {"broker_version": ", ".join(filter(None, versions)) or None, "machine": asdict(fingerprint())}
    urls = ", ".join(broker.url for broker in brokers)
    return Findings(order.name, urls, order.schedule.qos, result | about, published, order.thresholds)


async def _version(broker: Broker) -> str | None:
    """What the broker says it is; None where it does not."""
    try:
        return (await ask_about(broker.door)).version
    except BrokerError:
        return None  # the load itself will tell why it does not let us in


def plan_of(order: Order, brokers: list[Broker]) -> Plan:
    """The plan with the addresses that were opened, within what their owners consent to."""
    consents = [broker.permit.consent for broker in brokers]
    allowed = [consent.max_connects_per_s for consent in consents if consent]
    return Plan(
        brokers=tuple(address_of(broker) for broker in brokers),
        name=f"test-{order.name}",
        cohorts=order.cohorts,
        groups=order.groups,
        offset_us=unix_us() - monotonic_ns() // 1_000,
        version=order.version,
        stages=_within(order.stages, order.subscribers, min(allowed, default=None)),
        back_off_s=order.storms.back_off_s,
        jittered=order.storms.jittered,
        churn_per_s=order.storms.churn_per_s,
        flash=order.storms.flash,
        sources=order.sources,
        listen_only=order.listen_only,
    )


def _within(stages: tuple[Stage, ...], subscribers: int, allowed: float | None) -> tuple[Stage, ...]:
    """The stages, none of them faster than what is allowed."""
    if allowed is None:
        return stages
    return tuple(
        replace(stage, per_s=min(stage.per_s or allowed, allowed)) for stage in stages or (Stage(subscribers, None),)
    )


async def _stop_after(end: Coroutine[Any, Any, object], stop: Callable[[], None]) -> None:
    await end
    stop()
