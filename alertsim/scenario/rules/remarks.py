"""What is allowed and may still be a mistake: facts nobody uses, entries that are never played, texts cut short."""

from collections.abc import Iterator

from alertsim.errors import Problem
from alertsim.events import Text
from alertsim.scenario.catalogue import Catalogue
from alertsim.scenario.chapters import windows
from alertsim.scenario.claims import claims
from alertsim.scenario.document.compose import load
from alertsim.scenario.document.located import Located
from alertsim.scenario.document.source import Path
from alertsim.scenario.document.wording import short
from alertsim.scenario.model import AnyEntry, IncidentEntry, InjectEntry, NewsEntry, Scenario
from alertsim.scenario.rules.citations import parts
from alertsim.scenario.rules.doubts import doubts
from alertsim.scenario.rules.moments import moments
from alertsim.scenario.rules.pace import window_at
from alertsim.scenario.rules.sirens import drawn_alerts
from alertsim.scenario.rules.strangers import strangers
from alertsim.scenario.sources import Sources, read_sources

HEADLINE = 130
"""Characters that remain of the 160 of a headline inside its longest exercise mark."""


def warnings(
    scenario: Scenario,
    text: bytes | str,
    *,
    file: str,
    facts: tuple[bytes | str, str] | None,
    catalogue: Catalogue | None = None,
) -> tuple[Problem, ...]:
    """What `check` remarks on a scenario that `parse` has read from the same texts, in file order.

    Without a catalogue nothing is said of real operators in texts.
    """
    located = load(text, file)
    remarks = [*_passed_over(scenario, located), *_long(scenario, located), *doubts(scenario, located)]
    remarks += [*_uneven(scenario, located), *drawn_alerts(scenario, catalogue.sirens if catalogue else {}, located)]
    remarks += _strange(scenario, located, catalogue)
    if facts:
        sources = read_sources(load(*facts))
        remarks += [*_uncited(scenario, sources), *_unstated(scenario, sources)]
    return tuple(sorted(set(remarks)))


def _strange(scenario: Scenario, located: Located, catalogue: Catalogue | None) -> Iterator[Problem]:
    for found in strangers(scenario, located, catalogue):
        message = f"speaks of {short(found.word)}, {found.advice}"
        yield located.problem_inside(found.path, found.text, found.offset, message)


def _passed_over(scenario: Scenario, located: Located) -> Iterator[Problem]:
    """Entries that no chapter shows as they happen; one that `play` leaves out can still be asked for."""
    chapters = windows(scenario)
    for n, entry in enumerate(scenario.events):
        times = [at for _, at in moments(entry)]
        if times and chapters and not any(window_at(chapters, at) for at in times):
            yield located.problem(("events", n), f"`{entry.id}` lies in no chapter: it is always passed over")


def _long(scenario: Scenario, located: Located) -> Iterator[Problem]:
    """Texts that their headline cannot hold."""
    for n, entry in enumerate(scenario.events):
        for path, text in _headlines(entry):
            for language, words in (("uk", text.uk), ("en", text.en)):
                if len(words) > HEADLINE:
                    message = f"{len(words)} characters: a headline has room for {HEADLINE} and cuts the rest off"
                    yield located.problem(("events", n, *path, language), message)


def _uneven(scenario: Scenario, located: Located) -> Iterator[Problem]:
    """Parts that are larger than their whole in one report."""
    for n, entry in enumerate(scenario.events):
        for k, report in enumerate(entry.incident.updates if isinstance(entry, IncidentEntry) else ()):
            people = report.casualties
            if people is None or people.injured is None:
                continue
            harmed = people.injured + (people.killed or 0)
            for name in ("hospitalised", "children", "women", "men"):
                part: int | None = getattr(people, name)
                if part is not None and part > (people.injured if name == "hospitalised" else harmed):
                    message = f"{part} {name}, and only {people.injured} injured: correct one of them"
                    yield located.problem(("events", n, "incident", "updates", k, "casualties", name), message)


def _headlines(entry: AnyEntry) -> Iterator[tuple[Path, Text]]:
    """The texts of an entry that become headlines."""
    match entry:
        case IncidentEntry(incident=incident):
            yield from ((("incident", "updates", n, "text"), report.text) for n, report in enumerate(incident.updates))
        case InjectEntry(inject=inject):
            yield ("inject", "text"), inject.text
        case NewsEntry(news=news):
            yield ("news", "text"), news.text
        case _:
            return


def _uncited(scenario: Scenario, sources: Sources) -> Iterator[Problem]:
    """Facts that neither an entry nor a conflict needs."""
    used = {name for conflict in sources.facts.conflicts for name in conflict.between}
    used |= {name for entry in scenario.events for _, part in parts(entry) for name in part.cite}
    for name in sources.facts.facts:
        if name not in used:
            yield sources.located.problem(("facts", name), f"nothing cites `{name}`", key=True)


def _unstated(scenario: Scenario, sources: Sources) -> Iterator[Problem]:
    """Figures of the article that no entry citing it states, and that are in no conflict."""
    disputed = {name for conflict in sources.facts.conflicts for name in conflict.between}
    stated = {
        (name, key)
        for entry in scenario.events
        for claim in claims(entry)
        for name in claim.by.cite
        for key in claim.figures
    }
    for name, paragraph in sources.facts.paragraphs.items():
        for key in paragraph.value:
            if f"article.{name}" not in disputed and (f"article.{name}", key) not in stated:
                message = f"no entry that cites article.{name} states {short(key)}"
                yield sources.located.problem(("paragraphs", name, "value", key), message, key=True)
