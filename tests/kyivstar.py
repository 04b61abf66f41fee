"""The Kyivstar outage of December 2023 as its scenario words it, and who is cut by it, worked out without the program.

The shares are copied from the scenario by hand; who is cut follows from what the documentation says: the first eight
bytes of BLAKE2b (of that size) of a client's name, as a big-endian number over 2^64, are at the share that is up, or
above it.
"""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from alertsim import library
from alertsim.crowd import _areas
from alertsim.events import OperatorChanged
from alertsim.library import Loaded
from alertsim.swarm.plan import Address, Plan
from alertsim.swarm.population import read_population
from alertsim.swarm.roster import Roster
from alertsim.timeline import Timeline, compile_scenario
from alertsim.times import Millis, parse_instant

SCENARIO = "kyivstar-outage-2023-12-12"
FIRST = ("UA-21", "UA-46", "UA-26", "UA-07")
SECOND = ("UA-61", "UA-77", "UA-56", "UA-68")
THIRD = ("UA-18", "UA-05", "UA-51")
FOURTH = ("UA-32", "UA-30", "UA-71")
RELAPSE = ("UA-21", "UA-46", "UA-26", "UA-07", "UA-61", "UA-77", "UA-56", "UA-51", "UA-48", "UA-65")
SIRENS_HANGING = {"UA-59": 0.25, "UA-32": 0.13, "UA-12": 0.3, "UA-71": 0.1, "UA-74": 0.1, "UA-30": 0.0}
"""The share of an oblast's sirens that falls silent with the operator's data; where none is said, all of them."""


class Point(NamedTuple):
    """What is up of Kyivstar, and of mobile data of the other two, from a time of the scenario on.

    `data` holds everywhere but in `areas`, where `there` does; `sirens`: whether the outage says which hang on it.
    """

    name: str
    at: str
    data: float
    fixed: float
    others: float
    areas: tuple[str, ...] = ()
    there: float = 1.0
    sirens: bool = True


POINTS = (
    Point("before", "2023-12-12T05:20:00+02:00", 1.0, 1.0, 1.0, sirens=False),
    Point("half fallen", "2023-12-12T06:13:00+02:00", 0.5, 0.5, 0.99),
    Point("standstill", "2023-12-12T07:00:00+02:00", 0.0, 0.0, 0.98),
    Point("some lines", "2023-12-13T08:00:00+02:00", 0.0, 0.615, 0.98),
    Point("voice back", "2023-12-14T13:55:00+02:00", 0.0, 1.0, 0.98),
    Point("data in the west", "2023-12-14T15:00:00+02:00", 0.0, 1.0, 0.98, FIRST),
    Point("data in the centre", "2023-12-15T03:00:00+02:00", 0.0, 1.0, 0.98, FIRST + SECOND + THIRD + FOURTH),
    Point("all back", "2023-12-15T15:00:00+02:00", 1.0, 1.0, 1.0, sirens=False),
    Point("half a relapse", "2023-12-20T09:15:00+02:00", 1.0, 1.0, 1.0, RELAPSE, 0.5, sirens=False),
    Point("relapse", "2023-12-20T09:30:00+02:00", 1.0, 1.0, 1.0, RELAPSE, 0.0, sirens=False),
)


def millis(point: Point) -> Millis:
    """When it is."""
    return parse_instant(point.at)[0]


def cut(roster: Roster, point: Point) -> dict[str, set[str]]:
    """The names of each operator's clients that are without coverage from this point on."""
    found: dict[str, set[str]] = {}
    for subscriber, group in enumerate(roster.groups):
        cohort, name = roster.cohort(subscriber), roster.name(subscriber)
        gone = found.setdefault(cohort.operator, set())
        hashed = int(hashlib.blake2b(name.encode(), digest_size=8).hexdigest(), 16)
        if hashed >= _up(point, cohort.operator, cohort.network, cohort.device, roster.plan.groups[group].area) * 2**64:
            gone.add(name)
    return found


def _up(point: Point, operator: str, network: str, device: str, area: str) -> float:
    """The share of a client's network that is up where it is."""
    if operator != "kyivstar":
        return point.others if network == "data" else 1.0
    if network == "fixed":
        return point.fixed
    data = point.there if area in point.areas else point.data
    if device == "siren" and point.sirens and area in SIRENS_HANGING:
        return 1 - SIRENS_HANGING[area] * (1 - data)
    return data


def without_spills(folder: Path) -> Loaded:
    """The scenario with `spill_over` taken out of its text, written to a folder."""
    whole = library.load(SCENARIO)
    for name, text in whole.files.items():
        lines = text.decode().splitlines(keepends=True)
        (folder / name).write_text("".join(line for line in lines if not line.lstrip().startswith("spill_over:")))
    return library.load(str(folder))


def changes(timeline: Timeline) -> Iterator[OperatorChanged]:
    """Everything that befalls operators."""
    return (event for event in timeline.events if isinstance(event, OperatorChanged))


def roster_of(timeline: Timeline, many: int) -> Roster:
    """Those who hear an exercise of it, as many as that."""
    text, name = library.population_file(None)
    population = read_population(text, name, catalogue=library.catalogue(), brands=True)
    cohorts, groups = population.divided(many, lambda area: (area or "#",), _areas(timeline))
    return Roster(Plan((Address("127.0.0.1", 1),), "test", cohorts, groups, offset_us=0))


def timeline_of(loaded: Loaded, seed: int = 1) -> Timeline:
    """What is going to happen."""
    return compile_scenario(loaded.scenario, seed, library.catalogue())


def counts(roster: Roster, point: Point) -> Mapping[str, int]:
    """How many of each operator's clients are without coverage."""
    return {operator: len(names) for operator, names in cut(roster, point).items()}
