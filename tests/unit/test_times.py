"""Instants and durations."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertsim.times import Millis, duration_text, parse_duration, parse_instant, rfc3339, time_of_day

instants = st.integers(-(10**13), 10**14).map(Millis)
offsets = st.integers(-14 * 60, 14 * 60)


@given(instants, offsets)
def test_an_instant_written_is_read_back(at: Millis, offset: int) -> None:
    """RFC 3339 text holds the instant and the offset, at any offset, with or without milliseconds."""
    assert parse_instant(rfc3339(at, offset)) == (at, offset)


def test_the_siren_of_the_article() -> None:
    """03:00:13 in Kyiv is 01:00:13 UTC, and is written without a fraction."""
    at, offset = parse_instant("2023-12-13T03:00:13+02:00")
    assert (at, offset) == (1702429213000, 120)
    assert rfc3339(at, offset) == "2023-12-13T03:00:13+02:00"
    assert time_of_day(at, offset) == "03:00:13"
    assert rfc3339(Millis(at + 250), 0) == "2023-12-13T01:00:13.250+00:00"


@pytest.mark.parametrize(
    "text",
    ["", "2023-12-13", "2023-12-13T03:00:13Z", "2023-12-13T03:00:13", "2023-12-13 03:00:13+02:00", "03:00:13"]
    + ["2023-02-30T03:00:13+02:00", "2023-12-13T24:00:00+02:00", "2023-12-13T03:00:13+15:00"]
    + ["2023-12-13T03:00:13+02:60", "٢٠٢٣-12-13T03:00:13+02:00", "0000-01-01T00:00:00+00:00"],
)
def test_what_is_no_instant_is_refused(text: str) -> None:
    """A time without a numeric offset, or one that does not exist, is refused with the text that was found."""
    with pytest.raises(ValueError, match=r"expected|no such time"):
        parse_instant(text)


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [("90s", 90_000), ("15m", 900_000), ("2h", 7_200_000), ("1h30m", 5_400_000), ("00:12:30", 750_000)]
    + [("500ms", 500), ("1d", 86_400_000), ("0s", 0), ("00:00:00.25", 250), ("100:00:00", 360_000_000)],
)
def test_durations_people_write(text: str, milliseconds: int) -> None:
    """Each form an author may write is read."""
    assert parse_duration(text) == milliseconds


@pytest.mark.parametrize("text", ["", "90", "1.5h", "-5m", "1:30", "5 m", "m", "10m5h", "00:60:00", "1e3s"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    """A number without a unit, or in the wrong order, is refused."""
    with pytest.raises(ValueError, match="expected a duration"):
        parse_duration(text)


@given(st.integers(0, 10**10).map(Millis))
def test_a_duration_written_is_read_back(length: Millis) -> None:
    """`duration_text` writes what `parse_duration` reads."""
    assert parse_duration(duration_text(length)) == length
