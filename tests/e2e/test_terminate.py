"""An alert that fell due while the broker was away is never heard once the exercise was terminated."""

import json
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass

import pytest
from mcap.reader import make_reader

from tests.e2e.programs import Program, Watcher
from tests.e2e.world import Mosquitto, World

pytestmark = pytest.mark.mosquitto
SOON = ("--from", "2023-12-13T03:00:03+02:00", "--until", "2023-12-13T03:05:00+02:00", "--rate", "2")
"""The siren of Kyiv is due five real seconds after the start."""

KINDS = [(how, back) for how in ("killed", "stopped") for back in ("before", "after")]
PHONE = ("-i", "phone", "-c", "-x", "600")
"""A session that outlives its connection."""


@dataclass
class Absence:
    """A broker that was `killed` or `stopped` before the siren, and is back `before` or `after` the exercise ended."""

    how: str
    back: str
    world: World
    broker: Mosquitto
    phone: Watcher
    run: Program

    def play(self) -> None:
        """The broker goes as soon as the exercise runs; Ctrl-C when the siren was due, more than a second later."""
        self.phone.hears("running", "public/state")
        (self.broker.freeze if self.how == "stopped" else self.broker.end)()
        gone_at = time.monotonic()
        self.run.says("Kyiv City (ballistic missiles)")
        assert time.monotonic() - gone_at > 1
        self.run.send(signal.SIGINT)
        if self.back == "after":
            self.run.ended()
        self.come_back()
        self.run.ended()

    def come_back(self) -> None:
        """The broker is back, and the phone too."""
        if self.how == "stopped":
            self.broker.thaw()
        else:
            self.broker.start()
            self.phone.joined(2)


@pytest.fixture(scope="module")
def absences(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[tuple[str, str], Absence]]:
    """All four, at the same time."""
    with ExitStack() as stack:
        absences = {}
        for how, back in KINDS:
            world = stack.enter_context(World(tmp_path_factory.mktemp(f"{how}-{back}")))
            broker = world.mosquitto()
            phone = world.watch(broker.port, *PHONE)
            run = world.run(broker, *SOON, "--out", "runs", "--exercise", "night-1")
            absences[how, back] = Absence(how, back, world, broker, phone, run)
        with ThreadPoolExecutor(len(absences)) as pool:
            for played in [pool.submit(absence.play) for absence in absences.values()]:
                played.result()
        yield absences


@pytest.fixture(params=KINDS, ids="-".join)
def absence(request: pytest.FixtureRequest, absences: dict[tuple[str, str], Absence]) -> Absence:
    return absences[request.param]


def test_nobody_hears_the_siren(absence: Absence) -> None:
    """Neither a phone with a session that lasts nor a newcomer ever hears that alert, nor any other raised."""
    left = absence.broker.retained()
    assert not [heard.body["event"] for heard in (*absence.phone.caught_up().heard, *left) if heard.word == "raised"]
    absence.phone.all_marked()


def test_it_ends_by_interruption(absence: Absence) -> None:
    """Exit 130, whatever the broker does, without a traceback; the summary says that the siren was not sent."""
    assert absence.run.ended() == 130
    assert "Traceback" not in absence.run.err
    assert absence.world.summary("night-1")["ended"] == "interrupted"
    with (absence.world.runs / "night-1" / "run.mcap").open("rb") as file:
        expired = [
            json.loads(message.data)
            for _, channel, message in make_reader(file).iter_messages()
            if channel.topic == "observation/event.expired"
        ]
    assert ("alert-kyiv:raised", "purged") in {(seen["event"], seen["reason"]) for seen in expired}


def test_nothing_is_left(absence: Absence) -> None:
    """A broker that is back in time is told the end and left clean; one that is not is said to be unclean."""
    left = {heard.word for heard in absence.broker.retained()}
    if absence.back == "before":
        assert left == set()
        assert absence.world.summary("night-1")["failures"] == []
    else:
        assert left <= {"terminated", "changed", "reported", "cleared"}
        assert "went away" in absence.run.err
