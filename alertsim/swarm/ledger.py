"""The ledger: who was expected to hear each message, who heard it and when; exact, in bits, within a stated memory.

Bits are kept for as many messages as `memory` bytes hold; then the oldest are closed: folded into counters for good.
What arrives for a closed message is counted as `after_close`, so that the numbers say where they stop being exact.
"""

from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from alertsim.swarm.entry import Columns, Counts, Entry, Limits, Listeners
from alertsim.swarm.histogram import HIGHEST_US, SLOTS, Histogram

MEMORY = 64 * 1024 * 1024
LATE_US = 1_000_000
PERCENTS = (50.0, 90.0, 99.0, 99.9)

_FINE = 1_000
"""How many messages on their way have latencies of their own; further ones only add to those of their cohorts."""
_FINE_SIZE = 8 * SLOTS
_OVERHEAD = 900
_NAMED = 100
_NEVER = HIGHEST_US * 24


@dataclass(frozen=True)
class Reached:
    """How one message spread: µs from its intended time to the first, to percentiles of those it reached, to the last.

    `lasts`: to the last of each cohort. `percentiles` are those of `PERCENTS`; None where too many messages were on
    their way at once. `missing` names the first hundred subscribers that were expected and have not got it.
    """

    topic: str
    seq: int
    intended_us: int
    counts: tuple[Counts, ...]
    first_us: int | None
    percentiles: tuple[int, ...] | None
    last_us: int | None
    missing: tuple[int, ...] = ()
    closed: bool = False
    lasts: tuple[int | None, ...] = ()

    @property
    def sums(self) -> Counts:
        """The counts of all cohorts."""
        return total(self.counts)


@dataclass(frozen=True)
class Tally:
    """Everything together: `counts` and `latencies` for each cohort, and how much had to be closed early."""

    messages: int
    counts: tuple[Counts, ...]
    latencies: tuple[Histogram, ...]
    closed_early: int

    @property
    def sums(self) -> Counts:
        """The counts of all cohorts."""
        return total(self.counts)

    @property
    def latency(self) -> Histogram:
        """The latencies of all cohorts."""
        whole = Histogram()
        for histogram in self.latencies:
            whole.merge(histogram)
        return whole


def total(counts: Iterable[Counts]) -> Counts:
    """Several together."""
    return Counts(*map(sum, zip(*counts, strict=True)))


class Ledger:
    """The account of `cohorts` (the cohort of each subscriber, from 0). `settled` takes each message as it is closed.

    `audience`: a bit for each subscriber that listens to a topic; all do, where it is not given. `members`: a bit for
    each subscriber of a cohort. `steady`: whether what is published now counts for the latencies; `warm_ups`: how many
    messages did not.
    `memory`: bytes for the messages whose bits are kept and for the order on each topic; on top come at most 26 KB for
    the latencies of a cohort.
    """

    def __init__(
        self,
        cohorts: Sequence[int],
        *,
        late_us: int = LATE_US,
        memory: int = MEMORY,
        settled: Callable[[Reached], None] = lambda _: None,
        audience: Callable[[str], int] | None = None,
    ) -> None:
        many = max(cohorts, default=0) + 1
        known = bytes(cohorts) if many <= 256 else array("H", cohorts)
        self._columns, self._warm, self._untimed = (
            Columns(known, [Histogram() for _ in range(many)], Histogram()) for _ in range(3)
        )
        self.members = [_members(cohorts, cohort) for cohort in range(many)]
        self._present = bytearray((len(cohorts) + 7) // 8)
        everybody = (1 << len(cohorts)) - 1
        self._audience = audience or (lambda _: everybody)
        self._snapshots: dict[int, int] = {}
        self._open: dict[tuple[str, int], Entry] = {}
        self._waiting: list[Entry] = []
        self._marks: dict[str, list[int]] = {}
        self._closed_to: dict[str, int] = {}
        self._counts = [Counts() for _ in range(many)]
        self._fine = 0
        self._late_us, self._memory, self._settled = late_us, memory, settled
        self.steady = True
        self.held = self.warm_ups = 0
        self.messages = self.closed_early = 0

    def expect(self, subscriber: int) -> None:
        """From now on this subscriber is to hear what is published."""
        self._present[subscriber >> 3] |= 1 << (subscriber & 7)
        self._snapshots.clear()

    def excuse(self, subscriber: int) -> None:
        """From now on nobody expects it to."""
        self._present[subscriber >> 3] &= ~(1 << (subscriber & 7))
        self._snapshots.clear()

    def publish(
        self, topic: str, seq: int, intended_us: int, *, expires_us: int | None = None, timed: bool = True
    ) -> Entry:
        """A message goes out now; one that is known goes out again, for those that may have missed it.

        `seq` rises on each topic; `expires_us` is Unix µs. Not `timed`: nobody knows when and in which order it was
        published, so neither latency nor order is judged.
        """
        if known := self._open.get((topic, seq)):
            known.renewed = True
            return known
        audience = self._audience(topic)
        fresh = audience not in self._snapshots
        columns = (self._columns if self.steady else self._warm) if timed else self._untimed
        entry = Entry(
            topic,
            seq,
            intended_us,
            listeners=Listeners(audience, self._expected(audience)),
            columns=columns,
            marks=self._marks_of(topic) if timed else None,
            limits=Limits(
                self._late_us if timed else _NEVER, _NEVER if expires_us is None else expires_us - intended_us
            ),
            whole=self._whole(columns) if timed else columns.scratch,
        )
        entry.size = len(self._present) * (1 + fresh) + _OVERHEAD + _FINE_SIZE * self._is_fine(entry)
        self.held += entry.size
        self._open[topic, seq] = entry
        self._waiting.append(entry)
        self.messages += 1
        self.warm_ups += not self.steady
        self._make_room()
        return entry

    def find(self, topic: str, seq: int) -> Entry | None:
        """The account of a message, as long as it is open."""
        return self._open.get((topic, seq))

    def was_closed(self, topic: str, seq: int) -> bool:
        """Whether this message had to be closed before the end."""
        return seq <= self._closed_to.get(topic, -1)

    def came_after_close(self, subscriber: int) -> None:
        """Something came for a message that is closed."""
        cohort = self._columns.cohorts[subscriber]
        self._counts[cohort] = self._counts[cohort].plus(Counts(after_close=1))

    def review(self, gone: int = 0) -> int:
        """Look which messages everybody has now; how many somebody still waits for. Call it a few times a second.

        `gone`: a bit for each subscriber that is not to be connected now; it does not count as waiting.
        """
        for entry in self._waiting:
            if entry.is_complete():
                self._conclude(entry)
        self._waiting = [entry for entry in self._waiting if not entry.complete]
        return sum(not entry.is_complete(gone) for entry in self._waiting) if gone else len(self._waiting)

    def latency(self, cohort: int) -> Histogram:
        """The latencies of a cohort so far; not a copy."""
        return self._columns.tables[cohort]

    def warm_up(self) -> Histogram:
        """The latencies of what was published while not `steady`: counted, but apart."""
        whole = Histogram()
        for table in self._warm.tables:
            whole.merge(table)
        return whole

    def spread(self) -> list[Reached]:
        """How far those messages have spread of which there is news since the last call."""
        news = []
        for entry in self._open.values():
            state = (int.from_bytes(entry.seen, "little").bit_count(), entry.later.bit_count(), entry.complete)
            if entry.told != state:
                entry.told = state
                news.append(self._reached(entry))
        return news

    def lacking(self) -> int:
        """A bit for each subscriber that lacks a message which it was expected to hear, and which came to another."""
        lacking = 0
        for entry in self._open.values():
            seen = int.from_bytes(entry.seen, "little")
            lacking |= entry.expected & ~seen if seen else 0
        return lacking

    def tally(self) -> Tally:
        """The numbers as they stand: an open message that has not come is missing, so far."""
        counts = list(self._counts)
        for entry in self._open.values():
            counts = [known.plus(now) for known, now in zip(counts, self._counts_of(entry), strict=True)]
        copies = tuple(Histogram(table.counts) for table in self._columns.tables)
        return Tally(self.messages, tuple(counts), copies, self.closed_early)

    def conclude(self, gone: int = 0) -> None:
        """Nothing spreads any further.

        `gone` has a bit for each subscriber that nobody let connect: what waits for it in its session is not missing.
        """
        for entry in self._open.values():
            entry.expected &= ~gone | int.from_bytes(entry.seen, "little")
            if not entry.complete:
                self._conclude(entry)

    def close(self) -> Tally:
        """Close every message, oldest first, and give the final numbers."""
        while self._open:
            self._settle(next(iter(self._open)))
        return self.tally()

    def _expected(self, audience: int) -> int:
        """Of an audience, those that are there; the same number as long as nobody comes or goes."""
        expected = self._snapshots.get(audience)
        if expected is None:
            expected = self._snapshots[audience] = int.from_bytes(self._present, "little") & audience
        return expected

    def _make_room(self) -> None:
        """Close the oldest messages, but never the newest, until the memory suffices; then forget about order."""
        while self.held > self._memory and len(self._open) > 1:
            oldest = next(iter(self._open))
            self._closed_to[oldest[0]] = max(oldest[1], self._closed_to.get(oldest[0], -1))
            self.closed_early += 1
            self._settle(oldest)
        while self.held > self._memory and len(self._marks) > 1:
            self.held -= 8 * len(self._marks.pop(next(iter(self._marks))))

    def _settle(self, key: tuple[str, int]) -> None:
        entry = self._open.pop(key)
        missing = () if entry.is_complete() else tuple(entry.missing()[:_NAMED])
        if not entry.complete:
            self._conclude(entry)
        self.held -= entry.size
        reached = self._reached(entry, missing)
        self._counts = [known.plus(now) for known, now in zip(self._counts, reached.counts, strict=True)]
        self._settled(reached)

    def _reached(self, entry: Entry, missing: tuple[int, ...] = ()) -> Reached:
        timed = entry.first_us >= 0 and entry.marks is not None
        first, last = (entry.first_us, entry.last_us) if timed else (None, None)
        percentiles = entry.percentiles
        if percentiles is None and self._is_fine(entry):
            percentiles = entry.whole.percentiles(*PERCENTS) or None
        counts = self._counts_of(entry)
        return Reached(
            *(entry.topic, entry.seq, entry.intended_us, counts, first, percentiles, last, missing),
            closed=entry.complete,
            lasts=tuple(us if timed and us >= 0 else None for us in entry.lasts),
        )

    def _conclude(self, entry: Entry) -> None:
        """A message has spread as far as it will: keep its percentiles, not its latencies."""
        entry.complete = True
        if self._is_fine(entry):
            entry.percentiles = entry.whole.percentiles(*PERCENTS) or None
            entry.whole = entry.scratch
            entry.size -= _FINE_SIZE
            self.held -= _FINE_SIZE
            self._fine -= 1

    def _counts_of(self, entry: Entry) -> tuple[Counts, ...]:
        return tuple(entry.counts(cohort, members) for cohort, members in enumerate(self.members))

    def _marks_of(self, topic: str) -> list[int]:
        """The order on a topic; the topic used last stands last."""
        marks = self._marks.pop(topic, None)
        if marks is None:
            marks = [-1] * len(self._columns.cohorts)
            self.held += 8 * len(marks)
        self._marks[topic] = marks
        return marks

    def _is_fine(self, entry: Entry) -> bool:
        """Whether it has latencies of its own."""
        return entry.whole is not entry.scratch

    def _whole(self, columns: Columns) -> Histogram:
        """Latencies of one message, or the scratch paper of all that get none of their own."""
        if self._fine >= _FINE:
            return columns.scratch
        self._fine += 1
        return Histogram([0] * min(SLOTS, len(columns.tables[0].counts)))


def _members(cohorts: Sequence[int], cohort: int) -> int:
    """A bit for each subscriber of a cohort."""
    bits = bytearray((len(cohorts) + 7) // 8)
    for subscriber, own in enumerate(cohorts):
        bits[subscriber >> 3] |= (own == cohort) << (subscriber & 7)
    return int.from_bytes(bits, "little")
