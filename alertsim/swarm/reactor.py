"""One loop over many non-blocking sockets: reads, acknowledges and counts; the product's hot path.

A subscriber is a number, its socket a descriptor, its state a place in arrays: there is no object for it.
"""

from collections.abc import Callable, Mapping
from os import read

from alertsim.mqtt.faults import ProtocolError
from alertsim.mqtt.frames import frames, header
from alertsim.swarm import causes
from alertsim.swarm.connections import Connections
from alertsim.swarm.conversation import CHUNK, GREETED, SUBSCRIBED, Conversation, RefusedError
from alertsim.swarm.ledger import Ledger
from alertsim.swarm.poller import READABLE, WRITABLE, Poller, new_poller
from alertsim.swarm.roster import Roster
from alertsim.swarm.seats import Seats
from alertsim.swarm.slow import Slow
from alertsim.swarm.ticks import monotonic_ns, monotonic_s, unix_us
from alertsim.swarm.wire_bytes import LARGEST_PACKET

TICK_S = 0.1
_PATIENCE_S, _SHORT_PATIENCE_S = 2.0, 0.2


class Reactor:
    """The subscribers of a roster, and what they hear written into a ledger. `turn` is one round of its loop."""

    def __init__(self, roster: Roster, ledger: Ledger, poller: Poller | None = None) -> None:
        self._poller = poller or new_poller()
        self._seats, self._talk = Seats(roster.many, self._poller), Conversation(roster, ledger)
        self.connections = Connections(roster, self._seats, self._talk)
        self._slow = Slow(roster)
        self._offset_us, self._persistent = roster.plan.offset_us, any(each.persistent for each in roster.plan.cohorts)
        self._watched = -1
        self._short = 0
        self._tick_s = 0.0
        self._leaving = False

    @property
    def subscribed(self) -> int:
        """How many are connected and subscribed."""
        return sum(self._talk.here)

    @property
    def here(self) -> tuple[int, ...]:
        """How many of each cohort are."""
        return tuple(self._talk.here)

    @property
    def unanswered(self) -> Mapping[int, int]:
        """How many messages those who leave them unanswered have left so, on this connection."""
        return self._talk.unanswered

    @property
    def connected(self) -> int:
        """How many have a connection, whole or in the making."""
        return len(self._seats.fds) - self._seats.fds.count(-1)

    @property
    def deliveries(self) -> int:
        """How many PUBLISH packets came."""
        return self._short + self._talk.deliveries

    @property
    def strangers(self) -> int:
        """How many messages came that nobody of ours had published."""
        return self._talk.recogniser.strangers

    def watch(self, fd: int, news: Callable[[], None]) -> None:
        """`news` is to read this descriptor (which is no subscriber's, and never waits) and publish in the ledger."""
        self._seats.sit(fd, -1)
        self._watched, self._talk.recogniser.news = fd, news

    def forget(self) -> None:
        """The ledger has closed messages, or some go out again: what is remembered of them leads nowhere."""
        self._talk.forget()

    def turn(self) -> None:
        """Wait for something to happen, at most a tick, and do it."""
        self._serve(self._patience_s())
        now_s = monotonic_s()
        self.connections.dial_who_is_due(now_s)
        if now_s >= self._tick_s:
            self._tick_s = now_s + TICK_S
            self.connections.tick(now_s)
            self._sip(now_s)

    def leave(self, *, at_once: bool = False) -> None:
        """Everybody says goodbye, sessions end; a broker that does not answer is left all the same."""
        self.connections.leave()
        until_s = monotonic_s() + (_PATIENCE_S if self._persistent and not at_once else _SHORT_PATIENCE_S)
        while self.connected and monotonic_s() < until_s:
            self.turn()
        self.connections.close_all()

    def _serve(self, wait_s: float) -> None:
        """What happens within `wait_s`; more of it, as long as it is only the short way that is taken.

        The short way: the same bytes as last time, but for what a broker may change.
        """
        calm, poll, offset_us = self._seats.calm, self._poller.poll, self._offset_us
        count, now_ns, until_ns, usual = 0, 0, monotonic_ns() + int(wait_s * 1e9), True
        whole, size, head, payload, ack_at, deliver = self._talk.memo
        owed: list[tuple[int, int, bytes]] = []
        events = poll(wait_s)
        while events:
            for fd, bits in events:
                subscriber = calm[fd]
                if subscriber >= 0 and bits == READABLE:
                    try:
                        data = read(fd, CHUNK)
                    except OSError as error:
                        self._troubled(fd, error)
                        continue
                    if data == whole or (len(data) == size and data.endswith(payload) and data.startswith(head)):
                        now_ns = monotonic_ns()
                        deliver(subscriber, now_ns // 1_000 + offset_us)
                        count += 1
                        if ack_at:
                            owed.append((fd, subscriber, b"\x40\x02" + data[ack_at : ack_at + 2]))
                        continue
                    self._pay(owed)
                    self._take(fd, subscriber, data)
                elif fd == self._watched:
                    self._talk.recogniser.news()
                else:
                    self._pay(owed)
                    self._attend(fd, bits)
                usual = False
                whole, size, head, payload, ack_at, deliver = self._talk.memo
            if not (usual and now_ns < until_ns):
                break
            events = poll(0 if owed else wait_s)
            if owed and not events:
                self._pay(owed)
                events = poll(wait_s)
        self._pay(owed)
        self._short += count

    def _pay(self, owed: list[tuple[int, int, bytes]]) -> None:
        """Acknowledge what came the short way: later than its arrival was noted, before anything else is said."""
        owners, send = self._seats.owners, self._seats.send
        for fd, subscriber, ack in owed:
            if owners[fd] == subscriber and (cause := send(fd, ack)):
                self.connections.end(fd, cause)
        owed.clear()

    def _attend(self, fd: int, bits: int) -> None:
        """A descriptor in an unusual state: something waits to be written, is half read, or is wrong."""
        subscriber = self._seats.owners[fd]
        if subscriber < 0:
            return  # it ended earlier in this round
        if bits & WRITABLE and (cause := self._seats.flush(fd)):
            self.connections.end(fd, cause)
        elif bits & ~WRITABLE:
            self._read(fd, subscriber, CHUNK)
        else:
            self._settle(fd, subscriber)

    def _read(self, fd: int, subscriber: int, most: int) -> None:
        try:
            data = self._seats.receive(fd, most)
        except OSError as error:
            self._troubled(fd, error)
        else:
            self._take(fd, subscriber, data)

    def _take(self, fd: int, subscriber: int, data: bytes) -> None:
        """Bytes of a subscriber, whole packets or not."""
        if not data:
            self.connections.end(fd, causes.CLOSED if self._talk.states[subscriber] > GREETED else causes.CLOSED_EARLY)
            return
        now_us = unix_us(self._offset_us)
        data, start, answers = self._seats.rest(fd) + data, 0, b""
        try:
            for frame in frames(data, 0, len(data)):
                answers += self._hear(subscriber, data, start, frame, now_us)
                start = frame[2]
            if start < len(data):
                self._keep(fd, subscriber, data[start:])
        except ProtocolError:
            self.connections.end(fd, causes.GARBAGE)
        except RefusedError as refused:
            self.connections.end(fd, str(refused))
        else:
            self._settle(fd, subscriber)
            if answers:
                self.connections.send(fd, answers)

    def _hear(self, subscriber: int, data: bytes, start: int, frame: tuple[int, int, int], now_us: int) -> bytes:
        """One packet; what to answer, and what it means for the connection."""
        before = self._talk.states[subscriber]
        self.connections.heard_from(subscriber)
        answer = self._talk.hear(subscriber, data, start, frame, now_us)
        after = self._talk.states[subscriber]
        if before == GREETED != after:
            self.connections.welcomed(subscriber)
        if before != after == SUBSCRIBED:
            self.connections.subscribed(subscriber)
        return answer

    def _keep(self, fd: int, subscriber: int, rest: bytes) -> None:
        """The beginning of a packet; RefusedError where the rest of it is not to be waited for."""
        if not self._talk.may_begin(subscriber, rest[0]):
            raise RefusedError(causes.GARBAGE)
        place = header(rest, 0, len(rest))
        if place and place[1] > LARGEST_PACKET:
            raise RefusedError(causes.TOO_LARGE)
        self._seats.keep(fd, rest)

    def _settle(self, fd: int, subscriber: int) -> None:
        self._seats.settle(fd, subscribed=self._talk.is_usual(subscriber))

    def _sip(self, now_s: float) -> None:
        """Slow readers take what they may."""
        for subscriber, most in self._slow.sips(now_s):
            fd = self._seats.fds[subscriber]
            if fd >= 0 and self._talk.states[subscriber] == SUBSCRIBED:
                self._read(fd, subscriber, most)

    def _troubled(self, fd: int, error: OSError) -> None:
        if not isinstance(error, BlockingIOError):
            self.connections.end(fd, causes.failed(error))

    def _patience_s(self) -> float:
        return max(0.0, min(self._tick_s, self.connections.due_s()) - monotonic_s())
