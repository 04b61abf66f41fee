"""A timeline as a picture: one frozen model, drawn for a terminal and as SVG; and the dry run, in figures."""

from alertsim.picture.axis import Axis, Scale, Stretch, Tick, days, stretch_out, ticks
from alertsim.picture.compose import compose
from alertsim.picture.dry_run import DryRun, Peak, dry_run
from alertsim.picture.model import Bar, BarKind, Curve, Mark, Picture, Row, Section, Sign
from alertsim.picture.strip import Line
from alertsim.picture.svg import OURS, inside, svg
from alertsim.picture.terminal import drawn
from alertsim.picture.tones import Tone

__all__ = [
    "OURS",
    "Axis",
    "Bar",
    "BarKind",
    "Curve",
    "DryRun",
    "Line",
    "Mark",
    "Peak",
    "Picture",
    "Row",
    "Scale",
    "Section",
    "Sign",
    "Stretch",
    "Tick",
    "Tone",
    "compose",
    "days",
    "drawn",
    "dry_run",
    "inside",
    "stretch_out",
    "svg",
    "ticks",
]
