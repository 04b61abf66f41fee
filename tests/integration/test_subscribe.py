"""`alertsim subscribe` at real brokers: what it prints, what it answers, and how it ends."""

import asyncio
import json
import os
import pty
import re
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any

import aiomqtt
import pytest
import structlog
from paho.mqtt.packettypes import PacketTypes
from typer.testing import CliRunner

from alertsim.broker import Target, open_broker
from alertsim.cli.main import app
from alertsim.cli.options import Language
from alertsim.cli.subscribe import Wish, attend, read_external
from alertsim.errors import BrokerError, InputError
from alertsim.events import EVENT, Event, ExerciseState, ExerciseStateChanged, NewsPublished, Text
from alertsim.observations import Played
from alertsim.publisher.connection import properties_of
from alertsim.subscriber import Phone, Received, Receiver, filters, rows
from alertsim.times import Millis
from alertsim.wire import Mark, Message, mark, will

BY = Mark("night-1", "Exercise control / Штаб навчань", 120)
AT = Millis(1_702_429_213_000)
KYIV, OBLAST, RAION, HROMADA = "UA-30", "UA-32", "UA-32/75", "UA-32/75/702"
PATIENCE_S = 30
LOG = structlog.get_logger()
both = pytest.mark.parametrize("kind", ["embedded", pytest.param("mosquitto", marks=pytest.mark.mosquitto)])


def now_us() -> int:
    import time

    return time.time_ns() // 1_000


def alert(kind: str, area: str = KYIV) -> Event:
    return EVENT.validate_python(
        {"kind": f"alert.{kind}", "event": f"{area}:{kind}", "at": AT, "entry": "a", "area": area}
    )


def state(now: ExerciseState) -> Event:
    return ExerciseStateChanged(event=f"live:{now}", at=AT, entry="live", state=now)


def news(text: str) -> Event:
    return NewsPublished(event="n", at=AT, entry="n", text=Text(uk=text, en=text))


def marked(event: Event, seq: int, *, ago_s: int = 0, by: Mark = BY) -> Message:
    due_us = now_us() - ago_s * 1_000_000
    return mark(Played(seq, due_us, due_us, event), by)


@pytest.fixture(autouse=True)
def no_linger(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing here is published at the last moment."""
    monkeypatch.setattr("alertsim.broker.supervision.LINGER_S", 0.0)


def client(port: int, will: aiomqtt.Will | None = None) -> aiomqtt.Client:
    return aiomqtt.Client("127.0.0.1", port, protocol=aiomqtt.ProtocolVersion.V5, timeout=10, will=will)


async def publish(at: aiomqtt.Client, *messages: Message) -> None:
    """Marked messages, one after the other."""
    for message in messages:
        properties = properties_of(message, PacketTypes.PUBLISH)
        await at.publish(message.topic, message.payload, message.qos, retain=message.retain, properties=properties)


@asynccontextmanager
async def answers(port: int) -> AsyncIterator[Callable[[], Any]]:
    """What arrives on the topics of acknowledgements, one after the other."""
    async with client(port) as listener:
        await listener.subscribe("exercise/+/ack/+", qos=1)
        messages = aiter(listener.messages)

        async def following() -> aiomqtt.Message:
            async with asyncio.timeout(PATIENCE_S):
                return await anext(messages)

        yield following


@dataclass
class Script:
    """`alertsim subscribe --json` within this process, read as a script reads it."""

    attending: asyncio.Task[None]
    lines: asyncio.Queue[str]
    seen: list[dict[str, Any]] = field(default_factory=list)

    async def until(self, **wanted: object) -> dict[str, Any]:
        """The next JSON object with these fields; those before it are in `seen`."""
        async with asyncio.timeout(PATIENCE_S):
            while line := await self.lines.get():
                found: dict[str, Any] = json.loads(line)
                if wanted.items() <= found.items():
                    return found
                self.seen.append(found)
        raise AssertionError(f"it ended before {wanted}: {self.seen}")


@asynccontextmanager
async def subscribing(port: int, *areas: str, exercise: str | None = None, **wishes: Any) -> AsyncIterator[Script]:
    """A phone for scripts, connected."""
    wish = Wish(
        target=Target("external", port),
        filters=filters(exercise, areas),
        watched=areas,
        identifier="exercise-subscriber-flat-7",
        acknowledges=True,
        lang=Language.EN,
        as_json=True,
        duration_s=None,
    )
    lines = asyncio.Queue[str]()

    def write(*new: str) -> None:
        for line in new:
            lines.put_nowait(line)

    attending = asyncio.create_task(attend(replace(wish, **wishes), write))
    attending.add_done_callback(lambda _: lines.put_nowait(""))
    script = Script(attending, lines)
    await script.until(what="connection", connected=True)
    try:
        yield script
    finally:
        attending.cancel()
        await asyncio.wait({attending})


def receiver(port: int, told: Callable[[Phone, Phone, Received | None], None] = lambda *_: None) -> Receiver:
    """A phone without anybody who looks at it."""
    return Receiver(
        "127.0.0.1", port, identifier="exercise-subscriber-a", filters=filters(None, ()), acknowledges=True, told=told
    )


@asynccontextmanager
async def command(*options: str, **streams: Any) -> AsyncIterator[Process]:
    """`alertsim subscribe` in a process that does not outlive the test."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "alertsim",
        "subscribe",
        "--lang",
        "en",
        *options,
        **({"stdout": PIPE, "stderr": PIPE} | streams),
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@contextmanager
def terminal() -> Iterator[tuple[int, int]]:
    """A pseudo-terminal: our side of it and theirs."""
    ours, theirs = pty.openpty()
    try:
        yield ours, theirs
    finally:
        os.close(ours)
        os.close(theirs)


def read_until(descriptor: int, wanted: str) -> str:
    """What comes until `wanted` does."""
    read = b""
    while wanted not in read.decode(errors="replace"):
        read += os.read(descriptor, 4096)
    return read.decode(errors="replace")


async def children() -> list[int]:
    """The processes of the brokers we started."""
    pgrep = await asyncio.create_subprocess_exec("pgrep", "-P", str(os.getpid()), "-f", r"tether\.py", stdout=PIPE)
    found, _ = await pgrep.communicate()
    return [int(pid) for pid in found.split()]


def break_off(of: aiomqtt.Client) -> None:
    """Break a connection without a goodbye."""
    of._client.socket().shutdown(socket.SHUT_RDWR)  # type: ignore[union-attr] # connected


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def target(kind: Any = "embedded", port: int | None = None) -> Target:
    return Target(kind, port or free_port())


@both
async def test_an_alert_is_told_once_and_acknowledged_with_every_mark(kind: str) -> None:
    """From the publisher to the script and back; a duplicate is neither told nor answered again."""
    async with (
        open_broker(target(kind), log=LOG) as broker,
        client(broker.port) as publisher,
        answers(broker.port) as answer,
        subscribing(broker.port) as script,
    ):
        raised = marked(alert("raised"), 3)
        await publish(publisher, raised, raised, marked(alert("cleared"), 4))
        told = await script.until(what="message", kind="alert.raised")
        assert (told["topic"], told["seq"], told["retained"]) == ("exercise/night-1/public/alert/UA-30", 3, False)
        assert (await script.until(what="area"))["status"] == "alert"
        assert (await script.until(what="message"))["kind"] == "alert.cleared"
        assert (await script.until(what="area"))["status"] == "cleared"
        assert script.seen == []
        for seq, name in ((3, "UA-30:raised"), (4, "UA-30:cleared")):
            found = await answer()
            assert found.topic.value == "exercise/night-1/ack/exercise-subscriber-flat-7"
            assert dict(found.properties.UserProperty) == dict(BY.properties)
            body = json.loads(found.payload)
            assert (body["status"], body["exercise"]) == ("Exercise", "night-1")
            assert (body["event"], body["seq"], body["what"]) == (name, seq, "received")


@both
async def test_garbage_and_unmarked_messages_are_refused_and_answered_by_nobody(kind: str) -> None:
    """Whatever lies on the topics: one object each, no alert, and the next good message is heard."""
    good = marked(alert("raised", OBLAST), 5)
    properties = properties_of(good, PacketTypes.PUBLISH)
    topic = "exercise/night-1/public/alert/UA-30"
    async with (
        open_broker(target(kind), log=LOG) as broker,
        client(broker.port) as publisher,
        answers(broker.port) as answer,
        subscribing(broker.port) as script,
    ):
        await publisher.publish(topic, marked(alert("raised"), 3).payload, qos=1, retain=True)
        for payload in (b"\x00\xff", b"[" * 5_000, b"{}", os.urandom(9_000)):
            await publisher.publish(topic, payload, qos=1, properties=properties)
        await publisher.publish(f"{topic}/" + "x" * 300, b"?", qos=1)
        await publisher.publish(topic, b"", qos=1)
        await publish(publisher, good)
        assert (await script.until(what="message"))["area"] == OBLAST
        assert [(each["what"], each["why"]) for each in script.seen] == [("refused", "unmarked")] * 7
        assert json.loads((await answer()).payload)["event"] == "UA-32:raised"


@both
async def test_who_joins_late_hears_what_stands_and_how_old_it_is(kind: str) -> None:
    """Of one exercise and two areas: by the areas around and inside them, and of no other."""
    other = Mark("night-2", "control", 120)
    async with open_broker(target(kind), log=LOG) as broker, client(broker.port) as publisher:
        await publish(
            publisher,
            marked(state(ExerciseState.RUNNING), 1, ago_s=300),
            marked(alert("raised", OBLAST), 2, ago_s=200),
            marked(alert("raised", HROMADA), 3, ago_s=100),
            marked(alert("raised", KYIV), 4),
            marked(alert("raised", RAION), 5, by=other),
        )
        async with subscribing(broker.port, RAION, HROMADA, exercise="night-1") as script:
            heard = [await script.until(what="message") for _ in range(3)]
            await publish(publisher, marked(news("that is all"), 6))
            assert (await script.until(what="message"))["kind"] == "news.published"
    assert sorted(each.get("area", "state") for each in heard) == [OBLAST, HROMADA, "state"]
    assert all(each["retained"] for each in heard)
    last = {each["area"]: each for each in script.seen if each["what"] == "area"}
    assert {area: (each["status"], each["because"]) for area, each in last.items()} == {
        RAION: ("alert", [OBLAST]),
        HROMADA: ("alert", [OBLAST, HROMADA]),
    }
    assert all(each["age_ms"] >= 200_000 for each in last.values())


@both
async def test_nobody_answers_for_a_phone_that_was_told_not_to(kind: str) -> None:
    """`--no-ack`: the next phone's answer is the first there is."""
    raised = marked(alert("raised"), 3)
    async with (
        open_broker(target(kind), log=LOG) as broker,
        client(broker.port) as publisher,
        answers(broker.port) as answer,
        subscribing(broker.port, acknowledges=False) as silent,
    ):
        await publish(publisher, raised)
        await silent.until(what="message")
        async with subscribing(broker.port, identifier="exercise-subscriber-b"):
            assert (await answer()).topic.value.endswith("/exercise-subscriber-b")


@both
async def test_the_will_of_a_publisher_aborts_what_is_open(kind: str) -> None:
    """A publisher whose socket breaks has not cleared anything."""
    parting = will(BY, at=AT, intended_us=now_us())
    properties = properties_of(parting, PacketTypes.WILLMESSAGE)
    last_will = aiomqtt.Will(parting.topic, parting.payload, 1, retain=True, properties=properties)
    async with open_broker(target(kind), log=LOG) as broker, subscribing(broker.port) as script:
        with suppress(aiomqtt.MqttError):
            async with client(broker.port, last_will) as publisher:
                await publish(publisher, marked(alert("raised"), 3))
                assert (await script.until(what="area"))["status"] == "alert"
                break_off(publisher)
                await anext(aiter(publisher.messages))
        assert (await script.until(what="message"))["state"] == "terminated"
        assert (await script.until(what="area"))["status"] == "aborted"


async def test_a_lost_connection_aborts_until_the_exercise_is_heard_again() -> None:
    """On the embedded broker that is how an exercise is cut off; the phone comes back by itself and answers once."""
    port, raised = free_port(), marked(alert("raised"), 3)
    ours = receiver(port)

    async def until(condition: Callable[[Phone], bool]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not condition(ours.phone):  # noqa: ASYNC110 - what changes it sets no event
                await asyncio.sleep(0.01)

    def is_open(phone: Phone) -> bool:
        return [row.status for row in rows(phone)] == ["alert"]

    async with open_broker(target(port=port), log=LOG):
        receiving = asyncio.create_task(ours.run())
        await until(lambda phone: phone.connected)
        async with client(port) as publisher, answers(port) as answer:
            await publish(publisher, raised)
            await until(is_open)
            await answer()
    await until(lambda phone: not phone.connected)
    assert [row.status for row in rows(ours.phone)] == ["aborted"]
    async with open_broker(target(port=port), log=LOG):
        await until(lambda phone: phone.connected)
        assert [row.status for row in rows(ours.phone)] == ["aborted"]
        async with client(port) as publisher, answers(port) as answer:
            await publish(publisher, raised, marked(alert("updated"), 4))
            await until(is_open)
            assert json.loads((await answer()).payload)["event"] == "UA-30:updated"
    receiving.cancel()
    with suppress(asyncio.CancelledError):
        await receiving


async def test_what_goes_wrong_in_telling_ends_it_and_is_not_taken_for_the_broker() -> None:
    """A pipe that nobody reads any more is no lost connection."""

    def told(_before: Phone, _phone: Phone, received: Received | None) -> None:
        if received:
            raise BrokenPipeError

    async with open_broker(target(), log=LOG) as broker, client(broker.port) as publisher:
        await publish(publisher, marked(alert("raised"), 3))
        with pytest.raises(BrokenPipeError):
            await receiver(broker.port, told).run()


async def test_without_a_terminal_it_is_lines_that_say_what_they_are() -> None:
    """For a pipe: the banner in both languages, then each change; Ctrl-C ends it with 130, and so does SIGTERM."""
    async with open_broker(target(), log=LOG) as broker, client(broker.port) as publisher:
        await publish(publisher, marked(state(ExerciseState.RUNNING), 1), marked(alert("raised"), 3))
        for signum in (signal.SIGINT, signal.SIGTERM):
            async with command("--broker", broker.url) as process:
                assert process.stdout
                lines = [(await process.stdout.readline()).decode() for _ in range(4)]
                process.send_signal(signum)
                rest, errors = await process.communicate()
                assert (process.returncode, rest, errors) == (130, b"", b"")
                assert lines[0].startswith(f"EXERCISE / НАВЧАННЯ · {broker.url} · exercise-subscriber-")
                assert lines[1] == "EXERCISE / НАВЧАННЯ · Connected to the broker\n"
                told = sorted(lines[2:])
                assert told[0].startswith("EXERCISE ALERT · Kyiv City")
                assert told[1].startswith("EXERCISE. The exercise is running. EXERCISE")


async def test_ctrl_c_does_not_wait_for_a_broker_that_hangs() -> None:
    """A broker that is stopped answers no goodbye; the phone leaves all the same."""
    async with open_broker(target(), log=LOG) as broker, command("--broker", broker.url) as process:
        assert process.stdout
        while b"Connected" not in await process.stdout.readline():
            pass
        (child,) = await children()
        os.kill(child, signal.SIGSTOP)
        try:
            process.send_signal(signal.SIGINT)
            assert await process.wait() == 130
        finally:
            os.kill(child, signal.SIGCONT)


async def test_on_a_terminal_it_draws_a_screen_and_leaves_its_last_state() -> None:
    """80 by 24: the banner on top, the alert below; after Ctrl-C the terminal is as it was, the last state on it."""
    async with open_broker(target(), log=LOG) as broker, client(broker.port) as publisher:
        await publish(publisher, marked(state(ExerciseState.RUNNING), 1), marked(alert("raised"), 3))
        with terminal() as (ours, theirs):
            environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "80", "LINES": "24"}
            async with command("--broker", broker.url, stdout=theirs, env=environment) as process:
                drawn = await asyncio.to_thread(read_until, ours, "Kyiv City")
                process.send_signal(signal.SIGINT)
                assert await process.wait() == 130
                left = await asyncio.to_thread(read_until, ours, "Kyiv City")
    assert "\x1b[?1049h" in drawn
    assert drawn.index("EXERCISE / НАВЧАННЯ") < drawn.index("EXERCISE ALERT. Drill action") < drawn.index("Kyiv City")
    _before, _, after = left.partition("\x1b[?1049l")
    assert "EXERCISE / НАВЧАННЯ" in after
    assert "EXERCISE ALERT" in after


async def test_a_pipe_that_is_closed_ends_it_without_a_word() -> None:
    """As `| head` does."""
    async with open_broker(target(), log=LOG) as broker, client(broker.port) as publisher:
        reading, writing = os.pipe()
        async with command("--broker", broker.url, "--json", stdout=writing) as process:
            os.close(writing)
            await asyncio.to_thread(os.read, reading, 10)
            os.close(reading)
            await publish(publisher, marked(alert("raised"), 3))
            _, errors = await process.communicate()
            assert errors == b""


async def test_a_broker_that_is_not_there_is_one_sentence() -> None:
    """Nothing listens: exit 1, at once, and what to do."""
    async with command("--broker", f"mqtt://127.0.0.1:{free_port()}") as process:
        _, errors = await process.communicate()
    assert process.returncode == 1
    assert re.fullmatch(r"nothing answers at mqtt://127\.0\.0\.1:\d+: .*is the broker on\?\n", errors.decode())


async def test_what_is_no_broker_does_not_accept_us(monkeypatch: pytest.MonkeyPatch) -> None:
    """Something listens, and hangs up."""
    monkeypatch.setattr("alertsim.subscriber.receive._TIMEOUT_S", 0.2)
    server = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(BrokerError, match=f"mqtt://127.0.0.1:{port} does not accept us: "):
            await receiver(port).run()


async def test_a_time_that_is_over_ends_it_well_only_where_it_is_connected() -> None:
    """A script must see that it did not hear everything."""
    port = free_port()
    async with open_broker(target(port=port), log=LOG), subscribing(port, duration_s=0.2) as script:
        await asyncio.wait_for(script.attending, PATIENCE_S)
    async with open_broker(target(port=port), log=LOG):
        context = subscribing(port, duration_s=3)
        script = await context.__aenter__()
    await script.until(what="connection", connected=False)
    with pytest.raises(BrokerError, match="was lost and did not come back"):
        await asyncio.wait_for(script.attending, PATIENCE_S)
    await context.__aexit__(None, None, None)


def test_all_options_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is typed becomes what is listened to and shown."""
    wishes: list[Wish] = []

    async def note(wish: Wish) -> None:
        wishes.append(wish)

    monkeypatch.setattr("alertsim.cli.subscribe.attend", note)
    typed = "--exercise night-1 --area Київ --area UA-32/75 --client flat-7 --no-ack --json --duration 30s --lang uk"
    found = CliRunner().invoke(app, ["subscribe", *typed.split()])
    assert (found.exit_code, found.output) == (0, "")
    expected = Wish(
        target=Target("external", 21883),
        filters=filters("night-1", [KYIV, RAION]),
        watched=(KYIV, RAION),
        identifier="exercise-subscriber-flat-7",
        acknowledges=False,
        lang=Language.UK,
        as_json=True,
        duration_s=30,
    )
    assert wishes == [expected]


@pytest.mark.parametrize(
    ("options", "advice"),
    [
        (("--area", "Atlantis"), "no area is called 'Atlantis'"),
        (("--exercise", "Night 1"), "expected 3 to 64 lower-case letters"),
        (("--client", "a/b"), "expected 1 to 40 lower-case letters"),
        (("--duration", "soon"), "expected a duration like 90s"),
        (("--broker", "http://example.org"), "expected embedded, mosquitto, or a URL"),
    ],
)
def test_wrong_input_says_what_to_write(options: tuple[str, ...], advice: str) -> None:
    """An input error, before anything is connected."""
    found = CliRunner().invoke(app, ["subscribe", *options])
    assert isinstance(found.exception, InputError)
    assert advice in str(found.exception)


@pytest.mark.parametrize(("text", "port"), [("embedded", 21883), ("mosquitto", 21883), ("mqtt://127.0.0.1:1999", 1999)])
def test_a_phone_starts_no_broker(text: str, port: int) -> None:
    """The names of brokers `run` starts mean the port where those listen first."""
    assert read_external(text) == Target("external", port)
