"""An exercise of the Kyivstar outage, cut short: who is cut, as its subscribers say, and who is back how soon."""

from alertsim import library
from alertsim.story import of_scenario
from alertsim.times import parse_instant
from tests import kyivstar
from tests.benchmarks.outage import found, live, steady
from tests.integration.real import needs_mosquitto
from tests.kyivstar import POINTS

pytestmark = needs_mosquitto
MANY = 300


async def test_data_comes_back_to_the_west() -> None:
    """Exactly those are cut whose hash says so, and who is not is connected, before and after; the broker agrees."""
    start, until = (parse_instant(f"2023-12-14T{time}:00+02:00")[0] for time in ("14:50", "15:20"))
    loaded = library.load(kyivstar.SCENARIO)
    roster = kyivstar.roster_of(kyivstar.timeline_of(loaded), MANY)
    witness = await live(of_scenario(loaded, 1, start=start, until=until, rate=400), MANY)
    before, after = (found(witness, roster, point) for point in POINTS[4:6])
    assert sum(after.expected.values()) < sum(before.expected.values())
    assert (before.read, after.read) == (before.expected, after.expected)
    assert before.reached_s is not None
    assert after.reached_s is not None
    names = set[str]().union(*kyivstar.cut(roster, before.point).values())
    assert steady(roster, witness.left) == steady(roster, names)
