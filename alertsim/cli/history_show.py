"""`alertsim history show`: a calendar of how long people were under alert, in the terminal or as SVG."""

from pathlib import Path
from typing import Annotated

import typer

from alertsim.cli.history_options import AreaName, Source, Store, kept, read_area, store_folder
from alertsim.cli.options import Lang
from alertsim.cli.show import print_lines, refuse_what_is_not_ours, write_picture
from alertsim.errors import InputError
from alertsim.history.calendar import calendar
from alertsim.history.calendar_drawn import drawn
from alertsim.history.calendar_svg import svg


def show(
    lang: Lang,
    year: Annotated[
        int | None, typer.Option(min=2000, max=2099, help="This year only; default: all there are.")
    ] = None,
    area: AreaName = None,
    source: Annotated[Source, typer.Option(help="Whose alerts: official or volunteer.")] = Source.OFFICIAL,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Write the picture here, as SVG.")] = None,
    store: Store = None,
) -> None:
    """Show day by day how long an area was under alert; without --area the mean of all oblasts and Kyiv."""
    if source is Source.BOTH:
        raise InputError("--source both: a calendar is of one channel; choose official or volunteer")
    if out is not None:
        refuse_what_is_not_ours(out)
    (past,) = kept(store_folder(store), source)
    found_area = read_area(area)
    found = calendar(past.alerts, found_area, year)
    if not found.days:
        raise InputError("no alert is meant: choose another --year, --area or --source")
    if out is not None:
        write_picture(out, svg(found, found_area, past.channel, lang.value))
        return
    print_lines(list(drawn(found, found_area, past.channel, lang.value)))
