"""The page of a report in a real browser, where there is one: it renders, complains of nothing, asks for nothing."""

from pathlib import Path

import pytest

from tests.browser import CHROMIUM, browse
from tests.unit.test_report_page import PAGES

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="no chromium on PATH")


@pytest.mark.parametrize(("name", "language"), [("whole", "uk"), ("unknown", "en")])
def test_a_browser_shows_it_and_asks_for_nothing(name: str, language: str, tmp_path: Path) -> None:
    """One request, for the page itself; no word on the console; every drawing is there and closed where we close it."""
    text = PAGES[name, "uk" if language == "uk" else "en"]
    document, complaints, asked = browse(text, tmp_path)
    assert complaints == []
    assert [each for each in asked if "google" not in each] == ["http://page.test/"]
    assert "EXERCISE · НАВЧАННЯ · EXERCISE" in document
    for tag in ("svg", "path", "tr", "section", "li"):
        assert document.count(f"<{tag}") == text.count(f"<{tag}"), tag
