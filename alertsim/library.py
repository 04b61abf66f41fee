"""Finds scenarios and configuration, packaged or on disk: the one place that knows where files lie."""

import difflib
import json
from dataclasses import dataclass
from pathlib import Path

from alertsim.authoring import editor_schema
from alertsim.errors import InputError, Problem
from alertsim.operators.profiles import Profile, parse_profiles
from alertsim.scenario import Catalogue, Facts, Scenario, parse, parse_catalogue, parse_facts, warnings
from alertsim.scenario.rules.notes import notes

SCENARIO, FACTS = "scenario.yaml", "facts.yaml"
MOST_BYTES = 2 * 1024 * 1024 + 1
_PACKAGE = Path(__file__).parent


@dataclass(frozen=True)
class Loaded:
    """A scenario, and the files it was read from, byte for byte."""

    scenario: Scenario
    path: Path
    files: dict[str, bytes]


def scenario_names() -> tuple[str, ...]:
    """The names of the scenarios that come with alertsim."""
    return tuple(sorted(folder.name for folder in _home("seeds").iterdir() if (folder / SCENARIO).is_file()))


def find_scenario(asked: str) -> Path:
    """The scenario file for a name, a folder or a file; InputError names the nearest."""
    path = Path(asked)
    for candidate in (path, path / SCENARIO, _home("seeds") / asked / SCENARIO):
        if candidate.is_file():
            return candidate
    names = scenario_names()
    near = _near_files(path) or difflib.get_close_matches(asked, names, n=3, cutoff=0.4) or names
    raise InputError(
        f"no scenario {asked!r}: neither a file, nor a folder with a {SCENARIO}, nor one of ours; "
        f"nearest: {', '.join(near)}"
    )


def _near_files(path: Path) -> list[str]:
    """YAML files where one was looked for, those called almost so first; none where only a name was typed."""
    folder = path if path.is_dir() else path.parent
    if folder == Path() and path.suffix not in {".yaml", ".yml"}:
        return []
    here = [str(file) for pattern in ("*.yaml", "*.yml", f"*/{SCENARIO}") for file in sorted(folder.glob(pattern))]
    return difflib.get_close_matches(str(path), here, n=3, cutoff=0.7) or here[:3]


def remarks(loaded: Loaded) -> tuple[Problem, ...]:
    """What is allowed in a scenario that was loaded and may still be a mistake."""
    facts = (loaded.files[FACTS], str(loaded.path.with_name(FACTS))) if FACTS in loaded.files else None
    file = str(loaded.path)
    return warnings(loaded.scenario, loaded.files[SCENARIO], file=file, facts=facts, catalogue=catalogue())


def hints(loaded: Loaded) -> tuple[Problem, ...]:
    """What is right in it, and good to know."""
    return notes(loaded.scenario, loaded.files[SCENARIO], file=str(loaded.path))


def facts_of(loaded: Loaded) -> Facts | None:
    """What it rests on; None where there is no facts.yaml."""
    if FACTS not in loaded.files:
        return None
    return parse_facts(loaded.files[FACTS], file=str(loaded.path.with_name(FACTS)))


def schema_text() -> str:
    """The schema of a scenario as a file for editors."""
    return json.dumps(editor_schema(catalogue()), ensure_ascii=False, indent=2) + "\n"


def plant(folder: Path, files: dict[str, str]) -> None:
    """Write a new folder with these files; InputError where it exists or cannot be written, and then nothing stays."""
    try:
        folder.mkdir(parents=True)
        for name, text in files.items():
            with (folder / name).open("x", encoding="utf-8", newline="") as file:
                file.write(text)
    except FileExistsError:
        raise InputError(f"{folder} exists already, and nothing is overwritten: take another name") from None
    except OSError as error:
        raise InputError(f"cannot write {folder}: {error.strerror}") from None


def load(asked: str) -> Loaded:
    """Read, check and keep a scenario with its facts; ScenarioError has every problem of both files."""
    path = find_scenario(asked)
    files = {SCENARIO: _read(path)}
    facts = path.with_name(FACTS)
    if facts.is_file():
        files[FACTS] = _read(facts)
    scenario = parse(
        files[SCENARIO],
        name=path.parent.name if path.name == SCENARIO else path.stem,
        file=str(path),
        facts=(files[FACTS], str(facts)) if FACTS in files else None,
        catalogue=catalogue(),
    )
    return Loaded(scenario, path, files)


def catalogue() -> Catalogue:
    """The weapons, operators and models of sirens a scenario may name."""
    config = _home("config")
    names = ("weapons.yaml", "operators.yaml", "sirens.yaml")
    return parse_catalogue(*((config / name).read_text(encoding="utf-8") for name in names))


def population_file(path: Path | None = None) -> tuple[bytes, str]:
    """The text of a population file and what to call it; without a path, of the one that comes with alertsim."""
    return _read(path or _home("config") / "population.yaml"), str(path or "config/population.yaml")


def profiles() -> dict[str, Profile]:
    """The named networks that come with alertsim."""
    return parse_profiles((_home("config") / "profiles.yaml").read_text(encoding="utf-8"))


def _read(path: Path) -> bytes:
    """A file's bytes, one more than the largest allowed at most, so that nothing huge is ever held."""
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES)
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from None


def _home(folder: str) -> Path:
    """`seeds` or `config`: inside the package where it was installed, beside it in a checkout."""
    packaged = _PACKAGE / f"_{folder}"
    return packaged if packaged.is_dir() else _PACKAGE.parent / folder
