"""`alertsim doctor` as a person calls it, at brokers that are well and at brokers that are not."""

import json
import os
import resource
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from alertsim.cli.main import main
from tests.integration.real import Mosquitto, free_ports, needs_mosquitto

COMMAND = [sys.executable, "-m", "alertsim", "doctor"]
POOR = """\
max_connections 40
max_inflight_messages 5
max_keepalive 30
max_qos 1
max_packet_size 3000
retain_available false
"""


def doctor(*words: str, files: int | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run it, with at most so many open files."""

    def limited() -> None:
        if files is not None:
            resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))

    return subprocess.run(
        [*COMMAND, *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
        preexec_fn=limited,
        env=os.environ | environment,
    )


def complaints(said: str) -> list[str]:
    """Lines of stderr, but for the port that somebody else's broker has."""
    return [line for line in said.splitlines() if "port taken" not in line]


def answered(done: subprocess.CompletedProcess[str]) -> tuple[dict[str, Any], dict[str, str]]:
    """The object on stdout, and the level of each finding."""
    said = json.loads(done.stdout)
    return said, {each["name"]: each["level"] for each in said["findings"]}


@pytest.fixture(scope="module")
def poor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A mosquitto that its owner has set up to give little."""
    port = free_ports(1)[0]
    text = f"listener {port} 127.0.0.1\nallow_anonymous true\n{POOR}"
    with Mosquitto(tmp_path_factory.mktemp("poor"), text):
        yield f"mqtt://127.0.0.1:{port}"


@pytest.fixture
def used(tmp_path: Path) -> Iterator[str]:
    """A mosquitto with a retained message of somebody else's."""
    port = free_ports(1)[0]
    with Mosquitto(tmp_path, f"listener {port} 127.0.0.1\nallow_anonymous true\n"):
        topic = ("-t", "house/heating", "-m", "on")
        subprocess.run(["mosquitto_pub", "-p", str(port), "-r", *topic], check=True, timeout=20)
        yield f"mqtt://127.0.0.1:{port}"


@pytest.mark.mosquitto
@pytest.mark.skipif(bool(needs_mosquitto[1].args[0]), reason="mosquitto is not installed")
def test_a_broker_of_ours_is_well() -> None:
    """Machine, broker and a real small load in one object; nothing forbids fifty subscribers."""
    done = doctor("-c", "50", "--json")
    assert (done.returncode, complaints(done.stderr)) == (0, [])
    said, levels = answered(done)
    assert "problem" not in levels.values()
    assert (said["status"], said["sound"], said["wished"]) == ("Test", True, 50)
    assert said["broker"]["version"].startswith("mosquitto")
    assert said["broker"]["program"] == "mosquitto"
    assert said["probe"]["connected"] == 50
    assert 0 < said["probe"]["p50_us"] <= said["probe"]["p99_us"]
    assert said["machine"]["cores"] == os.cpu_count()
    assert levels["files-child"] == "ok"


def test_too_few_files() -> None:
    """200 files hold no 300 subscribers: exit 3, what to type instead, and every line fits a terminal."""
    done = doctor("-c", "300", "--broker", "embedded", "--lang", "en", files=200, COLUMNS="80")
    assert (done.returncode, complaints(done.stderr)) == (3, [])
    lines = done.stdout.splitlines()
    assert lines[-1].startswith("300 subscribers do not fit: at most 1")
    assert "PROBLEM    This system" in done.stdout
    assert "ulimit -Hn 364" in done.stdout
    assert max(map(len, lines)) <= 80
    assert [line for line in lines if line != line.rstrip()] == []


@pytest.mark.mosquitto
@pytest.mark.skipif(bool(needs_mosquitto[1].args[0]), reason="mosquitto is not installed")
def test_it_speaks_ukrainian(used: str) -> None:
    """The same in Ukrainian, down to the verdict, and no wider."""
    done = doctor("-c", "900000", "--broker", used, "--lang", "uk", COLUMNS="80")
    assert done.returncode == 3, done.stderr
    assert "ПРОБЛЕМА   Система дає" in done.stdout
    assert "Місця на 900\N{NO-BREAK SPACE}000 абонентів не вистачає" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80


@pytest.mark.mosquitto
@pytest.mark.skipif(bool(needs_mosquitto[1].args[0]), reason="mosquitto is not installed")
def test_a_poor_broker(poor: str) -> None:
    """Everything its owner has taken away is found, by what it says and by what stands in its configuration."""
    done = doctor("-c", "100", "--broker", poor, "--json")
    assert done.returncode == 3, done.stderr
    said, levels = answered(done)
    wanted = {
        "most-connections": "problem",
        "retain": "problem",
        "qos-two": "note",
        "receive-maximum": "limit",
        "packet": "limit",
        "keep-alive": "note",
        "delays": "limit",
    }
    assert wanted.items() <= levels.items()
    assert (said["fits"], said["broker"]["most_connections"], said["broker"]["keep_alive_s"]) == (37, 40, 30)
    assert said["probe"]["connected"] == 37


@pytest.mark.mosquitto
@pytest.mark.skipif(bool(needs_mosquitto[1].args[0]), reason="mosquitto is not installed")
def test_a_broker_in_use_is_left_alone(used: str) -> None:
    """Where nobody can be asked it is looked at only: no load, no message."""
    port = used.rpartition(":")[2]
    everything = ["mosquitto_sub", "-p", port, "-t", "#", "-R", "-v", "-W", "10"]
    with subprocess.Popen(everything, stdout=subprocess.PIPE, text=True) as ear:
        done = doctor("-c", "10", "--broker", used, "--json")
        ear.terminate()
        heard, _ = ear.communicate()
    said, levels = answered(done)
    assert (done.returncode, said["probe"], heard) == (0, None, "")
    assert levels["no-probe-in-use"] == "note"
    assert "house/heating" in done.stdout


def test_nobody_answers() -> None:
    """The machine is described, then one sentence says what is wrong: exit 1."""
    done = doctor("--broker", f"mqtt://127.0.0.1:{free_ports(1)[0]}", "--lang", "en")
    assert done.returncode == 1
    assert "Machine" in done.stdout
    assert "nothing answers" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--broker", "nonsense"), "expected embedded, mosquitto, or a URL"),
        (("-c", "0"), "-c"),
        (("--lang", "xx"), "--lang"),
        (("--broker", "mqtt://127.0.0.1", "--ca", "ca.pem"), "--ca"),
    ],
)
def test_what_is_refused(
    words: tuple[str, ...], says: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 2, and nothing on stdout."""
    monkeypatch.setattr(sys, "argv", ["alertsim", "doctor", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    said = capsys.readouterr()
    assert (ended.value.code, said.out) == (2, "")
    assert says in said.err


def test_it_can_be_interrupted() -> None:
    """Ctrl-C while a broker keeps it waiting: exit 130, no traceback."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        command = [*COMMAND, "--broker", f"mqtt://127.0.0.1:{silent.getsockname()[1]}", "--lang", "en"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
            assert running.stdout and running.stderr
            while "clock" not in running.stdout.readline():
                assert running.poll() is None
            running.send_signal(signal.SIGINT)
            _, said = running.communicate(timeout=60)
    assert (running.returncode, complaints(said)) == (130, [])
