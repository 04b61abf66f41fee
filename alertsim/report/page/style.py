"""What a report adds to the style sheet of our pages: the map's colours, boxes to fill in, and an upright page."""

from alertsim.page.style import style_sheet
from alertsim.picture.style import scoped_sheet
from alertsim.wire.headlines import BANNER

_MAP = {
    # of each step: light, dark
    "m0": ("#eef1f3", "#22272c"),
    "m1": ("#fee0b8", "#4a2e12"),
    "m2": ("#fdbf7f", "#7a4316"),
    "m3": ("#f58b4c", "#b05c1c"),
    "m4": ("#d9522b", "#e07b2e"),
    "m5": ("#a3201c", "#ffb066"),
}
_ADDED = """\
nav ol{columns:2;margin:4px 0;padding-left:24px}nav a,td a{color:inherit}
.objective{border-left:4px solid var(--rule);padding:2px 0 2px 14px;margin:14px 0}
.rating{font-size:17px;letter-spacing:1px}
.line-to-fill{display:inline-block;width:70%;border-bottom:1px solid var(--faint)}
table.fill{width:100%}table.fill td,table.fill th{border:1px solid var(--faint);padding:6px;height:2.4em;min-width:7em}
table.facts th{padding-right:24px;white-space:nowrap}table.sources{width:100%}table.sources td{max-width:none}
table.sources th{white-space:nowrap}table.sources tbody tr:target{background:var(--band)}
dl.scale{display:grid;grid-template-columns:max-content 1fr;gap:2px 12px}dl.scale dd{font-weight:400}
svg.map{display:block;width:100%;max-width:860px;height:auto}svg.map path{stroke:var(--paper);stroke-width:1.5}
svg.map .hatched{stroke:var(--faint);stroke-width:2;fill:none}
svg text.on-map{font-weight:700;font-size:13px;
paint-order:stroke;stroke:var(--paper);stroke-width:3px;stroke-linejoin:round}
@media print{.scroll svg.picture{width:100%}.objective,svg.map{break-inside:avoid}nav{display:none}h2{break-before:auto}
td.word,th.word{max-width:none}}
@page{size:A4 portrait;margin:18mm 14mm}
"""


def sheet() -> str:
    """All rules of the page."""
    light, dark = ("".join(f".{name}{{fill:{pair[n]}}}" for name, pair in _MAP.items()) for n in (0, 1))
    maps = f"{light}@media screen and (prefers-color-scheme:dark){{{dark}}}"
    return f"{style_sheet(BANNER)}\n{_ADDED}{maps}\n{scoped_sheet('picture')}"
