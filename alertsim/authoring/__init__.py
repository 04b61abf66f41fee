"""Helps an author: a new scenario made from an old one, what a scenario rests on, and a schema for editors."""

from alertsim.authoring.citing import Citing, Told, citing
from alertsim.authoring.derive import Made, derived
from alertsim.authoring.editor import MODELINE, SCHEMA, editor_schema
from alertsim.authoring.wish import Wish

__all__ = ["MODELINE", "SCHEMA", "Citing", "Made", "Told", "Wish", "citing", "derived", "editor_schema"]
