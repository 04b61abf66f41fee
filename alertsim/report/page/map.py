"""A map of Ukraine, its oblasts coloured by their time under alert; a table says the same in words."""

import re
from collections.abc import Iterator, Sequence

from alertsim.areas.outlines import HIGH, WIDE, outlines
from alertsim.page.tables import table
from alertsim.picture.shapes import safe, title, written
from alertsim.report.page import words
from alertsim.report.page.sheet import Sheet
from alertsim.report.under_alert import standing
from alertsim.times import DAY, HOUR, MINUTE, SECOND, rfc3339
from alertsim.wire.headlines import BANNER

STEPS = 5
"""Colours, beside that of no alert at all."""

_ROUND = (
    *(n * SECOND for n in (1, 2, 5, 10, 20, 30)),
    *(n * MINUTE for n in (1, 2, 5, 10, 15, 20, 30)),
    *(n * HOUR for n in (1, 2, 3, 4, 6, 8, 12)),
    *(n * DAY for n in (1, 2, 3, 7, 14, 30, 60, 90, 180, 365)),
)
_RING = re.compile(r"M(-?\d+) (-?\d+)l([-\d ]+)z")
_NUDGED = {
    "UA-32": (0, 34),
    "UA-30": (0, -12),
    "UA-40": (-6, 22),
    "UA-43": (14, -4),
    "UA-65": (0, -8),
    "UA-51": (6, -40),
}
"""Labels that would lie on another."""


def map_(sheet: Sheet) -> str:
    """The map, its legend, and the table; a sentence where there was no alert."""
    found = {each.oblast: each for each in sheet.report.under_alert}
    if not found:
        return f"<p>{sheet.say(words.NO_ALERTS)}</p>"
    limits = limits_of(max(each.alerted_ms for each in found.values()))
    stood = {area.partition("/")[0] for area in standing(sheet.report.log.events)}
    drawn = "".join(
        _oblast(name, path, _alerted(sheet, name), limits, name in stood, sheet) for name, path in outlines().items()
    )
    labels = "".join(_labels(sheet))
    since, until = (rfc3339(at, sheet.report.about.offset)[:16].replace("T", " ") for at in sheet.report.span)
    head = f'<svg class="map" viewBox="0 0 {WIDE} {HIGH}" role="img" aria-label="{sheet.say(words.MAP_DESC)}">'
    stamp = written(WIDE - 8, 18, BANNER, "stamp", "end")
    about = f'<p class="faint">{sheet.say(words.MAP_ABOUT, since, until)}</p>'
    return f"{about}{_legend(limits, bool(stood), sheet)}{head}{_PATTERN}{drawn}{labels}{stamp}</svg>{_table(sheet)}"


_PATTERN = (
    '<defs><pattern id="standing" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<path d="M0 0V7" class="hatched"/></pattern></defs>'
)


def limits_of(most_ms: int) -> tuple[int, ...]:
    """The upper ends of the steps: each twice the one before it, the first round, the last not below the longest."""
    widest = 2 ** (STEPS - 1)
    first = next((each for each in _ROUND if each * widest >= most_ms), -(-most_ms // widest))
    return tuple(first * 2**n for n in range(STEPS))


def _alerted(sheet: Sheet, oblast: str) -> int:
    return next((each.alerted_ms for each in sheet.report.under_alert if each.oblast == oblast), 0)


def _step(alerted_ms: int, limits: Sequence[int]) -> int:
    """0 for no alert, else the number of the step."""
    return 0 if not alerted_ms else next(n for n, limit in enumerate(limits, 1) if alerted_ms <= limit)


def _oblast(name: str, path: str, alerted_ms: int, limits: Sequence[int], stood: bool, sheet: Sheet) -> str:  # noqa: FBT001 — one of many facts
    said = [f"{sheet.area(name)}: {sheet.length(alerted_ms) if alerted_ms else sheet.tongue.say(words.NONE)}"]
    said += [sheet.tongue.say(words.STANDING)] if stood else []
    hatch = f'<path d="{path}" fill="url(#standing)"/>' if stood else ""
    return f'<g>{title(said)}<path d="{path}" class="m{_step(alerted_ms, limits)}"/>{hatch}</g>'


def _labels(sheet: Sheet) -> Iterator[str]:
    """How long, on each oblast that was under alert."""
    for each in sheet.report.under_alert:
        x, y = _middle(outlines()[each.oblast])
        aside, down = _NUDGED.get(each.oblast, (0, 0))
        yield written(x + aside, y + down + 4, sheet.length(_brief(each.alerted_ms)), "on-map", "middle")


def _brief(length_ms: int) -> int:
    """A length rounded to what a label has room for."""
    unit = next((unit for unit in (HOUR, MINUTE, SECOND) if length_ms >= 2 * unit), SECOND)
    return (length_ms + unit // 2) // unit * unit


def _middle(path: str) -> tuple[float, float]:
    """The middle of the box around the longest ring."""
    x, y, steps = max(_RING.findall(path), key=lambda ring: len(ring[2]))
    moves = list(map(int, steps.split()))
    xs, ys = [int(x)], [int(y)]
    for aside, down in zip(moves[::2], moves[1::2], strict=True):
        xs.append(xs[-1] + aside)
        ys.append(ys[-1] + down)
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2


def _legend(limits: Sequence[int], stood: bool, sheet: Sheet) -> str:  # noqa: FBT001 — as above
    entries = [("m0", sheet.tongue.say(words.NONE))]
    entries += [(f"m{n}", sheet.tongue.say(words.UP_TO, sheet.length(limit))) for n, limit in enumerate(limits, 1)]
    swatches = "".join(
        f'<li><svg class="swatch" viewBox="0 0 34 12" aria-hidden="true"><rect width="34" height="12" class="{kind}"/>'
        f"</svg> {safe(text)}</li>"
        for kind, text in entries
    )
    hatched = f"<li>▨ {sheet.say(words.STANDING)}</li>" if stood else ""
    return f'<ul class="legend">{swatches}{hatched}</ul>'


def _table(sheet: Sheet) -> str:
    longest = sorted(sheet.report.under_alert, key=lambda each: (-each.alerted_ms, each.oblast))
    rows = [(sheet.area(each.oblast), sheet.length(each.alerted_ms), sheet.number(each.sirens)) for each in longest]
    return table([sheet.tongue.say(said) for said in (words.AREA, words.ALERTED, words.SIRENS)], rows)
