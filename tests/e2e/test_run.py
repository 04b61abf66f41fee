"""`alertsim run`, as fast as possible, on every kind of broker: what was heard, what was recorded, what is left."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from mcap.reader import make_reader

from alertsim.recording import read
from alertsim.recording.verify import verify
from tests.e2e.programs import Watcher
from tests.e2e.world import SCENARIO, World

pytestmark = pytest.mark.mosquitto
MAX = ("--rate", "max", "--json")


@dataclass(frozen=True)
class Night:
    """One exercise, seen from outside: its exit code, its output, a subscriber to everything, its recording."""

    code: int
    out: str
    err: str
    summary: dict[str, Any]
    watcher: Watcher
    left: str
    recording: Path

    def recorded(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Channel and body of every message, by a reader that is not ours."""
        with self.recording.open("rb") as file:
            for _, channel, message in make_reader(file).iter_messages():
                yield channel.topic, json.loads(message.data)

    def on(self, channel: str, kind: str) -> list[dict[str, Any]]:
        """The bodies of one kind on one channel."""
        return [body for topic, body in self.recorded() if topic == channel and body["kind"] == kind]


@pytest.fixture(scope="module", params=["external", "embedded", "mosquitto"])
def night(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    """The night of 13 December, played once on each kind of broker."""
    with World(tmp_path_factory.mktemp("night")) as world:
        external = world.mosquitto() if request.param == "external" else None
        kind = {"external": ["--broker", external.url if external else ""], "mosquitto": ["--broker", "mosquitto"]}
        watching = world.watch(external.port) if external else None
        run = world.alertsim("run", SCENARIO, *kind.get(request.param, []), *MAX, "--out", "runs")
        watcher = watching or world.watch_child(run)
        code = run.ended()
        summary = json.loads(run.out)
        watcher.hears("clear", "public/state")
        left = newcomer(world, external.port) if external else ""
        yield Night(code, run.out, run.err, summary, watcher, left, world.folder / summary["recording"])


def newcomer(world: World, port: int) -> str:
    """What somebody hears who comes afterwards and waits for two seconds, as anybody would look."""
    sub = world.program("mosquitto_sub", "-p", str(port), "-t", "#", "--retained-only", "-W", "2")
    assert sub.ended() == 27, sub.err  # its own code for a wait that is over
    return sub.out


def test_it_goes_well(night: Night) -> None:
    """Exit 0, nothing on stderr but a port that was taken, and on stdout exactly one JSON object on one line."""
    assert night.code == 0
    assert all("port taken" in line for line in night.err.splitlines())
    assert night.out.count("\n") == 1
    assert (night.summary["ended"], night.summary["failures"], night.summary["not_sent"]) == ("completed", [], {})


def test_every_message_is_marked(night: Night) -> None:
    """Every message that reached a subscriber bears every layer of the mark, by a checker that is not ours."""
    assert night.watcher.all_marked() == len(night.watcher.lines) > 60


def test_what_was_heard_was_recorded(night: Night) -> None:
    """The recording has exactly the messages a subscriber heard, byte for byte, the clears too."""
    heard = Counter((channel(heard.topic.split("/", 2)[2]), json.dumps(heard.body)) for heard in night.watcher.heard)
    recorded = Counter(
        (body["topic"], "{}") if topic == "mqtt/properties" else (topic, json.dumps(body))
        for topic, body in night.recorded()
        if not topic.startswith(("observation/", "recording/")) and (topic != "mqtt/properties" or body["empty"])
    )
    assert heard == recorded


def test_the_chain_that_was_heard_covers_what_was_recorded(night: Night) -> None:
    """What a subscriber got when it ended is the anchor: in the summary too, and `verify` finds it in the recording."""
    (ended,) = {
        (said.body["chain"]["lines"], said.body["chain"]["head"])
        for said in night.watcher.heard
        if said.body.get("state") == "ended"
    }
    assert night.summary["chain"] == dict(zip(("lines", "head"), ended, strict=True))
    recording = read(night.recording)
    verdict = verify(recording, recording, ended[1])
    assert (verdict.good, verdict.covered) == (True, ended[0])
    assert verdict.seal.model_dump() == night.summary["chain_at_close"]


def channel(topic: str) -> str:
    """Where a recording has it: strikes share a channel, because there is no end of them."""
    return "control/strike" if topic.startswith("control/strike/") else topic


def test_confirmed_is_what_was_played(night: Night) -> None:
    """Every played event was confirmed by the broker, once."""
    seqs = [body["seq"] for topic, body in night.recorded() if topic == "observation/event.published"]
    assert sorted(seqs) == [*range(night.summary["events"])]
    assert night.summary["confirmed"] == night.summary["events"]


def test_nothing_is_left_retained(night: Night) -> None:
    """A newcomer is told nothing; the exercise was running, ended, and was cleared."""
    assert night.left == ""
    words = [heard.word for heard in night.watcher.heard if heard.topic.endswith("/public/state")]
    assert words == ["running", "ended", "clear"]


def test_the_siren_of_kyiv(night: Night) -> None:
    """The siren and the all-clear of Kyiv are at their historical seconds."""
    assert [body["at"] for body in night.on("public/alert/UA-30", "alert.raised")] == ["2023-12-13T03:00:13+02:00"]
    assert [body["at"] for body in night.on("public/alert/UA-30", "alert.cleared")] == ["2023-12-13T03:37:36+02:00"]


def test_ten_missiles_shot_down(night: Night) -> None:
    """Ten interceptions, each of another missile."""
    shot = [body["strike"] for body in night.on("control/strike", "strike.intercepted")]
    assert len(shot) == len(set(shot)) == 10


def test_the_count_of_injured_grows(night: Night) -> None:
    """The reports of injured in Kyiv are the five of that morning, in order."""
    reports = [body for topic, body in night.recorded() if topic.startswith("public/incident/UA-30/")]
    injured = [body["casualties"]["injured"] for body in reports if "casualties" in body]
    assert injured == [25, 34, 45, 51, 53]
