"""What the subscribers' process says, as observations of an exercise."""

from collections.abc import Iterator, Mapping
from typing import Any

from alertsim.observations import AlertReached, CohortReached, FlowStalled, NetworkSeen, StormPassed
from alertsim.swarm.plan import Plan

Said = Mapping[str, Any]
"""Plain JSON."""

_OF_STORM = StormPassed.model_fields.keys() - {"kind", "operator", "back_off_s", "jittered"}


def reached(event: str, told: Said, plan: Plan) -> AlertReached:
    """How far the message of an event has spread."""
    percentiles = told["percentiles"] or (None,) * 4
    return AlertReached(
        event=event,
        seq=told["seq"],
        topic=told["topic"].split("/", 2)[2],
        cohorts=tuple(_cohort(int(number), counts, plan) for number, counts in told["counts"].items()),
        first_us=told["first_us"],
        p50_us=percentiles[0],
        p99_us=percentiles[2],
        last_us=told["last_us"],
        closed=told["closed"],
    )


def stands(progress: Said) -> Iterator[NetworkSeen]:
    """How the subscribers of each operator stand."""
    for row in progress.get("operators", ()):
        yield NetworkSeen(
            operator=row["operator"],
            subscribers=row["subscribers"],
            connected=row["subscribed"],
            cut=row["cut"],
            reconnecting=row["subscribers"] - row["subscribed"] - row["cut"] - row["away"],
            away=row["away"],
            connects=row["connects"],
            lost=row["lost"],
            connects_per_s=row["connects_per_s"],
        )


def storms(result: Said, plan: Plan) -> Iterator[StormPassed]:
    """The storms of each operator's subscribers, and how these came back."""
    for operator, storm in result["operator_storms"]:
        told = {name: storm[name] for name in _OF_STORM}
        yield StormPassed(operator=operator, back_off_s=plan.back_off_s, jittered=plan.jittered, **told)


def stalls(result: Said) -> Iterator[FlowStalled]:
    """Who got nothing more because of what they had left unanswered."""
    for operator, unanswered, many in result["stalled"]:
        yield FlowStalled(operator=operator, subscribers=many, unanswered=unanswered)


def _cohort(number: int, counts: Said, plan: Plan) -> CohortReached:
    cohort = plan.cohorts[number]
    return CohortReached(
        cohort=cohort.name,
        operator=cohort.operator,
        expected=counts["expected"] + counts["uninvited"],
        delivered=counts["delivered"] + counts["uninvited"],
        missing=counts["missing"],
        unreachable=counts["unreachable"],
        caught_up=counts["caught_up"],
        late=counts["late"],
        duplicates=counts["duplicates"],
        stale=counts["stale"],
        last_us=counts["last_us"],
    )
