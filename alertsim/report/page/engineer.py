"""What an engineer looks for: lateness and latencies, losses, broker outages, commands."""

from collections.abc import Iterator, Sequence

from alertsim.page.tables import table
from alertsim.report.figures import Percentiles
from alertsim.report.networks import Storm
from alertsim.report.page import words
from alertsim.report.page.sheet import Sheet
from alertsim.times import Millis
from alertsim.wire.headlines import Said

_MOST = 200


def engineer(sheet: Sheet) -> str:
    """All tables, and what is not there in a sentence."""
    return _latencies(sheet) + _counts(sheet) + _storms(sheet) + _outages(sheet) + _commands(sheet) + _kinds(sheet)


def _latencies(sheet: Sheet) -> str:
    heads = [sheet.tongue.say(said) for said in (words.MEASURE, words.COUNT, words.HALF, words.P99, words.HIGHEST)]
    shown = table(heads, list(_measured(sheet)), caption=sheet.tongue.say(words.LATENCIES))
    return shown + ("" if sheet.summary.lateness else f'<p class="faint">{sheet.say(words.AT_MAX)}</p>')


def _measured(sheet: Sheet) -> Iterator[Sequence[str]]:
    figures, latency, late = sheet.report.figures, sheet.tongue.latency, sheet.summary.lateness
    if late:
        shown = (latency(ms * 1000) for ms in (late.p50_ms, late.p99_ms, late.max_ms))
        yield sheet.tongue.say(words.LATENESS), sheet.number(sheet.summary.events), *shown
    rows: list[tuple[Said, Percentiles | None]] = [(words.PUBACK, figures.confirmed)]
    if spread := figures.spread:
        rows += [
            (words.FIRST, spread.first),
            (words.HALF_HAD, spread.half),
            (words.MOST_HAD, spread.most),
            (words.LAST_HAD, spread.last),
        ]
    for said, found in rows:
        if found:
            shown = (latency(us) for us in (found.p50_us, found.p99_us, found.max_us))
            yield sheet.tongue.say(said), sheet.number(found.count), *shown


def _counts(sheet: Sheet) -> str:
    summary, figures = sheet.summary, sheet.report.figures
    rows = [(words.EVENTS, summary.events), (words.CONFIRMED, summary.confirmed), (words.SKIPPED, summary.skipped)]
    shown = [(sheet.tongue.say(said), sheet.number(count)) for said, count in rows]
    shown += [(sheet.tongue.say(words.NOT_SENT, name), sheet.number(count)) for name, count in summary.not_sent.items()]
    if figures.spread:
        lost = (
            (words.MISSING, figures.missing),
            (words.UNREACHABLE, figures.unreachable),
            (words.DUPLICATES, figures.duplicates),
            (words.STALE, figures.stale),
        )
        shown += [(sheet.tongue.say(said), sheet.number(count)) for said, count in lost]
    shown.append((sheet.tongue.say(words.BROKER_LOST), sheet.number(summary.broker_lost)))
    return table([sheet.tongue.say(said) for said in (words.COUNTS, words.COUNT)], shown)


def _storms(sheet: Sheet) -> str:
    """The reconnect storms of each operator's subscribers, and who stalled."""
    networks = sheet.summary.networks
    if networks is None:
        return ""
    told = ((each.operator, sheet.number(each.subscribers), sheet.number(each.unanswered)) for each in networks.stalled)
    stalled = "".join(f"<p>{sheet.say(words.STALLED, *each)}</p>" for each in told)
    rows = [_storm(name, storm, sheet) for name, each in networks.subscribers.items() for storm in each.storms]
    if not rows:
        return stalled
    heads = (
        words.OPERATOR, words.WHEN, words.BACK_OFF, words.BEFORE_IT, words.LOST, words.LOWEST, words.PEAK, words.BACK,
    )  # fmt: skip
    shown = table([sheet.tongue.say(said) for said in heads], rows[:_MOST], verbal=3)
    return f"<h3>{sheet.say(words.STORMS)}</h3>{shown}{stalled}"


def _storm(operator: str, storm: Storm, sheet: Sheet) -> Sequence[str]:
    wait = sheet.tongue.measure(storm.back_off_s, "s", 1)
    back = sheet.tongue.say(words.NEVER_BACK) if storm.back_s is None else sheet.tongue.measure(storm.back_s, "s", 1)
    return (
        operator or sheet.tongue.say(words.NO_OPERATOR),
        sheet.moment(storm.began),
        sheet.tongue.say(words.JITTERED, wait) if storm.jittered else wait,
        sheet.number(storm.before),
        sheet.number(storm.lost),
        sheet.number(storm.lowest),
        sheet.number(storm.peak_connects_per_s),
        back,
    )


def _outages(sheet: Sheet) -> str:
    found = sheet.report.figures.outages
    if not found:
        return ""
    heads = [sheet.tongue.say(said) for said in (words.AT_REAL, words.REASON, words.AWAY, words.WAITING)]
    rows = [
        (
            sheet.length(each.after_ms),
            each.reason,
            sheet.tongue.say(words.NEVER_BACK) if each.real_ms is None else sheet.length(each.real_ms),
            sheet.number(each.waiting),
        )
        for each in found[:_MOST]
    ]
    return f"<h3>{sheet.say(words.OUTAGES)}</h3>{table(heads, rows, verbal=2)}"


def _commands(sheet: Sheet) -> str:
    found = sheet.report.log.commands
    if not found:
        return ""
    heads = [sheet.tongue.say(said) for said in (words.WHEN, words.COMMAND)]
    rows = [(sheet.moment(Millis(each.seen.at)), each.seen.command.model_dump_json()) for each in found[:_MOST]]
    return f"<h3>{sheet.say(words.COMMANDS)}</h3>{table(heads, rows, verbal=2)}"


def _kinds(sheet: Sheet) -> str:
    rows = [(kind, sheet.number(count)) for kind, count in sheet.summary.kinds.items()]
    if not rows:
        return ""
    return f"<h3>{sheet.say(words.KINDS)}</h3>{table([sheet.tongue.say(s) for s in (words.KIND, words.COUNT)], rows)}"
