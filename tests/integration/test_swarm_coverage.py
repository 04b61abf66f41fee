"""What befalls many connections at once, at a real broker: outages, crowds, churn, slow and silent clients, sleep."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from alertsim.mqtt.codes import Version
from alertsim.operators.cut import is_cut
from alertsim.swarm import causes
from alertsim.swarm.bulletins import Bulletins
from alertsim.swarm.cohort import Cohort, Group
from alertsim.swarm.conduct import Conductor, Phase, Schedule, Turn
from alertsim.swarm.conversation import SUBSCRIBED
from alertsim.swarm.dues import evenly
from alertsim.swarm.findings import Published
from alertsim.swarm.plan import Address, Plan
from alertsim.swarm.process import open_swarm
from tests.integration.real import Mosquitto, free_ports, needs_mosquitto
from tests.integration.swarm_world import BY, TOPIC, Crowd, plan_of, until

pytestmark = needs_mosquitto
CONFIGURATION = """\
listener {port} 127.0.0.1
allow_anonymous true
persistence false
set_tcp_nodelay true
max_inflight_messages 5
max_queued_messages 0
log_dest stderr
"""
CLEAN = Cohort("clean", operator="one", network="data")
KEPT = Cohort("kept", operator="one", network="data", persistent=True)
OTHERS = Cohort("others", operator="two", network="data")


@pytest.fixture
def brokers(tmp_path: Path) -> Iterator[Callable[[], tuple[Mosquitto, int]]]:
    """Starts one more each time it is called."""
    with ExitStack() as stack:
        numbers = iter(range(9))

        def start() -> tuple[Mosquitto, int]:
            (port,) = free_ports(1)
            folder = tmp_path / str(next(numbers))
            folder.mkdir()
            return stack.enter_context(Mosquitto(folder, CONFIGURATION.replace("{port}", str(port)))), port

        yield start


@pytest.fixture
def port(brokers: Callable[[], tuple[Mosquitto, int]]) -> int:
    """Of the only broker."""
    return brokers()[1]


def mixed(port: int, *cohorts: Cohort, each: int = 20, **options: Any) -> Plan:
    """So many of each cohort."""
    groups = tuple(Group(n, (TOPIC,), each) for n in range(len(cohorts)))
    return plan_of(port, 0, cohorts=cohorts, groups=groups, **options)


def connected(crowd: Crowd) -> set[int]:
    """Who listens."""
    return {n for n, state in enumerate(crowd.reactor._talk.states) if state == SUBSCRIBED}


def say(crowd: Crowd, port: int, count: int, after: int, hearers: int) -> None:
    """Publish some, and wait until so many have heard them all."""
    before = crowd.reactor.deliveries
    crowd.publish(port, count, 100, after=after).join()
    until(lambda: crowd.reactor.deliveries == before + count * hearers)


def by_cohort(result: dict[str, Any]) -> dict[str, dict[str, int]]:
    """The counts of each."""
    return {cohort["name"]: cohort["counts"] for cohort in result["cohorts"]}


def test_an_outage_in_the_middle(port: int) -> None:
    """Exactly those whose hash says so are gone, nobody before the back-off is over, and each gets what it is due.

    A session that waits has everything in the end; without one, what was said meanwhile was out of reach.
    """
    plan = mixed(port, CLEAN, KEPT, OTHERS, back_off_s=1.0, jittered=False)
    with Crowd(plan) as crowd:
        crowd.wait()
        say(crowd, port, 5, 0, hearers=60)
        crowd.cover("one", data=0.5, fixed=0.0)
        roster = crowd.child.roster
        cut = {n for n in range(60) if roster.cohort(n).operator == "one" and is_cut(roster.name(n), 0.5)}
        until(lambda: crowd.reactor.connections.attendance.cut == len(cut) == crowd.reactor.connections.lost)
        assert connected(crowd) == set(range(60)) - cut
        say(crowd, port, 7, 5, hearers=60 - len(cut))
        assert connected(crowd) == set(range(60)) - cut
        back_s = time.monotonic()
        crowd.cover("one", data=1.0, fixed=0.0)
        crowd.wait()
        assert time.monotonic() - back_s >= 1.0
        lost = {name: len([n for n in cut if roster.cohort(n).name == name]) for name in ("clean", "kept")}
        until(lambda: crowd.reactor.deliveries == 12 * 60 - 7 * lost["clean"])
        say(crowd, port, 3, 12, hearers=60)
        result = crowd.finish(30)
    assert 0 < lost["clean"] < 20
    assert 0 < lost["kept"] < 20
    counts = by_cohort(result)
    assert result["causes"] == {causes.NO_COVERAGE: len(cut)}
    assert result["connects"] == 60 + len(cut)
    for name, unreachable in {"clean": 7 * lost["clean"], "kept": 0, "others": 0}.items():
        assert (counts[name]["missing"], counts[name]["duplicates"], counts[name]["uninvited"]) == (0, 0, 0)
        assert counts[name]["unreachable"] == unreachable
        assert counts[name]["delivered"] == counts[name]["expected"] == 15 * 20 - unreachable
    series = result["series"]
    assert (max(series["cut"]), series["cut"][-1], sum(series["lost"])) == (len(cut), 0, len(cut))
    meanwhile = {here for here, away in zip(series["connected"], series["cut"], strict=True) if away == len(cut)}
    assert (meanwhile, series["connected"][-1]) == ({60 - len(cut)}, 60)


def test_who_is_still_cut_at_the_end_misses_nothing(port: int) -> None:
    """What waits in the session of somebody whom nobody lets connect is neither delivered nor missing."""
    with Crowd(mixed(port, KEPT)) as crowd:
        crowd.wait()
        crowd.cover("one", data=0.0)
        until(lambda: crowd.reactor.subscribed == 0)
        crowd.publish(port, 5, 100).join()
        result = crowd.finish(30)
    assert (result["away"], result["subscribed"]) == (20, 0)
    assert (result["counts"]["delivered"], result["counts"]["missing"], result["counts"]["unreachable"]) == (0, 0, 100)


def test_a_flash_crowd(port: int) -> None:
    """It comes when it is told, not before; what was said before was out of its reach."""
    with Crowd(mixed(port, CLEAN, OTHERS, flash=15)) as crowd:
        until(lambda: crowd.reactor.subscribed == 25)
        say(crowd, port, 4, 0, hearers=25)
        assert connected(crowd) == set(range(25))
        crowd.flash()
        crowd.wait()
        say(crowd, port, 4, 4, hearers=40)
        result = crowd.finish(30)
    counts = result["counts"]
    assert (counts["unreachable"], counts["missing"]) == (4 * 15, 0)
    assert counts["delivered"] == counts["expected"] == 4 * 25 + 4 * 40
    assert result["causes"] == {}


def test_churn(port: int) -> None:
    """Connections break one after the other from the first message on, come back, and everything is accounted for."""
    with Crowd(mixed(port, CLEAN, KEPT, churn_per_s=100, back_off_s=0.1)) as crowd:
        crowd.wait()
        assert crowd.reactor.connections.causes[causes.CHURN] == 0
        crowd.publish(port, 40, 40).join()
        until(lambda: crowd.reactor.connections.causes[causes.CHURN] >= 60)
        result = crowd.finish(2)
    counts = result["counts"]
    assert set(result["causes"]) == {causes.CHURN}
    assert result["connects"] > 40
    assert counts["expected"] == counts["delivered"] + counts["missing"]
    assert counts["expected"] + counts["uninvited"] + counts["unreachable"] == 40 * 40
    assert by_cohort(result)["kept"]["unreachable"] == by_cohort(result)["kept"]["missing"] == 0


def test_slow_readers(port: int) -> None:
    """They are late, nobody else is, and nobody misses anything."""
    slow = Cohort("slow", reads_per_s=5_000)
    with Crowd(mixed(port, slow, OTHERS, late_us=2_000_000)) as crowd:
        crowd.wait()
        crowd.publish(port, 40, 100).join()
        result = crowd.finish(60)
    counts = by_cohort(result)
    assert counts["slow"]["late"] > 20
    assert counts["others"]["late"] == 0
    assert all(each["delivered"] == each["expected"] == 40 * 20 for each in counts.values())


@pytest.mark.parametrize("qos", [1, 2])
def test_a_client_that_never_acknowledges(port: int, qos: int) -> None:
    """The broker gives it as many as it leaves on their way and no more, which is named; to everybody else all."""
    mute, kind = Cohort("mute", qos=qos, acks=False), Cohort("kind", qos=qos)
    with Crowd(mixed(port, kind, mute)) as crowd:
        crowd.wait()
        crowd.publish(port, 12, 100).join()
        until(lambda: crowd.reactor.deliveries == 20 * (12 + 5))
        result = crowd.finish(0.5)
    counts = by_cohort(result)
    assert (counts["mute"]["delivered"], counts["mute"]["missing"]) == (20 * 5, 20 * 7)
    assert (counts["kind"]["delivered"], counts["kind"]["missing"]) == (20 * 12, 0)
    assert result["stalled"] == [["", 5, 20]]


def test_sleeping_pollers(port: int) -> None:
    """They come and go in order; with a session they miss nothing, and what waits for a sleeper is no loss."""
    poller = Cohort("poller", persistent=True, awake_s=0.4, asleep_s=0.6)
    forgetful = Cohort("forgetful", awake_s=0.4, asleep_s=0.6)
    with Crowd(mixed(port, poller, forgetful)) as crowd:
        until(lambda: crowd.reactor.connections.connects >= 40)
        crowd.publish(port, 60, 30).join()
        until(lambda: crowd.reactor.connections.causes[causes.ASLEEP] > 80)
        result = crowd.finish(30)
    counts = by_cohort(result)
    assert set(result["causes"]) == {causes.ASLEEP}
    assert counts["poller"]["missing"] == 0
    assert counts["poller"]["delivered"] == counts["poller"]["expected"]
    assert counts["forgetful"]["unreachable"] > 0
    for each in counts.values():
        assert each["expected"] + each["uninvited"] + each["unreachable"] == 60 * 20


def test_listening_only_misses_nothing_that_was_said_before(port: int) -> None:
    """What the broker had retained from before is no message of this test, so nobody can miss it."""
    early, late = (["mosquitto_pub", "-p", str(port), "-t", TOPIC, "-m", word] for word in ("early", "late"))
    subprocess.run([*early, "-r"], check=True)
    with Crowd(mixed(port, CLEAN, listen_only=True)) as crowd:
        crowd.wait()
        until(lambda: crowd.reactor.deliveries == 20)
        subprocess.run(late, check=True)
        until(lambda: crowd.reactor.deliveries == 40)
        result = crowd.finish(5)
    counts = result["counts"]
    assert (result["messages"], counts["delivered"], counts["missing"], counts["unreachable"]) == (1, 20, 0, 0)
    assert result["strangers"] == 0


def conduct(
    plan: Plan, schedule: Schedule, view: Callable[[Phase, dict[str, Any]], None] = lambda _phase, _progress: None
) -> tuple[dict[str, Any], Published | None]:
    """A whole test with a process of subscribers."""

    async def whole() -> tuple[dict[str, Any], Published | None]:
        with open_swarm() as swarm:
            return await Conductor(plan, schedule, swarm, view).conduct()

    return asyncio.run(whole())


def schedule_of(count: int, per_s: float, **options: Any) -> Schedule:
    """Messages one after the other."""
    make = Bulletins(BY, size=500, qos=1, version=Version.V5).make
    return Schedule(make, evenly(per_s, count), count / per_s, **options)


def at_both(*ports: int) -> tuple[Address, ...]:
    return tuple(Address("127.0.0.1", port) for port in ports)


def test_several_brokers(brokers: Callable[[], tuple[Mosquitto, int]]) -> None:
    """Everybody hears each message once, whichever broker it is at; a message at both is one message."""
    ports = [brokers()[1] for _ in range(3)]
    plan = mixed(ports[0], CLEAN, OTHERS, brokers=at_both(*ports))
    turns = (Turn(0.1, "one", (("data", 0.5),)), Turn(0.4, "one", (("data", 1.0),)))
    result, published = conduct(plan, schedule_of(20, 20, turns=turns))
    counts = result["counts"]
    assert published
    assert (published.messages, published.unacknowledged, published.failure, result["messages"]) == (20, 0, "", 20)
    assert (counts["duplicates"], counts["out_of_order"], result["strangers"]) == (0, 0, 0)
    missing = {cohort["name"]: cohort["counts"]["missing"] for cohort in result["cohorts"]}
    assert missing["others"] == 0  # who is cut may miss what is on its way
    assert counts["delivered"] + counts["uninvited"] + counts["unreachable"] + counts["missing"] == 20 * 40
    assert counts["unreachable"] > 0
    assert by_cohort(result)["others"]["delivered"] == 20 * 20


def test_one_of_two_brokers_dies(brokers: Callable[[], tuple[Mosquitto, int]]) -> None:
    """Its subscribers are out of reach from then on; those of the other hear everything, and the test ends properly."""
    (_, well), (doomed, ill) = brokers(), brokers()
    plan = mixed(well, CLEAN, OTHERS, brokers=at_both(well, ill), back_off_s=0.2)

    def view(phase: Phase, progress: dict[str, Any]) -> None:
        if phase is Phase.PUBLISHING and progress["messages"] >= 5:
            doomed.end()

    result, published = conduct(plan, schedule_of(60, 20), view)
    counts = result["counts"]
    assert published
    assert (published.messages, published.failure, result["messages"]) == (60, "", 60)
    assert published.skipped + published.unacknowledged > 0
    assert (result["subscribed"], counts["duplicates"]) == (20, 0)
    assert counts["delivered"] >= 60 * 20 + 5 * 20 - counts["missing"]
    assert counts["unreachable"] > 30 * 20
    assert counts["expected"] + counts["unreachable"] == 60 * 40
    assert max(len(reached["missing"]) for reached in result["reached"]) <= 20
    assert result["causes"]["refused"] > 0


def load(*words: str) -> Any:
    """`alertsim load … --json`, which must end well or with thresholds and self-check not holding."""
    done = subprocess.run(
        [sys.executable, "-m", "alertsim", "load", *words, "--json"], capture_output=True, text=True, check=False
    )
    assert done.returncode in {0, 3}, done.stderr
    return json.loads(done.stdout)


def test_both_ways_to_come_back(port: int) -> None:
    """The same outage twice: spread by chance first, then all at the same moment, whatever else was asked for."""
    words = ("--broker", f"mqtt://127.0.0.1:{port}", "-c", "300", "--duration", "3s", "--population", "uniform")
    storm = ("--publish-rate", "1/s", "--outage", "all@500ms+300ms", "--back-off", "1s")
    found = load(*words, *storm, "--compare-back-off", "--fixed-back-off")
    assert [each["causes"] for each in found] == [{causes.NO_COVERAGE: 300}] * 2
    ((spread,), (fixed,)) = (each["storms"] for each in found)
    assert (spread["lost"], fixed["lost"]) == (300, 300)
    assert fixed["steepest_connects_per_s"] > spread["steepest_connects_per_s"]


@pytest.mark.parametrize("rate", ["100000", "max"])
def test_a_scenario_as_load(port: int, rate: str) -> None:
    """Each of its events is a message, and those of an operator that fails in it lose the connection, at any pace."""
    found = load("kyivstar-outage-2023-12-12", "--broker", f"mqtt://127.0.0.1:{port}", "-c", "120", "--rate", rate)
    counts = found["counts"]
    assert found["messages"] == found["published"]["messages"] > 5
    assert sum(cohort["subscribers"] for cohort in found["cohorts"]) == found["subscribers"] == 120
    assert counts["duplicates"] == found["strangers"] == 0
    assert counts["expected"] == counts["delivered"] + counts["missing"]
    assert found["causes"][causes.NO_COVERAGE] > 0
