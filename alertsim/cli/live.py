"""Rows and tones as rich shows them: on a terminal, painted row by row, and as a picture."""

import io
import os
import threading
from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.control import Control
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from alertsim.live import Row, Tone

FRAME_S = 0.2
"""Five frames a second: a frame holds the interpreter for one to two milliseconds, which an event due then waits."""

_AFRESH = 30
"""Every so many frames all is painted again: somebody else may have written on the terminal."""

_STYLES: Mapping[Tone, str] = {
    "plain": "",
    "strong": "bold",
    "quiet": "dim",
    "title": "bold",
    "mark": "bold black on bright_yellow",
    "real": "bold bright_white on red",
    "state": "bold reverse",
    "alarm": "bold red",
    "raised": "red",
    "clear": "green",
    "cancelled": "bold magenta",
    "warning": "yellow",
    "trouble": "bold red",
    "hit": "bold yellow",
    "seen": "dim yellow",
    "report": "bright_cyan",
    "network": "blue",
    "inject": "bright_white",
}
_COLOURLESS: Mapping[Tone, str] = {"mark": "bold reverse", "real": "bold reverse"}
"""What must be seen without colours, too."""

_DARK = [(0, 0, 0), (224, 72, 72), (92, 184, 92), (224, 168, 48), (96, 150, 220), (192, 110, 200), (70, 180, 190)]
_BRIGHT = [(90, 95, 105), (255, 95, 95), (130, 220, 130), (255, 221, 51), (130, 180, 255), (230, 150, 240)]
_TEXT, _PAPER = (214, 217, 222), (16, 18, 22)
_THEME = TerminalTheme(_PAPER, _TEXT, [*_DARK, _TEXT], [*_BRIGHT, (110, 215, 225), (255, 255, 255)])
"""Colours of a picture: the mark must be as bright there as on a terminal."""

_SVG = """\
<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{
    font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
    font-size: {char_height}px;
    line-height: {line_height}px;
}}
.{unique_id}-title {{ font-size: 18px; font-weight: bold; font-family: sans-serif; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}"/>
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""
"""A template of rich's own form that loads no font: whatever is monospaced where it is looked at."""


def text(row: Row, *, colours: bool = True) -> Text:
    """A row with the styles of its tones."""
    styles = _STYLES if colours else {**_STYLES, **_COLOURLESS}
    return Text.assemble(*((span.text, styles[span.tone]) for span in row), no_wrap=True, overflow="ignore", end="")


def svg(rows: Sequence[Row], title: str) -> str:
    """The rows, all of one width, as a picture that needs nothing from outside."""
    width = text(rows[0]).cell_len
    console = Console(
        record=True,
        width=width,
        file=io.StringIO(),
        force_terminal=True,
        color_system="truecolor",
        legacy_windows=False,
        _environ={},
    )
    for row in rows:
        console.print(text(row), crop=False, end="\n")
    return console.export_svg(title=title, theme=_THEME, code_format=_SVG, unique_id="alertsim-live")


class Painter:
    """Owns the terminal from `open` to `close`: paints frames on its other screen, what has changed of them only.

    Whoever paints may be stopped by a terminal that takes nothing; `close` does not wait for him. Raises OSError when
    nobody reads any more.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._lock = threading.Lock()
        self._before: Sequence[Row] = ()
        self._painted = 0
        self._opened = False

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the terminal now; 80 by 24 where it does not say."""
        try:
            width, height = os.get_terminal_size(self._console.file.fileno())
        except OSError:
            return 80, 24
        return width or 80, height or 24

    def open(self) -> None:
        """Take the terminal."""
        self._opened = True
        self._write(self._controls(Control.alt_screen(enable=True), Control.show_cursor(show=False)))

    def paint(self, rows: Sequence[Row]) -> None:
        """Show a frame."""
        with self._lock:
            if self._opened:
                self._write(self._changes(rows))
                self._before = rows

    def close(self) -> None:
        """Give the terminal back; a second time does nothing."""
        waited = self._lock.acquire(timeout=0.5)
        try:
            if self._opened:
                self._opened = False
                self._write(self._controls(Control.show_cursor(show=True), Control.alt_screen(enable=False)))
        finally:
            if waited:
                self._lock.release()

    def _changes(self, rows: Sequence[Row]) -> str:
        """What to send so that the terminal shows `rows`: all of them now and then, and when the size is another."""
        before = self._before if self._painted % _AFRESH else ()
        self._painted += 1
        colours = not self._console.no_color
        with self._console.capture() as capture:
            if len(before) != len(rows) or text(before[0]).cell_len != text(rows[0]).cell_len:
                before = ((),) * len(rows)
                self._console.control(Control.clear(), Control.home())
            for y, (old, row) in enumerate(zip(before, rows, strict=True)):
                if row != old:
                    self._console.control(Control.move_to(0, y))
                    self._console.print(text(row, colours=colours), crop=False, end="")
        return capture.get()

    def _controls(self, *controls: Control) -> str:
        with self._console.capture() as capture:
            self._console.control(*controls)
        return capture.get()

    def _write(self, sent: str) -> None:
        self._console.file.write(sent)
        self._console.file.flush()
