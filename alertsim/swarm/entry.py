"""The account of one message: a bit for each subscriber, and what came twice, too late or in the wrong order."""

from collections import Counter
from collections.abc import Sequence
from typing import Literal, NamedTuple

from alertsim.swarm.histogram import COARSE, FINE, FINE_US, HIGHEST_US, USUAL_US, Histogram, slot

Oddity = Literal["duplicates", "out_of_order", "late", "stale", "retained"]


class Counts(NamedTuple):
    """Subscribers of one cohort and one message, or sums of that over messages.

    `expected`: connected and subscribed when it was published, or with a session that outlives connections.
    `delivered`: expected, and it came. `missing`: expected, and it did not come by the end (or its closing).
    `uninvited`: it came though not expected: the subscriber arrived in the meantime. `unreachable`: it listens to the
    topic, nobody expected it there, and it did not come. `late`, `stale`: it came after the limit, after its expiry.
    `retained`: copies of the broker on subscribing, or of one who says again what stands; `caught_up`: subscribers that
    such a copy was the first to reach, of those missing and unreachable. `after_close`: it came when the message's bits
    were given up.
    """

    expected: int = 0
    delivered: int = 0
    missing: int = 0
    uninvited: int = 0
    unreachable: int = 0
    duplicates: int = 0
    out_of_order: int = 0
    late: int = 0
    stale: int = 0
    retained: int = 0
    caught_up: int = 0
    after_close: int = 0

    def plus(self, other: "Counts") -> "Counts":
        """Both together."""
        return Counts(*map(sum, zip(self, other, strict=True)))


class Limits(NamedTuple):
    """After how many µs from its intended time a delivery is late, and stale (expired)."""

    late_us: int
    stale_us: int


class Listeners(NamedTuple):
    """A bit for each subscriber that listens to a topic, and for those of them that are expected to hear a message."""

    audience: int
    expected: int


class Columns(NamedTuple):
    """The cohort of each subscriber, the latencies of each cohort, and where those go that nobody keeps apart."""

    cohorts: Sequence[int]
    tables: list[Histogram]
    scratch: Histogram


class Entry:
    """One message as it reaches its subscribers. `deliver` is called for each delivery there is: it is the hot path.

    `seen` has a bit for each subscriber it came to, `later` for those that a copy reached; `marks` the highest `seq`
    that has come to each on this topic (None: order is not judged). `tables` has the latencies of each cohort, `whole`
    those of this message alone, or `scratch` where it has none of its own. `first_us`, `last_us` and, for each cohort,
    `lasts`: to whom it came, -1 for nobody.
    """

    __slots__ = (
        "_limit",
        "audience",
        "cohorts",
        "complete",
        "expected",
        "first_us",
        "intended_us",
        "last_us",
        "lasts",
        "later",
        "limits",
        "marks",
        "odd",
        "percentiles",
        "renewed",
        "scratch",
        "seen",
        "seq",
        "size",
        "tables",
        "told",
        "topic",
        "whole",
    )

    def __init__(
        self,
        topic: str,
        seq: int,
        intended_us: int,
        *,
        listeners: Listeners,
        columns: Columns,
        marks: list[int] | None,
        limits: Limits,
        whole: Histogram,
    ) -> None:
        self.topic, self.seq, self.intended_us = topic, seq, intended_us
        self.audience, self.expected = listeners
        self.cohorts, self.tables, self.scratch = columns
        self.marks, self.limits, self.whole = marks, limits, whole
        self._limit = min(*limits, USUAL_US - 1)
        self.seen, self.later = bytearray((len(columns.cohorts) + 7) // 8), 0
        self.first_us = self.last_us = -1
        self.lasts = [-1] * len(self.tables)
        self.complete = self.renewed = False
        self.percentiles: tuple[int, ...] | None = None
        self.told = (0, 0, False)
        self.size = 0
        self.odd: Counter[tuple[Oddity, int]] = Counter()

    def deliver(self, subscriber: int, now_us: int) -> None:
        """It came to a subscriber, not as a retained copy."""
        seen, byte, bit = self.seen, subscriber >> 3, 1 << (subscriber & 7)
        if seen[byte] & bit:
            self.note("duplicates", subscriber)
            return
        seen[byte] |= bit
        if (marks := self.marks) is not None:
            if marks[subscriber] < self.seq:
                marks[subscriber] = self.seq
            else:
                self.note("out_of_order", subscriber)
        us = now_us - self.intended_us
        if 0 <= us <= self._limit:
            index = FINE[us] if us < FINE_US else COARSE[us >> 6]
        else:
            us = self._unusual(subscriber, us)
            index = slot(us)
        try:
            self.whole.counts[index] += 1
        except IndexError:
            self._grow(index)
            self.whole.counts[index] += 1
        cohort = self.cohorts[subscriber]
        self.tables[cohort].counts[index] += 1
        self.lasts[cohort] = us
        if self.first_us < 0:
            self.first_us = us
        self.last_us = us

    def catch_up(self, subscriber: int) -> None:
        """A copy that the broker had kept, or that says again what stands, came to a subscriber."""
        self.note("retained", subscriber)
        if not self.seen[subscriber >> 3] & 1 << (subscriber & 7):
            self.later |= 1 << subscriber

    def note(self, oddity: Oddity, subscriber: int) -> None:
        """Something that ought not to happen often."""
        self.odd[oddity, self.cohorts[subscriber]] += 1

    def is_complete(self, gone: int = 0) -> bool:
        """Whether everybody expected has it, but for those that are gone."""
        return not self.expected & ~int.from_bytes(self.seen, "little") & ~gone

    def counts(self, cohort: int, members: int) -> Counts:
        """How it stands for a cohort; `members` has a bit for each subscriber that belongs to it."""
        expected, listening = self.expected & members, self.audience & members
        came = int.from_bytes(self.seen, "little") & members
        return Counts(
            expected=expected.bit_count(),
            delivered=(expected & came).bit_count(),
            missing=(expected & ~came).bit_count(),
            uninvited=(came & ~expected).bit_count(),
            unreachable=(listening & ~expected & ~came).bit_count(),
            duplicates=self.odd["duplicates", cohort],
            out_of_order=self.odd["out_of_order", cohort],
            late=self.odd["late", cohort],
            stale=self.odd["stale", cohort],
            retained=self.odd["retained", cohort],
            caught_up=(self.later & listening & ~came).bit_count(),
        )

    def missing(self) -> list[int]:
        """The subscribers that were expected and have not got it."""
        left = self.expected & ~int.from_bytes(self.seen, "little")
        return [n for n in range(left.bit_length()) if left >> n & 1]

    def _unusual(self, subscriber: int, us: int) -> int:
        """Late, stale, or before its time (another clock); the latency to count."""
        if us > self.limits.late_us:
            self.note("late", subscriber)
        if us > self.limits.stale_us:
            self.note("stale", subscriber)
        return min(max(us, 0), HIGHEST_US)

    def _grow(self, index: int) -> None:
        """Make room for latencies of this bucket: `whole` is never longer than any of `tables`."""
        for histogram in (*self.tables, self.whole):
            histogram.counts.extend([0] * (index + 1 - len(histogram.counts)))
