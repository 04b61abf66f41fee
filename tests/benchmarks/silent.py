"""10,000 connections at a proxy that say nothing, or nothing sensible, beside 2,000 that live: memory, time, harm.

`python -m tests.benchmarks.silent [SILENT [LIVE]]`: silent ones are given up after ten seconds; garbage, lengths of
256 MB and clients that stop half way through their greeting; those who live get two messages a second all the time.
"""

import asyncio
import os
import socket
import time
from contextlib import ExitStack
from typing import Any

from alertsim.broker.ports import LOOPBACK
from alertsim.proxy import causes
from alertsim.proxy.door import Door
from alertsim.proxy.greeting import MOST
from alertsim.proxy.process import Proxies, open_proxies
from alertsim.proxy.relay import PATIENCE_S
from alertsim.swarm.dialling import allow_sockets
from alertsim.swarm.histogram import Histogram
from tests.benchmarks.rig import Job, conduct, numbers, own_mosquitto
from tests.integration.proxy_world import connect, resident
from tests.integration.swarm_world import until

AIM_BYTES = 4_096
PER_S, LONG_S = 2, 60
"""Messages to those who live, for as long as it all takes."""

HALF = b"\x10\xff\x7f\x00\x04MQTT\x05\x02\x00\x3c\xff\x7f"
"""The beginning of a CONNECT with 16 kB of properties, behind which the client id is."""

SAID: dict[str, tuple[bytes, str]] = {
    "silent": (b"", causes.SILENT),
    "half a greeting": (connect("half")[:9], causes.SILENT),
    "half, 16 kB long": (HALF + bytes(MOST - len(HALF) - 1), causes.SILENT),
    "garbage": (b"\xffGARBAGE" * 8, causes.GARBAGE),
    "256 MB to come": (b"\x10\xff\xff\xff\x7f\x00\x04MQTT\x05", causes.GARBAGE),
}


def row(proxies: Proxies) -> dict[str, Any]:
    """What the proxy says of itself."""
    found: dict[str, Any] = proxies.progress.get("operators", {}).get("calm", {})
    return found


def crowded(proxies: Proxies, many: int, said: bytes, cause: str) -> tuple[int, float]:
    """So many come, say this and wait; bytes each of them takes at most, and seconds until all are gone and counted."""
    before, counted = resident(proxies.pid), row(proxies)["causes"].get(cause, 0)
    most = before
    with ExitStack() as stack:
        for number in range(many):
            end = stack.enter_context(socket.create_connection((LOOPBACK, proxies.ports["calm"])))
            end.sendall(said)
            if not number % 500:
                most = max(most, resident(proxies.pid))
        came_s = time.monotonic()

        def gone() -> bool:
            nonlocal most
            most = max(most, resident(proxies.pid))
            return bool(row(proxies)["causes"].get(cause, 0) - counted == many)

        until(gone)
    return (most - before) // many, time.monotonic() - came_s


async def run(silent: int, live: int) -> None:
    """One kind after the other, and how those who live have fared."""
    async with own_mosquitto() as broker:
        with open_proxies([Door("calm", 0, LOOPBACK, broker.port)]) as proxies:
            job = Job(proxies.ports["calm"], live, 1, PER_S, PER_S * LONG_S)
            async with asyncio.TaskGroup() as group:
                crowd = group.create_task(conduct(job))
                await asyncio.to_thread(until, lambda: row(proxies).get("connections", 0) >= live)
                for kind, (said, cause) in SAID.items():
                    each, took_s = await asyncio.to_thread(crowded, proxies, silent, said, cause)
                    tell(kind, silent, each, took_s, patient=cause == causes.SILENT, most=max(AIM_BYTES, len(said) * 2))
                result, _ = await crowd
            held = row(proxies)["waiting"]
    late = Histogram.from_sparse(result["latency"]).percentiles(50, 99)
    harmed = result["counts"]["missing"] + result["counts"]["duplicates"] + sum(result["causes"].values())
    figures = f"missing, doubled or lost {harmed}; p50 {late[0] / 1e3:.1f} ms, p99 {late[1] / 1e3:.1f} ms"
    print(f"{live:,} live ones: {figures}; left over {held}   {'FAIL' if harmed or held else 'PASS'}")


def tell(kind: str, many: int, each: int, took_s: float, *, patient: bool, most: int) -> None:
    """A line."""
    fine = each <= most and (took_s <= PATIENCE_S + 2)
    waited = f"aim {PATIENCE_S:g} s" if patient else "at once"
    print(
        f"{kind:<20}{many:>8,}  {each:>7,} bytes each (aim ≤ {most:,})   gone and counted after {took_s:>5.1f} s "
        f"({waited})   {'PASS' if fine else 'FAIL'}",
        flush=True,
    )


def main() -> None:
    silent, live = numbers(10_000, 2_000)
    allow_sockets(silent + live)
    print(f"{silent:,} rude connections beside {live:,} live ones; load average {os.getloadavg()[0]:.1f}")
    asyncio.run(run(silent, live))


if __name__ == "__main__":
    main()
