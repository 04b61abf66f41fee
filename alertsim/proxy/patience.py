"""How long something may take, where all may take equally long: who waits longest is the first one in; pure."""

from math import inf
from typing import Generic, TypeVar

Waiter = TypeVar("Waiter")


class Patience(Generic[Waiter]):
    """Everybody who waits, for `seconds` each; whoever enters again begins again."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._until: dict[Waiter, float] = {}

    def __len__(self) -> int:
        return len(self._until)

    def enter(self, waiter: Waiter, now_s: float) -> None:
        """It waits from now on."""
        self._until.pop(waiter, None)
        self._until[waiter] = now_s + self.seconds

    def leave(self, waiter: Waiter) -> None:
        """It waits no more, if it did."""
        self._until.pop(waiter, None)

    def longest(self) -> Waiter | None:
        """Who waits longest."""
        return next(iter(self._until), None)

    def due_s(self) -> float:
        """When patience next ends; infinity: nobody waits."""
        return next(iter(self._until.values()), inf)

    def take(self, now_s: float) -> Waiter | None:
        """One whose time is over; it waits no more."""
        waiter = self.longest()
        if waiter is None or self._until[waiter] > now_s:
            return None
        del self._until[waiter]
        return waiter
