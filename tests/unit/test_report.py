"""What happened, told to a person."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertsim.clock import MAX
from alertsim.commands import Pause
from alertsim.events import (
    AlertAnnounced,
    AlertCancelled,
    AlertCleared,
    AlertRaised,
    AlertUpdated,
    Casualties,
    ClockTicked,
    Event,
    ExerciseState,
    ExerciseStateChanged,
    IncidentReported,
    NewsPublished,
    OperatorChanged,
    Service,
    StrikeImpacted,
    StrikeIntercepted,
    Text,
)
from alertsim.observations import (
    AlertReached,
    BrokerLost,
    BrokerRestored,
    ClockSlept,
    CohortReached,
    CommandAccepted,
    EventAcknowledged,
    EventExpired,
    EventPublished,
    EventSkipped,
    Line,
    Observation,
    Observed,
    PlayDegraded,
    Played,
)
from alertsim.report import Fold, Lateness, Spread, Summary, sentences
from tests.histories import histories
from tests.nights import after

TEXT = Text(uk="так", en="yes")


def lines(*happened: Event | Observation) -> list[Line]:
    """A log: what was played and what was seen, in this order."""
    log: list[Line] = []
    for n, each in enumerate(happened):
        log.append(Played(n, 0, 0, each) if isinstance(each, Event) else Observed(n, 0, each))
    return log


def told(*happened: Event | Observation) -> Summary:
    return Fold().add(lines(*happened)).summary


def raised(at: float, area: str = "UA-30", n: int = 0) -> AlertRaised:
    return AlertRaised(event=f"a{n}-{area}-{at}:raised", at=after(at), entry="a", area=area)


def cleared(at: float, area: str = "UA-30") -> AlertCleared:
    return AlertCleared(event=f"a-{area}-{at}:cleared", at=after(at), entry="a", area=area)


def impact(at: float, area: str = "UA-30", *, invented: str | None = None) -> StrikeImpacted:
    return StrikeImpacted(
        event=f"s-{at}:impacted:1", at=after(at), entry="s", strike="s-1", weapon="w", target=area, invented=invented
    )


def shot(at: float, area: str = "UA-30") -> StrikeIntercepted:
    return StrikeIntercepted(
        event=f"s-{at}:intercepted:1", at=after(at), entry="s", strike="s-1", weapon="w", target=area
    )


def report(n: int, area: str = "UA-30", name: str = "i", **figures: int) -> IncidentReported:
    casualties = Casualties(**figures) if figures else None
    return IncidentReported(
        event=f"{name}:reported:{n}",
        at=after(n),
        entry=name,
        incident=name,
        area=area,
        text=TEXT,
        casualties=casualties,
    )


def ended(reason: str = "completed") -> ExerciseStateChanged:
    return ExerciseStateChanged(
        event="live-9:ended", at=after(99), entry="live", state=ExerciseState.ENDED, reason=reason
    )


def skipped(event: Event) -> EventSkipped:
    return EventSkipped(skipped=event)


def expired(reason: str, topic: str = "public/news") -> EventExpired:
    return EventExpired(event="n:published", seq=1, topic=topic, reason=reason)


# ── the fold ────────────────────────────────────────────────────────────────────────────────────────────────────────

seen: st.SearchStrategy[Observation] = st.sampled_from(
    [
        EventPublished(event="e:1", seq=1, topic="public/news", at_us=0),
        EventPublished(event="e:2", seq=2, topic="public/news", at_us=0),
        EventExpired(event="e:2", seq=2, topic="public/news", reason="expired"),
        EventAcknowledged(event="e:1", seq=1, client="c", what="received", at_us=0),
        EventSkipped(skipped=raised(0)),
        CommandAccepted(n=1, at=after(0), seq=0, command=Pause()),
        ClockSlept(at=after(0), lost_ms=5),
        BrokerLost(reason="gone"),
        BrokerRestored(waiting=3),
        PlayDegraded(part="recording", reason="slow"),
        *(
            AlertReached(
                event="a0-UA-30:raised", seq=n % 3, topic="t", cohorts=(CohortReached("c", "o", 3, n, 3 - n, 1),)
            )
            for n in range(4)
        ),
    ]
)


@given(histories(), st.lists(seen, max_size=10), st.data())
def test_a_fold_may_be_cut_anywhere(happened: list[Event], observed: list[Observation], data: st.DataObject) -> None:
    """The summary is the same whether lines come at once, in pieces, or one by one."""
    log = lines(*data.draw(st.permutations([*happened, *observed])))
    cut = data.draw(st.integers(0, len(log)))
    whole = Fold().add(log).summary
    assert Fold().add(log[:cut]).add(log[cut:]).summary == whole
    fold = Fold()
    for line in log:
        fold.add([line])
        _ = fold.summary
    assert fold.summary == whole
    assert whole.events == sum(not isinstance(event, ClockTicked) for event in happened)
    assert sum(whole.kinds.values()) == whole.events


def test_an_exercise_without_anything() -> None:
    """Nothing added: everything is zero, and it did not end."""
    summary = told()
    assert (summary.ended, summary.events, summary.alerts, summary.lateness) == ("unfinished", 0, (), None)


def test_what_was_seen_is_counted() -> None:
    """A message confirmed twice counts once; ticks that were not sent are no loss."""
    summary = told(
        EventPublished(event="e:1", seq=1, topic="t", at_us=0),
        EventPublished(event="e:1", seq=1, topic="t", at_us=5),
        expired("expired"),
        expired("expired"),
        expired("purged"),
        EventExpired(event="clock:7", seq=7, topic="public/clock", reason="expired"),
        EventAcknowledged(event="e:1", seq=1, client="c", what="received", at_us=0),
        EventSkipped(skipped=raised(0)),
        CommandAccepted(n=1, at=after(0), seq=0, command=Pause()),
        ClockSlept(at=after(0), lost_ms=5),
        ClockSlept(at=after(0), lost_ms=6),
        BrokerLost(reason="gone"),
        PlayDegraded(part="recording", reason="slow"),
        PlayDegraded(part="recording", reason="slow"),
        ended("enough"),
    )
    assert (summary.confirmed, summary.not_sent) == (1, {"expired": 2, "purged": 1})
    assert (summary.acknowledged, summary.skipped, summary.commands, summary.broker_lost) == (1, 1, 1, 1)
    assert (summary.slept_ms, summary.degraded, summary.ended) == (11, ("recording: slow",), "enough")


def test_lateness_is_that_of_planned_events_on_the_clock() -> None:
    """Neither at rate max, nor caught up, nor caused by a command; percentiles in milliseconds."""
    news = NewsPublished(event="n:published", at=after(0), entry="n", text=TEXT)
    log = [Played(n, 0, 1000 * n, news) for n in range(1, 101)]
    log += [Played(0, 0, 10**9, news, MAX), Played(0, 0, 10**9, news, 1.0, True), Played(0, 0, 10**9, ended())]
    assert Fold().add(log).summary.lateness == Lateness(p50_ms=51.0, p99_ms=100.0, max_ms=100.0)


# ── sirens and explosions ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("happened", "leads"),
    [
        ([raised(0), impact(30)], [30_000]),
        ([raised(0), shot(20), impact(30)], [20_000]),
        ([impact(7), raised(40)], [-33_000]),
        ([impact(40), raised(40)], [0]),
        ([raised(0), cleared(10), impact(30)], [None]),
        ([raised(0), cleared(10), impact(15), raised(20), impact(30)], [None, -5_000]),
        ([raised(0), impact(5), cleared(10), raised(20), impact(30)], [5_000, 10_000]),
        ([raised(0), impact(5), cleared(10), raised(20)], [5_000, None]),
        ([raised(0), cleared(10), raised(20), cleared(25), raised(30), impact(31)], [None, None, 1_000]),
        ([cleared(1), raised(2), impact(3)], [1_000]),
        ([skipped(impact(5)), raised(20), impact(30)], [-15_000]),
        ([skipped(raised(0)), skipped(impact(5)), skipped(cleared(10)), raised(20), impact(30)], [10_000]),
        ([skipped(impact(5)), skipped(cleared(10, "UA-32")), raised(20)], [-15_000]),
    ],
)
def test_the_lead_is_from_the_siren_to_the_first_explosion(
    happened: list[Event | Observation], leads: list[int | None]
) -> None:
    """Negative where the siren came after it; an explosion before an earlier all-clear belongs to that alert.

    An explosion that was passed over happened, and so did an all-clear.
    """
    assert [alert.lead_ms for alert in told(*happened).alerts] == leads


@pytest.mark.parametrize(
    ("target", "area", "heard"),
    [
        ("UA-32/75", "UA-32/75", True),
        ("UA-32/75/702", "UA-32/75", True),
        ("UA-32", "UA-32/75", True),
        ("UA-32/78", "UA-32/75", False),
        ("UA-30", "UA-32", False),
    ],
)
def test_an_explosion_is_heard_in_its_area(target: str, area: str, heard: bool) -> None:
    """In the area of the alert, inside it or around it, and not next to it."""
    (alert,) = told(raised(0, area), impact(5, target)).alerts
    assert (alert.lead_ms is not None) == heard


def test_an_alert_said_again_is_the_same_alert() -> None:
    """After a suspension what stands is said again; it is not another siren."""
    assert len(told(raised(0), raised(0), raised(0, "UA-32")).alerts) == 2


def test_a_standing_alert_is_not_counted() -> None:
    """It stood before the exercise; no siren sounded."""
    assert told(raised(0).model_copy(update={"standing": True})).alerts == ()


def test_an_alert_that_goes_on_elsewhere_began_where_it_began() -> None:
    """Narrowed to a raion after the explosion, the lead is still from the first siren, and it is one alert."""
    raion = raised(90, "UA-32/75").model_copy(update={"continues_from": ("UA-32",)})
    summary = told(raised(0, "UA-32"), impact(60, "UA-32/75"), raion, cleared(91, "UA-32"), cleared(120, "UA-32/75"))
    oblast, inner = summary.alerts
    assert (oblast.lead_ms, oblast.continues, oblast.cleared) == (60_000, False, after(91))
    assert (inner.lead_ms, inner.continues, inner.cleared) == (60_000, True, after(120))
    unheard = told(raion)
    assert (unheard.alerts[0].raised, unheard.alerts[0].continues) == (after(90), False)
    assert sentences(told(raised(0, "UA-32"), raion), "en")[0] == "1 alert raised; no explosion was played there."


def test_an_alert_knows_its_pre_alert() -> None:
    """The pre-alert belongs to the next siren of its area; one that came to nothing to none."""
    announced = AlertAnnounced(event="a:announced", at=after(5), entry="a", area="UA-30")
    (alert,) = told(announced, raised(9)).alerts
    assert (alert.announced, alert.raised) == (after(5), after(9))
    (alert,) = told(announced, cleared(6), raised(9)).alerts
    assert alert.announced is None


def test_the_first_explosion_may_be_assumed() -> None:
    """Whether its author made the moment up is told with it."""
    (alert,) = told(raised(0), impact(9), impact(5, invented="nobody knows when")).alerts
    assert (alert.lead_ms, alert.explosion_assumed) == (5_000, True)


def test_the_summary_as_json_shows_times() -> None:
    """Times are RFC 3339 at the scenario's offset, the lead is in seconds, what did not happen is null."""
    plain = told(raised(0), impact(30), raised(0, "UA-32"), cleared(60, "UA-32"), ended()).as_json(120)
    assert plain["alerts"] == [
        {
            "area": "UA-30",
            "announced": None,
            "raised": "2023-12-12T05:00:00+02:00",
            "cleared": None,
            "first_explosion": "2023-12-12T05:00:30+02:00",
            "continues": False,
            "lead_s": 30.0,
            "explosion_assumed": False,
        },
        {
            "area": "UA-32",
            "announced": None,
            "raised": "2023-12-12T05:00:00+02:00",
            "cleared": "2023-12-12T05:01:00+02:00",
            "first_explosion": None,
            "continues": False,
            "lead_s": None,
            "explosion_assumed": False,
        },
    ]
    assert plain["ended"] == "completed"


# ── sentences ───────────────────────────────────────────────────────────────────────────────────────────────────────

WARNINGS = [
    ([], "No alert raised.", "Тривоги не оголошували."),
    (
        [raised(0)],
        "1 alert raised; no explosion was played there.",
        "Оголошено тривог: 1; вибухів там у навчанні не було.",
    ),
    (
        [raised(0), raised(1, "UA-32"), impact(5, "UA-51")],
        "2 alerts raised; no explosion was played there. No siren sounded in Odeska oblast (1 weapon, 1 hit).",
        (
            "Оголошено тривог: 2; вибухів там у навчанні не було. "
            "Сирени не було: Одеська область (засобів ураження: 1, влучань: 1)."
        ),
    ),
    (
        [raised(0), impact(5430)],
        "The siren came 1 h 30 min 30 s before the first explosion in Kyiv City.",
        "Сирена пролунала за 1 год 30 хв 30 с до першого вибуху: м. Київ.",
    ),
    (
        [impact(7), raised(40)],
        "The siren came 33 s after the first explosion in Kyiv City.",
        "Сирена пролунала через 33 с після першого вибуху: м. Київ.",
    ),
    (
        [raised(0), impact(2.5, invented="a guess")],
        (
            "The siren came 2.5 s before the first explosion in Kyiv City "
            "(the moment of the explosion is the scenario's assumption)."
        ),
        "Сирена пролунала за 2,5 с до першого вибуху: м. Київ (мить вибуху — припущення сценарію).",
    ),
    (
        [raised(5), impact(5)],
        "The siren came 0 s before the first explosion in Kyiv City.",
        "Сирена пролунала за 0 с до першого вибуху: м. Київ.",
    ),
    (
        [raised(0), impact(60), raised(0, "UA-32"), impact(20, "UA-32")],
        "The siren came 20 s before the first explosion in Kyivska oblast.",
        "Сирена пролунала за 20 с до першого вибуху: Київська область.",
    ),
]


@pytest.mark.parametrize(("happened", "english", "ukrainian"), WARNINGS, ids=range(len(WARNINGS)))
def test_how_the_siren_stood_to_the_explosions(happened: list[Event], english: str, ukrainian: str) -> None:
    """The alert with the least lead, in both languages."""
    assert (sentences(told(*happened), "en")[0], sentences(told(*happened), "uk")[0]) == (english, ukrainian)


TOLLS = [
    ([], "No strike was played.", "Ударів у навчанні не було."),
    ([shot(1)], "1 of 1 weapon was intercepted.", "Збито засобів ураження: 1 із 1."),
    ([impact(1)], "0 of 1 weapon was intercepted.", "Збито засобів ураження: 0 із 1."),
    ([shot(1), impact(1)], "1 of 2 weapons was intercepted.", "Збито засобів ураження: 1 із 2."),
    (
        [shot(1), shot(2), report(1, injured=25), report(2, injured=53, hospitalised=20)],
        "2 of 2 weapons were intercepted; reports of injured in Kyiv City grew from 25 to 53, 20 in hospital.",
        (
            "Збито засобів ураження: 2 із 2; "
            "постраждалих за звітами (м. Київ): спершу 25, зрештою 53, з них у лікарнях 20."
        ),
    ),
    (
        [
            report(1, injured=9),
            report(2, injured=7),
            report(1, "UA-32", "j", injured=2),
            report(3, killed=0, injured=7),
        ],
        (
            "No strike was played; reports of injured in Kyiv City fell from 9 to 7; "
            "reports of injured in Kyivska oblast gave 2."
        ),
        (
            "Ударів у навчанні не було; постраждалих за звітами (м. Київ): спершу 9, зрештою 7; "
            "постраждалих за звітами (Київська область): 2."
        ),
    ),
    (
        [report(1, killed=1), report(2, killed=3, injured=8)],
        "No strike was played; reports of injured in Kyiv City gave 8; 3 killed in Kyiv City.",
        "Ударів у навчанні не було; постраждалих за звітами (м. Київ): 8; загиблих (м. Київ): 3.",
    ),
    (
        [report(1), report(2, injured=4), report(3), report(4, killed=2)],
        "No strike was played; 2 killed in Kyiv City.",
        "Ударів у навчанні не було; загиблих (м. Київ): 2.",
    ),
]


@pytest.mark.parametrize(("happened", "english", "ukrainian"), TOLLS, ids=range(len(TOLLS)))
def test_what_the_strikes_came_to(happened: list[Event], english: str, ukrainian: str) -> None:
    """Weapons, and the first and last figures of each incident; a figure that no report gives is not made up."""
    assert (sentences(told(*happened), "en")[1], sentences(told(*happened), "uk")[1]) == (english, ukrainian)


def test_what_was_sent() -> None:
    """Played, confirmed, dropped and passed over."""
    smooth: Sequence[Event | Observation] = [raised(0), ended(), EventPublished(event="e", seq=1, topic="t", at_us=0)]
    assert sentences(told(*smooth), "en")[2] == "2 messages, each marked as an exercise; the broker confirmed 1."
    assert sentences(told(*smooth), "uk")[2] == "Повідомлень: 2, кожне з позначкою навчання; брокер підтвердив 1."
    reasons = ("expired", "expired", "superseded", "purged", "overflow")
    rough: list[Event | Observation] = [*map(expired, reasons), EventSkipped(skipped=raised(0))]
    assert sentences(told(*smooth, *rough), "en")[2] == (
        "2 messages, each marked as an exercise; the broker confirmed 1; 2 not sent, grown too old; 1 lost; "
        "1 not sent because of the termination; 1 not sent, overtaken by newer ones; "
        "1 earlier or skipped events were passed over."
    )
    assert sentences(told(*smooth, *rough), "uk")[2] == (
        "Повідомлень: 2, кожне з позначкою навчання; брокер підтвердив 1; застаріло, не надіслано: 2; втрачено: 1; "
        "не надіслано через припинення: 1; не надіслано, бо є новіші: 1; пропущено подій: 1."
    )


def test_a_sentence_tells_of_the_gravest_incidents() -> None:
    """Of many it names four, the gravest, in the order they were told, and counts the others."""
    many = [report(n, name=f"i{n}", injured=n) for n in range(1, 8)] + [report(9, name="last", killed=1)]
    summary = told(*many)
    for lang, words in (
        (
            "en",
            "gave 5;",
        ),
        ("uk", ": 5;"),
    ):
        assert words in sentences(summary, lang)[1]  # type: ignore[arg-type]  # a language
    assert sentences(summary, "en")[1].endswith("gave 7; 1 killed in Kyiv City; 4 more incidents with casualties.")
    assert sentences(summary, "uk")[1].endswith("загиблих (м. Київ): 1; ще подій із постраждалими: 4.")
    assert sentences(told(*many[:5]), "en")[1].endswith("; 1 more incident with casualties.")


def test_a_silent_siren_is_told() -> None:
    """Explosions without any alert of their area and time are counted and said; what was passed over is not."""
    summary = told(
        raised(0, "UA-32"), cleared(10, "UA-32"), impact(50, "UA-32/75"), shot(51, "UA-32/75"), shot(5, "UA-32")
    )
    (silent,) = summary.unwarned
    assert (silent.area, silent.weapons, silent.impacted) == ("UA-32/75", 2, 1)
    assert sentences(summary, "en")[0].endswith(" No siren sounded in Buchanskyi raion (2 weapons, 1 hit).")
    assert sentences(summary, "uk")[0].endswith(" Сирени не було: Бучанський район (засобів ураження: 2, влучань: 1).")
    assert told(raised(60), impact(50)).unwarned == ()
    assert told(skipped(impact(50))).unwarned == ()
    assert told(raised(0, "UA-09").model_copy(update={"standing": True}), impact(5, "UA-09")).unwarned == ()
    many = [impact(n, area) for n, area in enumerate(("UA-05", "UA-07", "UA-12", "UA-14", "UA-18"))]
    assert sentences(told(*many), "en")[0].endswith("(1 weapon, 1 hit) and 1 more areas.")
    assert sentences(told(*many), "uk")[0].endswith("; ще територій: 1.")


def test_a_jump_over_a_change_of_granularity_changes_no_lead() -> None:
    """What was passed over counts: one alert, and its siren went when it went."""
    raion = raised(90, "UA-32/75").model_copy(update={"continues_from": ("UA-32",)})
    passed = skipped(raised(0, "UA-32"))
    (alert,) = told(passed, raion, cleared(91, "UA-32"), impact(100, "UA-32/75")).alerts
    assert (alert.raised, alert.lead_ms, alert.continues) == (after(0), 100_000, False)


def test_an_update_after_a_jump_is_the_alert_that_stands() -> None:
    """The siren was passed over; what is said again because it stands is an alert, from its siren on."""
    update = AlertUpdated(event="a:updated:1", at=after(30), entry="a", area="UA-30")
    (alert,) = told(skipped(raised(0)), update, impact(40)).alerts
    assert (alert.raised, alert.lead_ms) == (after(0), 40_000)


def test_a_raise_over_an_open_alert_is_no_second_siren() -> None:
    """A written alert that takes over a derived one: one alert, from the first siren to the last all-clear."""
    (alert,) = told(raised(0), raised(50, n=1), impact(60), cleared(90)).alerts
    assert (alert.raised, alert.lead_ms, alert.cleared) == (after(0), 60_000, after(90))


def test_who_was_warned_by_another_alert_was_not_warned_late() -> None:
    """An explosion under a raion's own alert does not belong to the alert of its oblast that follows."""
    raion, oblast = raised(30, "UA-32/75"), raised(100, "UA-32", n=1)
    inner, outer = told(raion, impact(40, "UA-32/75"), oblast, cleared(105, "UA-32/75"), cleared(200, "UA-32")).alerts
    assert (inner.lead_ms, outer.lead_ms) == (10_000, None)


# ── what a swarm heard ──────────────────────────────────────────────────────────────────────────────────────────────


def cohort(
    operator: str = "a", delivered: int = 0, missing: int = 0, unreachable: int = 0, **more: int
) -> CohortReached:
    return CohortReached("phones", operator, delivered + missing, delivered, missing, unreachable, **more)


def reached(
    seq: int, event: Event, *cohorts: CohortReached, after_us: int | None = 400_000, **more: bool
) -> AlertReached:
    """A message that has spread as far as it will."""
    return AlertReached.model_validate(
        {
            "event": event.event,
            "seq": seq,
            "topic": "t",
            "cohorts": cohorts,
            "last_us": after_us,
            "closed": True,
            **more,
        }
    )


def spread(*happened: tuple[Event, Sequence[CohortReached], int | None]) -> tuple[Summary, Spread]:
    """What came of alerts that were played one after the other and reached these cohorts, the last after so long."""
    log: list[Line] = []
    for seq, (event, cohorts, after_us) in enumerate(happened):
        log += [Played(seq, 0, 0, event), Observed(seq, 0, reached(seq, event, *cohorts, after_us=after_us))]
    summary = Fold().add(log).summary
    assert summary.spread is not None
    return summary, summary.spread


counted = st.builds(
    lambda operator, delivered, missing, unreachable, caught_up, late: CohortReached(
        *("c", operator, delivered + missing, delivered, missing, unreachable), caught_up=caught_up, late=late
    ),
    st.sampled_from(["", "a", "b"]),
    *[st.integers(0, 9)] * 5,
)


@given(st.lists(st.lists(counted, max_size=4), min_size=1, max_size=6))
def test_everybody_is_counted_once(told_of: list[list[CohortReached]]) -> None:
    """Heard, caught up and never are all that should have heard; late are among those who heard; operators add up."""
    _, found = spread(*((raised(n, n=n), cohorts, n) for n, cohorts in enumerate(told_of)))
    everybody = [each for cohorts in told_of for each in cohorts]
    assert found.alerts.meant == sum(each.expected + each.unreachable for each in everybody)
    assert found.alerts.heard == sum(each.delivered for each in everybody)
    assert found.alerts.alerts == sum(any(each.expected + each.unreachable for each in cohorts) for cohorts in told_of)
    for each in (found.alerts, *found.operators.values(), *found.unheard):
        assert min(each.heard, each.late, each.caught_up, each.never) >= 0
        assert each.late <= each.heard
        assert each.missed == each.caught_up + each.never
    for name in ("heard", "late", "caught_up", "never"):
        assert getattr(found.alerts, name) == sum(getattr(each, name) for each in found.operators.values())
        assert getattr(found.alerts, name) == getattr(found.messages, name)
    assert all(each.meant for each in found.operators.values())


def test_the_newest_word_on_a_message_replaces_the_earlier() -> None:
    """Two and then three of four is three of four, also when somebody catches up after it was closed."""
    siren = raised(0)
    first = reached(0, siren, cohort(delivered=2, missing=2), closed=False)
    later = reached(0, siren, cohort(delivered=3, unreachable=1))
    caught = reached(0, siren, cohort(delivered=3, unreachable=1, caught_up=1))
    for seen, counts in (([first, later], (3, 0, 1)), ([first, later, caught], (3, 1, 0))):
        summary = told(siren, *seen)
        assert summary.spread is not None
        alerts = summary.spread.operators["a"]
        assert (alerts.alerts, alerts.subscribers) == (1, 4)
        assert (alerts.heard, alerts.caught_up, alerts.never) == counts


def test_a_message_that_still_spreads_is_not_counted() -> None:
    """Who has not heard it may yet: it is told as open, and counted nowhere."""
    summary = told(raised(0), reached(0, raised(0), cohort(delivered=2, missing=2), closed=False))
    assert summary.spread is not None
    assert (summary.spread.open, summary.spread.operators, summary.spread.messages.messages) == (1, {}, 0)
    assert sentences(summary, "en")[3] == (
        "No alert message for the subscribers was counted; still spreading at the end, not counted: 1."
    )
    assert sentences(summary, "uk")[3].endswith(" не пораховано; ще поширювалися наприкінці, не пораховано: 1.")


def test_only_what_people_are_warned_by_counts_for_an_operator() -> None:
    """Others are messages; the clock is not even that; an alert that stood long before warns nobody."""
    announced = AlertAnnounced(event="a:announced", at=after(0), entry="a", area="UA-30")
    updated = AlertUpdated(event="a:updated", at=after(2), entry="a", area="UA-30")
    cancelled = AlertCancelled(event="a:cancelled", at=after(4), entry="a", area="UA-30")
    standing = raised(5, "UA-09").model_copy(update={"standing": True})
    played: list[Event] = [announced, raised(1), updated, cleared(3), cancelled, standing, report(6)]
    heard = cohort(delivered=1)
    log: list[Line] = [Played(seq, 0, 0, event) for seq, event in enumerate(played)]
    log += [Observed(0, 0, reached(seq, event, heard)) for seq, event in enumerate(played)]
    tick = ClockTicked(event="clock:1", at=after(0), entry="clock")
    log.append(Observed(0, 0, reached(1, tick, heard).model_copy(update={"topic": "exercise/x/public/clock"})))
    found = Fold().add(log).summary.spread
    assert found is not None
    assert (found.operators["a"].alerts, found.alerts.alerts, found.messages.messages) == (4, 4, 7)
    assert (found.alerts.heard, found.messages.heard) == (4, 7)


def test_times_are_told_only_where_they_are_known() -> None:
    """Of an operator: to its own last subscriber; of all: to the very last; unknown of one alert is unknown of them."""
    soon, later = cohort("a", 1, last_us=10), cohort("b", 1, last_us=30)
    silent, nobody = cohort("b", missing=1), cohort("a", missing=1)
    _, found = spread((raised(0), [soon, later], 30), (raised(1), [soon, silent], 10), (raised(2), [nobody], None))
    mine, other = found.operators["a"], found.operators["b"]
    assert (mine.p50_us, mine.slowest_us, mine.alerts) == (10, 10, 3)
    assert (other.p50_us, other.slowest_us, other.alerts) == (30, 30, 2)
    assert (found.alerts.p50_us, found.alerts.slowest_us) == (10, 30)
    _, found = spread((raised(0), [soon], 10), (raised(1), [cohort("a", 1)], None))
    assert (found.operators["a"].p50_us, found.alerts.slowest_us) == (None, None)


def test_how_the_operator_stood_there() -> None:
    """Not in the whole country: where it was up again, nothing is told of it."""
    down = OperatorChanged(
        event="o:1", at=after(0), entry="o", operator="a", up={Service.DATA: 0.0}, areas={"UA-46": {Service.DATA: 1.0}}
    )
    here, there = raised(1, "UA-46"), raised(2, "UA-30")
    night: list[Event] = [down, here, there]
    log: list[Line] = [Played(n, 0, 0, event) for n, event in enumerate(night)]
    log += [Observed(0, 0, reached(n, event, cohort(missing=1))) for n, event in ((1, here), (2, there))]
    found = Fold().add(log).summary.spread
    assert found is not None
    assert [(each.area, each.up) for each in found.unheard] == [("UA-46", {}), ("UA-30", {Service.DATA: 0.0})]


def test_an_alert_that_many_did_not_hear_is_told_with_how_the_operator_stood() -> None:
    """One in ten of an operator's subscribers or more; with the services MQTT rides on that were not wholly up then."""
    up = {Service.VOICE: 0.0, Service.DATA: 0.25, Service.FIXED: 1.0}
    down = OperatorChanged(event="o:1", at=after(0), entry="o", operator="a", up=up)
    well = down.model_copy(update={"at": after(9), "up": {Service.DATA: 1.0}})
    siren, clear = raised(5), cleared(10)
    night: list[Event] = [down, siren, well, clear]
    log: list[Line] = [Played(n, 0, 0, event) for n, event in enumerate(night)]
    few, some = cohort("b", 10, 1), cohort("a", 1, 1, 2, caught_up=1)
    log += [Observed(0, 0, reached(1, siren, some, few)), Observed(0, 0, reached(3, clear, cohort("b", 9, 1)))]
    summary = Fold().add(log).summary
    assert summary.spread is not None
    first, second = summary.spread.unheard
    assert (first.operator, first.heard, first.missing, first.unreachable, first.caught_up) == ("a", 1, 1, 2, 1)
    assert (first.never, first.missed, first.up) == (2, 3, {Service.DATA: 0.25})
    assert (second.operator, second.kind, second.never, second.up) == ("b", "alert.cleared", 1, {})
    plain = summary.as_json(120)["subscribers"]
    assert isinstance(plain, dict)
    assert plain["unheard"][0] == {
        "heard": 1,
        "late": 0,
        "stale": 0,
        "caught_up": 1,
        "never": 2,
        "event": siren.event,
        "kind": "alert.raised",
        "area": "UA-30",
        "at": "2023-12-12T05:00:05+02:00",
        "operator": "a",
        "missing": 1,
        "unreachable": 2,
        "up": {"data": 0.25},
    }
    assert plain["operators"]["a"] == {
        "heard": 1,
        "late": 0,
        "stale": 0,
        "caught_up": 1,
        "never": 2,
        "subscribers": 4,
        "alerts": 1,
        "p50_us": None,
        "slowest_us": None,
    }
    assert (plain["alerts"]["alerts"], plain["messages"]["messages"], plain["open"]) == (2, 2, 0)


def test_without_a_swarm_nothing_is_said_of_one() -> None:
    """No fourth sentence, no `subscribers`, not even an empty one."""
    summary = told(raised(0), cleared(9), ended())
    assert summary.spread is None
    assert [len(sentences(summary, "en")), len(sentences(summary, "uk"))] == [3, 3]
    assert not {"subscribers", "spread"} & set(summary.as_json(0))


HEARD = [
    (
        [(raised(0), [cohort("", 3)], 38_000)],
        (
            "Alert messages to subscribers: 1, each for at most 3; heard 3 of 3 times; "
            "the last subscriber heard it after 38 ms in the median, 38 ms at worst."
        ),
        (
            "Повідомлень про тривогу абонентам: 1, кожне щонайбільше для 3; почули разів: 3 із 3; "
            "останній абонент чув через 38 мс (медіана), щонайпізніше через 38 мс."
        ),
    ),
    (
        [
            (raised(0), [cohort("", 9, 1, late=2), cohort("a", 1, 0, 4, caught_up=3)], 1_200_000),
            (cleared(9), [cohort("", 10), cohort("a", 5)], 200_000),
        ],
        (
            "Alert messages to subscribers: 2, each for at most 15; heard 25 of 30 times, 2 of them more than a second "
            "late; the last subscriber heard it after 0.2 s in the median, 1.2 s at worst; 3 times the broker's copy "
            "came later; 2 times it was never heard (a 1 of 10, no operator 1 of 20); worst: the alert in Kyiv City, "
            "a: 4 of 5 did not hear it when it was sent."
        ),
        (
            "Повідомлень про тривогу абонентам: 2, кожне щонайбільше для 15; почули разів: 25 із 30, із них пізніше "
            "ніж за секунду: 2; останній абонент чув через 0,2 с (медіана), щонайпізніше через 1,2 с; згодом отримали "
            "копію брокера: 3; так і не почули: 2 (a: 1 із 10, без оператора: 1 із 20); найгірше: тривога (м. Київ), "
            "a: одразу не почули 4 із 5."
        ),
    ),
    (
        [(raised(0), [cohort("", 0, 2)], None)],
        (
            "Alert messages to subscribers: 1, each for at most 2; heard 0 of 2 times; 2 times it was never heard; "
            "worst: the alert in Kyiv City, no operator: 2 of 2 did not hear it when it was sent."
        ),
        (
            "Повідомлень про тривогу абонентам: 1, кожне щонайбільше для 2; почули разів: 0 із 2; так і не почули: 2; "
            "найгірше: тривога (м. Київ), без оператора: одразу не почули 2 із 2."
        ),
    ),
]


@pytest.mark.parametrize(("happened", "english", "ukrainian"), HEARD, ids=range(len(HEARD)))
def test_what_the_swarm_heard(
    happened: list[tuple[Event, Sequence[CohortReached], int | None]], english: str, ukrainian: str
) -> None:
    """How many times of how many, how fast, whose subscribers did not, and the alert that fared worst."""
    summary, _ = spread(*happened)
    assert (sentences(summary, "en")[3], sentences(summary, "uk")[3]) == (english, ukrainian)


def test_an_outage_is_told_with_the_alert_that_it_swallowed() -> None:
    """In both languages, each service with its share; the worst four operators are named."""
    up = {Service.DATA: 0.0, Service.FIXED: 0.305}
    down = OperatorChanged(event="o:1", at=after(0), entry="o", operator="e", up=up)
    siren = raised(5)
    cohorts = [cohort(name, 9 - n, n) for n, name in enumerate("abcde", start=1)]
    log: list[Line] = [Played(0, 0, 0, down), Played(1, 0, 0, siren), Observed(0, 0, reached(1, siren, *cohorts))]
    summary = Fold().add(log).summary
    assert "(e 5 of 9, d 4 of 9, c 3 of 9, b 2 of 9); worst" in sentences(summary, "en")[3]
    assert sentences(summary, "en")[3].endswith(
        "e: 5 of 9 did not hear it when it was sent (mobile data at 0 %, home internet at 30.5 %)."
    )
    assert sentences(summary, "uk")[3].endswith(
        "одразу не почули 5 із 9 (мобільні дані: працездатність 0 %, домашній інтернет: працездатність 30,5 %)."
    )
