"""Whether what an author expected came to pass, as far as a recording can tell; the rest is left to evaluators."""

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from alertsim.events import Event, Frozen, Happening
from alertsim.observations import AlertReached, heard_in_all
from alertsim.report.log import Answer, Log
from alertsim.scenario import AnyEntry, Expectation, Scenario
from alertsim.times import Millis, rfc3339

Verdict = Literal["met", "late", "missed", "not_played", "to_judge"]
"""`late`: it came, but after its time. `to_judge`: a recording cannot tell. `not_played`: there was no cause."""

ANYBODY = frozenset({"all", "anybody", "everybody", "players", "public", "subscribers"})
"""Who is no one role: an answer of anyone is theirs."""

ANSWERS = frozenset({"ack", "acknowledge", "answer", "received", "sheltering"})
"""What somebody says on an `ack/` topic; `ack` stands for whatever they say."""

HEARD = frozenset({"heard", "hear", "reached", "delivered"})
"""What the subscribers of a swarm do: every one of them who should."""

_BEGINNINGS = ("sent", "raised", "announced", "reported:1", "published", "launched:1", "impacted:1", "changed:1")


class Expected(Frozen):
    """One expectation and what came of it. `took_ms`: scenario time from the event to what was expected."""

    entry: str
    event: str
    at: Millis | None
    who: str
    what: str
    within_ms: Millis
    objective: str | None
    verdict: Verdict
    took_ms: int | None = None
    by: str = ""
    heard: int | None = None
    meant: int | None = None

    @property
    def failed(self) -> bool:
        """Whether somebody was to do something and did not do it in time."""
        return self.verdict in {"late", "missed"}

    def as_json(self, offset: int) -> dict[str, object]:
        """As plain JSON: seconds, and the time as RFC 3339 at `offset` minutes."""
        plain = self.model_dump(mode="json", exclude={"at", "within_ms", "took_ms"})
        at = None if self.at is None else rfc3339(self.at, offset)
        took_s = None if self.took_ms is None else self.took_ms / 1000
        return plain | {"at": at, "within_s": self.within_ms / 1000, "took_s": took_s}


class _Said(NamedTuple):
    """An answer, and how long after its event it came, scenario milliseconds."""

    took_ms: int
    answer: Answer


def judged(scenario: Scenario, log: Log) -> tuple[Expected, ...]:
    """Every expectation of the scenario, in its order, against what was recorded."""
    judge = _Judge(log)
    return tuple(judge.judged(entry, each) for entry in scenario.events for each in entry.expect)


class _Judge:
    """What was played, answered and heard, by entry."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._first: dict[str, Event] = {}
        self._entry: dict[str, str] = {}
        for line in log.played.values():
            event = line.event
            self._entry[event.event] = event.entry
            known = self._first.get(event.entry)
            if known is None or (_begins(event) and not _begins(known)):
                self._first[event.entry] = event
        self._said: dict[str, list[Answer]] = {}
        for answer in log.answers:
            if entry := self._entry.get(answer.seen.event):
                self._said.setdefault(entry, []).append(answer)
        self._reached = {seen.event: seen for _, seen in log.reached()}

    def judged(self, entry: AnyEntry, each: Expectation) -> Expected:
        """One expectation."""
        event = self._first.get(entry.id)
        found = Expected(
            entry=entry.id,
            event=event.event if event else "",
            at=event.at if event else None,
            who=each.who,
            what=each.what,
            within_ms=each.within,
            objective=each.objective,
            verdict="to_judge" if event else "not_played",
        )
        if event is None:
            return found
        if each.what.lower() in ANSWERS:
            return _answered(found, list(self._answers(event, each)))
        seen = self._reached.get(event.event)
        return _spread(found, seen) if seen and each.what.lower() in HEARD else found

    def _answers(self, event: Event, each: Expectation) -> Iterator[_Said]:
        """The answers of those it is expected of to this entry, and how long each took."""
        for answer in self._said.get(event.entry, ()):
            at = self._log.storytime.at(answer.real_us)
            if at is not None and at >= event.at and speaks_for(answer.seen.client, each.who) and _says(answer, each):
                yield _Said(at - event.at, answer)


def speaks_for(client: str, who: str) -> bool:
    """Whether a client's name has the role in it, whole words: `exercise-subscriber-duty-officer` is a duty officer."""
    return who.lower() in ANYBODY or f"-{who.lower().replace(' ', '-')}-" in f"-{client.lower()}-"


def _begins(event: Happening) -> bool:
    return event.event.endswith(tuple(f":{stage}" for stage in _BEGINNINGS))


def _says(answer: Answer, each: Expectation) -> bool:
    wanted = each.what.lower()
    return wanted in {"ack", "acknowledge", "answer", answer.seen.what.lower()}


def _answered(found: Expected, said: Iterable[_Said]) -> Expected:
    first = min(said, key=lambda each: each.took_ms, default=None)
    if first is None:
        return found.model_copy(update={"verdict": "missed"})
    verdict = "met" if first.took_ms <= found.within_ms else "late"
    return found.model_copy(update={"verdict": verdict, "took_ms": first.took_ms, "by": first.answer.seen.client})


def _spread(found: Expected, seen: AlertReached) -> Expected:
    """Whether all who should have heard it did, when it was sent; real time, which no rate scales."""
    own = [each for each in seen.cohorts if found.who.lower() in ANYBODY or found.who in {each.cohort, each.operator}]
    counts = heard_in_all(each.heard for each in own)
    if not counts.meant:
        return found
    last_ms = max((each.last_us or 0 for each in own), default=0) // 1000
    figures = {"heard": counts.heard, "meant": counts.meant, "took_ms": last_ms if counts.heard else None}
    whole = counts.heard == counts.meant
    verdict: Verdict = "missed" if not whole else "met" if last_ms <= found.within_ms else "late"
    return found.model_copy(update={"verdict": verdict, **figures})
