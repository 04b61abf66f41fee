"""What an alert area is, and what to say when somebody names one that is not."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from alertsim.areas.romanisation import romanise
from alertsim.errors import InputError

Level = Literal["oblast", "raion", "hromada"]
"""How deep an area lies. The 27 areas at the top are `oblast`, also Kyiv, Sevastopol and Crimea."""

_LEVELS: tuple[Level, ...] = ("oblast", "raion", "hromada")


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """One area that alerts are raised in.

    `id` is its path, `UA-32/75/702`: ISO 3166-2 of the top-level area, uid of the raion, uid of the hromada; topics
    end in it. `uid` is the number alerts.in.ua gives it, unique over all levels; ukrainealarm has the same but for
    Crimea. The other numbers, the code and the population are None below the top level, and where nobody gives one.
    """

    id: str
    uid: int
    name_uk: str
    ukrainealarm: int | None
    alerts_com_ua: int | None = None
    jaam: int | None = None
    katottg: str | None = None
    official_en: str = ""
    """The English name of the official siren data set, for the 27 only."""
    also_called: tuple[str, ...] = ()
    """Other names it goes by: the plain noun (`Волинь`), the capital (`Луцьк`), the land (`Одещина`)."""
    population: int | None = None
    """Nominal, before the full-scale invasion; `population_basis` says whose figure, of which day."""
    population_basis: str = ""
    standing_since: date | None = None
    """The day a standing alert began that never ends: to be drawn, never counted."""

    @property
    def name_en(self) -> str:
        """The official English name; below the top level the Ukrainian one in Latin letters."""
        return self.official_en or romanise(self.name_uk)

    @property
    def level(self) -> Level:
        """`oblast`, `raion` or `hromada`."""
        return _LEVELS[self.id.count("/")]

    @property
    def iso(self) -> str:
        """ISO 3166-2 of the top-level area it is or lies in: `UA-32`."""
        return self.id.partition("/")[0]

    @property
    def parent(self) -> str | None:
        """The id of the area around it; None at the top."""
        return next(iter(ancestors(self.id)), None)


def ancestors(area: str) -> tuple[str, ...]:
    """The ids of the areas around an area, nearest first: `("UA-32/75", "UA-32")` for `UA-32/75/702`.

    String work only: the area need not exist.
    """
    parts = area.split("/")
    return tuple("/".join(parts[:depth]) for depth in range(len(parts) - 1, 0, -1))


def related(one: str, other: str) -> bool:
    """Whether two ids are of one area, or of one that lies inside the other. String work, too."""
    return one == other or one.startswith(f"{other}/") or other.startswith(f"{one}/")


class UnknownArea(InputError):  # noqa: N818 - it says what happened, as the other errors of a person's input do
    """No area goes by what was typed. `near` holds the ids of the areas that may be meant, the likeliest first."""

    def __init__(self, message: str, near: tuple[str, ...] = ()) -> None:
        self.near = near
        super().__init__(message)


class AmbiguousArea(UnknownArea):
    """Several areas go by what was typed: `near` holds the ids of them all."""
