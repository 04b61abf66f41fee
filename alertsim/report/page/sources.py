"""What each event rests on: cited facts re-told, what lies between them, what its author assumed."""

from collections.abc import Iterator, Sequence

from alertsim.events import Event, ExerciseStateChanged
from alertsim.picture.shapes import safe
from alertsim.report.page import words
from alertsim.report.page.sheet import Sheet
from alertsim.scenario import Facts
from alertsim.wire import headline

_MOST = 500
_LONGEST = 160


def sources(sheet: Sheet) -> str:
    """A row for each entry that was played, in order of time; then everything that is cited, in our own words."""
    entries: dict[str, list[Event]] = {}
    for event in sorted(sheet.report.log.events, key=lambda event: event.at):
        if event.event in sheet.report.log.played and not isinstance(event, ExerciseStateChanged):
            entries.setdefault(event.event if event.entry == "live" else event.entry, []).append(event)
    shown = dict(list(entries.items())[:_MOST])
    heads = "".join(
        f'<th class="word" scope="col">{sheet.say(said)}</th>' for said in (words.WHEN, words.ENTRY, words.RESTS_ON)
    )
    rows = "".join(_row(events, sheet) for events in shown.values())
    more = len(entries) - len(shown)
    told = f"<p>{sheet.say(words.MORE, sheet.number(more))}</p>" if more else ""
    cited = {name for events in shown.values() for event in events for name in event.cite}
    facts = sheet.report.about.facts
    return (
        f'<div class="scroll"><table class="sources"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>'
        f"{told}{_facts(facts, cited, sheet) if facts else ''}"
    )


def _row(events: Sequence[Event], sheet: Sheet) -> str:
    first = events[0]
    said = str(getattr(headline(first), sheet.language))
    what = said if len(said) <= _LONGEST else said[: _LONGEST - 1] + "…"
    many = f' <span class="faint">×{len(events)}</span>' if len(events) > 1 else ""
    about = f'<div class="faint">{safe(first.entry)}{many}</div>'
    when = f'<th class="word" scope="row">{safe(sheet.moment(first.at))}</th>'
    return f'<tr>{when}<td class="word">{safe(what)}{about}</td><td class="word">{_rests_on(events, sheet)}</td></tr>'


def _rests_on(events: Sequence[Event], sheet: Sheet) -> str:
    """Citations of all events of an entry, each once, and the marks."""
    facts = sheet.report.about.facts
    cited = dict.fromkeys(name for event in events for name in event.cite)
    links = ", ".join(f'<a href="#{_anchor(name)}">{safe(name)}</a>' if facts else safe(name) for name in cited)
    told = [links] if links else []
    for said, texts in (
        (words.INTERPOLATED, (event.interpolated for event in events)),
        (words.INVENTED, (event.invented for event in events)),
    ):
        told += [f"<b>{sheet.say(said)}:</b> {safe(text)}" for text in dict.fromkeys(filter(None, texts))]
    if events[0].entry == "live":
        told.append(f'<span class="faint">{sheet.say(words.LIVE)}</span>')
    return "<br>".join(told) or f'<span class="faint">{sheet.say(words.NO_SOURCE)}</span>'


def _facts(facts: Facts, cited: set[str], sheet: Sheet) -> str:
    """What is cited, in our own words."""
    heads = "".join(
        f'<th class="word" scope="col">{sheet.say(said)}</th>' for said in (words.FACT, words.RETOLD, words.SOURCE)
    )
    rows = "".join(
        f'<tr id="{_anchor(name)}"><th class="word" scope="row">{safe(name)}</th>'
        f'<td class="word" lang="en">{safe(says)}</td><td class="word" lang="en">{safe(source)}</td></tr>'
        for name, says, source in _retold(facts, sheet)
        if name in cited
    )
    return (
        f'<div class="scroll"><table class="sources"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>'
    )


def _retold(facts: Facts, sheet: Sheet) -> Iterator[tuple[str, str, str]]:
    for name, paragraph in facts.paragraphs.items():
        yield (
            f"article.{name}",
            " ".join(paragraph.retold.split()),
            sheet.tongue.say(words.ARTICLE, facts.article.title),
        )
    for name, fact in facts.facts.items():
        known = sheet.tongue.say(words.CONFIDENCE[fact.confidence])
        yield name, " ".join(fact.says.split()), f"{fact.source} · {known}"


def _anchor(name: str) -> str:
    return safe("fact-" + "".join(char if char.isalnum() else "-" for char in name))
