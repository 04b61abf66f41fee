"""What happened, told to a person: a fold over the lines of an exercise, and three sentences."""

from alertsim.report.sentences import sentences
from alertsim.report.summary import Fold, Lateness, Summary

__all__ = ["Fold", "Lateness", "Summary", "sentences"]
