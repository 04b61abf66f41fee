"""Sirens that fell silent with an operator, and the alerts of their oblasts meanwhile: a fold over what was played."""

from collections.abc import Mapping

from pydantic import Field

from alertsim.events import AlertRaised, AreaId, Event, Frozen, OperatorChanged, SirensLeft, Text


class Silenced(Frozen):
    """An oblast some of whose sirens could not be sounded for a while."""

    area: AreaId
    up: float = Field(description="the least share of its sirens that could still be sounded")
    alerts: int = Field(description="alerts that began in it, or in a part of it, meanwhile")
    fallback: Text | None = Field(None, description="what was to warn beside them")


class Silence:
    """Events in, silenced oblasts out."""

    def __init__(self) -> None:
        self._left: dict[str, Mapping[AreaId, SirensLeft]] = {}
        self._silenced: dict[AreaId, Silenced] = {}

    def played(self, event: Event) -> None:
        """An event was sent."""
        match event:
            case OperatorChanged():
                self._left[event.operator] = event.sirens or {}
                for area, left in self._left[event.operator].items():
                    self._falls_silent(area, left)
            case AlertRaised(standing=None, continues_from=None) if (
                self._up(oblast := event.area.partition("/")[0]) < 1
            ):
                before = self._silenced[oblast]
                self._silenced[oblast] = before.model_copy(update={"alerts": before.alerts + 1})
            case _:
                pass

    @property
    def silenced(self) -> tuple[Silenced, ...]:
        """The oblasts, in the order in which their sirens fell silent."""
        return tuple(self._silenced.values())

    def _up(self, oblast: AreaId) -> float:
        """The share of its sirens that can be sounded: each hangs on one operator."""
        lost = sum(1 - left[oblast].up for left in self._left.values() if oblast in left)
        return max(0.0, round(1 - lost, 4))

    def _falls_silent(self, oblast: AreaId, left: SirensLeft) -> None:
        if (up := self._up(oblast)) < 1:
            before = self._silenced.get(oblast, Silenced(area=oblast, up=up, alerts=0, fallback=left.fallback))
            self._silenced[oblast] = before.model_copy(update={"up": min(up, before.up)})
