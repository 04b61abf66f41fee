"""The picture of the live view that README shows, drawn from the golden timeline: `python -m tests.live_picture`."""

import json
from collections.abc import Mapping
from pathlib import Path

from alertsim import library
from alertsim.cli import live
from alertsim.events import EVENT, Event, ExerciseState, OperatorChanged, Service
from alertsim.live import Fold, Moment, Programme, Row, frame
from alertsim.observations import (
    AlertReached,
    CohortReached,
    EventAcknowledged,
    EventPublished,
    Observation,
    Observed,
    Played,
)
from alertsim.operators.cut import is_cut
from alertsim.timeline import pace
from alertsim.times import Millis, parse_instant

GOLDEN = Path(__file__).parent / "golden"
PICTURE = GOLDEN / "live-view.svg"
SCENARIO = "kyiv-2023-12-13"
SIZE = 100, 35
MOMENT = "2023-12-13T03:18:40+02:00"
"""In the chapter `alert`: three alerts stand, ten missiles are down, the first report is in."""


def timeline() -> list[Event]:
    """The events of the golden timeline."""
    events = []
    for line in (GOLDEN / f"{SCENARIO}.seed7.ndjson").read_text(encoding="utf-8").splitlines():
        fields = json.loads(line)
        del fields["seq"]
        events.append(EVENT.validate_python(fields | {"at": parse_instant(fields["at"])[0]}))
    return events


def programme() -> Programme:
    """The night as it is announced; the exercise's name is made up."""
    scenario, catalogue = library.load(SCENARIO).scenario, library.catalogue()
    return Programme(
        title=scenario.title,
        exercise=f"{SCENARIO}-readme",
        broker="mqtt://127.0.0.1:21883",
        offset=scenario.offset,
        segments=pace(scenario, scenario.start),
        chapters={name: chapter.title for name, chapter in scenario.chapters.items() if chapter.title},
        operators={name: operator.name for name, operator in catalogue.operators.items()},
        weapons={name: weapon.name for name, weapon in catalogue.weapons.items()},
    )


def moment(announced: Programme, text: str) -> Moment:
    """A scenario time, at the pace of its chapter."""
    at = parse_instant(text)[0]
    segment = next(each for each in announced.segments if each.start <= at < each.until)
    return Moment(at=at, rate=segment.rate, state=ExerciseState.RUNNING, segment=segment, real_us=0)


SUBSCRIBERS = (("kyivstar", Service.DATA, 24), ("vodafone-ua", Service.DATA, 21), ("lifecell", Service.DATA, 15))
"""A swarm of sixty: of which operator, on which of its services, how many."""


def reached(event: Event, seq: int, operators: Mapping[str, OperatorChanged]) -> AlertReached:
    """How far a message spread: to everybody who has coverage; how fast is made up."""
    cohorts = []
    for operator, service, many in SUBSCRIBERS:
        up = operators[operator].up.get(service, 1.0) if operator in operators else 1.0
        cut = sum(is_cut(f"{operator}-{n}", up) for n in range(many))
        cohorts.append(CohortReached(operator, operator, many - cut, many - cut, 0, cut))
    last_us = 110_000 + 37_000 * (seq % 9)
    return AlertReached(event=event.event, seq=seq, topic="", cohorts=tuple(cohorts), last_us=last_us, closed=True)


def folded(until: Millis, *, answering: int = 3) -> Fold:
    """What the view knows when everything up to `until` was played, confirmed, heard, and answered by so many."""
    fold, operators = Fold(), dict[str, OperatorChanged]()
    for seq, event in enumerate(each for each in timeline() if each.at <= until):
        seen: list[Observation] = [EventPublished(event=event.event, seq=seq, topic="", at_us=0)]
        if isinstance(event, OperatorChanged):
            operators[event.operator] = event
        if event.kind.startswith("alert."):
            seen.append(reached(event, seq, operators))
            seen += [
                EventAcknowledged(event=event.event, seq=seq, client=f"phone-{n + 1}", what="received", at_us=0)
                for n in range(answering)
            ]
        fold.add([Played(seq, 0, 0, event), *(Observed(0, 0, each) for each in seen)])
    return fold


def rows() -> tuple[Row, ...]:
    """The frame."""
    announced = programme()
    now = moment(announced, MOMENT)
    return frame(folded(now.at).view, announced, now, "en", *SIZE)


def picture() -> str:
    """The frame as it is kept."""
    return live.svg(rows(), "alertsim run kyiv-2023-12-13")


if __name__ == "__main__":
    PICTURE.write_text(picture(), encoding="utf-8")
