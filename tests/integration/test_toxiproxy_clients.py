"""Toxiproxy's own clients, as they are published, drive our proxies; and what they ask for is felt on the wire."""

import asyncio
import json
import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer
from typing import Any, NamedTuple

import pytest

from alertsim.errors import AlertSimError
from alertsim.mqtt import Connack, Connect, Version, encode
from alertsim.proxy.control import serve_control
from alertsim.proxy.door import Door
from alertsim.proxy.process import Proxies, open_proxies
from tests.integration.swarm_world import until
from tests.npm import needs_npm, ran

SCRIPT = Path(__file__).with_name("toxiproxy.mjs")
PACKAGE = "toxiproxy-node-client@4.1.0"
PATIENCE_S = 10.0


class World(NamedTuple):
    """Proxies with one operator's door in front of a broker that answers, and the control of them."""

    proxies: Proxies
    door: Door
    port: int

    @property
    def upstream(self) -> str:
        return f"127.0.0.1:{self.door.broker_port}"

    @property
    def api(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@pytest.fixture
async def world() -> AsyncIterator[World]:
    with broker() as broker_port:
        door = Door("kyivstar", 0, "127.0.0.1", broker_port)
        with open_proxies([door]) as proxies:
            async with serve_control(proxies, 0, doors=[door]) as port:
                yield World(proxies, door, port)


class Greeter(BaseRequestHandler):
    """A broker's end of a connection: takes everybody."""

    def handle(self) -> None:
        if self.request.recv(1_000):
            self.request.sendall(encode(Connack(), Version.V311))
            with suppress(OSError):
                self.request.recv(1_000)


@contextmanager
def broker() -> Iterator[int]:
    """A broker that takes everybody; its port."""
    with ThreadingTCPServer(("127.0.0.1", 0), Greeter) as server:
        serving = threading.Thread(target=server.serve_forever, args=[0.01])
        serving.start()
        yield server.server_address[1]
        server.shutdown()
        serving.join()


def greet(port: int) -> float:
    """Seconds until the broker has answered; OSError or EOFError where it did not."""
    begun_s = time.monotonic()
    with socket.create_connection(("127.0.0.1", port), PATIENCE_S) as client:
        client.sendall(encode(Connect("c"), Version.V311))
        if not client.recv(100):
            raise EOFError
    return time.monotonic() - begun_s


def answered(port: int) -> bool:
    """Whether connections are taken there."""
    with suppress(ConnectionRefusedError):
        return greet(port) > 0
    return False


class TestPypi:
    """Version 0.1.1; it has no call to change a toxic."""

    @pytest.fixture
    def server(self, world: World, monkeypatch: pytest.MonkeyPatch) -> Any:
        toxiproxy = pytest.importorskip("toxiproxy", reason="toxiproxy-python is not installed")
        for name, value in {"host": "127.0.0.1", "port": world.port}.items():
            monkeypatch.setattr(toxiproxy.api.APIConsumer, name, value)
        return toxiproxy.Toxiproxy()

    async def test_every_call(self, world: World, server: Any) -> None:
        """Create, list, find, add and remove toxics, disable, enable, reset, populate, destroy; each is felt."""
        await asyncio.to_thread(self.drive, world, server)

    def drive(self, world: World, server: Any) -> None:
        assert server.running() and json.loads(server.version())["version"].startswith("2.")
        proxy = server.create(world.upstream, "mine")
        port = int(proxy.listen.rpartition(":")[2])
        assert set(server.proxies()) == {"kyivstar", "mine"} and server.get_proxy("nobody") is None
        self.toxics(proxy, port)
        self.down(server, proxy, port)
        populated = server.populate(
            [
                {"name": "mine", "upstream": world.upstream, "listen": proxy.listen},
                {"name": "more", "upstream": world.upstream, "listen": "127.0.0.1:0"},
            ]
        )
        assert [each.name for each in populated] == ["more"]
        assert server.destroy(proxy) and populated[0].destroy()
        assert set(server.proxies()) == {"kyivstar"}
        with pytest.raises(ConnectionRefusedError):
            greet(port)

    def toxics(self, proxy: Any, port: int) -> None:
        proxy.add_toxic(type="latency", attributes={"latency": 300})
        assert proxy.get_toxic("latency_downstream").attributes == {"latency": 300, "jitter": 0}
        assert greet(port) >= 0.3
        proxy.add_toxic(type="reset_peer", name="gone", stream="upstream", attributes={"timeout": 0})
        assert set(proxy.toxics()) == {"latency_downstream", "gone"}
        with pytest.raises(ConnectionResetError):
            greet(port)
        assert proxy.destroy_toxic("latency_downstream") and proxy.destroy_toxic("gone")
        until(lambda: greet(port) < 0.3)

    def down(self, server: Any, proxy: Any, port: int) -> None:
        with proxy.down():
            assert not server.get_proxy("mine").enabled
            with pytest.raises(ConnectionRefusedError):
                greet(port)
        greet(port)
        proxy.disable()
        proxy.add_toxic(type="timeout", attributes={"timeout": 0})
        assert server.reset()
        assert server.get_proxy("mine").enabled and not proxy.toxics()
        greet(port)

    async def test_what_is_refused(self, world: World, server: Any) -> None:
        """Its own errors say why, in our words."""

        def drive() -> None:
            errors = pytest.importorskip("toxiproxy.exceptions")
            own = server.get_proxy("kyivstar")
            with pytest.raises(errors.InvalidToxic, match="on this machine only"):
                server.create("192.0.2.1:1883", "x")
            with pytest.raises(errors.InvalidToxic, match=r"write 127\.0\.0\.1:9"):
                server.create(world.upstream, "x", listen="0.0.0.0:9")
            with pytest.raises(errors.ProxyExists, match="is in use"):
                server.create(world.upstream, "x", listen=f"127.0.0.1:{world.port}")
            with pytest.raises(errors.InvalidToxic, match="invalid toxic type"):
                own.add_toxic(type="noise")
            with pytest.raises(errors.NotFound, match="toxic not found"):
                own.destroy_toxic("late")
            with pytest.raises(errors.ProxyExists, match="belongs to the exercise"):
                server.destroy_all()

        await asyncio.to_thread(drive)


@needs_npm
@pytest.mark.timeout(600)  # the first time, the package is fetched
async def test_npm(world: World, pytestconfig: pytest.Config) -> None:
    """Every call of npm's client: create, list, add, update, remove toxics, disable, reset, populate; each is felt."""
    said = await asyncio.to_thread(
        ran, pytestconfig.cache.mkdir("npm") / "toxiproxy", [PACKAGE], SCRIPT, world.api, world.upstream
    )
    assert said["version"]["version"].startswith("2.")
    assert said["created"] == said["got"] == said["reset"]
    assert said["created"]["upstream"] == world.upstream and said["created"]["enabled"]
    assert said["listed"] == ["kyivstar", "node"]
    _check_toxics(said)
    assert not said["disabled"]["enabled"] and said["refused"] == "ECONNREFUSED"
    assert [each["name"] for each in said["populated"]] == ["node", "more"]
    assert said["populated"][0] == said["created"]
    assert "400" in said["elsewhere"] and "400" in said["everywhere"] and "409" in said["twice"]
    assert "404" in said["gone"] and said["left"] == ["kyivstar"]


def _check_toxics(said: dict[str, Any]) -> None:
    toxic = {"name": "latency_downstream", "type": "latency", "stream": "downstream", "toxicity": 1}
    assert said["added"] == toxic | {"attributes": {"latency": 300, "jitter": 0}}
    assert said["updated"] == said["got toxic"] == toxic | {"attributes": {"latency": 600, "jitter": 0}}
    assert said["late"] >= 300 and said["later"] >= 600
    assert said["reset peer"] == "ECONNRESET"
    assert said["calm"] > 0 and said["calm again"] > 0
    assert min(said["removed"]) < 300


async def test_the_end_of_the_control_ends_its_faults() -> None:
    """A proxy that was made is gone, and the exercise's own is as it was, while both processes live on."""
    with broker() as broker_port:
        door = Door("kyivstar", 0, "127.0.0.1", broker_port)
        with open_proxies([door]) as proxies:
            async with serve_control(proxies, 0, doors=[door]) as port:
                upstream = f"localhost:{broker_port}"
                made = await asyncio.to_thread(_post, port, "/proxies", {"name": "a", "upstream": upstream})
                await asyncio.to_thread(_post, port, "/proxies/kyivstar", {"enabled": False})
                with pytest.raises(ConnectionRefusedError):
                    await asyncio.to_thread(greet, proxies.ports["kyivstar"])
            assert proxies.settle()
            await asyncio.to_thread(greet, proxies.ports["kyivstar"])
            with pytest.raises(ConnectionRefusedError):
                await asyncio.to_thread(greet, int(made["listen"].rpartition(":")[2]))
            with pytest.raises(ConnectionRefusedError):
                await asyncio.to_thread(_post, port, "/reset", None)


async def test_a_fault_with_a_time_passes_on_the_wire(world: World) -> None:
    """Whoever set it need not be there any more."""
    own = world.proxies.ports["kyivstar"]
    await asyncio.to_thread(_post, world.port, "/proxies/kyivstar?for=0.3", {"enabled": False})
    with pytest.raises(ConnectionRefusedError):
        await asyncio.to_thread(greet, own)
    await asyncio.to_thread(until, lambda: answered(own))


async def test_no_change_hangs(world: World) -> None:
    """Of 400 changes at once from 20 clients each is answered, and the last is what is felt."""
    body = {"type": "latency", "name": "late", "attributes": {"latency": 100}}
    await asyncio.to_thread(_post, world.port, "/proxies/kyivstar/toxics", body)

    def change(client: int) -> None:
        for number in range(20):
            fields = {"attributes": {"latency": client + number}}
            _post(world.port, "/proxies/kyivstar/toxics/late", fields)

    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        for client in range(20):
            group.create_task(asyncio.to_thread(change, client))
    await asyncio.to_thread(_post, world.port, "/proxies/kyivstar/toxics/late", {"attributes": {"latency": 300}})
    assert 0.3 <= await asyncio.to_thread(greet, world.proxies.ports["kyivstar"]) < PATIENCE_S


async def test_the_port_is_taken(world: World) -> None:
    """Clients know one port: another one is no answer."""
    with pytest.raises(AlertSimError, match=f"127.0.0.1:{world.port}.*give another port"):
        async with serve_control(world.proxies, world.port):
            pass


async def test_an_error_inside_is_told_as_it_is(world: World) -> None:
    """Not as a group of one."""
    with pytest.raises(ZeroDivisionError):
        async with serve_control(world.proxies, 0):
            raise ZeroDivisionError


@pytest.mark.parametrize(
    "garbage", [b"\x00\xff\r\n\r\n", b"GET\r\n\r\n", b"x" * 100_000, b"POST /proxies HTTP/1.1\r\n"]
)
async def test_no_http(world: World, garbage: bytes) -> None:
    """What is no request ends with its connection; others are answered."""

    def send() -> bytes:
        with socket.create_connection(("127.0.0.1", world.port), PATIENCE_S) as client:
            client.sendall(garbage)
            client.shutdown(socket.SHUT_WR)
            return client.recv(1_000)

    with suppress(ConnectionResetError):
        assert (await asyncio.to_thread(send))[:12] in {b"", b"HTTP/1.1 400"}
    await asyncio.to_thread(_post, world.port, "/reset", None)


def _post(port: int, path: str, said: object) -> Any:
    """What a request with JSON is answered; OSError where nobody answers."""
    with socket.create_connection(("127.0.0.1", port), PATIENCE_S) as client:
        body = json.dumps(said).encode()
        client.sendall(b"POST %s HTTP/1.1\r\nConnection: close\r\n" % path.encode())
        client.sendall(b"Host: localhost\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        told = b""
        while chunk := client.recv(65_536):
            told += chunk
    head, _, text = told.partition(b"\r\n\r\n")
    assert b" 20" in head.partition(b"\r\n")[0], told
    return json.loads(text) if text else None
