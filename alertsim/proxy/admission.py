"""Who is let through to the broker, and when: greetings are read, and so many handshakes at a time are begun.

A broker's queue of new connections is short (mosquitto: 100), and only its first answer proves that a place in it is
free again: a slot is held until then.
"""

from collections import deque
from errno import EMFILE, ENFILE
from os import read
from typing import Final

from alertsim.mqtt.faults import ProtocolError
from alertsim.proxy import causes
from alertsim.proxy.connection import Connection, State
from alertsim.proxy.greeting import MOST, Greeting, read_greeting
from alertsim.proxy.operator import Operator
from alertsim.proxy.relay import Relay
from alertsim.proxy.sockets import dial, failure
from alertsim.proxy.wires import Wires

HANDSHAKES: Final = 64
"""How many connections to brokers are begun at a time."""

_AT_ONCE: Final = 64
_BREATHER_S: Final = 0.1


class Admission:
    """Connections that are not yet through. `most`: how many descriptors connections may have."""

    def __init__(self, wires: Wires, relay: Relay, most: int) -> None:
        self._wires, self._relay, self._most = wires, relay, most
        self._queue: deque[Connection] = deque()

    def accept(self, operator: Operator, now_s: float) -> None:
        """Take who calls, some at a time; none where the rate of connections does not allow it yet."""
        for _ in range(_AT_ONCE):
            if operator.next_s > now_s:
                return
            try:
                client, _ = operator.listener.accept()
            except BlockingIOError:
                return
            except OSError as error:
                if error.errno not in {EMFILE, ENFILE} or not self._make_room():
                    operator.next_s = now_s + _BREATHER_S
                    return
                continue
            operator.took_one(now_s)
            client.setblocking(False)
            self._seat(operator, client.detach(), now_s)

    def greet(self, connection: Connection, now_s: float) -> None:
        """Read on until it is known who this is."""
        held = connection.up.unsent
        try:
            data = read(connection.client, MOST - len(held))
        except BlockingIOError:
            return
        except OSError:
            self._relay.end(connection, causes.CLIENT_LOST)
            return
        connection.up.unsent = held + data
        try:
            greeting = read_greeting(connection.up.unsent)
        except ProtocolError:
            self._relay.end(connection, causes.GARBAGE, reset=True)
        else:
            if greeting:
                self._meet(connection, greeting, now_s)
            elif not data:
                self._relay.end(connection, causes.CLIENT_CLOSED)
        if connection.state is not State.GREETING:
            self._relay.greeting.leave(connection)

    def consider(self, connection: Connection, now_s: float) -> None:
        """Call the broker for a held connection, as soon as the first of its bytes would be there."""
        if connection.state is State.HELD and not connection.up.stopped and not connection.down.stopped:
            link = connection.up.link
            if link is None or link.due() <= now_s:
                connection.state = State.DIALLING
                self._queue.append(connection)
                self._wires.settle(connection)

    def call(self, now_s: float) -> None:
        """Begin as many handshakes as there is room for."""
        while self._queue and len(self._relay.calling) < HANDSHAKES:
            connection = self._queue.popleft()
            if connection.state is State.DIALLING:
                self._dial(connection, now_s)

    def called(self, connection: Connection, now_s: float) -> None:
        """The broker has taken a call, or not."""
        if failure(connection.upstream):
            self._relay.end(connection, causes.NO_BROKER, reset=True)
            return
        connection.state = State.OPENING
        connection.up.sink = connection.upstream
        self._relay.serve(connection, now_s)

    def answered(self, connection: Connection) -> None:
        """A broker has answered, or is not to be waited for any more: there is room for another call."""
        self._relay.calling.leave(connection)
        if connection.state is State.OPENING:
            connection.state = State.OPEN

    def _seat(self, operator: Operator, client: int, now_s: float) -> None:
        """A new connection; where there is no room for its two descriptors, who has been silent longest makes some."""
        connection = Connection(operator, client)
        operator.connections.add(connection)
        self._wires.sit(client, connection)
        self._relay.many += 1
        if 2 * self._relay.many - len(self._relay.greeting) > self._most and not self._make_room():
            self._relay.end(connection, causes.FULL, reset=True)
            return
        self._relay.greeting.enter(connection, now_s)
        self._wires.settle(connection)
        self.greet(connection, now_s)

    def _make_room(self) -> bool:
        """End who has been silent longest, if anybody is."""
        silent = self._relay.greeting.longest()
        if silent is None:
            return False
        self._relay.end(silent, causes.FULL, reset=True)
        self._wires.bury()
        return True

    def _meet(self, connection: Connection, greeting: Greeting, now_s: float) -> None:
        """It is known now who this is: its bytes begin their way under the conditions it feels."""
        data, connection.up.unsent = connection.up.unsent, b""
        connection.operator.introduce(connection, greeting)
        connection.state = State.HELD
        connection.assign(now_s)
        self._relay.take(connection, connection.up, data, now_s)
        self.consider(connection, now_s)

    def _dial(self, connection: Connection, now_s: float) -> None:
        try:
            upstream = dial(connection.operator.door.host, connection.operator.door.broker_port)
        except OSError:
            self._relay.end(connection, causes.NO_BROKER, reset=True)
            return
        connection.upstream = connection.down.source = upstream
        self._relay.calling.enter(connection, now_s)
        self._wires.sit(upstream, connection)
        self._wires.settle(connection)
