"""Publishes open-loop: each message has its time by the schedule, whatever became of those before.

A broker that takes its time (stopped, or with a small Receive Maximum) delays what is sent, never what was intended;
so latencies count from the moment a subscriber could have expected the message.
"""

import socket
import threading
from collections import Counter, deque
from collections.abc import Callable, Sequence
from contextlib import suppress

from alertsim.mqtt.codes import Version
from alertsim.mqtt.encoding import encode
from alertsim.mqtt.faults import ProtocolError
from alertsim.mqtt.frames import PINGREQ
from alertsim.mqtt.packets import Connack, Connect, Disconnect, Packet, Puback, Pubcomp, Pubrec, Pubrel
from alertsim.mqtt.reader import Reader
from alertsim.swarm import causes
from alertsim.swarm.bulletins import Bulletin
from alertsim.swarm.histogram import Histogram
from alertsim.swarm.plan import Address, Plan
from alertsim.swarm.poller import READABLE, WRITABLE, new_poller
from alertsim.swarm.ticks import monotonic_s, sleep, unix_us
from alertsim.swarm.tls import Bare, channels

_CONNECT_S = 5.0
_SPIN_S = 0.002
_LEAD_S = 0.05
_LEAVE_S = 2.0
_AGAIN_S = 0.5
_KEEP_ALIVE_S = 60
_OLD_RECEIVE_MAXIMUM = 65_535


class OpenLoop(threading.Thread):
    """A publisher on a connection to one broker and in a thread of its own: a message of `make` for each of `dues`.

    These count from `start_s` (monotonic: let it leave time to connect; None: from when that is done). `role` follows
    the plan's name in our client id. `announce` is called right before each is written. `lag` has how late we came to
    each message ourselves; `sent`, `skipped` (due after a connection was lost) and `unacknowledged` add up. `causes`
    counts what went wrong; `failure` says why nothing could be published at all. `patience_s`: how long the broker may
    take at the end for what it has not yet acknowledged.
    """

    def __init__(
        self,
        plan: Plan,
        address: Address,
        *,
        qos: int,
        make: Callable[[int, int], Bulletin],
        dues: Sequence[float],
        announce: Callable[[Bulletin], None],
        start_s: float | None = None,
        role: str = "publisher",
    ) -> None:
        super().__init__(name=role, daemon=True)
        self.lag, self.failure, self.sent, self.skipped, self.unacknowledged = Histogram(), "", 0, 0, 0
        self.causes: Counter[str] = Counter()
        self._plan, self._address, self._qos = plan, address, qos
        self._make, self._dues, self._announce = make, dues, announce
        self._version, self.patience_s = Version(plan.version), _LEAVE_S
        self._start_s, self._number = start_s, 0
        self._admitted = self._stopped = False
        self._begin_anew()

    def _begin_anew(self) -> None:
        """Nothing is known of a connection yet."""
        self._reader = Reader(self._version)
        self._waiting: deque[Bulletin] = deque()
        self._in_flight: set[int] = set()
        self._room, self._next_id = _OLD_RECEIVE_MAXIMUM, 1
        self._unsent, self._poller = bytearray(), new_poller()
        self._welcome, self._written_s = False, 0.0

    def stop(self) -> None:
        """Publish no more."""
        self._stopped = True

    def run(self) -> None:
        """Everything, over as many connections as it takes; without a first one nothing."""
        while cause := self._use_connection():
            self.causes[f"publisher: {cause}"] += 1
            if not self._admitted:
                self.failure = f"nothing could be published: {cause}"
                return
            self.unacknowledged += len(self._in_flight)
            self.skipped += len(self._waiting)
            self._begin_anew()
            sleep(_AGAIN_S)
            self._skip_passed()
            if self._stopped or self._number == len(self._dues):
                return

    def _use_connection(self) -> str:
        """Publish over one connection; why it broke, empty when all is said."""
        try:
            self._channel = channels(self._address.tls)() or Bare()
            with socket.create_connection((self._address.host, self._address.port), _CONNECT_S) as self._socket:
                self._introduce()
                self._publish_all()
                self._leave()
        except OSError as error:
            return causes.failed(error)
        except ProtocolError:
            return causes.GARBAGE
        except _GoneError as gone:
            return str(gone)
        self.unacknowledged += len(self._in_flight) + len(self._waiting)
        return ""

    def _skip_passed(self) -> None:
        """What was due while there was no connection is not sent any more."""
        while self._number < len(self._dues) and self._due_s() < monotonic_s():
            self._number += 1
            self.skipped += 1

    def _due_s(self) -> float:
        return (self._start_s or 0.0) + self._dues[self._number]

    def _introduce(self) -> None:
        user, password = self._address.username, self._address.password
        connect = Connect(
            client_id=f"{self._plan.name}-{self.name}",
            keep_alive_s=_KEEP_ALIVE_S,
            username=user,
            password=None if password is None else password.encode(),
        )
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.setblocking(False)
        self._poller.register(self._socket.fileno(), READABLE)
        self._write(encode(connect, self._version))
        until_s = monotonic_s() + _CONNECT_S
        while not self._welcome:
            if monotonic_s() > until_s:
                raise _GoneError(causes.NO_ANSWER)
            self._attend(0.1)
        self._admitted = True

    def _publish_all(self) -> None:
        self._start_s = self._start_s or monotonic_s() + _LEAD_S
        while self._number < len(self._dues):
            bulletin = self._make(self._number + 1, int(self._due_s() * 1e6) + self._plan.offset_us)
            self._wait_until(self._due_s())
            if self._stopped:
                return
            self._number += 1
            self.lag.record(unix_us(self._plan.offset_us) - bulletin.due_us)
            self._waiting.append(bulletin)
            self._hand_over()

    def _leave(self) -> None:
        """Wait until the broker has everything, as long as one may wait, and say goodbye."""
        until_s = monotonic_s() + (_LEAVE_S if self._stopped else self.patience_s)
        while (self._unsent or self._in_flight or self._waiting) and monotonic_s() < until_s:
            self._attend(0.05)
        with suppress(OSError):
            self._write(encode(Disconnect(), self._version))

    def _wait_until(self, due_s: float) -> None:
        """Attend to the connection until then: never early, at most a little late."""
        while (left_s := due_s - monotonic_s()) > _SPIN_S and not self._stopped:
            self._attend(min(left_s - _SPIN_S, 0.25))
            if monotonic_s() > self._written_s + _KEEP_ALIVE_S / 2:
                self._write(PINGREQ)
        while (left_s := due_s - monotonic_s()) > 0 and not self._stopped:
            sleep(min(left_s, _SPIN_S))

    def _hand_over(self) -> None:
        """Send what waits, as far as the broker's Receive Maximum allows."""
        while self._waiting and (not self._qos or len(self._in_flight) < self._room):
            bulletin = self._waiting.popleft()
            self._announce(bulletin)
            self.sent += 1
            self._write(bulletin.with_id(self._free_id() if self._qos else 0))

    def _free_id(self) -> int:
        while self._next_id in self._in_flight:
            self._next_id = self._next_id % 65_535 + 1
        packet_id, self._next_id = self._next_id, self._next_id % 65_535 + 1
        self._in_flight.add(packet_id)
        return packet_id

    def _write(self, data: bytes) -> None:
        self._written_s = monotonic_s()
        self._channel.say(data)
        self._flush()

    def _flush(self) -> None:
        self._unsent += self._channel.owed()
        with suppress(BlockingIOError):
            del self._unsent[: self._socket.send(self._unsent)]
        self._poller.modify(self._socket.fileno(), READABLE | (WRITABLE if self._unsent else 0))

    def _attend(self, patience_s: float) -> None:
        """Read and write what there is."""
        for _, bits in self._poller.poll(patience_s):
            if bits & WRITABLE:
                self._flush()
            if bits & ~WRITABLE:
                self._hear()

    def _hear(self) -> None:
        with suppress(BlockingIOError):
            data = self._socket.recv(65_536)
            if not data:
                raise _GoneError(causes.CLOSED)
            for packet in self._reader.feed(self._in_plain(data)):
                if isinstance(packet, ProtocolError):
                    raise packet
                self._understand(packet)
            if self._channel.closed:
                self._channel.hear(b"")
                raise _GoneError(causes.CLOSED)
            self._hand_over()

    def _in_plain(self, data: bytes) -> bytes:
        try:
            return self._channel.hear(data)
        finally:
            with suppress(OSError):
                self._flush()  # what TLS itself has to say, be it why it gives up

    def _understand(self, packet: Packet) -> None:
        match packet:
            case Connack():
                if packet.reason:
                    raise _GoneError(causes.connack(packet.reason, self._version))
                self._welcome, self._room = True, packet.properties.receive_maximum or _OLD_RECEIVE_MAXIMUM
            case Puback() | Pubcomp():
                self._in_flight.discard(packet.packet_id)
                self._note(packet.reason)
            case Pubrec() if packet.reason >= 0x80:
                self._in_flight.discard(packet.packet_id)
                self._note(packet.reason)
            case Pubrec():
                self._write(encode(Pubrel(packet.packet_id), self._version))
            case Disconnect():
                raise _GoneError(causes.disconnect(packet.reason))
            case _:
                return

    def _note(self, reason: int) -> None:
        """Count a refusal of a message."""
        if reason >= 0x80:
            self.causes[f"PUBACK {reason:#04x}"] += 1


class _GoneError(Exception):
    """The broker does not want us any more."""
