"""What is known of alerts that were: where, from when to when, by which channel, and which files say so."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Literal, NamedTuple, get_args

from alertsim.scenario.dates import kyiv_offset
from alertsim.times import Millis

Channel = Literal["official", "volunteer"]
"""Who told people: the official channel, or volunteers who passed it on."""

CHANNELS: tuple[Channel, ...] = get_args(Channel)


class PastAlert(NamedTuple):
    """One alert as its channel told it; times are those of publication.

    `naive`: its all-clear was never seen, and the source put it 30 minutes after the siren.
    """

    start: Millis
    area: str
    end: Millis
    naive: bool = False

    @property
    def lasted(self) -> Millis:
        """From the siren to the all-clear."""
        return Millis(self.end - self.start)

    @property
    def is_top_level(self) -> bool:
        """Whether it is of an oblast, or of Kyiv, as a whole."""
        return "/" not in self.area


def offset(at: Millis) -> int:
    """Minutes from UTC on a wall clock in Kyiv."""
    found = kyiv_offset(at)
    return 120 if found is None else found


@dataclass(frozen=True)
class Origin:
    """One file that was read: its name, the hash of its bytes, and what became of its rows."""

    file: str
    sha256: str
    rows: int
    refused: int


@dataclass(frozen=True)
class Past:
    """All alerts of one channel, in order of time, each once; and where they come from."""

    channel: Channel
    alerts: tuple[PastAlert, ...]
    origins: tuple[Origin, ...]
    imported: str
    """When, RFC 3339."""


class Span(NamedTuple):
    """When one area was under alert; of alerts that overlap, the time of both together."""

    area: str
    start: Millis
    end: Millis


def spans(alerts: Iterable[PastAlert]) -> Iterator[Span]:
    """Area by area in order of time; a new alert at the very moment of an all-clear is one of its own."""
    for area, of_area in groupby(sorted(alerts, key=attrgetter("area", "start", "end")), key=attrgetter("area")):
        start = end = None
        for alert in of_area:
            if start is not None and end is not None and alert.start >= end and alert.start > start:
                yield Span(area, start, end)
                start = end = None
            start, end = alert.start if start is None else start, max(alert.end, end or alert.end)
        if start is not None and end is not None:
            yield Span(area, start, end)


def between(alerts: Iterable[PastAlert], start: Millis | None, until: Millis | None) -> tuple[PastAlert, ...]:
    """Those that begin at `start` or later and before `until`."""
    begins, ends = -(2**62) if start is None else start, 2**62 if until is None else until
    return tuple(alert for alert in alerts if begins <= alert.start < ends)


def inside(alerts: Iterable[PastAlert], area: str | None) -> tuple[PastAlert, ...]:
    """Those of an area and of all inside it; all of them where none is named."""
    return tuple(alert for alert in alerts if area is None or f"{alert.area}/".startswith(f"{area}/"))
