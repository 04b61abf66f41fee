"""One loop over many non-blocking sockets: connects, subscribes, reads, acknowledges; the product's hot path.

A subscriber is a number, its socket a descriptor, its state a place in arrays: there is no object for it.
"""

from collections import Counter
from collections.abc import Callable
from os import read

from alertsim.mqtt.faults import ProtocolError
from alertsim.mqtt.frames import PINGREQ, frames, header
from alertsim.swarm import causes
from alertsim.swarm.conversation import CHUNK, GREETED, SUBSCRIBED, Conversation, RefusedError
from alertsim.swarm.dialling import dial
from alertsim.swarm.keepalive import Turns
from alertsim.swarm.ledger import Ledger
from alertsim.swarm.plan import Plan
from alertsim.swarm.poller import READABLE, WRITABLE, Poller, new_poller
from alertsim.swarm.ramp import HANDSHAKES, Ramp, back_off_s
from alertsim.swarm.seats import Seats
from alertsim.swarm.ticks import monotonic_ns, monotonic_s, unix_us
from alertsim.swarm.wire_bytes import LARGEST_PACKET, Phrases

ANSWER_S = 10.0
"""How long CONNACK and SUBACK may take."""

_PINGS = 2
_TICK_S = 0.1


class Reactor:
    """The subscribers of a plan, and what they hear written into a ledger. `turn` is one round of its loop.

    `causes` counts every connection that failed or ended, by cause; `connects` every CONNACK that welcomed one, of
    which the first round (one for each subscriber) took `connect_s` from the first dial on.
    """

    def __init__(self, plan: Plan, ledger: Ledger, poller: Poller | None = None) -> None:
        many = plan.subscribers
        self.causes: Counter[str] = Counter()
        self.connects = 0
        self.connect_s = self._first_dial_s = 0.0
        self._plan, self._poller = plan, poller or new_poller()
        self._seats, self._talk = Seats(many, self._poller), Conversation(plan, ledger)
        self._phrases, self._ramp = Phrases(plan), Ramp(many, plan.connects_per_s)
        self._pings = Turns(many, plan.keep_alive_s, monotonic_s())
        self._unanswered, self._attempts, self._before = bytearray(many), bytearray(many), bytearray(many)
        self._deadlines: dict[int, float] = {}
        self._watched = -1
        self._handshakes = self._short = 0
        self._tick_s = 0.0
        self._leaving = False

    @property
    def subscribed(self) -> int:
        """How many are connected and subscribed."""
        return self._talk.states.count(SUBSCRIBED)

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
        """The ledger has closed messages: what is remembered of them leads nowhere."""
        self._talk.forget()

    def turn(self) -> None:
        """Wait for something to happen, at most a tick, and do it."""
        self._serve(self._patience_s())
        now_s = monotonic_s()
        if not self._leaving:
            self._dial_who_is_due(now_s)
        if now_s >= self._tick_s:
            self._tick_s = now_s + _TICK_S
            self._ping(now_s)
            self._end_waiting(now_s)

    def leave(self) -> None:
        """Everybody says goodbye, sessions end; a broker that does not answer is left all the same."""
        self._leaving = True
        for fd in self._seats.taken:
            self._send(fd, self._phrases.goodbye)
        until_s = monotonic_s() + (2.0 if self._plan.persistent else 0.2)
        while self.connected and monotonic_s() < until_s:
            self.turn()
        for fd in self._seats.taken:
            self._close(fd)

    def _serve(self, wait_s: float) -> None:
        """What happens within `wait_s`; more of it, as long as it is only the short way that is taken.

        The short way: the same bytes as last time, but for what a broker may change.
        """
        calm, poll, send, offset_us = self._seats.calm, self._poller.poll, self._seats.send, self._plan.offset_us
        count, now_ns, until_ns, usual = 0, 0, monotonic_ns() + int(wait_s * 1e9), True
        whole, size, head, payload, ack_at, deliver = self._talk.memo
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
                        if ack_at and (cause := send(fd, b"\x40\x02" + data[ack_at : ack_at + 2])):
                            self._lost(fd, cause)
                        continue
                    self._take(fd, subscriber, data)
                elif fd == self._watched:
                    self._talk.recogniser.news()
                else:
                    self._attend(fd, bits)
                usual = False
                whole, size, head, payload, ack_at, deliver = self._talk.memo
            events = poll(wait_s) if usual and now_ns < until_ns else []
        self._short += count

    def _attend(self, fd: int, bits: int) -> None:
        """A descriptor in an unusual state: something waits to be written, is half read, or is wrong."""
        subscriber = self._seats.owners[fd]
        if bits & WRITABLE and (cause := self._seats.flush(fd)):
            self._lost(fd, cause)
            return
        if bits & ~WRITABLE:
            try:
                data = read(fd, CHUNK)
            except OSError as error:
                self._troubled(fd, error)
                return
            self._take(fd, subscriber, data)
        else:
            self._seats.settle(fd, subscribed=self._talk.states[subscriber] == SUBSCRIBED)

    def _take(self, fd: int, subscriber: int, data: bytes) -> None:
        """Bytes of a subscriber, whole packets or not."""
        if not data:
            self._lost(fd, causes.CLOSED if self._talk.states[subscriber] > GREETED else causes.CLOSED_EARLY)
            return
        now_us = unix_us(self._plan.offset_us)
        data, start, answers = self._seats.rest(fd) + data, 0, b""
        try:
            for frame in frames(data, 0, len(data)):
                answers += self._hear(subscriber, data, start, frame, now_us)
                start = frame[2]
            if start < len(data):
                self._keep(fd, subscriber, data[start:])
        except ProtocolError:
            self._lost(fd, causes.GARBAGE)
        except RefusedError as refused:
            self._lost(fd, str(refused))
        else:
            self._seats.settle(fd, subscribed=self._talk.states[subscriber] == SUBSCRIBED)
            if answers:
                self._send(fd, answers)

    def _hear(self, subscriber: int, data: bytes, start: int, frame: tuple[int, int, int], now_us: int) -> bytes:
        """One packet; what to answer, and what it means for the connection."""
        before = self._talk.states[subscriber]
        self._unanswered[subscriber] = 0
        answer = self._talk.hear(subscriber, data, start, frame, now_us)
        after = self._talk.states[subscriber]
        if before == GREETED != after:
            self._handshakes -= 1
            self.connects += 1
            if self.connects <= self._plan.subscribers:
                self.connect_s = monotonic_s() - self._first_dial_s
        if before != after == SUBSCRIBED:
            del self._deadlines[subscriber]
            self._attempts[subscriber], self._before[subscriber] = 0, 1
        return answer

    def _keep(self, fd: int, subscriber: int, rest: bytes) -> None:
        """The beginning of a packet; RefusedError where the rest of it is not to be waited for."""
        if not self._talk.may_begin(subscriber, rest[0]):
            raise RefusedError(causes.GARBAGE)
        place = header(rest, 0, len(rest))
        if place and place[1] > LARGEST_PACKET:
            raise RefusedError(causes.TOO_LARGE)
        self._seats.keep(fd, rest)

    def _send(self, fd: int, data: bytes) -> None:
        if cause := self._seats.send(fd, data):
            self._lost(fd, cause)

    def _dial_who_is_due(self, now_s: float) -> None:
        while self._handshakes < HANDSHAKES and (subscriber := self._ramp.take(now_s)) is not None:
            self._first_dial_s = self._first_dial_s or now_s
            self._dial(subscriber, now_s)

    def _dial(self, subscriber: int, now_s: float) -> None:
        try:
            fd = dial(self._plan.host, self._plan.port, subscriber)
        except OSError as error:
            self._failed(subscriber, causes.failed(error))
            return
        self._seats.sit(fd, subscriber)
        self._talk.states[subscriber] = GREETED
        self._deadlines[subscriber] = now_s + ANSWER_S
        self._handshakes += 1
        self._send(fd, self._phrases.greeting(subscriber, again=bool(self._before[subscriber])))

    def _ping(self, now_s: float) -> None:
        for turn in self._pings.due(now_s):
            subscriber = turn % self._plan.subscribers
            if self._talk.states[subscriber] == SUBSCRIBED:
                fd = self._seats.fds[subscriber]
                if self._unanswered[subscriber] >= _PINGS:
                    self._lost(fd, causes.SILENT)
                else:
                    self._unanswered[subscriber] += 1
                    self._send(fd, PINGREQ)

    def _end_waiting(self, now_s: float) -> None:
        """Give up who waits too long for CONNACK or SUBACK."""
        for subscriber in [each for each, until_s in self._deadlines.items() if until_s < now_s]:
            self._lost(self._seats.fds[subscriber], causes.NO_ANSWER)

    def _troubled(self, fd: int, error: OSError) -> None:
        if not isinstance(error, BlockingIOError):
            self._lost(fd, causes.failed(error))

    def _lost(self, fd: int, cause: str) -> None:
        """A connection has ended, or is ended for a reason."""
        subscriber = self._seats.owners[fd]
        self._close(fd)
        self._failed(subscriber, cause)

    def _failed(self, subscriber: int, cause: str) -> None:
        """Count it; who is cut comes back after a while."""
        if self._leaving:
            return
        self.causes[cause] += 1
        self._attempts[subscriber] = min(self._attempts[subscriber] + 1, 255)
        name = f"{self._plan.name}-{subscriber}"
        wait_s = back_off_s(self._plan.back_off_s, self._attempts[subscriber], name, jittered=self._plan.jittered)
        self._ramp.again(subscriber, monotonic_s() + wait_s)

    def _close(self, fd: int) -> None:
        subscriber = self._seats.owners[fd]
        self._handshakes -= self._talk.states[subscriber] == GREETED
        self._talk.ended(subscriber)
        self._seats.leave(fd)
        self._deadlines.pop(subscriber, None)

    def _patience_s(self) -> float:
        now_s = monotonic_s()
        wait_s = self._tick_s - now_s
        if self._handshakes < HANDSHAKES and not self._leaving:
            wait_s = min(wait_s, self._ramp.due_s() - now_s)
        return max(0.0, wait_s)
