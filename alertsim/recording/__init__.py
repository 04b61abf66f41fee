"""What happened in an exercise, on disk: an MCAP file that survives a crash and opens in other people's tools."""

from alertsim.recording.keep import keep
from alertsim.recording.layout import Delivery, Sendable
from alertsim.recording.read import Recorded, Recording, read
from alertsim.recording.write import Recorder

__all__ = ["Delivery", "Recorded", "Recorder", "Recording", "Sendable", "keep", "read"]
