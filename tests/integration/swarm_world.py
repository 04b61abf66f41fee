"""A world for swarms: subscribers in a thread, a relay that tampers with packets, and brokers that misbehave."""

import asyncio
import json
import os
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import fields
from typing import Any, Self

from alertsim.mqtt.codes import Version
from alertsim.mqtt.frames import frames
from alertsim.swarm.bulletins import Bulletin, Bulletins
from alertsim.swarm.child import Child
from alertsim.swarm.cohort import Cohort
from alertsim.swarm.dues import evenly
from alertsim.swarm.openloop import OpenLoop
from alertsim.swarm.plan import Address, Plan, alike
from alertsim.wire import Mark

OFFSET_US = time.time_ns() // 1_000 - time.monotonic_ns() // 1_000
BY = Mark("load-test", "nobody", status="Test")
TOPIC = f"{BY.root}/public/news"
PATIENCE_S = 60.0
_BEHAVIOUR = {each.name for each in fields(Cohort)}


def plan_of(port: int, subscribers: int, **options: Any) -> Plan:
    """A plan for a broker here, all alike; everything else is `options`, of the subscribers or of the plan."""
    behaviour = {name: options.pop(name) for name in _BEHAVIOUR & options.keys()}
    people = alike(subscribers, (TOPIC,), **behaviour)
    usual = {"brokers": (Address("127.0.0.1", port),), "name": "test-load", "offset_us": OFFSET_US}
    whole: dict[str, Any] = {**usual, **people, **options}
    return Plan(**whole)


def until(holds: Callable[[], bool]) -> None:
    """Wait for something that happens by itself."""
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.005)


class Crowd:
    """Subscribers in a thread of this process; leave the context to have `result`."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        control, self._tell = os.pipe()
        self.child = Child(plan, control)
        self.reactor = self.child.reactor
        self.result: dict[str, Any] = {}
        self._thread = threading.Thread(target=self._run, args=(control,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.finish(0)

    def _run(self, control: int) -> None:
        try:
            self.result = self.child.run()
        finally:
            os.close(control)

    def wait(self) -> None:
        """Until everybody is subscribed."""
        until(lambda: self.reactor.subscribed == self.plan.subscribers)

    def announce(self, bulletin: Bulletin) -> None:
        """As the publisher calls it."""
        line = {"publish": [bulletin.topic, bulletin.seq, bulletin.due_us, bulletin.expires_us]}
        os.write(self._tell, json.dumps(line).encode() + b"\n")

    def cover(self, operator: str, **up: float) -> None:
        """What of an operator's networks is up from now on."""
        os.write(self._tell, json.dumps({"coverage": [operator, up, {}]}).encode() + b"\n")

    def flash(self) -> None:
        """The flash crowd comes."""
        os.write(self._tell, b'{"flash": true}\n')

    def publish(self, port: int, count: int, per_s: float, *, after: int = 0) -> OpenLoop:
        """Publish so many messages, at the broker itself, numbered from `after` + 1 on."""
        qos, plan = self.plan.cohorts[0].qos, plan_of(port, 1, version=self.plan.version)
        make = Bulletins(BY, size=500, qos=qos, version=Version(plan.version)).make
        publisher = OpenLoop(
            plan,
            plan.brokers[0],
            qos=qos,
            make=lambda seq, due_us: make(after + seq, due_us),
            dues=evenly(per_s, count),
            announce=self.announce,
        )
        publisher.start()
        return publisher

    def finish(self, patience_s: float) -> dict[str, Any]:
        """Wait for what is on its way, then the result."""
        if self._thread.is_alive():
            with suppress(OSError):
                os.write(self._tell, json.dumps({"finish": patience_s}).encode() + b"\n")
            self._thread.join()
            os.close(self._tell)
        return self.result


Fate = Callable[[int, int], tuple[float, ...]]
"""What becomes of message `seq` to `subscriber`: a copy after each of these seconds; none at all: dropped."""


@contextmanager
def served(handler: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Any]) -> Iterator[int]:
    """The port of a server in a thread; `handler` is a coroutine function."""
    loop = asyncio.new_event_loop()
    writers: list[asyncio.StreamWriter] = []
    tasks: list[asyncio.Task[None]] = []

    async def guarded(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await handler(reader, writer)
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            writer.transport.abort()

    def taken(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)  # a task that is cancelled before it began closes nothing
        tasks.append(loop.create_task(guarded(reader, writer)))

    async def start() -> asyncio.Server:
        return await asyncio.start_server(taken, "127.0.0.1", 0, backlog=1024)

    server = loop.run_until_complete(start())
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        asyncio.run_coroutine_threadsafe(_end(server, writers), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _end(server: asyncio.Server, writers: list[asyncio.StreamWriter]) -> None:
    server.close()
    for writer in writers:
        writer.transport.abort()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    for _ in range(3):  # what was aborted closes in the next rounds of the loop
        await asyncio.sleep(0)


@contextmanager
def relay(broker: int, fate: Fate) -> Iterator[int]:
    """The port of a relay to a broker that does to each PUBLISH what `fate` says; who calls is read from CONNECT."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", broker)
        try:
            hello = await reader.read(4096)
            back.write(hello)
            name = re.search(rb"test-load-(\d{6})", hello)
            async with asyncio.TaskGroup() as group:
                group.create_task(_copy(reader, back))
                group.create_task(_tamper(there, writer, int(name[1]) if name else -1, fate))
        except* OSError:
            pass
        finally:
            back.transport.abort()

    with served(serve) as port:
        yield port


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65_536):
        writer.write(data)
    writer.write_eof()


async def _tamper(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, subscriber: int, fate: Fate) -> None:
    rest, loop = b"", asyncio.get_running_loop()
    while data := await reader.read(65_536):
        rest += data
        start = 0
        for first, _, stop in frames(rest, 0, len(rest)):
            packet, start = rest[start:stop], stop
            seq = re.search(rb'"seq":(\d+)', packet)
            for after_s in fate(subscriber, int(seq[1])) if first >> 4 == 3 and seq else (0.0,):
                if after_s:
                    loop.call_later(after_s, writer.write, packet)
                else:
                    writer.write(packet)
        rest = rest[start:]
    with suppress(OSError):
        writer.write_eof()
