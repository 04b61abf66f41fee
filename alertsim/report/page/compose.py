"""The page from top to bottom: for a director first, for an engineer further down, what it rests on at the end."""

from collections.abc import Callable

from alertsim.picture.model import Language
from alertsim.picture.shapes import safe
from alertsim.report.page import words
from alertsim.report.page.course import course
from alertsim.report.page.curves import curves
from alertsim.report.page.engineer import engineer
from alertsim.report.page.map import map_
from alertsim.report.page.objectives import improvements, objectives, plan, scale
from alertsim.report.page.overview import evaluator, glance, overview, warnings
from alertsim.report.page.sheet import Sheet
from alertsim.report.page.sources import sources
from alertsim.report.page.style import sheet as style
from alertsim.report.page.warned import lead_times, unheard
from alertsim.report.reported import Report
from alertsim.wire.headlines import BANNER, Said

OURS = "<!-- alertsim report -->"
"""What a page of ours begins with, so that no other file is ever overwritten."""

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
"""Whatever somebody may have written into a name: the page asks nobody for anything and runs nothing."""

_SECTIONS: tuple[tuple[Said, Callable[[Sheet], str]], ...] = (
    (words.GLANCE, glance),
    (words.OVERVIEW, overview),
    (words.TIMELINE, course),
    (words.OBJECTIVES, objectives),
    (words.FINDINGS, improvements),
    (words.WARNING, lead_times),
    (words.HEARD, unheard),
    (words.CURVES, curves),
    (words.MAP, map_),
    (words.PLAN, plan),
    (words.ENGINEER, engineer),
    (words.SOURCES, sources),
    (words.RATINGS, scale),
)


def page(report: Report, language: Language) -> str:
    """One HTML file without scripts that needs no other; the same recording makes the same bytes."""
    sheet = Sheet(report, language)
    kind = sheet.tongue.say(words.AAR if report.evaluation else words.DATA_REPORT)
    scenario = report.about.scenario
    title = str(getattr(scenario.title, language)) if scenario else report.about.name
    numbered = list(enumerate(_SECTIONS, 1))
    listed = "".join(f'<li><a href="#s{n}">{sheet.say(heading)}</a></li>' for n, (heading, _) in numbered)
    parts = (
        f'<!DOCTYPE html>\n{OURS}\n<html lang="{language}"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        '<meta name="viewport" content="width=device-width,initial-scale=1"><link rel="icon" href="data:,">',
        f"<title>{safe(f'{BANNER}: {kind} · {title}')}</title><style>{style()}</style></head><body>",
        f'<div class="banner" role="note"><b>{BANNER}</b>{sheet.say(words.MADE_UP)}</div><main>',
        f'<p class="faint">{safe(kind)}</p><h1>{safe(title)}</h1><p class="faint">{evaluator(sheet)}</p>',
        warnings(sheet),
        f'<nav aria-label="{sheet.say(words.CONTENTS)}"><ol>{listed}</ol></nav>',
        *(
            f'<section id="s{n}"><h2>{n}. {sheet.say(heading)}</h2>{body(sheet)}</section>'
            for n, (heading, body) in numbered
        ),
        f'</main><div class="banner"><b>{BANNER}</b></div></body></html>\n',
    )
    return "\n".join(parts)
