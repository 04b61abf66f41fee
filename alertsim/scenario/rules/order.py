"""The rules of time: nothing before the start, nothing that ends before it begins, one thing after the other."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise

from alertsim.errors import Problem
from alertsim.scenario.coverage import latest_end, spans
from alertsim.scenario.document.source import Path
from alertsim.scenario.document.wording import unknown
from alertsim.scenario.draft import Draft
from alertsim.scenario.fields import LONGEST
from alertsim.scenario.model import Alert, AlertEntry, AnyEntry, IncidentEntry, OutageEntry
from alertsim.scenario.rules.moments import moments, stages
from alertsim.times import Millis, rfc3339


def order(draft: Draft) -> Iterator[Problem]:
    """What is wrong in time; nothing is said while the start itself is wrong."""
    if not draft.sure("start"):
        return
    for n, entry in draft.entries.items():
        yield from _within(draft, ("events", n), entry)
        yield from _inside(draft, ("events", n), entry)
    yield from _alerts(draft)
    if draft.sure("chapters"):
        yield from _chapters(draft)
        yield from _play(draft)


def _within(draft: Draft, at: Path, entry: AnyEntry) -> Iterator[Problem]:
    """Every time of an entry lies after the start, and not a lifetime after."""
    start = draft.header.start
    for path, moment in moments(entry):
        if moment < start:
            message = f"before the start of the scenario, {_shown(draft, start)}: correct one of them"
            yield draft.located.problem((*at, *path), message)
        elif moment > start + LONGEST:
            message = f"more than ten years after the start, {_shown(draft, start)}: correct one of them"
            yield draft.located.problem((*at, *path), message)


def _inside(draft: Draft, at: Path, entry: AnyEntry) -> Iterator[Problem]:
    """What one entry tells follows in order."""
    match entry:
        case AlertEntry(alert=alert):
            yield from _alert(draft, (*at, "alert"), alert)
        case IncidentEntry(incident=incident):
            reports = [(report.at, report.at) for report in incident.updates]
            why = "reports stand in order of time"
            yield from _rising(draft, (*at, "incident", "updates"), reports, reports[0][0], why)
        case OutageEntry():
            yield from _outage(draft, at, entry)
        case _:
            return


def _alert(draft: Draft, at: Path, alert: Alert) -> Iterator[Problem]:
    """From pre-alert over siren and updates to the all-clear, as far as there are such."""
    if message := _shape(alert):
        yield draft.located.problem(at, message, key=True)
        return
    if alert.pre_alert is not None and alert.raised is not None and alert.raised <= alert.pre_alert:
        message = f"expected a time after the pre-alert, {_shown(draft, alert.pre_alert)}, found"
        yield draft.located.problem((*at, "raised"), f"{message} {_shown(draft, alert.raised)}")
    yield from _updates(draft, (*at, "updates"), alert)
    begins = alert.begins if alert.raised is None else alert.raised
    if alert.cleared is None or begins is None:
        return
    if alert.cleared <= begins:
        message = f"expected a time after the raising, {_shown(draft, begins)}, found"
        yield draft.located.problem((*at, "cleared"), f"{message} {_shown(draft, alert.cleared)}")
        return
    for n, update in enumerate(alert.updates):
        if update.at > alert.cleared:
            message = f"expected a time before the all-clear, {_shown(draft, alert.cleared)}, found"
            yield draft.located.problem((*at, "updates", n, "at"), f"{message} {_shown(draft, update.at)}")


def _shape(alert: Alert) -> str | None:
    """Which of its fields do not go together, or are missing."""
    if alert.standing:
        named = [name for name in ("pre_alert", "raised", "cleared", "lasts") if getattr(alert, name) is not None]
        named += ["updates"] if alert.updates else []
        return f"a standing alert has no `{named[0]}`: it stood before the start and stays" if named else None
    if alert.begins is None:
        return "`raised` is missing: add it (or `pre_alert`, or `standing: true` for one that stood before)"
    if alert.raised is None and (alert.updates or alert.lasts):
        return f"a pre-alert alone has no `{'updates' if alert.updates else 'lasts'}`: add when the alert is `raised`"
    return "`cleared` beside `lasts`: write one or the other" if alert.cleared is not None and alert.lasts else None


def _updates(draft: Draft, at: Path, alert: Alert) -> Iterator[Problem]:
    if alert.raised is None:
        return
    updates = [(update.at, update.at) for update in alert.updates]
    why = "an update follows the raising of the alert and the update before it"
    yield from _rising(draft, at, updates, alert.raised, why)
    for n, update in enumerate(alert.updates):
        if not update.threats and not update.areas:
            yield draft.located.problem((*at, n), "nothing changes: write `threats`, or the `areas` where it goes on")


def _outage(draft: Draft, at: Path, entry: OutageEntry) -> Iterator[Problem]:
    """Each phase begins when the one before it is reached, and no longer comes and goes."""
    onset, *steps = stages(entry)
    why = "the onset, or the step before it, takes until then"
    yield from _rising(
        draft, (*at, *onset.path, "restoration"), ((each.begins, each.over) for each in steps), onset.over, why
    )
    for each in (onset, *steps):
        if each.phase.flapping and each.phase.flapping.until <= each.reached:
            message = f"expected a time after {_shown(draft, each.reached)}, when it begins to come and go, found"
            where = (*at, *each.path, "flapping", "until")
            yield draft.located.problem(where, f"{message} {_shown(draft, each.phase.flapping.until)}")


def _rising(
    draft: Draft, at: Path, steps: Iterable[tuple[Millis, Millis]], after: Millis, why: str
) -> Iterator[Problem]:
    """Each step (from, to) begins when the one before it is over, the first from `after` on."""
    for n, (begins, ends) in enumerate(steps):
        if begins < after:
            message = f"expected {_shown(draft, after)} or later ({why}), found {_shown(draft, begins)}"
            yield draft.located.problem((*at, n, "at"), message)
        after = max(after, ends)


def _alerts(draft: Draft) -> Iterator[Problem]:
    """An area under alert is not alerted again, however long a drawn one lasts; what may not happen is let through."""
    by_area = defaultdict(list)
    for n, entry in draft.entries.items():
        if isinstance(entry, AlertEntry) and not _shape(entry.alert) and not _is_drawn(entry):
            for span in spans(entry.alert, latest_end(entry.alert)):
                by_area[span.area].append((span.begins, n, span.ends))
    for area, alerts in by_area.items():
        ordered = sorted(alerts, key=lambda alert: alert[:2])
        for (_, first, cleared), (raised, n, _) in pairwise(ordered):
            if first != n and (cleared is None or raised <= cleared):
                line = draft.located.line(("events", first))
                until = "is never cleared" if cleared is None else f"lasts until {_shown(draft, cleared)}"
                message = f"{area} is under alert already: that of line {line} {until}"
                yield draft.located.problem(("events", n, "alert", "raised"), message)


def _is_drawn(entry: AlertEntry) -> bool:
    return entry.chance is not None or bool(entry.only_if or entry.unless)


def _chapters(draft: Draft) -> Iterator[Problem]:
    """Each chapter begins where the one before it ended or later, and ends after it begins."""
    ended, what = draft.header.start, "the scenario starts"
    for name, chapter in draft.header.chapters.items():
        begins = ended if chapter.from_ is None else chapter.from_
        if begins < ended:
            message = f"expected {_shown(draft, ended)} or later, when {what}, found {_shown(draft, begins)}"
            yield draft.located.problem(("chapters", name, "from"), message)
        if chapter.until <= begins:
            message = f"expected a time after its begin, {_shown(draft, begins)}, found {_shown(draft, chapter.until)}"
            yield draft.located.problem(("chapters", name, "until"), message)
        ended, what = max(ended, chapter.until), f"`{name}` ends"


def _play(draft: Draft) -> Iterator[Problem]:
    """Chapters are played forward, each once."""
    known, last = list(draft.header.chapters), -1
    for n, name in enumerate(draft.header.play):
        path = ("play", n)
        if name not in known:
            yield draft.located.problem(path, unknown("chapter", name, known))
        elif name in draft.header.play[:n]:
            yield draft.located.problem(path, f"`{name}` is played already: a chapter is played once")
        elif known.index(name) < last:
            yield draft.located.problem(path, f"`{name}` comes before `{known[last]}` in time: play goes forward only")
        else:
            last = known.index(name)


def _shown(draft: Draft, at: Millis) -> str:
    return rfc3339(at, draft.offset)
