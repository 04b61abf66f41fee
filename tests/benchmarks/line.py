"""The line against its rival: compile, mark, record 100,000 events, beside `json.dumps` + mcap of the same payloads.

One command, one table: `python tests/benchmarks/line.py [EVENTS]`. CPU seconds of one process, interleaved, medians.
"""

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from mcap.writer import Writer

from alertsim import library
from alertsim.observations import Played
from alertsim.recording import Recorder
from alertsim.scenario import Outcome, Scenario, Strike, StrikeEntry, Volley
from alertsim.timeline import Timeline, compile_scenario
from alertsim.times import Millis
from alertsim.wire import Mark, Message, mark, schema

ROUNDS = 5
BY = Mark("benchmark", "Exercise control", 120)
ROOT = BY.root + "/"
START = 1_702_350_000_000


def scenario(events: int) -> Scenario:
    """Salvos of ten, three events a weapon, a salvo every second."""
    outcome = Outcome(intercepted=8, impacted=2)
    entries = tuple(
        StrikeEntry.model_construct(
            id=f"salvo-{n}",
            at=Millis(START + 3_600_000 + n * 1000),
            invented="benchmark",
            strike=Strike.model_construct(
                salvo=(Volley(weapon="iskander-m", count=10),),
                target="UA-30",
                spread=Millis(40_000),
                warning=Millis(0),
                outcome=outcome,
            ),
        )
        for n in range(events // 30)
    )
    shell = library.load("kyiv-2023-12-13").scenario
    return shell.model_copy(update={"name": "benchmark", "start": Millis(START), "events": entries})


def ours(one: Scenario, path: Path) -> int:
    """From the checked scenario to a closed, readable file."""
    timeline = compile_scenario(one, 1, library.catalogue())
    with Recorder(path, schema_of=schema) as recorder:
        recorder.start({"exercise": "benchmark"}, {})
        for seq, event in enumerate(timeline.events):
            stamp = 1_795_000_000_000_000 + seq
            message = mark(Played(seq, stamp, stamp, event), BY)
            recorder.message(
                message.topic.removeprefix(ROOT), message, kind=event.kind, due_us=stamp, actual_us=stamp, seq=seq
            )
        recorder.finish({})
    return len(timeline.events)


def recorded(messages: list[tuple[Message, str]], path: Path) -> None:
    """What a recording alone costs: chain, checksums, indexes, zstd; the messages are there already."""
    with Recorder(path, schema_of=schema) as recorder:
        recorder.start({"exercise": "benchmark"}, {})
        for seq, (message, kind) in enumerate(messages):
            stamp = 1_795_000_000_000_000 + seq
            recorder.message(
                message.topic.removeprefix(ROOT), message, kind=kind, due_us=stamp, actual_us=stamp, seq=seq
            )
        recorder.finish({})


def written(messages: list[tuple[Message, str]], path: Path) -> None:
    """Mcap alone, the same bytes on one channel."""
    with path.open("wb") as file:
        writer = Writer(file)
        writer.start()
        channel = writer.register_channel("control/strike", "json", 0)
        for seq, (message, _) in enumerate(messages):
            writer.add_message(channel, log_time=seq, data=message.payload, publish_time=seq, sequence=seq)
        writer.finish()  # type: ignore[no-untyped-call]  # mcap does not annotate it


def rival(payloads: list[dict[str, Any]], path: Path) -> int:
    """What nobody can do without: encode each payload, write it."""
    with path.open("wb") as file:
        writer = Writer(file)
        writer.start()
        channel = writer.register_channel("control/strike", "json", 0)
        for seq, payload in enumerate(payloads):
            data = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
            writer.add_message(channel, log_time=seq, data=data, publish_time=seq, sequence=seq)
        writer.finish()  # type: ignore[no-untyped-call]  # mcap does not annotate it
    return len(payloads)


def cpu_s(work: Callable[[], object]) -> float:
    """CPU seconds of one piece of work."""
    before = time.process_time()
    work()
    return time.process_time() - before


def compare_recording(timeline: Timeline) -> None:
    """A line of the table for recording alone and one for mcap alone."""
    messages: list[tuple[Message, str]] = [
        (mark(Played(seq, 1_795_000_000_000_000 + seq, 0, event), BY), event.kind)
        for seq, event in enumerate(timeline.events)
    ]
    with tempfile.TemporaryDirectory() as folder:
        for name, act in (("record alone (aim ≤ 20)", recorded), ("mcap alone", written)):
            times = [cpu_s(partial(act, messages, Path(folder, f"{act.__name__}-{n}.mcap"))) for n in range(ROUNDS)]
            print(f"{name:<26}{statistics.median(times) / len(messages) * 1e6:8.1f} µs CPU a message")


def main() -> None:
    one = scenario(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
    timeline = compile_scenario(one, 1, library.catalogue())
    payloads = [
        json.loads(mark(Played(seq, 1_795_000_000_000_000 + seq, 0, event), BY).payload)
        for seq, event in enumerate(timeline.events)
    ]
    mine, theirs = [], []
    with tempfile.TemporaryDirectory() as folder:
        for n in range(ROUNDS):
            mine.append(cpu_s(partial(ours, one, Path(folder, f"ours-{n}.mcap"))))
            theirs.append(cpu_s(partial(rival, payloads, Path(folder, f"rival-{n}.mcap"))))
    count = len(payloads)
    for name, times in (("compile + mark + record", mine), ("json.dumps + mcap", theirs)):
        print(f"{name:<26}{statistics.median(times) / count * 1e6:8.1f} µs CPU an event, {count:,} events")
    ratios = [a / b for a, b in zip(mine, theirs, strict=True)]
    compare_recording(timeline)
    print(f"{'ratio (aim ≤ 3)':<26}{statistics.median(ratios):8.2f}   from {min(ratios):.2f} to {max(ratios):.2f}")


if __name__ == "__main__":
    main()
