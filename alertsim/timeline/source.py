"""Where an event comes from: the fields every event of one entry shares."""

from typing import TypedDict

from alertsim.scenario import AnyEntry, Sourced
from alertsim.times import Millis


class Happens(TypedDict):
    """The fields of `events.Happening`, ready for a constructor."""

    event: str
    at: Millis
    entry: str
    cite: tuple[str, ...]
    interpolated: str | None
    invented: str | None
    valid_for: Millis


class Source:
    """One entry, or one part of it with citations of its own, as the source of events."""

    def __init__(self, entry: AnyEntry, part: Sourced | None = None) -> None:
        cited = part if part and part.speaks else entry
        self._entry, self._cited = entry, cited

    def at(self, at: Millis, stage: str) -> Happens:
        """The shared fields of the event `<entry>:<stage>` at `at`."""
        return Happens(
            event=f"{self._entry.id}:{stage}",
            at=at,
            entry=self._entry.id,
            cite=self._cited.cite,
            interpolated=self._cited.interpolated,
            invented=self._cited.invented,
            valid_for=self._entry.valid_for,
        )
