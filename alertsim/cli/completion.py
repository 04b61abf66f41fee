"""What the shell offers after TAB: scenarios, their chapters, areas. Imports nothing that takes long, so nobody waits.

Values are offered by the word before; the options of a command are its own to tell, so it is loaded for those.
"""

import os
import re
from collections.abc import Iterable
from pathlib import Path

import typer

_PACKAGE = Path(__file__).parents[1]
_TAKES_SCENARIO = ("run", "show", "check", "sources", "compile")
_BEGUN_OPTION = re.compile(r"\s-\S*$")
_CHAPTERS = re.compile(r"^chapters:.*\n(?: *#.*\n)*(( +)\S.*\n(?:(?:\2.*)?\n)*)", re.MULTILINE)


def completes(command: str) -> bool:
    """Whether values of this command are offered here."""
    return command in {*_TAKES_SCENARIO, "new", "subscribe"}


def asks_for_options() -> bool:
    """Whether the word that is being typed is an option; bash hands its words over in the first variable."""
    line = os.environ.get("COMP_WORDS") or os.environ.get("_TYPER_COMPLETE_ARGS") or ""
    return _BEGUN_OPTION.search(line) is not None


def offered(ctx: typer.Context, incomplete: str) -> list[str]:
    """What may stand where the cursor is; the context holds the words before it."""
    words: list[str] = [word for value in ctx.params.values() for word in value or ()]
    return [value for value in _values(ctx.info_name or "", words) if value.startswith(incomplete)]


def _values(command: str, words: list[str]) -> Iterable[str]:
    before = words[-1] if words else ""
    if before == "--chapter":
        return (chapter for word in words for chapter in chapters(word))
    if before == "--area":
        return areas()
    if before == "--lang":
        return "uk", "en"
    takes = before == "--from" if command == "new" else command in _TAKES_SCENARIO and not before.startswith("-")
    return scenarios() if takes else ()


def scenarios() -> Iterable[str]:
    """The names of those that come with alertsim."""
    return sorted(path.parent.name for path in _seeds().glob("*/scenario.yaml"))


def chapters(scenario: str) -> Iterable[str]:
    """The chapters of a scenario by name, folder or file, by the look of its text; none of what is no scenario."""
    for path in (Path(scenario), Path(scenario) / "scenario.yaml", _seeds() / scenario / "scenario.yaml"):
        if path.is_file():
            found = _CHAPTERS.search(path.read_text(encoding="utf-8", errors="replace"))
            return re.findall(rf"^{found[2]}([\w-]+):", found[1], re.MULTILINE) if found else ()
    return ()


def areas() -> Iterable[str]:
    """Each oblast and city of its own by one word, and by its id where its name has no such word."""
    from alertsim.areas import AmbiguousArea, UnknownArea, find, top_level  # noqa: PLC0415 — only who asks waits for it

    for area in top_level():
        word = area.official_en.split()[0]
        try:
            yield word if find(word) == area else area.id
        except (AmbiguousArea, UnknownArea):
            yield area.id


def _seeds() -> Path:
    """Inside the package where it was installed, beside it in a checkout; `library` takes too long to ask."""
    packaged = _PACKAGE / "_seeds"
    return packaged if packaged.is_dir() else _PACKAGE.parent / "seeds"
