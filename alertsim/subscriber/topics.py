"""What a phone subscribes to: everything public, or what concerns some areas."""

from collections.abc import Sequence

from alertsim.areas import ancestors
from alertsim.wire import STATE

_ALERTS = ("public/alert", "public/channel/+/alert")
_FOR_ALL = (STATE, "public/clock", "public/news", "public/inject/all")


def filters(exercise: str | None, areas: Sequence[str]) -> tuple[str, ...]:
    """MQTT topic filters: of one exercise or of any, for the areas (ids) or for all.

    An area is under alert when it or one around it is, and partly when one inside it is: so all three are heard.
    """
    root = f"exercise/{exercise or '+'}"
    if not areas:
        return (f"{root}/public/#",)
    around = {f"{branch}/{outer}" for branch in _ALERTS for area in areas for outer in ancestors(area)}
    inside = {f"{branch}/{area}/#" for branch in _ALERTS for area in areas}
    incidents = {f"public/incident/{area.partition('/')[0]}/+" for area in areas}
    return tuple(f"{root}/{below}" for below in (*_FOR_ALL, *sorted(around | inside | incidents)))
