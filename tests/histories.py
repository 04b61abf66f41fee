"""Random histories: events on so few things that they meet, each with an id of its own, in order of time."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from hypothesis import strategies as st

from alertsim.events import (
    AlertCancelled,
    AlertCleared,
    AlertEvent,
    AlertRaised,
    AlertUpdated,
    BrokerFault,
    BrokerFaulted,
    ClockTicked,
    Event,
    ExerciseState,
    ExerciseStateChanged,
    ForeignRelayed,
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
from alertsim.timeline import Timeline
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


Maker = Callable[[About], Event]

PLANNED: list[Maker] = [
    *(_alert(kind) for kind in (AlertRaised, AlertUpdated, AlertCleared)),
    *(_strike(kind) for kind in (StrikeLaunched, StrikeDetected, StrikeIntercepted, StrikeImpacted)),
    lambda about: IncidentReported(**about.shared, incident=about.name, area=about.area, text=TEXT),
    lambda about: OperatorChanged(**about.shared, operator=about.name, up={Service.DATA: 0.5}),
    lambda about: NewsPublished(**about.shared, text=TEXT),
    lambda about: BrokerFaulted(
        **about.shared, fault=BrokerFault.KILL, phase="began" if about.name == "one" else "ended"
    ),
    lambda about: ForeignRelayed(**about.shared, topic=about.area, text="{}", qos=0, retain=about.name == "one"),
]
"""What may be planned, by an author or by a recording."""

LIVE: list[Maker] = [
    _alert(AlertCancelled),
    lambda about: ClockTicked(**about.shared),
    lambda about: ExerciseStateChanged(**about.shared, state=about.state),
]
"""What an exercise adds."""


WITHIN_A_MINUTE = st.integers(0, 60)


def histories(
    name: str = "e",
    *,
    makers: Sequence[Maker] = (*PLANNED, *LIVE),
    seconds: st.SearchStrategy[int] = WITHIN_A_MINUTE,
) -> st.SearchStrategy[list[Event]]:
    """Up to thirty events, `seconds` after the start, with ids `<name>:<n>`."""
    moments = st.tuples(
        seconds,
        st.sampled_from(makers),
        st.sampled_from(AREAS),
        st.sampled_from(["one", "two"]),
        st.sampled_from(ExerciseState),
    )
    return st.lists(moments, max_size=30).map(
        lambda drawn: [
            make(About(f"{name}:{n}", after(at), area, thing, state))
            for n, (at, make, area, thing, state) in enumerate(sorted(drawn, key=lambda moment: moment[0]))
        ]
    )


def timelines(seconds: st.SearchStrategy[int] = WITHIN_A_MINUTE) -> st.SearchStrategy[Timeline]:
    """The same as a timeline, of what an author may plan."""
    return histories(makers=PLANNED, seconds=seconds).map(
        lambda events: Timeline("night", 7, after(0), 120, tuple(events))
    )
