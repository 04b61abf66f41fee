"""Commands typed after a colon."""

import pytest

from alertsim.cli.typed import Prompt, read_command
from alertsim.commands import Command, Restore, StartOutage
from alertsim.errors import InputError
from alertsim.times import Millis

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
