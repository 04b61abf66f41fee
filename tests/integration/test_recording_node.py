"""Node's `@mcap/core` reads what we record, and finds the same in it."""

from collections import Counter
from pathlib import Path

import pytest

from alertsim.recording import read
from alertsim.recording.chain import EVERY
from alertsim.recording.layout import ASIDE, CHAIN
from tests.npm import needs_npm, ran
from tests.recordings import ATTACHMENTS, METADATA, fill, recorder

SCRIPT = Path(__file__).with_name("mcap.mjs")
PACKAGES = ["@mcap/core@2.2.2", "@mcap/nodejs@1.0.2", "@mcap/support@1.1.0"]
ROUNDS = 10


@needs_npm
def test_npm_counts_the_same(tmp_path: Path, pytestconfig: pytest.Config) -> None:
    """By its index and as a stream, checksums held: every topic, message, metadata record and attachment."""
    with recorder(tmp_path / "run.mcap") as made:
        for _ in range(ROUNDS):
            fill(made)
        made.finish({"messages": "many"})
    said = ran(pytestconfig.cache.mkdir("npm") / "mcap", PACKAGES, SCRIPT, str(tmp_path / "run.mcap"))
    lines = list(read(tmp_path / "run.mcap"))
    with_data = [line for line in lines if line.data]
    own = [(topic, sequence, body) for topic, sequence, body in said["bodies"] if topic not in {ASIDE, CHAIN}]
    shared = [("control/strike" if "/strike/" in line.topic else line.topic) for line in with_data]
    found = [(topic, line.seq, line.data.decode()) for topic, line in zip(shared, with_data, strict=True)]
    assert sorted(map(tuple, own)) == sorted(found)
    assert Counter(shared) == Counter({t: n for t, n in said["counts"].items() if t not in {ASIDE, CHAIN}})
    assert said["counts"][CHAIN] == len(lines) // EVERY
    assert said["messages"] == said["streamed"] == sum(said["counts"].values())
    assert said["metadata"] == {"alertsim": METADATA, "alertsim.summary": {"messages": "many"}}
    assert said["attachments"] == {name: data.decode() for name, data in ATTACHMENTS.items()}
