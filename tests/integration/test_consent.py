"""A broker elsewhere takes part only as long as its owner says so, and everything of ours leaves when he does not."""

import asyncio
import json
import re
import shutil
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import aiomqtt
import pytest
import structlog

from alertsim.broker import Access, Consent, Target, giving, open_broker, parse_target
from alertsim.broker.asking import consented
from alertsim.broker.client import Door
from alertsim.broker.consent import TOPIC
from alertsim.clock import unix_us
from alertsim.errors import BrokerError
from alertsim.times import Millis, rfc3339
from tests.e2e.programs import PROGRAM, Program
from tests.integration.real import OWNERS, SECRET, Mosquitto, free_ports, needs_mosquitto

pytestmark = needs_mosquitto

LOG = structlog.wrap_logger(None, processors=[structlog.testing.LogCapture()])
_CONFIGURATION = """\
listener {port} {host}
allow_anonymous false
password_file {{folder}}/passwords
acl_file {{folder}}/acl
"""
OWNER = Access(password=OWNERS)
SELF = Access(password=SECRET)


def consent(left_s: float = 3_600, clients: int = 10, pace: float = 1_000) -> Consent:
    """A consent for so many seconds from now."""
    until = rfc3339(Millis(unix_us() // 1_000 + int(left_s * 1_000)), 0)
    return Consent("Network control, +380 44 000 00 00", until, clients, pace)


@dataclass
class House:
    """A broker of somebody, who is asked as if he were elsewhere."""

    broker: Mosquitto
    port: int

    def door(self, user: str = "director", access: Access = SELF) -> Door:
        return Door(parse_target(f"mqtt://{user}@127.0.0.1:{self.port}"), "127.0.0.1", access)

    async def say(self, words: Consent | bytes) -> None:
        """The owner retains something."""
        document = words.document() if isinstance(words, Consent) else words
        async with self.door("owner", OWNER).client() as client:
            await client.publish(TOPIC, document, qos=1, retain=True)

    def connected(self) -> set[str]:
        """The clients that the broker's log says are connected."""
        there: set[str] = set()
        for line in self.broker.log.splitlines():
            if found := re.search(r"New client connected from \S+ as (\S+)", line):
                there.add(found[1])
            elif (found := re.search(r"Client (\S+) (disconnected|closed|has exceeded)", line)) or (
                found := re.search(r"on client (\S+)\.|Client (\S+) already", line)
            ):
                there.discard(found[1])
        return there


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    (port,) = free_ports(1)
    with Mosquitto(tmp_path, _CONFIGURATION.format(port=port, host="127.0.0.1")) as broker:
        yield House(broker, port)


async def refusal(door: Door, clients: int = 1) -> str:
    """Why nobody is let in."""
    with pytest.raises(BrokerError) as error:
        async with consented([door], clients, LOG):
            pytest.fail("let in")
    return str(error.value)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (b"", "is another machine, and nobody there has consented to an exercise; .*alertsim consent give"),
        (b"yes", r"the consent on alertsim-consent/v1 cannot be read \(not JSON\)"),
        (b"{}", r"cannot be read \(no contact\)"),
        (consent(-1), "the consent of Network control, .* ended at "),
        (consent(clients=3), "allows 3 of the 4 connections this takes .*--max-clients 4"),
    ],
    ids=["none", "no json", "empty", "over", "too few"],
)
async def test_who_has_no_consent_is_not_let_in(
    house: House, monkeypatch: pytest.MonkeyPatch, words: Consent | bytes, sentence: str
) -> None:
    """Without a document that holds and is large enough nobody connects but the one who asks, who then leaves."""
    monkeypatch.setattr("alertsim.broker.asking.ANSWER_S", 0.3)
    if words:
        await house.say(words)
    said = await refusal(house.door(), clients=3)
    assert re.search(sentence, said), said
    assert "\n" not in said
    assert house.broker.log.count("u'director'") == 1
    assert re.search(r"as alertsim-asks-for-consent-\w+ .*u'director'", house.broker.log)


async def test_one_address_elsewhere_is_elsewhere(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that is this machine and another one needs consent too, whichever would have answered."""
    monkeypatch.setattr("alertsim.broker.asking.ANSWER_S", 0.1)

    async def both(_target: Target) -> tuple[str, ...]:
        return ("127.0.0.1", "10.77.0.1")

    monkeypatch.setattr("alertsim.broker.opening.addresses_of", both)
    with pytest.raises(BrokerError, match="nobody there has consented"):
        async with open_broker(house.door().target, log=LOG, access=SELF):
            pytest.fail("let in")


@pytest.mark.parametrize("user", ["greedy", "player"])
async def test_who_could_consent_to_himself_is_not_let_in(
    house: House, monkeypatch: pytest.MonkeyPatch, user: str
) -> None:
    """A login that may write the document is refused, and so is one that may not even read it; nothing is changed."""
    monkeypatch.setattr("alertsim.broker.asking.ANSWER_S", 0.3)
    words = consent()
    await house.say(words)
    said = await refusal(house.door(user))
    assert ("our own login may write alertsim-consent/v1" in said) is (user == "greedy")
    assert await giving.given(house.door().target, SELF) == words.document()


async def test_consent_covers_what_it_says(house: House) -> None:
    """With consent the door opens, knows what was consented to, and lets connections through at that pace."""
    words = consent(pace=10)
    await house.say(words)
    async with consented([house.door()], 1, LOG) as door:
        assert door.permit.consent == words
        begun = time.monotonic()
        for n in range(4):
            async with door.client(identifier=f"c{n}"):
                pass
        assert time.monotonic() - begun > 0.29


@pytest.mark.parametrize(
    ("words", "sentence"),
    [(b"", "has withdrawn"), (b"no", "cannot be read"), (consent(-1), "ended at"), (consent(clients=1), "allows 1 of")],
    ids=["withdrawn", "unreadable", "over", "fewer"],
)
async def test_changing_his_mind_sends_us_away(
    house: House, monkeypatch: pytest.MonkeyPatch, words: Consent | bytes, sentence: str
) -> None:
    """A change that forbids us is told at once; whoever stays all the same is cut, and cannot come back."""
    monkeypatch.setattr("alertsim.broker.asking.GRACE_S", 0.5)
    await house.say(consent())

    async def stay(door: Door) -> None:
        async with door.client(identifier="stays") as client:
            await anext(client.messages)

    async def change() -> None:
        async with consented([house.door()], 1, LOG) as door:
            staying.append(asyncio.create_task(stay(door)))
            await until(lambda: "stays" in house.connected())
            await house.say(words)
            assert re.search(sentence, await asyncio.wait_for(door.permit.over(), 2))
            assert "stays" in house.connected()
            async with door.client(identifier="comes-back"):
                pytest.fail("came back")

    staying: list[asyncio.Task[None]] = []
    with pytest.raises(BrokerError, match=sentence):
        await change()
    with pytest.raises(aiomqtt.MqttError):
        await asyncio.wait_for(staying[0], 2)
    await until(lambda: not house.connected())
    assert "comes-back" not in house.broker.log


async def until(condition: Callable[[], bool]) -> None:
    """Wait for what a log says."""
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - a log sets no event
            await asyncio.sleep(0.02)


async def test_time_runs_out(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """At `until` it is over, though nobody says a word."""
    monkeypatch.setattr("alertsim.broker.asking.GRACE_S", 0.1)
    await house.say(consent(left_s=1.2))
    begun = time.monotonic()
    with pytest.raises(BrokerError, match="ended at"):
        async with consented([house.door()], 1, LOG):
            await asyncio.Event().wait()
    assert time.monotonic() - begun < 5


async def test_more_is_not_less(house: House) -> None:
    """A longer or larger consent in the middle changes nothing for who is there."""
    await house.say(consent())
    async with consented([house.door()], 1, LOG) as door:
        await house.say(replace(consent(), max_clients=77))
        await until(lambda: door.permit.consent is not None and door.permit.consent.max_clients == 77)
        async with door.client(identifier="still"):
            pass


async def test_after_a_restart_he_is_asked_again(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """While nobody can tell, new connections wait; a broker that has forgotten the consent has withdrawn it."""
    monkeypatch.setattr("alertsim.broker.asking.GRACE_S", 0.1)
    monkeypatch.setattr("alertsim.broker.asking.ANSWER_S", 1.0)
    await house.say(consent())

    async def restart() -> None:
        async with consented([house.door()], 1, LOG) as door:
            house.broker.end()
            house.broker.start()
            await _enter(door, "too-early")

    with pytest.raises(BrokerError, match="has withdrawn the consent"):
        await restart()
    assert "too-early" not in house.broker.log


async def test_after_a_restart_he_may_consent_again(house: House) -> None:
    """A consent that stands again when we ask again lets us through again."""
    await house.say(consent())
    async with consented([house.door()], 1, LOG) as door:
        house.broker.end()
        house.broker.start()
        await house.say(consent())
        await asyncio.wait_for(_enter(door, "back-again"), 10)
    assert "back-again" in house.broker.log


async def _enter(door: Door, name: str) -> None:
    await until(lambda: not door.permit._confirmed.is_set())
    async with door.client(identifier=name):
        pass


async def test_who_cannot_ask_leaves(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the connection that watches is lost and cannot be made again, all others are cut."""
    monkeypatch.setattr("alertsim.broker.permit.UNSURE_S", 0.2)
    await house.say(consent())
    async with consented([house.door()], 1, LOG) as door, door.client(identifier="stays") as client:
        watched = next(name for name in house.connected() if name.startswith("alertsim-asks"))
        async with replace(house.door(), access=SELF).client(identifier=watched):  # takes its connection over
            with pytest.raises(aiomqtt.MqttError):
                await asyncio.wait_for(anext(client.messages), 5)


@dataclass
class Tunnel:
    """A relay to a broker; once `frozen` it takes everything and passes nothing on, without a word to anybody."""

    port: int
    frozen: bool = False
    writers: list[asyncio.StreamWriter] = field(default_factory=list)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self.port)
        self.writers += [writer, back]
        await asyncio.gather(self._pass_on(reader, back), self._pass_on(there, writer))

    async def close(self) -> None:
        for writer in self.writers:
            writer.transport.abort()
            with suppress(ConnectionError):
                await writer.wait_closed()

    async def _pass_on(self, source: asyncio.StreamReader, into: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await source.read(4096):
                if not self.frozen:
                    into.write(data)
        into.close()


async def test_who_hears_nothing_any_more_leaves(house: House) -> None:
    """A network that dies without a word: within the five seconds of a withdrawal nothing of ours is connected."""
    await house.say(consent())
    tunnel = Tunnel(house.port)
    server = await asyncio.start_server(tunnel.talk, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        door = Door(parse_target(f"mqtt://director@127.0.0.1:{port}"), "127.0.0.1", SELF)
        async with consented([door], 1, LOG) as opened, opened.client(identifier="stays", keepalive=60) as client:
            tunnel.frozen = True
            begun = time.monotonic()
            with pytest.raises(aiomqtt.MqttError):
                await asyncio.wait_for(anext(client.messages), 15)
            took = time.monotonic() - begun
        server.close()
        await tunnel.close()
    assert took < 5, took


@dataclass
class Liar:
    """A broker that answers as it is told: to a publish with `verdict`, and passing it on all the same, or silence."""

    document: bytes
    verdict: int | None
    passes_on: bool = False
    heard: list[int] = field(default_factory=list)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                kind, size = await reader.readexactly(2)
                if size & 0x80:
                    size = size - 0x80 + 0x80 * (await reader.readexactly(1))[0]
                self._answer(kind >> 4, await reader.readexactly(size), writer)
        writer.close()

    def _answer(self, kind: int, body: bytes, writer: asyncio.StreamWriter) -> None:
        self.heard.append(kind)
        if kind == 1:
            writer.write(b"\x20\x03\x00\x00\x00")
        if kind == 8:
            writer.write(b"\x90\x04" + body[:2] + b"\x00\x01" + (b"" if self.heard.count(8) > 1 else self._said(1)))
        if kind == 3:
            name = int.from_bytes(body[:2])
            if self.verdict is not None:
                writer.write(b"\x40\x03" + body[2 + name : 4 + name] + bytes([self.verdict]))
            if self.passes_on:
                writer.write(self._said(0))

    def _said(self, retain: int) -> bytes:
        body = len(TOPIC).to_bytes(2) + TOPIC.encode() + b"\x00" + self.document
        return bytes([0x30 | retain, len(body) & 0x7F | 0x80, len(body) >> 7]) + body


@asynccontextmanager
async def listening(liar: Liar) -> AsyncIterator[Door]:
    server = await asyncio.start_server(liar.talk, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        yield Door(parse_target(f"mqtt://127.0.0.1:{port}"), "127.0.0.1")
        server.close()


@pytest.mark.parametrize(
    ("verdict", "passes_on"), [(0x00, False), (0x10, False), (0x80, False), (0x83, False), (0x87, True), (0x00, True)]
)
async def test_brokers_that_do_not_say_no(verdict: int, passes_on: bool) -> None:
    """Any answer but "not authorized" will not do, nor does one that is followed by our own words."""
    async with listening(Liar(consent().document(), verdict, passes_on)) as door:
        assert "or the broker does not say that it may not" in await refusal(door)


async def test_a_broker_that_says_no() -> None:
    """The same broker is believed when it says no and does so."""
    liar = Liar(consent().document(), 0x87)
    async with listening(liar) as door, consented([door], 1, LOG) as opened:
        assert opened.permit.consent is not None
    assert liar.heard.count(3) == 1


async def test_a_broker_that_is_silent_about_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """No answer is no consent, within a bounded time."""
    monkeypatch.setattr("alertsim.broker.client.TIMEOUT_S", 0.3)
    async with listening(Liar(consent().document(), None)) as door:
        assert "does not accept us" in await refusal(door)


class Elsewhere:
    """A network of its own with the address 10.77.0.1, in which programs are started."""

    def __init__(self, folder: Path, life: ExitStack) -> None:
        self.folder, self._life = folder, life
        setup = "ip link set lo up && ip addr add 10.77.0.1/24 dev lo && echo ready && exec sleep 300"
        self._holder = subprocess.Popen(
            ["unshare", "--map-root-user", "--net", "sh", "-c", setup],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        life.callback(self._end)
        assert self._holder.stdout is not None
        if self._holder.stdout.readline() != "ready\n":
            pytest.skip(f"no network namespace here: {self._holder.communicate()[1].strip()}")
        space = ("--target", str(self._holder.pid), "--user", "--net", "--preserve-credentials")
        self.inside = ("nsenter", *space, "--")
        configuration = _CONFIGURATION.format(port=1883, host="10.77.0.1")
        self.broker = life.enter_context(Mosquitto(folder, configuration, *self.inside))

    def alertsim(self, *arguments: str, password: str = SECRET) -> Program:
        """The program, in that network."""
        environment = {"ALERTSIM_PASSWORD": password}
        command = (*self.inside, PROGRAM, *arguments)
        return self._life.enter_context(Program(*command, folder=self.folder, environment=environment))

    def say(self, words: bytes) -> None:
        """The owner retains something, without our program."""
        command = ("mosquitto_pub", "-h", "10.77.0.1", "-u", "owner", "-P", OWNERS, "-t", TOPIC, "-r", "-s")
        subprocess.run([*self.inside, *command], input=words, check=True)

    def owner(self, *arguments: str) -> Program:
        """`alertsim consent`, by the owner."""
        return self.alertsim(
            "consent", arguments[0], "--broker", "mqtt://owner@10.77.0.1", *arguments[1:], password=OWNERS
        )

    def run(self, *options: str, user: str = "director") -> Program:
        """An exercise at the broker there."""
        scenario = ("kyiv-2023-12-13", "--out", "runs", "--json")
        return self.alertsim("run", *scenario, "--broker", f"mqtt://{user}@10.77.0.1", *options)

    def _end(self) -> None:
        self._holder.kill()
        self._holder.communicate()


GIVE = ("give", "--contact", "Network control", "--until", "+1h", "--yes")
CALM = ("--from", "2023-12-13T03:10:00+02:00", "--rate", "1")


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Elsewhere]:
    if not (shutil.which("unshare") and shutil.which("nsenter") and shutil.which("ip")):
        pytest.skip("unshare, nsenter and ip are not all installed")
    with ExitStack() as life:
        yield Elsewhere(tmp_path, life)


def test_without_consent_nothing_goes_elsewhere(elsewhere: Elsewhere) -> None:
    """No consent: `run`, `subscribe` and `clear` exit 1 with one sentence, and nobody connected but to ask."""
    url = "mqtt://director@10.77.0.1"
    programs = [
        elsewhere.run(),
        elsewhere.alertsim("subscribe", "--broker", url),
        elsewhere.alertsim("clear", "--broker", url, "--exercise", "night-1"),
    ]
    for program in programs:
        assert (program.ended(), program.out) == (1, "")
        assert "nobody there has consented to an exercise; its owner gives it with `alertsim consent" in program.err
    names = re.findall(r"New client connected from \S+ as (\S+)", elsewhere.broker.log)
    assert len(names) == elsewhere.broker.log.count("New connection from") == 3
    assert all(name.startswith("alertsim-asks-for-consent-") for name in names)
    assert not (elsewhere.folder / "runs").exists()


def test_with_consent_it_runs_to_its_end(elsewhere: Elsewhere) -> None:
    """The owner consents, looks at it, and a whole exercise runs: exit 0."""
    give = elsewhere.owner(*GIVE)
    assert give.ended() == 0, give.err
    assert "up to 10 connections at once, 5 new ones a second" in give.err
    show, run = elsewhere.owner("show"), elsewhere.run("--rate", "max")
    assert show.ended() == 0
    assert re.match(r"Network control: until .* \(for another 59m\d+s\)", show.out)
    assert run.ended() == 0, run.err
    assert json.loads(run.out)["failures"] == []


def test_withdrawn_in_the_middle(elsewhere: Elsewhere) -> None:
    """Withdrawn: the exercise has been ended and cleared, and has left, within 5 s; exit 1, and it says why."""
    elsewhere.say(consent().document())
    run = elsewhere.run(*CALM, "--exercise", "sent-away-1")
    while _retained(elsewhere, "exercise/sent-away-1/public/alert/#").count("UA-30") == 0:
        assert run.process.poll() is None, run.err
    withdraw = elsewhere.owner("withdraw")
    withdraw.says("consent withdrawn")
    begun = time.monotonic()
    assert run.ended() == 1
    assert time.monotonic() - begun < 5
    assert "the owner of the broker at mqtt://10.77.0.1:1883 has withdrawn the consent" in run.err.splitlines()[-1]
    assert re.findall(r"Client (\S+) disconnected", elsewhere.broker.log)[-1].startswith(("exercise-", "alertsim-asks"))
    assert "New client" not in elsewhere.broker.log.rpartition("exercise-sent-away-1-publisher disconnected")[2]
    assert _retained(elsewhere, "exercise/#") == ""
    assert json.loads(run.out)["recording"]


def test_our_own_login_may_write_it(elsewhere: Elsewhere) -> None:
    """A login that could consent for itself: exit 1, and no connection that publishes."""
    elsewhere.say(consent().document())
    run = elsewhere.run(user="greedy")
    assert (run.ended(), run.out) == (1, "")
    assert "our own login may write alertsim-consent/v1" in run.err
    assert "publisher" not in elsewhere.broker.log


def test_only_the_owner_consents(elsewhere: Elsewhere) -> None:
    """Without a terminal and --yes nobody consents, with another login nobody can; a time that has passed is none."""
    asked = elsewhere.owner(*GIVE[:-1])
    other = elsewhere.alertsim("consent", *GIVE, "--broker", "mqtt://director@10.77.0.1")
    late = elsewhere.owner("give", "--contact", "x", "--until", "2020-01-01T00:00:00+00:00", "--yes")
    show = elsewhere.owner("show")
    assert (asked.ended(), asked.out) == (2, "")
    assert "type 10.77.0.1 when asked on a terminal, or add --yes" in asked.err
    assert other.ended() == 1
    assert "does not let this login write alertsim-consent/v1: use the owner's login" in other.err
    assert (late.ended(), late.err) == (2, "--until 2020-01-01T00:00:00+00:00 has passed already\n")
    assert (show.ended(), show.out) == (3, "no consent at mqtt://10.77.0.1:1883\n")


def _retained(there: Elsewhere, topics: str) -> str:
    command = ["mosquitto_sub", "-h", "10.77.0.1", "-u", "owner", "-P", OWNERS, "-t", topics, "-v", "-W", "1"]
    found = subprocess.run([*there.inside, *command, "--retained-only"], capture_output=True, text=True, check=False)
    assert found.stderr in {"", "Timed out\n"}
    return found.stdout
