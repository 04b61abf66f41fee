"""Texts are measured in terminal cells, cut to them, and steer nothing."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from alertsim.cells import cell, cells, cut, printable

JOINING = "\N{HANGUL FILLER}" + "".join(map(chr, range(0x1F3FB, 0x1F400)))
"""A filler and the skin tones: to rich they belong to what stands before them, to us they take what they take alone."""


@given(st.text(), st.integers(0, 60))
def test_cutting(given_text: str, room: int) -> None:
    """A text is cut to the room and not more than needed; what is left out is owned up to."""
    short = cut(given_text, room)
    assert cells(short) <= room
    if cells(given_text) > room:
        kept = len(short) - 1
        assert short == (given_text[:kept] + "…" if room else "")
        assert not room or cells(given_text[: kept + 1]) > room - 1
    else:
        assert short == given_text


def test_where_there_is_less_than_no_room_nothing_stands() -> None:
    """A negative room is none."""
    assert cut("", -1) == cut("text", -1) == ""


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Mn"], exclude_characters=JOINING)))
def test_cells_are_the_terminals(given_text: str) -> None:
    """We measure as rich does, wherever Unicode's tables of both know the character."""
    known = [char for char in given_text if unicodedata.east_asian_width(char) in {"Na", "N", "W", "H", "F"}]
    for char in known:
        assert abs(cells(char) - cell_len(char)) <= 1
    assert cells("Київ — ■·─●") == cell_len("Київ — ■·─●") == 11
    assert cells("日本") == 4
    assert cells("й\N{COMBINING ACUTE ACCENT}") == 1
    assert cells("a\N{ZERO WIDTH JOINER}b") == 2


@given(st.text())
def test_a_text_takes_what_its_characters_take(given_text: str) -> None:
    """Cells add up."""
    assert cells(given_text) == sum(map(cell, given_text))


@given(st.text())
def test_what_could_steer_a_terminal_is_marked(given_text: str) -> None:
    """Character by character: those that print stay, the others become the replacement character."""
    shown = printable(given_text)
    assert shown.isprintable()
    assert len(shown) == len(given_text)
    for before, after in zip(given_text, shown, strict=True):
        assert after == (before if before.isprintable() else "\N{REPLACEMENT CHARACTER}")
    assert printable("\x1b[31m\N{RIGHT-TO-LEFT OVERRIDE}") == "�[31m�"
