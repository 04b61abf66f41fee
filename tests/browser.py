"""A real browser, where there is one: what it makes of a page, what it complains of, what it asks for."""

import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-extensions", "--disable-default-apps",
    "--disable-domain-reliability", "--disable-client-side-phishing-detection", "--no-pings",
    "--disable-features=OptimizationHints,MediaRouter,Translate,AutofillServerCommunication,InterestFeedContentSuggestions",
)  # fmt: skip
"""The sandbox does not work for root and in containers. What a browser asks of its makers ends at our proxy."""


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
