"""`alertsim history stats`: how long alerts lasted, how often they came, and how late the second channel was."""

import json
from collections.abc import Mapping, Sequence
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from alertsim.cli.history_options import AreaName, From, Source, Store, Until, kept, read_moment, selected, store_folder
from alertsim.cli.options import Lang
from alertsim.errors import InputError
from alertsim.history import stats as counting
from alertsim.history.past import Channel, Past, PastAlert, offset
from alertsim.history.stats import PERCENTS, Figures, Lag, Most, Spread
from alertsim.page.tongue import Tongue
from alertsim.times import DAY, HOUR, MINUTE, SECOND, Millis, rfc3339
from alertsim.wire.headlines import Said

_CHANNELS = {"official": Said("офіційний канал", "official channel"), "volunteer": Said("волонтери", "volunteers")}
_LASTED, _GAPS = Said("тривалість, хв", "duration, min"), Said("від сирени до сирени, год", "siren to siren, h")
_SIRENS, _ALL_CLEARS = Said("запізнення сирени, с", "siren later by, s"), Said("і відбою, с", "all-clear later by, s")
_TOTAL = Said("тривог {0}, разом {1} год під тривогою", "{0} alerts, {1} h under alert in all")
_AT_ONCE = Said("водночас щонайбільше {0} областей, {1}", "at most {0} areas at once, {1}")
_BURST = Said("за хвилину щонайбільше {0} сирен, від {1}", "at most {0} sirens within a minute, from {1}")
_BUSIEST = Said("найбільше сирен за день: {0}", "the most sirens in a day: {0}")
_NAIVE = Said("без побаченого відбою: {0}", "without an all-clear that was seen: {0}")
_LAG = Said(
    "волонтери передали {0} з {1} офіційних сирен ({2} %)", "volunteers told {0} of {1} official sirens ({2} %)"
)
_COUNT = Said("к-ть", "count")


def stats(
    lang: Lang,
    start: From = None,
    until: Until = None,
    area: AreaName = None,
    source: Annotated[Source | None, typer.Option(help="Which channel; default: all that are kept.")] = None,
    utc: Annotated[bool, typer.Option("--utc", help="Days of UTC, as the files have them, not of Kyiv.")] = False,  # noqa: FBT002 — a flag
    store: Store = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,  # noqa: FBT002 — a flag
) -> None:
    """Count alerts of top-level areas: how long, how often, how many at once, how late the second channel was."""
    begins, ends = read_moment("--from", start, utc=utc), read_moment("--until", until, utc=utc)
    channels = kept(store_folder(store), source)
    wanted = {past.channel: selected(past.alerts, begins, ends, area) for past in channels}
    found = {channel: counting.figures(alerts, utc=utc) for channel, alerts in wanted.items()}
    if not any(figures.durations.n for figures in found.values()):
        raise InputError("no alert of a top-level area is meant: choose another --from, --until or --area")
    later = _lag(wanted, channels)
    if as_json:
        told = {channel: _as_json(figures) for channel, figures in found.items()}
        typer.echo(json.dumps({**told, **({"lag": _lag_as_json(later)} if later else {})}))
        return
    page = _Page(Tongue(lang.value), utc=utc)
    for channel, figures in found.items():
        page.figures(getattr(_CHANNELS[channel], lang), figures)
    if later:
        page.lag(later)


def _lag(wanted: Mapping[Channel, tuple[PastAlert, ...]], channels: Sequence[Past]) -> Lag | None:
    """The lag of the volunteers' channel where both are meant; it may tell of an alert after the last that is meant."""
    second = next((past.alerts for past in channels if past.channel == "volunteer"), ())
    first = wanted.get("official", ())
    return counting.lag(first, second) if first and second else None


class _Page:
    """Prints figures in one language."""

    def __init__(self, tongue: Tongue, *, utc: bool) -> None:
        self._tongue, self._utc = tongue, utc
        self._console = Console(highlight=False, soft_wrap=True)

    def figures(self, name: str, figures: Figures) -> None:
        """All there is of one channel."""
        say, lasted = self._tongue.say, figures.durations
        self._console.print(name, style="bold")
        self._line(say(_TOTAL, self._tongue.number(lasted.n), self._tongue.number(lasted.total / HOUR)))
        for words, most in ((_AT_ONCE, figures.at_once), (_BURST, figures.burst)):
            if most:
                self._line(say(words, most.n, self._moment(most)))
        day, count = max(figures.days.items(), key=lambda day: (day[1], -day[0]))
        self._line(say(_BUSIEST, f"{count}, {rfc3339(Millis(day * DAY), 0)[:10]}"))
        if figures.naive:
            self._line(say(_NAIVE, self._tongue.number(figures.naive)))
        self._spreads(((_LASTED, lasted, MINUTE), (_GAPS, figures.gaps, HOUR)))

    def lag(self, lag: Lag) -> None:
        """How late the second channel was."""
        told, share = lag.sirens.n, 100 * lag.sirens.n / lag.alerts
        number = self._tongue.number
        self._console.print(self._tongue.say(_LAG, number(told), number(lag.alerts), number(share, 1)), style="bold")
        self._spreads(((_SIRENS, lag.sirens, SECOND), (_ALL_CLEARS, lag.all_clears, SECOND)))

    def _spreads(self, spreads: Sequence[tuple[Said, Spread, Millis]]) -> None:
        table = Table(*("", self._tongue.say(_COUNT), *(f"p{percent}" for percent in PERCENTS)), box=None)
        for column in table.columns[1:]:
            column.justify = "right"
        for words, spread, unit in spreads:
            figures = (self._tongue.number(value / unit, 1) for value in spread.percentiles.values())
            table.add_row(self._tongue.say(words), self._tongue.number(spread.n), *figures)
        self._console.print(table)

    def _moment(self, most: Most) -> str:
        return rfc3339(most.at, 0 if self._utc else offset(most.at))

    def _line(self, text: str) -> None:
        self._console.print("  " + text)


def _as_json(figures: Figures) -> dict[str, object]:
    """Durations in milliseconds, moments in UTC."""
    return {
        "duration_ms": figures.durations._asdict(),
        "gap_ms": figures.gaps._asdict(),
        "at_once": _moment_as_json(figures.at_once),
        "burst": _moment_as_json(figures.burst),
        "days": {rfc3339(Millis(day * DAY), 0)[:10]: count for day, count in sorted(figures.days.items())},
        "naive": figures.naive,
    }


def _moment_as_json(most: Most | None) -> dict[str, object] | None:
    return most and {"count": most.n, "at": rfc3339(most.at, 0)}


def _lag_as_json(lag: Lag) -> dict[str, object]:
    return {
        "alerts": lag.alerts,
        "siren_ms": lag.sirens._asdict(),
        "all_clear_ms": lag.all_clears._asdict(),
    }
