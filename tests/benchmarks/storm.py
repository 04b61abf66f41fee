"""5,000 clients lose their connections at once and come back: how soon, how steeply, and whether a queue overflows.

`python -m tests.benchmarks.storm [CLIENTS]`: by coverage (the swarm's clients are cut and let back), through a proxy
that resets them all, and through a proxy by plain sockets that call all at once, as no swarm does; without back-off,
with a fixed one and with one that is spread by chance; before a mosquitto, whose queue of new connections is 100.
"""

import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import accumulate
from pathlib import Path
from select import EPOLLIN, EPOLLOUT, epoll
from typing import NamedTuple

from alertsim.broker.ports import LOOPBACK
from alertsim.clock import unix_us
from alertsim.mqtt.codes import Version
from alertsim.mqtt.encoding import encode
from alertsim.mqtt.packets import Connect
from alertsim.proxy.door import Door
from alertsim.proxy.process import Proxies, open_proxies
from alertsim.swarm.dialling import allow_sockets
from alertsim.swarm.plan import Address, Plan, alike
from alertsim.swarm.process import Swarm, open_swarm
from alertsim.swarm.ticks import monotonic_ns
from tests.benchmarks.rig import bare_mosquitto, numbers
from tests.integration.swarm_world import until

OPERATOR = "kyivstar"
BACK_OFFS = {"none": (0.0, False), "fixed 2 s": (2.0, False), "spread over 2 s": (2.0, True)}
AIM_S = 1.0


class Storm(NamedTuple):
    """How it went: seconds until all were back, CONNACKs a second in the densest 0.1 s, connections that failed."""

    back_s: float
    peak_per_s: float
    failed: int


def overflows() -> int:
    """How often a queue of new connections was full, on this machine, since it started."""
    names, values = [
        line.split() for line in Path("/proc/net/netstat").read_text().splitlines() if line.startswith("TcpExt:")
    ]
    return int(values[names.index("ListenOverflows")])


def plan(port: int, many: int, back_off: tuple[float, bool]) -> Plan:
    """They are all on one network, and say how long they wait before they come back."""
    people = alike(many, ("exercise/storm/public/news",), operator=OPERATOR, network="data")
    offset_us = unix_us() - monotonic_ns() // 1_000
    first_s, jittered = back_off
    return Plan(
        (Address(LOOPBACK, port),), "storm", offset_us=offset_us, back_off_s=first_s, jittered=jittered, **people
    )


def lived_through(swarm: Swarm, many: int, strike: Callable[[], None], free: Callable[[], None]) -> Storm:
    """The swarm is struck, freed a second later, and all come back; the course is told by steps of 0.1 s."""
    until(lambda: swarm.progress.get("subscribed") == many)
    strike()
    time.sleep(1)
    before = swarm.progress["causes"].copy()
    free_us = unix_us()
    free()
    until(lambda: swarm.progress["connected"] >= 2 * many and swarm.progress["subscribed"] == many)
    swarm.finish(0)
    swarm.over.wait(30)
    result = swarm.outcome()
    series, step_us = result["series"], round(result["series"]["step_s"] * 1e6)
    ends_us = [series["start_us"] + (row + 1) * step_us for row in range(len(series["connects"]))]
    course = list(zip(ends_us, series["connects"], accumulate(series["connects"]), series["connected"], strict=True))
    back_us = next(end for end, _, came, here in course if came >= 2 * many and here == many)
    peak = max(connects for end, connects, _, _ in course if end > free_us)
    failed = sum(result["causes"].values()) - max(sum(before.values()), many)
    return Storm((back_us - free_us) / 1e6, peak / series["step_s"], failed)


def by_coverage(broker: int, many: int, back_off: tuple[float, bool]) -> Storm:
    """Their operator fails for a second."""
    with open_swarm() as swarm:
        swarm.begin(plan(broker, many, back_off))
        return lived_through(
            swarm, many, lambda: swarm.cover(OPERATOR, {"data": 0.0}), lambda: swarm.cover(OPERATOR, {"data": 1.0})
        )


def through_a_proxy(broker: int, many: int, back_off: tuple[float, bool]) -> Storm:
    """The proxy resets every connection at once; it takes whoever comes."""
    with opened(broker) as proxies, open_swarm() as swarm:
        swarm.begin(plan(proxies.ports[OPERATOR], many, back_off))
        return lived_through(swarm, many, lambda: None, lambda: proxies.drop(OPERATOR))


def all_at_once(broker: int, many: int, back_off: tuple[float, bool]) -> Storm:
    """Plain sockets, none of which waits for another: all call, are reset, and call again in the same instant."""
    assert back_off == BACK_OFFS["none"]
    with opened(broker) as proxies, ExitStack() as stack:
        port = proxies.ports[OPERATOR]
        first = called(port, many, stack)
        assert all(first), "the first round failed"
        proxies.drop(OPERATOR)
        proxies.settle()
        began_s = time.monotonic()
        answers = called(port, many, stack)
    came = [round((each - began_s) * 10) for each in answers if each]
    return Storm(max(answers) - began_s, 10 * max(map(came.count, set(came))), answers.count(0.0))


def called(port: int, many: int, stack: ExitStack) -> list[float]:
    """When each was answered (0: never), all having called at once."""
    poller, ends, answers = stack.enter_context(epoll()), dict[int, tuple[int, socket.socket]](), [0.0] * many
    for number in range(many):
        end = stack.enter_context(socket.socket())
        end.setblocking(False)
        end.connect_ex((LOOPBACK, port))
        ends[end.fileno()] = number, end
        poller.register(end.fileno(), EPOLLOUT)
    deadline_s, waiting = time.monotonic() + 60, many
    while waiting and time.monotonic() < deadline_s:
        for fd, bits in poller.poll(1):
            number, end = ends[fd]
            if bits & EPOLLIN:
                answers[number] = time.monotonic() if answer(end) else 0.0
                waiting -= 1
                poller.unregister(fd)
            else:
                end.sendall(encode(Connect(f"storm-{number:06}"), Version.V5))
                poller.modify(fd, EPOLLIN)
    return answers


def answer(end: socket.socket) -> bytes:
    """What came; nothing, where it was reset."""
    try:
        return end.recv(99)
    except OSError:
        return b""


@contextmanager
def opened(broker: int) -> Iterator[Proxies]:
    """A calm proxy."""
    with open_proxies([Door(OPERATOR, 0, LOOPBACK, broker)]) as proxies:
        yield proxies


def tell(way: str, back_off: str, storm: Storm, more: int) -> None:
    """A line."""
    wanted = back_off == "none"
    fine = not (more or storm.failed) and (not wanted or storm.back_s <= AIM_S)
    aim = f"aim ≤ {AIM_S:g} s" if wanted else ""
    print(
        f"{way:<24}{back_off:<18}{storm.back_s:>8.2f} s  {aim:<12}{storm.peak_per_s:>10,.0f}"
        f"{storm.failed:>9}{more:>11}   {'PASS' if fine else 'FAIL'}",
        flush=True,
    )


WAYS: dict[str, tuple[Callable[..., Storm], tuple[str, ...]]] = {
    "by coverage": (by_coverage, tuple(BACK_OFFS)),
    "through a proxy": (through_a_proxy, tuple(BACK_OFFS)),
    "a proxy, all at once": (all_at_once, ("none",)),
}


def main() -> None:
    [many] = numbers(5_000)
    allow_sockets(2 * many)
    print(f"{many:,} clients lost at once; load average {os.getloadavg()[0]:.1f}")
    print("                        back-off           all back                CONNECT/s   failed  overflows")
    for way, (lived, back_offs) in WAYS.items():
        for back_off in back_offs:
            with bare_mosquitto("max_queued_messages 0") as (port, _):
                before = overflows()
                storm = lived(port, many, BACK_OFFS[back_off])
                tell(way, back_off, storm, overflows() - before)


if __name__ == "__main__":
    main()
