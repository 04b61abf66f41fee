"""Whose turn it is to send PINGREQ: everybody once in three quarters of its keep-alive, spread evenly over it."""

from array import array
from collections.abc import Iterator

from alertsim.swarm.roster import Roster

SHARE = 0.75


class Turns:
    """Goes round and round over the subscribers; a keep-alive of 0 s needs no pings."""

    def __init__(self, subscribers: int, keep_alive_s: int, now_s: float) -> None:
        self._subscribers, self._period_s = subscribers, keep_alive_s * SHARE
        self._start_s, self._passed = now_s, 0

    def due(self, now_s: float) -> range:
        """Numbers, modulo `subscribers`, of those whose turn has come since the last call; nobody twice in one."""
        if not self._period_s:
            return range(0)
        passed = int((now_s - self._start_s) / self._period_s * self._subscribers)
        turns = range(max(self._passed, passed - self._subscribers), passed)
        self._passed = passed
        return turns


class Pings:
    """The turns of a whole roster, for each keep-alive of its own."""

    def __init__(self, roster: Roster, now_s: float) -> None:
        alive_s = [cohort.keep_alive_s for cohort in roster.plan.cohorts]
        members: dict[int, array[int]] = {each: array("I") for each in alive_s}
        for subscriber, cohort in enumerate(roster.cohorts):
            members[alive_s[cohort]].append(subscriber)
        self._turns = [(Turns(len(who), seconds, now_s), who) for seconds, who in members.items() if who]

    def due(self, now_s: float) -> Iterator[int]:
        """The subscribers whose turn has come since the last call."""
        for turns, members in self._turns:
            yield from (members[turn % len(members)] for turn in turns.due(now_s))
