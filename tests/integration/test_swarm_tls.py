"""Subscribers and a publisher by TLS: what they let themselves in for, what they count, and what they survive."""

import asyncio
import gc
import re
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from alertsim.mqtt.codes import Version
from alertsim.mqtt.encoding import encode
from alertsim.mqtt.packets import Connack
from alertsim.swarm import causes, connections
from alertsim.swarm.bulletins import Bulletins
from alertsim.swarm.dues import evenly
from alertsim.swarm.openloop import OpenLoop
from alertsim.swarm.plan import Address, Plan, Tls
from alertsim.swarm.tls import Channel
from tests.integration.real import Certificates, Mosquitto, certificates, free_ports, needs_mosquitto, needs_openssl
from tests.integration.swarm_world import BY, Crowd, plan_of, served, until
from tests.integration.test_swarm_channel import Server

pytestmark = [*needs_mosquitto, needs_openssl]

SUBSCRIBERS, MESSAGES = 30, 10
_GOOD = "certfile {folder}/server.pem\nkeyfile {folder}/server.key\n"
_CERTIFIED = _GOOD + "cafile {folder}/ca.pem\nrequire_certificate true\n"
_LISTENERS = {
    "certified": _CERTIFIED,
    "misnamed": "certfile {folder}/elsewhere.pem\nkeyfile {folder}/elsewhere.key\n",
    "overdue": "certfile {folder}/overdue.pem\nkeyfile {folder}/overdue.key\n",
    "plain": "",
}
_ONLY_1_2 = """\
openssl_conf = all
[all]
ssl_conf = ssl
[ssl]
system_default = limits
[limits]
MaxProtocol = TLSv1.2
"""


@dataclass(frozen=True)
class House:
    """A broker with a listener of each kind, one that knows TLS 1.2 at most, and the certificates for both."""

    broker: Mosquitto
    pem: Certificates
    ports: dict[str, int]

    def address(self, listener: str, *, ca: str = "ca", client: str | None = "client") -> Address:
        """Where a listener is, with whom we trust and who we are."""
        mine = [str(self.pem[f"{client}.{end}"]) if client else None for end in ("pem", "key")]
        return Address("127.0.0.1", self.ports[listener], Tls("localhost", str(self.pem[f"{ca}.pem"]), *mine))


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder, older = tmp_path_factory.mktemp("house"), tmp_path_factory.mktemp("older")
    ports = dict(zip((*_LISTENERS, "older"), free_ports(len(_LISTENERS) + 1), strict=True))
    pem = certificates(folder)
    limits = older / "openssl.cnf"
    limits.write_text(_ONLY_1_2)
    listeners = "".join(listener(ports[name], folder, text) for name, text in _LISTENERS.items())
    with (
        Mosquitto(folder, f"per_listener_settings true\n{listeners}") as broker,
        Mosquitto(older, listener(ports["older"], folder, _CERTIFIED), "env", f"OPENSSL_CONF={limits}"),
    ):
        yield House(broker, pem, ports)


def listener(port: int, folder: Path, text: str) -> str:
    """A part of a configuration; the certificates are in `folder`."""
    return f"listener {port} 127.0.0.1\nallow_anonymous true\n{text.format(folder=folder)}"


def plan_at(address: Address, subscribers: int = SUBSCRIBERS, **options: Any) -> Plan:
    return replace(plan_of(address.port, subscribers, **options), brokers=(address,))


def publisher_at(crowd: Crowd, address: Address, *, qos: int, size: int = 500) -> OpenLoop:
    make = Bulletins(BY, size=size, qos=qos, version=Version.V5).make
    new = OpenLoop(
        crowd.plan, address, qos=qos, make=make, dues=evenly(50, MESSAGES), announce=crowd.announce, role="herald"
    )
    new.start()
    return new


@pytest.mark.parametrize(
    ("listener", "qos", "size"),
    [("certified", 0, 500), ("certified", 1, 500), ("certified", 2, 500), ("older", 1, 500), ("certified", 1, 65_536)],
)
def test_everything_arrives(house: House, listener: str, qos: int, size: int) -> None:
    """With client certificates, by TLS 1.3 and 1.2, at each QoS, within a record and across several: all of it."""
    address = house.address(listener)
    with Crowd(plan_at(address, qos=qos)) as crowd:
        crowd.wait()
        publisher = publisher_at(crowd, address, qos=qos, size=size)
        publisher.join()
        result = crowd.finish(30)
    counts = result["counts"]
    assert (publisher.failure, publisher.causes, publisher.unacknowledged, result["causes"]) == ("", {}, 0, {})
    assert counts["delivered"] == counts["expected"] == SUBSCRIBERS * MESSAGES == result["deliveries"]
    assert not any(counts[name] for name in ("missing", "duplicates", "out_of_order", "uninvited"))


def cause_at(address: Address) -> str:
    """Why nobody gets in, the one cause that is counted for everybody."""
    with Crowd(plan_at(address, back_off_s=60.0, jittered=False)) as crowd:
        until(lambda: sum(crowd.reactor.connections.causes.values()) == SUBSCRIBERS)
        assert crowd.reactor.connected == 0
    ((cause, times),) = crowd.result["causes"].items()
    assert times == SUBSCRIBERS
    return str(cause)


@pytest.mark.parametrize(
    ("listener", "options", "cause"),
    [
        (
            "certified",
            {"ca": "other-ca"},
            "TLS: certificate verify failed: self.signed certificate in certificate chain",
        ),
        ("misnamed", {}, "TLS: certificate verify failed: Hostname mismatch, certificate is not valid for 'localhost'"),
        ("overdue", {}, "TLS: certificate verify failed: certificate has expired"),
        ("certified", {"client": None}, "TLS alert: certificate required"),
        ("certified", {"client": "stranger"}, "TLS alert: unknown ca"),
        ("certified", {"client": "expired"}, "TLS alert: certificate expired"),
        ("older", {"client": None}, "TLS alert: handshake failure"),
        ("older", {"client": "stranger"}, "TLS alert: unknown ca"),
        ("older", {"client": "expired"}, "TLS alert: certificate expired"),
        ("plain", {}, "reset|closed by the broker( before CONNACK)?"),
    ],
)
def test_why_nobody_gets_in(house: House, listener: str, options: dict[str, Any], cause: str) -> None:
    """A certificate that one side does not take, or no TLS at all: each counted under its own name, by both of us."""
    address = house.address(listener, **options)
    assert re.fullmatch(cause, cause_at(address))
    with Crowd(plan_at(house.address("certified"), 1)) as crowd:
        publisher = publisher_at(crowd, address, qos=1)
        publisher.join()
    assert re.fullmatch(f"nothing could be published: {cause}", publisher.failure)


def test_the_broker_is_told_why(house: House) -> None:
    """Who does not trust it says so before it hangs up."""
    before = len(house.broker.log)
    cause_at(house.address("certified", ca="other-ca"))
    assert house.broker.log[before:].count("alert unknown ca") == SUBSCRIBERS


def test_no_tls_in_the_answer(house: House) -> None:
    """A server that speaks MQTT at once, TLS or not."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(encode(Connack(), Version.V5))
        await reader.read()

    with served(serve) as port:
        assert cause_at(replace(house.address("plain"), port=port)) in {
            "TLS: unexpected message",
            "TLS: wrong version number",
        }


def test_the_name_counts(house: House) -> None:
    """A broker is known by the name that was typed, or by its address where that was."""
    for listener, name in (("misnamed", "elsewhere.example"), ("certified", "127.0.0.1")):
        address = house.address(listener)
        assert address.tls
        with Crowd(plan_at(replace(address, tls=replace(address.tls, server_name=name)))) as crowd:
            crowd.wait()
        assert crowd.result["causes"] == {}


def test_each_broker_in_its_own_way(house: House) -> None:
    """One plan, brokers with and without TLS and with other names: to each the channel that is meant for it."""
    other = house.address("misnamed")
    assert other.tls
    other = replace(other, tls=replace(other.tls, server_name="elsewhere.example"))
    brokers = (replace(house.address("plain"), tls=None), house.address("certified"), other)
    with Crowd(replace(plan_of(1, SUBSCRIBERS), brokers=brokers)) as crowd:
        crowd.wait()
        publisher_at(crowd, brokers[1], qos=1).join()
        result = crowd.finish(30)
    assert (result["causes"], result["counts"]["delivered"]) == ({}, SUBSCRIBERS * MESSAGES)


def test_a_goodbye_by_tls_alone(house: House) -> None:
    """A server that ends TLS right after its CONNACK, and keeps the socket, is left by publisher and subscribers."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server = Server(house.pem)
        while not server.shaken:
            writer.write(server.shake(await reader.read(4096)))
        server.take(b"")
        writer.write(server.say(encode(Connack(), Version.V5)) + server.bye())
        while await reader.read(4096):
            pass

    with served(serve) as port:
        address = replace(house.address("certified"), port=port)
        assert cause_at(address) == causes.CLOSED
        with Crowd(plan_at(house.address("certified"), 1)) as crowd:
            publisher = publisher_at(crowd, address, qos=1)
            until(lambda: publisher.causes[f"publisher: {causes.CLOSED}"] > 0)
            publisher.stop()
            publisher.join()


def test_a_stalled_handshake(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that takes the first words and says nothing is given up in time; so is one that stops half way."""
    monkeypatch.setattr(connections, "ANSWER_S", 0.3)

    async def silent(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        while await reader.read(4096):
            pass

    async def half(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", house.ports["certified"])
        try:
            back.write(await reader.read(4096))
            writer.write((await there.read(4096))[:200])
            await silent(reader, writer)
        finally:
            back.transport.abort()

    for server in (silent, half):
        with served(server) as port:
            assert cause_at(replace(house.address("certified"), port=port)) == causes.NO_ANSWER


def test_everybody_comes_back(tmp_path: Path) -> None:
    """The broker dies and returns: so do all, by handshakes of their own, and hear what is published then."""
    pem, (port,) = certificates(tmp_path), free_ports(1)
    with Mosquitto(tmp_path, listener(port, tmp_path, _CERTIFIED)) as broker:
        address = House(broker, pem, {"certified": port}).address("certified")
        with Crowd(plan_at(address, back_off_s=0.2)) as crowd:
            crowd.wait()
            broker.end()
            until(lambda: crowd.reactor.subscribed == 0)
            broker.start()
            crowd.wait()
            publisher_at(crowd, address, qos=1).join()
            result = crowd.finish(30)
    assert result["counts"]["delivered"] == SUBSCRIBERS * MESSAGES
    assert result["connects"] >= 2 * SUBSCRIBERS


def test_nothing_is_left_of_those_who_failed(house: House) -> None:
    """Collection is off in the child: what failed must go by itself, or a storm of failures would eat the memory."""
    address = house.address("certified", ca="other-ca")
    gc.collect()
    gc.disable()
    try:
        cause_at(address)
        left = sum(isinstance(each, Channel | ssl.SSLObject) for each in gc.get_objects())
    finally:
        gc.enable()
    assert left == 0
