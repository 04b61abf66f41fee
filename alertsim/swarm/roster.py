"""Who each subscriber of a plan is: from its number to its group, cohort, broker and name.

Numbers go through the groups in strides, so that whoever dials first, or is at one broker, is a mix of all of them.
"""

from array import array
from collections.abc import Sequence
from math import gcd

from alertsim.mqtt.filters import matches
from alertsim.swarm.cohort import Cohort
from alertsim.swarm.plan import Plan

_WIDTH = 6
_GOLDEN = 0.6180339887


class Roster:
    """The subscribers of a plan. `groups` and `cohorts` have the number of each one's, `sizes` those of a cohort."""

    def __init__(self, plan: Plan) -> None:
        self.plan, self.many = plan, plan.subscribers
        self.groups: Sequence[int] = _dealt([group.subscribers for group in plan.groups])
        of_group = [group.cohort for group in plan.groups]
        mine = [of_group[group] for group in self.groups]
        self.sizes = [mine.count(cohort) for cohort in range(len(plan.cohorts))]
        self.cohorts: Sequence[int] = bytes(mine) if len(plan.cohorts) <= 256 else array("H", mine)
        self._members = _bits(self.groups, len(plan.groups))
        self._audiences: dict[str, int] = {}

    def cohort(self, subscriber: int) -> Cohort:
        """What it is."""
        return self.plan.cohorts[self.cohorts[subscriber]]

    def at_broker(self, subscriber: int) -> tuple[int, int]:
        """The number of its broker, and its own number among the subscribers there."""
        place, broker = divmod(subscriber, len(self.plan.brokers))
        return broker, place

    @staticmethod
    def name(subscriber: int) -> str:
        """Its client id without the exercise's prefix; the same in every run."""
        return f"{subscriber:0{_WIDTH}}"

    def client_id(self, subscriber: int) -> str:
        """Its client id; all of a plan have the same length."""
        return f"{self.plan.name}-{self.name(subscriber)}"

    def audience(self, topic: str) -> int:
        """A bit for each subscriber that listens to a topic."""
        bits = self._audiences.get(topic)
        if bits is None:
            bits = self._audiences[topic] = self._listening(topic)
        return bits

    def _listening(self, topic: str) -> int:
        bits = 0
        for group, members in zip(self.plan.groups, self._members, strict=True):
            if any(matches(wanted, topic) for wanted in group.filters):
                bits |= members
        return bits


def _bits(groups: Sequence[int], many: int) -> list[int]:
    """For each group a bit for each subscriber that belongs to it."""
    bits = [bytearray((len(groups) + 7) // 8) for _ in range(many)]
    for subscriber, group in enumerate(groups):
        bits[group][subscriber >> 3] |= 1 << (subscriber & 7)
    return [int.from_bytes(each, "little") for each in bits]


def _dealt(sizes: Sequence[int]) -> Sequence[int]:
    """The group of each subscriber: the groups one after the other, taken in strides."""
    in_order = [group for group, size in enumerate(sizes) for _ in range(size)]
    many = len(in_order)
    stride = next((n for n in range(int(many * _GOLDEN), many) if gcd(n, many) == 1), 1)
    return array("H", (in_order[n * stride % many] for n in range(many)))
