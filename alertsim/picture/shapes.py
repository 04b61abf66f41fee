"""The shapes of the SVG: marks, bars and curves, each with a title to point at, and texts that are safe in XML."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import assert_never

from alertsim.picture import tones, words
from alertsim.picture.axis import Axis
from alertsim.picture.cells import clean
from alertsim.picture.model import Bar, BarKind, Curve, Language, Mark, Sign

ROW = 20.0
_MOST_TOLD = 20
"""So many marks of one place are told one by one."""

_PATHS: Mapping[Sign, tuple[str, str]] = {
    Sign.LAUNCHED: ("M2-4L-2 0L2 4", "hollow"),
    Sign.DETECTED: ("M-3 0a3 3 0 1 0 6 0a3 3 0 1 0-6 0", "hollow"),
    Sign.INTERCEPTED: ("M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0", ""),
    Sign.IMPACTED: ("M-4-5L0-1.5L4-5L5-4L1.5 0L5 4L4 5L0 1.5L-4 5L-5 4L-1.5 0L-5-4Z", ""),
    Sign.ANNOUNCED: ("M0-8V8", "edge"),
    Sign.RAISED: ("M0-8V8", "edge"),
    Sign.UPDATED: ("M0-8V8", "edge dashed"),
    Sign.CLEARED: ("M0-8V8", "edge"),
    Sign.REPORTED: ("M0-5.5L5 0L0 5.5L-5 0Z", ""),
    Sign.INJECTED: ("M-5-4.5H5L0 5Z", ""),
    Sign.NEWS: ("M-4-4H4V4H-4Z", ""),
    Sign.CHANGED: ("M0-5V5", "edge"),
    Sign.BROKER: ("M-4-4L4 4M-4 4L4-4", "edge"),
}


def safe(text: str) -> str:
    """A text as it may stand in XML."""
    return escape(clean(text))


def written(x: float, y: float, text: str, kind: str = "ink", anchor: str = "start") -> str:
    """A text; `anchor` is where x is."""
    side = f' text-anchor="{anchor}"' if anchor != "start" else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}"{side}>{safe(text)}</text>' if text else ""


def title(lines: Iterable[str]) -> str:
    """What is shown when one points at something, line by line."""
    return f"<title>{'&#10;'.join(map(safe, lines))}</title>"


def glyph(sign: Sign, x: float, y: float, about: str = "") -> str:
    """The sign itself."""
    path, manner = _PATHS[sign]
    tone = tones.SIGNS[sign]
    colour = f"{manner} {tone}-stroke" if manner else tone
    sense = '<path d="M-4-9H4V9H-4Z" class="sense"/>' if manner else ""
    return (
        f'<g class="mark" transform="translate({x:.1f} {y:.1f})">{about}{sense}<path d="{path}" class="{colour}"/></g>'
    )


def mark(sign: Sign, marks: Sequence[Mark], x: float, y: float, *, language: Language, offset: int) -> str:
    """Marks that share a place, as one sign that tells of all."""
    told = [line for one in marks[:_MOST_TOLD] for line in words.told(one.event, language, offset).split("\n")]
    if len(marks) > _MOST_TOLD:
        told.append(f"… {getattr(words.MORE, language)} {len(marks) - _MOST_TOLD}")
    return glyph(sign, x, y, title(told))


def bar(shown: Bar, left: float, right: float, y: float) -> str:
    """A bar around the height y, two pixels wide at least."""
    about, wide = title((shown.title,)), max(2.0, right - left)
    return f'<g class="bar">{about}{shape(shown.kind, left, wide, y)}</g>'


def shape(kind: BarKind, left: float, wide: float, y: float) -> str:
    """The shape of a bar."""
    box = f'x="{left:.1f}" y="{y - 7:.1f}" width="{wide:.1f}" height="14"'
    match kind:
        case BarKind.ALERT:
            return f'<rect {box} rx="1.5" class="alert"/>'
        case BarKind.UNWARNED:
            return f'<rect {box} fill="url(#hatch)"/><rect {box} class="hollow unwarned-stroke"/>'
        case BarKind.PRE_ALERT:
            return f'<rect {box} class="hollow quiet-stroke dashed"/>'
        case BarKind.STANDING:
            return f'<rect {box} fill="url(#dots)"/>'
        case BarKind.SALVO:
            return f'<rect x="{left:.1f}" y="{y - 1:.1f}" width="{wide:.1f}" height="2" class="strike"/>'
        case BarKind.ROAMING:
            return f'<rect {box} class="hollow network-stroke dashed"/>'
        case BarKind.SILENT | BarKind.FAULT:
            return f'<rect {box} class="area down"/><rect {box} class="hollow down-stroke"/>'
        case _:
            assert_never(kind)


def curve(shown: Curve, axis: Axis, x: float, wide: float, y: float, about: str) -> str:
    """A curve in steps, its foot 8 below the height y and its top 8 above; a thin one is half as high, and a line."""
    foot, tall = (y + 4, 8) if shown.thin else (y + 8, 16)
    ends = [at for at, _ in shown.points[1:]] + [axis.until]
    steps = []
    for (start, value), until in zip(shown.points, ends, strict=True):
        height = foot - tall * value
        steps.append(f"{x + wide * axis.place(start):.1f} {height:.1f}H{x + wide * axis.place(until):.1f}")
    path = "M" + "L".join(steps)
    area = "" if shown.thin else f'<path d="{path}V{foot:.1f}H{x:.1f}Z" class="area network"/>'
    body = f'{area}<path d="{path}" class="{"thin" if shown.thin else "line"} network-stroke"/>'
    return f"<g>{title((about,))}{body}</g>"
