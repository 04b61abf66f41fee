"""How the operators' subscribers fared: the extremes, the storms, who stalled, and how it is said."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertsim.events import ClockTicked
from alertsim.observations import (
    ExpiryLifted,
    FlowStalled,
    Line,
    NetworkSeen,
    Observation,
    Observed,
    Played,
    StormPassed,
)
from alertsim.report import Fold, sentences
from alertsim.report.networks import Network, Networks
from alertsim.report.networks_said import networks_said
from alertsim.times import Millis

START = Millis(1_702_350_000_000)
START_US = 1_800_000_000_000_000
HOUR_S = 3_600
STORM = StormPassed(
    operator="a",
    began_us=START_US + 2_000_000,
    until_us=START_US + 9_000_000,
    before=90,
    lost=95,
    lowest=3,
    peak_connects_per_s=41.0,
    peak_us=START_US + 8_500_000,
    back_s=7.0,
    return_s=2.5,
    back_off_s=1.0,
    jittered=True,
)


def ticks(rate: float | None = HOUR_S, many: int = 10) -> list[Line]:
    """A tick a second."""
    return [
        Played(n, START_US + n * 1_000_000, START_US + n * 1_000_000, tick(n, rate))
        for n in range(many)
    ]  # fmt: skip


def tick(n: int, rate: float | None) -> ClockTicked:
    return ClockTicked(event=f"clock:{n}", at=Millis(START + int(n * 1_000 * (rate or 0))), entry="clock", rate=rate)


def seen(observation: Observation, after_s: float = 0.0) -> Line:
    return Observed(0, START_US + int(after_s * 1e6), observation)


def stand(connected: int, cut: int = 0, reconnecting: int = 0, **more: Any) -> NetworkSeen:
    """Of a hundred."""
    return NetworkSeen(
        **{"operator": "a", "subscribers": 100, "connected": connected, "cut": cut, "reconnecting": reconnecting} | more
    )


def fold(*lines: Line) -> Networks:
    networks = Fold().add([*ticks(), *lines]).summary.networks
    assert networks is not None
    return networks


def said(*lines: Line) -> tuple[str, str]:
    summary = Fold().add([*ticks(), *lines]).summary
    return sentences(summary, "en")[-1], sentences(summary, "uk")[-1]


@given(st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100), st.integers(0, 100)), min_size=1, max_size=9))
def test_the_extremes_of_all_that_was_seen(course: list[tuple[int, int, int]]) -> None:
    """The fewest connected and when first so few; the most cut, the most reconnecting."""
    found = fold(*(seen(stand(*each), float(n)) for n, each in enumerate(course))).subscribers["a"]
    lowest = min(connected for connected, _, _ in course)
    first = next(n for n, each in enumerate(course) if each[0] == lowest)
    assert (found.lowest, found.lowest_at) == (lowest, START + first * HOUR_S * 1_000)
    assert (found.cut, found.reconnecting) == (max(each[1] for each in course), max(each[2] for each in course))


def test_the_moment_of_a_peak_is_scenario_time() -> None:
    """Half a second after a tick it is half an hour later at an hour a second; a clock that stops goes no further."""
    (storm,) = fold(seen(stand(90)), seen(STORM)).subscribers["a"].storms
    assert storm.began == START + 2 * HOUR_S * 1_000
    assert storm.peak == START + int(8.5 * HOUR_S * 1_000)
    assert (storm.peak_connects_per_s, storm.back_s, storm.return_s, storm.jittered) == (41.0, 7.0, 2.5, True)
    for rate in (0.0, None):
        log = [*ticks(rate), seen(stand(90), 3.7)]
        networks = Fold().add(log).summary.networks
        assert networks is not None
        assert networks.subscribers["a"].lowest_at == START


def test_before_the_clock_ticks() -> None:
    """What is seen before the first tick is of its moment; without any clock, of no moment."""
    late = [Played(0, START_US + 5_000_000, START_US + 5_000_000, tick(0, 1.0))]
    for log, at in ((late, START), ([], 0)):
        networks = Fold().add([*log, seen(stand(90))]).summary.networks
        assert networks is not None
        assert networks.subscribers["a"].lowest_at == at


def test_clients_are_apart() -> None:
    """Other people's clients through the port of an operator are not its subscribers; a storm is of subscribers."""
    found = fold(seen(stand(90)), seen(stand(2, 1, side="clients", subscribers=3)), seen(STORM))
    assert (found.subscribers["a"].subscribers, found.clients["a"].subscribers) == (100, 3)
    assert (len(found.subscribers["a"].storms), found.clients["a"].storms) == (1, ())


def test_as_json() -> None:
    """Times of day with their offset; without anything seen, no word of networks."""
    plain: Any = Fold().add([*ticks(), seen(stand(90), 1.0), seen(STORM)]).summary.as_json(120)["networks"]
    json.dumps(plain)
    assert plain["subscribers"]["a"]["lowest_at"] == "2023-12-12T06:00:00+02:00"
    assert plain["subscribers"]["a"]["storms"][0]["peak"] == "2023-12-12T13:30:00+02:00"
    assert "networks" not in Fold().add(ticks()).summary.as_json(0)


LOST = STORM.model_copy(update={"back_s": None, "return_s": None, "peak_connects_per_s": 0.0, "jittered": False})
NOBODY = STORM.model_copy(update={"operator": ""})


@pytest.mark.parametrize(
    ("lines", "english", "ukrainian"),
    [
        (
            [seen(stand(3, 97)), seen(STORM)],
            (
                "A: at most 97 of 100 subscribers without coverage at once, at least 3 connected; reconnect storm: "
                "95 connections lost, up to 41 CONNECT/s, all back 2.5 s after the fewest were connected "
                "(back-off from 1 s, spread by chance)."
            ),
            (
                "A: водночас без покриття щонайбільше 97 із 100 абонентів, на зв’язку щонайменше 3; хвиля "
                "перепідключень: втрачено з’єднань 95, до 41 CONNECT/с, усі повернулися за 2,5 с від миті, коли на "
                "зв’язку було найменше (пауза від 1 с, випадкова)."
            ),
        ),
        (
            [seen(stand(3, 97)), seen(LOST)],
            (
                "A: at most 97 of 100 subscribers without coverage at once, at least 3 connected; 95 connections "
                "lost, not all came back (back-off from 1 s, the same for all)."
            ),
            (
                "A: водночас без покриття щонайбільше 97 із 100 абонентів, на зв’язку щонайменше 3; втрачено "
                "з’єднань 95, повернулися не всі (пауза від 1 с, однакова для всіх)."
            ),
        ),
        (
            [seen(stand(94, 6, operator="")), seen(stand(1, 1, side="clients", subscribers=2))],
            (
                "No operator: at most 6 of 100 subscribers without coverage at once, at least 94 connected. "
                "A, clients through its port: at most 1 of 2 without coverage at once, at least 1 connected."
            ),
            (
                "Без оператора: водночас без покриття щонайбільше 6 із 100 абонентів, на зв’язку щонайменше 94. "
                "A, клієнти через його порт: водночас без покриття щонайбільше 1 із 2, на зв’язку щонайменше 1."
            ),
        ),
        (
            [seen(stand(100)), seen(FlowStalled(operator="a", subscribers=7, unanswered=20))],
            "Stalled: 7 subscribers of a stand at 20 unacknowledged messages (the broker's max_inflight_messages).",
            (
                "Потік зупинився (a, абоненти): 7 мають по 20 непідтверджених повідомлень (max_inflight_messages "
                "брокера)."
            ),
        ),
    ],
)
def test_in_a_sentence(lines: list[Line], english: str, ukrainian: str) -> None:
    """Who was cut, the storm of their return and with which back-off, who stalled."""
    assert said(*lines) == (english, ukrainian)


def test_nothing_befell_them() -> None:
    """An operator that lost few, and had no storm, has no sentence."""
    quiet = Fold().add([*ticks(), seen(stand(95, 5))]).summary
    assert len(sentences(quiet, "en")) == 3
    assert quiet.networks == Networks(
        subscribers={"a": Network(subscribers=100, lowest=95, lowest_at=START, cut=5, reconnecting=0)}
    )


def test_without_expiry_and_without_a_swarm() -> None:
    """That expiry was lifted is known; how many came too late is not where nobody counted."""
    assert fold(seen(ExpiryLifted())).expiry_lifted
    assert len(sentences(Fold().add([seen(ExpiryLifted())]).summary, "en")) == 3


def test_how_many_alerts_came_too_late_without_expiry() -> None:
    """Said also where there were none: that is what a comparison is of."""
    lifted = Networks(expiry_lifted=True)
    assert [networks_said(lifted, stale, "en") for stale in (0, 7)] == [
        (f"Alerts were delivered however late (--no-expiry): {stale} times one came after it had expired.",)
        for stale in (0, 7)
    ]
    (ukrainian,) = networks_said(lifted, 7, "uk")
    assert ukrainian.endswith("уже простроченими прийшли разів: 7.")
