"""What is up where: the smallest area around a place that says something counts."""

from hypothesis import given
from hypothesis import strategies as st

from alertsim.events import OperatorChanged, Service, SirensLeft
from alertsim.operators.coverage import EVERYWHERE, SIRENS, condition, said_of, share_for
from alertsim.times import Millis

AREAS = [EVERYWHERE, "UA-46", "UA-46/90", "UA-46/90/700", "UA-4", "UA-30"]
conditions = st.dictionaries(
    st.sampled_from(AREAS), st.dictionaries(st.sampled_from(["data", "voice"]), st.floats(0, 1)), max_size=6
)


@given(conditions, st.sampled_from(["data", "voice"]), st.sampled_from(AREAS))
def test_the_smallest_area_around_a_place_counts(said: dict[str, dict[str, float]], service: str, area: str) -> None:
    """Of all areas on the way outwards the first that names the service; where none does, all of it is up."""
    steps = area.split("/") if area else []
    outwards = ["/".join(steps[:depth]) for depth in range(len(steps), 0, -1)] + [EVERYWHERE]
    known = [said[name][service] for name in outwards if service in said.get(name, {})]
    assert said_of(said, service, area) == (known[0] if known else None)
    assert share_for(said, service, area) == (known[0] if known else 1.0)


def test_a_condition_is_plain_words() -> None:
    """What an event says of services, areas and sirens, as it can go over a wire."""
    event = OperatorChanged(
        event="o:1",
        at=Millis(0),
        entry="o",
        operator="a",
        up={Service.DATA: 0.5},
        areas={"UA-46": {Service.DATA: 1.0}},
        sirens={"UA-46": SirensLeft(up=0.75), "UA-30": SirensLeft(up=1.0)},
    )
    assert event.condition == {"": {"data": 0.5}, "UA-46": {"data": 1.0, "sirens": 0.75}, "UA-30": {"sirens": 1.0}}
    assert all(type(name) is str for said in event.condition.values() for name in said)
    assert [share_for(event.condition, Service.DATA, area) for area in ("UA-46/90", "UA-30")] == [1.0, 0.5]
    assert [said_of(event.condition, SIRENS, area) for area in ("UA-46/90", "UA-30", "UA-32")] == [0.75, 1.0, None]


def test_without_areas_a_condition_is_of_the_whole_country() -> None:
    """Whoever asks of any place gets the same."""
    assert condition({Service.DATA: 0.2}, None) == {"": {"data": 0.2}}
    assert {share_for(condition({"data": 0.2}), "data", area) for area in AREAS} == {0.2}
