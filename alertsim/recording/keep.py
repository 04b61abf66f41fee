"""Drains the feed into a recording: batches in a worker thread, handed to the system half a second later at most."""

import asyncio
from collections.abc import Callable, Sequence

from alertsim.clock import monotonic_s
from alertsim.errors import RecordingError
from alertsim.feed import Reader
from alertsim.observations import Line, Observed, PlayDegraded
from alertsim.recording.write import Recorder
from alertsim.wire import Mark, mark, withdrawal

FLUSH_S = 0.5


async def keep(reader: Reader, recorder: Recorder, by: Mark, observe: Callable[[PlayDegraded], None]) -> bool:
    """Write everything the reader gives until it is closed; False when the disk failed on the way.

    After a failure the reader is still drained, so that nobody waits for a recording that is no more.
    """
    flushed, whole = monotonic_s(), True
    while not reader.drained:
        lines = await _some(reader)
        due = not lines or monotonic_s() - flushed >= FLUSH_S
        flushed = monotonic_s() if due else flushed
        try:
            await asyncio.to_thread(_write, recorder, lines, by, flush=due)
        except RecordingError as error:
            whole = False
            observe(PlayDegraded(part="recording", reason=str(error)))
        reader.settled += len(lines)
    return whole


async def _some(reader: Reader) -> Sequence[Line]:
    """What waits, or nothing after half a second."""
    try:
        async with asyncio.timeout(FLUSH_S):
            return await reader.take()
    except TimeoutError:
        return ()


def _write(recorder: Recorder, lines: Sequence[Line], by: Mark, *, flush: bool) -> None:
    for line in lines:
        if isinstance(line, Observed):
            recorder.observe(line.observation, actual_us=line.actual_us, seq=line.seq)
        else:
            for message in (mark(line, by), *withdrawal(line, by)):
                recorder.message(
                    message.topic.removeprefix(by.root + "/"),
                    message,
                    kind=line.event.kind,
                    due_us=line.due_us,
                    actual_us=line.actual_us,
                    seq=line.seq,
                )
    if flush:
        recorder.flush()
