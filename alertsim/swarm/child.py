"""The process of the subscribers: `python -m alertsim.swarm.child`, told what to do and asked how it is by lines.

In: the plan, then `{"publish": [topic, seq, intended_us, expires_us]}` before each message is sent, `{"coverage":
[operator, {network: up}, {area: {network: up}}]}`, `{"flash": true}`, `{"steady": false}` and `true` around the
warm-up, at the end `{"finish": seconds}`: how long to wait for what is still on its way. The end of the input is a
finish without waiting. Out: `{"progress": …}` twice a second, `{"result": …}` as the last line. Of our packages it
imports only what is small.
"""

import gc
import os
import signal
import sys
from collections import Counter
from dataclasses import asdict
from typing import Any

from alertsim.lines import Listener, say
from alertsim.swarm.courses import Courses, Stand
from alertsim.swarm.entry import Counts
from alertsim.swarm.histogram import Histogram
from alertsim.swarm.ledger import Ledger, Reached, Tally
from alertsim.swarm.plan import Plan, read_plan
from alertsim.swarm.reactor import TICK_S, Reactor
from alertsim.swarm.roster import Roster
from alertsim.swarm.series import Series
from alertsim.swarm.ticks import monotonic_s, unix_us
from alertsim.swarm.vitals import Vitals, vitals

_REPORT_S, _FIRST_REPORT_S = 0.5, 0.1
_LOOK_S = 0.05
_TOLD = 1_000
"""How many messages are told one by one; all of them are in the sums."""


class Child:
    """One run of a plan."""

    def __init__(self, plan: Plan, control: int) -> None:
        self._plan, self._orders = plan, Listener(control)
        self._born = vitals()
        self._reached: list[Reached] = []
        self._lasts = Histogram()
        self.roster = Roster(plan)
        self._ledger = Ledger(
            self.roster.cohorts,
            late_us=plan.late_us,
            memory=plan.memory,
            settled=self._note_reached,
            audience=self.roster.audience,
        )
        self.reactor = Reactor(self.roster, self._ledger)
        self.reactor.watch(control, self._listen)
        self._series, self._courses = Series(), Courses(plan.cohorts)
        self._began: tuple[Vitals, int] | None = None
        self._finish_s: float | None = None
        self._told_to_finish_s = 0.0
        self._alone = False
        self._waiting, self._report_s, self._look_s, self._row_s = 0, 0.0, 0.0, 0.0

    def run(self) -> dict[str, Any]:
        """Until everything is over; the result."""
        while not self._over():
            self.reactor.turn()
            now_s = monotonic_s()
            if now_s >= self._row_s:
                self._row_s = now_s + TICK_S
                self._note_course()
            if now_s >= self._report_s:
                self._report_s = now_s + (_REPORT_S if self._began else _FIRST_REPORT_S)
                if self._plan.listen_only and self.reactor.deliveries:
                    self._begin()
                self._waiting = self._ledger.review(self.reactor.connections.attendance.who_is_gone())
                say({"progress": self._progress()})
        self._note_course()
        ended, gone = vitals(), self.reactor.connections.attendance.who_is_gone()
        stalled = self._stalled()
        self._ledger.conclude(gone)
        spread = self._news()
        result = self._result(ended, self._ledger.close()) | {"spread": spread, "stalled": stalled}
        self.reactor.leave(at_once=self._alone)
        return result

    def _over(self) -> bool:
        """Whether the time is up, or nothing is on its way any more; the latter is looked at now and then."""
        if self._finish_s is None:
            return False
        if (now_s := monotonic_s()) >= self._look_s:
            self._look_s = now_s + _LOOK_S
            self._waiting = self._ledger.review(self.reactor.connections.attendance.who_is_gone())
        return now_s >= self._finish_s or not self._waiting

    def _listen(self) -> None:
        """What the parent has written."""
        for order in self._orders.take():
            self._obey(order)
        if self._orders.over:
            self._finish_s, self._alone = 0.0, True

    def _obey(self, order: dict[str, Any]) -> None:
        match order:
            case {"publish": [topic, seq, intended_us, expires_us]}:
                self._publish(topic, seq, intended_us, expires_us)
            case {"coverage": [operator, up, areas]}:
                self.reactor.connections.cover(operator, up, areas)
            case {"steady": steady}:
                self._ledger.steady = steady
            case {"flash": _}:
                self.reactor.connections.attendance.flash(monotonic_s())
            case {"finish": patience_s}:
                self._told_to_finish_s = monotonic_s()
                self._finish_s = self._told_to_finish_s + patience_s

    def _publish(self, topic: str, seq: int, intended_us: int, expires_us: int) -> None:
        """Goes out now, or again; what is remembered of messages may lead nowhere then."""
        self._begin()
        closed, again = self._ledger.closed_early, self._ledger.find(topic, seq)
        if again or not self._ledger.was_closed(topic, seq):
            self._ledger.publish(topic, seq, intended_us, expires_us=expires_us)
        if again or self._ledger.closed_early != closed:
            self.reactor.forget()

    def _note_course(self) -> None:
        """A row of the course of things, for all and for each operator."""
        connections, at_us = self.reactor.connections, unix_us(self._plan.offset_us)
        attendance, here = connections.attendance, self.reactor.here
        self._courses.note(
            at_us,
            Stand(
                here,
                attendance.cut_of,
                attendance.gone_of,
                connections.connects_of,
                connections.lost_of,
                connections.returns_of,
            ),
        )
        self._series.note(
            at_us,
            connected=sum(here),
            cut=connections.attendance.cut,
            connects=connections.connects,
            lost=connections.lost,
            deliveries=self.reactor.deliveries,
        )

    def _begin(self) -> None:
        """From the first message on costs are counted, and connections break."""
        if not self._began:
            self._began = vitals(), self.reactor.deliveries
            self.reactor.connections.attendance.churn(monotonic_s())

    def _note_reached(self, reached: Reached) -> None:
        if len(self._reached) < _TOLD:
            self._reached.append(reached)
        if reached.last_us is not None:
            self._lasts.record(reached.last_us)

    def _progress(self) -> dict[str, Any]:
        reactor = self.reactor
        operators = self._operators()
        latency = Histogram()
        for row in operators:
            latency.merge(row["latency"])
        return {
            "connected": reactor.connections.connects,
            "subscribed": reactor.subscribed,
            "cut": reactor.connections.attendance.cut,
            "away": reactor.connections.attendance.gone,
            "messages": self._ledger.messages,
            "waiting": self._waiting,
            "deliveries": reactor.deliveries,
            "causes": dict(reactor.connections.causes),
            "latency": latency.sparse(),
            "operators": [row | {"latency": row["latency"].sparse()} for row in operators],
            "spread": self._news(),
        }

    def _operators(self) -> list[dict[str, Any]]:
        """How each operator's subscribers fare."""
        rows: dict[str, dict[str, Any]] = {}
        for number, cohort in enumerate(self._plan.cohorts):
            empty = {"operator": cohort.operator, "subscribers": 0, "latency": Histogram()}
            row = rows.setdefault(cohort.operator, empty)
            row["subscribers"] += self.roster.sizes[number]
            row["latency"].merge(self._ledger.latency(number))
        return [row | self._figures(operator) for operator, row in rows.items()]

    def _figures(self, operator: str) -> dict[str, Any]:
        """Who of its subscribers is there and who is not."""
        figures, densest = self._courses.news(operator)
        told = figures._asdict()
        return {"subscribed": told.pop("connected"), "connects_per_s": densest, **told}

    def _stalled(self) -> list[list[Any]]:
        """By operator, how many subscribers stand at how many unanswered messages while others got more."""
        lacking, cohort, unanswered = self._ledger.lacking(), self.roster.cohort, self.reactor.unanswered.items()
        held = Counter((cohort(who).operator, many) for who, many in unanswered if lacking >> who & 1)
        return [[operator, window, many] for (operator, window), many in held.most_common(_TOLD)]

    def _news(self) -> list[dict[str, Any]]:
        return [self._spread(reached) for reached in self._ledger.spread()] if self._plan.follow else []

    def _spread(self, reached: Reached) -> dict[str, Any]:
        """How far a message is, with the cohorts that listen to its topic."""
        audience = self.roster.audience(reached.topic)
        counts = {
            number: counts._asdict() | {"last_us": reached.lasts[number]}
            for number, counts in enumerate(reached.counts)
            if audience & self._ledger.members[number]
        }
        return asdict(reached) | {"counts": counts}

    def _result(self, ended: Vitals, tally: Tally) -> dict[str, Any]:
        reactor = self.reactor
        began, before = self._began or (ended, reactor.deliveries)
        return {
            "subscribers": self.roster.many,
            "subscribed": reactor.subscribed,
            "away": reactor.connections.attendance.gone,
            "connects": reactor.connections.connects,
            "first_connects": reactor.connections.first_connects,
            "connect_s": reactor.connections.connect_s,
            "causes": dict(reactor.connections.causes),
            "strangers": reactor.strangers,
            "messages": tally.messages,
            "closed_early": tally.closed_early,
            "counts": tally.sums._asdict(),
            "latency": tally.latency.sparse(),
            "warm_up": {"messages": self._ledger.warm_ups, "latency": self._ledger.warm_up().sparse()},
            "cool_down_s": ended.at_s - self._told_to_finish_s if self._told_to_finish_s else 0.0,
            "lasts": self._lasts.sparse(),
            "reached": [_told(one) for one in self._reached],
            "cohorts": list(map(self._cohort_result, range(len(self._plan.cohorts)), tally.counts, tally.latencies)),
            "series": self._series.as_json(),
            "operator_storms": [[operator, asdict(storm)] for operator, storm in self._courses.storms()],
            "deliveries": reactor.deliveries - before,
            "wall_s": ended.at_s - began.at_s,
            "cpu_s": ended.cpu_s - began.cpu_s,
            "waited_s": None if ended.waited_s is None or began.waited_s is None else ended.waited_s - began.waited_s,
            "turns": None if ended.turns is None or began.turns is None else ended.turns - began.turns,
            "resident_before": self._born.resident,
            "resident": ended.resident,
        }

    def _cohort_result(self, number: int, counts: Counts, latency: Histogram) -> dict[str, Any]:
        cohort = self._plan.cohorts[number]
        return {
            "name": cohort.name,
            "operator": cohort.operator,
            "network": cohort.network,
            "device": cohort.device,
            "qos": cohort.qos,
            "subscribers": self.roster.sizes[number],
            "counts": counts._asdict(),
            "latency": latency.sparse(),
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
    try:
        child = Child(read_plan(head.decode()), control)
        gc.disable()  # nothing here makes cycles, and a collection would be a latency
        say({"result": child.run()})
    except MemoryError:
        sys.exit("this machine has not enough memory for so many subscribers")


def _told(reached: Reached) -> dict[str, Any]:
    return asdict(reached) | {"counts": [reached.sums._asdict()], "lasts": None}


if __name__ == "__main__":
    main()
