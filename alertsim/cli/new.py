"""`alertsim new`: a scenario of one's own, made from another."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

import typer

from alertsim import authoring, library
from alertsim.areas import by_id
from alertsim.areas.lookup import taken_for_oblast
from alertsim.cli.options import Lang, Language
from alertsim.cli.scenarios import plays
from alertsim.errors import InputError, ScenarioError
from alertsim.events import Track
from alertsim.times import INSTANT_FORM, Millis, parse_instant

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}", re.ASCII)
_LISTED = 12
"""So many words are told with their lines; the comments in the file have them all."""


def new(
    name: Annotated[str, typer.Argument(help="What the scenario is called; its folder gets this name.")],
    lang: Lang,
    source: Annotated[
        str, typer.Option("--from", help="A scenario of ours (see `scenarios`), a folder, or a file.")
    ] = "template",
    area: Annotated[
        list[str] | None,
        typer.Option(help="Where it happens instead: Poltava, or UA-30=Poltava. May be repeated."),
    ] = None,
    start: Annotated[
        str | None, typer.Option(help="The `start` of the story instead; all moves along: 2026-03-01T21:00:00+02:00.")
    ] = None,
    drop_track: Annotated[
        list[Track] | None, typer.Option("--drop-track", help="Leave this track out. May be repeated.")
    ] = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="The folder that gets the new folder.")] = Path(),
) -> None:
    """Make a scenario of your own from another: other areas, another time, fictional; it passes `check` at once."""
    folder = _folder(out, name)
    loaded, catalogue = library.load(source), library.catalogue()
    wish = authoring.Wish(tuple(area or ()), _start(start), frozenset(drop_track or ()))
    try:
        made = authoring.derived(
            loaded.scenario, loaded.files[library.SCENARIO], wish, catalogue, origin=loaded.scenario.name
        )
    except ScenarioError as error:
        raise InputError(f"{source} does not fit what was asked for:\n{error}") from None
    library.plant(folder, {library.SCENARIO: made.text, authoring.SCHEMA: library.schema_text()})
    for line in (*_told(made, wish, folder, loaded.scenario.name, lang), *_next(folder)):
        typer.echo(line)


def _folder(out: Path, name: str) -> Path:
    if not _NAME.fullmatch(name):
        likely = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40].strip("-")
        hint = f", like {likely}" if likely else ""
        raise InputError(f"{name!r}: expected 1 to 40 lower-case letters, digits and hyphens{hint}")
    folder = out / name
    if folder.exists():
        raise InputError(f"{folder} exists already, and nothing is overwritten: take another name, or remove it")
    return folder


def _start(text: str | None) -> tuple[Millis, int] | None:
    try:
        return None if text is None else parse_instant(text)
    except ValueError:
        raise InputError(f"--start {text!r}: expected {INSTANT_FORM}") from None


def _told(made: authoring.Made, wish: authoring.Wish, folder: Path, source: str, lang: Language) -> Iterator[str]:
    """What was made of what, when it plays, and what to look at."""
    yield f"{folder / library.SCENARIO} is made from {source}, and passes `alertsim check`."
    yield f"  {plays(library.load(str(folder)).scenario, lang)}"
    yield from _moved(made, lang)
    yield from (f"  {said}" for name in wish.areas if (said := taken_for_oblast(name.rpartition("=")[2])))
    yield from (f"  {old} → {new_}" for old, new_ in made.operators.items() if new_ in made.text)
    if made.left_out:
        yield f"  left out: {', '.join(made.left_out)}"
    if lines := {line for where in made.doubtful.values() for line in where}:
        many = f"{len(lines)} lines still speak" if len(lines) > 1 else "1 line still speaks"
        yield f"{many} of the old story, marked # TODO; `check` warns of names and days:"
        yield from _listed(made.doubtful)
    if made.hours:
        yield "The hours moved: look at what is said of day and night:"
        yield from _listed(made.hours)


def _next(folder: Path) -> Iterator[str]:
    """What to do next."""
    yield "Next:"
    yield f"  1. Write: an editor for YAML completes and explains by {authoring.SCHEMA}; whom to ask is `contact`."
    yield f"  2. alertsim check --strict {folder}"
    yield f"  3. alertsim run {folder}"


def _moved(made: authoring.Made, lang: str) -> Iterator[str]:
    """Which area became which."""
    for old, new_ in made.areas.items():
        if old != new_:
            yield f"  {_named(old, lang)} → {_named(new_, lang)}"
        elif "/" not in old:
            yield f"  {_named(old, lang)} stays; --area {old}=… moves it"


def _named(area: str, lang: str) -> str:
    return f"{area} {by_id(area).name_en if lang == 'en' else by_id(area).name_uk}"


def _listed(words: Mapping[str, tuple[int, ...]]) -> Iterator[str]:
    """Words with their lines, as many as anybody reads."""
    for word, where in list(words.items())[:_LISTED]:
        yield f"  {' '.join(word.split())}: line {', '.join(map(str, where))}"
    if len(words) > _LISTED:
        yield f"  and {len(words) - _LISTED} more"
