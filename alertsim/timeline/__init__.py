"""Scenario and seed in, events in one order out: everything an author wrote happens here before the clock starts."""

from alertsim.timeline.compile import DEFAULT_TRACKS, Timeline, compile_scenario, lines
from alertsim.timeline.pace import Segment, as_text, pace, within

__all__ = ["DEFAULT_TRACKS", "Segment", "Timeline", "as_text", "compile_scenario", "lines", "pace", "within"]
