"""Text to plain data with the place of every key and value: the part of YAML that people read without surprise.

PyYAML gives the events, by its C parser where there is one. What they mean is decided here, on a stack of our own:
no tags, anchors or aliases (so nothing grows and nothing is executed), no key twice, bounded depth and number.
"""

from dataclasses import dataclass, field
from typing import NoReturn, cast

import yaml

from alertsim.errors import Problem, ScenarioError
from alertsim.scenario.document.advice import advice
from alertsim.scenario.document.located import Located, Plain
from alertsim.scenario.document.scalars import resolved
from alertsim.scenario.document.source import FORBIDDEN, Path, Source, opened
from alertsim.scenario.document.wording import found, short

DEEPEST = 32
MOST_NODES = 200_000
MOST_TOGETHER = 20_000
MOST_PROBLEMS = 100

PARSER: type[yaml.SafeLoader | yaml.CSafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load(given: bytes | str, file: str) -> Located:
    """What the file says; ScenarioError where it is no YAML at all.

    What is YAML but refused here (an anchor, a key given twice) is among the `problems` of the result.
    """
    source = opened(given, file)
    composer = _Composer(source)
    try:
        for event in yaml.parse(source.text, PARSER):
            composer.take(event)
    except yaml.YAMLError as error:
        raise ScenarioError([*composer.problems, advice(error, source)]) from None
    return composer.located()


@dataclass(slots=True)
class _Items:
    """A list being filled. Its `path` is None inside what was refused; so is that of fields."""

    path: Path | None
    into: list[Plain] = field(default_factory=list)

    def put(self, value: Plain, at: int) -> tuple[int, int]:
        """Adds a value; the step that leads to it, and where that is written."""
        self.into.append(value)
        return len(self.into) - 1, at


@dataclass(slots=True)
class _Fields:
    """A mapping being filled. `key_at` is where the key is written that waits for its value, -1 if none does."""

    path: Path | None
    into: dict[str, Plain] = field(default_factory=dict)
    key: str | None = None
    key_at: int = -1

    def put(self, value: Plain, _at: int) -> tuple[str | None, int]:
        """Gives the waiting key its value; the key, None if it was refused, and where it is written."""
        key, key_at = self.key, self.key_at
        self.key, self.key_at = None, -1
        if key is not None:
            self.into[key] = value
        return key, key_at


class _Composer:
    """From events to data."""

    def __init__(self, source: Source) -> None:
        self.problems: list[Problem] = []
        self._source = source
        self._documents = _Items(())
        self._levels: list[_Items | _Fields] = [self._documents]
        self._places: dict[Path, tuple[int, int]] = {(): (0, 0)}
        self._refused: set[Path] = set()
        self._nodes = 0

    def located(self) -> Located:
        """Everything taken in."""
        data = self._documents.into[0] if self._documents.into else None
        return Located(self._source, data, self._places, frozenset(self._refused), tuple(self.problems))

    def take(self, event: yaml.Event) -> None:
        """The next event of the parser."""
        match event:
            case yaml.ScalarEvent():
                self._put(event, self._scalar(event))
            case yaml.MappingStartEvent():
                self._enter(event, _Fields(None))
            case yaml.SequenceStartEvent():
                self._enter(event, _Items(None))
            case yaml.CollectionEndEvent():
                self._levels.pop()
            case yaml.AliasEvent():
                self._put(event, None)
            case yaml.DocumentStartEvent() if self._documents.into:
                self._stop(event, "a second document begins here: keep one to a file and remove this `---`")

    def _scalar(self, event: yaml.ScalarEvent) -> Plain:
        if event.implicit[0]:
            return resolved(event.value)
        if bad := FORBIDDEN.search(event.value):
            self._say(event, f"the text contains the invisible character U+{ord(bad[0]):04X}: remove it")
        return FORBIDDEN.sub("", event.value)

    def _enter(self, event: yaml.CollectionStartEvent, level: _Items | _Fields) -> None:
        if len(self._levels) > DEEPEST:
            self._stop(event, f"nested more than {DEEPEST} deep: no scenario is; look for a bracket left open")
        level.path = self._put(event, level.into)
        self._levels.append(level)

    def _put(self, event: yaml.NodeEvent, value: Plain) -> Path | None:
        """Puts a node where it belongs; its path, or None where nobody will look."""
        self._nodes += 1
        if self._nodes > MOST_NODES:
            self._stop(event, f"more than {MOST_NODES:,} values: split the scenario")
        level, at = self._levels[-1], self._at(event)
        if len(level.into) >= MOST_TOGETHER:
            self._stop(event, f"more than {MOST_TOGETHER:,} values in one list: split the scenario")
        if isinstance(level, _Fields) and level.key_at < 0:
            level.key, level.key_at = self._key(level, event, value), at
            path = None
        else:
            step, key_at = level.put(value, at)
            path = self._placed(level.path, step, key_at, at)
        self._refuse(event, path)
        return path

    def _key(self, level: _Fields, event: yaml.NodeEvent, value: Plain) -> str | None:
        """The key, or None if it cannot be one."""
        if not isinstance(value, str):
            what = found(value) if isinstance(event, yaml.ScalarEvent) else "a bracket"
            self._say(event, f"expected the name of a field, found {what}: write a name, or put it in quotes")
            return None
        if value == "<<":
            self._say(event, "merge keys (`<<`) are not used here: write the fields out")
            return None
        if value in level.into and level.path is not None:
            path = (*level.path, value)
            line, _ = self._source.position(self._places[path][0])
            self._say(event, f"`{short(value)}` is given twice, first on line {line}: remove one", path)
            return None
        return value

    def _placed(self, around: Path | None, step: str | int | None, key_at: int, at: int) -> Path | None:
        if around is None or step is None:
            return None
        path = (*around, step) if len(self._levels) > 1 else ()
        self._places[path] = key_at, at
        return path

    def _refuse(self, event: yaml.NodeEvent, path: Path | None) -> None:
        """Anchors, aliases and tags: each has a meaning in YAML and none here."""
        kind = "a tag" if getattr(event, "tag", None) else "an anchor or alias"
        if kind != "a tag" and event.anchor is None:
            return
        what = short(self._source.text[self._at(event) :][:80].split()[0])
        message = f"`{what}` begins like {kind} of YAML; there are none here: write the value out, or put it in quotes"
        self._say(event, message, path or ())
        if path is not None and (kind == "a tag" or isinstance(event, yaml.AliasEvent)):
            self._refused.add(path)

    def _at(self, event: yaml.Event) -> int:
        """Where an event is written; what is left empty, right behind what it was left behind."""
        at = cast("yaml.Mark", event.start_mark).index
        if isinstance(event, yaml.ScalarEvent) and event.implicit[0] and not event.value:
            while self._source.text[at - 1 : at].isspace():
                at -= 1
        return at

    def _say(self, event: yaml.Event, message: str, path: Path = ()) -> None:
        self.problems.append(self._source.problem(self._at(event), message, path))
        if len(self.problems) >= MOST_PROBLEMS:
            self._stop(event, "and more of the kind; mend these first")

    def _stop(self, event: yaml.Event, message: str) -> NoReturn:
        raise ScenarioError([*self.problems, self._source.problem(self._at(event), message)])
