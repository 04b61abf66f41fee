"""A new scenario out of an old one: other areas, another time, fiction; all else stays as its author wrote it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from alertsim import areas
from alertsim.areas import by_id
from alertsim.authoring.editor import MODELINE
from alertsim.authoring.hours import words_of_hours
from alertsim.authoring.leave_out import cut, leave_out
from alertsim.authoring.patch import Patch
from alertsim.authoring.wish import Wish, moved
from alertsim.authoring.wording import Wording
from alertsim.errors import InputError
from alertsim.events import Track
from alertsim.scenario import Catalogue, NewsEntry, Scenario, parse
from alertsim.scenario.brands import brands
from alertsim.scenario.dates import days
from alertsim.scenario.document.compose import load
from alertsim.scenario.document.ink import written_at
from alertsim.scenario.document.located import Located
from alertsim.scenario.document.source import Path, opened
from alertsim.scenario.fields import EARLIEST, LATEST
from alertsim.scenario.places import elsewhere
from alertsim.scenario.rules.strangers import area_keys, is_area, own_areas, strangers
from alertsim.times import DAY, MINUTE, Millis, parse_instant, rfc3339

_HISTORY = re.compile(r"\b(article|cite[ds]?|facts?(\.yaml)?|sources?|invented|interpolated|assumed)\b", re.IGNORECASE)
REAL_NEWS = "news of a real day"
"""What is told of news on the track `information` that was history."""

_REFERENCES = frozenset({"id", "cause", "only_if", "unless"})


@dataclass(frozen=True)
class Made:
    """A new scenario's text, and what to tell its author: what became of what, and which lines he should look at."""

    text: str
    areas: Mapping[str, str]
    operators: Mapping[str, str]
    left_out: tuple[str, ...]
    doubtful: Mapping[str, tuple[int, ...]]
    """A word that is left of the old story, and the lines it stands on."""
    hours: Mapping[str, tuple[int, ...]]
    """A word of day or night, and the lines it stands on, where clocks on the wall show another time of the day."""


def derived(scenario: Scenario, text: bytes, wish: Wish, catalogue: Catalogue, *, origin: str) -> Made:
    """What `wish` makes of the `scenario` that was read from `text`; InputError where it cannot be made.

    `origin` is what its header calls the old one.
    """
    return _Derivation(scenario, text, wish, catalogue, origin).made()


class _Derivation:
    """One scenario on its way to another."""

    def __init__(self, scenario: Scenario, text: bytes, wish: Wish, catalogue: Catalogue, origin: str) -> None:
        self.old, self.catalogue, self.origin = scenario, catalogue, origin
        self.start, self.offset = wish.start or (scenario.start, scenario.offset)
        self.located = load(text, origin)
        self.patch = Patch(opened(text, origin).text)
        self.areas = moved(scenario, wish.areas)
        self.operators = _operators(self.located, catalogue)
        self.cut = cut(scenario, wish.dropped)
        tops = {old: new for old, new in self.areas.items() if "/" not in old}
        self.wording = Wording(tops, self.operators, catalogue, self._shift_min())
        self.names = self._names()

    def made(self) -> Made:
        """Everything changed, and what remains to be told."""
        self.lost = leave_out(self.patch, self.old, self.cut, self._instant)
        for path, value in self.located.texts():
            self._value(path, value)
        self._keys()
        for n, entry in enumerate(self.old.events):
            if ("events", n, "id") not in self.patch.spans and entry.id in self.names:
                self.patch.first(("events", n), "id", self.names[entry.id])
        self.patch.value(("basis",), "fictional")
        self._comments()
        fresh = self._headed(self.patch.applied())
        return self._marked(fresh)

    def _shift_min(self) -> int:
        """By how much a clock on the wall shows another time of the day, in minutes."""
        wall = (self.start + self.offset * MINUTE) - (self.old.start + self.old.offset * MINUTE)
        return (wall // MINUTE) % (DAY // MINUTE)

    def _instant(self, at: int) -> str:
        """A time of the old scenario as it is written in the new one."""
        new = Millis(at - self.old.start + self.start)
        if not EARLIEST <= new <= LATEST:
            raise InputError("--start: the scenario would leave the years 1900 to 2200: take another start")
        return rfc3339(new, self.offset)

    def _value(self, path: Path, value: str) -> None:
        """One text of the file: a time, an area, an operator, a reference, or words."""
        if at := _as_instant(value):
            if (self.start, self.offset) != (self.old.start, self.old.offset):
                self.patch.value(path, self._instant(at))
        elif path[0] == "events" and is_area(path):
            old = areas.find(value).id
            if self.areas.get(old, old) != old:
                self.patch.value(path, _as_written(self.areas[old], value))
        elif value in self.operators:
            self.patch.value(path, self.operators[value])
        elif path[0] == "events" and path[-1] in _REFERENCES:
            name, colon, stage = value.partition(":")
            if (new := self.names.get(name, name)) != name:
                self.patch.value(path, new + colon + stage)
        else:
            self._words(path, value)

    def _names(self) -> Mapping[str, str]:
        """The entries that get another id: theirs names a place or brand that is gone, or was made of area and time."""
        written = [entry.id for n, entry in enumerate(self.old.events) if ("events", n, "id") in self.patch.spans]
        new = {name: self.wording.slug(name) for name in written}
        new = {name: slug for name, slug in new.items() if list(new.values()).count(slug) == 1}
        made_up = [(n, entry.id) for n, entry in enumerate(self.old.events) if entry.id not in written]
        return new | {name: f"entry-{n + 1}" for n, name in made_up if name in self._referred()}

    def _referred(self) -> frozenset[str]:
        texts = self.located.texts()
        return frozenset(value.partition(":")[0] for path, value in texts if path and path[-1] in _REFERENCES)

    def _words(self, path: Path, value: str) -> None:
        """The words of a text, each where it is written: quotes, folds and line breaks stay."""
        opening = self.patch.text[self.patch.spans[path].start]
        for change in self.wording.changes(value):
            first, last = (self._written_at(path, value, at) for at in (change.start, change.end - 1))
            as_it_stands = " ".join(self.patch.text[first : last + 1].split())
            if as_it_stands == " ".join(value[change.start : change.end].split()):  # and not escaped
                words = change.words.replace("'", "''") if opening == "'" else change.words
                self.patch.replace(first, last + 1, words)

    def _written_at(self, path: Path, value: str, offset: int) -> int:
        return written_at(self.patch.text, self.patch.spans[path].start, value, offset)

    def _keys(self) -> None:
        """Fields that are named after an operator or an area."""
        for path in area_keys(self.located):
            old = areas.find(str(path[-1])).id
            if self.areas.get(old, old) != old:
                self.patch.key(path, _as_written(self.areas[old], str(path[-1])))
        for path in self.patch.spans:
            if isinstance(path[-1] if path else None, str) and path[0] == "events" and path[-1] in self.operators:
                self.patch.key(path, self.operators[str(path[-1])])

    def _comments(self) -> None:
        """Comments speak of the new story, or not at all."""
        head, real = self.patch.spans[()].start, self.old.basis == "historical"
        for comment in self.patch.comments():
            said = self.wording.reworded(comment[0])
            history = real and (comment.start() < head or self._is_of_old(said))
            lost = self._leads_nowhere(comment) or any(f"`{name}`" in said for name in self.lost)
            if history or lost or "yaml-language-server" in said:
                self.patch.drop_comment(comment)
            elif said != comment[0]:
                self.patch.replace(*comment.span(), said)

    def _leads_nowhere(self, comment: re.Match[str]) -> bool:
        """Whether a heading among the entries has lost all that stood below it, down to the next heading."""
        starts = [self.patch.spans["events", n].start for n in range(len(self.old.events))]
        behind = [n for n, start in enumerate(starts) if start > comment.end()]
        headings = [other.start() for other in self.patch.comments() if self.patch.is_alone(other)]
        ends = next((at for at in headings if at > comment.end()), len(self.patch.text))
        below = [n for n in behind if starts[n] < ends]
        is_heading = (
            self.patch.is_alone(comment) and bool(starts) and comment.start() > self.patch.spans["events",].key_at
        )
        return is_heading and bool(below) and self.cut.numbers.issuperset(below)

    def _is_of_old(self, comment: str) -> bool:
        ours = {new.partition("/")[0] for new in self.areas.values()}
        return bool(
            _HISTORY.search(comment)
            or any(days(comment))
            or any(elsewhere(comment, ours))
            or any(brands(comment, self.catalogue))
        )

    def _headed(self, text: str) -> str:
        """The text below the lines that every new scenario begins with."""
        nl = self.patch.newline
        head = [MODELINE]
        if self.old.basis == "historical":
            head += [f"# Fiction, made from {self.origin} by `alertsim new`: nothing here is cited. Look for TODO.", ""]
        return nl.join([*head, text.lstrip("\r\n")])

    def _marked(self, text: str) -> Made:
        """The text with a comment on each line that still speaks of the old story."""
        located = load(text, "scenario.yaml")
        new = parse(text, name="new", file="scenario.yaml", facts=None, catalogue=self.catalogue)
        patch, lines = Patch(text), dict[str, list[int]]()
        for found in strangers(new, located, self.catalogue):
            line = located.problem_inside(found.path, found.text, found.offset, "").line
            lines.setdefault(found.word, []).append(line)
            patch.note(found.path, found.word)
        for n, entry in enumerate(new.events):
            if self.old.basis == "historical" and isinstance(entry, NewsEntry) and entry.on_track is Track.INFORMATION:
                lines.setdefault(REAL_NEWS, []).append(patch.note(("events", n, "news", "text"), REAL_NEWS))
        doubtful = {
            word: tuple(sorted(set(where))) for word, where in sorted(lines.items(), key=lambda told: min(told[1]))
        }
        hours = words_of_hours(located, self._shift_min())
        return Made(patch.applied(), self._told_areas(), self.operators, self.cut.ids, doubtful, hours)

    def _told_areas(self) -> Mapping[str, str]:
        here = own_areas(self.located)
        return {old: new for old, new in self.areas.items() if "/" in old or old in here}


def _operators(located: Located, catalogue: Catalogue) -> Mapping[str, str]:
    """The real operators of a scenario, each with a made-up one that stands for it from now on."""
    real = {name for name, operator in catalogue.operators.items() if operator.brand}
    named = [value for _, value in located.texts()] + [str(path[-1]) for path in located.places if path]
    used = [name for name in dict.fromkeys(named) if name in real]
    free = [name for name in catalogue.operators if name not in real and name not in named]
    if len(free) < len(used):
        raise InputError(
            f"{len(used)} real operators, and only {len(free)} made-up ones in config/operators.yaml: add some"
        )
    return dict(zip(used, free, strict=False))


def _as_written(area: str, like: str) -> str:
    """An area by its name where another one went by that, and the name is enough to find it; else by its id."""
    name = by_id(area).name_en if like.isascii() else by_id(area).name_uk
    try:
        return area if any(letter.isdigit() for letter in like) or areas.find(name).id != area else name
    except areas.UnknownArea:
        return area


def _as_instant(value: str) -> int | None:
    try:
        return parse_instant(value)[0]
    except ValueError:
        return None
