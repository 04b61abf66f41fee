"""Brokers as they are: started, talked to, killed, stopped, orphaned and left."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path

import aiomqtt
import pytest
import structlog
from aiomqtt import ProtocolVersion
from blockbuster import blockbuster_ctx
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from structlog.testing import LogCapture

from alertsim.broker import Target, embedded, mosquitto, open_broker, parse_target
from alertsim.broker.child import Recipe
from alertsim.broker.ports import reserved_port
from alertsim.broker.pulse import SilentError, first_pulse
from alertsim.broker.supervision import supervised
from alertsim.errors import BrokerError

FIRST = 24_200
HEARD = LogCapture()
LOG = structlog.wrap_logger(None, processors=[HEARD], wrapper_class=structlog.make_filtering_bound_logger(0))
PROGRAM = mosquitto.program() or ""

needs_mosquitto = [
    pytest.mark.mosquitto,
    pytest.mark.skipif(not PROGRAM, reason="mosquitto is not installed"),
]
EMBEDDED = replace(parse_target("embedded"), port=FIRST)
MOSQUITTO = replace(parse_target("mosquitto"), port=FIRST)
both = pytest.mark.parametrize(
    "target", [EMBEDDED, pytest.param(MOSQUITTO, marks=needs_mosquitto)], ids=["embedded", "mosquitto"]
)


@pytest.fixture(autouse=True)
def new_log() -> None:
    """What earlier tests logged is forgotten."""
    HEARD.entries.clear()


@pytest.fixture(autouse=True)
def no_linger(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the tests that deliver at the last moment need the broker to stay for it."""
    monkeypatch.setattr("alertsim.broker.supervision.LINGER_S", 0.0)


def client(port: int) -> aiomqtt.Client:
    return aiomqtt.Client("127.0.0.1", port, protocol=ProtocolVersion.V5, timeout=5)


async def children(of: int) -> set[int]:
    found = await asyncio.to_thread(
        subprocess.run,
        ["pgrep", "-P", str(of), "-f", r"tether\.py|mosquitto -c"],
        capture_output=True,
        text=True,
        check=False,
    )
    return {int(pid) for pid in found.stdout.split()}


async def child() -> int:
    (pid,) = await children(os.getpid())
    return pid


async def eventually(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(20):
        while not await condition():  # noqa: ASYNC110 - other processes set no events
            await asyncio.sleep(0.01)


async def gone(pid: int) -> bool:
    """No such process, or one that only waits to be buried."""
    found = await asyncio.to_thread(
        subprocess.run, ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return found.stdout.strip()[:1] in {"", "Z"}


async def answers(port: int) -> bool:
    with suppress(aiomqtt.MqttError):
        async with client(port):
            return True
    return False


async def kill(signum: signal.Signals = signal.SIGKILL) -> int:
    pid = await child()
    os.kill(pid, signum)
    return pid


async def reborn(port: int, dead: int) -> None:
    """Another process answers on the port."""

    async def alive() -> bool:
        return dead not in await children(os.getpid()) and bool(await children(os.getpid())) and await answers(port)

    await eventually(alive)


MARK = [("status", "Exercise"), ("exercise", "night-1")]


def marked() -> Properties:
    properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call] # paho types its methods only
    for name, value in {"UserProperty": MARK, "MessageExpiryInterval": 180}.items():
        setattr(properties, name, value)
    return properties


@both
async def test_mqtt_5_goes_through(target: Target) -> None:
    """A publisher's payload, user properties and expiry reach a subscriber at QoS 1."""
    async with open_broker(target, log=LOG) as broker, client(broker.port) as reader, client(broker.port) as writer:
        await reader.subscribe("exercise/#", qos=1)
        await writer.publish("exercise/night-1/public/state", b"{}", qos=1, properties=marked())
        async with asyncio.timeout(10):
            message = await anext(aiter(reader.messages))
    assert (message.payload, message.qos) == (b"{}", 1)
    seen = vars(message.properties)
    assert seen["UserProperty"] == MARK
    assert 0 < seen["MessageExpiryInterval"] <= 180


@both
async def test_a_large_alert_passes(target: Target) -> None:
    """A payload of 64 KiB, the largest an exercise sends, passes."""
    async with open_broker(target, log=LOG) as broker, client(broker.port) as reader:
        await reader.subscribe("a", qos=1)
        await reader.publish("a", b"x" * 65_536, qos=1)
        async with asyncio.timeout(10):
            message = await anext(aiter(reader.messages))
    assert message.payload == b"x" * 65_536


async def listen(port: int, heard: Counter[str]) -> None:
    """A subscriber until the broker is gone."""
    with suppress(aiomqtt.MqttError):
        async with client(port) as reader:
            await reader.subscribe("#", qos=1)
            heard["subscribed"] += 1
            async for message in reader.messages:
                heard[str(message.topic)] += 1


@both
async def test_a_broker_delivers_what_it_acknowledged(target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    """The child lives on for a while after the body, so that an exercise's last messages arrive."""
    heard: Counter[str] = Counter()
    lingered: list[float] = []

    async def linger(seconds: float) -> None:
        lingered.append(seconds)
        await eventually(lambda: asyncio.sleep(0, heard["public/state"] == 100))

    monkeypatch.setattr("alertsim.broker.supervision.LINGER_S", 0.7)
    monkeypatch.setattr("alertsim.broker.supervision.pause", linger)
    async with asyncio.TaskGroup() as group, open_broker(target, log=LOG) as broker:
        for _ in range(100):
            group.create_task(listen(broker.port, heard))
        await eventually(lambda: asyncio.sleep(0, heard["subscribed"] == 100))
        async with client(broker.port) as writer:
            await writer.publish("public/state", b"ended", qos=1)
    assert lingered == [0.7]


@both
async def test_a_taken_port_is_passed_over(target: Target) -> None:
    """Where something listens on the port asked for, the broker has the next free one and says which."""
    with reserved_port(FIRST) as taken:
        pass
    async with await serve(taken, b""), open_broker(replace(target, port=taken), log=LOG) as broker:
        assert taken < broker.port < taken + 50
        assert await answers(broker.port)
    assert [(said["wanted"], said["port"]) for said in HEARD.entries] == [(taken, broker.port)]


async def test_exercises_that_start_at_once_do_not_meet() -> None:
    """Three brokers asked for at the same moment and port are three brokers on three ports."""
    ports: set[int] = set()
    all_run = asyncio.Barrier(3)

    async def hold() -> None:
        async with open_broker(EMBEDDED, log=LOG) as broker:
            ports.add(broker.port)
            await all_run.wait()

    async with asyncio.TaskGroup() as group:
        for _ in range(3):
            group.create_task(hold())
    assert len(ports) == 3


@both
async def test_a_killed_child_comes_back(target: Target) -> None:
    """A child that is killed is started again on the same port, and the log says so."""
    async with open_broker(target, log=LOG) as broker:
        await reborn(broker.port, await kill())
    assert [said["fate"] for said in HEARD.entries if "fate" in said] == ["killed by signal 9"]


@both
async def test_the_fourth_death_in_a_minute_ends_the_exercise(target: Target) -> None:
    """The body is cancelled where it waits, its `finally` runs, and the context raises one plain BrokerError."""
    cleaned = []

    async def conduct(port: int) -> None:
        try:
            for _ in range(3):
                await reborn(port, await kill())
            await kill()
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            cleaned.append(port)

    with pytest.raises(BrokerError, match=r"on port \d+ died 4 times within a minute.*killed by signal 9"):
        async with open_broker(target, log=LOG) as broker:
            await conduct(broker.port)
    assert cleaned
    assert await children(os.getpid()) == set()


@both
async def test_a_stopped_child_does_not_hold_up_the_end(target: Target) -> None:
    """A child under SIGSTOP is gone when the context ends, which takes no longer than usual."""
    async with asyncio.timeout(30):
        async with open_broker(target, log=LOG):
            pid = await kill(signal.SIGSTOP)
        assert await gone(pid)


@both
async def test_a_stopped_child_is_noticed(target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    """A child that exists but does not answer is replaced: a round trip counts, not the process."""
    monkeypatch.setattr("alertsim.broker.pulse.BEAT_S", 0.1)
    monkeypatch.setattr("alertsim.broker.child._LAST_BREATH_S", 0.1)
    async with open_broker(target, log=LOG) as broker:
        await reborn(broker.port, await kill(signal.SIGSTOP))
    assert "gave no answer for 1 s" in [said.get("fate") for said in HEARD.entries]


@both
async def test_nothing_is_left(target: Target, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """After the end there is no process, no listener and no file."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    async with open_broker(target, log=LOG) as broker:
        pid = await child()
        assert not await asyncio.to_thread(os.listdir, tmp_path)
    assert await gone(pid)
    assert not await answers(broker.port)
    assert not await asyncio.to_thread(os.listdir, tmp_path)


@both
async def test_ctrl_c_does_not_reach_the_child(target: Target) -> None:
    """The child is in a session of its own: the keys that end the exercise do not end its broker first."""
    async with open_broker(target, log=LOG):
        assert os.getsid(await child()) != os.getsid(0)


@both
async def test_the_loop_is_never_blocked(target: Target) -> None:
    """Starting and ending a child blocks the event loop nowhere."""
    with blockbuster_ctx("alertsim.broker"):
        async with open_broker(target, log=LOG):
            pass


@pytest.mark.parametrize("failure", [ValueError("mine"), ExceptionGroup("mine", [ValueError()])])
async def test_an_error_of_the_body_passes_unchanged(failure: Exception) -> None:
    """What the body raises leaves the context as the same object, without the marks of a task group."""
    with pytest.raises(type(failure)) as raised:
        async with open_broker(EMBEDDED, log=LOG):
            raise failure
    assert raised.value is failure
    assert raised.value.__context__ is None


async def test_a_cancelled_body_ends_the_child() -> None:
    """Cancelling the task that holds a broker ends both."""
    inside = asyncio.Event()

    async def hold() -> None:
        async with open_broker(EMBEDDED, log=LOG):
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(hold())
    await inside.wait()
    pid = await child()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await gone(pid)


ORPHAN = """
import asyncio, dataclasses, structlog
from alertsim.broker import open_broker, parse_target

async def main():
    target = dataclasses.replace(parse_target("{kind}"), port={port})
    async with open_broker(target, log=structlog.get_logger()) as broker:
        print(broker.port, flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


@both
@pytest.mark.parametrize("stopped", [False, True])
@pytest.mark.skipif(
    sys.platform != "linux", reason="only the Linux kernel ties a stopped or foreign program to its parent"
)
async def test_kill_9_of_the_parent_ends_the_child(target: Target, stopped: bool) -> None:
    """A child does not outlive its parent, whatever killed the parent, and even when it cannot do anything itself."""
    code = ORPHAN.format(kind=target.kind, port=target.port)
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=subprocess.PIPE)
    assert parent.stdout is not None
    try:
        port = int(await parent.stdout.readline())
        (pid,) = await children(parent.pid)
        if stopped:
            os.kill(pid, signal.SIGSTOP)
    finally:
        parent.kill()
        await parent.wait()
    await eventually(lambda: gone(pid))
    assert not await answers(port)


async def test_the_embedded_child_ends_with_its_standard_input() -> None:
    """The end of the pipe from its parent is the end of the child, also where no kernel ties the two together."""
    tether = "import sys; from alertsim.broker.tether import main; sys.platform = 'other'; main(*sys.argv[1:])"
    with reserved_port(FIRST) as port:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", tether, str(os.getpid()), *embedded.recipe(port).arguments, stdin=subprocess.PIPE
        )
        assert process.stdin is not None
        try:
            await eventually(lambda: answers(port))
            process.stdin.close()
            async with asyncio.timeout(20):
                assert await process.wait() == 0
        finally:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()


@pytest.mark.parametrize("text", ["", "class IotCore: pass\n"])
async def test_another_iotcore(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """Another package named iotcore gives one sentence that says what to install, and nothing on the terminal."""
    (tmp_path / "iotcore.py").write_text(text)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(BrokerError, match=r"did not start: .* needs iotcore 0\.4.*pip install"):
        async with open_broker(EMBEDDED, log=LOG):
            pytest.fail("a broker without a broker")
    assert capfd.readouterr() == ("", "")


@pytest.mark.mosquitto
@pytest.mark.skipif(not PROGRAM, reason="mosquitto is not installed")
async def test_the_last_words_of_a_child_that_does_not_start(capfd: pytest.CaptureFixture[str]) -> None:
    """What a child says before it dies is in the error, not on the terminal."""
    recipe = Recipe("mosquitto", FIRST, ("mosquitto", PROGRAM, "no_such_option 1\nlog_timestamp false\n"))
    with pytest.raises(BrokerError, match=r"mosquitto on port 24200 did not start: ended with code \d+: .*Error"):
        async with supervised(recipe, LOG):
            pytest.fail("started from nonsense")
    assert capfd.readouterr() == ("", "")


async def serve(port: int, answer: bytes) -> asyncio.Server:
    """Something on the port that answers every packet so."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(1024):
            writer.write(answer)
        writer.close()

    return await asyncio.start_server(talk, "127.0.0.1", port)


@pytest.mark.parametrize("answer", [b"", b"\x20\x03\x00\x87\x00", b"HTTP/1.1 400 Bad Request\r\n\r\n"])
async def test_no_pulse_without_a_welcome(monkeypatch: pytest.MonkeyPatch, answer: bytes) -> None:
    """Silence, a refusal and another protocol are no sign of a broker."""
    monkeypatch.setattr("alertsim.broker.pulse.START_S", 0.3)
    with reserved_port(FIRST) as port:
        async with await serve(port, answer):
            with pytest.raises(SilentError, match="gave no answer within"):
                async with first_pulse(port, lambda: True):
                    pytest.fail("welcomed by nobody")


async def test_an_external_broker_is_looked_at() -> None:
    """Something that accepts TCP on loopback is a broker for now; it is not started and not ended."""
    with reserved_port(FIRST) as port:
        async with await serve(port, b"") as server:
            async with open_broker(parse_target(f"mqtt://127.0.0.1:{port}"), log=LOG) as broker:
                assert (broker.kind, broker.url) == ("external", f"mqtt://127.0.0.1:{port}")
            assert server.is_serving()


async def test_localhost_is_also_ipv6() -> None:
    """Where only ::1 answers, localhost is ::1."""
    with ExitStack() as stack:
        port = stack.enter_context(reserved_port(FIRST))
        listener = stack.enter_context(socket.socket(socket.AF_INET6))
        try:
            listener.bind(("::1", port))
        except OSError:
            pytest.skip("no IPv6 on this machine")
        listener.listen()
        async with open_broker(parse_target(f"mqtt://localhost:{port}"), log=LOG) as broker:
            assert broker.host == "::1"


async def test_nothing_answers() -> None:
    """Where nothing listens the error names the URL and the reason, and neither a traceback nor a task group."""
    with reserved_port(FIRST) as port:
        url = f"mqtt://127.0.0.1:{port}"
        with pytest.raises(BrokerError, match=f"^nothing answers at {url}: Connection refused; is the broker on"):
            async with open_broker(Target("external", port), log=LOG):
                pytest.fail("nobody answered")


async def test_a_silent_external_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    """A host that does not even refuse is given up after some seconds."""

    async def never(_host: str, _port: int) -> str:
        await asyncio.Event().wait()
        return ""

    monkeypatch.setattr("alertsim.broker.external.PATIENCE_S", 0.05)
    monkeypatch.setattr("alertsim.broker.external._peer", never)
    with pytest.raises(BrokerError, match="no answer within"):
        async with open_broker(Target("external", FIRST), log=LOG):
            pytest.fail("nobody answered")


async def test_another_machine_behind_a_loopback_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """What counts is the address connected to, not the one asked for."""

    async def elsewhere(_host: str, _port: int) -> str:
        return "192.0.2.7"

    monkeypatch.setattr("alertsim.broker.external._peer", elsewhere)
    with pytest.raises(BrokerError, match=r"leads to 192\.0\.2\.7, which is not this machine"):
        async with open_broker(Target("external", FIRST), log=LOG):
            pytest.fail("left this machine")
