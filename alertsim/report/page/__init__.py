"""A report as one HTML file that needs no other: for a director, a mayor, an engineer; pure."""

from alertsim.report.page.compose import OURS, page

__all__ = ["OURS", "page"]
