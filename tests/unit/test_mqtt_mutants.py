"""Streams broken at random: whatever a peer, a proxy or a disk does to the bytes, there is one typed error at most."""

import os

from tests.mqtt_mutants import holds, streams

MUTANTS = int(os.environ.get("ALERTSIM_MQTT_MUTANTS", "3000"))
"""How many: CI runs a hundred thousand once, the benchmarks a million."""


def test_no_broken_stream_breaks_a_reader() -> None:
    """However it is cut, a broken stream is the same packets and at most one error, within the reader's bound."""
    failed = sum(holds(draw, version, stream) for draw, version, stream in streams(MUTANTS))
    assert MUTANTS // 2 < failed < MUTANTS * 9 // 10
