"""What happens at all under a seed: entries have a chance, or depend on what became of another."""

from collections.abc import Callable, Iterable, Sequence

from alertsim.events import Event
from alertsim.scenario import AnyEntry
from alertsim.timeline.draws import Draws

WARNED = frozenset({"raised", "updated"})
"""Either of these stages of a strike says that its siren was heard."""


def happening(
    entries: Sequence[AnyEntry], seed: int, events: Callable[[Sequence[AnyEntry]], Iterable[tuple[AnyEntry, Event]]]
) -> list[AnyEntry]:
    """The entries that happen under `seed`; `events` says what entries come to. Conditions do not make chains."""
    drawn = [entry for entry in entries if entry.chance is None or _draw(entry, seed) < entry.chance]
    certain = [entry for entry in drawn if not (entry.only_if or entry.unless)]
    if len(certain) == len(drawn):
        return certain
    stages = set[str]()
    for _, event in events(certain):
        name, stage, *_ = event.event.split(":")
        stages |= {f"{name}:{stage}", f"{name}:warned"} if stage in WARNED else {f"{name}:{stage}"}
    return [entry for entry in drawn if _holds(entry, stages)]


def _draw(entry: AnyEntry, seed: int) -> float:
    return Draws(seed, f"{entry.id}:chance").share()


def _holds(entry: AnyEntry, stages: set[str]) -> bool:
    """Whether what an entry depends on did happen, and what excludes it did not."""
    return (entry.only_if is None or entry.only_if in stages) and entry.unless not in stages
