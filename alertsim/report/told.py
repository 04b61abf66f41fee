"""Findings and expectations as a person says them, in Ukrainian and English."""

from collections.abc import Mapping

from alertsim import areas
from alertsim.report.expectations import Expected, Verdict
from alertsim.report.findings import Finding, Topic
from alertsim.report.spoken import Language, span
from alertsim.wire.headlines import Said

_OPERATORS = Said(uk="без оператора", en="no operator")
_REASONS: Mapping[str, Said] = {
    "expired": Said(uk="застаріли", en="they had grown too old"),
    "superseded": Said(uk="були новіші", en="newer ones overtook them"),
    "purged": Said(uk="навчання припинили", en="the exercise was terminated"),
    "overflow": Said(uk="черга переповнилася", en="the queue was full"),
    "refused": Said(uk="брокер відмовив", en="the broker refused them"),
}

_FINDINGS: Mapping[Topic, Said] = {
    "warned_in_time": Said(
        uk="{about}: сирена пролунала за {seconds} до першого вибуху.",
        en="{about}: the siren sounded {seconds} before the first explosion.",
    ),
    "expected_met": Said(
        uk="Очікувані дії виконано вчасно: {count} із {base}, про які можна судити із запису.",
        en="Expected actions done in time: {count} of the {base} that a recording can tell of.",
    ),
    "heard_by_all": Said(
        uk="Кожен абонент почув кожне повідомлення про тривогу: {count} із {base}.",
        en="Every subscriber heard every alert message when it was sent: {count} of {base}.",
    ),
    "all_confirmed": Said(
        uk="Брокер підтвердив усі повідомлення: {count} із {base}.",
        en="The broker confirmed every message: {count} of {base}.",
    ),
    "warned_late": Said(
        uk="{about}: сирена пролунала лише через {seconds} після першого вибуху.",
        en="{about}: the siren sounded {seconds} after the first explosion.",
    ),
    "never_warned": Said(
        uk="{about}: сирени не було; засобів ураження {base}, з них влучань {count}.",
        en="{about}: no siren sounded; of {base} weapons {count} hit.",
    ),
    "expected_failed": Said(
        uk="Очікувані дії не виконано або виконано запізно: {count} із {base}.",
        en="Expected actions not done, or done too late: {count} of {base}.",
    ),
    "never_heard": Said(
        uk="Абоненти {about} так і не почули тривогу {count} разів із {base} ({share}).",
        en="Subscribers of {about} never heard an alert {count} times of {base} ({share}).",
    ),
    "sirens_silent": Said(
        uk="{about}: частина сирен замовкла разом з оператором; тривог тим часом: {count}.",
        en="{about}: sirens fell silent with their operator; alerts meanwhile: {count}.",
    ),
    "not_sent": Said(
        uk="Не надіслано повідомлень: {count} із {base}, бо {about}.",
        en="Messages not sent: {count} of {base}, because {about}.",
    ),
    "broker_lost": Said(
        uk="Зв'язок із брокером переривався: {count} (разом {seconds}).",
        en="The connection to the broker was lost: {count} (for {seconds} in all).",
    ),
    "degraded": Said(
        uk="Частина навчання відмовила: {about}.",
        en="A part of the exercise failed: {about}.",
    ),
    "slept": Said(
        uk="Машина спала або була зупинена: {seconds}; цей час не рахується.",
        en="The machine slept or was stopped for {seconds}; that time is not counted.",
    ),
    "unfinished": Said(
        uk="Запис не доведено до кінця: навчання перервалося або його файл пошкоджено.",
        en="The recording has no proper end: the exercise was killed, or its file is damaged.",
    ),
}

VERDICTS: Mapping[Verdict, Said] = {
    "met": Said(uk="виконано", en="met"),
    "late": Said(uk="запізно", en="too late"),
    "missed": Said(uk="не виконано", en="missed"),
    "not_played": Said(uk="не відбувалося", en="not played"),
    "to_judge": Said(uk="судить спостерігач", en="for the evaluator"),
}


def finding(found: Finding, language: Language) -> str:
    """One fact in one sentence."""
    share = f"{found.count / found.base:.0%}" if found.base else ""
    return str(getattr(_FINDINGS[found.topic], language)).format(
        about=_about(found, language),
        count=found.count,
        base=found.base,
        seconds=span(round(found.seconds * 1000), language),
        share=share,
    )


def expectation(each: Expected, language: Language) -> str:
    """What came of one expectation, with its figures."""
    said = str(getattr(VERDICTS[each.verdict], language))
    limit = span(each.within_ms, language)
    of = f"{'із' if language == 'uk' else 'of'} {limit}"
    if each.meant is not None:
        said += f": {each.heard} {'із' if language == 'uk' else 'of'} {each.meant}"
    if each.took_ms is None:
        return said
    after = f"{'через' if language == 'uk' else 'after'} {span(each.took_ms, language)} ({of})"
    return f"{said}, {after}" + (f", {each.by}" if each.by else "")


def _about(found: Finding, language: Language) -> str:
    """An area or an operator by name, a reason in words, or what the machine said."""
    match found.topic:
        case "warned_in_time" | "warned_late" | "never_warned" | "sirens_silent":
            area = areas.by_id(found.about)
            return area.name_uk if language == "uk" else area.name_en
        case "never_heard":
            return found.about or str(getattr(_OPERATORS, language))
        case "not_sent":
            return str(getattr(_REASONS.get(found.about, Said(found.about, found.about)), language))
        case _:
            return found.about
