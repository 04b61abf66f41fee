"""Rows of the siren history: what a CSV file calls its columns, and what one row says, or why it says nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from alertsim import areas
from alertsim.history.past import Channel, PastAlert
from alertsim.times import Millis

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_YEARS = range(2000, 2100)
_TIME_FORM = "expected a time with its offset, like 2023-12-13 01:00:13+00:00"
_LEVELS = ("oblast", "raion", "hromada")
_NAIVE = {"True": True, "False": False}

FORMS: Mapping[Channel, tuple[str, ...]] = {
    "official": (*_LEVELS, "level", "started_at", "finished_at"),
    "volunteer": ("region", "started_at", "finished_at", "naive"),
}
"""The columns each channel's file needs, in any order; others are left alone."""


class BadRow(ValueError):  # noqa: N818 - it says what the row is, and never leaves the import
    """A row that says nothing: which field of it is wrong, and why."""

    def __init__(self, field: str, why: str) -> None:
        self.field, self.why = field, why
        super().__init__(f"{field}: {why}")


@dataclass(frozen=True)
class Form:
    """Whose file it is, and where its columns are."""

    channel: Channel
    columns: tuple[int, ...]
    width: int


def recognised(header: Sequence[str]) -> Form | None:
    """The form of the file that begins with this header; None where it is no siren history."""
    names = [name.strip().lower() for name in header]
    for channel, needed in FORMS.items():
        if set(needed) <= set(names):
            return Form(channel, tuple(map(names.index, needed)), len(names))
    return None


def read_row(form: Form, cells: Sequence[str]) -> PastAlert:
    """The alert one row tells of; BadRow where it tells of none."""
    if len(cells) != form.width:
        raise BadRow("row", f"expected {form.width} values, found {len(cells)}")
    values = [cells[column].strip() for column in form.columns]
    if form.channel == "official":
        oblast, raion, hromada, level, started, finished = values
        return _alert(_official(oblast, raion, hromada, level), started, finished, naive=False)
    region, started, finished, naive = values
    if naive not in _NAIVE:
        raise BadRow("naive", f"expected True or False, found {naive[:40]!r}")
    return _alert(_found("region", region, "oblast", ()), started, finished, naive=_NAIVE[naive])


def _alert(area: str, started: str, finished: str, *, naive: bool) -> PastAlert:
    start, end = _instant("started_at", started), _instant("finished_at", finished)
    if end < start:
        raise BadRow("finished_at", f"{finished} is before started_at, {started}")
    return PastAlert(start, area, end, naive)


def _instant(field: str, text: str) -> Millis:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadRow(field, f"{_TIME_FORM}, found {text[:40]!r}") from None
    if moment.tzinfo is None:
        raise BadRow(field, f"{_TIME_FORM}, found {text[:40]!r}")
    if moment.year not in _YEARS:
        raise BadRow(field, f"expected a year from {_YEARS[0]} to {_YEARS[-1]}, found {text[:40]!r}")
    return Millis((moment - _EPOCH) // _MILLISECOND)


def _official(oblast: str, raion: str, hromada: str, level: str) -> str:
    """The id of the area; every column must name an area of its own level that lies in the others."""
    if level not in _LEVELS:
        raise BadRow("level", f"expected oblast, raion or hromada, found {level[:40]!r}")
    columns = {"oblast": oblast, "raion": raion, "hromada": hromada}
    named = [(field, name) for field, name in columns.items() if name]
    if not named or named[-1][0] != level:
        said = ", ".join(field for field, _ in named) or "no area"
        raise BadRow("level", f"is {level}, but the row names {said}")
    found = ""
    for n, (field, name) in enumerate(named):
        found = _found(field, name, field, tuple(outer for _, outer in reversed(named[:n])))
    return found


def _found(field: str, name: str, level: str, around: tuple[str, ...]) -> str:
    """The id of the area that `name` is of, inside those `around`."""
    meant = _meant(name, level, around)
    if isinstance(meant, areas.Area):
        return meant.id
    raise BadRow(field, meant)


@cache
def _meant(name: str, level: str, around: tuple[str, ...]) -> areas.Area | str:
    """The area, or why there is none."""
    if not name:
        return "is empty; expected the name of an area"
    try:
        area = areas.find(", ".join((name, *around)))
    except areas.UnknownArea as error:
        return str(error)
    return area if area.level == level else f"{name[:80]!r} is no {level} but {area.id}, a {area.level}"
