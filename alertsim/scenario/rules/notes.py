"""What is right in a scenario, and good to know: what is not played, how a name is read, what has one language."""

import difflib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain

from alertsim.areas.lookup import taken_for_oblast
from alertsim.errors import Problem
from alertsim.events import Track
from alertsim.scenario.dates import kyiv_offset
from alertsim.scenario.document.compose import load
from alertsim.scenario.document.located import Located
from alertsim.scenario.document.source import Path
from alertsim.scenario.document.wording import listed, short
from alertsim.scenario.model import InjectEntry, Scenario
from alertsim.scenario.rules.doubts import too_fast
from alertsim.scenario.rules.strangers import READ, area_keys, is_area
from alertsim.times import rfc3339

EVERYBODY = frozenset({"all", "players"})
"""Who is right without an inject to them."""

_ALIKE = 0.85
_NAMED = 5
"""So many entries are called by their names; of the others there is only the number."""

_OTHER = {"uk": "en", "en": "uk"}
_LANGUAGE = {"uk": "Ukrainian", "en": "English"}


def notes(scenario: Scenario, text: bytes | str, *, file: str) -> tuple[Problem, ...]:
    """What there is to know of a scenario that `parse` has read from the same text, in file order."""
    located = load(text, file)
    found = chain(
        _left_out(scenario, located),
        _too_fast(scenario, located),
        _off(scenario, located),
        _bare_names(located),
        _roles(scenario, located),
        _one_language(located),
        _clock(scenario, located),
    )
    return tuple(sorted(found))


def _left_out(scenario: Scenario, located: Located) -> Iterator[Problem]:
    """Chapters that are played only when asked for."""
    if rest := [name for name in scenario.chapters if scenario.play and name not in scenario.play]:
        message = f"`run` leaves {listed(rest, 'and')} out unless asked: --chapter {rest[0]}"
        yield located.problem(("play",), message, key=True)


def _too_fast(scenario: Scenario, located: Located) -> Iterator[Problem]:
    """Expectations that are shown only."""
    if hasty := too_fast(scenario):
        many = f"{len(hasty)} expectations lie" if len(hasty) > 1 else "1 expectation lies"
        message = f"{many} in chapters faster than a person acts ({_some(dict.fromkeys(hasty))}): "
        yield located.problem(("chapters",), f"{message}`run --rate 1` gives people their time", key=True)


def _off(scenario: Scenario, located: Located) -> Iterator[Problem]:
    """What is on the track that is not played by default."""
    off = [n for n, entry in enumerate(scenario.events) if entry.on_track is Track.INFORMATION]
    if off:
        many = f"{len(off)} entries are" if len(off) > 1 else "1 entry is"
        message = f"{many} on the track information, which is played only when asked for: --track information"
        yield located.problem(("events", off[0]), message)


def _bare_names(located: Located) -> Iterator[Problem]:
    """Names of cities that mean the oblasts around them, each where it is first."""
    # Texts come last line first, so that of several the first one stays.
    first = {str(path[-1]): path for path in area_keys(located)}
    first |= {text: path for path, text in located.texts() if path[0] == "events" and is_area(path)}
    for text, path in first.items():
        if message := taken_for_oblast(text):
            yield located.problem(path, message)


def _roles(scenario: Scenario, located: Located) -> Iterator[Problem]:
    """Roles that look like another one misspelt."""
    to = Counter(entry.inject.to for entry in scenario.events if isinstance(entry, InjectEntry))
    named = to + Counter(expected.who for entry in scenario.events for expected in entry.expect)
    often = [role for role in to if named[role] > 1]
    for n, entry in enumerate(scenario.events):
        for k, expected in enumerate(entry.expect):
            if expected.who not in to and (near := _misspelt(expected.who, to)):
                message = f"no inject goes to `{short(expected.who)}`; did you mean `{near}`?"
                yield located.problem(("events", n, "expect", k, "who"), message)
        role = entry.inject.to if isinstance(entry, InjectEntry) else ""
        if named[role] == 1 and (near := _misspelt(role, often)):
            message = f"nothing else is for `{role}`; did you mean `{near}`?"
            yield located.problem(("events", n, "inject", "to"), message)


def _misspelt(role: str, known: Iterable[str]) -> str | None:
    """The known role that is almost this one; `crew-a` and `crew-b` are two."""
    name = role.lower()
    near = [] if role in EVERYBODY else difflib.get_close_matches(name, known, 1, _ALIKE)
    return next((other for other in near if other == name or _numberless(other) != _numberless(name)), None)


def _numberless(role: str) -> str:
    return re.sub(r"[- ](\d+|[a-z])$", "", role)


def _one_language(located: Located) -> Iterator[Problem]:
    """Texts that stand for both languages, by the language they are in, where the first of them is."""
    alone: dict[str, list[Path]] = defaultdict(list)
    for path, text in located.texts():
        if READ.intersection(map(str, path)) and (*path[:-1], _OTHER.get(str(path[-1]))) not in located.places:
            alone[_language(text)].append(path)
    for language in _OTHER:
        if paths := sorted(alone[language], key=lambda path: located.places[path]):
            many = f" for {len(paths)} texts, of which this is the first" if len(paths) > 1 else ""
            message = (
                f"no {_LANGUAGE[_OTHER[language]]} text{many}: the {_LANGUAGE[language]} goes out in both languages"
            )
            yield located.problem(paths[0], message)


def _language(text: str) -> str:
    """`uk` or `en` by the letters; neither where there are both, or none."""
    latin, cyrillic = re.search("[A-Za-z]", text), re.search("[а-яіїєґ]", text, re.IGNORECASE)
    return "" if bool(latin) == bool(cyrillic) else "uk" if cyrillic else "en"


def _clock(scenario: Scenario, located: Located) -> Iterator[Problem]:
    """A start that is not told by Kyiv's clocks."""
    kyiv = kyiv_offset(scenario.start)
    if kyiv is not None and kyiv != scenario.offset:
        ours, theirs = (rfc3339(scenario.start, offset)[-6:] for offset in (scenario.offset, kyiv))
        yield located.problem(("start",), f"{ours} is not Kyiv's offset on that day: clocks there show {theirs}")


def _some(names: Iterable[str]) -> str:
    """The first of the names, and how many more there are."""
    first, rest = list(names)[:_NAMED], len(list(names)) - _NAMED
    return f"{', '.join(first)} and {rest} more" if rest > 0 else listed(first, "and")
