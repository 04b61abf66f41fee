"""Brokers as people run them: TLS with client certificates, logins, WebSocket; and what goes wrong with each."""

import json
import os
import pty
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
import structlog

from alertsim.broker import Access, nobody_confirms, open_broker, parse_target
from alertsim.broker.client import Door
from alertsim.broker.probe import look_around
from alertsim.errors import AlertSimError, BrokerError, InputError
from tests.e2e.programs import PROGRAM, Program
from tests.integration.real import (
    SECRET,
    Certificates,
    Mosquitto,
    certificates,
    free_ports,
    needs_mosquitto,
    needs_openssl,
)

pytestmark = [*needs_mosquitto, needs_openssl]

LOG = structlog.wrap_logger(None, processors=[structlog.testing.LogCapture()])
RUN = ("run", "kyiv-2023-12-13", "--out", "runs")
CALM = (*RUN, "--from", "2023-12-13T03:10:00+02:00", "--rate", "1")

_CONFIGURATION = """\
per_listener_settings true
listener {certified} 127.0.0.1
cafile {{folder}}/ca.pem
certfile {{folder}}/server.pem
keyfile {{folder}}/server.key
require_certificate true
allow_anonymous true
listener {misnamed} 127.0.0.1
certfile {{folder}}/elsewhere.pem
keyfile {{folder}}/elsewhere.key
allow_anonymous true
listener {overdue} 127.0.0.1
certfile {{folder}}/overdue.pem
keyfile {{folder}}/overdue.key
allow_anonymous true
listener {web} 127.0.0.1
protocol websockets
allow_anonymous true
listener {secure_web} 127.0.0.1
protocol websockets
certfile {{folder}}/server.pem
keyfile {{folder}}/server.key
password_file {{folder}}/passwords
listener {login} 127.0.0.1
password_file {{folder}}/passwords
acl_file {{folder}}/acl
"""
_LISTENERS = ("certified", "misnamed", "overdue", "web", "secure_web", "login")


@dataclass(frozen=True)
class House:
    """A broker with a listener of each kind, and the certificates for it."""

    broker: Mosquitto
    pem: Certificates
    ports: dict[str, int]

    def url(self, text: str) -> str:
        """A URL with a listener's name for its port."""
        return re.sub(r":(\w+)(?=/|$)", lambda found: f":{self.ports.get(found[1], found[1])}", text)

    @property
    def certified(self) -> tuple[str, ...]:
        """Options for the listener that wants a client certificate."""
        return (
            *("--broker", self.url("mqtts://localhost:certified"), "--ca", str(self.pem["ca.pem"])),
            *("--cert", str(self.pem["client.pem"]), "--key", str(self.pem["client.key"])),
        )

    def retained(self) -> str:
        """What any topic of an exercise retains."""
        port = str(self.ports["certified"])
        found = subprocess.run(
            [
                *("mosquitto_sub", "-h", "localhost", "-p", port, "--cafile", self.pem["ca.pem"]),
                *("--cert", self.pem["client.pem"], "--key", self.pem["client.key"], "-t", "exercise/#", "-t", "$x"),
                *("--retained-only", "-W", "1", "-v"),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        assert found.stderr in {"", "Timed out\n"}
        return found.stdout


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("house")
    ports = dict(zip(_LISTENERS, free_ports(len(_LISTENERS)), strict=True))
    pem = certificates(folder)
    with Mosquitto(folder, _CONFIGURATION.format(**ports)) as broker:
        yield House(broker, pem, ports)


@pytest.fixture
def alertsim(tmp_path: Path) -> Iterator["Starter"]:
    with ExitStack() as life:
        yield Starter(tmp_path, life)


@dataclass(frozen=True)
class Starter:
    """Starts the program in a folder of the test."""

    folder: Path
    life: ExitStack

    def __call__(self, *arguments: str, **environment: str) -> Program:
        program = Program(PROGRAM, *arguments, folder=self.folder, environment=environment)
        return self.life.enter_context(program)


def test_tls_with_a_client_certificate(house: House, alertsim: Starter) -> None:
    """A whole exercise over mqtts with a client certificate: exit 0, every message confirmed, nothing left."""
    run = alertsim(*RUN, *house.certified, "--rate", "max", "--json")
    assert (run.ended(), run.err) == (0, "")
    told = json.loads(run.out)
    assert told["broker"] == house.url("mqtts://localhost:certified")
    assert told["failures"] == []
    assert house.retained() == ""


def test_a_wrong_ca_is_one_sentence(house: House, alertsim: Starter) -> None:
    """A CA that did not sign the broker's certificate: exit 1, one sentence, no run folder."""
    run = alertsim(*RUN, *house.certified, "--ca", str(house.pem["other-ca.pem"]))
    assert (run.ended(), run.out, run.err.count("\n")) == (1, "", 1)
    assert re.search(r"localhost:\d+ is not trusted: .* not signed by the CA in .*other-ca\.pem; .*--ca", run.err)
    assert not (alertsim.folder / "runs").exists()


def test_websocket(house: House, alertsim: Starter) -> None:
    """The same over ws, said by the environment alone."""
    run = alertsim(*RUN, "--rate", "max", "--json", ALERTSIM_BROKER=house.url("ws://localhost:web"))
    assert (run.ended(), run.err) == (0, "")
    assert json.loads(run.out)["broker"] == house.url("ws://localhost:web/mqtt")


def test_the_password_is_nowhere(house: House, alertsim: Starter) -> None:
    """Over wss with a login: not in `ps`, not in what is printed, not in any file of the run."""
    (alertsim.folder / "password").write_text(f"{SECRET}\n")
    where = ("--broker", house.url("wss://director@localhost:secure_web"), "--ca", str(house.pem["ca.pem"]))
    run = alertsim(*CALM, *where, "--password-file", "password", "--exercise", "hidden-1")
    run.says("Air raid alert")
    seen = b"".join(file.read_bytes() for file in Path("/proc").glob("[0-9]*/cmdline") if _is_of(file, "hidden-1"))
    run.send(signal.SIGINT)
    assert run.ended() == 130, run.err
    assert b"hidden-1" in seen
    files = [file for file in (alertsim.folder / "runs").rglob("*") if file.is_file()]
    assert {"target.json", "run.mcap", "summary.json", "log.jsonl"} <= {file.name for file in files}
    told = b"".join([seen, run.out.encode(), run.err.encode(), *(file.read_bytes() for file in files)])
    assert b"s3cret" not in told
    assert json.loads((alertsim.folder / "runs/hidden-1/target.json").read_text())["broker"].startswith(
        "wss://director@"
    )


def _is_of(cmdline: Path, exercise: str) -> bool:
    try:
        return exercise.encode() in cmdline.read_bytes()
    except OSError:
        return False  # it has just ended


def test_clear_after_a_kill(house: House, alertsim: Starter) -> None:
    """`clear` takes back what a killed run left at such a broker, with the credentials it is given itself."""
    run = alertsim(*CALM, *house.certified, "--exercise", "dead-1")
    run.says("Air raid alert")
    while "exercise/dead-1/public/alert/UA-30" not in house.retained():
        assert run.process.poll() is None, run.err
    run.send(signal.SIGKILL)
    run.ended()
    blind = alertsim("clear", "--out", "runs")
    assert (blind.ended(), blind.err.count("\n")) == (1, 1), blind.err
    assert re.search("dead-1: the broker at mqtts://localhost:.* is not trusted", blind.err)
    clear = alertsim("clear", "--out", "runs", *house.certified)
    assert (clear.ended(), clear.err) == (0, "")
    assert re.fullmatch(r"dead-1: \d+ retained topics cancelled and cleared\n", clear.out)
    assert house.retained() == ""


def test_a_phone_over_tls(house: House, alertsim: Starter) -> None:
    """`subscribe` hears an exercise over mqtts, and its acknowledgements arrive."""
    phone = alertsim("subscribe", *house.certified, "--json", "--exercise", "heard-1", "--client", "flat-7")
    phone.says('"connected":true')
    run = alertsim(*RUN, *house.certified, "--rate", "max", "--json", "--exercise", "heard-1")
    assert run.ended() == 0, run.err
    phone.says("UA-30")
    assert json.loads(run.out)["acknowledged"] > 0


_FILES = {"ca": "ca.pem", "cert": "client.pem", "key": "client.key"}
_REFUSALS = {
    "another ca": (
        "mqtts://localhost:certified",
        {**_FILES, "ca": "other-ca.pem"},
        "not signed by the CA in .*other-ca",
    ),
    "no ca": (
        "mqtts://localhost:certified",
        {"cert": "client.pem", "key": "client.key"},
        "no authority.*give .*--ca FILE",
    ),
    "another name": ("mqtts://localhost:misnamed", {"ca": "ca.pem"}, "certificate is not for localhost"),
    "another address": ("mqtts://127.0.0.1:misnamed", {"ca": "ca.pem"}, r"certificate is not for 127\.0\.0\.1"),
    "overdue": ("mqtts://localhost:overdue", {"ca": "ca.pem"}, "its certificate has expired; who runs it must renew"),
    "no certificate": ("mqtts://localhost:certified", {"ca": "ca.pem"}, "wants a client certificate.*--cert FILE"),
    "a stranger's": (
        *("mqtts://localhost:certified", {"ca": "ca.pem", "cert": "stranger.pem", "key": "stranger.key"}),
        "does not take our certificate .*stranger.pem",
    ),
    "an expired one": (
        *("mqtts://localhost:certified", {"ca": "ca.pem", "cert": "expired.pem", "key": "expired.key"}),
        "our certificate .*expired.pem has expired",
    ),
    "no tls at a tls port": ("mqtt://localhost:certified", {}, r"does this port want TLS \(mqtts://\)"),
    "tls at a plain port": ("mqtts://localhost:login", {"ca": "ca.pem"}, "does this port speak TLS"),
    "no websocket": ("ws://localhost:login", {}, "no MQTT over WebSocket at /mqtt"),
    "mqtt at a websocket": ("mqtt://localhost:web", {}, "is it an MQTT 5 broker"),
    "no login": ("mqtt://localhost:login", {}, "it wants a login; write USER@"),
    "no password": ("mqtt://director@localhost:login", {}, "no password for director; put it in .ALERTSIM_PASSWORD"),
    "a wrong password": (
        "mqtt://director@localhost:login",
        {"password": "wr0ng"},
        "wrong user or password for director",
    ),
    "nobody there": ("mqtts://localhost:1", {"ca": "ca.pem"}, "nothing answers at mqtts://localhost:1: .*refused"),
}
_MISTAKES = {
    "no such ca": ({"ca": "none.pem"}, "--ca .*none.pem: No such file"),
    "no pem": ({"ca": "ca.srl"}, "--ca .*ca.srl: no certificate in it"),
    "no key": ({"ca": "ca.pem", "cert": "client.pem"}, "--cert .*no --key was given.*in PEM"),
    "another key": ({"cert": "client.pem", "key": "stranger.key"}, "stranger.key is not the key of --cert"),
    "a locked key": ({"cert": "client.pem", "key": "locked.key"}, "locked.key has a passphrase; .*openssl pkey"),
}


def _access(house: House, given: dict[str, str]) -> Access:
    files = {name: house.pem[text] for name, text in given.items() if name != "password"}
    return Access(files.get("ca"), files.get("cert"), files.get("key"), given.get("password"))


async def refused(house: House, url: str, given: dict[str, str]) -> AlertSimError:
    """The error with which a broker is not opened."""
    target, access = parse_target(house.url(url)), _access(house, given)
    with pytest.raises(AlertSimError) as error:
        async with open_broker(target, log=LOG, access=access, confirm=nobody_confirms):
            pytest.fail("accepted")
    return error.value


@pytest.mark.parametrize("name", _REFUSALS)
async def test_each_refusal_is_one_sentence(house: House, name: str) -> None:
    """What a broker, or its certificate, refuses is told at once, in one sentence that says what to do."""
    url, given, sentence = _REFUSALS[name]
    begun = time.monotonic()
    error = await refused(house, url, given)
    assert isinstance(error, BrokerError)
    assert re.search(sentence, str(error)), str(error)
    assert "\n" not in str(error)
    assert "wr0ng" not in str(error)
    assert time.monotonic() - begun < 4


@pytest.mark.parametrize("name", _MISTAKES)
async def test_files_that_are_wrong_are_input(house: House, name: str) -> None:
    """A file that is missing or not what its option says is told before anything is connected: exit 2."""
    given, sentence = _MISTAKES[name]
    error = await refused(house, "mqtts://localhost:certified", given)
    assert isinstance(error, InputError)
    assert re.search(sentence, str(error)), str(error)


def test_a_login_that_may_not_publish_ends_the_exercise(house: House, alertsim: Starter) -> None:
    """A broker that takes our connection but none of our messages: a player's login, exit 1, and it says whose turn."""
    url = house.url("mqtt://player@localhost:login")
    run = alertsim(*RUN, "--rate", "10", "--json", "--broker", url, ALERTSIM_PASSWORD=SECRET)
    assert run.ended() == 1
    assert "refused a message (not authorized); its owner must let our login write exercise/#" in run.err


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[tuple[Mosquitto, int]]:
    """A broker of somebody on this machine, with whatever is retained there."""
    (port,) = free_ports(1)
    with Mosquitto(tmp_path, f"listener {port} 127.0.0.1\nallow_anonymous true\n") as broker:
        yield broker, port


def retain(port: int, topic: str, payload: str = "on") -> None:
    subprocess.run(["mosquitto_pub", "-p", str(port), "-r", "-t", topic, "-m", payload], check=True)


def test_a_broker_in_use_is_refused(plain: tuple[Mosquitto, int], alertsim: Starter) -> None:
    """Retained topics that are not ours: exit 2 where nobody can be asked, and nothing was published there."""
    retain(plain[1], "home/lamp")
    retain(plain[1], "exercise/old-1/public/state")
    run = alertsim(*RUN, "--broker", f"mqtt://127.0.0.1:{plain[1]}")
    assert (run.ended(), run.out, run.err.count("\n")) == (2, "", 1)
    assert "has the retained topic 'home/lamp'; use one of the exercise's own, or confirm on a terminal" in run.err
    assert "publisher" not in plain[0].log


def test_its_owner_may_confirm(plain: tuple[Mosquitto, int], tmp_path: Path) -> None:
    """On a terminal, whoever types the exercise id goes on; anything else is no."""
    retain(plain[1], "home/lamp")
    for answer, code in (("yes", 2), ("mine-1", 0)):
        ours, theirs = pty.openpty()
        command = [PROGRAM, *RUN, "--rate", "max", "--exercise", "mine-1", "--broker", f"mqtt://127.0.0.1:{plain[1]}"]
        process = subprocess.Popen(command, cwd=tmp_path, stdin=theirs, stdout=theirs, stderr=theirs)
        os.close(theirs)
        assert "Type mine-1 to go there anyway: " in _read_until(ours, "anyway: ")
        os.write(ours, f"{answer}\n".encode())
        _read_until(ours, "\0")
        assert process.wait(30) == code
        os.close(ours)


def _read_until(descriptor: int, wanted: str) -> str:
    read = b""
    while wanted.encode() not in read:
        try:
            read += os.read(descriptor, 4096)
        except OSError:  # the other side has closed the terminal
            break
    return read.decode(errors="replace")


async def test_ours_is_not_foreign(plain: tuple[Mosquitto, int]) -> None:
    """Other exercises, load tests and a consent are no reason to ask."""
    for topic in ("exercise/old-1/public/state", "test/old/x", "alertsim-consent/v1"):
        retain(plain[1], topic)
    assert await look_around(Door(parse_target(f"mqtt://127.0.0.1:{plain[1]}"), "127.0.0.1")) == ()


async def test_a_bridge_is_seen(tmp_path: Path) -> None:
    """A broker that is bridged to another is in use, whether the bridge is up or not."""
    here, there = free_ports(2)
    bridge = f"connection to-the-city\naddress 127.0.0.1:{there}\ntopic home/# both\n"
    with Mosquitto(tmp_path, f"listener {here} 127.0.0.1\nallow_anonymous true\n{bridge}"):
        found = await look_around(Door(parse_target(f"mqtt://127.0.0.1:{here}"), "127.0.0.1"))
    assert len(found) == 1
    assert re.fullmatch(r"the bridge '.*to-the-city'", found[0])


async def test_thousands_of_topics_take_no_longer(plain: tuple[Mosquitto, int]) -> None:
    """Two thousand retained topics: three are named, and nobody waits for the others."""
    door = Door(parse_target(f"mqtt://127.0.0.1:{plain[1]}"), "127.0.0.1")
    async with door.client(identifier="many") as client:
        for n in range(2_000):
            await client.publish(f"home/{n}", b"x", retain=True)
        await client.publish("home/last", b"x", qos=1, retain=True)
    assert len(await look_around(door)) == 3


async def test_a_broker_that_hangs_up_on_looking(monkeypatch: pytest.MonkeyPatch) -> None:
    """The embedded broker closes the connection for a subscription to $SYS: that is no finding, and no failure."""
    monkeypatch.setattr("alertsim.broker.supervision.LINGER_S", 0.0)
    async with open_broker(parse_target("embedded"), log=LOG) as broker:
        assert await look_around(broker.door) == ()


def test_a_topic_that_is_refused_ends_the_exercise_properly(tmp_path: Path) -> None:
    """An ACL that takes alerts and refuses reports: one sentence, exit 1, and nothing is left that says alert."""
    (port,) = free_ports(1)
    (tmp_path / "partly").write_text("topic readwrite exercise/#\ntopic deny exercise/+/public/incident/#\n")
    configuration = f"listener {port} 127.0.0.1\nallow_anonymous true\nacl_file {{folder}}/partly\n"
    with Mosquitto(tmp_path, configuration), ExitStack() as stack:
        run = stack.enter_context(
            Program(
                *(PROGRAM, "run", "kyiv-2023-12-13", "--rate", "max", "--json"),
                *("--broker", f"mqtt://127.0.0.1:{port}", "--out", "runs"),
                folder=tmp_path,
            )
        )
        assert run.ended() == 1
        assert run.err.count("refused a message") == 1, run.err
        command = ["mosquitto_sub", "-p", str(port), "-t", "#", "-F", "%t", "--retained-only", "-W", "1"]
        left = subprocess.run(command, capture_output=True, text=True, check=False, timeout=20)
        assert left.stdout == ""
