"""A replay's pace beside a bare timer's, and how soon one is somewhere in a large recording, beside PyPI's mcap.

`python -m tests.benchmarks.replay [MEGABYTES]`: the large recording is made in a temporary folder, 1,024 MB unless told
otherwise, of 1,500 topics with payloads that hardly compress, and removed in the end.
"""

import asyncio
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from mcap.reader import make_reader

from alertsim import exercise, logs, story
from alertsim.areas import all_areas
from alertsim.broker import parse_target
from alertsim.clock import Clock
from alertsim.commands import Pause, Seek, Terminate
from alertsim.conductor import Conductor
from alertsim.events import AlertRaised
from alertsim.exercise import Stage
from alertsim.feed import Feed
from alertsim.observations import CommandRefused, Line, Observed
from alertsim.recording import Recorder, Recording, read
from alertsim.recording.retell import retell
from alertsim.recording.select import Selection
from alertsim.story import Story, of_scenario
from alertsim.timeline import Segment, Timeline
from alertsim.times import Millis, rfc3339
from alertsim.wire import schema
from tests.benchmarks.lateness import loaded
from tests.recordings import MARKS, Sent, says

SECONDS = 20
TOPICS = 1_500
START_US = 1_700_000_000_000_000
A_LINE_US = 10_000
ABOUT = {"exercise": "night-1", "contact": "duty", "offset_minutes": "120"}


async def played(told: Story, folder: Path, name: str) -> Path:
    """Conduct it at an embedded broker; where its recording is."""

    async def view(stage: Stage) -> None:
        while await stage.lines.take():
            pass

    await exercise.conduct(exercise.Order(told, parse_target("embedded"), folder, name), view)
    return folder / name / "run.mcap"


def arrivals(recording: Recording) -> list[tuple[int, int]]:
    """When each piece of news was due and when it was handed over, µs, in their order."""
    return [(line.due_us, line.actual_us) for line in recording if line.kind == "news.published"]


def errors(times: Sequence[tuple[int, int]]) -> list[float]:
    """By how many ms each interval differs from the one it should be."""
    return [abs((after[1] - before[1]) - (after[0] - before[0])) / 1e3 for before, after in pairwise(times)]


async def bare(times: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same intervals by `asyncio.sleep` alone."""
    begun_us, first = time.monotonic_ns() // 1_000, times[0][0]
    found = []
    for due_us, _ in times:
        await asyncio.sleep(max(0, begun_us + due_us - first - time.monotonic_ns() // 1_000) / 1e6)
        found.append((due_us, time.monotonic_ns() // 1_000))
    return found


def pace(folder: Path) -> None:
    """Record, replay as it was, and hold the intervals of the replay against those of the plan."""
    first = read(asyncio.run(played(of_scenario(loaded(SECONDS), 1, rate=1.0), folder, "first")))
    again = story.of_recording(first, retell(first.metadata, first), Selection())
    times = arrivals(read(asyncio.run(played(again, folder, "again"))))
    shown("replay as it was played, with recording", errors(times))
    shown("bare asyncio.sleep", errors(asyncio.run(bare(times))))


def shown(name: str, off: list[float]) -> None:
    off.sort()
    p50, p99 = (off[int(len(off) * share)] for share in (0.5, 0.99))
    print(f"{name:<44}p50 {p50:7.3f} ms  p99 {p99:7.3f} ms  max {off[-1]:7.3f} ms  of {len(off)} intervals")


def large(path: Path, size: int) -> int:
    """A finished recording of so many bytes; how many lines it has."""
    lines, where = 0, [area.id for area in all_areas()][:TOPICS]
    with Recorder(path, schema_of=schema) as made:
        made.start(ABOUT, {})
        while path.stat().st_size < size:
            for lines in range(lines, lines + 1_000):  # noqa: B020 — it goes on where it was
                us, area = START_US + lines * A_LINE_US, where[lines % len(where)]
                sent = Sent(raised(lines, area, us), properties=MARKS)
                made.message(f"public/alert/{area}", sent, kind="alert.raised", due_us=us, actual_us=us, seq=lines)
            lines += 1
            made.flush()
        made.finish()
    return lines


def raised(number: int, area: str, at_us: int) -> bytes:
    """An alert with something that hardly compresses."""
    more = {"entry": "e", "at": rfc3339(Millis(at_us // 1_000), 120), "area": area, "text": os.urandom(400).hex()}
    return says("alert.raised", intended_us=at_us, event=f"e-{number}:raised", **more)


def timed(name: str, act: Callable[[], Any]) -> None:
    begun = time.perf_counter()
    found = act()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{name:<60}{(time.perf_counter() - begun) * 1e3:10.1f} ms   peak {peak} MiB   {found}")


def with_mcap(path: Path, at_us: int | None) -> int:
    """Open with PyPI's mcap and read its summary; of a moment the first message from then on."""
    with path.open("rb") as file:
        reader = make_reader(file)
        summary = reader.get_summary()
        if at_us is not None:
            return next(message.log_time for _, _, message in reader.iter_messages(starting_at=at_us * 1_000))
        return len(summary.chunk_indexes) if summary else 0


def seek(path: Path, lines: int) -> None:
    """Opening it, and the first line three quarters in: by mcap alone, by us, by us as a replay does."""
    at_us = START_US + lines * 3 // 4 * A_LINE_US
    timed("mcap alone: open, read the summary", lambda: with_mcap(path, None))
    timed("mcap alone: open, first message from 3/4 on", lambda: with_mcap(path, at_us))
    timed("ours: open", lambda: read(path).metadata["exercise"])
    timed("ours: every line, as replay --from reads it", lambda: sum(1 for _ in read(path)))


def while_playing() -> None:
    """Seeking in a story of 100,000 events that is in memory, on over half of it and back."""
    where = all_areas()
    made = (
        AlertRaised(event=f"e-{n}:raised", entry="e", at=Millis(n * 100), area=where[n * 7_919 % len(where)].id)
        for n in range(100_000)
    )
    timeline = Timeline("seek", 1, Millis(0), 0, tuple(made))
    asyncio.run(sought(timeline, (Millis(2_000_000), Millis(7_000_000), Millis(2_000_000), Millis(2_010_000))))


async def sought(timeline: Timeline, places: Sequence[Millis]) -> None:
    """Ask for each place while it is paused; a second pause is refused when one is there."""
    feed = Feed()
    refusals = feed.reader("there", policy="wait", bound=10, wants=is_refusal)
    last = timeline.events[-1].at
    conductor = Conductor(timeline, [Segment("all", Millis(0), last, 1.0)], Clock(Millis(0)), feed, rewinds=True)
    conductor.ask(Pause())
    playing = asyncio.ensure_future(conductor.play())
    for place in places:
        await asyncio.sleep(0.1)
        begun = time.perf_counter()
        conductor.ask(Seek(to=place))
        conductor.ask(Pause())
        await refusals.take()
        print(f"seek to {place / 1e3:,.0f} s of {last / 1e3:,.0f} s: {(time.perf_counter() - begun) * 1e3:.2f} ms")
    conductor.ask(Terminate())
    await playing


def is_refusal(line: Line) -> bool:
    return isinstance(line, Observed) and isinstance(line.observation, CommandRefused)


def main() -> None:
    logs.configure()
    with tempfile.TemporaryDirectory() as folder:
        pace(Path(folder))
        path = Path(folder) / "large.mcap"
        while_playing()
        lines = large(path, int(sys.argv[1] if len(sys.argv) > 1 else 1024) * 2**20)
        print(f"{path.stat().st_size / 2**20:,.0f} MiB, {lines:,} lines, {TOPICS:,} topics")
        seek(path, lines)


if __name__ == "__main__":
    main()
