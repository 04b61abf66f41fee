"""The clients of others that README shows, each run as README has it, against a real exercise at a real broker."""

import json
import os
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

from tests.e2e import marks
from tests.e2e.locked import PASSWORD, LockedBroker
from tests.e2e.programs import Program, is_message
from tests.e2e.world import CALM, ROOT, SCENARIO, Mosquitto, World, free_port

README = Path(os.environ.get("ALERTSIM_README") or ROOT / "README.md")
SECTION = re.compile(r"^## Somebody else's clients\n(.*?)(?=^## |\Z)", re.DOTALL | re.MULTILINE)
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
PORT = "21883"
OFFLINE = re.compile("ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH")
KYIV = ("EXERCISE. Air raid alert: Kyiv City", "НАВЧАЛЬНА ТРИВОГА. Повітряна тривога: м. Київ")

pytestmark = pytest.mark.mosquitto
npm = [
    pytest.mark.skipif(not shutil.which("npm"), reason="npm is not installed"),
    pytest.mark.timeout(600),  # the first time, what they need is fetched
]


@pytest.fixture
def broker(world: World) -> Mosquitto:
    """A broker with an exercise in which three alerts stand."""
    broker = world.mosquitto()
    run = world.run(broker, *CALM)
    run.says("exercise/")
    return broker


class TestMosquittoSub:
    def test_it_shows_what_stands(self, world: World, broker: Mosquitto) -> None:
        """Each message with its user properties, its topic and its payload."""
        (command,) = blocks("mosquitto_sub", "sh")
        line = run_by_shell(world, at(broker.port, command)).says("public/alert/UA-30")
        properties, topic, payload = line.split(" | ")
        assert properties.startswith("status:Exercise exercise:kyiv-2023-12-13-")
        assert json.loads(payload)["headline"]["en"].startswith(KYIV[0])
        assert topic.startswith("exercise/kyiv-2023-12-13-")


class TestMqttJs:
    pytestmark = npm

    def test_it_shows_and_answers(self, world: World, broker: Mosquitto, modules: Path) -> None:
        """The headline with the mark around it, the mark again as user properties, and an answer that is marked too."""
        watcher = world.watch(broker.port)
        phone = self.phone(world, modules, f"mqtt://127.0.0.1:{broker.port}")
        assert '"status":"Exercise"' in phone.says(KYIV[0])
        answer = marks.read(watcher.until(lambda line: is_message(line) and "/ack/phone-js" in line).rstrip("\n"))
        assert (answer.body["event"], answer.body["what"]) == ("alert-kyiv:raised", "received")
        watcher.all_marked()

    def test_it_reaches_the_locked_broker(self, world: World, modules: Path) -> None:
        """The same script takes part over TLS, with the player's password and the broker's own authority."""
        with LockedBroker(make(world.folder / "locked")) as broker:
            home = broker.folder / "player"
            login = {"MQTT_USER": "player", "MQTT_PASSWORD": (home / "password").read_text().strip()}
            trust = {"NODE_EXTRA_CA_CERTS": str(home / "ca.crt")}
            world.alertsim("run", SCENARIO, *CALM, *broker.options("director")).says("exercise/")
            with broker.listening("observer", "exercise/+/ack/#") as observer:
                phone = self.phone(world, modules, f"mqtts://localhost:{broker.ports[PASSWORD]}", **login, **trust)
                phone.says(KYIV[0])
                observer.says("/ack/phone-js")

    def phone(self, world: World, modules: Path, url: str, **environment: str) -> Program:
        (script,) = blocks("MQTT.js", "js")
        install, start = blocks("MQTT.js", "sh")[0].splitlines()
        folder = make(modules / "mqtt-js")
        (folder / "phone.mjs").write_text(script, encoding="utf-8")
        fetch(install, folder)
        return run_by_shell(world, start.replace(f"mqtt://127.0.0.1:{PORT}", url), folder, **environment)


class TestNodeRed:
    pytestmark = npm

    def test_it_shows_what_is_raised(self, world: World, broker: Mosquitto, modules: Path) -> None:
        """The flow prints the headline of the alert that is raised, with the mark around it."""
        (flow,) = blocks("Node-RED", "json")
        install, start = blocks("Node-RED", "sh")[0].splitlines()
        folder = make(modules / "node-red")
        fetch(install, folder)
        (folder / "flow.json").write_text(at(broker.port, flow), encoding="utf-8")
        home = make(world.folder / "node-red")
        start = start.replace("uiHost=127.0.0.1", f"uiHost=127.0.0.1 -D uiPort={free_port()}")
        node_red = run_by_shell(world, start.replace("--userDir .", f"--userDir '{home}'"), folder)
        node_red.says(KYIV[1], patience_s=60)


@pytest.fixture(scope="session")
def modules(pytestconfig: pytest.Config) -> Path:
    """Where npm's packages are kept from one run of the tests to the next."""
    return pytestconfig.cache.mkdir("npm")


@cache
def blocks(client: str, language: str) -> list[str]:
    """The blocks of one language that README shows for a client."""
    section = SECTION.search(README.read_text(encoding="utf-8"))
    assert section, f"{README} has no section on clients"
    own = section[1].partition(f"**{client}**")[2].partition("\n**")[0]
    return [text for kind, text in BLOCK.findall(own) if kind == language]


def at(port: int, text: str) -> str:
    """The same, at another port than README's."""
    assert PORT in text
    return text.replace(PORT, str(port))


def run_by_shell(world: World, command: str, folder: Path | None = None, **environment: str) -> Program:
    """Run what README says, in the world's folder or another."""
    return world.program("stdbuf", "-oL", "sh", "-c", f"cd '{folder or world.folder}' && {command}", **environment)


def fetch(command: str, folder: Path) -> None:
    """Run README's `npm install …`; where the registry is out of reach, skip."""
    quiet = ["--no-audit", "--no-fund", "--prefer-offline", "--prefix", str(folder)]
    done = subprocess.run([*command.split(), *quiet], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode and (reason := OFFLINE.search(done.stderr)):
        pytest.skip(f"npm reaches no registry: {reason[0]}")
    assert done.returncode == 0, done.stderr


def make(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    return folder
