"""A load test as one HTML file that needs no other: for the people who were not there; pure."""

from alertsim.swarm.page.compose import page

__all__ = ["page"]
