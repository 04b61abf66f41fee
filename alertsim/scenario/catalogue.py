"""The words a scenario may use: weapon classes with public warning times, and mobile operators."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from alertsim.events import Frozen, Text
from alertsim.scenario.fields import Distribution, Duration, Name, Share, refused
from alertsim.times import Millis, duration_text


def _rising(given: tuple[Millis, Millis]) -> tuple[Millis, Millis]:
    shortest, longest = given
    if shortest > longest:
        raise refused(f"expected the shorter time first, found {duration_text(shortest)} and {duration_text(longest)}")
    return given


class Weapon(Frozen):
    """A weapon as the warning side knows it: a name, a class and a public range of warning times. Nothing else."""

    name: Text
    kind: Literal["ballistic", "cruise", "drone", "guided-bomb", "artillery"]
    warning: Annotated[tuple[Duration, Duration], AfterValidator(_rising)] = Field(
        description="shortest and longest time from launch to arrival"
    )
    source: str = Field(min_length=3, max_length=300)


class OperatorName(Frozen):
    """A mobile operator. A real brand appears in historical scenarios only, with citations."""

    name: Text
    brand: bool = False
    share: Share = Field(0.0, description="of all subscribers, where nothing else is said of a load")
    source: str = Field("", max_length=400, description="where the share is from")


class Sirens(Frozen):
    """How sirens follow what is detected: distributions with their source, and what is assumed in them."""

    name: Text
    delay: Distribution = Field(description="from detection to siren")
    missed: Share = 0.0
    lasts: Distribution = Field(description="from siren to all-clear")
    source: str = Field(min_length=3, max_length=600)


class Catalogue(Frozen):
    """What config/weapons.yaml, config/operators.yaml and config/sirens.yaml say."""

    weapons: dict[Name, Weapon]
    operators: dict[Name, OperatorName]
    sirens: dict[Name, Sirens] = {}

    def market(self, *, brands: bool) -> dict[Name, float]:
        """The shares of the real operators, or of the fictional ones."""
        return {name: operator.share for name, operator in self.operators.items() if operator.brand == brands}
