import csv
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertsim.areas import romanise

LOWER = "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя"
APOSTROPHES = "'’ʼ"
ASCII = "".join(map(chr, range(32, 127)))
OFFICIAL = Path(__file__).parents[1] / "data" / "areas" / "official-names.csv"

words = st.text(LOWER, min_size=1, max_size=12)


def test_every_name_of_the_official_siren_data_comes_out_as_written_there() -> None:
    """25 oblasts, 76 raions and 130 hromadas agree, but for Kyiv, which is `Kyiv City` there."""
    rows = list(csv.DictReader(OFFICIAL.read_text("utf-8").splitlines()))
    different = [(row["name_uk"], row["name_en"]) for row in rows if romanise(row["name_uk"]) != row["name_en"]]
    assert len(rows) == 25 + 76 + 130
    assert different == [("м. Київ", "Kyiv City")]


@pytest.mark.parametrize(
    ("ukrainian", "latin"),
    [
        ("Алушта", "Alushta"),
        ("Ґалаґан", "Galagan"),
        ("Єнакієве", "Yenakiieve"),
        ("Їжакевич", "Yizhakevych"),
        ("Йосипівка", "Yosypivka"),
        ("Олексій", "Oleksii"),
        ("Згорани", "Zghorany"),
        ("Розгон", "Rozghon"),
        ("Щербухи", "Shcherbukhy"),
        ("Юрій", "Yurii"),
        ("Ніжин", "Nizhyn"),
        ("Феодосія", "Feodosiia"),
        ("Знам’янка", "Znamianka"),
        ("м. Нова-Єнакієва", "m. Nova-Yenakiieva"),
        ("ЗГУРІВКА", "ZGHURIVKA"),
        ("ЩАСТЯ", "SHCHASTIA"),
        ("Я", "Ya"),
        ("зГ", "zGh"),
        ("’Яна’ і Rock", "Yana i Rock"),
        ("", ""),
    ],
)
def test_the_table_of_the_resolution(ukrainian: str, latin: str) -> None:
    """Word-initial forms, `зг`, soft signs, apostrophes and capitals follow resolution 55."""
    assert romanise(ukrainian) == latin


@given(st.text(LOWER + LOWER.upper() + APOSTROPHES + ASCII))
def test_ukrainian_text_comes_out_in_ascii(text: str) -> None:
    """Whatever is typed on a Ukrainian keyboard comes out in ASCII."""
    assert romanise(text).isascii()


@given(st.lists(words, max_size=4), st.sampled_from([" ", "-", ", ", "\n"]))
def test_each_word_stands_alone(parts: list[str], between: str) -> None:
    """A word comes out the same wherever it stands."""
    assert romanise(between.join(parts)) == between.join(map(romanise, parts))


@given(st.text(LOWER, min_size=2, max_size=12))
def test_capitals_change_case_only(word: str) -> None:
    """A capital gives one capital, a word in capitals one in capitals; the letters stay the same."""
    assert romanise(word.upper()) == romanise(word).upper()
    assert romanise(word.capitalize()) == romanise(word).capitalize() or word[0] == "ь"


@given(words, words, st.sampled_from(APOSTROPHES))
def test_apostrophes_are_dropped_and_begin_no_word(before: str, after: str, apostrophe: str) -> None:
    """A letter after an apostrophe has its form inside a word, whichever apostrophe is typed."""
    assert romanise(before + apostrophe + after) == romanise(before + after) or (before[-1], after[0]) == ("з", "г")


@given(st.text(LOWER))
def test_decomposed_letters_are_the_same_letters(text: str) -> None:
    """`й` typed as `и` with a breve is `й`."""
    assert romanise(unicodedata.normalize("NFD", text)) == romanise(text)


@given(st.text(ASCII.replace("'", "").replace("`", "")))
def test_latin_text_stays(text: str) -> None:
    """What is in Latin letters already stays as it is."""
    assert romanise(text) == text
