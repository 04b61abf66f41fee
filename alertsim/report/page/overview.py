"""What comes first: what is wrong with the recording, the exercise in sentences and figures, and what it was."""

from collections.abc import Iterator

from alertsim.page.tables import entry
from alertsim.picture.shapes import safe
from alertsim.report.page import words
from alertsim.report.page.sheet import Sheet
from alertsim.report.sentences import sentences
from alertsim.times import Millis, rfc3339
from alertsim.wire.headlines import Said


def warnings(sheet: Sheet) -> str:
    """What a reader must know before any figure; nothing where all is well."""
    about, said = sheet.report.about, list[str]()
    if about.damage:
        said.append(sheet.say(words.DAMAGED, about.damage))
    if not about.finished or sheet.summary.ended == "unfinished":
        said.append(sheet.say(words.UNFINISHED))
    said += [sheet.say(words.DEGRADED, part) for part in sheet.summary.degraded]
    if about.strangers:
        said.append(sheet.say(words.CAPTURE, sheet.number(sum(about.strangers.values()))))
    return f'<div class="verdict bad">{"".join(f"<p>⚠ {each}</p>" for each in said)}</div>' if said else ""


def evaluator(sheet: Sheet) -> str:
    """Whether an evaluator has written, and who."""
    notes = sheet.report.evaluation
    if notes is None:
        return sheet.say(words.NO_EVALUATOR)
    return sheet.say(words.BY_EVALUATOR, notes.evaluator or sheet.tongue.say(words.SOME_EVALUATOR))


def glance(sheet: Sheet) -> str:
    """The exercise in a few sentences, and its figures."""
    told = "".join(f"<p>{safe(sentence)}</p>" for sentence in sentences(sheet.summary, sheet.language))
    figures = "".join(entry(sheet.tongue.say(name), text) for name, text in _figures(sheet))
    return f'{told}<dl class="figures">{figures}</dl>'


def overview(sheet: Sheet) -> str:
    """What was conducted: when, by whom, how it ended."""
    rows = "".join(
        f'<tr><th class="word" scope="row">{sheet.say(name)}</th><td class="word">{safe(text)}</td></tr>'
        for name, text in _facts(sheet)
        if text
    )
    return f'<table class="facts"><tbody>{rows}</tbody></table>'


def _figures(sheet: Sheet) -> Iterator[tuple[Said, str]]:
    summary, say = sheet.summary, sheet.tongue.say
    yield words.ALERTS, sheet.number(sum(not alert.continues for alert in summary.alerts))
    leads = [alert.lead_ms for alert in summary.alerts if alert.lead_ms is not None]
    if leads:
        said = words.AFTER if min(leads) < 0 else words.BEFORE
        yield words.WORST_LEAD, say(said, sheet.length(abs(min(leads))))
    if summary.spread and (heard := summary.spread.alerts).meant:
        whole = say(words.OF, sheet.number(heard.heard), sheet.number(heard.meant))
        yield words.HEARD_SHARE, f"{sheet.share(heard.heard, heard.meant)} ({whole})"
    judged = [each for each in sheet.report.expected if each.verdict in {"met", "late", "missed"}]
    if judged:
        yield words.EXPECTED_MET, say(words.OF, sum(each.verdict == "met" for each in judged), len(judged))
    yield words.CONFIRMED, say(words.OF, sheet.number(summary.confirmed), sheet.number(summary.events))


def _facts(sheet: Sheet) -> Iterator[tuple[Said, str]]:
    about, say = sheet.report.about, sheet.tongue.say
    scenario, known = about.scenario, about.metadata
    yield words.EXERCISE, about.name
    if scenario:
        yield words.SCENARIO, f"{getattr(scenario.title, sheet.language)} ({scenario.name})"
        yield words.TYPE, scenario.exercise.type
        yield words.BASIS, say(words.HISTORICAL if scenario.basis == "historical" else words.FICTIONAL)
    else:
        yield words.SCENARIO, known.get("scenario", "")
    yield words.CONTACT, known.get("contact", "")
    yield words.REPLAY, known.get("replay_of", "")
    if sheet.report.log.first_us:
        begun = rfc3339(Millis(sheet.report.log.first_us // 1_000_000 * 1_000), about.offset)
        yield words.CONDUCTED, f"{begun[:10]} {begun[11:19]} {begun[19:]}"
        yield words.LASTED, sheet.length(sheet.report.figures.real_s * 1000)
    since, until = (rfc3339(at, about.offset).replace("T", " ") for at in sheet.report.span)
    yield words.STORY, f"{since[:19]} – {until[:19]}"
    yield words.ENDED, _ended(sheet)
    yield words.SUBSCRIBERS, _subscribers(sheet)
    figures = sheet.report.figures
    answers = say(words.BY_CLIENTS, sheet.number(figures.answers), sheet.number(figures.clients))
    yield words.ANSWERS, answers if figures.answers else say(words.NOBODY)
    yield words.PARTICIPANTS, ", ".join(dict.fromkeys(each.who for each in sheet.report.expected))
    yield words.SEED, known.get("seed", "")
    yield words.BROKER, known.get("broker", "")
    yield words.VERSION, f"alertsim {known['version']}" if "version" in known else ""


def _subscribers(sheet: Sheet) -> str:
    """How many there were, as far as that is known, and for how many one message was."""
    say, spread, networks = sheet.tongue.say, sheet.summary.spread, sheet.summary.networks
    if spread is None:
        return say(words.NOBODY)
    most = sheet.number(spread.alerts.subscribers)
    everybody = sum(each.subscribers for each in networks.subscribers.values()) if networks else 0
    return say(words.IN_ALL, sheet.number(everybody), most) if everybody else say(words.ONE_FOR, most)


def _ended(sheet: Sheet) -> str:
    match sheet.summary.ended:
        case "completed":
            return sheet.tongue.say(words.COMPLETED)
        case "unfinished":
            return sheet.tongue.say(words.NO_END)
        case reason:
            return reason
