"""What is known of a recording once it was read to its end: whether it is whole, and what its recorder noted."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from mcap.records import Footer, McapRecord, Metadata, Statistics

from alertsim.events import Seal
from alertsim.recording.layout import SUMMARY
from alertsim.recording.walk import Damage


@dataclass
class Ending:
    """A fold over what was found. Only the first few damages are told. `lost`: None where nobody counted."""

    summary: Mapping[str, str] | None = None
    finished: bool = False
    chunks: int = 0
    seals: list[Seal] = field(default_factory=list)
    _counted: int | None = None
    _read: int = 0
    _last: int = -1
    _told: list[str] = field(default_factory=list)
    _untold: int = 0

    def meet(self, offset: int, *, readable: bool) -> None:
        """A message lies there; those of a chunk lie where it begins."""
        self.chunks += offset != self._last
        self._last = offset
        self._read += readable

    def note(self, offset: int, record: McapRecord | Damage) -> None:
        """Whatever else lies there."""
        match record:
            case Metadata() if record.name == SUMMARY:
                self.summary = record.metadata
            case Statistics():
                self._counted = record.message_count
            case Footer():
                self.finished = True
            case Damage():
                self._add(offset, record.what)
                self._counted = None if record.of_summary else self._counted
            case _:
                pass

    @property
    def damage(self) -> str | None:
        """What is wrong, and at which byte."""
        more = [f"and {self._untold} more"] if self._untold else []
        return "; ".join(self._told + more) or None

    @property
    def lost(self) -> int | None:
        """How many of the messages that the recorder counted cannot be read."""
        return None if self._counted is None else max(0, self._counted - self._read)

    def _add(self, offset: int, what: str) -> None:
        if len(self._told) < 3:
            self._told.append(f"at byte {offset}: {what}")
        else:
            self._untold += 1
