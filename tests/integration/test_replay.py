"""A recording played again at a real broker: who listens hears the same story, marked anew, and nothing is left."""

import json
import re
from collections.abc import Iterator, Sequence

import pytest

from alertsim.recording import Recording, read
from alertsim.wire.comparable import Comparable, comparable
from tests.e2e import marks
from tests.e2e.glass import Glass
from tests.e2e.programs import Watcher, is_message
from tests.e2e.world import Mosquitto, World
from tests.integration.real import needs_mosquitto
from tests.recordings import sent

pytestmark = needs_mosquitto

STORY = """\
alertsim: 1
basis: fictional
title: {en: Five seconds of a drill, uk: Пʼять секунд тренування}
exercise: {type: drill, contact: Exercise control}
start: 2026-03-01T21:00:00+02:00
chapters:
  first: {until: +00:00:02, rate: 1}
  second: {until: +00:00:05, rate: 1}
events:
  - id: alert-poltava
    alert:
      area: UA-53
      pre_alert: +00:00:00.5
      raised: +00:00:01
      threats: [drones]
      updates: [{at: +00:00:02.5, threats: [drones, ballistic_missiles]}]
      cleared: +00:00:04
  - id: alert-cherkasy
    alert: {area: UA-71, raised: +00:00:02, threats: [drones]}
  - id: operator-a-down
    at: +00:00:01
    outage: {operator: operator-a, onset: 1s, up: {voice: 0.4, data: 0.0}, spill_over: {operator-b: {load: 1.3}}}
  - id: drones
    at: +00:00:03
    strike:
      salvo: [{weapon: shahed, count: 5}]
      target: UA-53
      spread: 1s
      warning: 2s
      outcome: {intercepted: 3, impacted: 2}
  - id: fire
    incident:
      area: UA-53
      cause: drones
      updates: [{at: +00:00:03.5, text: {en: A warehouse burns, uk: Горить склад}, casualties: {injured: 2}}]
  - id: briefing
    at: +00:00:03
    inject: {method: e-mail, to: all, text: {en: Stay reachable., uk: Будьте на звʼязку.}}
"""
AT_ONCE = ("--rate", "max")


class Stage:
    """A broker with somebody who listens, on which a story was run and is played again; see `played`."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.broker: Mosquitto = world.mosquitto()
        self.watcher: Watcher = world.watch(self.broker.port)
        (world.folder / "story.yaml").write_text(STORY, encoding="utf-8")

    def played(self, exercise: str, *words: str, code: int = 0) -> list[Comparable]:
        """What a subscriber hears of one exercise until the broker keeps nothing of it."""
        run = self.world.alertsim(*words, "--broker", self.broker.url, "--exercise", exercise, "--json")
        assert run.ended() == code, run.err
        self.watcher.caught_up()
        return self.heard(exercise)

    def replayed(self, exercise: str, *words: str, of: str = "runs/first") -> list[Comparable]:
        """What was told in a replay of an earlier exercise, in order: recorded, and heard, too."""
        heard = self.played(exercise, "replay", of, *words)
        told = sent(recorded(self, exercise))
        assert by_topic(told) == by_topic(heard)
        return told

    def heard(self, exercise: str) -> list[Comparable]:
        """Every message of one exercise as it is compared."""
        told = (line.rstrip("\n").partition(" ") for line in self.watcher.said if is_message(line))
        all_ = ((bytes.fromhex(payload), json.loads(how)) for payload, _, how in told)
        return [
            said
            for payload, how in all_
            if how["topic"].startswith(f"exercise/{exercise}/")
            and (
                said := comparable(
                    how["topic"],
                    payload,
                    qos=how["qos"],
                    retain=bool(how["retain"]),
                    properties=tuple(how["properties"]["user-properties"].items()),
                )
            )
        ]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The story, run once as `first` at its own pace of a second a second, and played again as `again` as it was."""
    with World(tmp_path_factory.mktemp("replay")) as world:
        made = Stage(world)
        assert made.played("first", "run", "story.yaml", "--seed", "1")
        made.replayed("again")
        yield made


def recorded(stage: Stage, exercise: str) -> Recording:
    return read(stage.world.runs / exercise / "run.mcap")


def by_topic(messages: Sequence[Comparable]) -> list[Comparable]:
    """In their order on each topic; a broker is given several topics at once, and promises no more."""
    return sorted(messages, key=lambda said: said.topic)


def story(messages: Sequence[Comparable]) -> list[Comparable]:
    """Without the states of the exercise, and without what its end takes away."""
    return [said for said in messages if said.topic != "public/state" and is_told(said)]


def whole(stage: Stage) -> list[Comparable]:
    """The story as it was run, in its order."""
    return story(sent(recorded(stage, "first")))


def is_copy(said: Comparable) -> bool:
    """Whether it says what stands already."""
    return isinstance(said.body, dict) and said.body.get("catch_up") is True


def at(said: Comparable) -> str:
    """The scenario time it tells."""
    return str(said.body["at"]) if isinstance(said.body, dict) else ""


def is_told(said: Comparable) -> bool:
    return isinstance(said.body, dict) and not str(said.body.get("event", "")).startswith("live:")


def test_a_replay_as_played_is_heard_and_recorded_as_the_first_time(stage: Stage) -> None:
    """Record, replay at ×1, record: the same, with QoS, retain, properties; heard in order on each topic."""
    first = stage.heard("first")
    assert len(story(first)) > 20
    assert {said.retain for said in first} == {True, False}
    assert by_topic(stage.heard("again")) == by_topic(first)
    assert sent(recorded(stage, "again")) == sent(recorded(stage, "first"))


def test_a_replay_of_a_replay_is_the_same_still(stage: Stage) -> None:
    """And as fast as it can: nothing is added or lost from copy to copy."""
    assert stage.replayed("once-more", *AT_ONCE, of="runs/again") == sent(recorded(stage, "first"))


def test_who_is_played_again_is_named(stage: Stage) -> None:
    """Each message of the story says which exercise it is of, and when it was told there."""
    due = {line.of["event"]: line.due_us for line in recorded(stage, "first") if isinstance(line.of, dict)}
    bodies = [line.of for line in recorded(stage, "again") if isinstance(line.of, dict)]
    told = [body for body in bodies if "original_us" in body]
    assert len(told) == len(whole(stage))
    assert {body["replay_of"] for body in told} == {"first"}
    assert all(body["original_us"] == due[body["event"]] for body in told)


def test_a_part_of_the_story(stage: Stage) -> None:
    """From the middle to shortly before the end: what stands is said first, then the rest as it was."""
    part = story(stage.replayed("part", *AT_ONCE, "--from", "+00:00:02.200", "--until", "+00:00:03.600"))
    late = [is_copy(said) for said in part]
    began = late.index(False)
    assert not any(late[began:])
    assert [said.topic for said in part[:began]].count("public/alert/UA-53") == 1
    assert part[began:] == [said for said in whole(stage) if "21:00:02.2" <= at(said)[11:] <= "21:00:03.6"]
    assert 0 < len(part[began:]) < len(whole(stage))


def test_a_selection_of_the_story(stage: Stage) -> None:
    """Only the topics and the areas that were asked for are told, and what has no area, in their order."""
    asked = ("--topic", "public/alert/#", "--topic", "control/#", "--area", "UA-71")
    expected = [
        said
        for said in whole(stage)
        if said.topic.startswith(("public/alert/", "control/")) and "UA-53" not in json.dumps(said.body)
    ]
    assert {said.topic.split("/")[1] for said in expected} == {"alert", "network"}
    assert story(stage.replayed("selected", *AT_ONCE, *asked)) == expected


def test_a_branch_elsewhere_twice_over(stage: Stage) -> None:
    """Two laps tell the whole story twice, and a remapped branch only below its new name."""
    moved = story(stage.replayed("moved", *AT_ONCE, "--loop", "2", "--remap", "public/alert=public/siren"))
    assert not [said for said in moved if said.topic.startswith("public/alert")]
    back = [said._replace(topic=said.topic.replace("public/siren", "public/alert")) for said in moved]
    assert [said for said in back if not is_copy(said)] == whole(stage) * 2


def test_of_a_damaged_recording_what_is_readable_is_played(stage: Stage) -> None:
    """With a byte changed in a chunk in the middle, what is left is played and is part of the story."""
    data = bytearray(recorded(stage, "first").path.read_bytes())
    chunks = [found.start() for found in re.finditer(b"zstd", data)]
    data[chunks[len(chunks) // 4] + 40] ^= 255
    path = stage.world.folder / "flipped.mcap"
    path.write_bytes(data)
    left = story(stage.played("damaged", "replay", str(path), *AT_ONCE))
    assert 0 < len(left) < len(whole(stage))
    assert all(said in whole(stage) for said in left if not is_copy(said))


def test_every_message_is_marked_and_nothing_is_left(stage: Stage) -> None:
    """Whatever was played here so far carries every layer of the mark, and the broker keeps none of it."""
    heard = [line.replace("/public/siren/", "/public/alert/") for line in stage.watcher.lines]
    assert marks.offence(heard) == (len(heard), "")
    assert len(heard) > 40
    assert stage.broker.retained() == []


def test_back_in_time_nothing_is_left_that_was_raised_since(stage: Stage) -> None:
    """A person goes on, then back: the broker keeps what stood there, nothing later; all of it marked, then cleared."""
    keys = ("replay", "runs/first", "--pause", "--broker", stage.broker.url, "--exercise", "to-and-fro", "--lang", "en")
    with Glass(*keys, "--subscribers", "0", folder=stage.world.folder) as glass:
        glass.shows("00:00:00 / 00:00:05 PAUSED")
        glass.press(":seek 21:00:05\r")
        glass.shows("00:00:05 / 00:00:05 PAUSED")
        stage.watcher.hears("reported", "to-and-fro/public/incident/UA-53/fire")
        glass.press(":seek +00:00:01.200\r")
        glass.shows("00:00:01 / 00:00:05 PAUSED")
        stage.watcher.hears("clear", "to-and-fro/public/incident/UA-53/fire")
        kept = {heard.topic.split("/", 2)[2]: heard.word for heard in stage.broker.retained()}
        assert kept == {
            "public/state": "paused",
            "public/alert/UA-53": "raised",
            "control/network/operator-a": "changed",
            "control/network/operator-b": "changed",
        }
        glass.press("q")
        assert glass.ended() == 0
    assert stage.broker.retained() == []
