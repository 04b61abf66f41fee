"""A page as a person reads it, and as a browser takes it apart."""

from collections import Counter
from html.parser import HTMLParser

VOID = {"meta", "link", "br", "img"}


class Reader(HTMLParser):
    """Reads a page: what it asks for, whether it is closed properly, and its texts by tag."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.asked: list[str] = []
        self.tags: Counter[str] = Counter()
        self.ids: Counter[str] = Counter()
        self.texts: list[tuple[str, str]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.asked += [value or "" for name, value in attrs if name in {"src", "href", "xlink:href", "action", "data"}]
        self.ids.update(value or "" for name, value in attrs if name == "id")
        assert not [name for name, _ in attrs if name.startswith("on")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open:
            self.texts.append((self.open[-1], data))

    def words(self, tag: str) -> list[str]:
        return [text for own, text in self.texts if own == tag]


def said(text: str) -> str:
    """What a reader sees of a page."""
    told = (data for tag, data in Reader(text).texts if tag not in {"style", "title", "desc"})
    return "\n".join(told).replace("\xa0", " ")
