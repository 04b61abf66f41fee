"""What a new scenario does without: tracks and what hangs on them, citations, chapters and objectives left empty."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from alertsim.authoring.patch import Patch
from alertsim.errors import InputError
from alertsim.events import Track
from alertsim.scenario import AnyEntry, IncidentEntry, Scenario, StrikeEntry
from alertsim.scenario.chapters import windows
from alertsim.scenario.document.source import Path
from alertsim.scenario.rules.doubts import stretches
from alertsim.times import Millis

_SOURCED = ("cite", "interpolated", "invented")


@dataclass(frozen=True)
class Cut:
    """The entries left out, by number and by id, and whether sirens that follow from strikes are too."""

    numbers: frozenset[int]
    ids: tuple[str, ...]
    silent: bool

    def is_gone(self, stage: str | None) -> bool:
        """Whether what a condition names cannot happen any more."""
        name, _, what = (stage or "").partition(":")
        return name in self.ids or (self.silent and what == "warned")


def cut(scenario: Scenario, dropped: frozenset[Track]) -> Cut:
    """What lies on the dropped tracks, and what happens only if that does; InputError if nothing else is there."""
    silent = Track.ALERTS in dropped
    numbers = {n for n, entry in enumerate(scenario.events) if entry.on_track in dropped}
    while True:
        found = Cut(frozenset(numbers), tuple(scenario.events[n].id for n in sorted(numbers)), silent)
        more = {n for n, entry in enumerate(scenario.events) if n not in numbers and found.is_gone(entry.only_if)}
        if not more:
            break
        numbers |= more
    if scenario.events and len(numbers) == len(scenario.events):
        raise InputError("--drop-track: nothing would be left of the scenario: leave out fewer tracks")
    return found


def leave_out(patch: Patch, scenario: Scenario, gone: Cut, written: Callable[[int], str]) -> tuple[str, ...]:
    """Take all that out of the file; `written` is how a time stands in the new one. Tells which chapters went too."""
    if gone.numbers:
        patch.without(("events",), gone.numbers)
    for n, entry in enumerate(scenario.events):
        if n not in gone.numbers:
            _loosen(patch, ("events", n), entry, gone)
    fields = _SOURCED if scenario.basis == "historical" else _SOURCED[:1]
    for path, span in list(patch.spans.items()):
        if path[:1] == ("events",) and set(fields) & set(span.steps or ()) and path[1] not in gone.numbers:
            patch.without(path, fields)
    _objectives(patch, scenario, gone)
    return _chapters(patch, scenario, gone, written)


def _loosen(patch: Patch, at: Path, entry: AnyEntry, gone: Cut) -> None:
    """What an entry that stays says of those that go."""
    if gone.is_gone(entry.unless):
        patch.without(at, ["unless"])
    if isinstance(entry, IncidentEntry) and entry.incident.cause in gone.ids:
        patch.without((*at, "incident"), ["cause"])
    if isinstance(entry, StrikeEntry) and entry.strike.alert and gone.silent:
        patch.without((*at, "strike"), ["alert"])


def _objectives(patch: Patch, scenario: Scenario, gone: Cut) -> None:
    """Objectives that nothing is expected for any more."""
    asked = [(n, expected.objective) for n, entry in enumerate(scenario.events) for expected in entry.expect]
    still = {objective for n, objective in asked if n not in gone.numbers}
    idle = {objective for _, objective in asked} - still
    numbers = [n for n, objective in enumerate(scenario.objectives) if objective.id in idle]
    if numbers:
        _shorten(patch, "objectives", numbers, len(scenario.objectives))


def _chapters(patch: Patch, scenario: Scenario, gone: Cut, written: Callable[[int], str]) -> tuple[str, ...]:
    """Chapters in which nothing happens any more; the chapter behind one begins when it did."""
    left = [entry for n, entry in enumerate(scenario.events) if n not in gone.numbers]
    empty = [name for name in _empty(scenario, left) if name not in _empty(scenario, list(scenario.events))]
    if not empty:
        return ()
    _shorten(patch, "chapters", empty, len(scenario.chapters))
    for before, after in pairwise(windows(scenario)):
        if before.name in empty and after.name not in empty and scenario.chapters[after.name].from_ is None:
            patch.first(("chapters", after.name), "from", written(before.until))
    played = [n for n, name in enumerate(scenario.play) if name in empty]
    if played:
        _shorten(patch, "play", played, len(scenario.play))
    return tuple(empty)


def _shorten(patch: Patch, field: str, steps: list[int] | list[str], whole: int) -> None:
    """A field of the header without some of its items; without itself if none is left."""
    if len(steps) == whole:
        patch.without((), [field])
    else:
        patch.without((field,), steps)


def _empty(scenario: Scenario, entries: list[AnyEntry]) -> list[str]:
    happens: list[tuple[Millis, Millis]] = [stretch for entry in entries for stretch in stretches(entry)]
    return [
        window.name
        for window in windows(scenario)
        if not any(begins <= window.until and ends >= window.begins for begins, ends in happens)
    ]
