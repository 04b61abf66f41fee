"""The gate that every connection of ours to one broker goes through, and that its owner can close."""

import asyncio
import math
from typing import Protocol
from weakref import WeakSet

from alertsim.broker.consent import Consent
from alertsim.clock import monotonic_s, pause

LEAVE_S = 3.0
"""How long who wants to say goodbye may take, once told to leave."""
GRACE_S = 4.0
"""After this whatever is still connected is cut."""
UNSURE_S = 3.0
"""How long our connections may outlive the one that watches the consent, before they are cut."""


class Cuttable(Protocol):
    """A connection that can be ended from outside, at once."""

    def cut(self) -> None:
        """End it without a word."""


class Permit:
    """What we may do at a broker right now: everything, where nobody has to consent (our own, or on this machine).

    Otherwise it is in doubt (new connections wait), confirmed (`consent` says what), or over (there will be none).
    """

    def __init__(self, *, free: bool = True) -> None:
        self.consent: Consent | None = None
        self.reason = ""
        self._confirmed, self._over = asyncio.Event(), asyncio.Event()
        self._next_turn_s, self._left_by_s = -math.inf, math.inf
        self._connections = WeakSet[Cuttable]()
        if free:
            self._confirmed.set()

    async def pass_through(self, connection: Cuttable) -> None:
        """Wait until one more connection may be made; for ever when it is over."""
        await self._confirmed.wait()
        self._connections.add(connection)
        await self._turn()
        await self._confirmed.wait()

    async def over(self) -> str:
        """Wait until we have to leave; why."""
        await self._over.wait()
        return self.reason

    def patience_s(self, wished: float) -> float:
        """How long a goodbye may wait for the broker: as wished, less when we have to leave."""
        return min(wished, max(0.2, self._left_by_s - monotonic_s()))

    def confirm(self, consent: Consent) -> None:
        """The owner allows this, as of now."""
        self.consent = consent
        if not self._over.is_set():
            self._confirmed.set()

    def doubt(self) -> None:
        """Nobody can tell right now whether we are still allowed: soon nothing of ours is connected any more."""
        self._confirmed.clear()
        asyncio.get_running_loop().call_later(UNSURE_S, self._cut_unless_confirmed)

    def end(self, reason: str) -> None:
        """We have to leave."""
        self.reason, self._left_by_s = reason, monotonic_s() + LEAVE_S
        self._confirmed.clear()
        self._over.set()

    def cut(self) -> None:
        """End every connection at once."""
        for connection in list(self._connections):
            connection.cut()

    def _cut_unless_confirmed(self) -> None:
        if not self._confirmed.is_set():
            self.cut()

    async def _turn(self) -> None:
        """Wait for the next connection's turn at the consented pace."""
        if self.consent is None:
            return
        now_s = monotonic_s()
        turn_s = max(now_s, self._next_turn_s)
        self._next_turn_s = turn_s + 1 / self.consent.max_connects_per_s
        await pause(turn_s - now_s)
