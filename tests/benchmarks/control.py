"""How long a change of conditions takes over HTTP, while clients are connected and messages flow.

`python -m tests.benchmarks.control [CONNECTIONS [SECONDS]]`: 200 changes a second, each due at its time whether or not
the one before is answered, through one proxy with 2,000 subscribers, who get 2,000 messages a second.
"""

import asyncio
import json
import os
import statistics
import sys
import time
from http.client import HTTPConnection
from threading import Thread

from alertsim.broker.ports import LOOPBACK
from alertsim.proxy.control import serve_control
from alertsim.proxy.door import Door
from alertsim.proxy.process import Proxies, open_proxies
from alertsim.swarm.dialling import allow_sockets
from alertsim.swarm.histogram import Histogram
from tests.benchmarks.proxy import aimed
from tests.benchmarks.rig import Job, conduct, numbers, own_mosquitto
from tests.integration.swarm_world import until

PER_S, CLIENTS = 200, 20
TOXIC = "/proxies/calm/toxics/late"


def changes(port: int, seconds: int) -> list[float]:
    """What each change took, in ms from when it was due."""
    took_ms: list[float] = []
    begin_s = time.monotonic() + 0.5

    def client(number: int) -> None:
        connection = HTTPConnection(LOOPBACK, port)
        for due in range(number, PER_S * seconds, CLIENTS):
            due_s = begin_s + due / PER_S
            time.sleep(max(0.0, due_s - time.monotonic()))
            connection.request("POST", TOXIC, json.dumps({"attributes": {"latency": due % 50}}))
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 200
            took_ms.append((time.monotonic() - due_s) * 1e3)
        connection.close()

    clients = [Thread(target=client, args=[number]) for number in range(CLIENTS)]
    for each in clients:
        each.start()
    for each in clients:
        each.join()
    return took_ms


def add(port: int) -> None:
    """The toxic that is going to change."""
    connection = HTTPConnection(LOOPBACK, port)
    connection.request("POST", "/proxies/calm/toxics", json.dumps({"type": "latency", "name": "late"}))
    assert connection.getresponse().status == 200
    connection.close()


async def changed(control: int, seconds: int) -> list[float]:
    """The same, by a process of its own, once everybody is connected."""
    command = [sys.executable, "-m", "tests.benchmarks.control", "-", str(control), str(seconds)]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    told, _ = await process.communicate()
    return [float(each) for each in json.loads(told)]


async def run(many: int, seconds: int) -> None:
    """All at once, and what came out."""
    async with own_mosquitto() as broker:
        door = Door("calm", 0, LOOPBACK, broker.port)
        with open_proxies([door]) as proxies:
            async with serve_control(proxies, 0, doors=[door]) as control, asyncio.TaskGroup() as group:
                await asyncio.to_thread(add, control)
                crowd = group.create_task(conduct(Job(proxies.ports["calm"], many, 0, 1, seconds + 3)))
                await asyncio.to_thread(until, lambda: _connected(proxies) >= many)
                took_ms = await changed(control, seconds)
                result, _ = await crowd
    late = Histogram.from_sparse(result["latency"]).percentiles(50, 99)
    p50, p99 = (statistics.quantiles(took_ms, n=100)[each - 1] for each in (50, 99))
    load = " ".join(f"{each:.1f}" for each in os.getloadavg())
    print(f"{many:,} connections, {len(took_ms):,} changes at {PER_S} a second; load average {load}")
    aimed(f"a change: p50 {p50:.1f} ms, p99 {p99:.1f} ms, at most {max(took_ms):.1f} ms", "p99 < 100", p99 < 100)
    aimed(f"answered: {len(took_ms):,}", f"{PER_S * seconds:,}", len(took_ms) == PER_S * seconds)
    aimed(f"connections lost: {(lost := sum(result['causes'].values()))}", "0", not lost)
    missing = result["counts"]["missing"]
    aimed(
        f"messages: p50 {late[0] / 1e3:.1f} ms, p99 {late[1] / 1e3:.1f} ms, missing {missing}", "missing 0", not missing
    )


def _connected(proxies: Proxies) -> int:
    return int(proxies.progress.get("operators", {}).get("calm", {}).get("connections", 0))


if __name__ == "__main__":
    if "-" in sys.argv:
        print(json.dumps(changes(*map(int, sys.argv[2:]))))
    else:
        connections, length = numbers(2_000, 10)
        allow_sockets(2 * connections)
        asyncio.run(run(connections, length))
