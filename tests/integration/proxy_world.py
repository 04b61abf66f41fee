"""A world for proxies: real sockets on both sides of them, a broker's side that a test plays itself, and mosquitto."""

import socket
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Self

from alertsim.mqtt.codes import Version
from alertsim.mqtt.encoding import encode
from alertsim.mqtt.packets import Connack, Connect
from alertsim.operators.conditions import Conditions
from alertsim.proxy.door import Door
from alertsim.proxy.process import Proxies, open_proxies
from tests.integration.swarm_world import until

PATIENCE_S = 20.0
CONNACK = encode(Connack(), Version.V5)
NAME = "kyivstar"
LATE = Conditions(latency_ms=400)
HOLE = Conditions(down="timeout")
SOON_S = 0.35
"""More than a proxy takes for what it does at once, on a machine that has other things to do."""


def connect(name: str) -> bytes:
    """A CONNECT of MQTT 5."""
    return encode(Connect(name), Version.V5)


def receive(end: socket.socket, count: int) -> bytes:
    """So many bytes, or all there are before the end."""
    data = b""
    while len(data) < count and (more := end.recv(min(65_536, count - len(data)))):
        data += more
    return data


def seconds(there: socket.socket, back: socket.socket, data: bytes = b"x") -> float:
    """How long bytes take from one end to the other."""
    began_s = time.monotonic()
    there.sendall(data)
    assert receive(back, len(data)) == data
    return time.monotonic() - began_s


def is_silent(end: socket.socket, for_s: float = 0.3) -> bool:
    """Whether neither a byte nor an end nor a reset comes for a while."""
    end.settimeout(for_s)
    try:
        end.recv(1)
    except TimeoutError:
        return True
    except OSError:
        return False
    finally:
        end.settimeout(PATIENCE_S)
    return False


def is_reset(end: socket.socket) -> bool:
    """Whether what comes next is a reset."""
    try:
        end.recv(1)
    except ConnectionResetError:
        return True
    return False


def reset(end: socket.socket) -> None:
    """End it by a reset."""
    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    end.close()


class Stand:
    """A proxy and both of its sides; everything is closed with it."""

    def __init__(self, proxies: Proxies, server: socket.socket, stack: ExitStack) -> None:
        self.proxies, self._server, self._stack = proxies, server, stack

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def call(self, said: bytes = b"", name: str = NAME) -> socket.socket:
        """A client that says this."""
        client = self._keep(socket.create_connection(("127.0.0.1", self.proxies.ports[name])))
        client.sendall(said)
        return client

    def answer(self) -> socket.socket:
        """The broker's end of the next connection that comes through."""
        return self._keep(self._server.accept()[0])

    def pair(self, name: str = "one") -> tuple[socket.socket, socket.socket]:
        """Client and broker, connected through the proxy, CONNECT and CONNACK said."""
        client = self.call(connect(name))
        broker = self.answer()
        assert receive(broker, len(connect(name))) == connect(name)
        broker.sendall(CONNACK)
        assert receive(client, len(CONNACK)) == CONNACK
        return client, broker

    def row(self, name: str = NAME) -> dict[str, Any]:
        """What the proxy says of itself by now."""
        before = self.proxies.progress
        until(lambda: self.proxies.progress is not before)
        row: dict[str, Any] = self.proxies.progress["operators"][name]
        return row

    def wait(self, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Until the proxy says so of itself."""
        until(lambda: bool(self.proxies.progress) and holds(self.proxies.progress["operators"][NAME]))
        return self.row()

    def settle(self) -> None:
        """Until what was ordered is so."""
        assert self.proxies.settle(PATIENCE_S)

    def _keep(self, end: socket.socket) -> socket.socket:
        end.settimeout(PATIENCE_S)
        return self._stack.enter_context(end)


@contextmanager
def stand(**door: Any) -> Iterator[Stand]:
    """A proxy in its process, before a broker that the test plays."""
    with ExitStack() as stack:
        server = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=512))
        server.settimeout(PATIENCE_S)
        here = Door(NAME, 0, "127.0.0.1", server.getsockname()[1], **door)
        with open_proxies([here]) as proxies, Stand(proxies, server, stack) as made:
            yield made


def resident(pid: int) -> int:
    """Bytes of memory a process has."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4_096
