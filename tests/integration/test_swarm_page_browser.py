"""The page of a load test in a real browser, where there is one: it renders, complains of nothing, asks for nothing."""

import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from alertsim.swarm.findings import Findings, Published
from alertsim.swarm.page import page
from tests.unit.swarm_found import COUNTS, cohort, course, found, latencies, message

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-extensions", "--disable-default-apps",
    "--disable-domain-reliability", "--disable-client-side-phishing-detection", "--no-pings",
    "--disable-features=OptimizationHints,MediaRouter,Translate,AutofillServerCommunication,InterestFeedContentSuggestions",
)  # fmt: skip
"""The sandbox does not work for root and in containers. What a browser asks of its makers ends at our proxy."""

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


@contextmanager
def served(text: str) -> Iterator[tuple[str, list[str]]]:
    """A proxy that answers every address with this page: its address, and what was asked of it."""
    asked: list[str] = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            body = text.encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_CONNECT(self) -> None:
            asked.append(self.path)
            self.send_error(502)

        def log_message(self, *_: object) -> None:
            """Nothing on the terminal."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def browse(text: str, profile: Path) -> tuple[str, list[str], list[str]]:
    """The document as a browser has it, what it complained of, and what it asked for."""
    assert CHROMIUM
    with served(text) as (proxy, asked):
        done = subprocess.run(
            [
                CHROMIUM, *QUIET, f"--user-data-dir={profile}", f"--proxy-server={proxy}",
                "--proxy-bypass-list=<-loopback>", "--enable-logging=stderr", "--virtual-time-budget=2000",
                "--dump-dom", "http://page.test/",
            ],
            capture_output=True, check=True, encoding="utf-8", timeout=90,
        )  # fmt: skip
        return done.stdout, re.findall(r"CONSOLE.*", done.stderr), list(asked)


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
