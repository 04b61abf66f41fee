"""What an engineer asks of an exercise: how late, how fast, how much was lost, when the broker was away."""

from collections.abc import Iterable, Sequence

from pydantic import Field

from alertsim.events import Frozen
from alertsim.observations import AlertReached
from alertsim.report.log import Break, Log


class Percentiles(Frozen):
    """Of so many values, microseconds: half of them, 99 % of them and all of them are not above."""

    count: int
    p50_us: int
    p99_us: int
    max_us: int


class Spreads(Frozen):
    """How fast the messages that warn spread: percentiles, over the messages, of the moment when so many had it."""

    first: Percentiles | None = Field(description="the first subscriber")
    half: Percentiles | None = Field(description="half of those it reached")
    most: Percentiles | None = Field(description="99 % of those it reached")
    last: Percentiles | None = Field(description="the last one it reached")


class Outage(Frozen):
    """The publisher was without its broker. `real_ms`: how long, None where it never came back."""

    after_ms: int = Field(description="real milliseconds after the first line of the recording")
    real_ms: int | None
    reason: str
    waiting: int


class Figures(Frozen):
    """All of it. Times are real."""

    real_s: float = Field(description="from the first line of the recording to the last")
    confirmed: Percentiles | None = Field(description="from when a message was due until the broker confirmed it")
    spread: Spreads | None = Field(description="None without subscribers of our own")
    duplicates: int
    stale: int
    missing: int = Field(description="connected, and yet never had it; subscribers and messages, one each")
    unreachable: int = Field(description="not connected then")
    outages: tuple[Outage, ...]
    answers: int
    clients: int = Field(description="who answered")
    commands: int


def figures(log: Log) -> Figures:
    """The figures of an exercise."""
    reached = [seen for _, seen in log.reached()]
    cohorts = [cohort for seen in reached for cohort in seen.cohorts]
    return Figures(
        real_s=(log.last_us - log.first_us) / 1e6,
        confirmed=percentiles(log.confirmed_us),
        spread=_spreads(reached) if reached else None,
        duplicates=sum(each.duplicates for each in cohorts),
        stale=sum(each.stale for each in cohorts),
        missing=sum(each.missing for each in cohorts),
        unreachable=sum(each.unreachable for each in cohorts),
        outages=tuple(_outage(each, log.first_us) for each in log.breaks),
        answers=len(log.answers),
        clients=len({answer.seen.client for answer in log.answers}),
        commands=len(log.commands),
    )


def percentiles(values: Iterable[int | None]) -> Percentiles | None:
    """Those that are known, or None where none is."""
    known = sorted(value for value in values if value is not None)
    return (
        Percentiles(count=len(known), p50_us=_rank(known, 50), p99_us=_rank(known, 99), max_us=known[-1])
        if known
        else None
    )


def _rank(known: Sequence[int], percent: int) -> int:
    """The value that so many per cent of all are not above."""
    return known[(len(known) * percent + 99) // 100 - 1]


def _spreads(reached: Sequence[AlertReached]) -> Spreads:
    return Spreads(
        first=percentiles(seen.first_us for seen in reached),
        half=percentiles(seen.p50_us for seen in reached),
        most=percentiles(seen.p99_us for seen in reached),
        last=percentiles(seen.last_us for seen in reached),
    )


def _outage(each: Break, first_us: int) -> Outage:
    real_ms = None if each.back_us is None else (each.back_us - each.lost_us) // 1000
    return Outage(after_ms=(each.lost_us - first_us) // 1000, real_ms=real_ms, reason=each.reason, waiting=each.waiting)
