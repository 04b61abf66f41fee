"""Real brokers as their owners set them up: mosquitto with listeners of our choosing, certificates, logins."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import pytest

from alertsim.broker import mosquitto

PATIENCE_S = 20.0
SECRET = "s3cret-pass-Ж"
OWNERS = "owners-pass"

needs_mosquitto = [
    pytest.mark.mosquitto,
    pytest.mark.skipif(not mosquitto.program(), reason="mosquitto is not installed"),
]
needs_openssl = pytest.mark.skipif(not shutil.which("openssl"), reason="the openssl program is not installed")

ACL = """\
user owner
topic readwrite #
user director
topic read alertsim-consent/v1
topic readwrite exercise/#
user greedy
topic readwrite #
user player
topic read exercise/#
"""
"""Who may do what: `director` is how we should be let in, `greedy` could consent to himself."""


class Mosquitto:
    """A mosquitto with a configuration of its own in `folder`; everybody's password is in `passwords` there."""

    def __init__(self, folder: Path, configuration: str, *inside: str) -> None:
        self.folder, self._inside = folder, inside
        (folder / "acl").write_text(ACL)
        passwords = folder / "passwords"
        for user, password in {"owner": OWNERS, "director": SECRET, "greedy": SECRET, "player": SECRET}.items():
            new = [] if passwords.exists() else ["-c"]
            subprocess.run(["mosquitto_passwd", *new, "-b", passwords, user, password], check=True)
        text = configuration.format(folder=folder) + ("user root\n" if os.geteuid() == 0 else "")
        (folder / "mosquitto.conf").write_text(text)
        self.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def start(self) -> None:
        """Start it, and wait until it says that it runs."""
        before = len(self.log)
        with (self.folder / "log").open("ab") as log:
            command = [*self._inside, mosquitto.program() or "mosquitto", "-c", str(self.folder / "mosquitto.conf")]
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        deadline = time.monotonic() + PATIENCE_S
        while " running\n" not in self.log[before:]:
            assert self.process.poll() is None and time.monotonic() < deadline, self.log
            time.sleep(0.01)

    def end(self, number: signal.Signals = signal.SIGKILL) -> None:
        """End it, if it has not ended."""
        if self.process.poll() is None:
            self.process.send_signal(number)
            self.process.wait(PATIENCE_S)

    @property
    def log(self) -> str:
        """What it has written so far."""
        file = self.folder / "log"
        return file.read_text(errors="replace") if file.exists() else ""


def free_ports(count: int) -> list[int]:
    """Ports nobody listens on."""
    with ExitStack() as held:
        listening = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [int(one.getsockname()[1]) for one in listening]


@dataclass(frozen=True)
class Certificates:
    """Certificates of two authorities, in PEM: `<name>.pem` and `<name>.key` in a folder."""

    folder: Path

    def __getitem__(self, name: str) -> Path:
        return self.folder / name

    def authority(self, name: str) -> None:
        """One that may sign."""
        self._openssl(
            *("req", "-x509", "-days", "2", *_KEY, "-keyout", f"{name}.key", "-out", f"{name}.pem"),
            *("-subj", f"/CN={name}", "-addext", "keyUsage=critical,keyCertSign"),
        )

    def sign(self, name: str, by: str, *extensions: str, days: int = 2) -> None:
        """A certificate for `name`; over already with negative `days`."""
        self._openssl(
            *("req", *_KEY, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}"),
        )
        (self.folder / f"{name}.ext").write_text("\n".join(("basicConstraints=CA:FALSE", *extensions)))
        self._openssl(
            *("x509", "-req", "-in", f"{name}.csr", "-CA", f"{by}.pem", "-CAkey", f"{by}.key", "-CAcreateserial"),
            *("-out", f"{name}.pem", "-days", str(days), "-extfile", f"{name}.ext"),
        )

    def _openssl(self, *arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=self.folder, check=True, capture_output=True)


_KEY: Sequence[str] = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


def certificates(folder: Path) -> Certificates:
    """All that the tests need: good ones, and each kind of bad one."""
    made = Certificates(folder)
    made.authority("ca")
    made.authority("other-ca")
    made.sign("server", "ca", "subjectAltName=DNS:localhost,IP:127.0.0.1")
    made.sign("elsewhere", "ca", "subjectAltName=DNS:elsewhere.example")
    made.sign("overdue", "ca", "subjectAltName=DNS:localhost", days=-1)
    made.sign("client", "ca")
    made.sign("stranger", "other-ca")
    made.sign("expired", "ca", days=-1)
    made._openssl("pkey", "-in", "client.key", "-aes128", "-passout", "pass:x", "-out", "locked.key")
    for file in folder.iterdir():
        file.chmod(0o644)
    return made
