"""The rules of broker faults: long enough to be one, over before play is, one at a time, nothing kept but a restart."""

from collections.abc import Iterator
from itertools import pairwise

from alertsim.errors import Problem
from alertsim.events import BrokerFault
from alertsim.scenario.chapters import windows
from alertsim.scenario.document.source import Path
from alertsim.scenario.draft import Draft
from alertsim.scenario.model import BrokerEntry
from alertsim.scenario.rules.pace import end_of_play
from alertsim.times import Millis, duration_text, rfc3339


def broker(draft: Draft, at: Path, entry: BrokerEntry) -> Iterator[Problem]:
    """What is wrong with a broker fault whose fields are right one by one."""
    failure, path = entry.broker, (*at, "broker")
    if not failure.for_:
        yield draft.located.problem((*path, "for"), "expected more than 0s: how long the broker is gone")
    if failure.persistence is not None and failure.fault is not BrokerFault.RESTART:
        message = f"a `{failure.fault}` keeps or loses what it may: only a `restart` has `persistence`"
        yield draft.located.problem((*path, "persistence"), message)
    if draft.sure("start", "chapters", "play"):
        yield from _fits(draft, path, entry)


def _fits(draft: Draft, path: Path, entry: BrokerEntry) -> Iterator[Problem]:
    """The broker answers again before play ends: everybody is to hear the end."""
    chapters = windows(draft.header)
    if not chapters or entry.at > chapters[-1].until:
        return
    end = end_of_play(draft.header.play, chapters, entry.at)
    if entry.ends > end:
        longest = duration_text(Millis(end - entry.at))
        message = f"play ends at {rfc3339(end, draft.offset)}, before the broker is back: expected {longest} or less"
        yield draft.located.problem((*path, "for"), message)


def one_at_a_time(draft: Draft) -> Iterator[Problem]:
    """A broker that is down already cannot fail; also where one of the two may not happen."""
    faults = ((entry.at, n, entry.ends) for n, entry in draft.entries.items() if isinstance(entry, BrokerEntry))
    for (_, first, ends), (at, n, _) in pairwise(sorted(faults)):
        if at <= ends:
            line, until = draft.located.line(("events", first)), rfc3339(ends, draft.offset)
            message = f"the broker fails already: the fault of line {line} lasts until {until}"
            yield draft.located.problem(("events", n, "at"), message)
