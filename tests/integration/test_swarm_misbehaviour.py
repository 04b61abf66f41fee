"""Brokers that refuse, close, send nonsense or halves: counted by cause, and the test goes on to its end."""

import asyncio
import os
import resource
import socket
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable

import pytest

from alertsim.errors import InputError
from alertsim.mqtt.codes import CODES, Kind, Reason, ReturnCode, Version
from alertsim.mqtt.encoding import encode
from alertsim.mqtt.packets import Connack, Disconnect, Packet, Pingresp, Publish, Suback
from alertsim.swarm import causes, connections, reactor
from alertsim.swarm.bulletins import Bulletins
from alertsim.swarm.dialling import allow_sockets
from alertsim.swarm.poller import Selecting
from tests.integration.real import free_ports
from tests.integration.swarm_world import BY, OFFSET_US, Crowd, plan_of, served, until

Script = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
V5 = Version.V5
MANY = 20


def saying(*packets: Packet | bytes, then_close: bool = False) -> Script:
    """A broker that reads CONNECT, says this, and closes or says no more."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(4096)
        for packet in packets:
            writer.write(packet if isinstance(packet, bytes) else encode(packet, V5))
        if not then_close:
            await reader.read()
        writer.close()

    return serve


def outcome(script: Script, cause: str, **options: object) -> dict[str, int]:
    """How often each cause was counted by the time everybody had met this broker once."""
    with served(script) as port, Crowd(plan_of(port, MANY, back_off_s=60.0, jittered=False, **options)) as crowd:
        until(lambda: crowd.reactor.connections.causes[cause] == MANY)
        assert crowd.reactor.connected == 0
        return dict(crowd.finish(1)["causes"])


@pytest.mark.parametrize("reason", sorted(CODES[V5][Kind.CONNACK] - {0}))
def test_every_reason_of_a_connack(reason: int) -> None:
    """Each code of MQTT 5 with which CONNACK may refuse is counted under its name."""
    cause = f"CONNACK {reason:#04x} ({Reason(reason).name.lower().replace('_', ' ')})"
    assert outcome(saying(Connack(reason=reason)), cause) == {cause: MANY}


@pytest.mark.parametrize("code", [code for code in ReturnCode if code])
def test_every_return_code_of_a_connack(code: int) -> None:
    """Each code of MQTT 3.1.1 too."""
    cause = f"CONNACK {code:#04x} ({ReturnCode(code).name.lower().replace('_', ' ')})"
    assert outcome(saying(bytes([0x20, 2, 0, code])), cause, version=4) == {cause: MANY}


@pytest.mark.parametrize(
    "said",
    [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        bytes(range(256)) * 40,
        b"\xff" * 9,
        b"\x20\xff\xff\xff\xff\xff",
        encode(Connack(), V5) * 2,
        encode(Suback(1, (0,)), V5),
        encode(Connack(), V5) + b"\x36\x05\x00\x01tab",
        encode(Connack(), V5) + b"\x30\x02\x00\x09",
        encode(Pingresp(), V5),
        b"\x20\x03\x00\x77\x00",
    ],
)
def test_nonsense(said: bytes) -> None:
    """What is no MQTT, or not to be said then, ends that connection, under one name."""
    assert outcome(saying(said), causes.GARBAGE) == {causes.GARBAGE: MANY}


def test_other_ends() -> None:
    """Closing before and after CONNACK, a DISCONNECT, a refused subscription: each its own cause."""
    assert outcome(saying(then_close=True), causes.CLOSED_EARLY) == {causes.CLOSED_EARLY: MANY}
    assert outcome(saying(b"\x20", then_close=True), causes.CLOSED_EARLY) == {causes.CLOSED_EARLY: MANY}
    assert outcome(saying(Connack(), then_close=True), causes.CLOSED) == {causes.CLOSED: MANY}
    assert outcome(saying(Connack(), Suback(1, (1,)), then_close=True), causes.CLOSED) == {causes.CLOSED: MANY}
    gone = "DISCONNECT 0x8b (server shutting down)"
    assert outcome(saying(Connack(), Disconnect(reason=0x8B)), gone) == {gone: MANY}
    denied = "SUBACK 0x87 (not authorized)"
    assert outcome(saying(Connack(), Suback(1, (0x87,))), denied) == {denied: MANY}
    huge = b"\x30" + b"\xff\xff\xff\x7f" + bytes(10)
    assert outcome(saying(Connack(), Suback(1, (1,)), huge), causes.TOO_LARGE) == {causes.TOO_LARGE: MANY}


@pytest.mark.parametrize("qos", [0, 1, 2])
def test_closing_after_a_message(qos: int) -> None:
    """The end of a connection on which a message has just come is no second message."""
    letter = Bulletins(BY, size=500, qos=qos, version=V5).make(1, OFFSET_US + 10**15)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(4096)
        for said in (encode(Connack(), V5), encode(Suback(1, (qos,)), V5), letter.with_id(7)):
            writer.write(said)
            await asyncio.sleep(0.05)
        if qos:
            await reader.read(4)
        writer.close()
        await writer.wait_closed()

    with served(serve) as port:
        crowd = Crowd(plan_of(port, MANY, qos=qos, back_off_s=60.0, jittered=False))
        crowd.announce(letter)
        with crowd:
            until(lambda: sum(crowd.reactor.connections.causes.values()) == MANY)
    assert crowd.result["causes"] == {causes.CLOSED: MANY}
    assert (sum(crowd.result["latency"].values()), crowd.result["counts"]["duplicates"]) == (MANY, 0)


def test_nobody_listens() -> None:
    """A port nobody listens on refuses."""
    (port,) = free_ports(1)
    with Crowd(plan_of(port, MANY, back_off_s=60.0, jittered=False)) as crowd:
        until(lambda: crowd.reactor.connections.causes["refused"] == MANY)
        assert crowd.finish(1)["causes"] == {"refused": MANY}


def test_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    """No CONNACK, or no SUBACK: given up in time, and the place is free for the next."""
    monkeypatch.setattr(connections, "ANSWER_S", 0.3)
    assert outcome(saying(), causes.NO_ANSWER) == {causes.NO_ANSWER: MANY}
    assert outcome(saying(Connack()), causes.NO_ANSWER) == {causes.NO_ANSWER: MANY}
    assert outcome(saying(b"\x20\x03\x00"), causes.NO_ANSWER) == {causes.NO_ANSWER: MANY}


def test_no_answer_to_pings() -> None:
    """A broker that answers no PINGREQ is left after the third."""
    welcome = saying(Connack(), Suback(1, (1,)))
    assert outcome(welcome, causes.SILENT, keep_alive_s=1) == {causes.SILENT: MANY}


def test_resets() -> None:
    """A connection reset in the middle is counted as reset."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(4096)
        writer.write(encode(Connack(), V5) + encode(Suback(1, (1,)), V5))
        await writer.drain()
        sock = writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        writer.transport.abort()

    assert outcome(serve, "reset") == {"reset": MANY}


@pytest.mark.parametrize("version", [4, 5])
@pytest.mark.parametrize("qos", [0, 1, 2])
def test_packets_in_pieces(qos: int, version: int) -> None:
    """A broker that sends byte by byte, and two packets at once, is understood all the same."""
    level, answers = Version(version), []
    letters = [Bulletins(BY, size=700, qos=qos, version=level).make(seq, OFFSET_US + 10**15) for seq in (1, 2, 3)]
    go = threading.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(4096)
        for byte in encode(Connack(), level) + encode(Suback(1, (qos,)), level):
            writer.write(bytes([byte]))
            await asyncio.sleep(0.001)
        await asyncio.to_thread(go.wait)
        for byte in letters[0].with_id(7):
            writer.write(bytes([byte]))
            await asyncio.sleep(0)
        both = letters[1].with_id(8) + letters[2].with_id(9)
        writer.write(both[:900])
        await asyncio.sleep(0.05)
        writer.write(both[900:])
        while answer := await reader.read(4096):
            answers.append(answer)
        writer.close()

    with served(serve) as port, Crowd(plan_of(port, 3, qos=qos, version=version)) as crowd:
        crowd.wait()
        for letter in letters:
            crowd.announce(letter)
        go.set()
        result = crowd.finish(30)
    assert (result["causes"], result["counts"]["delivered"], result["counts"]["missing"]) == ({}, 9, 0)
    said = b"".join(answers)
    kind = {1: b"\x40", 2: b"\x50"}.get(qos)
    assert not kind or all(said.count(kind + b"\x02\x00" + bytes([packet_id])) == 3 for packet_id in (7, 8, 9))


def test_a_repeated_packet_at_qos_2_is_no_duplicate() -> None:
    """Until PUBREL the same packet may come again: the protocol's repetition, not the message's."""
    letter = Bulletins(BY, size=500, qos=2, version=V5).make(1, OFFSET_US + 10**15)
    twice = letter.with_id(7) + bytes([letter.with_id(7)[0] | 8]) + letter.with_id(7)[1:]
    script = saying(Connack(), Suback(1, (2,)), twice, b"\x62\x02\x00\x07", letter.with_id(7))
    with served(script) as port:
        crowd = Crowd(plan_of(port, MANY, qos=2))
        crowd.announce(letter)
        with crowd:
            until(lambda: crowd.reactor.deliveries == 3 * MANY)
    counts = crowd.result["counts"]
    assert counts["duplicates"] == MANY  # the one after PUBREL


def test_without_epoll(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no epoll, `selectors` serve as well."""
    monkeypatch.setattr(reactor, "new_poller", Selecting)
    letter = Bulletins(BY, size=500, qos=1, version=V5).make(1, OFFSET_US + 10**15)
    with served(saying(Connack(), Suback(1, (1,)), letter.with_id(7), letter.with_id(8))) as port:
        crowd = Crowd(plan_of(port, MANY))
        crowd.announce(letter)
        with crowd:
            until(lambda: crowd.reactor.deliveries == 2 * MANY)
    counts = crowd.result["counts"]
    assert (counts["delivered"] + counts["uninvited"], counts["duplicates"]) == (MANY, MANY)
    assert crowd.result["causes"] == {}
    with_nobody = free_ports(1)[0]
    with Crowd(plan_of(with_nobody, MANY, back_off_s=60.0, jittered=False)) as crowd:
        until(lambda: crowd.reactor.connections.causes["refused"] == MANY)


def test_retained_copies_count_apart() -> None:
    """What a broker hands out on subscribing, and nobody announced, is no message, no delivery and no latency."""
    packet = Publish("t/retained", b"{}", retain=True)
    with (
        served(saying(Connack(), Suback(1, (1,)), packet)) as port,
        Crowd(plan_of(port, MANY, listen_only=True)) as crowd,
    ):
        until(lambda: crowd.reactor.deliveries == MANY)
        result = crowd.finish(0)
    assert (result["messages"], result["counts"]["delivered"], result["latency"]) == (0, 0, {})


def test_strangers_are_counted_not_taken_for_ours() -> None:
    """A message nobody published on our topic is neither delivered nor missing."""
    packet = Publish("t", b"something else")
    with served(saying(Connack(), Suback(1, (1,)), packet)) as port, Crowd(plan_of(port, MANY)) as crowd:
        until(lambda: crowd.reactor.strangers == MANY)
        result = crowd.finish(0)
    assert (result["messages"], result["strangers"]) == (0, MANY)


def test_too_many_sockets_is_one_clear_sentence() -> None:
    """More subscribers than the system allows: what is allowed, and how to have more."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with pytest.raises(InputError, match=f"allows {hard:,} for a process; ask for at most {hard - 64:,}"):
        allow_sockets(hard)
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == (soft, hard)


def test_a_parent_that_dies_ends_the_subscribers() -> None:
    """The end of the input is the end of the run."""
    with served(saying(Connack(), Suback(1, (1,)))) as port, Crowd(plan_of(port, MANY)) as crowd:
        crowd.wait()
        os.close(crowd._tell)
        crowd._thread.join()
        assert crowd.result["subscribed"] == MANY


def test_a_parent_that_never_says_anything() -> None:
    """The process of subscribers ends when its input ends before there is a plan."""
    command = [sys.executable, "-m", "alertsim.swarm.child"]
    done = subprocess.run(command, input=b"{", capture_output=True, check=False, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
