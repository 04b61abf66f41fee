"""`run --proxies` and `proxies`, with somebody else's clients."""

import json
import subprocess
import urllib.request
from pathlib import Path

import pytest

from tests.e2e.programs import PROGRAM, Program
from tests.e2e.world import Mosquitto
from tests.integration.real import free_ports, needs_mosquitto

pytestmark = needs_mosquitto
NIGHT = ("kyiv-2023-12-13", "--from", "2023-12-13T02:59:00+02:00", "--until", "2023-12-13T03:03:00+02:00")


@pytest.mark.parametrize("version", ["mqttv311", "mqttv5"])
def test_who_is_with_kyivstar_does_not_hear(version: str, tmp_path: Path) -> None:
    """In the night of the outage: nothing by Kyivstar's port, the alerts by Vodafone's, in both versions of MQTT."""
    words = ("run", *NIGHT, "--rate", "20", "--plain", "--proxies", "--out", "runs")
    with Program(PROGRAM, *words, folder=tmp_path) as run:
        deaf = listening(run.says("kyivstar: mqtt"), version, tmp_path)
        hearing = listening(run.says("vodafone-ua: mqtt"), version, tmp_path)
        with deaf, hearing:
            assert run.ended() == 0
            hearing.says("public/alert/UA-30")
            assert deaf.out == ""


def listening(said: str, version: str, folder: Path) -> Program:
    """A client at the port that was said."""
    port = said.strip().rpartition(":")[2]
    words = ("-p", port, "-V", version, "-t", "exercise/+/public/alert/UA-30", "-F", "%t", "-W", "30")
    return Program("stdbuf", "-oL", "mosquitto_sub", *words, folder=folder)


def test_a_client_whose_answers_are_dropped_is_named(tmp_path: Path) -> None:
    """The broker leaves twenty messages unanswered and no more; `proxies` says why nothing follows."""
    (port,) = free_ports(1)
    broker = Mosquitto(tmp_path)
    try:
        words = ("--broker", broker.url, "--listen", f"phones:{port}", "--rule", "drop puback up", "--control", "0")
        phone = ("mosquitto_sub", "-p", str(port), "-i", "phone", "-q", "1", "-t", "t", "-W", "30", "-d")
        with Program(PROGRAM, "proxies", *words, folder=tmp_path) as proxies:
            proxies.says("phones: mqtt")
            with Program("stdbuf", "-oL", *phone, folder=tmp_path) as client:
                client.says("received SUBACK")
                said = "".join(f"{n}\n" for n in range(30))
                publish = ["mosquitto_pub", "-p", str(broker.port), "-q", "1", "-t", "t", "-l"]
                subprocess.run(publish, input=said, text=True, check=True, timeout=20)
                named = proxies.says("stalled: phone")
                assert "all 20 messages in flight to the client stayed unanswered" in named
                assert client.out.count("received PUBLISH") == 20
    finally:
        broker.close()


def test_toxiproxys_api(tmp_path: Path) -> None:
    """A toxic that is added over HTTP is there, and gone with the program."""
    port, control = free_ports(2)
    words = ("--listen", f"phones:{port}", "--control", str(control))
    with Program(PROGRAM, "proxies", *words, folder=tmp_path) as proxies:
        proxies.says("control: http")
        body = json.dumps({"type": "latency", "attributes": {"latency": 100}}).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{control}/proxies/phones/toxics", body)
        with urllib.request.urlopen(request, timeout=10) as answer:
            assert json.load(answer)["attributes"]["latency"] == 100
