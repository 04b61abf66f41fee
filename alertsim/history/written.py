"""Past alerts as a scenario an author can go on writing: each alert an entry, each with a fact of its own."""

import json
from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

from alertsim.areas import by_id
from alertsim.history.past import Channel, Past, Span, offset, spans
from alertsim.times import MINUTE, SECOND, Millis, rfc3339

PLAYED_S = 120
"""How long an exported scenario takes, left alone, if its author says nothing else."""

_WORDS: dict[Channel, str] = {
    "official": "Official siren history",
    "volunteer": "Siren history of volunteers",
}
_REPOSITORY = "Vadimkin/ukrainian-air-raid-sirens-dataset, MIT"


class Written(NamedTuple):
    """The texts of scenario.yaml and facts.yaml, and how many alerts they hold."""

    scenario: str
    facts: str
    alerts: int


def written(past: Past, start: Millis, until: Millis, *, title: tuple[str, str], contact: str) -> Written:
    """The alerts open at some time from `start` to `until`, whole; `title` in Ukrainian and English."""
    inside = (alert for alert in past.alerts if alert.start < until and alert.end > start)
    found = sorted(spans(inside), key=lambda span: (span.start, span.area))
    zone = offset(start)
    return Written(_scenario(found, past, start, until, zone, title, contact), _facts(found, past, zone), len(found))


def _scenario(
    found: Sequence[Span], past: Past, start: Millis, until: Millis, zone: int, title: tuple[str, str], contact: str
) -> str:
    first = min((start, *(span.start for span in found)))
    rate = max(1, -(-(until - start) // SECOND // PLAYED_S))
    names = [f"s{n:04}" for n, _ in enumerate(found, 1)]
    head = (
        f"# The alerts of the {past.channel} siren history that were open between {rfc3339(start, zone)} and",
        f"# {rfc3339(until, zone)}: {len(found)}, each with its own fact in facts.yaml.",
        "",
        "alertsim: 1",
        "basis: historical",
        f"title: {{en: {_quoted(title[1])}, uk: {_quoted(title[0])}}}",
        f"exercise: {{type: drill, contact: {_quoted(contact)}}}",
        f"start: {rfc3339(first, zone)}",
        "",
        "chapters:",
        f"  day: {{from: {rfc3339(start, zone)}, until: {rfc3339(until, zone)}, rate: {rate}}}",
        "",
        "events:",
    )
    entries = (
        f"  - {{alert: {{{_times(span, zone)}}}, cite: [{name}]}}" for name, span in zip(names, found, strict=True)
    )
    return "\n".join(chain(head, entries)) + "\n"


def _facts(found: Sequence[Span], past: Past, zone: int) -> str:
    word = _WORDS[past.channel]
    files = ", ".join(f"{origin.file} (sha256 {origin.sha256})" for origin in past.origins) or "its CSV file"
    source = _quoted(f"siren history ({_REPOSITORY}), {', '.join(origin.file for origin in past.origins)}"[:400])
    head = (
        f"# What the scenario rests on: {files}",
        f"# of {_REPOSITORY}. Times are those of publication in the channel.",
        "",
        "article:",
        f"  title: {_quoted(f'{word}, as kept by {_REPOSITORY}')}",
        "  note: No article; each alert is a row of the data set, with its times moved from UTC to those of Kyiv.",
        "paragraphs: {}",
        "",
        "facts:",
    )
    return "\n".join(chain(head, (_fact(f"s{n:04}", span, word, source, zone) for n, span in enumerate(found, 1)))) + (
        "\n" if found else " {}\n"
    )


def _fact(name: str, span: Span, word: str, source: str, zone: int) -> str:
    lasted = (span.end - span.start) // MINUTE
    says = f"{word}: {by_id(span.area).name_en}, {lasted} minutes under alert (times of publication; no threat named)."
    return (
        f"  {name}:\n    says: {_quoted(says)}\n    source: {source}\n    confidence: verified\n"
        f"    value: {{{_times(span, zone)}}}"
    )


def _times(span: Span, zone: int) -> str:
    return f"area: {span.area}, raised: {rfc3339(span.start, zone)}, cleared: {rfc3339(span.end, zone)}"


def _quoted(text: str) -> str:
    """A YAML scalar that is read as this text whatever it holds."""
    return json.dumps(text, ensure_ascii=False)
