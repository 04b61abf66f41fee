"""The page from top to bottom: verdict first, then latencies, course, storms, cohorts, causes, and how to read it."""

from collections.abc import Mapping
from typing import Any

from alertsim.page.style import style_sheet
from alertsim.page.tongue import NA, Tongue
from alertsim.picture.model import Language
from alertsim.picture.shapes import safe
from alertsim.swarm.findings import Findings
from alertsim.swarm.histogram import Histogram
from alertsim.swarm.page import tables, words
from alertsim.swarm.page.course import connected, connects, deliveries, losses
from alertsim.swarm.page.figure import Sheet, nothing
from alertsim.swarm.page.latency import each_message, latency_curve
from alertsim.swarm.page.verdict import verdict
from alertsim.times import Millis, rfc3339
from alertsim.wire.headlines import Said

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
"""Whatever somebody may have written into a name: the page asks nobody for anything and runs nothing."""


def page(found: Findings, lang: Language) -> str:
    """One HTML file without scripts that needs no other; what was not measured is `n/a`.

    Of `found.result` it also shows `broker_version` and `machine`, the fields of `facts.Machine`, where they are.
    """
    say, result = Tongue(lang), found.result
    title = f"{words.BANNER}: {say.say(words.LOAD_TEST)} {found.exercise}"
    sheet = _sheet(found, say)
    parts = (
        f'<!DOCTYPE html>\n<html lang="{lang}"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        '<meta name="viewport" content="width=device-width,initial-scale=1"><link rel="icon" href="data:,">',
        f"<title>{safe(title)}</title><style>{style_sheet(words.BANNER)}</style></head><body>",
        f'<div class="banner" role="note"><b>{words.BANNER}</b>{safe(say.say(words.MADE_UP))}</div><main>',
        f"<h1>{safe(f'{say.say(words.LOAD_TEST)} {found.exercise}')}</h1>",
        f'<p class="faint">{safe(_subtitle(found, sheet))}</p>',
        _section(words.VERDICT, verdict(found, say), say),
        _section(words.LATENCIES, _latencies(found, sheet), say),
        _section(words.COURSE, _course(result, sheet), say),
        _section(words.STORMS, _storms(result, sheet), say),
        _section(words.COHORTS, tables.cohorts(result, say), say),
        _section(words.CAUSES, tables.causes(result, say), say),
        _section(words.WHERE, tables.places(_known(found, sheet), result.get("machine") or {}, say), say),
        _section(words.READING, _lessons(say), say),
        f'</main><div class="banner"><b>{words.BANNER}</b></div></body></html>\n',
    )
    return "\n".join(parts)


def _section(heading: Said, body: str, say: Tongue) -> str:
    return f"<section><h2>{safe(say.say(heading))}</h2>{body}</section>"


def _sheet(found: Findings, say: Tongue) -> Sheet:
    """The time the plots cover: the series, and the messages beyond it."""
    result = found.result
    series, reached = _series(result), result["reached"]
    intended = [one["intended_us"] for one in reached]
    start_us = series["start_us"] if series else min(intended, default=0)
    last_us = max((one["intended_us"] + (one["last_us"] or 0) for one in reached), default=start_us)
    seconds = max(len(series["lost"]) * series["step_s"] if series else 0.0, (last_us - start_us) / 1e6, 1.0)
    invalid = found.check.verdict == "invalid"
    stamp = f"TEST · {say.say(words.INVALID_STAMP)}" if invalid else "TEST"
    return Sheet(say, stamp, start_us, seconds, found.storms if series else ())


def _series(result: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The series, where there is a row in it."""
    series: Mapping[str, Any] = result.get("series") or {}
    return series if series.get("lost") else None


def _subtitle(found: Findings, sheet: Sheet) -> str:
    return f"{found.broker} · QoS {found.qos} · {_begun(sheet)}"


def _begun(sheet: Sheet) -> str:
    """When, in UTC."""
    if not sheet.start_us:
        return sheet.tongue.say(NA)
    return rfc3339(Millis(sheet.start_us // 1000), 0)[:19].replace("T", " ") + " UTC"


def _latencies(found: Findings, sheet: Sheet) -> str:
    result = found.result
    whole = {one["name"]: Histogram.from_sparse(one["latency"]) for one in result.get("cohorts") or ()}
    cohorts = {name: latency for name, latency in whole.items() if latency.total} if len(whole) > 1 else {}
    return latency_curve(found.latency, cohorts, sheet) + each_message(result["reached"], result["messages"], sheet)


def _course(result: Mapping[str, Any], sheet: Sheet) -> str:
    series = _series(result)
    return connected(series, sheet) + deliveries(series, sheet) if series else nothing(words.CONNECTED, sheet.tongue)


def _storms(result: Mapping[str, Any], sheet: Sheet) -> str:
    if not (series := _series(result)):
        return nothing(words.CONNECTS, sheet.tongue)
    return tables.storms(sheet.storms, sheet.tongue) + connects(series, sheet) + losses(series, sheet)


def _known(found: Findings, sheet: Sheet) -> list[tuple[str, str]]:
    """What the findings say of the test itself."""
    say, result = sheet.tongue, found.result
    return [
        (say.say(words.NAME), found.exercise),
        (say.say(words.BROKER), found.broker),
        (say.say(words.BROKER_VERSION), result.get("broker_version") or say.say(NA)),
        (say.say(words.BEGUN), _begun(sheet)),
        (say.say(words.LENGTH), say.measure(sheet.seconds if sheet.start_us else None, "s", 1)),
    ]


def _lessons(say: Tongue) -> str:
    return "<ul>" + "".join(f"<li>{safe(say.say(lesson))}</li>" for lesson in words.LESSONS) + "</ul>"
