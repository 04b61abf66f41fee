"""A broker that stands still (SIGSTOP) while alerts go on: does the swarm's memory hold, and is anything lost after?

`python -m tests.benchmarks.stopped [SECONDS [SUBSCRIBERS]]` (60 and 1,000): 10 alerts a second at QoS 1 to persistent
sessions with a keep-alive of 120 s. Mosquitto stands still for SECONDS from the fifth on, and has half as long to catch
up while alerts go on. Exits with 1 where something is missing or was not sent, somebody was lost, or the process grew
by more than its ledger may (and 2 KB for each subscriber).
"""

import asyncio
import os
import signal
import sys
import threading
from pathlib import Path

from alertsim.swarm.dialling import allow_sockets
from alertsim.swarm.ledger import MEMORY
from alertsim.swarm.process import Swarm
from tests.benchmarks.rig import Job, bare_mosquitto, conduct, numbers

PER_S, LEAD_S = 10, 5
EACH = 2_048


class Stillness:
    """Stops a process `LEAD_S` after the first delivery, for `seconds`; meanwhile notes the most memory of another."""

    def __init__(self, pid: int, seconds: float) -> None:
        self.most = 0
        self._pid, self._seconds, self._begun = pid, seconds, False

    def look(self, swarm: Swarm) -> None:
        """A few times a second."""
        self.most = max(self.most, _resident(swarm._process.pid))
        if not self._begun and swarm.progress.get("deliveries"):
            self._begun = True
            threading.Timer(LEAD_S, os.kill, (self._pid, signal.SIGSTOP)).start()
            threading.Timer(LEAD_S + self._seconds, os.kill, (self._pid, signal.SIGCONT)).start()


def _resident(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGESIZE")


async def stand_still(seconds: int, subscribers: int) -> bool:
    queues = ("persistence false", "max_queued_messages 0", "max_inflight_messages 100", "set_tcp_nodelay true")
    alerts = PER_S * (LEAD_S + seconds + max(LEAD_S, seconds // 2))
    with bare_mosquitto(*queues) as (port, process):
        job, stillness = Job(port, subscribers, 1, PER_S, alerts), Stillness(process.pid, seconds)
        result, published = await conduct(job, view=stillness.look, patience_s=120, persistent=True, keep_alive_s=120)
    counts, cap = result["counts"], (MEMORY + EACH * subscribers) / 2**20
    grown, most = (stillness.most - result["resident_before"]) / 2**20, stillness.most / 2**20
    slowest = max(each["last_us"] or 0 for each in result["reached"]) / 1e6
    print(
        f"{result['messages']} of {alerts} alerts sent ({published.unacknowledged} not acknowledged) to "
        f"{subscribers:,} subscribers, {seconds} s of them to a broker that stood still: {counts['delivered']:,} of "
        f"{counts['expected']:,} delivered, {counts['missing']:,} missing, {counts['duplicates']:,} duplicates, "
        f"{result['closed_early']:,} closed early; the slowest took {slowest:.1f} s; "
        f"lost connections: {result['causes'] or 'none'}\n"
        f"the process grew by {grown:.1f} MB at most (allowed {cap:.1f}), to {most:.1f} MB"
    )
    everything = counts["delivered"] == counts["expected"] == subscribers * alerts
    return everything and not result["causes"] and slowest > seconds / 2 and grown <= cap


def main() -> None:
    seconds, subscribers = numbers(60, 1_000)
    allow_sockets(subscribers)
    sys.exit(not asyncio.run(stand_still(seconds, subscribers)))


if __name__ == "__main__":
    main()
