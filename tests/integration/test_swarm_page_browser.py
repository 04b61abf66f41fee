"""The page of a load test in a real browser, where there is one: it renders, complains of nothing, asks for nothing."""

from pathlib import Path

import pytest

from alertsim.swarm.findings import Findings, Published
from alertsim.swarm.page import page
from tests.browser import CHROMIUM, browse
from tests.unit.swarm_found import COUNTS, cohort, course, found, latencies, message

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="no chromium on PATH")


def storm() -> Findings:
    """Something of everything: two cohorts, a storm, a crowd, messages that reached nobody, a threshold that fails."""
    rows = [(100, 0, 0, 0)] + [(0, 0, 0, 90)] * 20 + [(0, 60, 60, 0)] + [(0, 0, 60, 0)] * 9 + [(60, 0, 0, 0)]
    rows += [(0, 0, 0, 100)] * 20 + [(40, 0, 0, 100)] + [(0, 0, 0, 100)] * 20
    slow, fast = latencies(*range(10_000, 900_000, 500)), latencies(*range(1_000, 50_000, 50))
    told = [message(n / 10, 5_000 + n, missing=n % 3) for n in range(40)]
    return found(
        "p99<1ms",
        published=Published(41, 300),
        messages=41,
        counts=COUNTS | {"expected": 4_000, "delivered": 3_000, "missing": 40},
        latency=slow.merge(fast).sparse(),
        reached=[*told, message(4.1, 1) | {"percentiles": None, "last_us": None}],
        series=course(rows),
        causes={"reset": 60},
        cohorts=[cohort("<slow>", slow, missing=40), cohort("fast", fast)],
    )


@pytest.mark.parametrize("language", ["en", "uk"])
@pytest.mark.parametrize("run", [storm(), found()], ids=["storm", "nothing"])
def test_a_browser_shows_it_and_asks_for_nothing(run: Findings, language: str, tmp_path: Path) -> None:
    """One request, for the page itself; no word on the console; every drawing is there and closed where we close it."""
    text = page(run, "uk" if language == "uk" else "en")
    document, complaints, asked = browse(text, tmp_path)
    assert complaints == []
    assert [each for each in asked if "google" not in each] == ["http://page.test/"]
    assert "TEST · ТЕСТ · TEST" in document
    for tag in ("svg", "path", "tr", "section", "li"):
        assert document.count(f"<{tag}") == text.count(f"<{tag}"), tag


def test_a_browser_would_complain(tmp_path: Path) -> None:
    """The same look at a page with a script, a foreign picture and a bad path finds all three."""
    evil = '<script>1</script><img src="http://evil.page.test/x.png"><svg><path d="M1 nan"></path></svg>'
    document, complaints, _ = browse(page(found(), "en").replace("<h1>", f"{evil}<h1>"), tmp_path)
    assert len(complaints) == 3, (complaints, document[:100])
