"""The broker of docker-compose.yml without Docker: the same mosquitto files, only its ports are moved to loopback."""

import os
import re
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any, Self

import pytest
import yaml

from tests.e2e.programs import PATIENCE_S, Program
from tests.e2e.world import ROOT, free_port, listens

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
CONFIG = ROOT / "config" / "mosquitto"
LISTENER = re.compile(r"^listener (\d+)$", re.MULTILINE)
EARS = ("stdbuf", "-oL", "mosquitto_sub", "-V", "mqttv5", "-q", "1", "-d", "-F", "%t")
NEEDS = pytest.mark.skipif(
    not (shutil.which("mosquitto_passwd") and shutil.which("openssl")),
    reason="openssl or mosquitto_passwd is not installed",
)
PASSWORD, CERTIFICATE, WEBSOCKET = 8883, 8884, 8083


def set_up(folder: Path, **environment: str) -> str:
    """Make certificates and passwords below `folder`, as the service `setup` does; what it said."""
    done = subprocess.run(
        ["sh", str(CONFIG / "setup.sh"), str(folder)],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


class LockedBroker:
    """It runs in `folder` as in its container; `ports` says where each of its listeners is here."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "config").symlink_to(CONFIG)
        set_up(folder)
        text = (CONFIG / "mosquitto.conf").read_text(encoding="utf-8")
        self.ports = {int(port): free_port() for port in LISTENER.findall(text)}
        moved = LISTENER.sub(lambda found: f"listener {self.ports[int(found[1])]} 127.0.0.1", text)
        file = folder / "moved.conf"
        file.write_text(moved + ("user root\n" if os.geteuid() == 0 else ""), encoding="utf-8")
        with (folder / "log").open("ab") as log:
            program = shutil.which("mosquitto") or "mosquitto"
            self.process = subprocess.Popen([program, "-c", file.name], cwd=folder, stdout=log, stderr=log)

    def __enter__(self) -> Self:
        deadline = time.monotonic() + PATIENCE_S
        while not all(map(listens, self.ports.values())):
            assert self.process.poll() is None and time.monotonic() < deadline, (self.folder / "log").read_text()
            time.sleep(0.01)  # it sets no event
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait(PATIENCE_S)

    def login(self, name: str, port: int = PASSWORD) -> dict[str, str]:
        """How somebody logs in, as options of mosquitto's clients."""
        home = self.folder / name
        where = {"-h": "localhost", "-p": str(self.ports[port]), "--cafile": str(home / "ca.crt")}
        if port == CERTIFICATE:
            return where | {"--cert": str(home / "login.crt"), "--key": str(home / "login.key")}
        return where | {"-u": name, "-P": (home / "password").read_text().strip()}

    def options(self, name: str, port: int = PASSWORD) -> tuple[str, ...]:
        """The same for alertsim."""
        home = self.folder / name
        scheme, user, path = {
            PASSWORD: ("mqtts", f"{name}@", ""),
            CERTIFICATE: ("mqtts", "", ""),
            WEBSOCKET: ("wss", f"{name}@", "/mqtt"),
        }[port]
        certificate = ("--cert", str(home / "login.crt"), "--key", str(home / "login.key"))
        own = certificate if port == CERTIFICATE else ("--password-file", str(home / "password"))
        return ("--broker", f"{scheme}://{user}localhost:{self.ports[port]}{path}", "--ca", str(home / "ca.crt"), *own)

    def publish(
        self, login: dict[str, str], topic: str, *options: str, message: str = "hello"
    ) -> subprocess.CompletedProcess[str]:
        """Say something on a topic, acknowledged."""
        return _client("mosquitto_pub", login, "-t", topic, "-m", message, *options)

    def listening(self, name: str, topic: str, *options: str) -> Program:
        """A login that has subscribed, and is killed with the context: a line a topic."""
        login = [word for pair in self.login(name).items() for word in pair]
        ears = Program(*EARS, "-t", topic, *login, *options, folder=self.folder)
        ears.says("received SUBACK")
        return ears

    def hear(self, login: dict[str, str], *options: str) -> subprocess.CompletedProcess[str]:
        """Listen for a second: the topics of what comes, a line each."""
        return _client("mosquitto_sub", login, "-F", "%t", "-W", "1", *options)


def _client(program: str, login: dict[str, str], *options: str) -> subprocess.CompletedProcess[str]:
    given = [word for pair in login.items() for word in pair]
    command = [program, "-V", "mqttv5", "-q", "1", *given, *options]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE_S)
