"""Which condition the proxies of an exercise take on: that of their place, as far as an outage speaks of it."""

import pytest

from alertsim import library
from alertsim.events import OperatorChanged
from alertsim.networks import Networks
from alertsim.operators.conditions import Conditions
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
                networks._assign(proxies, change)  # type: ignore[arg-type]  # stands for them
        assert proxies.up == {"kyivstar": up, "vodafone-ua": point.others, "lifecell": point.others}
