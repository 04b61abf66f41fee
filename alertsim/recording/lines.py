"""Turns what a recording holds back into the lines it was written from, so that a fold over both says the same."""

import math
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Any

from alertsim.events import EVENT, ClockTicked, Event, ExerciseStateChanged
from alertsim.observations import Line, Observed, Played
from alertsim.recording.read import Recorded
from alertsim.times import parse_instant
from alertsim.wire.payload import KINDS
from alertsim.wire.topics import STATE

_TICK = "clock.ticked"
_AHEAD = 10_000


def lines(recorded: Iterable[Recorded]) -> Iterator[Line | Recorded]:
    """The lines of the exercise; what is no event of ours stays what it is.

    That is a retained topic being cleared, the word that the exercise has ended on any topic but its own, and whatever
    a stranger sent. The rate an event was played at is that of the tick of the clock before it, or of the first.
    """
    reader = iter(recorded)
    ahead = list(_to_first_tick(reader))
    rate = _rate(ahead[-1]) if ahead else 1.0
    last = -1
    for each in chain(ahead, reader):
        rate = _rate(each, rate)
        line = _line(each, rate)
        if isinstance(line, Played) and not isinstance(line.event, ClockTicked):
            if line.seq <= last:  # the goodbye is recorded as it was sent, too
                yield each
                continue
            last = line.seq
        yield line


def _to_first_tick(recorded: Iterator[Recorded]) -> Iterator[Recorded]:
    """All up to the first tick, or as many as there may be in the first second."""
    for each in islice(recorded, _AHEAD):
        yield each
        if each.kind == _TICK:
            return


def _rate(each: Recorded, before: float = 1.0) -> float:
    """The pace a tick tells of, which at max tells none; any other line leaves it as it was."""
    if each.kind != _TICK or not isinstance(each.of, dict):
        return before
    told = each.of.get("rate", math.inf)
    return float(told) if isinstance(told, int | float) else before


def _line(each: Recorded, rate: float) -> Line | Recorded:
    if each.of is None:
        return each
    if not isinstance(each.of, dict):
        return Observed(each.seq, each.actual_us, each.of)
    event = event_of(each.of)
    elsewhere = isinstance(event, ExerciseStateChanged) and not each.topic.endswith(STATE)
    if event is None or elsewhere:
        return each
    return Played(each.seq, each.due_us, each.actual_us, event, rate, each.of.get("catch_up") is True)


def event_of(payload: dict[str, Any]) -> Event | None:
    """The event a payload tells of; None where it is none of ours."""
    model = KINDS.get(str(payload.get("kind")))
    if model is None:
        return None
    try:
        own = {name: payload[name] for name in model.model_fields if name in payload}
        return EVENT.validate_python(own | {"at": parse_instant(payload["at"])[0]})
    except (ValueError, TypeError, KeyError):
        return None
