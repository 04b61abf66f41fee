"""`alertsim show`: a scenario's timeline as a picture, in the terminal or as SVG."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import TIMEOUT_MAX, Timer
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from alertsim import library
from alertsim.cli.options import Lang, ScenarioName, Seed, read_instant, read_seed
from alertsim.cli.run import Tracks, read_tracks
from alertsim.errors import AlertSimError, InputError
from alertsim.picture import OURS, Line, Picture, Scale, Tone, compose, drawn, svg
from alertsim.timeline import compile_scenario, pace

PIPED = 100
"""Columns where nobody says how wide the paper is."""

_LEAST, _MOST = 60, 500
_PATIENCE_S = 2.0
_STYLES: dict[Tone, str] = {
    "": "",
    "banner": "bold black on bright_yellow",
    "strong": "bold",
    "faint": "dim",
    "chapter": "bold",
    "alert": "red",
    "alert-text": "bold white on red",
    "quiet": "bright_black",
    "unwarned": "bold yellow",
    "strike": "bright_cyan",
    "hit": "bold yellow",
    "report": "magenta",
    "inject": "bright_blue",
    "news": "white",
    "network": "cyan",
    "down": "bold yellow",
}


def show(
    scenario: ScenarioName,
    lang: Lang,
    seed: Seed = None,
    start: Annotated[str | None, typer.Option("--from", help="Begin at this scenario time.")] = None,
    until: Annotated[str | None, typer.Option(help="End at this scenario time.")] = None,
    chapter: Annotated[str | None, typer.Option(help="Show this chapter only.")] = None,
    track: Tracks = None,
    scale: Annotated[
        Scale | None, typer.Option(help="What width stands for; default: play where there are chapters.")
    ] = None,
    width: Annotated[int | None, typer.Option(min=_LEAST, max=_MOST, help="Columns; default: the terminal's.")] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Write the picture here, as SVG.")] = None,
) -> None:
    """Show a scenario's timeline as a picture: strikes, alerts, reports, injects and networks over time."""
    if out is not None:
        refuse_what_is_not_ours(out)
    with _patience():
        loaded = library.load(scenario).scenario
        timeline = compile_scenario(loaded, read_seed(seed, loaded), library.catalogue(), read_tracks(track))
        segments = pace(
            loaded,
            timeline.until,
            start=read_instant("--from", start, loaded.start),
            until=read_instant("--until", until, loaded.start),
            chapter=chapter,
        )
        picture = compose(loaded, timeline, segments, language=lang.value, scale=scale)
        if out is not None:
            write_picture(out, svg(picture))
            return
        lines = _lines(picture, width)
    print_lines(lines)


def _lines(picture: Picture, width: int | None) -> list[Line]:
    console = Console()
    room = width or (max(_LEAST, console.width) if console.is_terminal else PIPED)
    return list(drawn(picture, room))


def print_lines(lines: list[Line]) -> None:
    """The lines in their colours."""
    console = Console(highlight=False)
    for line in lines:
        console.print(Text.assemble(*((text, _STYLES[tone]) for text, tone in line)), soft_wrap=True)


def refuse_what_is_not_ours(path: Path) -> None:
    """InputError unless the file is new, or a picture of ours."""
    if path.suffix != ".svg":
        raise InputError(f"-o {path}: pictures are SVG; end the name in .svg")
    if path.exists() and not (path.is_file() and _begins_as_ours(path)):
        raise InputError(f"-o {path}: something else than a picture of ours is there; choose another name")


def _begins_as_ours(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return OURS.encode() in file.read(1_000)
    except OSError as error:
        raise AlertSimError(f"cannot read {path}: {error.strerror}") from None


def write_picture(path: Path, text: str) -> None:
    """A picture into its file, and where that is; AlertSimError where the disk does not take it."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise AlertSimError(f"cannot write {path}: {error.strerror}") from None
    sys.stdout.write(f"{path}\n")


@contextmanager
def _patience() -> Iterator[None]:
    """Something that moves, on a terminal, from the moment it takes longer than one waits gladly."""
    status = Console(stderr=True).status("drawing …")
    timer = Timer(_PATIENCE_S if sys.stderr.isatty() else TIMEOUT_MAX, status.start)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()  # or it might start what was stopped
        status.stop()
