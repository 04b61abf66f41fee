"""Which condition the proxies of an exercise take on: that of their place, as far as an outage speaks of it."""

import pytest

from alertsim import library
from alertsim.events import Event, ExerciseState, ExerciseStateChanged, OperatorChanged
from alertsim.networks import Felt, Networks, felt, is_felt
from alertsim.observations import EventSkipped, Observed, Played
from alertsim.operators.conditions import CALM, Conditions
from tests import kyivstar
from tests.kyivstar import POINTS


class Recorder:
    """Stands for the process of proxies."""

    def __init__(self) -> None:
        self.up: dict[str, float] = {}
        self.ways: dict[str, set[Conditions]] = {}

    def cut(self, operator: str, up: float) -> None:
        self.up[operator] = up

    def assign(self, operator: str, upstream: Conditions, downstream: Conditions) -> None:
        self.ways[operator] = {upstream, downstream}


@pytest.fixture(scope="module")
def outage() -> list[OperatorChanged]:
    """What befalls operators in the Kyivstar outage."""
    return list(kyivstar.changes(kyivstar.timeline_of(library.load(kyivstar.SCENARIO))))


@pytest.mark.parametrize(("place", "west", "relapse"), [("", 0.0, 1.0), ("UA-21", 1.0, 0.0), ("UA-30/52", 0.0, 1.0)])
def test_clients_are_where_it_is_said(outage: list[OperatorChanged], place: str, west: float, relapse: float) -> None:
    """Data is back in Zakarpattia first and lost there again; the country as a whole, and Kyiv, wait and keep it."""
    for point, up in ((POINTS[5], west), (POINTS[9], relapse)):
        proxies = Recorder()
        networks = Networks(None, place=place)
        for change in outage:
            if change.at <= kyivstar.millis(point):
                [now] = felt(played(change))
                networks._assign(proxies, now)  # type: ignore[arg-type]  # stands for them
        assert proxies.up == {"kyivstar": up, "vodafone-ua": point.others, "lifecell": point.others}


def played(event: Event, *withdraws: str) -> Played:
    """A line of the log."""
    return Played(1, 2, 2, event, 1.0, withdraws=withdraws)


def test_what_is_passed_over_is_not_felt(outage: list[OperatorChanged]) -> None:
    """Nobody lives through what lay before the start of play: what still stands of it is said then."""
    assert not is_felt(Observed(1, 2, EventSkipped(skipped=outage[0])))
    assert is_felt(played(outage[0]))


def test_what_is_taken_back_is_felt_no_more(outage: list[OperatorChanged]) -> None:
    """Where play goes back to before an outage, its operator is calm; what else was taken back does not count."""
    again = ExerciseStateChanged(event="a", at=outage[0].at, entry="live", state=ExerciseState.RUNNING)
    line = played(again, "control/network/kyivstar", "public/alert/UA-30")
    assert list(felt(line)) == [Felt("kyivstar")]
    proxies = Recorder()
    Networks(None)._assign(proxies, Felt("kyivstar"))  # type: ignore[arg-type]  # as above
    assert (proxies.up, proxies.ways) == ({"kyivstar": 1.0}, {"kyivstar": {CALM}})
