"""Analysis by objective, strengths and areas for improvement, and the improvement plan to fill in."""

from collections.abc import Iterable, Sequence

from alertsim.page.tables import table
from alertsim.picture.shapes import safe
from alertsim.report.evaluation import Evaluation, Noted
from alertsim.report.expectations import Expected
from alertsim.report.page import words
from alertsim.report.page.sheet import Sheet
from alertsim.report.told import expectation, finding
from alertsim.scenario import Objective
from alertsim.wire import headline

_BLANK_ROWS = 6
_MOST = 400
_NOTHING = Evaluation()


def objectives(sheet: Sheet) -> str:
    """Each objective: what was expected, what came of it, and the evaluator's rating, or room for one."""
    scenario, expected = sheet.report.about.scenario, sheet.report.expected
    if scenario is None or not (scenario.objectives or expected):
        return f"<p>{sheet.say(words.NO_OBJECTIVES)}</p>"
    answered = "" if sheet.report.log.answers else f'<p class="faint">{sheet.say(words.NO_ANSWERS)}</p>'
    parts = [
        _objective(each, [one for one in expected if one.objective == each.id], sheet) for each in scenario.objectives
    ]
    known = {each.id for each in scenario.objectives}
    if others := [one for one in expected if one.objective not in known]:
        parts.append(f"<h3>{sheet.say(words.OTHER_EXPECTATIONS)}</h3>{_expectations(others, sheet)}")
    return answered + "".join(parts)


def improvements(sheet: Sheet) -> str:
    """Facts for and against, and what an evaluator wrote."""
    notes, found = sheet.report.evaluation or _NOTHING, sheet.report.findings
    good = [finding(each, sheet.language) for each in found if each.strength]
    bad = [finding(each, sheet.language) for each in found if not each.strength]
    return (
        f'<p class="faint">{sheet.say(words.FACTS_ONLY)}</p>'
        f"<h3>{sheet.say(words.STRENGTHS)}</h3>{_list(good, notes.strengths, sheet)}"
        f"<h3>{sheet.say(words.IMPROVEMENTS)}</h3>{_list(bad, notes.improvements, sheet)}"
    )


def plan(sheet: Sheet) -> str:
    """The rows of the plan that are known, and empty ones."""
    heads = [sheet.tongue.say(said) for said in words.PLAN_HEADS]
    actions = (sheet.report.evaluation or _NOTHING).plan
    rows: list[Sequence[str]] = [
        (
            str(getattr(each.issue, sheet.language)),
            str(getattr(each.action, sheet.language)),
            each.element,
            each.owner,
            each.start,
            each.until,
        )
        for each in actions
    ]
    rows += [[""] * len(heads)] * max(0, _BLANK_ROWS - len(rows))
    filled = table(heads, rows, verbal=len(heads)).replace("<table>", '<table class="fill">')
    return f'<p class="faint">{sheet.say(words.ELEMENTS)}</p>{filled}'


def scale(sheet: Sheet) -> str:
    """What the four ratings mean."""
    rows = "".join(f"<dt><b>{rating}</b></dt><dd>{sheet.say(said)}</dd>" for rating, said in words.SCALE)
    return f'<dl class="scale">{rows}</dl>'


def _objective(objective: Objective, expected: Sequence[Expected], sheet: Sheet) -> str:
    rated = (sheet.report.evaluation or _NOTHING).objectives.get(objective.id)
    boxes = " ".join(f"{'☒' if rated and rated.rating == each else '☐'} {each}" for each, _ in words.SCALE)
    note = (
        safe(str(getattr(rated.note, sheet.language))) if rated and rated.note else '<span class="line-to-fill"></span>'
    )
    capability = f' <span class="faint">· {safe(objective.capability)}</span>' if objective.capability else ""
    shown = _expectations(expected, sheet) if expected else f'<p class="faint">{sheet.say(words.NO_EXPECTATION)}</p>'
    return (
        f'<div class="objective"><h3>{safe(str(getattr(objective.text, sheet.language)))}{capability}</h3>{shown}'
        f'<p class="rating"><b>{sheet.say(words.RATING)}</b> {boxes}</p><p>{sheet.say(words.NOTE)} {note}</p></div>'
    )


def _expectations(expected: Sequence[Expected], sheet: Sheet) -> str:
    """Who was to do what, in answer to what, within which time; and whether they did."""
    heads = [sheet.tongue.say(said) for said in (words.WHO, words.DOES, words.UPON, words.WITHIN, words.OUTCOME)]
    shown = table(heads, [_row(each, sheet) for each in expected[:_MOST]], verbal=5)
    more = len(expected) - _MOST
    return shown + (f"<p>{sheet.say(words.MORE, more)}</p>" if more > 0 else "")


def _row(each: Expected, sheet: Sheet) -> Sequence[str]:
    line = sheet.report.log.played.get(each.event)
    upon = f"{sheet.moment(each.at)} {getattr(headline(line.event), sheet.language)}" if line else each.entry
    what = sheet.tongue.say(words.ACKNOWLEDGE) if each.what == "ack" else each.what
    sign = {"met": "✓", "late": "✕", "missed": "✕"}.get(each.verdict, "–")
    return each.who, what, upon, sheet.length(each.within_ms), f"{sign} {expectation(each, sheet.language)}"


def _list(facts: Iterable[str], notes: Iterable[Noted], sheet: Sheet) -> str:
    told = [safe(fact) for fact in facts]
    told += [
        f'{safe(str(getattr(note.text, sheet.language)))} <span class="faint">({_whose(note)})</span>' for note in notes
    ]
    return (
        f"<ul>{''.join(f'<li>{each}</li>' for each in told)}</ul>"
        if told
        else f"<p>{sheet.say(words.NOTHING_FOUND)}</p>"
    )


def _whose(note: Noted) -> str:
    return safe(note.objective or "—")
