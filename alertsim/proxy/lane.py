"""One direction of a connection under packet rules: whole packets in, and out those that go on, now or later."""

import heapq
from dataclasses import dataclass
from math import inf
from typing import Final, cast

from alertsim.mqtt.codes import Kind, Version
from alertsim.mqtt.encoding import encode
from alertsim.mqtt.packets import Publish
from alertsim.proxy.exchanges import Exchanges
from alertsim.proxy.fates import Fates, Orders
from alertsim.proxy.framing import Whole
from alertsim.proxy.rules import Action, Direction
from alertsim.proxy.topics import Message, Topics

MAX_HELD: Final = 512 * 1024
"""Bytes that a lane keeps back at most, and one packet; then it takes no more until some are due."""

_OVERHEAD: Final = 256
"""What a packet that is kept costs besides its own bytes."""


@dataclass(frozen=True, slots=True, order=True)
class _Held:
    due: float
    number: int
    whole: Whole


class Lane:
    """Keeps the order of all it does not delay or swap; CONNECT and CONNACK tell `version` and `topics`.

    `size`: what it keeps costs so many bytes.
    """

    def __init__(self, direction: Direction, name: str, orders: Orders, exchanges: Exchanges) -> None:
        self.version = Version.V311
        self.topics = Topics()
        self.size = 0
        self._direction = direction
        self._name = name
        self._exchanges = exchanges
        self._fates = Fates(orders, direction, name)
        self._held: list[_Held] = []
        self._swaps: dict[int, _Held] = {}
        self._number = 0

    def obey(self, orders: Orders) -> None:
        """Other rules from now on; what is kept already is due as it was."""
        self._fates = Fates(orders, self._direction, self._name)
        self._swaps.clear()

    def clear(self) -> None:
        """Keep nothing."""
        self._held.clear()
        self._swaps.clear()
        self.size = 0

    @property
    def full(self) -> bool:
        """Whether it should be given no more."""
        return self.size >= MAX_HELD

    @property
    def due(self) -> float:
        """When `ready` has something; infinity: not before another packet comes."""
        return self._held[0].due if self._held else inf

    def ready(self, now: float) -> list[Whole]:
        """What was kept and is due."""
        some = []
        while self._held and self._held[0].due <= now:
            held = heapq.heappop(self._held)
            self._swaps = {place: one for place, one in self._swaps.items() if one is not held}
            some.append(self._freed(held))
        return self._passed(some)

    def push(self, whole: Whole, now: float) -> list[Whole]:
        """What goes on at once; ProtocolError where a message that must be read cannot be."""
        message = self._read(whole)
        fate = self._fates.of(whole.kind, message and message.clear, now, self._swaps)
        match fate.action:
            case Action.DROP:
                packet_id = message.clear.packet_id if message else int.from_bytes(whole.body[:2])
                self._exchanges.lost(whole.kind, self._direction, packet_id, now)
                return []
            case Action.DELAY:
                self._hold(self._alone(whole, message), now + fate.wait_s)
                return []
            case Action.REORDER:
                self._swaps[fate.by] = self._hold(self._alone(whole, message), now + fate.wait_s)
                return []
        if whole.kind is Kind.DISCONNECT and self._held:
            self._hold(whole, max(self._held).due)
            return []
        times = 2 if fate.action is Action.DUPLICATE else 1
        return self._passed([self._in_turn(whole, message)] * times + self._swapped(fate.met))

    def _read(self, whole: Whole) -> Message | None:
        """What a PUBLISH says, if that matters."""
        if whole.kind is not Kind.PUBLISH or not (self.topics.maximum or self._fates.looks_at(Kind.PUBLISH)):
            return None
        return self.topics.read(cast(Publish, whole.packet(self.version)))

    def _alone(self, whole: Whole, message: Message | None) -> Whole:
        """A packet that may be overtaken: its topic cannot be an alias that means another one by then."""
        if message is None or message.clear == message.sent:
            return whole
        return Whole(encode(message.clear, self.version))

    def _in_turn(self, whole: Whole, message: Message | None) -> Whole:
        """A packet that goes on now, the very bytes unless the receiver missed its topic."""
        if message is None or (heard := self.topics.heard(message)) == message.sent:
            return whole
        return Whole(encode(heard, self.version))

    def _hold(self, whole: Whole, due: float) -> _Held:
        self._number += 1
        self.size += len(whole.raw) + _OVERHEAD
        held = _Held(due, self._number, whole)
        heapq.heappush(self._held, held)
        return held

    def _freed(self, held: _Held) -> Whole:
        self.size -= len(held.whole.raw) + _OVERHEAD
        return held.whole

    def _swapped(self, met: tuple[int, ...]) -> list[Whole]:
        """What waited for one of these rules' next packet."""
        some = [self._swaps.pop(place) for place in met if place in self._swaps]
        if some:
            self._held = [held for held in self._held if held not in some]
            heapq.heapify(self._held)
        return [self._freed(held) for held in some]

    def _passed(self, some: list[Whole]) -> list[Whole]:
        for whole in some:
            self._exchanges.passed(whole.kind, self._direction, whole.body)
        return some
