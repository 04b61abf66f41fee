"""What the rules allow and a practised author would doubt: too fast to be met, never cleared, without a siren."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from alertsim import areas
from alertsim.areas import ancestors
from alertsim.errors import Problem
from alertsim.scenario.chapters import Window, windows
from alertsim.scenario.coverage import related
from alertsim.scenario.document.located import Located
from alertsim.scenario.model import Alert, AlertEntry, AnyEntry, BrokerEntry, OutageEntry, Scenario, StrikeEntry
from alertsim.scenario.rules.moments import moments, stages
from alertsim.scenario.rules.pace import end_of_play, paced, real_ms, seconds, window_at
from alertsim.scenario.rules.unnoticed import frozen_too_briefly, unnoticed
from alertsim.times import SECOND, Millis, duration_text, rfc3339

ACT_S = 5
"""Real seconds: the least in which a person acts."""

FOR_WATCHING = 60
"""The rate from which on a chapter is there to be watched: nobody is meant to act while an hour passes in a minute."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def doubts(scenario: Scenario, located: Located) -> Iterator[Problem]:
    """What may be a mistake in what happens, and when."""
    covered, chapters = _covered(scenario), paced(scenario)
    for n, entry in enumerate(scenario.events):
        match entry:
            case AlertEntry(alert=alert):
                yield from _alert(located, n, alert)
            case StrikeEntry(strike=strike) if not (strike.target in covered or related(strike.target, covered)):
                message = f"no alert of this scenario covers {strike.target}: add one, or `alert: auto` to the strike"
                yield located.problem(("events", n, "strike", "target"), message)
            case OutageEntry():
                yield from unnoticed(chapters, located, ("events", n), entry)
            case BrokerEntry():
                yield from frozen_too_briefly(chapters, located, ("events", n), entry)
            case _:
                pass
        yield from _expectations(scenario, chapters, located, n, entry)
    yield from _chapters(scenario, located)


def too_fast(scenario: Scenario) -> list[str]:
    """The entries of the expectations that lie in chapters for watching, too fast to be met."""
    chapters = paced(scenario)
    return [
        entry.id
        for entry in scenario.events
        for expected in entry.expect
        if (begins := _begins(entry)) is not None
        and (window := window_at(chapters, begins)) is not None
        and window.rate >= FOR_WATCHING
        and _is_hasty(chapters, begins, expected.within)
    ]


def _covered(scenario: Scenario) -> frozenset[str]:
    """The areas of all alerts, written down or derived."""
    covered: set[str] = set()
    for entry in scenario.events:
        match entry:
            case AlertEntry(alert=alert):
                covered |= {alert.area, *(area for update in alert.updates for area in update.areas)}
            case StrikeEntry(strike=strike) if strike.alert:
                covered |= set(strike.alert.areas) or {strike.target}
            case _:
                pass
    return frozenset(covered)


def _alert(located: Located, n: int, alert: Alert) -> Iterator[Problem]:
    at = ("events", n, "alert")
    if not alert.standing and alert.cleared is None and alert.lasts is None:
        message = "this alert is never cleared: say under `cleared` when it ends"
        yield located.problem(at, message, key=True)
    if alert.standing or alert.begins is None:
        return
    day = (_EPOCH + timedelta(milliseconds=alert.begins)).date()
    for area in (alert.area, *ancestors(alert.area)):
        since = areas.by_id(area).standing_since
        if since and since <= day:
            message = f"{area} has been under a standing alert since {since}: write `standing: true` instead of times"
            yield located.problem((*at, "area"), message)


def _expectations(
    scenario: Scenario, chapters: Sequence[Window], located: Located, n: int, entry: AnyEntry
) -> Iterator[Problem]:
    begins = _begins(entry)
    window = None if begins is None else window_at(chapters, begins)
    if begins is None or window is None:
        return
    end = end_of_play(scenario.play, chapters, begins)
    for k, expected in enumerate(entry.expect):
        path = ("events", n, "expect", k, "within")
        deadline = begins + expected.within
        if deadline > end:
            message = (
                f"play ends at {rfc3339(end, scenario.offset)}, before this time is over: give less, or a later end"
            )
            yield located.problem(path, message)
        elif window.rate < FOR_WATCHING and _is_hasty(chapters, begins, expected.within):
            lasts = seconds(real_ms(chapters, begins, Millis(deadline)))
            message = (
                f"{duration_text(expected.within)} are {lasts} at the pace of `{window.name}`: nobody acts so fast"
            )
            yield located.problem(path, f"{message}; give more time, or slow the chapter down")


def _is_hasty(chapters: Sequence[Window], begins: Millis, within: Millis) -> bool:
    return real_ms(chapters, begins, Millis(begins + within)) < ACT_S * SECOND


def _begins(entry: AnyEntry) -> Millis | None:
    """The first that is heard of an entry; of an alert, its siren."""
    if isinstance(entry, AlertEntry) and entry.alert.raised is not None:
        return entry.alert.raised
    return min((at for _, at in moments(entry)), default=None)


def _chapters(scenario: Scenario, located: Located) -> Iterator[Problem]:
    """Chapters in which nothing happens, and what `play` jumps over."""
    happens = [stretch for entry in scenario.events for stretch in stretches(entry)]
    found = {window.name: window for window in windows(scenario)}
    for name, window in found.items():
        if not any(begins <= window.until and ends >= window.begins for begins, ends in happens):
            message = f"nothing happens in `{name}`: put something into it, or remove it"
            yield located.problem(("chapters", name), message, key=True)
    for n, (before, after) in enumerate(pairwise(scenario.play), 1):
        missed = _between(scenario, found[before], found[after])
        if missed:
            message = f"play jumps from `{before}` to `{after}` and passes over {missed[0]}"
            rest = f" and {len(missed) - 1} more" if len(missed) > 1 else ""
            yield located.problem(("play", n), f"{message}{rest}: play the chapters between, or move what is missed")


def _between(scenario: Scenario, before: Window, after: Window) -> list[str]:
    """Entries that lie wholly between two chapters: nobody sees them as they happen."""
    return [
        entry.id
        for entry in scenario.events
        if (times := [at for _, at in moments(entry)]) and before.until < min(times) and max(times) < after.begins
    ]


def stretches(entry: AnyEntry) -> Iterator[tuple[Millis, Millis]]:
    """From when until when something changes."""
    match entry:
        case OutageEntry():
            yield from ((stage.begins, stage.over) for stage in stages(entry))
        case BrokerEntry():
            yield entry.at, entry.ends
        case StrikeEntry(at=at, strike=strike):
            yield Millis(at - strike.warning), Millis(at + strike.spread)
        case _:
            yield from ((at, at) for _, at in moments(entry))
