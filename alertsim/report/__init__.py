"""What happened, told to a person: a fold over the lines of an exercise, and three or four sentences."""

from alertsim.report.sentences import sentences
from alertsim.report.spread import Heard, Spread, Unheard
from alertsim.report.summary import Fold, Lateness, Summary

__all__ = ["Fold", "Heard", "Lateness", "Spread", "Summary", "Unheard", "sentences"]
