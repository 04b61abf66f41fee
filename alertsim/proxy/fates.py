"""What becomes of each packet: the rules of a proxy, and which of them strikes a packet of one connection."""

from collections.abc import Container, Sequence
from dataclasses import dataclass

from alertsim.mqtt.codes import Kind
from alertsim.mqtt.packets import Publish
from alertsim.proxy.rules import Action, Direction, Rule


class Orders:
    """The rules in force at a proxy since some moment (seconds), shared by its connections.

    `met` counts the packets each rule was about, `struck` those it struck. Every rule counts what it is about, struck
    by another or not; the first in order that strikes decides.
    """

    def __init__(self, rules: Sequence[Rule] = (), seed: int = 0, since: float = 0.0) -> None:
        self.rules = tuple(rules)
        self.seed = seed
        self.since = since
        self.met = [0] * len(self.rules)
        self.struck = [0] * len(self.rules)


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of a packet: the places of the rules that are about it, and what the one at `by` does to it."""

    met: tuple[int, ...]
    by: int = -1
    action: Action | None = None
    wait_s: float = 0.0


class Fates:
    """Decides for one direction of one connection; it counts from 1 again when it gets new orders."""

    def __init__(self, orders: Orders, direction: Direction, name: str) -> None:
        self.orders = orders
        self._direction = direction
        self._whose = f"{name} {direction}"
        self._met = [0] * len(orders.rules)

    def looks_at(self, kind: Kind) -> bool:
        """Whether any rule could be about a packet of this kind."""
        return any(rule.concerns(kind, self._direction) for rule in self.orders.rules)

    def of(self, kind: Kind, message: Publish | None, now: float, waiting: Container[int]) -> Fate:
        """The fate of a packet; `message` is it where it is a PUBLISH that a rule looks at.

        A rule that keeps one back already (`waiting`) lets the next one go before it, and does not strike it.
        """
        met = tuple(place for place in range(len(self._met)) if self._is_about(place, kind, message, now))
        by = next((place for place in met if self._strikes(place) and place not in waiting), None)
        if by is None:
            return Fate(met)
        self.orders.struck[by] += 1
        rule = self.orders.rules[by]
        return Fate(met, by, rule.action, rule.wait_s)

    def _is_about(self, place: int, kind: Kind, message: Publish | None, now: float) -> bool:
        rule = self.orders.rules[place]
        if not rule.concerns(kind, self._direction) or not rule.lives(now - self.orders.since):
            return False
        if message and not rule.takes(message):
            return False
        self._met[place] += 1
        self.orders.met[place] += 1
        return True

    def _strikes(self, place: int) -> bool:
        rule = self.orders.rules[place]
        return rule.strikes(self._met[place], seed=self.orders.seed, whose=self._whose)
