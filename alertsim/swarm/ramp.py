"""Who dials when: a rate, a bound on handshakes under way, and back-off after a failure; pure, time comes in."""

import heapq
import math
from collections.abc import Sequence
from hashlib import blake2b

from alertsim.swarm.plan import Stage

HANDSHAKES = 64
"""How many are under way at once, each until its CONNACK: a broker's listen backlog is often 100, and only a CONNACK
proves that its place there is free again. Bound by the TCP connection instead, a storm takes ten times as long."""

LONGEST_S = 60.0
SLACK_S = 0.05
"""Who comes late to the turns may make up for so much of them at once."""


def back_off_s(first_s: float, attempt: int, name: str, *, jittered: bool) -> float:
    """How long to wait before attempt number `attempt` (from 1): doubled each time, at most `LONGEST_S`.

    Jittered: somewhere between nothing and that, the same for the same name and attempt in every run.
    """
    whole = min(LONGEST_S, first_s * 2.0 ** min(attempt - 1, 30))
    if not jittered:
        return whole
    digest = blake2b(f"{name}:{attempt}".encode(), digest_size=8).digest()
    return whole * int.from_bytes(digest, "big") / 2**64


class Ramp:
    """Subscribers that are to dial: first all in order, later those that were cut, when their back-off is over.

    `stages` say how fast, each until so many have dialled; the last holds for the rest; none: as fast as can be.
    """

    def __init__(self, subscribers: int, stages: Sequence[Stage] = ()) -> None:
        self._next, self._subscribers = 0, subscribers
        self._stages = stages
        self._turn_s = -math.inf
        self._waiting: list[tuple[float, int]] = []

    def again(self, subscriber: int, at_s: float) -> None:
        """Dial once more, not before `at_s`."""
        heapq.heappush(self._waiting, (at_s, subscriber))

    def stop(self) -> None:
        """Nobody dials any more."""
        self._next = self._subscribers
        self._waiting.clear()

    def take(self, now_s: float) -> int | None:
        """The next to dial now, if anybody's turn has come."""
        if now_s < self._turn_s:
            return None
        gap_s = self._gap_s()
        subscriber = self._first(now_s)
        if subscriber is not None and gap_s:
            first = self._turn_s == -math.inf
            self._turn_s = (now_s if first else max(self._turn_s, now_s - SLACK_S)) + gap_s
        return subscriber

    def due_s(self) -> float:
        """When `take` may next give somebody; infinity when nobody waits."""
        if self._next < self._subscribers:
            return self._turn_s
        return max(self._turn_s, self._waiting[0][0]) if self._waiting else math.inf

    @property
    def begun(self) -> bool:
        """Whether everybody has had a first turn."""
        return self._next == self._subscribers

    def _gap_s(self) -> float:
        """Seconds between two dials at the present stage."""
        stage = next((each for each in self._stages if self._next < each.subscribers), None)
        per_s = stage.per_s if stage else self._stages[-1].per_s if self._stages else None
        return 1 / per_s if per_s else 0.0

    def _first(self, now_s: float) -> int | None:
        if self._waiting and self._waiting[0][0] <= now_s:
            return heapq.heappop(self._waiting)[1]
        if self._next == self._subscribers:
            return None
        self._next += 1
        return self._next - 1
