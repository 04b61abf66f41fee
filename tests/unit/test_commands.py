"""What a person may ask, what was seen, and what can go wrong: small values that survive JSON."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from alertsim.commands import COMMAND, Command, Jump, Pause, Resume, SetRate, Suspend, Terminate
from alertsim.errors import AlertSimError, BrokerError, InputError, Problem, RecordingError, ScenarioError
from alertsim.events import AlertRaised
from alertsim.observations import (
    OBSERVATION,
    BrokerLost,
    BrokerRestored,
    ClockSlept,
    CommandAccepted,
    CommandRefused,
    EventAcknowledged,
    EventExpired,
    EventPublished,
    EventSkipped,
    Observation,
    PlayDegraded,
)
from alertsim.times import Millis

commands: st.SearchStrategy[Command] = st.one_of(
    st.builds(Pause),
    st.builds(Resume),
    st.builds(Suspend, by=st.text()),
    st.builds(Terminate, reason=st.text()),
    st.builds(SetRate, rate=st.floats(0.001, 1_000_000)),
    st.builds(Jump, to=st.integers(0, 2**42).map(Millis)),
)
RAISED = AlertRaised(event="a:raised", at=Millis(0), entry="a", area="UA-30")


@given(commands)
def test_a_command_survives_json(command: Command) -> None:
    """Written to the log and read back it asks for the same."""
    assert COMMAND.validate_json(command.model_dump_json()) == command


@given(commands)
def test_an_observation_survives_json(command: Command) -> None:
    """Also with a command or an event inside."""
    seen: list[Observation] = [
        CommandAccepted(n=1, at=Millis(5), seq=3, command=command),
        CommandRefused(command=command, reason="not now"),
        EventSkipped(skipped=RAISED),
        EventPublished(event="a:raised", seq=1, topic="public/news", at_us=7),
        EventExpired(event="a:raised", seq=1, topic="public/news", reason="purged"),
        EventAcknowledged(event="a:raised", seq=1, client="c", what="received", at_us=7),
        ClockSlept(at=Millis(5), lost_ms=6_000),
        BrokerLost(reason="gone"),
        BrokerRestored(waiting=3),
        PlayDegraded(part="recording", reason="slow"),
    ]
    for each in seen:
        assert OBSERVATION.validate_json(each.model_dump_json()) == each


@pytest.mark.parametrize("rate", [0, -1, 1_000_001, float("nan"), float("inf")])
def test_no_pace_stands_still_or_runs_away(rate: float) -> None:
    """Rate 0 is a pause, and max is chosen at the start; neither is asked for as a pace."""
    with pytest.raises(ValidationError):
        SetRate(rate=rate)


def test_errors_say_who_must_act() -> None:
    """The world failed: 1. What was typed is wrong: 2."""
    assert {error.exit_code for error in (AlertSimError, BrokerError, RecordingError)} == {1}
    assert {error.exit_code for error in (InputError, ScenarioError)} == {2}


def test_problems_are_told_once_each_in_the_order_of_the_file() -> None:
    """`file:line:column: field: message`; a problem of the whole document has no field."""
    late, early = Problem("n.yaml", 9, 1, "events[0].at", "late"), Problem("n.yaml", 2, 5, "", "early")
    error = ScenarioError([late, early, late])
    assert error.problems == (early, late)
    assert str(error) == "n.yaml:2:5: early\nn.yaml:9:1: events[0].at: late"
