"""A broker that goes away and comes back in the middle of an exercise, on the same port."""

import json
import signal
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest
from mcap.reader import make_reader

from tests.e2e.marks import Heard
from tests.e2e.programs import PATIENCE_S, Program, Watcher
from tests.e2e.world import CALM, Mosquitto, World

pytestmark = pytest.mark.mosquitto
SALVO = ("--from", "2023-12-13T02:59:35+02:00", "--until", "2023-12-13T03:00:40+02:00", "--rate", "5")
"""Ten missiles and two sirens in 13 s; what is no state is worth delivering for a minute."""

FAST = ("--from", "2023-12-13T02:58:40+02:00", "--until", "2023-12-13T03:13:00+02:00", "--rate", "60")
"""The same in a second; what is no state is worth delivering for ten."""

PHONE = ("-i", "phone", "-c", "-x", "600")


@dataclass
class Outage:
    """An exercise whose broker goes away, with a phone whose session lasts; what was seen of it."""

    world: World
    broker: Mosquitto
    phone: Watcher
    run: Program
    before: list[Heard] = field(default_factory=list)

    def observed(self, kind: str) -> list[dict[str, Any]]:
        """The observations of one kind in the recording, by a reader that is not ours."""
        with (self.world.runs / "night-1" / "run.mcap").open("rb") as file:
            read = make_reader(file).iter_messages(topics=[f"observation/{kind}"])
            return [json.loads(message.data) for _, _, message in read]

    def summary(self) -> dict[str, Any]:
        """How it went, by its own account."""
        return self.world.summary("night-1")


@pytest.fixture(scope="module")
def outages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Outage]]:
    """Four at the same time: an orderly restart, a kill, one away for too long, one in a calm hour."""
    plans = {"ended": SALVO, "killed": SALVO, "long": FAST, "calm": CALM}
    with ExitStack() as stack:
        outages = {}
        for name, plan in plans.items():
            world = stack.enter_context(World(tmp_path_factory.mktemp(name)))
            broker = world.mosquitto(keeps=name == "ended")
            phone = world.watch(broker.port, *PHONE)
            run = world.run(broker, *plan, "--out", "runs", "--exercise", "night-1")
            outages[name] = Outage(world, broker, phone, run)
        plays = {"ended": restart, "killed": restart, "long": stay_away, "calm": forget}
        with ThreadPoolExecutor(len(plans)) as pool:
            for played in [pool.submit(plays[name], outage) for name, outage in outages.items()]:
                played.result()
        yield outages


def restart(outage: Outage) -> None:
    """Between the first interception and the siren the broker is away."""
    outage.phone.hears("intercepted")
    outage.broker.end(signal.SIGTERM if outage.broker.keeps else signal.SIGKILL)
    outage.run.says("Air raid alert: Kyiv City")
    outage.broker.start()
    outage.run.ended()
    outage.phone.joined(2)


def stay_away(outage: Outage) -> None:
    """The broker is away until eleven seconds after the last interception."""
    outage.phone.hears("running")
    outage.broker.end()
    outage.run.says("03:00:18 Intercepted")
    time.sleep(11)  # nothing says that a message has grown too old until a broker is there
    outage.broker.start()
    outage.run.ended()
    outage.phone.joined(2)


def forget(outage: Outage) -> None:
    """The broker is killed and back at once, while nothing happens."""
    outage.phone.hears("raised", "UA-74")
    outage.phone.caught_up()
    outage.before = outage.broker.retained()
    outage.broker.end()
    outage.broker.start()


@pytest.mark.parametrize("name", ["ended", "killed", "long"])
def test_the_exercise_goes_well(name: str, outages: dict[str, Outage]) -> None:
    """It ends properly with exit 0, says that the broker was lost, and leaves nothing behind."""
    outage = outages[name]
    assert outage.run.ended() == 0, outage.run.err
    assert "Traceback" not in outage.run.err
    assert "broker lost" in outage.run.out
    assert outage.summary()["failures"] == []
    assert outage.broker.retained() == []


@pytest.mark.parametrize("name", ["ended", "killed"])
def test_each_event_is_confirmed_once(name: str, outages: dict[str, Outage]) -> None:
    """Every event, those that fell due meanwhile too, is confirmed by the broker exactly once; none is dropped."""
    outage = outages[name]
    confirmed = Counter(seen["seq"] for seen in outage.observed("event.published"))
    assert confirmed == dict.fromkeys(range(len(confirmed)), 1)
    assert (outage.summary()["events"], outage.summary()["not_sent"]) == (len(confirmed), {})


def test_a_phone_hears_every_event(outages: dict[str, Outage]) -> None:
    """A phone whose session the broker kept has heard every event, each with every mark."""
    phone = outages["ended"].phone.caught_up()
    heard = {heard.body["seq"] for heard in phone.heard if heard.payload and heard.word != "ticked"}
    assert heard >= {*range(outages["ended"].summary()["events"])}
    phone.all_marked()


def test_what_stands_is_said_again(outages: dict[str, Outage]) -> None:
    """A broker that was killed and has forgotten everything soon retains again exactly what stood."""
    calm = outages["calm"]
    before = {heard.topic: heard.payload for heard in calm.before}
    assert len(before) > 4
    deadline, now = time.monotonic() + PATIENCE_S, calm.broker.retained()
    while len(now) < len(before) and time.monotonic() < deadline:
        now = calm.broker.retained()
    assert {heard.topic: heard.payload for heard in now} == before


def test_what_grew_too_old_is_dropped_and_said(outages: dict[str, Outage]) -> None:
    """After too long an absence the sirens are still said, for they stand; missiles long shot down are not."""
    outage = outages["long"]
    heard = [heard.body["event"] for heard in outage.phone.caught_up().heard if heard.payload]
    assert {"alert-kyiv:raised", "alert-kyivska:raised", "alert-chernihivska:raised"} <= {*heard}
    expired = {seen["event"]: seen["reason"] for seen in outage.observed("event.expired")}
    assert {f"ballistic-night:intercepted:{n}" for n in range(1, 11)} <= expired.keys()
    assert {*expired.values()} == {"expired"}
    assert not expired.keys() & {*heard}
    assert outage.summary()["not_sent"] == {"expired": len(expired)}
    assert outage.summary()["events"] == len(expired) + len(outage.observed("event.published"))
    assert outage.run.out.count("not sent, expired") == len(expired)
    outage.phone.all_marked()
