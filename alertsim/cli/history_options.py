"""What the commands of `history` share: where the store is, and which of its alerts are meant."""

import os
import re
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from alertsim import areas
from alertsim.errors import InputError
from alertsim.history import store
from alertsim.history.past import CHANNELS, Channel, Past, PastAlert, between, inside, offset
from alertsim.times import DAY, INSTANT_FORM, MINUTE, Millis, parse_instant

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_EPOCH = date(1970, 1, 1).toordinal()


class Source(StrEnum):
    """Which channel is meant."""

    OFFICIAL = "official"
    VOLUNTEER = "volunteer"
    BOTH = "both"

    @property
    def channels(self) -> tuple[Channel, ...]:
        """The channels it means, the official one first."""
        return tuple(channel for channel in CHANNELS if self in {channel, Source.BOTH})


Store = Annotated[
    Path | None,
    typer.Option(
        "--store", help="Where the history is kept; default $ALERTSIM_HISTORY, else ~/.local/share/alertsim/history."
    ),
]
From = Annotated[str | None, typer.Option("--from", help="From this day in Kyiv, or this time with offset, on.")]
Until = Annotated[str | None, typer.Option("--until", help="Before this day in Kyiv, or this time with offset.")]
AreaName = Annotated[str | None, typer.Option("--area", help="This area only, and all inside it: Kyiv, UA-53, …")]


def store_folder(asked: Path | None) -> Path:
    """`--store`, else ALERTSIM_HISTORY, else alertsim/history below XDG_DATA_HOME."""
    if asked or (named := os.environ.get("ALERTSIM_HISTORY")):
        return asked or Path(named or "")
    home = os.environ.get("XDG_DATA_HOME")
    return (Path(home) if home else Path.home() / ".local" / "share") / "alertsim" / "history"


def kept(folder: Path, source: Source | None) -> tuple[Past, ...]:
    """The channels asked for, all that are kept where none is; InputError where one is not there."""
    wanted = store.kept(folder) if source is None else source.channels
    return tuple(store.load(folder, channel) for channel in wanted or CHANNELS[:1])


def read_moment(option: str, text: str | None, *, utc: bool = False) -> Millis | None:
    """A time, or the midnight in Kyiv (`utc`: in Greenwich) that a day begins with; None where nothing was asked."""
    if text is None:
        return None
    try:
        if not _DAY.fullmatch(text):
            return parse_instant(text)[0]
        midnight = (date.fromisoformat(text).toordinal() - _EPOCH) * DAY
    except ValueError:
        raise InputError(f"{option} {text!r}: expected a day like 2023-12-14, or {INSTANT_FORM}") from None
    return Millis(midnight if utc else midnight - offset(Millis(midnight - 120 * MINUTE)) * MINUTE)


def selected(
    alerts: tuple[PastAlert, ...], start: Millis | None, until: Millis | None, area: str | None
) -> tuple[PastAlert, ...]:
    """Those that begin between two moments, in an area and all inside it; InputError where that is nobody."""
    if start is not None and until is not None and start >= until:
        raise InputError("--until must be later than --from")
    return inside(between(alerts, start, until), read_area(area))


def read_area(text: str | None) -> str | None:
    """The id of an area."""
    return None if text is None else areas.find(text).id
