"""A drawing on a page: its heading, what it shows, a legend with shapes and words."""

from collections.abc import Sequence
from typing import NamedTuple

from alertsim.picture.shapes import safe


class Key(NamedTuple):
    """What a line, or a mark with a `shape` of its own, stands for; `kind` is its class."""

    kind: str
    text: str
    shape: str = ""


def figure(drawn: str, heading: str, about: str, keys: Sequence[Key] = ()) -> str:
    """The drawing, an SVG, with its heading and what is said about it."""
    legend = "".join(f"<li>{_swatch(key)} {safe(key.text)}</li>" for key in keys)
    listed = f'<ul class="legend">{legend}</ul>' if legend else ""
    return (
        f'<figure><figcaption><h3>{safe(heading)}</h3><p class="faint">{safe(about)}</p>{listed}'
        f'</figcaption><div class="scroll">{drawn}</div></figure>'
    )


def _swatch(key: Key) -> str:
    shape, manner = (f"M17 6{key.shape}", "mark") if key.shape else ("M1 6H33", "line")
    path = f'<path d="{shape}" class="{manner} {key.kind}"/>'
    return f'<svg class="swatch" viewBox="0 0 34 12" aria-hidden="true">{path}</svg>'
