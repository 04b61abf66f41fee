"""`alertsim clear` among strangers: it takes back what is ours, and shows a password to nobody else."""

import json
import socket
import subprocess
import threading

import pytest

from tests.e2e.programs import PATIENCE_S
from tests.e2e.world import World, free_port

pytestmark = pytest.mark.mosquitto
EXERCISE = "night-1"


def retain(port: int, topic: str, payload: str) -> None:
    """Somebody retains something."""
    command = ["mosquitto_pub", "-p", str(port), "-t", topic, "-m", payload, "-r", "-q", "1"]
    subprocess.run(command, check=True, timeout=PATIENCE_S)


def test_nobody_can_stand_in_the_way_of_a_clear(world: World) -> None:
    """Topics too long, areas that are none, answers of strangers: what can be ours is removed, the answers stay."""
    broker = world.mosquitto()
    answer = f"exercise/{EXERCISE}/ack/{'p' * 190}"
    retain(broker.port, answer, "{}")
    for below in ("state", "alert/foo", "alert/UA-99", "alert/UA-30", "incident/UA-30/fire"):
        retain(broker.port, f"exercise/{EXERCISE}/public/{below}", '{"kind":"alert.raised"}')
    cleared = world.alertsim("clear", "--exercise", EXERCISE, "--broker", broker.url)
    assert cleared.ended() == 0, cleared.err
    assert f"{EXERCISE}: 5 retained topics cancelled and cleared" in cleared.out
    left = subprocess.run(
        ["mosquitto_sub", "-p", str(broker.port), "-t", "#", "-F", "%t", "--retained-only", "-W", "1"],
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
    )
    assert left.stdout.split() == [answer]


def test_a_password_is_shown_to_its_own_broker_alone(world: World) -> None:
    """A killed run noted another broker and a user there: with the password of this one nobody logs in there."""
    heard, port = [], free_port()
    with socket.create_server(("127.0.0.1", port)) as other:
        other.settimeout(PATIENCE_S)

        def listen() -> None:
            client, _ = other.accept()
            with client:
                client.settimeout(5)
                heard.append(client.recv(1000))

        listening = threading.Thread(target=listen, daemon=True)
        listening.start()
        note = {"exercise": "old-1", "host": "127.0.0.1", "port": port, "contact": "C", "offset": 0}
        note |= {"own": False, "cleared": False, "broker": f"mqtt://someone@127.0.0.1:{port}"}
        (world.runs / "old-1").mkdir(parents=True)
        (world.runs / "old-1" / "target.json").write_text(json.dumps(note), encoding="utf-8")
        cleared = world.alertsim("clear", "--broker", "mqtt://me@127.0.0.1:1", ALERTSIM_PASSWORD="geheim")
        assert cleared.ended() == 1
        listening.join(PATIENCE_S)
    assert b"geheim" not in b"".join(heard)
    assert f"alertsim clear --broker mqtt://someone@127.0.0.1:{port}" in cleared.err
