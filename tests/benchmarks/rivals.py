"""What people write without a swarm: a subscriber is an aiomqtt client, or a user of Locust's MQTT plug-in.

`python -m tests.benchmarks.rivals aiomqtt|locust PORT CLIENTS TOPIC QOS DELIVERIES`, which `swarm` runs: says
"subscribed SECONDS", then, when so many messages have come, "done DELIVERIES CPU_US": CPU since the first of them.
They count what comes, and nothing else: no ledger, no latency.
"""

import importlib
import os
import resource
import sys
import time
from importlib.util import find_spec
from typing import Any, NoReturn

from alertsim.swarm.dialling import allow_sockets

_AT_ONCE = 64


def importable(name: str) -> bool:
    """Whether it is installed."""
    return find_spec(name) is not None


def command(name: str) -> list[str]:
    """How to start it."""
    return [sys.executable, "-W", "ignore", "-m", __name__, name]


class Counting:
    """Counts what comes; `came` says whether that is all."""

    def __init__(self, clients: int, wanted: int) -> None:
        self._clients, self._wanted = clients, wanted
        self._begun, self._subscribed, self._deliveries, self._cpu_us = time.monotonic(), 0, 0, 0.0

    def subscribed(self) -> None:
        """One more is there."""
        self._subscribed += 1
        if self._subscribed == self._clients:
            print(f"subscribed {time.monotonic() - self._begun:f}", flush=True)

    def came(self) -> bool:
        """One message more."""
        if not self._deliveries:
            self._cpu_us = _cpu_us()
        self._deliveries += 1
        if self._deliveries == self._wanted:
            print(f"done {self._deliveries} {_cpu_us() - self._cpu_us:.0f}", flush=True)
        return self._deliveries >= self._wanted


def with_aiomqtt(port: int, clients: int, topic: str, qos: int, wanted: int) -> None:
    """A client and a task for each."""
    import asyncio  # not above: it would be there before Locust replaces half of it

    import aiomqtt

    counting = Counting(clients, wanted)

    async def subscriber(door: asyncio.Semaphore, over: asyncio.Event) -> None:
        async with aiomqtt.Client("127.0.0.1", port, protocol=aiomqtt.ProtocolVersion.V5) as client:
            async with door:
                await client.subscribe(topic, qos=qos)
            counting.subscribed()
            async for _ in client.messages:
                if counting.came():
                    over.set()

    async def all_of_them() -> None:
        door, over = asyncio.Semaphore(_AT_ONCE), asyncio.Event()
        tasks = [asyncio.create_task(subscriber(door, over)) for _ in range(clients)]
        waiting = asyncio.create_task(over.wait())
        await asyncio.wait([waiting, *tasks], return_when=asyncio.FIRST_COMPLETED)
        _end()

    asyncio.run(all_of_them())


def with_locust(port: int, clients: int, topic: str, qos: int, wanted: int) -> None:
    """A user for each, in an environment without a web page."""
    plugin: Any = importlib.import_module("locust.contrib.mqtt")
    library: Any = importlib.import_module("locust.env")
    clock: Any = importlib.import_module("gevent")
    paho: Any = importlib.import_module("paho.mqtt.client")
    counting, over = Counting(clients, wanted), importlib.import_module("gevent.event").Event()

    class Subscriber(plugin.MqttUser):  # type: ignore[misc]  # Locust need not be installed
        protocol, use_loop_selectors = paho.MQTTv5, True

        def __init__(self, environment: Any) -> None:
            self.host, self.port = "127.0.0.1", port
            super().__init__(environment)

        def on_start(self) -> None:
            self.client.on_message = self.hear
            while not self.client.is_connected():
                clock.sleep(0.01)
            self.client.on_subscribe = lambda *_: counting.subscribed()
            self.client.subscribe(topic, qos=qos)

        def hear(self, *_: object) -> None:
            if counting.came():
                over.set()

        def wait_time(self) -> float:
            return 3600.0

        def idle(self) -> None:
            """A user must have something to do."""

        tasks = [idle]

    environment = library.Environment(user_classes=[Subscriber])
    environment.create_local_runner().start(clients, spawn_rate=clients)
    over.wait()
    _end()


def _end() -> NoReturn:
    """At once: nobody needs thousands of goodbyes."""
    sys.stdout.flush()
    os._exit(0)


def _cpu_us() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return (used.ru_utime + used.ru_stime) * 1e6


def main() -> None:
    name, port, clients, topic, qos, wanted = sys.argv[1:]
    allow_sockets(4 * int(clients))
    settings = int(port), int(clients), topic, int(qos), int(wanted)
    with_aiomqtt(*settings) if name == "aiomqtt" else with_locust(*settings)


if __name__ == "__main__":
    main()
