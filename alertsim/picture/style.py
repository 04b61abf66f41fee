"""The style sheet of the SVG: light and dark, the palette of Okabe and Ito (told apart without red and green)."""

import re

_COLOURS = {
    # class: (light, dark)
    "paper": ("#ffffff", "#14171a"),
    "ink": ("#1b1f23", "#e8eaed"),
    "faint": ("#5f6770", "#a4adb6"),
    "rule": ("#dfe3e6", "#2c3238"),
    "band": ("#eef1f3", "#22272c"),
    "band-2": ("#e0e5e9", "#2d343a"),
    "alert": ("#d0021b", "#ff4d4d"),
    "quiet": ("#7a8794", "#8b98a5"),
    "unwarned": ("#8a6100", "#f0c000"),
    "strike": ("#0072b2", "#56b4e9"),
    "hit": ("#1b1f23", "#f0e442"),
    "report": ("#a8437f", "#e29ac4"),
    "inject": ("#3b4cc0", "#9aa8ff"),
    "news": ("#5f6770", "#a4adb6"),
    "network": ("#007a5a", "#2fc49a"),
    "down": ("#8a6100", "#f0c000"),
    "on-alert": ("#ffffff", "#1a0000"),
}

_SELECTORS = re.compile(r"([^{}\n]+)\{")

_FIXED = """\
text{font-family:system-ui,-apple-system,"Segoe UI","Noto Sans","DejaVu Sans",sans-serif;font-size:10.5px}
.name{font-size:12px}.title{font-size:18px;font-weight:700}.section{font-size:12px;font-weight:700}
.banner{fill:#ffd500}.stripe{fill:#1b1f23}.banner-text{fill:#000;font-size:20px;font-weight:800;letter-spacing:2px}
.frame{fill:none;stroke:#ffd500;stroke-width:8}.water{font-size:30px;font-weight:800;opacity:.07}
.line{fill:none;stroke-width:1.6}.thin{fill:none;stroke-width:1}.edge{stroke-width:2;fill:none}.area{fill-opacity:.18}.hollow{fill:none;stroke-width:1.4}
.dashed{stroke-dasharray:3 3}.sense{fill:transparent}.mark:hover,.bar:hover{opacity:.75}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}
"""


def style_sheet(wide: str, high: str) -> str:
    """All rules: dark only on screens of people who asked for it; on paper a page of the drawing's size, in pixels."""
    light, dark = ("".join(_rules(name, pair[n]) for name, pair in _COLOURS.items()) for n in (0, 1))
    page = f"@page{{size:{wide}px {high}px;margin:0}}"
    return f"{_FIXED}{light}\n{page}\n@media screen and (prefers-color-scheme:dark){{{dark}}}"


def _rules(name: str, colour: str) -> str:
    return f".{name}{{fill:{colour}}}.{name}-stroke{{stroke:{colour}}}"


def scoped_sheet(scope: str) -> str:
    """The same rules for a picture that stands inside a page: they hold only below the class `scope`."""
    light, dark = ("".join(_rules(name, pair[n]) for name, pair in _COLOURS.items()) for n in (0, 1))
    everywhere = _scoped(_FIXED + light, scope)
    return f"{everywhere}\n@media screen and (prefers-color-scheme:dark){{{_scoped(dark, scope)}}}"


def _scoped(rules: str, scope: str) -> str:
    """Flat rules, each selector below `.scope`."""
    return _SELECTORS.sub(lambda found: ",".join(f".{scope} {each}" for each in found[1].split(",")) + "{", rules)
