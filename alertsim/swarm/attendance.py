"""Who should be connected, and who dials next: ramp, back-off, coverage, sleep and churn; pure, time comes in."""

from array import array
from collections.abc import Iterator, Mapping, Sequence
from heapq import heappop, heappush
from math import inf

from alertsim.operators.coverage import EVERYWHERE, SIRENS, Condition, condition, said_of, share_for
from alertsim.operators.cut import is_cut, place
from alertsim.swarm.cohort import Group
from alertsim.swarm.ramp import Ramp, back_off_s
from alertsim.swarm.roster import Roster

CUT, ASLEEP, LATE = 1, 2, 4
"""No coverage; sleeps; the flash crowd that is still to come."""

ALL = "*"
_GONE = b"0" + b"1" * 255


class Attendance:
    """The attendance of a roster. `away` has why each subscriber is not to be connected, 0 where it is.

    `cut_of` has how many of each cohort are without coverage, `gone_of` how many are not to be connected.
    """

    def __init__(self, roster: Roster, now_s: float) -> None:
        plan = roster.plan
        self.away = bytearray(roster.many)
        self.cut_of, self.gone_of = [0] * len(plan.cohorts), [0] * len(plan.cohorts)
        self._roster, self._ramp = roster, Ramp(roster.many, plan.stages)
        self._attempts = bytearray(roster.many)
        self._standing: dict[str, Condition] = {}
        self._naps: list[tuple[float, int]] = []
        self._leavers = _by_place(roster) if plan.churn_per_s else array("I")
        self._churned, self._churn_s = 0, inf
        for subscriber in range(roster.many - plan.flash, roster.many):
            self._leave(subscriber, LATE)
        for subscriber in self._sleepers():
            self._first_nap(subscriber, now_s)

    @property
    def cut(self) -> int:
        """How many are without coverage."""
        return sum(self.cut_of)

    @property
    def gone(self) -> int:
        """How many are not to be connected now, for whatever reason."""
        return sum(self.gone_of)

    def who_is_gone(self) -> int:
        """A bit for each of them."""
        return int(self.away.translate(_GONE)[::-1], 2) if self.gone else 0

    def next(self, now_s: float) -> int | None:
        """The subscriber to dial now, if anybody's turn has come; perhaps one that is connected already."""
        while (subscriber := self._ramp.take(now_s)) is not None:
            if not self.away[subscriber]:
                return subscriber
        return None

    @property
    def begun(self) -> bool:
        """Whether everybody has had a first turn."""
        return self._ramp.begun

    def due_s(self) -> float:
        """When `next` may give somebody; infinity when nobody waits."""
        return self._ramp.due_s()

    def arrived(self, subscriber: int) -> None:
        """It is connected and subscribed."""
        self._attempts[subscriber] = 0

    def lost(self, subscriber: int, now_s: float) -> None:
        """Its connection failed or ended; it comes back after a while, unless it is away."""
        self._attempts[subscriber] = min(self._attempts[subscriber] + 1, 255)
        if not self.away[subscriber]:
            self._ramp.again(subscriber, now_s + self._back_off_s(subscriber))

    def cover(
        self,
        operator: str,
        up: Mapping[str, float],
        now_s: float,
        areas: Mapping[str, Mapping[str, float]] | None = None,
    ) -> list[int]:
        """An operator's condition from now on, the share that is up of each network; who is cut by it.

        `areas`: where it differs; among the networks may be `SIRENS`, those that can be sounded. `ALL` stands for
        everybody, whatever their network, beside what befalls their own operator. Whoever has coverage again dials
        after the first back-off.
        """
        self._standing[operator] = condition(up, areas)
        plan, cut = self._roster.plan, list[int]()
        shares = [
            self._share(group) if operator in {ALL, plan.cohorts[group.cohort].operator} else None
            for group in plan.groups
        ]
        for subscriber, group in enumerate(self._roster.groups):
            share, cohort = shares[group], self._roster.cohorts[subscriber]
            if share is None:
                continue
            before, now = self.away[subscriber] & CUT, is_cut(self._roster.name(subscriber), share)
            self.cut_of[cohort] += now - bool(before)
            if now and not before:
                self._leave(subscriber, CUT)
                cut.append(subscriber)
            elif before and not now:
                self._return(subscriber, CUT, now_s)
        return cut

    def flash(self, now_s: float) -> None:
        """The flash crowd arrives, all at once."""
        for subscriber in range(self._roster.many - self._roster.plan.flash, self._roster.many):
            if self.away[subscriber] & LATE:
                self._return(subscriber, LATE, now_s)

    def napping(self, now_s: float) -> list[int]:
        """Who falls asleep now; whoever wakes up dials."""
        sleepy = []
        while self._naps and self._naps[0][0] <= now_s:
            _, subscriber = heappop(self._naps)
            cohort = self._roster.cohort(subscriber)
            if self.away[subscriber] & ASLEEP:
                self._return(subscriber, ASLEEP, now_s)
                heappush(self._naps, (now_s + cohort.awake_s, subscriber))
            else:
                self._leave(subscriber, ASLEEP)
                sleepy.append(subscriber)
                heappush(self._naps, (now_s + cohort.asleep_s, subscriber))
        return sleepy

    def churn(self, now_s: float) -> None:
        """From now on connections break, if the plan says so."""
        self._churn_s = now_s

    def churning(self, now_s: float) -> Iterator[int]:
        """Who leaves now without a word: one after the other, in the order of their places."""
        if now_s < self._churn_s:
            return
        due = int((now_s - self._churn_s) * self._roster.plan.churn_per_s)
        first, self._churned = max(self._churned, due - self._roster.many), due
        for turn in range(first, due):
            yield self._leavers[turn % self._roster.many]

    def stop(self) -> None:
        """Nobody dials any more."""
        self._ramp.stop()
        self._naps.clear()

    def _share(self, group: Group) -> float:
        """The share of its network that is up where it is; of sirens, if anything is said of them, those that sound."""
        cohort = self._roster.plan.cohorts[group.cohort]
        own, everywhere = self._standing.get(cohort.operator, {}), self._standing.get(ALL, {})
        share = said_of(own, SIRENS, group.area) if cohort.device == "siren" else None
        if share is None:
            share = share_for(own, cohort.network, group.area)
        return min(share, *everywhere.get(EVERYWHERE, {}).values(), 1.0)

    def _leave(self, subscriber: int, reason: int) -> None:
        self.gone_of[self._roster.cohorts[subscriber]] += not self.away[subscriber]
        self.away[subscriber] |= reason

    def _return(self, subscriber: int, reason: int, now_s: float) -> None:
        self.away[subscriber] &= ~reason
        if not self.away[subscriber]:
            self.gone_of[self._roster.cohorts[subscriber]] -= 1
            self._attempts[subscriber] = 1
            wait_s = self._back_off_s(subscriber) if reason == CUT else 0.0
            self._ramp.again(subscriber, now_s + wait_s)

    def _back_off_s(self, subscriber: int) -> float:
        plan = self._roster.plan
        name = self._roster.client_id(subscriber)
        return back_off_s(plan.back_off_s, self._attempts[subscriber], name, jittered=plan.jittered)

    def _sleepers(self) -> Iterator[int]:
        asleep = [cohort.asleep_s for cohort in self._roster.plan.cohorts]
        if any(asleep):
            yield from (subscriber for subscriber, cohort in enumerate(self._roster.cohorts) if asleep[cohort])

    def _first_nap(self, subscriber: int, now_s: float) -> None:
        """Each at its own phase: asleep or awake at first, by its place."""
        cohort = self._roster.cohort(subscriber)
        into_s = place(self._roster.name(subscriber)) * (cohort.awake_s + cohort.asleep_s)
        if into_s < cohort.awake_s:
            heappush(self._naps, (now_s + cohort.awake_s - into_s, subscriber))
        else:
            self._leave(subscriber, ASLEEP)
            heappush(self._naps, (now_s + cohort.awake_s + cohort.asleep_s - into_s, subscriber))


def _by_place(roster: Roster) -> Sequence[int]:
    return array("I", sorted(range(roster.many), key=lambda subscriber: place(roster.name(subscriber))))
