"""How the operators' subscribers fared, in a sentence, in Ukrainian and English; nothing where nothing befell them."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from alertsim.report.networks import Network, Networks, Stalled, Storm
from alertsim.report.spoken import Language, span

_TOLD = 4
"""Of so many operators, and of so many storms of one, it tells."""

_FEW = 20
"""Of an operator it tells that lost coverage for one in so many, or more, of its subscribers at once."""


class _Words(NamedTuple):
    """The parts of the sentence in one language."""

    fell: str
    clients: str
    storm: str
    silence: str
    back: str
    never_back: str
    back_off: str
    jittered: str
    fixed: str
    stalled: str
    sides: Mapping[str, str]
    lifted: str
    nobody: str


_EN = _Words(
    fell="{}: at most {} of {} subscribers without coverage at once, at least {} connected",
    clients="{}, clients through its port: at most {} of {} without coverage at once, at least {} connected",
    storm="; reconnect storm: {} connections lost, up to {} CONNECT/s, {} ({})",
    silence="; {} connections lost, {} ({})",
    back="all back {} after the fewest were connected",
    never_back="not all came back",
    back_off="back-off from {}, {}",
    jittered="spread by chance",
    fixed="the same for all",
    stalled="stalled: {} {} of {} stand at {} unacknowledged messages (the broker's max_inflight_messages)",
    sides={"subscribers": "subscribers", "clients": "clients"},
    lifted="alerts were delivered however late (--no-expiry): {} times one came after it had expired",
    nobody="no operator",
)
_UK = _Words(
    fell="{}: водночас без покриття щонайбільше {} із {} абонентів, на зв’язку щонайменше {}",
    clients="{}, клієнти через його порт: водночас без покриття щонайбільше {} із {}, на зв’язку щонайменше {}",
    storm="; хвиля перепідключень: втрачено з’єднань {}, до {} CONNECT/с, {} ({})",
    silence="; втрачено з’єднань {}, {} ({})",
    back="усі повернулися за {} від миті, коли на зв’язку було найменше",
    never_back="повернулися не всі",
    back_off="пауза від {}, {}",
    jittered="випадкова",
    fixed="однакова для всіх",
    stalled="потік зупинився ({}, {}): {} мають по {} непідтверджених повідомлень (max_inflight_messages брокера)",
    sides={"subscribers": "абоненти", "clients": "клієнти"},
    lifted="тривоги доставлялися з будь-яким запізненням (--no-expiry): уже простроченими прийшли разів: {}",
    nobody="без оператора",
)


def networks_said(networks: Networks, stale: int | None, language: Language) -> tuple[str, ...]:
    """Who was cut, the storms of their return, who stalled; with `--no-expiry` how many alerts came too late."""
    words = _UK if language == "uk" else _EN
    parts = [*_fell(networks, words, language), *(_stall(each, words) for each in networks.stalled[:_TOLD])]
    if networks.expiry_lifted and stale is not None:
        parts.append(words.lifted.format(stale))
    return (f"{'. '.join(part[:1].upper() + part[1:] for part in parts)}.",) if parts else ()


def _fell(networks: Networks, words: _Words, language: Language) -> Iterator[str]:
    """The operators whose subscribers felt something, those first of which most were cut."""
    sides = ((words.fell, networks.subscribers), (words.clients, networks.clients))
    for text, operators in sides:
        felt = [(name, each) for name, each in operators.items() if each.storms or each.cut * _FEW > each.subscribers]
        for name, each in sorted(felt, key=lambda named: -named[1].cut)[:_TOLD]:
            yield _operator(text, name, each, words, language)


def _operator(text: str, name: str, network: Network, words: _Words, language: Language) -> str:
    said = text.format(name or words.nobody, network.cut, network.subscribers, network.lowest)
    return said + "".join(_storm(storm, words, language) for storm in network.storms[:_TOLD])


def _storm(storm: Storm, words: _Words, language: Language) -> str:
    spread = words.jittered if storm.jittered else words.fixed
    plan = words.back_off.format(span(round(storm.back_off_s * 1000), language), spread)
    back = words.never_back
    if storm.return_s is not None:
        back = words.back.format(span(round(storm.return_s * 1000), language))
    if not storm.peak_connects_per_s:
        return words.silence.format(storm.lost, back, plan)
    return words.storm.format(storm.lost, f"{storm.peak_connects_per_s:.0f}", back, plan)


def _stall(stalled: Stalled, words: _Words) -> str:
    side, operator = words.sides[stalled.side], stalled.operator or words.nobody
    if words is _UK:
        return words.stalled.format(operator, side, stalled.subscribers, stalled.unanswered)
    return words.stalled.format(stalled.subscribers, side, operator, stalled.unanswered)
