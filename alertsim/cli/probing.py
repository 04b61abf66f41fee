"""A small real load, for a doctor: two seconds of marked test messages to some subscribers."""

import asyncio
from collections.abc import Callable
from typing import Any

from alertsim.broker import Access, Broker, Consent
from alertsim.clock import pause
from alertsim.doctor.facts import Probe
from alertsim.load_test import Order, plan_of
from alertsim.mqtt.codes import Version
from alertsim.swarm.bulletins import Bulletins
from alertsim.swarm.conduct import Conductor, Phase, Schedule
from alertsim.swarm.findings import Findings
from alertsim.swarm.histogram import Histogram
from alertsim.swarm.plan import alike
from alertsim.swarm.process import open_swarm
from alertsim.swarm.selfcheck import has_plateau
from alertsim.wire import Mark

MOST_SUBSCRIBERS = 1_000
"""Enough for the broker's work on each to be seen beside what a message costs anyway."""

MOST_S = 6.0
"""Whoever has not connected by then is left out; usually it takes three seconds."""

_PER_S, _LASTS_S, _PATIENCE_S, _QOS, _SIZE = 10, 2.0, 1.0, 1, 500
_CONNECTING_S = 2.0

View = Callable[[int, int], None]
"""Is shown how many of how many subscribers are connected."""


async def probe(broker: Broker, access: Access, name: str, most: int, view: View) -> Probe | None:
    """Try a broker that was opened with `most` subscribers; None where that is none, or it is a WebSocket.

    Raises:
        AlertSimError: the subscribers' process died.
    """
    subscribers = within(most, broker.permit.consent)
    if subscribers < 1 or broker.door.target.scheme in {"ws", "wss"}:
        return None
    order = _order(broker, access, name, subscribers)

    def show(_phase: Phase, progress: dict[str, Any]) -> None:
        view(progress.get("subscribed", 0), subscribers)

    with open_swarm() as swarm:
        await broker.permit.pass_through(swarm)
        conductor = Conductor(plan_of(order, [broker]), order.schedule, swarm, show)
        limit = asyncio.create_task(_stop_later(conductor), name="doctor: enough")
        try:
            result, published = await conductor.conduct()
        finally:
            limit.cancel()
    return _summed(Findings(name, broker.url, _QOS, result, published))


def within(most: int, consent: Consent | None) -> int:
    """Subscribers: so many, within reason and the pace the broker's owner consents to."""
    pace = int(consent.max_connects_per_s * _CONNECTING_S) if consent else MOST_SUBSCRIBERS
    return min(most, MOST_SUBSCRIBERS, pace)


def _order(broker: Broker, access: Access, name: str, subscribers: int) -> Order:
    bulletins = Bulletins(Mark(name, "doctor", status="Test"), size=_SIZE, qos=_QOS, version=Version.V5)
    dues = [number / _PER_S for number in range(int(_LASTS_S * _PER_S))]
    return Order(
        name=name,
        targets=(broker.door.target,),
        access=access,
        **alike(subscribers, (bulletins.topic,), qos=_QOS),
        schedule=Schedule(bulletins.make, dues, _LASTS_S, _QOS, patience_s=_PATIENCE_S),
    )


async def _stop_later(conductor: Conductor) -> None:
    await pause(MOST_S)
    conductor.stop()


def _summed(found: Findings) -> Probe:
    """What a doctor needs of it."""
    result, measured = found.result, found.measured
    causes: dict[str, int] = result["causes"] | dict(found.published.causes or {} if found.published else {})
    deliveries, seconds = result["deliveries"], result["wall_s"]
    return Probe(
        subscribers=result["subscribers"],
        connected=result["subscribed"],
        connects_per_s=found.connects_per_s,
        deliveries_per_s=deliveries / seconds if deliveries and seconds else None,
        cpu_us_per_delivery=result["cpu_s"] / deliveries * 1e6 if deliveries else None,
        p50_us=measured["p50"],
        p99_us=measured["p99"],
        spread_us=Histogram.from_sparse(result["lasts"]).percentile(50),
        nagle=has_plateau(found.latency),
        valid=found.check.verdict != "invalid",
        cause=max(causes, key=lambda each: causes[each], default=""),
    )
