"""What `load` publishes and who subscribes: from what was asked for to a schedule, cohorts and groups."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from alertsim import exercise, library
from alertsim.cli.load_texts import read_length, read_rate
from alertsim.cli.options import read_rate as read_pace
from alertsim.cli.options import read_seed
from alertsim.errors import InputError
from alertsim.mqtt.codes import Version
from alertsim.swarm.bulletins import Bulletins
from alertsim.swarm.cohort import Cohort, Group
from alertsim.swarm.conduct import Schedule
from alertsim.swarm.dues import evenly
from alertsim.swarm.plan import alike
from alertsim.swarm.population import read_population
from alertsim.swarm.score import Score
from alertsim.timeline import compile_scenario, pace
from alertsim.wire import Mark

UNIFORM = "uniform"


@dataclass(frozen=True)
class Music:
    """What is published, and what to listen to for it: `filters` of an area, and for "" those of everything public.

    `areas`: those of a scenario; None: all there are. `brands`: it is a historical one, of real operators.
    """

    schedule: Schedule
    filters: Callable[[str], tuple[str, ...]]
    areas: tuple[str, ...] | None = None
    brands: bool = False


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The options that decide on music and people; None: not given. `name` is the exercise id of the test."""

    scenario: str | None
    count: int
    population: str | None
    publish_rate: str | None
    rate: str | None
    seed: int | None
    qos: int | None
    duration: str | None
    limit: int | None
    size: int
    version: Literal[4, 5]
    filter: str | None
    persistent: bool
    keep_alive_s: int | None
    name: str = field(default_factory=lambda: exercise.exercise_id("load"))

    def music(self) -> Music:
        """InputError: options that do not go together, or a scenario that is none."""
        if self.scenario is not None:
            return self._scored(self.scenario)
        if self.rate is not None or self.seed is not None:
            raise InputError("--rate and --seed are for a scenario; how often to publish is --publish-rate")
        per_s, length_s = read_rate("--publish-rate", self.publish_rate or "10/s"), self._length_s()
        if self.filter is not None:
            return Music(Schedule(None, (), length_s), _always(self.filter))
        bulletins = Bulletins(self._by, size=self.size, qos=self._qos, version=Version(self.version))
        dues = evenly(per_s, max(1, min(round(per_s * length_s), self.limit or 10**9)))
        lasts_s = min(length_s, len(dues) / per_s)
        return Music(Schedule(bulletins.make, dues, lasts_s, self._qos), _always(bulletins.topic))

    def people(self, music: Music) -> tuple[tuple[Cohort, ...], tuple[Group, ...]]:
        """InputError: a population that is none, or that has nobody where the scenario plays."""
        if self.population == UNIFORM or (self.population is None and self._says_how):
            everybody = alike(self.count, music.filters(""))
            cohorts, groups = everybody["cohorts"], everybody["groups"]
        else:
            cohorts, groups = self._mixed(music)
        return tuple(self._overridden(each) for each in cohorts), groups

    @property
    def _says_how(self) -> bool:
        """Whether it was asked how subscribers behave, as other tools have it: then all of them do."""
        return self.persistent or self.version == 4 or not (self.qos is None and self.keep_alive_s is None)

    @property
    def _by(self) -> Mark:
        return Mark(self.name, "load test", status="Test")

    @property
    def _qos(self) -> int:
        return 1 if self.qos is None else self.qos

    def _length_s(self) -> float:
        return read_length("--duration", self.duration or "10s")

    def _scored(self, name: str) -> Music:
        given = {
            "--publish-rate": self.publish_rate,
            "--duration": self.duration,
            "-L": self.limit,
            "--listen-only": self.filter,
        }
        for option, value in given.items():
            if value is not None:
                raise InputError(f"{option} and a scenario: what it publishes and when is the scenario's; see --rate")
        loaded = library.load(name)
        scenario = loaded.scenario
        timeline = compile_scenario(scenario, read_seed(self.seed, scenario), library.catalogue())
        segments = pace(scenario, timeline.until, rate=read_pace(self.rate))
        by = replace(self._by, offset=scenario.offset)
        score = Score(timeline, segments, by, qos=self._qos, version=Version(self.version))
        schedule = Schedule(score.make, score.dues, score.duration_s, self._qos, turns=score.turns)
        return Music(schedule, _public(by.root), score.areas or None, scenario.basis == "historical")

    def _mixed(self, music: Music) -> tuple[tuple[Cohort, ...], tuple[Group, ...]]:
        text, name = library.population_file(None if self.population is None else Path(self.population))
        population = read_population(text, name, catalogue=library.catalogue(), brands=music.brands)
        return population.divided(self.count, music.filters, music.areas)

    def _overridden(self, cohort: Cohort) -> Cohort:
        """What was asked for holds for everybody."""
        asked: dict[str, Any] = {"qos": self.qos, "keep_alive_s": self.keep_alive_s}
        asked = {name: value for name, value in asked.items() if value is not None}
        lasting = (cohort.persistent and self.version == 5) or self.persistent  # a 3.1.1 session would never end
        return replace(cohort, persistent=lasting, **asked)


def _always(topic: str) -> Callable[[str], tuple[str, ...]]:
    return lambda _area: (topic,)


def _public(root: str) -> Callable[[str], tuple[str, ...]]:
    return lambda area: (f"{root}/public/alert/{area}/#",) if area else (f"{root}/public/#",)
