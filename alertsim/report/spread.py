"""How far the messages of an exercise spread among the subscribers of its swarm: a fold, and what it came to.

For an operator only that counts by which people are warned: pre-alerts, alerts, their updates and all-clears; not an
alert that stood long before. Only messages that have spread as far as they will are counted at all.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from statistics import median_low
from typing import Literal, NamedTuple

from pydantic import Field

from alertsim.events import Event, Frozen, OperatorChanged, Service, Warns, warns
from alertsim.observations import AlertReached, CohortReached, heard_in_all
from alertsim.operators.coverage import share_for
from alertsim.times import Millis, rfc3339

_CARRYING = (Service.DATA, Service.FIXED)
"""The services that MQTT rides on."""

_CLOCK = "public/clock"
_MANY = 10
"""An alert is told as unheard where one in so many, or more, of an operator's subscribers did not hear it when sent."""


class Counts(Frozen):
    """Counts of one subscriber and one message each; `heard + caught_up + never` is all that should have heard."""

    heard: int = Field(description="it came when it was sent, late or not")
    late: int = Field(description="of those that heard it: more than a second after its time")
    stale: int = Field(0, description="of those that heard it: when it had expired already")
    caught_up: int = Field(description="it did not come, but the broker's retained copy did, later")
    never: int = Field(description="neither it nor a copy came: not connected, or connected and missed")

    @property
    def meant(self) -> int:
        """All that should have heard: the base of every share."""
        return self.heard + self.missed

    @property
    def missed(self) -> int:
        """All that did not hear it when it was sent."""
        return self.caught_up + self.never


class Messages(Counts):
    """All messages together, whatever they say, the clock apart."""

    messages: int


class Heard(Counts):
    """The alert messages that an operator's subscribers, or all, should have heard.

    Times are from due to the last of them who heard it; None where one of them is not known.
    """

    subscribers: int = Field(description="the most that one of these messages was for")
    alerts: int = Field(description="messages that warn: pre-alerts, alerts, updates, all-clears")
    p50_us: int | None = Field(description="the median of the messages, microseconds")
    slowest_us: int | None = Field(description="the slowest of the messages, microseconds")


class Unheard(Counts):
    """An alert message that many of an operator's subscribers did not hear when it was sent."""

    event: str
    kind: Literal["alert.announced", "alert.raised", "alert.updated", "alert.cleared"]
    area: str
    at: Millis
    operator: str
    missing: int = Field(description="expected to hear it when it was sent, and did not then")
    unreachable: int = Field(description="not connected when it was sent")
    up: Mapping[Service, float] = Field(description="of the operator's data and fixed what was not wholly up there")

    def as_json(self, offset: int) -> dict[str, object]:
        """The same as plain JSON, with the time at `offset` minutes."""
        return {**self.model_dump(mode="json"), "at": rfc3339(self.at, offset)}


class Spread(Frozen):
    """What the swarm heard. `operators` by their id; empty: subscribers without an operator."""

    operators: Mapping[str, Heard]
    alerts: Heard
    messages: Messages
    unheard: tuple[Unheard, ...]
    open: int = Field(description="alert messages that were still spreading at the end: not counted")

    def as_json(self, offset: int) -> dict[str, object]:
        """The same as plain JSON, with times at `offset` minutes."""
        return {**self.model_dump(mode="json"), "unheard": [each.as_json(offset) for each in self.unheard]}


class _Warned(NamedTuple):
    """A message that warns, and how the operators stood when it was sent."""

    event: Warns
    operators: Mapping[str, OperatorChanged]


class _Share(NamedTuple):
    """What of one message concerns some subscribers; `last_us` None where it is not known of them."""

    counts: Counts
    last_us: int | None


class Spreading:
    """Events and observations in, a spread out; a step does not grow with what came before."""

    def __init__(self) -> None:
        self._operators: dict[str, OperatorChanged] = {}
        self._warned: dict[tuple[int, str], _Warned] = {}
        self._reached: dict[tuple[int, str], AlertReached] = {}

    def played(self, seq: int, event: Event) -> None:
        """An event was sent with this number."""
        if warns(event):
            self._warned[seq, event.event] = _Warned(event, dict(self._operators))
        elif isinstance(event, OperatorChanged):
            self._operators[event.operator] = event

    def reached(self, seen: AlertReached) -> None:
        """How a message stands now."""
        if not seen.topic.endswith(_CLOCK):
            self._reached[seen.seq, seen.event] = seen

    @property
    def spread(self) -> Spread | None:
        """What it came to; None where there was no swarm."""
        if not self._reached:
            return None
        closed = {key: seen for key, seen in sorted(self._reached.items()) if seen.closed}
        alerts = [(self._warned[key], seen) for key, seen in closed.items() if key in self._warned]
        operators: defaultdict[str, list[_Share]] = defaultdict(list)
        for _, seen in alerts:
            for operator, share in _shares(seen).items():
                operators[operator].append(share)
        return Spread(
            operators={name: _heard(shares) for name, shares in sorted(operators.items())},
            alerts=_heard([_Share(_counts(seen.cohorts), seen.last_us) for _, seen in alerts]),
            messages=_together(closed.values()),
            unheard=tuple(each for warned, seen in alerts for each in _unheard(warned, seen)),
            open=sum(not seen.closed for key, seen in self._reached.items() if key in self._warned),
        )


def _shares(seen: AlertReached) -> Mapping[str, _Share]:
    """The share of each operator for whose subscribers the message was, and when the last of them had it."""
    shares = {name: _Share(_counts(cohorts), _last_us(cohorts)) for name, cohorts in _by_operator(seen).items()}
    return {name: share for name, share in shares.items() if share.counts.meant}


def _last_us(cohorts: Iterable[CohortReached]) -> int | None:
    return max((each.last_us for each in cohorts if each.last_us is not None), default=None)


def _by_operator(seen: AlertReached) -> Mapping[str, Sequence[CohortReached]]:
    found: defaultdict[str, list[CohortReached]] = defaultdict(list)
    for cohort in seen.cohorts:
        found[cohort.operator].append(cohort)
    return found


def _heard(shares: Sequence[_Share]) -> Heard:
    """Shares of several messages together; a message that was for nobody is none of them."""
    meant = [share for share in shares if share.counts.meant]
    known = [share.last_us for share in meant if share.counts.heard]
    times = [last_us for last_us in known if last_us is not None]
    whole = bool(times) and len(times) == len(known)
    return Heard(
        **_sums(share.counts for share in meant),
        subscribers=max((share.counts.meant for share in meant), default=0),
        alerts=len(meant),
        p50_us=median_low(times) if whole else None,
        slowest_us=max(times) if whole else None,
    )


def _counts(cohorts: Iterable[CohortReached]) -> Counts:
    all_of_them = heard_in_all(each.heard for each in cohorts)
    _, heard, late, caught_up, stale = all_of_them
    return Counts(heard=heard, late=late, stale=stale, caught_up=caught_up, never=all_of_them.unheard)


def _together(seen: Iterable[AlertReached]) -> Messages:
    counts = [_counts(each.cohorts) for each in seen]
    return Messages(**_sums(counts), messages=len(counts))


def _sums(several: Iterable[Counts]) -> dict[str, int]:
    sums = dict.fromkeys(Counts.model_fields, 0)
    for counts in several:
        for name in sums:
            sums[name] += getattr(counts, name)
    return sums


def _unheard(warned: _Warned, seen: AlertReached) -> Iterable[Unheard]:
    """Where many of an operator's subscribers did not hear it, and how the operator stood then."""
    for operator, cohorts in _by_operator(seen).items():
        counts = _counts(cohorts)
        if counts.missed and counts.missed * _MANY >= counts.meant:
            stood, area = warned.operators.get(operator), warned.event.area
            up = {name: share_for(stood.condition, name, area) for name in _CARRYING} if stood else {}
            yield Unheard(
                **counts.model_dump(),
                event=seen.event,
                kind=warned.event.kind,
                area=area,
                at=warned.event.at,
                operator=operator,
                missing=sum(each.missing for each in cohorts),
                unreachable=sum(each.unreachable for each in cohorts),
                up={name: share for name, share in up.items() if share < 1},
            )
