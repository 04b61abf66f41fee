"""The packet stage of a connection: bytes in, cut anywhere, bytes out, between them packet rules and 3.1.1 to 5.

Rules apply on the client's side, where the operator's network is; translation on the broker's. What no rule strikes
goes on as the very bytes that came, and never half a packet.
"""

from math import inf
from typing import Final, cast

from alertsim.mqtt.codes import Kind, Reason, ReturnCode, Version
from alertsim.mqtt.decoding import announced
from alertsim.mqtt.encoding import encode
from alertsim.mqtt.faults import ProtocolError, forbidden
from alertsim.mqtt.packets import Connack, Connect
from alertsim.mqtt.properties import Properties
from alertsim.mqtt.translation import Told
from alertsim.proxy.exchanges import Exchanges, Stall
from alertsim.proxy.fates import Orders
from alertsim.proxy.framing import MAX_PACKET, Splitter, Whole
from alertsim.proxy.interpreter import Interpreter
from alertsim.proxy.lane import Lane
from alertsim.proxy.rules import Direction
from alertsim.proxy.topics import Topics

_PEER: Final = {Direction.UP: "the client", Direction.DOWN: "the broker"}
_OTHER_VERSION: Final = encode(Connack(reason=ReturnCode.UNACCEPTABLE_PROTOCOL_VERSION), Version.V311)


class Stage:
    """One connection, from its CONNECT on. Nothing here raises; `now` is seconds of one clock that does not go back.

    `name` and the seed of `orders` decide what a share strikes: who reconnects lives through the same again unless
    the name says which connection it is. `translate`: the broker speaks MQTT 5 alone. `max_inflight`: how many
    messages the broker sends before an answer, 0 where that is not known.

    Whoever owns the sockets reads on no side that is `crowded`; then a connection keeps less than 4 MiB: packets that
    are not complete, packets kept back, messages that wait for the broker's window. When it is `over`, properly or
    with a `cause`, he passes on what he was given last and closes both sides.
    """

    def __init__(
        self,
        name: str,
        orders: Orders,
        *,
        translate: bool = False,
        max_inflight: int = 0,
        keep_alive_s: int = 60,
        max_packet: int = MAX_PACKET,
    ) -> None:
        self.version: Version | None = None
        self.cause = ""
        self._ends = False
        self._translate = translate
        self._keep_alive_s = keep_alive_s
        self._interpreter: Interpreter | None = None
        self._exchanges = Exchanges(max_inflight)
        self._lanes = {way: Lane(way, name, orders, self._exchanges) for way in Direction}
        self._splitters = {way: Splitter(max_packet) for way in Direction}
        self._out = {way: bytearray() for way in Direction}
        self._now = 0.0

    def feed(self, direction: Direction, data: bytes, now: float) -> bytes:
        """What goes on in this direction; what the other side is to get meanwhile is `due` at once."""
        if not self._ends:
            self._splitters[direction].push(data)
        self._advance(now)
        return self._taken(direction)

    def ready(self, now: float) -> list[tuple[Direction, bytes]]:
        """What is due by now, in either direction."""
        self._advance(now)
        return [(way, self._taken(way)) for way in Direction if self._out[way]]

    def due(self) -> float:
        """When `ready` has something; infinity: not before something comes."""
        if any(self._out.values()):
            return self._now
        due = min(lane.due for lane in self._lanes.values())
        return min(due, self._interpreter.due) if self._interpreter and not self._ends else due

    def crowded(self, direction: Direction) -> bool:
        """Whether no more should be read of what goes in this direction: from a broker nothing before CONNECT."""
        if self._ends or self._lanes[direction].full:
            return True
        if direction is Direction.DOWN:
            return self.version is None
        return self._interpreter is not None and self._interpreter.crowded

    def keeps(self, direction: Direction) -> bool:
        """Whether packets on their way in this direction are still to come, which an end of the source waits for."""
        return self._lanes[direction].due < inf

    @property
    def held(self) -> int:
        """Bytes in its memory."""
        waiting = sum(map(len, self._splitters.values())) + sum(lane.size for lane in self._lanes.values())
        return waiting + (self._interpreter.size if self._interpreter else 0)

    def obey(self, orders: Orders) -> None:
        """Other rules from now on."""
        for lane in self._lanes.values():
            lane.obey(orders)

    @property
    def over(self) -> bool:
        """Whether both sides end, now that everything they should get has been given out."""
        return self._ends and not any(map(self.keeps, Direction))

    @property
    def stalled(self) -> tuple[Stall, ...]:
        """Where and since when messages stopped because a rule left all that may be in flight unanswered."""
        return self._exchanges.stalls

    def _advance(self, now: float) -> None:
        """Down first: what the broker answers may let the client go on."""
        self._now = now
        for direction in (Direction.DOWN, Direction.UP):
            try:
                for whole in self._lanes[direction].ready(now):
                    self._on(direction, whole, now)
                while not self.crowded(direction) and (one := self._next(direction)):
                    self._arrived(direction, one, now)
            except ProtocolError as error:
                self._fail(direction, error)
        if self._interpreter and not self._ends:
            self._out[Direction.UP] += self._interpreter.awake(now)

    def _next(self, direction: Direction) -> Whole | None:
        """The next packet that came whole."""
        translated = self._interpreter is not None and direction is Direction.DOWN
        return self._splitters[direction].take(Version.V5 if translated else self.version)

    def _arrived(self, direction: Direction, whole: Whole, now: float) -> None:
        if direction is Direction.DOWN and self._interpreter:
            self._tell(self._interpreter.from_broker(whole, now), now)
            return
        if direction is Direction.UP and whole.kind is Kind.CONNECT:
            self._greeted(whole)
        elif direction is Direction.DOWN and whole.kind is Kind.CONNACK:
            self._allow(Direction.UP, cast(Connack, whole.packet(self._lanes[direction].version)).properties)
        self._pass(direction, whole, now)

    def _greeted(self, whole: Whole) -> None:
        """CONNECT decides the version, whether to translate, and what the broker may send at once."""
        if self.version:
            raise forbidden("CONNECT comes a second time")
        version = announced(whole.body)
        properties = cast(Connect, whole.packet(version)).properties
        self.version = version
        for lane in self._lanes.values():
            lane.version = version
        if self._translate and version is Version.V311:
            self._interpreter = Interpreter(self._keep_alive_s)
        self._allow(Direction.DOWN, properties)

    def _allow(self, direction: Direction, properties: Properties) -> None:
        """What the receiver in this direction said it takes."""
        self._lanes[direction].topics = Topics(properties.topic_alias_maximum or 0)
        self._exchanges.narrow(direction, properties.receive_maximum)

    def _pass(self, direction: Direction, whole: Whole, now: float) -> None:
        """Through the rules."""
        for one in self._lanes[direction].push(whole, now):
            self._on(direction, one, now)

    def _on(self, direction: Direction, whole: Whole, now: float) -> None:
        """Past the rules."""
        if direction is Direction.UP and self._interpreter:
            self._tell(self._interpreter.from_client(whole, now), now)
        else:
            self._out[direction] += whole.raw

    def _tell(self, told: Told, now: float) -> None:
        for packet in told.to_broker:
            self._out[Direction.UP] += encode(packet, Version.V5)
        for packet in told.to_client:
            self._pass(Direction.DOWN, Whole(encode(packet, Version.V311)), now)
        self._ends = self._ends or told.ends

    def _fail(self, direction: Direction, error: ProtocolError) -> None:
        if error.reason is Reason.UNSUPPORTED_PROTOCOL_VERSION and direction is Direction.UP:
            self._out[Direction.DOWN] += _OTHER_VERSION
        self._ends, self.cause = True, f"{_PEER[direction]}: {error}"
        for way in Direction:
            self._lanes[way].clear()
            self._splitters[way].clear()

    def _taken(self, direction: Direction) -> bytes:
        taken = bytes(self._out[direction])
        self._out[direction].clear()
        return taken
