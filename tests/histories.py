"""Random histories: events on so few things that they meet, each with an id of its own, in order of time."""

from collections.abc import Callable
from typing import Any, NamedTuple

from hypothesis import strategies as st

from alertsim.events import (
    AlertCancelled,
    AlertCleared,
    AlertEvent,
    AlertRaised,
    AlertUpdated,
    ClockTicked,
    Event,
    ExerciseState,
    ExerciseStateChanged,
    IncidentReported,
    NewsPublished,
    OperatorChanged,
    Service,
    StrikeDetected,
    StrikeEvent,
    StrikeImpacted,
    StrikeIntercepted,
    StrikeLaunched,
    Text,
)
from alertsim.times import Millis
from tests.nights import after

AREAS = ("UA-32", "UA-32/75", "UA-32/75/702")
TEXT = Text(uk="так", en="yes")


class About(NamedTuple):
    """What an event is about, whatever it is."""

    event: str
    at: Millis
    area: str
    name: str
    state: ExerciseState

    @property
    def shared(self) -> dict[str, Any]:
        """The fields of every event."""
        return {"event": self.event, "at": self.at, "entry": "e"}


def _alert(kind: type[AlertEvent]) -> Callable[[About], Event]:
    return lambda about: kind(**about.shared, area=about.area)


def _strike(kind: type[StrikeEvent]) -> Callable[[About], Event]:
    return lambda about: kind(**about.shared, strike=about.name, weapon="w", target=about.area)


_MAKERS: list[Callable[[About], Event]] = [
    *(_alert(kind) for kind in (AlertRaised, AlertUpdated, AlertCleared, AlertCancelled)),
    *(_strike(kind) for kind in (StrikeLaunched, StrikeDetected, StrikeIntercepted, StrikeImpacted)),
    lambda about: IncidentReported(**about.shared, incident=about.name, area=about.area, text=TEXT),
    lambda about: OperatorChanged(**about.shared, operator=about.name, up={Service.DATA: 0.5}),
    lambda about: NewsPublished(**about.shared, text=TEXT),
    lambda about: ClockTicked(**about.shared),
    lambda about: ExerciseStateChanged(**about.shared, state=about.state),
]
_moments = st.tuples(
    st.integers(0, 60),
    st.sampled_from(_MAKERS),
    st.sampled_from(AREAS),
    st.sampled_from(["one", "two"]),
    st.sampled_from(ExerciseState),
)


def histories(name: str = "e") -> st.SearchStrategy[list[Event]]:
    """Up to thirty events of a minute, with ids `<name>:<n>`."""
    return st.lists(_moments, max_size=30).map(
        lambda moments: [
            make(About(f"{name}:{n}", after(seconds), area, thing, state))
            for n, (seconds, make, area, thing, state) in enumerate(sorted(moments, key=lambda moment: moment[0]))
        ]
    )
