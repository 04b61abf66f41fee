"""Lateness at rate 1: the conductor with publisher, embedded broker and recording, beside a bare asyncio timer.

One command, one table: `python tests/benchmarks/lateness.py [SECONDS]`. The same due times for both, ms.
"""

import asyncio
import random
import sys
import tempfile
import time
from pathlib import Path

from alertsim import exercise, library, logs
from alertsim.broker import parse_target
from alertsim.events import Text, Track
from alertsim.exercise import Stage
from alertsim.library import Loaded
from alertsim.observations import Played
from alertsim.scenario import News, NewsEntry
from alertsim.story import of_scenario
from alertsim.times import Millis

A_SECOND = 100


def loaded(seconds: int) -> Loaded:
    """News at random milliseconds, a hundred a second."""
    one = library.load("kyiv-2023-12-13")
    chance = random.Random(1)
    moments = sorted(chance.randrange(seconds * 1000) for _ in range(seconds * A_SECOND))
    entries = tuple(
        NewsEntry.model_construct(
            id=f"n-{n}",
            at=Millis(moment),
            track=Track.ALERTS,
            invented="benchmark",
            news=News(text=Text(uk="Новина", en="News")),
        )
        for n, moment in enumerate(moments)
    )
    shell = one.scenario.model_copy(
        update={"start": Millis(0), "events": entries, "chapters": {}, "play": (), "objectives": ()}
    )
    return Loaded(shell, one.path, one.files)


async def ours(one: Loaded, folder: Path) -> list[float]:
    """Milliseconds between due and done, of every event."""
    late: list[float] = []

    async def view(stage: Stage) -> None:
        while lines := await stage.lines.take():
            late.extend(
                (line.actual_us - line.due_us) / 1e3
                for line in lines
                if isinstance(line, Played) and line.event.kind == "news.published"
            )

    order = exercise.Order(
        of_scenario(one, 1, rate=1.0), parse_target("embedded"), folder, exercise.exercise_id("lateness")
    )
    await exercise.conduct(order, view)
    return late


async def bare(one: Loaded) -> list[float]:
    """The same due times, `asyncio.sleep` and nothing else."""
    begun, late = time.monotonic(), []
    for entry in one.scenario.events:
        due = begun + entry.at / 1e3  # type: ignore[union-attr]  # news has a time
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        late.append((time.monotonic() - due) * 1e3)
    return late


def shown(name: str, late: list[float]) -> None:
    late.sort()
    p50, p99 = (late[int(len(late) * share)] for share in (0.5, 0.99))
    early = sum(each < 0 for each in late)
    print(f"{name:<44}p50 {p50:7.3f}   p99 {p99:7.3f}   max {late[-1]:7.3f}   early {early}   of {len(late)}")


def main() -> None:
    logs.configure()
    one = loaded(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
    with tempfile.TemporaryDirectory() as folder:
        shown("alertsim: broker, publisher, recording", asyncio.run(ours(one, Path(folder))))
    shown("bare asyncio.sleep", asyncio.run(bare(one)))


if __name__ == "__main__":
    main()
