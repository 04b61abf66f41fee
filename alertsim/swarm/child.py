"""The process of the subscribers: `python -m alertsim.swarm.child`, told what to do and asked how it is by lines.

In: the plan, then `{"publish": [topic, seq, intended_us, expires_us]}` before each message is sent, at the end
`{"finish": seconds}`: how long to wait for what is still on its way. The end of the input is a finish without waiting.
Out: `{"progress": …}` twice a second, `{"result": …}` as the last line. Of our packages it imports only what is small.
"""

import gc
import json
import os
import signal
import sys
from dataclasses import asdict
from typing import Any

from alertsim.swarm.histogram import Histogram
from alertsim.swarm.ledger import Ledger, Reached, Tally
from alertsim.swarm.plan import Plan, read_plan
from alertsim.swarm.reactor import Reactor
from alertsim.swarm.ticks import monotonic_s
from alertsim.swarm.vitals import Vitals, vitals

_REPORT_S = 0.5
_LOOK_S = 0.05
_TOLD = 1_000
"""How many messages are told one by one; all of them are in the sums."""


class Child:
    """One run of a plan."""

    def __init__(self, plan: Plan, control: int) -> None:
        self._plan, self._control, self._heard = plan, control, b""
        self._born = vitals()
        self._reached: list[Reached] = []
        self._lasts = Histogram()
        self._ledger = Ledger(
            bytes(plan.subscribers), late_us=plan.late_us, memory=plan.memory, settled=self._note_reached
        )
        self.reactor = Reactor(plan, self._ledger)
        os.set_blocking(control, False)
        self.reactor.watch(control, self._listen)
        self._began: tuple[Vitals, int] | None = None
        self._finish_s: float | None = None
        self._waiting, self._report_s, self._look_s = 0, 0.0, 0.0

    def run(self) -> dict[str, Any]:
        """Until everything is over; the result."""
        while not self._over():
            self.reactor.turn()
            if (now_s := monotonic_s()) >= self._report_s:
                self._report_s = now_s + _REPORT_S
                if self._plan.listen_only and self.reactor.deliveries:
                    self._begin()
                self._waiting = self._ledger.review()
                _say({"progress": self._progress()})
        result = self._result(vitals(), self._ledger.close())
        self.reactor.leave()
        return result

    def _over(self) -> bool:
        """Whether the time is up, or nothing is on its way any more; the latter is looked at now and then."""
        if self._finish_s is None:
            return False
        if (now_s := monotonic_s()) >= self._look_s:
            self._look_s = now_s + _LOOK_S
            self._waiting = self._ledger.review()
        return now_s >= self._finish_s or not self._waiting

    def _listen(self) -> None:
        """What the parent has written."""
        try:
            chunk = os.read(self._control, 65_536)
        except BlockingIOError:
            return
        *lines, self._heard = (self._heard + chunk).split(b"\n")
        for line in lines:
            self._obey(json.loads(line))
        if not chunk:
            self._finish_s = 0.0

    def _obey(self, order: dict[str, Any]) -> None:
        if "finish" in order:
            self._finish_s = monotonic_s() + order["finish"]
            return
        self._begin()
        topic, seq, intended_us, expires_us = order["publish"]
        closed = self._ledger.closed_early
        self._ledger.publish(topic, seq, intended_us, expires_us=expires_us)
        if self._ledger.closed_early != closed:
            self.reactor.forget()

    def _begin(self) -> None:
        """From the first message on costs are counted."""
        self._began = self._began or (vitals(), self.reactor.deliveries)

    def _note_reached(self, reached: Reached) -> None:
        if len(self._reached) < _TOLD:
            self._reached.append(reached)
        if reached.last_us is not None:
            self._lasts.record(reached.last_us)

    def _progress(self) -> dict[str, Any]:
        reactor = self.reactor
        return {
            "connected": reactor.connects,
            "subscribed": reactor.subscribed,
            "messages": self._ledger.messages,
            "waiting": self._waiting,
            "deliveries": reactor.deliveries,
            "causes": dict(reactor.causes),
            "latency": self._ledger.latency().sparse(),
        }

    def _result(self, ended: Vitals, tally: Tally) -> dict[str, Any]:
        reactor = self.reactor
        began, before = self._began or (ended, reactor.deliveries)
        return {
            "subscribers": self._plan.subscribers,
            "subscribed": reactor.subscribed,
            "connects": reactor.connects,
            "connect_s": reactor.connect_s,
            "causes": dict(reactor.causes),
            "strangers": reactor.strangers,
            "messages": tally.messages,
            "closed_early": tally.closed_early,
            "counts": tally.sums._asdict(),
            "latency": tally.latency.sparse(),
            "lasts": self._lasts.sparse(),
            "reached": [_told(one) for one in self._reached],
            "deliveries": reactor.deliveries - before,
            "wall_s": ended.at_s - began.at_s,
            "cpu_s": ended.cpu_s - began.cpu_s,
            "waited_s": None if ended.waited_s is None or began.waited_s is None else ended.waited_s - began.waited_s,
            "resident_before": self._born.resident,
            "resident": ended.resident,
        }


def main() -> None:
    """Read the plan, run it, say the result."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's; it says finish
    control = sys.stdin.fileno()
    head = b""
    while not head.endswith(b"\n"):
        if not (byte := os.read(control, 1)):
            return  # nobody wants anything
        head += byte
    child = Child(read_plan(head.decode()), control)
    gc.disable()  # nothing here makes cycles, and a collection would be a latency
    _say({"result": child.run()})


def _told(reached: Reached) -> dict[str, Any]:
    return asdict(reached) | {"counts": [counts._asdict() for counts in reached.counts]}


def _say(line: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
