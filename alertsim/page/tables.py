"""Tables and lists of figures, whatever they tell."""

from collections.abc import Iterable, Sequence

from alertsim.picture.shapes import safe


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], *, verbal: int = 1, caption: str = "") -> str:
    """A table whose first `verbal` columns are words, the others figures; the first cell names its row."""
    head = "".join(_cell("th", text, word=n < verbal, scope="col") for n, text in enumerate(heads))
    body = "".join(f"<tr>{_cells(row, verbal)}</tr>" for row in rows)
    about = f"<caption>{safe(caption)}</caption>" if caption else ""
    return f'<div class="scroll"><table>{about}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def entry(name: str, value: str) -> str:
    """A name and its value in a list of them."""
    return f"<div><dt>{safe(name)}</dt><dd>{safe(value)}</dd></div>"


def _cells(row: Sequence[str], verbal: int) -> str:
    first, *others = row
    named = _cell("th", first, word=True, scope="row")
    return named + "".join(_cell("td", text, word=n < verbal) for n, text in enumerate(others, 1))


def _cell(tag: str, text: str, *, word: bool, scope: str = "") -> str:
    kind, scoped = ' class="word"' if word else "", f' scope="{scope}"' if scope else ""
    return f"<{tag}{kind}{scoped}>{safe(text)}</{tag}>"
