"""Sirens that fell silent with an operator: which oblasts, how many alerts meanwhile, what was to warn instead."""

from collections.abc import Sequence

from alertsim.events import AlertRaised, Event, OperatorChanged, Service, SirensLeft, Text
from alertsim.observations import Played
from alertsim.report import Fold, Summary, sentences
from tests.nights import after

BELLS = Text(uk="дзвони", en="bells")


def raised(at: float, area: str, **more: object) -> AlertRaised:
    return AlertRaised.model_validate({"event": f"{area}:{at}", "at": after(at), "entry": area, "area": area, **more})


def changed(at: float, operator: str = "a", **up: float) -> OperatorChanged:
    """What is left of the sirens of some oblasts, by what they are called here."""
    names = {"sumy": "UA-59", "kyiv": "UA-32", "lviv": "UA-46", "dnipro": "UA-12", "odesa": "UA-51", "city": "UA-30"}
    sirens = {
        names[name]: SirensLeft(up=share, fallback=BELLS if name == "sumy" else None) for name, share in up.items()
    }
    shared = {"event": f"o:{at}", "at": after(at), "entry": "o", "operator": operator}
    return OperatorChanged.model_validate({**shared, "up": {Service.DATA: 0.0}, "sirens": sirens or None})


def told(*events: Event) -> Summary:
    lines = [Played(seq=seq, due_us=0, actual_us=0, rate=1.0, event=event) for seq, event in enumerate(events)]
    return Fold().add(lines).summary


def counted(summary: Summary) -> Sequence[tuple[str, float, int]]:
    return [(each.area, each.up, each.alerts) for each in summary.silenced]


def test_alerts_count_while_sirens_are_silent() -> None:
    """In the oblast and in its parts, from the first silent siren to the return of the last; each once."""
    summary = told(
        raised(1, "UA-59"),
        changed(2, sumy=0.5, city=1.0),
        raised(3, "UA-59/114"),
        raised(4, "UA-59", continues_from=("UA-59/114",)),
        raised(5, "UA-59", standing=True),
        raised(6, "UA-30"),
        changed(7, sumy=0.25),
        raised(8, "UA-59"),
        changed(9, sumy=0.75),
        changed(10),
        raised(11, "UA-59"),
    )
    assert counted(summary) == [("UA-59", 0.25, 2)]
    assert summary.silenced[0].fallback == BELLS


def test_sirens_hang_on_one_operator_each() -> None:
    """What two operators have lost adds up, to all of them at most."""
    assert counted(told(changed(1, sumy=0.5), changed(2, "b", sumy=0.75))) == [("UA-59", 0.25, 0)]
    assert counted(told(changed(1, sumy=0.25), changed(2, "b", sumy=0.25))) == [("UA-59", 0, 0)]


def test_nobody_is_told_of_sirens_that_sound() -> None:
    """Neither in the summary nor in words."""
    summary = told(changed(1, city=1.0), raised(2, "UA-30"))
    assert summary.silenced == ()
    assert "silenced" not in summary.as_json(0)
    assert not any("Sirens" in said for said in sentences(summary, "en"))


def test_silent_sirens_are_told_in_a_sentence() -> None:
    """Where, what was left, the alerts; a few oblasts by name; each fallback once."""
    summary = told(changed(1, sumy=0.5, kyiv=0.9), raised(2, "UA-59"))
    assert sentences(summary, "en")[0].endswith(
        "Sirens fell silent with their operator in Sumska oblast (50% left, 1 alert), Kyivska oblast (90% left, "
        "0 alerts); to warn instead: bells."
    )
    assert sentences(summary, "uk")[0].endswith(
        "Частина сирен замовкла разом з оператором: Сумська область (лишилося 50%, тривог: 1), Київська область "
        "(лишилося 90%, тривог: 0); замість них: дзвони."
    )
    many = told(changed(1, kyiv=0.5, lviv=0.5, dnipro=0.5, odesa=0.5, city=0.5))
    assert sentences(many, "en")[0].endswith("Odeska oblast (50% left, 0 alerts) and 1 more.")
    assert sentences(many, "uk")[0].endswith("Одеська область (лишилося 50%, тривог: 0); ще областей: 1.")


def test_the_summary_has_them_as_json() -> None:
    """As plain figures and texts."""
    plain = told(changed(1, sumy=0.5)).as_json(0)["silenced"]
    assert plain == [{"area": "UA-59", "up": 0.5, "alerts": 0, "fallback": {"uk": "дзвони", "en": "bells"}}]
