"""What the subscribers of a swarm heard, in one sentence, in Ukrainian and English; each share with its base."""

from collections.abc import Mapping
from typing import NamedTuple

from alertsim import areas
from alertsim.events import Service
from alertsim.report.spoken import Language, span
from alertsim.report.spread import Heard, Spread, Unheard

_TOLD = 4
"""Of so many operators the sentence tells."""


class _Words(NamedTuple):
    """The parts of the sentence in one language."""

    nothing: str
    heard: str
    late: str
    stale: str
    timing: str
    caught_up: str
    never: str
    of: str
    nobody: str
    worst: str
    open: str
    kinds: Mapping[str, str]
    up: str
    services: Mapping[Service, str]


_EN = _Words(
    nothing="No alert message for the subscribers was counted",
    heard="Alert messages to subscribers: {}, each for at most {}; heard {} of {} times",
    late=", {} of them more than a second late",
    stale=", {} of them after the alert had expired",
    timing="; the last subscriber heard it after {} in the median, {} at worst",
    caught_up="; {} times the broker's copy came later",
    never="; {} times it was never heard",
    of="{} {} of {}",
    nobody="no operator",
    worst="; worst: {} in {}, {}: {} of {} did not hear it when it was sent",
    open="; still spreading at the end, not counted: {}",
    kinds={
        "alert.announced": "the pre-alert",
        "alert.raised": "the alert",
        "alert.updated": "the update",
        "alert.cleared": "the all-clear",
    },
    up="{} at {} %",
    services={Service.DATA: "mobile data", Service.FIXED: "home internet"},
)
_UK = _Words(
    nothing="Жодного повідомлення про тривогу для абонентів не пораховано",
    heard="Повідомлень про тривогу абонентам: {}, кожне щонайбільше для {}; почули разів: {} із {}",
    late=", із них пізніше ніж за секунду: {}",
    stale=", із них уже простроченими: {}",
    timing="; останній абонент чув через {} (медіана), щонайпізніше через {}",
    caught_up="; згодом отримали копію брокера: {}",
    never="; так і не почули: {}",
    of="{}: {} із {}",
    nobody="без оператора",
    worst="; найгірше: {} ({}), {}: одразу не почули {} із {}",
    open="; ще поширювалися наприкінці, не пораховано: {}",
    kinds={
        "alert.announced": "можлива тривога",
        "alert.raised": "тривога",
        "alert.updated": "оновлення тривоги",
        "alert.cleared": "відбій",
    },
    up="{}: працездатність {} %",
    services={Service.DATA: "мобільні дані", Service.FIXED: "домашній інтернет"},
)


def said_of(spread: Spread, language: Language) -> str:
    """How many heard the alerts, how fast, whose subscribers did not, and which alert fared worst."""
    words, alerts = (_UK if language == "uk" else _EN), spread.alerts
    said = words.nothing
    if alerts.alerts:
        said = words.heard.format(alerts.alerts, alerts.subscribers, alerts.heard, alerts.meant)
        said += words.late.format(alerts.late) if alerts.late else ""
        said += words.stale.format(alerts.stale) if alerts.stale else ""
        said += _timing(alerts, words, language)
        said += words.caught_up.format(alerts.caught_up) if alerts.caught_up else ""
        said += _never(spread, words) if alerts.never else ""
        said += _worst(max(spread.unheard, key=_missed), words) if spread.unheard else ""
    return said + (words.open.format(spread.open) if spread.open else "") + "."


def _timing(alerts: Heard, words: _Words, language: Language) -> str:
    """How long it took to the last who heard; nothing where that is not known of all."""
    if alerts.p50_us is None or alerts.slowest_us is None:
        return ""
    return words.timing.format(*(span(max(1, us // 1000), language) for us in (alerts.p50_us, alerts.slowest_us)))


def _never(spread: Spread, words: _Words) -> str:
    """How often it was never heard, and by whose subscribers, the worst operators first."""
    said = words.never.format(spread.alerts.never)
    if list(spread.operators) == [""]:
        return said
    few = sorted(spread.operators.items(), key=lambda each: -each[1].never / each[1].meant)[:_TOLD]
    shares = (words.of.format(name or words.nobody, each.never, each.meant) for name, each in few if each.never)
    return f"{said} ({', '.join(shares)})"


def _missed(alert: Unheard) -> int:
    return alert.missed


def _worst(alert: Unheard, words: _Words) -> str:
    """One alert: where, how many of whose subscribers did not hear it, and what of the operator was down then."""
    area = areas.by_id(alert.area)
    where, operator = (area.name_uk if words is _UK else area.name_en), alert.operator or words.nobody
    up = [words.up.format(words.services[name], _percent(share, words)) for name, share in alert.up.items()]
    said = words.worst.format(words.kinds[alert.kind], where, operator, alert.missed, alert.meant)
    return said + (f" ({', '.join(up)})" if up else "")


def _percent(share: float, words: _Words) -> str:
    """0, 30.5, 99.9; never 100 of what is less."""
    tenths = f"{min(round(100 * share, 1), 99.9):g}"
    return tenths.replace(".", ",") if words is _UK else tenths


def kind_said(kind: str, language: Language) -> str:
    """What a message that warns is called."""
    return (_UK if language == "uk" else _EN).kinds[kind]
