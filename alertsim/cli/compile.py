"""`alertsim compile`: the timeline as NDJSON, before any clock starts."""

import sys

from alertsim import library
from alertsim.cli.options import ScenarioName, Seed, read_seed
from alertsim.cli.run import Tracks, read_tracks
from alertsim.timeline import compile_scenario, lines


def compile_(scenario: ScenarioName, seed: Seed = None, track: Tracks = None) -> None:
    """Compile a scenario to its timeline: one JSON object a line, the same bytes everywhere for the same seed."""
    loaded = library.load(scenario).scenario
    timeline = compile_scenario(loaded, read_seed(seed, loaded), library.catalogue(), read_tracks(track))
    for line in lines(timeline):
        sys.stdout.write(line + "\n")
    sys.stdout.flush()
