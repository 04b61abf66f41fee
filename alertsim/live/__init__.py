"""The live view of an exercise: a fold over its lines, and frames of rows and tones for any size of screen. Pure."""

from alertsim.live.cells import Row, Span, Tone
from alertsim.live.fold import Fold
from alertsim.live.layout import frame
from alertsim.live.programme import Moment, Programme, progress
from alertsim.live.telling import tell, tell_day
from alertsim.live.view import View

__all__ = ["Fold", "Moment", "Programme", "Row", "Span", "Tone", "View", "frame", "progress", "tell", "tell_day"]
