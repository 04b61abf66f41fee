"""`alertsim load` as a person or CI calls it."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from xml.etree.ElementTree import parse

import pytest

from alertsim.cli.main import main
from tests.integration.real import free_ports, needs_mosquitto
from tests.integration.swarm_world import until


def load(*words: str) -> subprocess.CompletedProcess[str]:
    """Run it; the port is one nobody needs."""
    command = [sys.executable, "-m", "alertsim", "load", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=100)


@pytest.mark.mosquitto
@pytest.mark.skipif(bool(needs_mosquitto[1].args[0]), reason="mosquitto is not installed")
def test_a_load_test_from_one_command(tmp_path: Path) -> None:
    """A hundred subscribers, ten messages: all is there, the thresholds are judged, JSON and JUnit say so."""
    report = tmp_path / "junit.xml"
    words = ("-c", "100", "-q", "1", "-L", "10", "--publish-rate", "20/s", "--junit", str(report), "--json")
    done = load(*words, "--threshold", "missing==0", "--threshold", "p99<1us")
    assert done.returncode == 3, done.stderr
    said = json.loads(done.stdout)
    assert (said["subscribed"], said["messages"], said["counts"]["delivered"], said["status"]) == (
        100,
        10,
        1_000,
        "Test",
    )
    assert [each["holds"] for each in said["thresholds"]] == [True, False]
    suite = parse(report).getroot()
    assert [len(case.findall("failure")) for case in suite.findall("testcase")][:2] == [0, 1]


@pytest.mark.mosquitto
@pytest.mark.skipif(bool(needs_mosquitto[1].args[0]), reason="mosquitto is not installed")
def test_ctrl_c_ends_it_with_what_there_is() -> None:
    """Interrupted, it leaves, tells what it has found, and ends with 130; no process of its own is left."""
    command = [sys.executable, "-m", "alertsim", "load", "-c", "20", "--duration", "5m", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        until(lambda: any("alertsim.swarm.child" in command_of(pid) for pid in children_of(running.pid)))
        children = children_of(running.pid)
        running.send_signal(signal.SIGINT)
        said, complaints = running.communicate(timeout=60)
    assert running.returncode == 130, complaints
    assert "Traceback" not in complaints
    assert json.loads(said)["subscribers"] == 20
    assert children
    assert not any(os.path.exists(f"/proc/{pid}") for pid in children)  # noqa: PTH110 — a process, not a file


def children_of(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


def command_of(pid: str) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("-h", "localhost"), "write --broker mqtt://HOST:PORT"),
        (("-I", "1000"), "write --publish-rate 10/s"),
        (("-V", "3.1.1"), "write -V 4"),
        (("-V", "7"), "expected 5, or 4 for MQTT 3.1.1"),
        (("-R", "100", "-i", "10"), "give one of them"),
        (("-t", "a/#"), "-t goes with --listen-only"),
        (("--listen-only",), "needs to know what to listen to"),
        (("--listen-only", "-t", "a#"), "the filter"),
        (("--publish-rate", "fast"), "--publish-rate 'fast': expected like 10/s"),
        (("--publish-rate", "0/s"), "expected like 10/s"),
        (("--duration", "0s"), "expected more than nothing"),
        (("--duration", "ten"), "expected a duration"),
        (("--threshold", "p98<1s"), "with one of p50"),
        (("--size", "5"), "to 65536 bytes"),
        (("-V", "4", "--persistent"), "write -V 5"),
        (("-c", "900000"), "ask for at most"),
        (("--broker", "ws://127.0.0.1:8083/mqtt"), "write mqtt:// or mqtts://"),
        (("--broker", "mqtt://127.0.0.1", "--broker", "mqtt://127.0.0.1:1883"), "named twice"),
        (("kyiv-2023-12-13", "--duration", "5s"), "is the scenario's; see --rate"),
        (("kyiv-2023-12-13", "--outage", "kyivstar@1s+1s"), "the scenario says when it fails"),
        (("--rate", "60"), "--rate and --seed are for a scenario"),
        (("--outage", "all@5s"), "expected like"),
        (("--outage", "kyivstar@1s+1s"), "no subscriber is with kyivstar"),
        (("--outage", "all@5s+10s"), "it ends after the test"),
        (("--flash", "1000@5s"), "with fewer than the 1,000"),
        (("--flash", "10@10s"), "it comes after the test"),
        (("--churn", "0"), "--churn '0': expected like 10/s"),
        (("--ramp", "10@5"), "must end with all 1,000"),
        (("--ramp", "1000@5,10@max"), "more subscribers than the one before"),
        (("--ramp", "1000"), "expected like 1000@50/s"),
        (("--ramp", "1000@max", "-R", "5"), "give one of them"),
        (("--population", "nowhere.yaml"), "nowhere.yaml"),
        (("--source", "192.0.2.1"), "--source 192.0.2.1"),
    ],
)
def test_what_is_refused(
    words: tuple[str, ...], says: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One sentence that says what to write instead, and exit 2."""
    monkeypatch.setattr(sys, "argv", ["alertsim", "load", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    said = capsys.readouterr()
    assert (ended.value.code, said.out) == (2, "")
    assert says in said.err
    assert len([line for line in said.err.splitlines() if not line.startswith("warning: port taken")]) == 1


def test_nobody_answers() -> None:
    """A broker that is not there: exit 1 and one sentence."""
    done = load("-c", "5", "--broker", f"mqtt://127.0.0.1:{free_ports(1)[0]}")
    assert done.returncode == 1
    assert "nothing answers" in done.stderr
    assert "Traceback" not in done.stderr
