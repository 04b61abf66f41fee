"""Slow readers: how many bytes each may take now."""

from collections.abc import Iterator

from alertsim.swarm.roster import Roster

_MOST_S = 1.0
"""Who did not look for a while may not make up for more than this."""


class Slow:
    """The slow readers of a roster; for everybody else this costs nothing."""

    def __init__(self, roster: Roster) -> None:
        rates = [cohort.reads_per_s for cohort in roster.plan.cohorts]
        slow = any(rates)
        self._rates = {who: rates[cohort] for who, cohort in enumerate(roster.cohorts) if rates[cohort]} if slow else {}
        self._allowed = dict.fromkeys(self._rates, 0.0)
        self._then_s = 0.0

    def sips(self, now_s: float) -> Iterator[tuple[int, int]]:
        """Each slow reader and the bytes it may read since the last call; whole bytes, the rest is kept."""
        passed_s = min(now_s - self._then_s, _MOST_S) if self._then_s else 0.0
        self._then_s = now_s
        for subscriber, per_s in self._rates.items():
            allowed = min(self._allowed[subscriber] + per_s * passed_s, max(1.0, per_s * _MOST_S))
            self._allowed[subscriber] = allowed - int(allowed)
            if allowed >= 1:
                yield subscriber, int(allowed)
