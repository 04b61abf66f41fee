"""Takes back what an exercise left at a broker when it was killed, at the next start or when somebody asks."""

from dataclasses import replace
from pathlib import Path

import structlog

from alertsim import runs
from alertsim.broker import ANONYMOUS, Access, Broker, Target, open_broker, parse_target
from alertsim.errors import AlertSimError
from alertsim.publisher import sweep
from alertsim.wire import Mark


async def sweep_left_over(out: Path, broker: Broker) -> tuple[str, ...]:
    """Clear what killed runs left at this broker; the ids of those runs."""
    swept = []
    for file, note in runs.left_over(out):
        if not note.own and (note.host, note.port) == (broker.host, broker.port):
            await sweep(note.host, note.port, Mark(note.exercise, note.contact, note.offset), broker.client)
            runs.mark_cleared(file, note)
            swept.append(note.exercise)
    return tuple(swept)


async def clear_one(target: Target, name: str, access: Access = ANONYMOUS) -> list[tuple[str, int]]:
    """Clear what an exercise named by a person left at a broker that already runs."""
    count = await _clear(target, Mark(name, "alertsim clear"), access)
    return [(name, count)] if count else []


async def clear_left_over(out: Path, at: Target, access: Access) -> tuple[list[tuple[str, int]], list[str]]:
    """Clear what killed runs below `out` left, each at its broker; and why it did not go where it did not.

    A broker that a run had started ended with it: there is nothing to clear. Our password and certificate are shown
    to the broker they were given for, `at`, and to no other.
    """
    cleared, failures = [], []
    for file, note in runs.left_over(out):
        ours = note.broker == at.typed
        try:
            target = parse_target(note.broker) if note.broker else Target("external", note.port, note.host)
            by = Mark(note.exercise, note.contact, note.offset)
            shown = access if ours else replace(access, password=None, cert=None, key=None)
            count = 0 if note.own else await _clear(target, by, shown)
        except AlertSimError as error:
            login = "" if ours else f" (to log in there: `alertsim clear --broker {note.broker}`)"
            failures.append(f"{note.exercise}: {error}{login}")
        else:
            runs.mark_cleared(file, note)
            cleared.append((note.exercise, count))
    return cleared, failures


async def _clear(target: Target, by: Mark, access: Access) -> int:
    async with open_broker(target, log=structlog.get_logger(), access=access) as broker:
        return await sweep(broker.host, broker.port, by, broker.client)
