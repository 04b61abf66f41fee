"""A population as its file states it, and how any number of subscribers is divided by it."""

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import AfterValidator, Field, model_validator

from alertsim.errors import InputError
from alertsim.events import Frozen
from alertsim.scenario.fields import Name, Share, refused
from alertsim.swarm.cohort import Cohort, Device, Group, Network
from alertsim.swarm.population.allotment import allotted, weights
from alertsim.swarm.population.fields import Areas, KeepAlive, Nap, Networks, Operators, Qos, Speed, check_whole
from alertsim.times import MINUTE, SECOND, Millis

MOST_COHORTS = 48
"""Each is counted by itself, with a histogram of its own."""


class Kind(Frozen):
    """Devices that are alike, and which share of all they are."""

    device: Device = Field(description="what it is")
    share: Share = Field(description="of all subscribers")
    networks: Networks = Field({"data": 1.0}, description="the services of its operator that carry it, with shares")
    qos: Qos = Field(1, description="of its subscription")
    session: Literal["clean", "persistent"] = Field("clean", description="persistent: outlives a lost connection")
    keep_alive: KeepAlive = Field(Millis(MINUTE), description="MQTT's keep-alive, like 60s")
    awake: Nap | None = Field(None, description="for how long it is connected before it leaves, like 5s")
    asleep: Nap | None = Field(None, description="for how long it is gone then, like 55s")
    reads: Speed | None = Field(None, description="bytes a second that it reads at most; left out: all there is")
    acks: bool = Field(True, description="false: leaves messages of QoS 1 and 2 unanswered")
    listens: Literal["area", "all"] = Field("area", description="to the alerts of its own area, or to all public ones")
    basis: str = Field(min_length=3, max_length=600, description="where these figures are from, or `assumed`")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (self.awake is None) != (self.asleep is None):
            raise refused("`awake` and `asleep` belong together: add the other, or leave both out")
        if self.device == "poller" and self.awake is None:
            raise refused("a poller comes and goes: add `awake` and `asleep`, like 5s and 55s")
        if not self.acks and self.qos == 0:
            raise refused("nothing is answered at QoS 0: leave `acks` out, or write `qos: 1`")
        return self

    def cohort(self, name: str, operator: str, network: Network) -> Cohort:
        """Those of one operator on one of its networks."""
        return Cohort(
            name=name,
            operator=operator,
            network=network,
            device=self.device,
            qos=self.qos,
            persistent=self.session == "persistent",
            keep_alive_s=self.keep_alive // SECOND,
            awake_s=(self.awake or 0) / SECOND,
            asleep_s=(self.asleep or 0) / SECOND,
            reads_per_s=self.reads or 0,
            acks=self.acks,
        )


def _whole(given: dict[str, Kind]) -> dict[str, Kind]:
    check_whole(kind.share for kind in given.values())
    return given


class _Part(NamedTuple):
    """A cohort of some size; `local`: to the alerts of its own area only."""

    cohort: Cohort
    local: bool
    size: int


class Population(Frozen):
    """Who subscribes: areas (by id), operators and kinds of devices, with shares that sum to 1."""

    areas: Areas = Field(description="where they are")
    operators: Operators = Field(description="whose networks carry them")
    devices: Annotated[dict[Name, Kind], AfterValidator(_whole)] = Field(description="what they are, kind by kind")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        cohorts = len(weights(self.operators)) * len(self._cells())
        if cohorts > MOST_COHORTS:
            raise refused(
                f"these operators, devices and networks make {cohorts} cohorts, and each is counted by itself: "
                f"leave some out, {MOST_COHORTS} are enough"
            )
        return self

    def with_operators(self, shares: Mapping[str, float]) -> Self:
        """The same with other operators: those of a historical scenario in the place of A, B and C."""
        return self.model_copy(update={"operators": dict(shares)})

    def divided(
        self, count: int, topics: Callable[[str], tuple[str, ...]], areas: Collection[str] | None = None
    ) -> tuple[tuple[Cohort, ...], tuple[Group, ...]]:
        """`count` subscribers as cohorts and their groups; no cohort and no group is empty, the same in every run.

        `topics` gives the filters for the id of an area, and for "" those of everything public. `areas`: only who is
        in the oblasts of these; none: in the whole country. InputError where nobody is.

        Divided by largest remainder: `count` among operators, each of them among devices and networks, each of these
        among areas; every part is within one subscriber of its exact share of the whole that is divided. So what is
        due less than half a subscriber may be left out: of 60 there are some of each operator, but no gateway of each.
        """
        places = self._places(areas or ())
        parts = tuple(self._parts(count))
        rows = allotted((part.size for part in parts), [*places.values()])
        groups = tuple(
            Group(number, topics(area if part.local else ""), size, area)
            for number, (part, row) in enumerate(zip(parts, rows, strict=True))
            for area, size in zip(places, row, strict=True)
            if size
        )
        return tuple(part.cohort for part in parts), groups

    def _places(self, areas: Collection[str]) -> dict[str, int]:
        """The weights of the areas that are meant."""
        tops = {area.partition("/")[0] for area in areas}
        places = weights(self.areas)
        inside = {area: weight for area, weight in places.items() if not tops or area.partition("/")[0] in tops}
        if not inside:
            raise InputError(
                f"nobody of this population is in {', '.join(sorted(tops))}: take a population file with shares there"
            )
        return inside

    def _cells(self) -> dict[tuple[str, Network], int]:
        """The weights of the kinds of devices on each network."""
        return weights(
            {
                (name, network): kind.share * share
                for name, kind in self.devices.items()
                for network, share in kind.networks.items()
            }
        )

    def _parts(self, count: int) -> Iterator[_Part]:
        """The cohorts of so many subscribers, operator by operator."""
        operators, cells = weights(self.operators), self._cells()
        (by_operator,) = allotted([count], [*operators.values()])
        for operator, row in zip(operators, allotted(by_operator, [*cells.values()]), strict=True):
            for (name, network), size in zip(cells, row, strict=True):
                if size:
                    kind = self.devices[name]
                    cohort = kind.cohort(f"{operator} {network} {name}", operator, network)
                    yield _Part(cohort, kind.listens == "area", size)
