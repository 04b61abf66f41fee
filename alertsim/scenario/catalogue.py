"""The words a scenario may use: weapon classes with public warning times, and mobile operators."""

from typing import Literal

from pydantic import Field

from alertsim.events import Frozen, Text
from alertsim.scenario.fields import Duration, Name


class Weapon(Frozen):
    """A weapon as the warning side knows it: a name, a class and a public range of warning times. Nothing else."""

    name: Text
    kind: Literal["ballistic", "cruise", "drone", "guided-bomb", "artillery"]
    warning: tuple[Duration, Duration] = Field(description="shortest and longest time from launch to arrival")
    source: str = Field(min_length=3, max_length=300)


class OperatorName(Frozen):
    """A mobile operator. A real brand appears in historical scenarios only, with citations."""

    name: Text
    brand: bool = False


class Catalogue(Frozen):
    """What config/weapons.yaml and config/operators.yaml say."""

    weapons: dict[Name, Weapon]
    operators: dict[Name, OperatorName]
