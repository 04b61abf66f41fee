"""The style sheet of a page: light, dark and on paper; the palette of the picture, and shapes."""

_COLOURS = {
    # by name: light, dark
    "paper": ("#ffffff", "#14171a"),
    "ink": ("#1b1f23", "#e8eaed"),
    "faint": ("#57606a", "#a4adb6"),
    "rule": ("#dfe3e6", "#2c3238"),
    "band": ("#f2f4f6", "#1e2328"),
    "storm": ("#e9dfc4", "#3b3420"),
    "crowd": ("#d3e6f3", "#1d3444"),
    "good": ("#005a43", "#2fc49a"),
    "bad": ("#a30014", "#ff8a80"),
    "c1": ("#0072b2", "#56b4e9"),
    "c2": ("#c04d00", "#ff9d5c"),
    "c3": ("#007a5a", "#2fc49a"),
    "c4": ("#a8437f", "#e29ac4"),
    "c5": ("#8a6100", "#f0c000"),
    "c6": ("#3b4cc0", "#9aa8ff"),
    "other": ("#b4bcc4", "#4d565f"),
}
_DASHES = {"c2": "7 3", "c3": "2 2", "c4": "9 3 2 3", "c5": "4 4", "c6": "1 3"}

_FIXED = """\
*{box-sizing:border-box}
html{color-scheme:light dark}
body{margin:0;background:var(--paper);color:var(--ink);line-height:1.45;font-size:16px;
font-family:system-ui,-apple-system,"Segoe UI","Noto Sans","DejaVu Sans",sans-serif}
main{max-width:1120px;margin:0 auto;padding:0 20px 24px}
.banner{background:#ffd500;color:#000;text-align:center;font-weight:800;padding:8px 12px;
border-block:6px solid #1b1f23;letter-spacing:1px}
.banner b{font-size:22px;letter-spacing:3px;display:block}
h1{font-size:26px;margin:20px 0 2px;overflow-wrap:anywhere}
h2{font-size:20px;margin:32px 0 8px;padding-top:8px;border-top:2px solid var(--rule)}
h3{font-size:16px;margin:18px 0 0}
p{margin:4px 0 8px}
.faint{color:var(--faint);font-size:14px}
.verdict{border:3px solid;border-radius:6px;padding:10px 16px;margin:16px 0;background:var(--band);font-size:18px}
.verdict p{margin:4px 0}
.verdict ul{margin:4px 0;padding-left:22px;font-size:15px;color:var(--ink)}
.good{color:var(--good)}.bad{color:var(--bad)}.verdict.good{border-color:var(--good)}.verdict.bad{border-color:var(--bad)}
.unsure{color:var(--ink)}.verdict.unsure{border-color:var(--c5);border-style:dashed}
.verdict p{font-weight:700;font-size:20px}.verdict span{font-weight:400;font-size:16px}
dl.figures{display:grid;grid-template-columns:repeat(auto-fill,minmax(170px,1fr));gap:6px 16px;margin:12px 0}
dl.figures div{border-left:3px solid var(--rule);padding-left:8px}
dt{color:var(--faint);font-size:13px}
dd{margin:0;font-weight:600;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
figure{margin:0 0 12px;break-inside:avoid}
.scroll{overflow-x:auto}
.scroll svg{display:block;width:100%;min-width:640px;height:auto}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:2px 18px;margin:2px 0 6px;padding:0;font-size:14px}
.legend li{overflow-wrap:anywhere}
.swatch{width:34px;height:12px;vertical-align:middle}
table{border-collapse:collapse;font-size:13.5px;margin:8px 0;font-variant-numeric:tabular-nums}
caption{text-align:left;color:var(--faint);padding-bottom:4px}
th,td{padding:3px 10px 3px 0;text-align:right;border-bottom:1px solid var(--rule);vertical-align:top}
th{font-weight:600}thead th{vertical-align:bottom;border-bottom:2px solid var(--faint)}
th.word,td.word{text-align:left;max-width:32em;overflow-wrap:break-word}
tbody th{font-weight:400}
svg text{font-size:12px;fill:var(--ink);font-family:inherit}
svg .tick,svg .unit{fill:var(--faint)}svg .stamp{font-weight:800;letter-spacing:1px}svg .label{font-weight:700}
.frame{fill:none;stroke:var(--faint)}.rule{fill:none;stroke:var(--rule)}
.line{fill:none;stroke-width:1.8;stroke-linejoin:round}.line.all{stroke:var(--ink);stroke-width:2.6}
.line.other{stroke:var(--other);stroke-width:1}.area{fill-opacity:.16}
.mark{fill-opacity:.75}.mark.cross,.mark.ring{fill:none;stroke:var(--bad);stroke-width:2}
rect.storm{fill:var(--storm)}rect.crowd{fill:var(--crowd)}
@media print{main{max-width:none;padding:0}body{font-size:11pt}.scroll{overflow:visible}.scroll svg{min-width:0}
h2,h3,caption,thead{break-after:avoid}tr,li,.verdict{break-inside:avoid}table{font-size:8.5pt}th,td{padding-right:7px}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
"""


def style_sheet(mark: str) -> str:
    """All rules: dark only on screens of people who asked for it; the `mark` stands on top of each printed page."""
    light, dark = (";".join(f"--{name}:{pair[n]}" for name, pair in _COLOURS.items()) for n in (0, 1))
    paper = f'@page{{size:A4 landscape;margin:16mm 12mm;@top-center{{content:"{mark}";font:800 11pt sans-serif}}}}'
    kinds = "".join(map(_rules, (f"c{n}" for n in range(1, 7))))
    return f":root{{{light}}}@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}\n{_FIXED}{kinds}\n{paper}"


def _rules(kind: str) -> str:
    dash = f";stroke-dasharray:{_DASHES[kind]}" if kind in _DASHES else ""
    return f".line.{kind}{{stroke:var(--{kind}){dash}}}.mark.{kind},.area.{kind}{{fill:var(--{kind})}}"
