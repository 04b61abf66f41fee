"""What it cost that the broker was made to fail."""

from typing import Any

from alertsim.events import AlertRaised, BrokerFault, BrokerFaulted, ClockTicked
from alertsim.observations import EventExpired, EventPublished, Line, Observed, Played
from alertsim.report import Fold, sentences
from alertsim.report.broken import Broken
from alertsim.report.broken_said import broken_en, broken_uk
from tests.nights import after

KILL = BrokerFault.KILL


def us(seconds: float) -> int:
    return int((1_700_000_000 + seconds) * 1e6)


def faulted(seq: int, at: float, phase: str, **more: Any) -> Played:
    event = BrokerFaulted(event=f"b:{phase}", at=after(at), entry="b", **{"fault": KILL, "phase": phase, **more})
    return Played(seq, us(at), us(at), event)


def raised(seq: int, at: float) -> Played:
    return Played(seq, us(at), us(at), AlertRaised(event=f"a:{seq}", at=after(at), entry="a", area="UA-32"))


def published(seq: int, at: float) -> Observed:
    return Observed(seq, us(at), EventPublished(event="e", seq=seq, topic="t", at_us=us(at)))


def expired(seq: int, at: float) -> Observed:
    return Observed(seq, us(at), EventExpired(event="e", seq=seq, topic="t", reason="expired"))


STORY: list[Line] = [
    raised(0, 0),
    published(0, 5),  # late, but for another reason
    faulted(1, 10, "began"),
    published(1, 10.1),
    raised(2, 11),
    raised(3, 12),
    raised(4, 14.5),
    expired(3, 15),
    faulted(5, 15, "ended"),
    published(4, 15.2),
    published(5, 15.3),
    published(2, 15.4),
    raised(6, 16),
    published(6, 19),
]


def test_what_was_due_meanwhile_and_came_late_or_never() -> None:
    """From its onset until it has confirmed that it answers again; what is confirmed within a second is not late."""
    (broken,) = Fold().add(STORY).summary.broken
    assert broken == Broken(entry="b", fault=KILL, gone_ms=5300, late=1, latest_ms=4400, never=1)


def test_one_fault_after_the_other() -> None:
    """Each has its own messages, however late these are heard of; an end without an onset is none."""
    tick = ClockTicked(event="clock:0", at=after(0), entry="clock")
    lines: list[Line] = [
        faulted(0, 0, "ended"),
        faulted(1, 1, "began"),
        raised(2, 2),
        Played(2, us(2), us(2), tick),
        faulted(3, 3, "ended"),
        published(3, 3),
        faulted(4, 4, "began", fault=BrokerFault.RESTART, persistence=True),
        raised(5, 5),
        published(2, 6),
        published(5, 8),
    ]
    one, other = Fold().add(lines).summary.broken
    assert (one.late, one.latest_ms, one.gone_ms) == (1, 4000, 2000)
    assert (other.late, other.latest_ms, other.gone_ms) == (1, 3000, None)


def test_it_is_said_in_both_languages() -> None:
    """Behind what was sent; nothing at all, in words and in JSON, where the broker was not made to fail."""
    summary = Fold().add(STORY).summary
    told = {language: sentences(summary, language)[2] for language in ("uk", "en")}
    assert told["en"].endswith(
        " As planned: broker killed, back after 5.3 s, 1 message late by up to 4.4 s, 1 never sent."
    )
    assert told["uk"].endswith(
        " За планом: брокер убито, знову є за 5,3 с, запізнилися повідомлення: 1, щонайбільше на 4,4 с,"
        " зовсім не надіслано: 1."
    )
    assert summary.as_json(0)["broken"] == [summary.broken[0].model_dump(mode="json")]
    calm = Fold().add(STORY[:2]).summary
    assert "broken" not in calm.as_json(0)
    assert "planned" not in sentences(calm, "en")[2]


def test_a_restart_says_what_of_its_state_was_kept() -> None:
    """Of many faults the first four are told."""
    restarts = [
        Broken(entry="b", fault=BrokerFault.RESTART, persistence=keeps, gone_ms=gone, late=2, latest_ms=2000)
        for keeps, gone in ((True, 3000), (False, None))
    ]
    assert broken_en(restarts) == (
        " As planned: broker restarted with its state, back after 3 s, 2 messages late by up to 2 s; "
        "broker restarted without its state, not back before the end, 2 messages late by up to 2 s."
    )
    assert "перезапускають зі станом, знову є за 3 с" in broken_uk(restarts)
    assert "перезапускають без стану, до кінця не повернувся" in broken_uk(restarts)
    assert broken_en(restarts * 3).endswith("; and 2 more faults.")
    assert broken_uk(restarts * 3).endswith("; ще збоїв: 2.")
    assert (broken_en([]), broken_uk([])) == ("", "")
