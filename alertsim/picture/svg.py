"""The picture as SVG: one file that needs no other, no script, texts one can select, a banner one cannot miss."""

from itertools import pairwise

from alertsim.cells import cells
from alertsim.picture import legend, shapes, words
from alertsim.picture.axis import Axis, Stretch, days, ticks
from alertsim.picture.cells import fit
from alertsim.picture.layout import clusters, labels
from alertsim.picture.model import BarKind, Picture, Row, Sign
from alertsim.picture.shapes import ROW, safe, written
from alertsim.picture.style import style_sheet
from alertsim.times import Millis, time_of_day
from alertsim.wire.headlines import BANNER

OURS = "<!-- alertsim picture -->"
"""What a file of ours begins with, so that no other is ever overwritten."""

_WIDE, _LEFT, _PLOT, _COLUMNS = 1280.0, 250.0, 1000.0, 150
_CELL = _PLOT / _COLUMNS
_BOLD_CELL = 7.6
_MARGIN, _BANNER = 20.0, 38.0
_NAMES = 32
"""Cells for the name of a row."""

_DEFINITIONS = (
    '<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<path d="M0 0V6" class="unwarned-stroke" stroke-width="3"/></pattern>'
    '<pattern id="dots" width="4" height="4" patternUnits="userSpaceOnUse">'
    '<rect width="2" height="2" class="quiet"/><rect x="2" y="2" width="2" height="2" class="quiet"/></pattern>'
    '<pattern id="stripes" width="28" height="28" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect width="14" height="28" class="stripe"/></pattern>'
    '<pattern id="water" width="620" height="150" patternUnits="userSpaceOnUse" patternTransform="rotate(-18)">'
    '<text x="0" y="60" class="water ink">EXERCISE · НАВЧАННЯ</text></pattern></defs>'
)


def svg(picture: Picture) -> str:
    """The whole file."""
    sheet = _Sheet(picture)
    sheet.heading()
    sheet.rows()
    sheet.key()
    sheet.wording()
    return sheet.finished()


def inside(picture: Picture, about: str) -> str:
    """The picture as part of a page that has `style.scoped_sheet` and a title; `about` says in words what it shows."""
    sheet = _Sheet(picture, top=-14)
    sheet.axis()
    sheet.rows()
    sheet.key()
    return sheet.part(about)


class _Sheet:
    """A sheet that is written from top to bottom; `_y` is how far it is."""

    def __init__(self, picture: Picture, top: float = _BANNER + 4) -> None:
        self._picture, self._axis = picture, picture.axis
        self._parts: list[str] = []
        self._rules: list[str] = []
        self._y = self._foot = top

    def heading(self) -> None:
        """Title and what is shown, then the axis."""
        picture = self._picture
        self._line(picture.title, "title ink", 28)
        self._line(legend.subtitle(picture), "faint", 18)
        self._line(legend.scale(picture), "faint", 16)
        self.axis()

    def axis(self) -> None:
        """Chapters and times."""
        picture = self._picture
        self._y += 10
        for n, stretch in enumerate(self._axis.stretches):
            self._chapter(stretch, "band-2" if n % 2 else "band")
        self._y += 52
        for tick in ticks(self._axis, picture.offset, _COLUMNS):
            x = _LEFT + _PLOT * tick.place
            self._rules.append(f'<path d="M{x:.1f} {self._y - 6:.1f}V{{foot}}" class="rule-stroke"/>')
            self._parts.append(written(x + 2, self._y + 6, tick.label, "ink"))
        for day in days(self._axis, picture.offset, _COLUMNS):
            self._parts.append(written(_LEFT + _PLOT * day.place + 2, self._y + 19, day.label, "faint"))
        self._y += 30

    def _chapter(self, stretch: Stretch, band: str) -> None:
        x, wide = _LEFT + _PLOT * stretch.left, _PLOT * (stretch.right - stretch.left)
        lines = legend.chapter(stretch, int(wide / _BOLD_CELL) - 1, self._picture)
        about = shapes.title(legend.chapter(stretch, 1000, self._picture))
        box = f'<rect x="{x:.1f}" y="{self._y:.1f}" width="{wide:.1f}" height="44" class="{band}"/>'
        texts = (
            written(x + 4, self._y + 13 + 13 * k, text, "section ink" if k == 0 else "faint")
            for k, text in enumerate(lines)
        )
        self._parts.append(f"<g>{about}{box}{''.join(texts)}</g>")

    def rows(self) -> None:
        """Every row with its name; rules where chapters meet are drawn below them all."""
        self._separate()
        if not self._picture.sections:
            self._line(getattr(words.NOTHING, self._picture.language), "faint", 24)
        for section in self._picture.sections:
            self._y += 8
            if section.rows[0].label:
                self._line(section.title, "section ink", 16)
            for row in section.rows:
                self._y += ROW + 4 if row.curve and not row.curve.thin else ROW
                self._name(row, section.title)
                self._row(row)
        self._foot = self._y + 14
        self._y = self._foot

    def _separate(self) -> None:
        for one, other in pairwise(self._axis.stretches):
            x, gap = _LEFT + _PLOT * other.left, one.until != other.start
            dashes = ' stroke-width="2"' if gap else ' stroke-dasharray="2 3"'
            self._rules.append(f'<path d="M{x:.1f} {self._y - 30:.1f}V{{foot}}" class="faint-stroke"{dashes}/>')

    def _name(self, row: Row, title: str) -> None:
        label, kind = (row.label, "name ink") if row.label else (title, "section ink")
        shown = fit(label, _NAMES - 2 * row.depth - cells(row.note))
        about = shapes.title((label,)) if shown != label else ""
        x = _MARGIN + 12 * row.depth
        self._parts.append(f"<g>{about}{written(x, self._y + 4, shown, kind)}</g>")
        self._parts.append(written(_LEFT - 8, self._y + 4, fit(row.note, 16), "faint", "end"))

    def _row(self, row: Row) -> None:
        y, axis = self._y, self._axis
        if row.curve:
            self._parts.append(shapes.curve(row.curve, axis, _LEFT, _PLOT, y, f"{row.label} {row.note}"))
        for bar in sorted(row.bars, key=lambda bar: bar.kind is BarKind.ALERT):
            self._parts.append(shapes.bar(bar, _x(axis, bar.start), _x(axis, bar.until), y))
        beside: dict[int, float] = {}
        for cluster in clusters(row.marks, axis, _COLUMNS):
            x = _x(axis, cluster.marks[0].at)
            picture = self._picture
            self._parts.append(
                shapes.mark(cluster.sign, cluster.marks, x, y, language=picture.language, offset=picture.offset)
            )
            beside[cluster.column + 1] = x + 7
        for label in labels(row, axis, _COLUMNS):
            kind = "on-alert" if label.inside is BarKind.ALERT else "ink"
            if label.inside is BarKind.UNWARNED:
                box = (
                    f'x="{_LEFT + label.column * _CELL:.1f}" y="{y - 6:.1f}" width="{cells(label.text) * 5.7 + 4:.1f}"'
                )
                self._parts.append(f'<rect {box} height="12" rx="2" class="paper"/>')
            x = beside.get(label.column, _LEFT + label.column * _CELL + 3)
            self._parts.append(written(x, y + 3.8, label.text, kind))

    def key(self) -> None:
        """What the signs mean."""
        x = _MARGIN
        self._y += 12
        for sign, _, name, _ in legend.key(self._picture, _COLUMNS):
            wide = 26 + cells(name) * _CELL + 14
            if x + wide > _WIDE - _MARGIN:
                x, self._y = _MARGIN, self._y + ROW
            drawn = shapes.glyph(sign, x + 8, self._y) if isinstance(sign, Sign) else shapes.shape(sign, x, 16, self._y)
            self._parts.append(drawn + written(x + 22, self._y + 4, name))
            x += wide
        if self._picture.outside.total:
            self._line(words.not_shown(self._picture.outside, self._picture.language), "faint", 20)
        self._y += 10

    def wording(self) -> None:
        """What was said, in words, for those who read it on paper."""
        told, more = legend.spoken(self._picture)
        if told:
            self._line(getattr(words.WORDING, self._picture.language), "section ink", 20)
        for mark, day, text in told:
            if day:
                self._line(day, "faint", 16)
            self._y += 16
            self._parts.append(written(_MARGIN, self._y, time_of_day(mark.at, self._picture.offset), "faint"))
            self._parts.append(shapes.glyph(mark.sign, _MARGIN + 62, self._y - 4))
            self._parts.append(written(_MARGIN + 76, self._y, fit(text, 180)))
        if more:
            self._line(f"… {getattr(words.MORE, self._picture.language)} {more}", "faint", 16)

    def finished(self) -> str:
        """The file: what is written, on paper, between banners."""
        wide, high = f"{_WIDE:g}", f"{self._y + 20 + _BANNER:.0f}"
        rules = "".join(rule.replace("{foot}", f"{self._foot:.1f}") for rule in self._rules)
        size = f'viewBox="0 0 {wide} {high}" width="{wide}" height="{high}"'
        parts = (
            OURS,
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} lang="{self._picture.language}">',
            f"<title>{safe(f'{BANNER}: {self._picture.title}')}</title>",
            f"<style>{style_sheet(wide, high)}</style>{_DEFINITIONS}",
            f'<rect width="{wide}" height="{high}" class="paper"/>',
            rules,
            *self._parts,
            f'<rect width="{wide}" height="{high}" fill="url(#water)" pointer-events="none"/>',
            _banner(0),
            _banner(self._y + 20),
            f'<path d="M4 0V{high}M{_WIDE - 4:g} 0V{high}" class="frame"/>',
            "</svg>\n",
        )
        return "\n".join(parts)

    def part(self, about: str) -> str:
        """The drawing alone, with what it says in words for those who cannot see it."""
        rules = "".join(rule.replace("{foot}", f"{self._foot:.1f}") for rule in self._rules)
        head = f'<svg class="picture" viewBox="0 0 {_WIDE:g} {self._y + 8:.0f}" role="img" aria-label="{safe(about)}">'
        water = f'<rect width="{_WIDE:g}" height="{self._y:.0f}" fill="url(#water)" pointer-events="none"/>'
        return "\n".join((head, f"<desc>{safe(about)}</desc>", _DEFINITIONS, rules, *self._parts, water, "</svg>"))

    def _line(self, text: str, kind: str, high: float) -> None:
        """A line of its own."""
        self._y += high
        self._parts.append(written(_MARGIN, self._y, fit(text, 110 if "title" in kind else 190), kind))


def _x(axis: Axis, at: Millis) -> float:
    return _LEFT + _PLOT * axis.place(at)


def _banner(y: float) -> str:
    box = f'y="{y:.0f}" width="{_WIDE:g}" height="{_BANNER:g}"'
    middle = f'x="330" y="{y:.0f}" width="620" height="{_BANNER:g}"'
    text = written(_WIDE / 2, y + 26, BANNER, "banner-text", "middle")
    return f'<rect {box} class="banner"/><rect {box} fill="url(#stripes)"/><rect {middle} class="banner"/>{text}'
