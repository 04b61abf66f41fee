"""Commands typed after a colon."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertsim.cli.typed import Prompt, Replayed, read_command
from alertsim.commands import Command, Restore, Seek, StartOutage
from alertsim.errors import InputError
from alertsim.times import DAY, HOUR, Millis, parse_instant, time_of_day

KNOWN = ("kyivstar", "lifecell")


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("outage kyivstar now", StartOutage(operator="kyivstar")),
        ("outage  kyivstar", StartOutage(operator="kyivstar")),
        ("outage kyivstar 0.3", StartOutage(operator="kyivstar", up=0.3)),
        ("outage lifecell 0.5 for 10m", StartOutage(operator="lifecell", up=0.5, lasts=Millis(600_000))),
        ("outage lifecell for 30s now", StartOutage(operator="lifecell", lasts=Millis(30_000))),
        ("restore kyivstar", Restore(operator="kyivstar")),
    ],
)
def test_commands(text: str, command: Command) -> None:
    """Operator, share and time, the latter two if one likes."""
    assert read_command(text, KNOWN) == command


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "expected outage OPERATOR"),
        ("fail kyivstar", "expected outage OPERATOR"),
        ("outage", "expected outage OPERATOR"),
        ("outage kyivstar 1 2", "expected outage OPERATOR"),
        ("outage vodafone", "no operator 'vodafone'; there are kyivstar, lifecell"),
        ("outage kyivstar 30", "'30': expected the share that is left, 0 to 1"),
        ("outage kyivstar nan", "expected the share"),
        ("outage kyivstar most", "expected the share"),
        ("outage kyivstar for ever", "expected a duration above 0"),
        ("outage kyivstar for 0s", "expected a duration above 0"),
    ],
)
def test_what_is_refused(text: str, says: str) -> None:
    """With what to write instead."""
    with pytest.raises(InputError, match=says):
        read_command(text, KNOWN)


def test_typing() -> None:
    """A colon opens it, Enter hands it over, Escape and erasing the colon close it; a mistake stays to be read."""
    prompt = Prompt(KNOWN)
    handed = [prompt.press(key) for key in ":restore kyivstaw\x7fr\x00\r"]
    assert [each for each in handed if each] == [Restore(operator="kyivstar")]
    assert prompt.text == ""
    for key in ":xx\n":
        prompt.press(key)
    assert prompt.text.startswith("expected outage")
    assert not prompt.open
    prompt.press(":")
    assert prompt.text == ":"
    prompt.press("\x7f")
    assert not prompt.open
    prompt.press(":")
    prompt.press("\x1b")
    assert (prompt.text, prompt.press(":"), prompt.press("\n")) == ("", None, None)


FIRST = Millis(parse_instant("2026-03-01T22:59:30.500+02:00")[0])
REPLAY = Replayed(FIRST, Millis(FIRST + 25 * HOUR), 120)


@pytest.mark.parametrize(
    ("place", "after_s"),
    [
        ("23:00", 29.5),
        ("3:12:10", 4 * 3600 + 12 * 60 + 39.5),
        ("22:59:30", 0),
        ("22:59", 24 * 3600 - 30.5),
        ("+00:10:00", 600),
        ("+10m", 600),
        ("2026-03-02T00:00:00+02:00", 3629.5),
    ],
)
def test_seeking_in_a_replay(place: str, after_s: float) -> None:
    """A time of day as the screen shows it is its first moment there; with a plus it is counted from the beginning."""
    assert read_command(f"seek {place}", KNOWN, REPLAY) == Seek(to=Millis(FIRST + int(after_s * 1000)))


@pytest.mark.parametrize("place", ["24:00", "+26h", "2026-03-01T00:00:00+02:00", "soon", "03:60", "03"])
def test_where_one_cannot_seek(place: str) -> None:
    """Outside the replay, or no place: said with what one may write, or from when to when it lasts."""
    with pytest.raises(InputError, match=r"22:59:30 to 23:59:30|expected a time like"):
        read_command(f"seek {place}", KNOWN, REPLAY)


@given(st.integers(0, DAY - 1), st.integers(0, DAY * 2), st.integers(-14, 14).map(lambda hours: hours * 60))
def test_any_moment_on_the_screen_can_be_typed(first: int, later: int, offset: int) -> None:
    """What is shown at a moment leads to one that is shown alike, and no later."""
    replay = Replayed(Millis(first), Millis(first + DAY * 2), offset)
    shown = time_of_day(Millis(first + later), offset)
    found = read_command(f"seek {shown}", KNOWN, replay)
    assert isinstance(found, Seek)
    assert (time_of_day(found.to, offset), found.to <= first + later) == (shown, True)


def test_an_exercise_is_not_moved_in() -> None:
    """Seeking is for replays."""
    with pytest.raises(InputError, match="expected outage"):
        read_command("seek 03:12", KNOWN)
