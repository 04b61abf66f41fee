"""`alertsim diff`: what differs between two recordings, or between what was planned, sent and heard in one."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any

import typer

from alertsim.cells import printable
from alertsim.cli.options import Lang, Language
from alertsim.cli.planned import Stages, Unconfirmed, Unheard, account, stages
from alertsim.cli.recording import opened, watched
from alertsim.errors import InputError
from alertsim.report.accounts import Told
from alertsim.report.diff import Changed, Difference, Late
from alertsim.report.diff import diff as compare
from alertsim.times import DURATION_FORM, parse_duration

DIFFERENT = 3
_SHOWN = 25
_WIDTH = 120
_UK = {
    "missing": "бракує",
    "extra": "зайве",
    "changed": "змінено",
    "moved": "в іншому порядку",
    "late": "запізно",
    "unconfirmed": "не підтверджено брокером",
    "unheard": "почули не всі",
    "equal": "однакові",
    "nobody listened": "ніхто не слухав",
    "and {n} more": "і ще {n}",
    "cleared": "знято",
    "planned, then sent": "заплановано, потім надіслано",
}
Shown = Told | Changed | Late | Unconfirmed | Unheard


def diff(
    first: Annotated[str, typer.Argument(metavar="A", help="A run's folder, or a recording in MCAP.")],
    lang: Lang,
    second: Annotated[str | None, typer.Argument(metavar="[B]", help="The one to compare with it.")] = None,
    planned: Annotated[bool, typer.Option("--planned", help="Compare what was planned, sent and heard in A.")] = False,  # noqa: FBT002 — a flag
    late: Annotated[str, typer.Option(help="What comes so long after its time is late.")] = "1s",
    ignore: Annotated[
        list[str] | None, typer.Option(help="A field that may differ: qos, retain, headline, …; repeated.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, every message named.")] = False,  # noqa: FBT002 — a flag
) -> None:
    """Compare two recordings by message: missing, extra, changed, in another order, late. Exit 3: they differ."""
    if planned == (second is not None):
        raise InputError("expected two recordings, or --planned and one: alertsim diff A B, alertsim diff --planned A")
    late_us = _late_us(late)
    if second is None:
        found = opened(first)
        compared = stages(found, watched(found), late_us)
        differ, plain, texts = compared.differ, _staged(compared), _stage_lines(compared, lang)
        damaged = [found]
    else:
        one, other = opened(first), opened(second)
        difference = compare(account(watched(one)), account(watched(other)), late_us=late_us, ignore=ignore or ())
        differ, plain, texts = bool(difference), difference.as_json(), _lines(difference, lang)
        damaged = [one, other]
    _say(plain if as_json else texts)
    for each in damaged:
        if each.damage:
            typer.echo(f"{each.path}: {each.damage}; what can be read was compared", err=True)
    raise typer.Exit(DIFFERENT if differ else 0)


def _late_us(text: str) -> int:
    try:
        return parse_duration(text) * 1_000
    except ValueError:
        raise InputError(f"--late {text!r}: expected {DURATION_FORM}") from None


def _say(what: Mapping[str, Any] | Iterable[str]) -> None:
    if isinstance(what, Mapping):
        typer.echo(json.dumps(what, ensure_ascii=False, default=str))
        return
    for line in what:
        typer.echo(printable(line))


def _staged(compared: Stages) -> dict[str, object]:
    return {
        "differs": compared.differ,
        "sent": compared.sent.as_json(),
        "unconfirmed": [each.as_json() for each in compared.unconfirmed],
        "unheard": None if compared.unheard is None else [each.as_json() for each in compared.unheard],
    }


def _stage_lines(compared: Stages, lang: Language) -> Iterator[str]:
    yield f"{_word('planned, then sent', lang)}:"
    yield from _lines(compared.sent, lang)
    yield from _part("unconfirmed", compared.unconfirmed, lang)
    if compared.unheard is None:
        yield _word("nobody listened", lang)
    else:
        yield from _part("unheard", compared.unheard, lang)


def _lines(found: Difference, lang: Language) -> Iterator[str]:
    yield f"{_word('equal', lang)}: {found.equal:,}"
    for name, part in found.parts.items():
        yield from _part(name, part, lang)


def _part(name: str, part: Iterable[Shown], lang: Language) -> Iterator[str]:
    """A heading with the count, the first few by name, and how many more there are."""
    shown = list(part)
    if shown:
        yield f"{_word(name, lang)}: {len(shown):,}"
        yield from (f"  {_named(each, lang)}" for each in shown[:_SHOWN])
    if len(shown) > _SHOWN:
        yield f"  {_word('and {n} more', lang).format(n=f'{len(shown) - _SHOWN:,}')}"


def _named(each: Shown, lang: Language) -> str:
    """One message: when, what, where; and what is said of it."""
    match each:
        case Changed(told, fields):
            pairs = (f"{name}: {_short(one)} → {_short(other)}" for name, (one, other) in fields.items())
            return f"{_named(told, lang)}  {'; '.join(pairs)}"
        case Late(told, late_us):
            return f"{_named(told, lang)}  +{late_us / 1e6:.3g} s"
        case Unconfirmed(told, reason):
            return f"{_named(told, lang)}  {reason}".rstrip()
        case Unheard(told, unheard, meant):
            return f"{_named(told, lang)}  {unheard} / {meant}"
        case Told():
            return f"{each.at}  {each.event or _word('cleared', lang)}  {each.said.topic}".lstrip()


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _WIDTH else text[:_WIDTH] + "…"


def _word(name: str, lang: Language) -> str:
    return _UK[name] if lang is Language.UK else name
