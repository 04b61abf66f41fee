"""What is assigned to an operator's network, and what one of its clients feels of it; pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from math import inf
from typing import Any

from alertsim.operators.conditions import CALM, Conditions, Down
from alertsim.operators.toxics import Toxic, down, effective, felt

Both = tuple[Conditions, Conditions]
"""Upstream and downstream."""


@dataclass(frozen=True)
class Assigned:
    """A network. Clients whose place is at `up` or above are cut, in this `manner`: by default as when radio goes.

    `shut`: nobody is let in, and who is in is reset, whatever else holds.
    """

    upstream: Conditions = CALM
    downstream: Conditions = CALM
    toxics: tuple[Toxic, ...] = ()
    up: float = 1.0
    manner: Down = "timeout"
    shut: bool = False

    def felt(self, name: str, place: float) -> Both:
        """What a client feels; `place` is that of its name."""
        both = self.common if self._alike else self._under(self.toxics, name)
        if place < self.up:
            return both
        return self._cut if self._alike else (down(both[0], self.manner), down(both[1], self.manner))

    @cached_property
    def common(self) -> Both:
        """What everybody feels, whoever it is."""
        return self._under([toxic for toxic in self.toxics if toxic.toxicity >= 1], "")

    @property
    def refuses(self) -> bool:
        """Whether no new connection is taken at all."""
        return "refuse" in {self.common[0].down, self.common[1].down}

    @cached_property
    def _alike(self) -> bool:
        return all(toxic.toxicity >= 1 or toxic.toxicity <= 0 for toxic in self.toxics)

    @cached_property
    def _cut(self) -> Both:
        return down(self.common[0], self.manner), down(self.common[1], self.manner)

    def _under(self, toxics: Iterable[Toxic], name: str) -> Both:
        door: Down = "refuse" if self.shut else ""
        return (
            down(effective(self.upstream, felt(toxics, "upstream", name)), door),
            down(effective(self.downstream, felt(toxics, "downstream", name)), door),
        )


class Assignment:
    """What is assigned now: what lasts, and over it what passes by itself, whoever ordered it and lives or not."""

    def __init__(self) -> None:
        self.now = Assigned()
        self._lasting = Assigned()
        self._passing: dict[frozenset[str], tuple[Mapping[str, Any], float]] = {}

    def change(self, change: Mapping[str, Any], until_s: float = inf) -> None:
        """Other values of some fields, until then; what lasts ends what passes in the same fields."""
        key = frozenset(change)
        if until_s == inf:
            self._passing.pop(key, None)
            self._lasting = replace(self._lasting, **change)
        else:
            self._passing[key] = (change, until_s)
        self._compose()

    def due_s(self) -> float:
        """When something next passes."""
        return min((until_s for _, until_s in self._passing.values()), default=inf)

    def expire(self, now_s: float) -> None:
        """What is over has passed."""
        self._passing = {key: each for key, each in self._passing.items() if each[1] > now_s}
        self._compose()

    def _compose(self) -> None:
        self.now = self._lasting
        for change, _ in self._passing.values():
            self.now = replace(self.now, **change)
